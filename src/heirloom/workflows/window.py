"""Keep the last datasets only."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .._base.parameters import Flag, Whole, checked_fields, shown
from .base import Workflow
from .dataset import real, synthetic
from .long_run_law import LongRunLaw
from .mixture import Mixture
from .sizes import Sizes
from .usage import Usage, usage_of_recent

_KEEP = "initial"


@dataclass(frozen=True)
@checked_fields(length=Whole(1), keep_initial=Flag())
class Window(Workflow):
    """Each generation is fitted on the last L datasets, every row the same.

    Between :class:`Discard` (L = 1) and :class:`Augment` (L = ∞): once the initial real data have
    left the window the risk grows without bound, in the long run by 4/(L + 1)² · n₀/m a generation
    (a dataset takes part L times, each time with 1/L, and 2/(L + 1) of that stays for ever).

    Parameters
    ----------
    length
        L, how many of ``real[0]``, ``synthetic[1]``, … ``synthetic[t]`` are kept; 1 or more.
    keep_initial
        Whether ``real[0]`` stays for ever beside the last L synthetic datasets; then the risk stays
        bounded. Default False.

    Raises
    ------
    ValueError
        If `length` is not a whole number, 1 or more.

    Examples
    --------
    >>> from heirloom.workflows import Sizes
    >>> Window(2).mixture(3, Sizes.of(n_real=100, n_synthetic=100, generations=3))
    Mixture(synthetic[2]: 0.5, synthetic[3]: 0.5)
    """

    length: int
    keep_initial: bool = False

    name: ClassVar[str] = "window"
    syntax: ClassVar[str | None] = "window:LENGTH[,initial]"
    examples: ClassVar[tuple[str, ...]] = ("window:1", "window:3", "window:2,initial")

    @property
    def text(self) -> str:
        """``window:L``, or ``window:L,initial``."""
        return f"{self.name}:{self.length}" + (f",{_KEEP}" if self.keep_initial else "")

    @classmethod
    def from_argument(cls, argument: str | None) -> "Window":
        """Read the length, and ``initial`` behind a comma."""
        length, comma, rest = (argument or "").partition(",")
        if not length.strip().isdecimal() or (comma and rest.strip() != _KEEP):
            whole = shown(cls.name if argument is None else f"{cls.name}:{argument}")
            raise ValueError(
                f"workflow {whole}: give the number of datasets that are kept, such as "
                f"'{cls.name}:5', or '{cls.name}:5,{_KEEP}' to keep the initial real data too"
            )
        return cls(int(length), keep_initial=bool(comma))

    def mixture(self, generation: int, sizes: Sizes) -> Mixture:
        """Use the last L datasets."""
        first = generation - self.length + 1
        kept = [synthetic(s) for s in range(max(1, first), generation + 1)]
        if self.keep_initial or first < 1:
            kept = [real(0), *kept]
        return Mixture.in_proportion(kept, sizes)

    def long_run(self, sizes: Sizes) -> LongRunLaw | None:
        """Grow by 4/(L + 1)² · n₀/m a generation, or settle where ``real[0]`` stays."""
        m = float(sizes.synthetic[1])
        if sizes.generations > 1 or (m == 0 and not self.keep_initial):
            return None
        if m == 0:
            return LongRunLaw(1.0)
        noise = sizes.initial / m
        if not self.keep_initial:
            # A dataset takes part L times with the share 1/L, and 2/(L + 1) of it stays for ever.
            return LongRunLaw.of_growth(noise * 4 / (self.length + 1) ** 2)
        share = m / (sizes.initial + self.length * m)
        return LongRunLaw(1 + noise * _variance_within(self.length, share))

    def usage(self, sizes: Sizes) -> Usage:
        """Count the rows of the last datasets."""
        counted = usage_of_recent(sizes, self.length, keep_initial=self.keep_initial)
        return super().usage(sizes) if counted is None else counted


def _variance_within(length: int, share: float) -> float:
    """Stationary variance of u_t = b Σ_{j < L} (e_{t−j} + u_{t−j−1}) for e of variance 1.

    b is the share of one synthetic dataset. The mean of the spectral density over the circle, on a
    grid that is finer than its narrowest peak.
    """
    forgets = (length + 1) / 2 / (1 - length * share)
    points = 2 ** int(np.clip(np.ceil(np.log2(64 * forgets)), 12, 22))
    angle = 2 * np.pi * (np.arange(points // 2) + 0.5) / points  # the other half mirrors it
    turn = np.exp(-1j * angle)
    moved = share * (1 - turn**length) / (1 - turn)
    return float(np.mean(np.abs(moved / (1 - moved * turn)) ** 2))
