"""Figure 8: fresh real data and synthetic data, error against the weight."""

from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ..._base.progress import Report
from ...models import Model
from ...plots import plot_weights
from ...theory import optimal_weight
from ...workflows import FreshMix, Sizes
from ..check import Check
from ..experiment import Experiment, Outcome
from ..minimum import least_weight
from .late_error import LateErrors, late_errors
from .settings import FRESH_DATA, FreshDataSettings, Problem

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Where the law is a limit: what the next order may move the weight by, and the factor of an excess.
_WEIGHT_TOLERANCE = 0.01
_EXCESS_TOLERANCE = 0.03


@dataclass(frozen=True)
class FreshData(Experiment):
    """One problem under ``FreshMix`` at many weights.

    Attributes
    ----------
    problem
        What is estimated.
    """

    problem: Problem

    paper: ClassVar[str] = "he2025golden"

    @classmethod
    def of(cls, problem: Problem) -> "FreshData":
        """Make the panel of a problem."""
        return cls(f"8{problem.letter}", f"{problem.title}, fresh data", problem)

    def run(
        self, scale: str, *, seed: int, executor: Executor | None, progress: bool | Report | None
    ) -> Outcome:
        """Simulate every weight on the same rows, and look for the least error."""
        settings = FRESH_DATA[scale]
        model, metric = self.problem.model(settings.columns, 1.0), self.problem.metric
        found = late_errors(
            model,
            [FreshMix(weight) for weight in settings.weights],
            Sizes.of(
                n_real=settings.rows, n_synthetic=settings.rows, generations=settings.generations
            ),
            metric=metric,
            last=settings.last,
            replicates=settings.replicates,
            seed=seed,
            executor=executor,
            progress=progress,
            description=f"Figure {self.figure}: {self.title}",
        )

        def draw(ax: "Axes") -> None:
            plot_weights(found.simulation, metric, last=settings.last, theory=found.theory, ax=ax)

        return Outcome(
            checks=_checks(self, model, settings, found),
            traces={"simulation": found.simulation, "theory": found.theory},
            draw=draw,
            settings={**asdict(settings), "seed": seed, "figure": self.figure},
        )


def _checks(
    experiment: FreshData, model: Model, settings: FreshDataSettings, found: LateErrors
) -> tuple[Check, ...]:
    problem, rows = experiment.problem, settings.rows
    weights = np.array(settings.weights)
    best = optimal_weight(rows, rows, model=model, metric=problem.metric)
    minimum = least_weight(weights, found.of_replicates)
    exact = bool(found.theory.exact[problem.metric])
    where = "theory, exact" if exact else "theory, limit"
    checks = [
        Check(
            f"{experiment.figure} weight of least error",
            "=",
            best,
            where,
            minimum.weight,
            minimum.se,
            tolerance=0.0 if exact else _WEIGHT_TOLERANCE,
        )
    ]
    nearest = int(np.argmin(np.abs(weights - best)))
    # The second order is known at the best weight.
    places = sorted({0, nearest, len(weights) - 1}) if exact else [nearest]
    for i in places:
        checks.append(
            Check(
                f"{experiment.figure} {problem.metric} at w = {weights[i]:g}"
                + ("" if exact else " over the limit"),
                "=",
                float(found.of_theory[i]) if exact else problem.excess,
                where if exact else "measured apart, second order",
                float(found.means()[i] / (1.0 if exact else found.of_theory[i])),
                float(found.standard_errors()[i] / (1.0 if exact else found.of_theory[i])),
                tolerance=0.0 if exact else _EXCESS_TOLERANCE,
            )
        )
    return tuple(checks)
