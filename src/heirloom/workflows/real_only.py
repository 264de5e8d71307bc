"""The baseline: no synthetic data."""

from dataclasses import dataclass
from typing import ClassVar

from .base import Workflow
from .dataset import real
from .mixture import Mixture
from .schedule import shown
from .sizes import Sizes


@dataclass(frozen=True)
class RealOnly(Workflow):
    """Each generation is fitted on real data alone: the baseline that a user would otherwise take.

    Parameters
    ----------
    accumulate
        Whether all real data so far are used. Default: only the fresh data of the generation.

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
        """Use ``real[t]``, or ``real[0..t]`` with every row of the same weight."""
        first = 0 if self.accumulate else generation
        return Mixture.in_proportion([real(s) for s in range(first, generation + 1)], sizes)
