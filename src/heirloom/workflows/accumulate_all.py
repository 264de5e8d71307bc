"""Keep every real and every synthetic dataset."""

from dataclasses import dataclass
from typing import ClassVar

from .base import Workflow
from .dataset import Dataset, real, synthetic
from .mixture import Mixture
from .pool import Pool
from .sizes import Sizes


@dataclass(frozen=True)
class AccumulateAll(Workflow):
    """Each generation is fitted on all real and all synthetic data so far, every row the same.

    Its risk tends to 0, since real data accumulate, but stays above that of the real data alone.

    Examples
    --------
    >>> from heirloom.workflows import Sizes
    >>> AccumulateAll().mixture(1, Sizes.of(n_real=100, n_synthetic=200, generations=1))
    Mixture(real[0]: 0.25, real[1]: 0.25, synthetic[1]: 0.5)
    """

    name: ClassVar[str] = "accumulate-all"

    def mixture(self, generation: int, sizes: Sizes) -> Mixture:
        """Use ``real[0..t]`` and ``synthetic[1..t]``, every row with the same weight."""
        return self.pool(sizes).mixture(generation, sizes)

    def pool(self, sizes: Sizes) -> Pool:
        """Give the pool that ``real[t]`` and ``synthetic[t]`` join."""
        return Pool(_joining)


def _joining(generation: int) -> tuple[Dataset, ...]:
    return (real(generation), synthetic(generation)) if generation else (real(0),)
