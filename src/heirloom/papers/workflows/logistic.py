"""Logistic regression of synthetic rows: five features and an intercept."""

from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ..._base.progress import Report
from ...models import LogisticRegression
from ...simulation import Paths
from ...theory import relative_risk
from ...workflows import Sizes
from ..check import Check
from ..experiment import Experiment, Outcome
from .relative_risk import RelativeRisk, Simulation, draw_relative_risk, simulated, trace_of
from .settings import (
    LOGISTIC,
    LOGISTIC_DESIGN_ROWS,
    LOGISTIC_FEATURES,
    LOGISTIC_SEED,
    SECOND_ORDER,
    LogisticSettings,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WORKFLOWS = ("discard", "augment")
_NAMES = {"error": "squared error", "excess_log_loss": "excess log-loss"}


@dataclass(frozen=True)
class Logistic(Experiment):
    """Discard and augment, with both measures of error."""

    paper: ClassVar[str] = "dey2024universality"

    @classmethod
    def of(cls) -> "Logistic":
        """Make the figure."""
        return cls("logistic", "Logistic regression, synthetic rows")

    def run(
        self, scale: str, *, seed: int, executor: Executor | None, progress: bool | Report | None
    ) -> Outcome:
        """Simulate, and hold the relative risk to the limit."""
        settings = LOGISTIC[scale]
        sizes = Sizes.of(
            n_real=settings.rows, n_synthetic=settings.rows, generations=settings.generations
        )
        model = _model()
        replicates = (settings.replicates, settings.augment_replicates)
        paths = list(
            simulated(
                [
                    Simulation(model, (workflow,), number)
                    for workflow, number in zip(_WORKFLOWS, replicates, strict=True)
                ],
                sizes,
                seed=seed,
                executor=executor,
                progress=progress,
                description=self.title,
            )
        )
        risks = {
            metric: [RelativeRisk.of(found.metrics[metric][0]) for found in paths]
            for metric in _NAMES
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
            risks[metric][i].check(
                f"{self.figure} {workflow}, {name}",
                t,
                float(theory[i][t]),
                share=SECOND_ORDER[metric] * float(theory[i][t]) / settings.rows,
                source="theory, limit",
            )
            for i, workflow in enumerate(_WORKFLOWS)
            for metric, name in _NAMES.items()
            for t in settings.checked
        ]

        def draw(ax: "Axes") -> None:
            draw_relative_risk(
                ax,
                {_NAMES[metric]: of_metric for metric, of_metric in risks.items()},
                {"discard: t + 1": theory[0], "augment: H₂(t + 1)": theory[1]},
                apart=True,
            )

        arguments = {**asdict(settings), "seed": seed, "figure": self.figure}
        described = arguments | {"coefficients": np.asarray(model.coefficients).tolist()}
        return Outcome(
            checks=(*checks, _check_of_failures(self.figure, paths)),
            traces={
                metric.replace("_", "-"): trace_of(of_metric, _WORKFLOWS, sizes, described)
                for metric, of_metric in risks.items()
            },
            draw=draw,
            settings=described,
            notes=(_OWN_COEFFICIENTS, _note_on_sizes(settings)),
        )


_OWN_COEFFICIENTS = (
    "The published coefficients are not known but for their law: one draw from N(0, I) is kept, "
    f"as are the {LOGISTIC_DESIGN_ROWS:,} rows of five normal features that rows are drawn from."
)


def _note_on_sizes(settings: LogisticSettings) -> str:
    if settings.rows < LOGISTIC["paper"].rows:
        return (
            f"{settings.rows:,} rows and {settings.generations} generations; the paper has 10,000 "
            "rows, 50 generations and 10,000 runs."
        )
    return (
        f"Augment, where late fits are of half a million rows, has {settings.augment_replicates:,} "
        "runs, not 10,000."
    )


def _model() -> LogisticRegression:
    random = np.random.default_rng(LOGISTIC_SEED)
    coefficients = random.normal(size=LOGISTIC_FEATURES + 1)
    features = random.normal(size=(LOGISTIC_DESIGN_ROWS, LOGISTIC_FEATURES))
    design = np.column_stack([np.ones(LOGISTIC_DESIGN_ROWS), features])
    return LogisticRegression(coefficients, design=design)


def _check_of_failures(figure: str, paths: list[Paths]) -> Check:
    failed = max(float(found.failed().max()) for found in paths)
    return Check(
        f"{figure} share without an answer", "=", 0.0, "theory, limit", failed, float("nan")
    )
