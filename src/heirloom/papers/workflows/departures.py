"""What the universal limit does not cover: an estimator that is not regular, and a biased one."""

from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

from ..._base.progress import Report
from ...models import RidgeRegression, UniformMaximum, uniform_maximum_error
from ...workflows import Sizes
from ..check import Check
from ..experiment import Experiment, Outcome
from .relative_risk import RelativeRisk, Simulation, draw_relative_risk, simulated, trace_of
from .settings import DEPARTURES, DeparturesSettings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MAXIMUM = "maximum of a uniform"
_RIDGE = "ridge regression"


@dataclass(frozen=True)
class Departures(Experiment):
    """The largest of uniform rows, and ridge regression, under discard."""

    paper: ClassVar[str] = "dey2024universality"

    @classmethod
    def of(cls) -> "Departures":
        """Make the figure."""
        return cls("departures", "Not universal: discard, estimators without the limit")

    def run(
        self, scale: str, *, seed: int, executor: Executor | None, progress: bool | Report | None
    ) -> Outcome:
        """Simulate both, and show that they leave t + 1 far behind."""
        settings = DEPARTURES[scale]
        sizes = Sizes.of(
            n_real=settings.rows, n_synthetic=settings.rows, generations=settings.generations
        )
        models = {
            _MAXIMUM: UniformMaximum(),
            _RIDGE: RidgeRegression(np.array(settings.coefficients), penalty=settings.penalty),
        }
        paths = simulated(
            [Simulation(model, ("discard",), settings.replicates) for model in models.values()],
            sizes,
            seed=seed,
            executor=executor,
            progress=progress,
            description=self.title,
        )
        risks = {
            name: RelativeRisk.of(found.metrics["error"][0])
            for name, found in zip(models, paths, strict=True)
        }
        exact = uniform_maximum_error([settings.rows] * (settings.generations + 1))

        def draw(ax: "Axes") -> None:
            draw_relative_risk(
                ax,
                {name: [risk] for name, risk in risks.items()},
                {
                    "t + 1, the universal curve": np.arange(1.0, settings.generations + 2),
                    "maximum of a uniform, exact": exact / exact[0],
                },
            )

        arguments = {**asdict(settings), "seed": seed, "figure": self.figure}
        return Outcome(
            checks=tuple(_checks(self.figure, settings, risks, exact / exact[0])),
            traces={
                name.replace(" ", "-"): trace_of([risk], ["discard"], sizes, arguments)
                for name, risk in risks.items()
            },
            draw=draw,
            settings=arguments,
        )


def _checks(
    figure: str,
    settings: DeparturesSettings,
    risks: dict[str, RelativeRisk],
    exact: npt.NDArray[np.float64],
) -> list[Check]:
    t = settings.checked
    checks = [
        risks[_MAXIMUM].check(f"{figure} {_MAXIMUM}", s, float(exact[s]), source="theory, exact")
        for s in (1, t, settings.generations)
    ]
    for name, risk in risks.items():
        checks.append(
            Check(
                f"{figure} {name} over t + 1, at t = {t}",
                ">=",
                settings.factor,
                "universal: 1",
                float(risk.values[t] / (t + 1)),
                float(risk.standard_errors[t] / (t + 1)),
            )
        )
    return checks
