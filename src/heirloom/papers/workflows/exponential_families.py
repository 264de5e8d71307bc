"""Means of exponential families: exact at every sample size, and universal in the limit."""

from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

from ..._base.progress import Report
from ...models import Bernoulli, Exponential, ExponentialFamily, Poisson
from ...theory import predict
from ...workflows import Sizes
from ..experiment import Experiment, Outcome
from .relative_risk import RelativeRisk, Simulation, draw_relative_risk, simulated, trace_of
from .settings import FAMILIES, FamiliesSettings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FAMILIES: dict[str, ExponentialFamily] = {
    "Bernoulli": Bernoulli(0.5),
    "Poisson": Poisson(4.0),
    "exponential": Exponential(1.0),
}


@dataclass(frozen=True)
class ExponentialFamilies(Experiment):
    """A Bernoulli, a Poisson and an exponential mean, at few rows."""

    paper: ClassVar[str] = "dey2024universality"

    @classmethod
    def of(cls) -> "ExponentialFamilies":
        """Make the figure."""
        return cls("exponential_families", "Means of exponential families, 50 rows, discard")

    def run(
        self, scale: str, *, seed: int, executor: Executor | None, progress: bool | Report | None
    ) -> Outcome:
        """Simulate, and hold the relative risk to the exact law of these sample sizes."""
        settings = FAMILIES[scale]
        sizes = Sizes.of(
            n_real=settings.rows, n_synthetic=settings.rows, generations=settings.generations
        )
        families = {name: _FAMILIES[name] for name in settings.families}
        paths = simulated(
            [Simulation(f, settings.workflows, settings.replicates) for f in families.values()],
            sizes,
            seed=seed,
            executor=executor,
            progress=progress,
            description=self.title,
        )
        risks = {
            name: [RelativeRisk.of(errors) for errors in found.metrics["error"]]
            for name, found in zip(families, paths, strict=True)
        }
        exact = {name: _exact(family, settings) for name, family in families.items()}
        checks = [
            risks[name][i].check(
                f"{self.figure} {workflow}, {name}",
                t,
                float(exact[name][i][t]),
                source="theory, exact",
            )
            for i, workflow in enumerate(settings.workflows)
            for name in families
            for t in settings.checked
        ]

        def draw(ax: "Axes") -> None:
            theory = {f"{name}, exact": of_workflow[0] for name, of_workflow in exact.items()} | {
                "t + 1, the limit": np.arange(1.0, settings.generations + 2)
            }
            draw_relative_risk(ax, {name: risk[:1] for name, risk in risks.items()}, theory)

        arguments = {**asdict(settings), "seed": seed, "figure": self.figure}
        return Outcome(
            checks=tuple(checks),
            traces={
                name.lower(): trace_of(risk, settings.workflows, sizes, arguments)
                for name, risk in risks.items()
            },
            draw=draw,
            settings=arguments,
        )


def _exact(family: ExponentialFamily, settings: FamiliesSettings) -> npt.NDArray[np.float64]:
    """Give the relative risk of each workflow at these sizes."""
    theory = predict(
        settings.workflows,
        n_real=settings.rows,
        n_synthetic=settings.rows,
        generations=settings.generations,
        model=family,
    )
    errors = np.asarray(theory.dataset["error"].values, dtype=np.float64)
    return errors / errors[:, :1]
