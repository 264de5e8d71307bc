"""Robust estimators under heavy-tailed rows: other variances, the same relative risk."""

from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

from ..._base.progress import Report
from ...models import Location
from ...theory import relative_risk
from ...workflows import Sizes
from ..experiment import Experiment, Outcome
from .relative_risk import RelativeRisk, Simulation, draw_relative_risk, simulated, trace_of
from .settings import LOCATION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WORKFLOWS = ("discard", "augment")
_FORMULAE = {"discard": "t + 1", "augment": "H₂(t + 1)"}


@dataclass(frozen=True)
class Estimators(Experiment):
    """Median, trimmed mean and Huber's estimator of Laplace's and Student's rows."""

    paper: ClassVar[str] = "dey2024universality"

    @classmethod
    def of(cls) -> "Estimators":
        """Make the figure."""
        return cls("estimators", "Robust estimators, heavy tails: one relative risk")

    def run(
        self, scale: str, *, seed: int, executor: Executor | None, progress: bool | Report | None
    ) -> Outcome:
        """Simulate every estimator, and hold each to the same curves."""
        settings = LOCATION[scale]
        sizes = Sizes.of(
            n_real=settings.rows, n_synthetic=settings.rows, generations=settings.generations
        )
        paths = simulated(
            [
                Simulation(
                    Location(of.distribution, estimator=of.estimator),
                    _WORKFLOWS,
                    settings.replicates,
                )
                for of in settings.estimators
            ],
            sizes,
            seed=seed,
            executor=executor,
            progress=progress,
            description=self.title,
        )
        risks = {
            of: [RelativeRisk.of(errors) for errors in found.metrics["error"]]
            for of, found in zip(settings.estimators, paths, strict=True)
        }
        theory = [
            relative_risk(
                workflow,
                n_real=settings.rows,
                n_synthetic=settings.rows,
                generations=settings.generations,
            )
            for workflow in _WORKFLOWS
        ]
        checks = [
            risks[of][i].check(
                f"{self.figure} {workflow}, {of.label}",
                t,
                float(theory[i][t]),
                share=of.tolerance,
                source="theory, limit",
            )
            for i, workflow in enumerate(_WORKFLOWS)
            for of in settings.estimators
            for t in settings.checked
        ]

        def draw(ax: "Axes") -> None:
            draw_relative_risk(
                ax,
                {of.label: risk for of, risk in risks.items()},
                {
                    f"{w}: {_FORMULAE[w]}": curve
                    for w, curve in zip(_WORKFLOWS, theory, strict=True)
                },
                apart=True,
            )

        arguments = {**asdict(settings), "seed": seed, "figure": self.figure}
        return Outcome(
            checks=tuple(checks),
            traces={
                f"{of.distribution}-{of.estimator}": trace_of(risk, _WORKFLOWS, sizes, arguments)
                for of, risk in risks.items()
            },
            draw=draw,
            settings=arguments,
        )
