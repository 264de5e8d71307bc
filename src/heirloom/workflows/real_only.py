"""The baseline: no synthetic data."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .base import Workflow
from .dataset import Dataset, real
from .mixture import Mixture
from .pool import Pool
from .schedule import shown
from .sizes import Sizes


@dataclass(frozen=True)
class RealOnly(Workflow):
    """Each generation is fitted on real data alone: the baseline that a user would otherwise take.

    Parameters
    ----------
    accumulate
        Whether all real data so far are used. Default: only the fresh data of the generation, or,
        where none arrive at it, the last that did.

    Examples
    --------
    >>> from heirloom.workflows import Sizes
    >>> sizes = Sizes.of(n_real=100, n_synthetic=100, generations=1)
    >>> RealOnly().mixture(1, sizes), RealOnly(accumulate=True).mixture(1, sizes)
    (Mixture(real[1]: 1), Mixture(real[0]: 0.5, real[1]: 0.5))
    """

    accumulate: bool = False

    name: ClassVar[str] = "real"

    @property
    def text(self) -> str:
        """``real``, or ``real:accumulate``."""
        return f"{self.name}:accumulate" if self.accumulate else self.name

    @classmethod
    def from_argument(cls, argument: str | None) -> "RealOnly":
        """Read nothing, or ``accumulate``."""
        if argument not in (None, "accumulate"):
            whole = shown(f"{cls.name}:{argument}")
            raise ValueError(f"workflow {whole}: only ':accumulate' may follow")
        return cls(accumulate=argument is not None)

    def mixture(self, generation: int, sizes: Sizes) -> Mixture:
        """Use the last real data that arrived, or all so far with every row of the same weight."""
        pool = self.pool(sizes)
        if pool is not None:
            return pool.mixture(generation, sizes)
        return Mixture.whole({real(_last_arrival(generation, sizes)): 1.0}, sizes)

    def pool(self, sizes: Sizes) -> Pool | None:
        """Give the pool that ``real[t]`` joins, if real data accumulate."""
        return Pool(_joining) if self.accumulate else None


def _joining(generation: int) -> tuple[Dataset, ...]:
    return (real(generation),)


def _last_arrival(generation: int, sizes: Sizes) -> int:
    return int(np.flatnonzero(sizes.real[: generation + 1])[-1])
