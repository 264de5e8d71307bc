"""Figure 7: without real data, every estimator degrades."""

from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ...models import Model
from ...plots import plot_generations
from ...simulation import Paths, simulate_paths, trace_of_paths
from ...simulation.progress import Report, progress_report
from ...theory import predict
from ...trace import Trace
from ...workflows import Discard, Sizes
from ..check import Check
from ..experiment import Experiment, Outcome
from .settings import FULLY_SYNTHETIC, FullySyntheticSettings, Problem

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# The mean of an exploding error is carried by rare paths: by then no number of replicates shows it.
_LAST_SHARP_GENERATION = 10
# Errors by the limit of large samples, which regressions of 100 rows exceed.
_LIMIT_TOLERANCE = 0.05


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
        trace = trace_of_paths(paths, [Discard()], sizes, arguments)
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
            checks=_checks(self, paths, trace, theory),
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
    experiment: FullySynthetic, paths: Paths, trace: Trace, theory: Trace
) -> tuple[Check, ...]:
    problem, last = experiment.problem, trace.dataset.sizes["generation"] - 1
    if problem.letter in "ef":
        return _checks_of_growth(experiment, paths, theory)
    metric = problem.metric
    explodes = metric == "covariance_error"
    generations = (0, 1, _LAST_SHARP_GENERATION) if explodes else (0, 1, 10, last)
    checks = [_agrees(experiment, metric, t, trace, theory) for t in generations if t <= last]
    if explodes:
        checks.append(_agrees(experiment, "log_det", last, trace, theory))
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


def _checks_of_growth(experiment: FullySynthetic, paths: Paths, theory: Trace) -> tuple[Check, ...]:
    """Check against a limit that finite samples exceed, and that grows t + 1 times in t."""
    metric = experiment.problem.metric
    # A replicate without an answer has collapsed: it is worse than any that has one.
    values = np.where(np.isnan(paths.metrics[metric][0]), np.inf, paths.metrics[metric][0])
    last = values.shape[1] - 1
    checks = [
        Check(
            f"{experiment.figure} {metric} at t = {t}",
            ">=",
            (1 - _LIMIT_TOLERANCE) * float(theory.dataset[metric][0, t]),
            f"theory, limit, less {100 * _LIMIT_TOLERANCE:.0f} %",
            float(np.mean(values[:, t])),
            float(np.std(values[:, t]) / np.sqrt(len(values))),
        )
        for t in (0, 5)
        if np.all(np.isfinite(values[:, t]))
    ]
    medians = np.median(values, axis=0)
    checks.append(
        Check(
            f"{experiment.figure} median of {metric}, t = {last} over t = 0",
            ">=",
            (last + 1) / 2,
            "half of the growth in the limit",
            float(medians[last] / medians[0]),
            float("nan"),
        )
    )
    return tuple(checks)
