"""Linear regression: discard against augment, which its authors call accumulating."""

import math
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ..._base.progress import Report
from ...models import LinearRegression
from ...simulation import Paths
from ...theory import predict
from ...workflows import Sizes
from ..check import Check
from ..experiment import Experiment, Outcome
from .relative_risk import RelativeRisk, Simulation, draw_relative_risk, simulated, trace_of
from .settings import LINEAR, LinearSettings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WORKFLOWS = ("discard", "augment")
_BOUND = math.pi**2 / 6
_METRIC = "excess_risk"
_OWN_SIZES = (
    "Sizes are our own: the published ones are not known. The test risk is that above the noise."
)


@dataclass(frozen=True)
class Linear(Experiment):
    """Test risk of least squares with a Gaussian design."""

    paper: ClassVar[str] = "gerstgrasser2024inevitable"

    @classmethod
    def of(cls) -> "Linear":
        """Make the figure."""
        return cls("linear", "Linear regression (arXiv 2404.01413)")

    def run(
        self, scale: str, *, seed: int, executor: Executor | None, progress: bool | Report | None
    ) -> Outcome:
        """Simulate both workflows, and hold them to the exact law and to the bound."""
        settings = LINEAR[scale]
        sizes = Sizes.of(
            n_real=settings.rows, n_synthetic=settings.rows, generations=settings.generations
        )
        model = LinearRegression(np.ones(settings.columns))
        (paths,) = simulated(
            [Simulation(model, _WORKFLOWS, settings.replicates)],
            sizes,
            seed=seed,
            executor=executor,
            progress=progress,
            description=self.title,
        )
        risks = [RelativeRisk.of(risk) for risk in paths.metrics[_METRIC]]
        curve = np.arange(1.0, settings.generations + 2)

        def draw(ax: "Axes") -> None:
            draw_relative_risk(
                ax,
                {name: [risk] for name, risk in zip(_WORKFLOWS, risks, strict=True)},
                {"t + 1": curve, "bound: π²/6": np.full_like(curve, _BOUND)},
                workflows=_WORKFLOWS,
            )
            ax.set_ylabel("Test risk over that of generation 0")

        arguments = {**asdict(settings), "seed": seed, "figure": self.figure}
        return Outcome(
            checks=(
                *_checks_of_discard(self.figure, model, settings, paths),
                *_checks_of_augment(self.figure, risks[1]),
            ),
            traces={"relative-risk": trace_of(risks, _WORKFLOWS, sizes, arguments)},
            draw=draw,
            settings=arguments,
            notes=(_OWN_SIZES,),
        )


def _checks_of_discard(
    figure: str, model: LinearRegression, settings: LinearSettings, paths: Paths
) -> list[Check]:
    theory = predict(
        "discard",
        n_real=settings.rows,
        n_synthetic=settings.rows,
        generations=settings.generations,
        model=model,
    )
    exact = np.asarray(theory.dataset[_METRIC].values[0], dtype=np.float64)
    means, errors = paths.means()[_METRIC][0], paths.standard_errors()[_METRIC][0]
    formula = settings.columns / (settings.rows - settings.columns - 1)
    return [
        Check(
            f"{figure} theory at t = 0", "=", formula, "pσ²/(n − p − 1)", exact[0], math.nan, 1e-9
        ),
        *(
            Check(
                f"{figure} discard, test risk at t = {t}",
                "=",
                (t + 1) * formula,
                "theory, exact",
                float(means[t]),
                float(errors[t]),
            )
            for t in settings.checked
        ),
    ]


def _checks_of_augment(figure: str, risk: RelativeRisk) -> list[Check]:
    worst = int(np.argmax(risk.values))
    return [
        Check(
            f"{figure} augment, highest test risk over generation 0",
            "<=",
            _BOUND,
            "paper: π²/6",
            float(risk.values[worst]),
            float(risk.standard_errors[worst]),
        )
    ]
