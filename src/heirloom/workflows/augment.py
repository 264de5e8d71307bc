"""Keep the initial real data and every synthetic dataset."""

from dataclasses import dataclass
from typing import ClassVar

from .base import Workflow
from .dataset import Dataset, real, synthetic
from .mixture import Mixture
from .pool import Pool
from .sizes import Sizes


@dataclass(frozen=True)
class Augment(Workflow):
    """Each generation is fitted on the initial real data and all synthetic data so far.

    Also called *accumulate*. With equal sizes its relative risk is Σ_{i≤t+1} 1/i², which stays
    below π²/6 for ever (arXiv 2410.22812; arXiv 2404.01413 for linear regression).

    Examples
    --------
    >>> from heirloom.workflows import Sizes
    >>> Augment().mixture(1, Sizes.of(n_real=100, n_synthetic=300, generations=1))
    Mixture(real[0]: 0.25, synthetic[1]: 0.75)
    """

    name: ClassVar[str] = "augment"
    paper: ClassVar[str | None] = "dey2024universality"

    def mixture(self, generation: int, sizes: Sizes) -> Mixture:
        """Use ``real[0]`` and ``synthetic[1..t]``, every row with the same weight."""
        return self.pool(sizes).mixture(generation, sizes)

    def pool(self, sizes: Sizes) -> Pool:
        """Give the pool that ``synthetic[t]`` joins."""
        return Pool(_joining)


def _joining(generation: int) -> tuple[Dataset, ...]:
    return (synthetic(generation),) if generation else (real(0),)
