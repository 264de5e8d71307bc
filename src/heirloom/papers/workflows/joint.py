"""Mean and median of normal data: each of its own data, and the median of what the mean makes."""

from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from ..._base.progress import Report
from ..._base.random import Random
from ...models import Fit, Location, Model
from ...models.location_estimators import weighted_mean, weighted_median
from ...theory import joint_relative_risk, relative_risk
from ...workflows import Sizes
from ..check import Check
from ..experiment import Experiment, Outcome
from .relative_risk import RelativeRisk, Simulation, draw_relative_risk, simulated, trace_of
from .settings import JOINT, JOINT_TOLERANCE, MEAN_AND_MEDIAN, LocationSettings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WORKFLOWS = ("discard", "augment")
_OWN = ("mean", "median")
_LIMIT = "theory, limit"


class MeanAndMedian(NamedTuple):
    """Two estimates of one centre.

    Attributes
    ----------
    mean, median
        The estimates.
    """

    mean: Float[np.ndarray, "*R"]
    median: Float[np.ndarray, "*R"]


class MeanMakesData(Model):
    """Standard normal rows, of which mean and median are taken; the mean makes the next rows.

    Notes
    -----
    Metrics: ``mean`` and ``median``, their squared errors.
    """

    paper: ClassVar[str | None] = "dey2024universality"

    def truth(self) -> MeanAndMedian:
        """0 twice."""
        return MeanAndMedian(np.array(0.0), np.array(0.0))

    def sample(
        self, random: Random, parameters: MeanAndMedian, rows: int
    ) -> Float[np.ndarray, "R rows"]:
        """Draw rows about the mean."""
        return Location("normal").sample(random, parameters.mean, rows)

    def fit(
        self,
        rows: Float[np.ndarray, "R rows"],
        weights: Float[np.ndarray, "R rows"],
        start: MeanAndMedian,
    ) -> Fit:
        """Take both."""
        mean, median = weighted_mean(rows, weights), weighted_median(rows, weights)
        return Fit(
            MeanAndMedian(mean.parameters, median.parameters),
            np.maximum(mean.status, median.status),
        )

    def metrics(self, parameters: MeanAndMedian) -> dict[str, Float[np.ndarray, " R"]]:
        """Squares of both."""
        return {"mean": parameters.mean**2, "median": parameters.median**2}


@dataclass(frozen=True)
class JointRisk(Experiment):
    """Relative risk of mean and median, which is universal for whichever makes the data."""

    paper: ClassVar[str] = "dey2024universality"

    @classmethod
    def of(cls) -> "JointRisk":
        """Make the figure."""
        return cls("joint", "Mean and median of normal data")

    def run(
        self, scale: str, *, seed: int, executor: Executor | None, progress: bool | Report | None
    ) -> Outcome:
        """Simulate both with their own data, and together with the data of the mean."""
        settings = JOINT[scale]
        sizes = Sizes.of(
            n_real=settings.rows, n_synthetic=settings.rows, generations=settings.generations
        )
        # The mean's own data are what the joint model has: one simulation less.
        of_median, together = simulated(
            [
                Simulation(Location("normal", estimator="median"), _WORKFLOWS, settings.replicates),
                Simulation(MeanMakesData(), _WORKFLOWS, settings.replicates),
            ],
            sizes,
            seed=seed,
            executor=executor,
            progress=progress,
            description=self.title,
        )
        errors = {
            "mean, its own data": together.metrics["mean"],
            "median, its own data": of_median.metrics["error"],
            "median, the mean's data": together.metrics["median"],
        }
        risks = {
            name: [RelativeRisk.of(of_workflow) for of_workflow in values]
            for name, values in errors.items()
        }
        theory = {name: _theory(name, settings) for name in errors}

        def draw(ax: "Axes") -> None:
            universal, other = theory["mean, its own data"], theory["median, the mean's data"]
            draw_relative_risk(
                ax,
                risks,
                {
                    "discard: t + 1": universal[0],
                    "discard: median, the mean's data": other[0],
                    "augment: H₂(t + 1)": universal[1],
                    "augment: median, the mean's data": other[1],
                },
                apart=True,
            )

        arguments = {**asdict(settings), "seed": seed, "figure": self.figure}
        return Outcome(
            checks=(
                *_checks_of_theory(self.figure, settings),
                *_checks(self.figure, settings, risks, theory),
            ),
            traces={
                name.replace(", ", "-").replace(" ", "-").replace("'", ""): trace_of(
                    of_name, _WORKFLOWS, sizes, arguments
                )
                for name, of_name in risks.items()
            },
            draw=draw,
            settings=arguments,
        )


def _theory(name: str, settings: LocationSettings) -> list[npt.NDArray[np.float64]]:
    """Give the limit for each workflow."""
    arguments = {
        "n_real": settings.rows,
        "n_synthetic": settings.rows,
        "generations": settings.generations,
    }
    if name.endswith("its own data"):
        return [relative_risk(workflow, **arguments) for workflow in _WORKFLOWS]
    return [
        joint_relative_risk(workflow, MEAN_AND_MEDIAN, **arguments)[:, 1] for workflow in _WORKFLOWS
    ]


def _checks_of_theory(figure: str, settings: LocationSettings) -> list[Check]:
    """Check that both estimators have the same curve where each makes its own data."""
    checks: list[Check] = []
    for generator, name in enumerate(_OWN):
        for workflow in _WORKFLOWS:
            own = joint_relative_risk(
                workflow,
                MEAN_AND_MEDIAN,
                n_real=settings.rows,
                n_synthetic=settings.rows,
                generations=settings.generations,
                generator=generator,
            )[:, generator]
            universal = relative_risk(
                workflow,
                n_real=settings.rows,
                n_synthetic=settings.rows,
                generations=settings.generations,
            )
            checks.append(
                Check(
                    f"{figure} {workflow}, {name} off the universal curve",
                    "=",
                    0.0,
                    "theory, exact",
                    float(np.abs(own - universal).max()),
                    float("nan"),
                    tolerance=1e-9,
                )
            )
    return checks


def _checks(
    figure: str,
    settings: LocationSettings,
    risks: dict[str, list[RelativeRisk]],
    theory: dict[str, list[npt.NDArray[np.float64]]],
) -> list[Check]:
    return [
        risks[name][i].check(
            f"{figure} {workflow}, {name}",
            t,
            float(theory[name][i][t]),
            share=0.0 if name.startswith("mean") else JOINT_TOLERANCE,
            source="theory, exact" if name.startswith("mean") else _LIMIT,
        )
        for name in risks
        for i, workflow in enumerate(_WORKFLOWS)
        for t in settings.checked
    ]
