"""Train on the last model's output alone."""

from dataclasses import dataclass
from typing import ClassVar

from .base import Workflow
from .dataset import synthetic
from .mixture import Mixture
from .sizes import Sizes


@dataclass(frozen=True)
class Discard(Workflow):
    """Each generation is fitted on synthetic data alone; everything before is discarded.

    Also called *replace*, or the fully synthetic loop. With equal sizes its relative risk is t + 1:
    the model collapses (arXiv 2410.22812; figure 7 of arXiv 2502.18049).

    Examples
    --------
    >>> from heirloom.workflows import Sizes
    >>> Discard().mixture(3, Sizes.of(n_real=100, n_synthetic=100, generations=3))
    Mixture(synthetic[3]: 1)
    """

    name: ClassVar[str] = "discard"
    paper: ClassVar[str | None] = "dey2024universality"

    def mixture(self, generation: int, sizes: Sizes) -> Mixture:
        """Use ``synthetic[t]`` with share 1."""
        return Mixture.whole({synthetic(generation): 1.0}, sizes)
