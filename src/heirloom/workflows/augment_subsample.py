"""Keep everything, but train on a subsample of constant size."""

from dataclasses import dataclass, replace
from typing import ClassVar

from .augment import Augment
from .base import Workflow
from .mixture import Mixture
from .pool import Pool
from .schedule import shown
from .sizes import Sizes


@dataclass(frozen=True)
class AugmentSubsample(Workflow):
    """As :class:`Augment`, but each generation is fitted on n₀ rows drawn afresh from that pool.

    Also called *accumulate-subsample*: the work of a fit stays constant. With equal sizes the
    relative risk is 3 Σ_{i≤t+1} 1/i² − 2 without replacement, with limit π²/2 − 2
    (arXiv 2410.22812). With replacement it is 2 Σ_{i≤t+1} 1/i² − 1/4 for t ≥ 1; the 1/4 would not
    be taken off if generation 0, too, were fitted on a draw with replacement.

    Parameters
    ----------
    replacement
        Whether the n₀ rows are drawn with replacement. Default: without. Generation 0 is fitted on
        the whole of the initial real data in either case.

    Examples
    --------
    >>> from heirloom.workflows import Sizes
    >>> sizes = Sizes.of(n_real=100, n_synthetic=100, generations=1)
    >>> AugmentSubsample().mixture(1, sizes).rows
    array([50., 50.])
    """

    replacement: bool = False

    name: ClassVar[str] = "augment-subsample"
    paper: ClassVar[str | None] = "dey2024universality"

    @property
    def text(self) -> str:
        """``augment-subsample``, or ``augment-subsample:replacement``."""
        return f"{self.name}:replacement" if self.replacement else self.name

    @classmethod
    def from_argument(cls, argument: str | None) -> "AugmentSubsample":
        """Read nothing, or ``replacement``."""
        if argument not in (None, "replacement"):
            whole = shown(f"{cls.name}:{argument}")
            raise ValueError(f"workflow {whole}: only ':replacement' may follow")
        return cls(replacement=argument is not None)

    def mixture(self, generation: int, sizes: Sizes) -> Mixture:
        """Draw n₀ rows from the pool of ``real[0]`` and ``synthetic[1..t]``."""
        return self.pool(sizes).mixture(generation, sizes)

    def pool(self, sizes: Sizes) -> Pool:
        """Give the pool of :class:`Augment`, of which n₀ rows are drawn."""
        whole = Augment().pool(sizes)
        return replace(whole, rows=sizes.initial, replacement=self.replacement)
