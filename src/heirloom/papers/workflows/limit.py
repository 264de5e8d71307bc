"""The limit process of three workflows: its exact covariance, and paths drawn from it."""

import math
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

from ..._base.progress import Report, progress_report
from ...theory import limit_covariance, long_run, sample_limit
from ...workflows import Sizes
from ..check import Check
from ..experiment import Experiment, Outcome
from .relative_risk import RelativeRisk, draw_relative_risk, trace_of
from .settings import LIMIT, LIMIT_TOLERANCE, LimitSettings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_Float = npt.NDArray[np.float64]

_SUBSAMPLE = "augment-subsample"
_LIMITS = {"augment": math.pi**2 / 6, _SUBSAMPLE: math.pi**2 / 2 - 2}
_LABELS = {
    "discard": "discard: t + 1",
    "augment": "augment: H₂(t + 1)",
    _SUBSAMPLE: "augment-subsample: 3 H₂(t + 1) − 2",
}
# Rows of every dataset: the relative risk does not depend on their number.
_ROWS = 100


def harmonic(count: int) -> _Float:
    """Give H₂(1) … H₂(count), the sums of the first inverse squares."""
    return np.cumsum(1 / np.arange(1.0, count + 1) ** 2)


@dataclass(frozen=True)
class LimitProcess(Experiment):
    """Relative risk of discard, augment and augment-subsample in the limit of large samples."""

    paper: ClassVar[str] = "dey2024universality"

    @classmethod
    def of(cls) -> "LimitProcess":
        """Make the figure."""
        return cls("limit", "The limit of large samples, exactly and by paths")

    def run(
        self, scale: str, *, seed: int, executor: Executor | None, progress: bool | Report | None
    ) -> Outcome:
        """Hold the covariance to its formulae, and the variance of paths to the covariance."""
        settings = LIMIT[scale]
        models = settings.generations + 1
        formulae = {
            "discard": np.arange(1.0, models + 1),
            "augment": harmonic(models),
            _SUBSAMPLE: 3 * harmonic(models) - 2,
        }
        covariances = {name: _covariance(name, settings) for name in formulae}
        with progress_report(progress, self.title) as report:
            sampled = {
                name: _sampled(name, settings, seed=seed, report=report, number=i, of=len(formulae))
                for i, name in enumerate(formulae)
            }

        def draw(ax: "Axes") -> None:
            draw_relative_risk(
                ax,
                {f"{name}, simulated paths": [risk] for name, risk in sampled.items()},
                {_LABELS[name]: formula for name, formula in formulae.items()},
                workflows=list(sampled),
            )

        sizes = Sizes.of(n_real=_ROWS, n_synthetic=_ROWS, generations=settings.generations)
        arguments = {**asdict(settings), "seed": seed, "figure": self.figure}
        return Outcome(
            checks=(
                *_checks_of_formulae(self.figure, formulae, covariances),
                *_checks_of_paths(self.figure, settings, covariances, sampled),
            ),
            traces={"paths": trace_of(list(sampled.values()), list(sampled), sizes, arguments)},
            draw=draw,
            settings=arguments,
        )


def _covariance(workflow: str, settings: LimitSettings) -> _Float:
    return limit_covariance(
        workflow, n_real=_ROWS, n_synthetic=_ROWS, generations=settings.generations
    )


def _sampled(
    workflow: str, settings: LimitSettings, *, seed: int, report: Report, number: int, of: int
) -> RelativeRisk:
    """Estimate the variance of paths, whose mean is 0, from batches."""
    batches = math.ceil(settings.paths / settings.batch)
    sums = np.zeros((2, settings.generations + 1))
    for batch in range(batches):
        own = np.random.SeedSequence([seed, number, batch]).generate_state(1)[0]
        squares = (
            sample_limit(
                workflow,
                n_real=_ROWS,
                n_synthetic=_ROWS,
                generations=settings.generations,
                paths=settings.batch,
                seed=int(own),
            )
            ** 2
        )
        sums += [squares.sum(axis=0), (squares**2).sum(axis=0)]
        report(number * batches + batch + 1, of * batches)
    count = batches * settings.batch
    mean, square = sums / count
    return RelativeRisk(mean, np.sqrt((square - mean**2) / count))


def _checks_of_formulae(
    figure: str, formulae: dict[str, _Float], covariances: dict[str, _Float]
) -> list[Check]:
    checks: list[Check] = []

    def exact(name: str, expected: float, got: float, source: str = "formula") -> None:
        checks.append(
            Check(
                f"{figure} {name}", "=", expected, source, got, math.nan, tolerance=LIMIT_TOLERANCE
            )
        )

    for name, formula in formulae.items():
        variances = np.diag(covariances[name])
        t = len(formula) - 1
        exact(f"{name} at t = {t}", float(formula[-1]), float(variances[-1]))
        exact(f"{name} off its formula", 0.0, float(np.abs(variances - formula).max()))
        if name != _SUBSAMPLE:
            # A martingale: the covariance of two generations is the variance of the earlier.
            earlier = np.minimum.outer(np.arange(t + 1), np.arange(t + 1))
            off = np.abs(covariances[name] - formula[earlier]).max()
            exact(f"{name} off a martingale", 0.0, float(off))
    for name, limit in _LIMITS.items():
        found = long_run(name, n_real=_ROWS, n_synthetic=_ROWS)
        exact(f"{name} in the long run", limit, found.limit, "π²/6" if limit < 2 else "π²/2 − 2")
        highest = float(np.diag(covariances[name]).max())
        checks.append(
            Check(f"{figure} {name} below its limit", "<=", limit, "paper", highest, math.nan)
        )
    return checks


def _checks_of_paths(
    figure: str,
    settings: LimitSettings,
    covariances: dict[str, _Float],
    sampled: dict[str, RelativeRisk],
) -> list[Check]:
    return [
        risk.check(
            f"{figure} {name}, paths", t, float(covariances[name][t, t]), source="theory, exact"
        )
        for name, risk in sampled.items()
        for t in settings.checked
    ]
