"""Figure 7: without real data, every estimator degrades."""

from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

from ..._base.progress import Report, progress_report
from ...models import Model
from ...plots import plot_generations
from ...simulation import Paths, simulate_paths, trace_of_paths
from ...theory import predict
from ...trace import Trace
from ...workflows import Discard, Sizes
from ..check import Check
from ..experiment import Experiment, Outcome
from .settings import FULLY_SYNTHETIC, FullySyntheticSettings, Problem

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# The excess over the limit was measured, with an error of its own.
_EXCESS_TOLERANCE = 0.03
# Medians of finite samples need not grow as the limit does.
_GROWTH_TOLERANCE = 0.2
_GROUPS = 20


@dataclass(frozen=True)
class FullySynthetic(Experiment):
    """One problem under ``Discard``.

    Attributes
    ----------
    problem
        What is estimated.
    """

    problem: Problem

    paper: ClassVar[str] = "he2025golden"

    @classmethod
    def of(cls, problem: Problem) -> "FullySynthetic":
        """Make the panel of a problem."""
        return cls(f"7{problem.letter}", f"{problem.title}, fully synthetic", problem)

    def run(
        self, scale: str, *, seed: int, executor: Executor | None, progress: bool | Report | None
    ) -> Outcome:
        """Simulate, and hold every generation to its law."""
        settings = FULLY_SYNTHETIC[scale]
        model, factor = _model(self.problem, settings)
        sizes = Sizes.of(
            n_real=settings.rows, n_synthetic=settings.rows, generations=settings.generations
        )
        with progress_report(progress, f"Figure {self.figure}: {self.title}") as report:
            paths = simulate_paths(
                model,
                [Discard()],
                sizes,
                replicates=settings.replicates,
                seed=seed,
                executor=executor,
                report=report,
            )
        metric = self.problem.metric
        paths.metrics[metric] *= factor
        arguments = {**asdict(settings), "seed": seed, "figure": self.figure}
        described = model.describe() | {"workflows": ["discard"], "factor": factor} | arguments
        trace = trace_of_paths(paths, [Discard()], sizes, described)
        theory = predict(
            Discard(),
            n_real=settings.rows,
            n_synthetic=settings.rows,
            generations=settings.generations,
            model=model,
        )
        theory.dataset[metric] *= factor

        def draw(ax: "Axes") -> None:
            plot_generations(trace, metric, theory=theory, ax=ax)

        return Outcome(
            checks=_checks(self, settings, paths, trace, theory),
            traces={"simulation": trace, "theory": theory},
            draw=draw,
            settings=arguments,
            notes=(_SCALED,) if self.problem.is_regression else (),
        )


_SCALED = (
    "Covariates of N(0, I/p) with coefficients of 1 are simulated as N(0, I) with coefficients of "
    "1/√p, and squared errors multiplied by p, which is the same."
)


def _model(problem: Problem, settings: FullySyntheticSettings) -> tuple[Model, float]:
    """Build the model, and say by what its error is to be multiplied.

    Covariates of N(0, I/p) with coefficients β are those of N(0, I) with coefficients β/√p, of
    which the squared errors are p times smaller.
    """
    columns = settings.columns
    if not problem.is_regression:
        return problem.model(columns, 1.0), 1.0
    return problem.model(columns, columns**-0.5), float(columns)


def _checks(
    experiment: FullySynthetic,
    settings: FullySyntheticSettings,
    paths: Paths,
    trace: Trace,
    theory: Trace,
) -> tuple[Check, ...]:
    metric, last = experiment.problem.metric, settings.generations
    if not theory.exact[metric]:
        return _checks_of_growth(experiment, settings, paths, theory)
    explodes = metric == "covariance_error"
    generations = (0, 1, settings.sharp_generation) if explodes else (0, 1, 10, last)
    checks = [_agrees(experiment, metric, t, trace, theory) for t in generations]
    if explodes:
        resolved = min(last, settings.resolved_generation)
        checks.append(_agrees(experiment, "log_det", resolved, trace, theory))
        median = trace.dataset[f"{metric}_quantile"].sel(quantile=0.5)[0, last]
        checks.append(
            Check(
                f"{experiment.figure} median of {metric} at t = {last} below the mean",
                "<=",
                float(theory.dataset[metric][0, last]) / 2,
                "half of the mean by theory",
                float(median),
                float("nan"),
            )
        )
    return tuple(checks)


def _agrees(experiment: FullySynthetic, metric: str, t: int, trace: Trace, theory: Trace) -> Check:
    return Check(
        f"{experiment.figure} {metric} at t = {t}",
        "=",
        float(theory.dataset[metric][0, t]),
        "theory, exact",
        float(trace.dataset[metric][0, t]),
        float(trace.dataset[f"{metric}_se"][0, t]),
    )


def _checks_of_growth(
    experiment: FullySynthetic, settings: FullySyntheticSettings, paths: Paths, theory: Trace
) -> tuple[Check, ...]:
    """Check against a limit that finite samples exceed, and that grows t + 1 times in t."""
    problem, t = experiment.problem, settings.growth_generation
    metric = problem.metric
    # A replicate without an answer has collapsed: it is worse than any that has one.
    values = paths.metrics[metric][0].astype(np.float64)
    values[np.isnan(values)] = np.inf
    limit = float(theory.dataset[metric][0, 0])
    answered = np.isfinite(values[:, 0])
    initial = values[answered, 0] / limit
    medians = np.median(values, axis=0)
    failed = float(np.mean(~answered))
    return (
        Check(
            f"{experiment.figure} {metric} at t = 0 over the limit",
            "=",
            problem.initial_excess,
            "measured apart",
            float(np.mean(initial)),
            float(np.std(initial, ddof=1) / np.sqrt(len(initial))),
            tolerance=_EXCESS_TOLERANCE,
        ),
        Check(
            f"{experiment.figure} share without an answer at t = 0",
            "=",
            0.0,
            "theory, limit",
            failed,
            float(np.sqrt(failed * (1 - failed) / len(values))),
            tolerance=0.01,
        ),
        Check(
            f"{experiment.figure} median of {metric}, t = {t} over t = 0",
            ">=",
            t + 1.0,
            "theory, limit",
            float(medians[t] / medians[0]),
            _standard_error_of_ratio(values[:, [0, t]]),
            tolerance=_GROWTH_TOLERANCE * (t + 1),
        ),
    )


def _standard_error_of_ratio(values: npt.NDArray[np.float64]) -> float:
    """Give the standard error of a ratio of medians, by a jackknife over groups."""
    groups = np.array_split(np.arange(len(values)), _GROUPS)
    without = [np.median(np.delete(values, group, axis=0), axis=0) for group in groups]
    ratios = np.array([late / early for early, late in without])
    return float(np.sqrt((_GROUPS - 1) / _GROUPS * np.sum((ratios - ratios.mean()) ** 2)))
