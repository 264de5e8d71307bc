"""Figure 9: few real rows against many synthetic ones, naive against optimal weight."""

from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

from ..._base.progress import Report
from ...plots import plot_sweep
from ...trace import sweep
from ...workflows import FreshMix, Sizes
from ..check import Check
from ..experiment import Experiment, Outcome
from .late_error import LateErrors, late_errors
from .settings import UNEQUAL_SIZES, Problem, UnequalSizesSettings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_RULES = ("naive", "optimal")
# Ratios of errors of which only the limits are known: both exceed them, the larger by more.
_RATIO_TOLERANCE = 0.15


@dataclass(frozen=True)
class UnequalSizes(Experiment):
    """One problem with the naive and the optimal weight, for many ratios k = n/m.

    Attributes
    ----------
    problem
        What is estimated.
    """

    problem: Problem

    paper: ClassVar[str] = "he2025golden"

    @classmethod
    def of(cls, problem: Problem) -> "UnequalSizes":
        """Make the panel of a problem."""
        return cls(f"9{problem.letter}", f"{problem.title}, unequal sizes", problem)

    def run(
        self, scale: str, *, seed: int, executor: Executor | None, progress: bool | Report | None
    ) -> Outcome:
        """Simulate both weights on the same rows, for one ratio after the other."""
        settings = UNEQUAL_SIZES[scale]
        found = [
            self._at(
                ratio,
                settings,
                seed=seed,
                executor=executor,
                progress=_part(progress, i, len(settings.ratios)),
            )
            for i, ratio in enumerate(settings.ratios)
        ]
        simulated, predicted = (
            sweep(
                "ratio",
                {
                    ratio: getattr(of_ratio, kind)
                    for ratio, of_ratio in zip(settings.ratios, found, strict=True)
                },
                label="Real rows over synthetic rows, k = n/m",
            )
            for kind in ("simulation", "theory")
        )
        metric = self.problem.metric

        def draw(ax: "Axes") -> None:
            plot_sweep(simulated, metric, last=settings.last, theory=predicted, ax=ax)

        checks = [
            self._check(ratio, of_ratio)
            for ratio, of_ratio in zip(settings.ratios, found, strict=True)
        ]
        return Outcome(
            checks=tuple(checks),
            traces={"simulation": simulated, "theory": predicted},
            draw=draw,
            settings={**asdict(settings), "seed": seed, "figure": self.figure},
        )

    def _at(
        self,
        ratio: float,
        settings: UnequalSizesSettings,
        *,
        seed: int,
        executor: Executor | None,
        progress: bool | Report | None,
    ) -> LateErrors:
        synthetic = round(settings.rows / ratio)
        return late_errors(
            self.problem.model(settings.columns, 1.0),
            [FreshMix(rule) for rule in _RULES],
            Sizes.of(n_real=settings.rows, n_synthetic=synthetic, generations=settings.generations),
            metric=self.problem.metric,
            last=settings.last,
            replicates=settings.replicates,
            seed=seed,
            executor=executor,
            progress=progress,
            description=f"Figure {self.figure}: {self.title}, k = {ratio:g}",
        )

    def _check(self, ratio: float, found: LateErrors) -> Check:
        got, se = found.ratio(0, 1)
        exact = bool(found.theory.exact[self.problem.metric])
        expected = float(found.of_theory[0] / found.of_theory[1])
        return Check(
            f"{self.figure} naive over optimal error at k = {ratio:g}",
            "=",
            expected,
            "theory, exact" if exact else "theory, limit",
            got,
            se,
            tolerance=0.0 if exact else _RATIO_TOLERANCE * expected,
        )


def _part(progress: bool | Report | None, number: int, parts: int) -> bool | Report | None:
    """Report progress as that of one part of several."""
    if not callable(progress):
        return progress
    return lambda done, work: progress(number * work + done, parts * work)
