"""Mix fresh real data with the last model's output."""

from dataclasses import dataclass
from typing import ClassVar

from .base import Workflow
from .dataset import real, synthetic
from .mixture import Mixture
from .sizes import Sizes
from .weight import Weight, freeze_weight, fresh_weight, weight_from_text, weight_text


@dataclass(frozen=True)
class FreshMix(Workflow):
    """Fresh real data with weight w, the previous model's synthetic data with weight 1 − w.

    The fresh data loop of golden-ratio weighting (arXiv 2502.18049): the weight of least stationary
    risk is w* = (√(k² + 4k) − k)/2 with k = n/m, which is 1/φ ≈ 0.618 where n = m.

    Parameters
    ----------
    weight
        w: a number in [0, 1]; an array (an entry for each of the generations 1…T, or 0…T) or a
        function of t; or ``"golden"`` (1/φ), ``"optimal"`` (w* for n and m), ``"naive"``
        (n/(n+m): every row the same), ``"schedule"`` (the best weight for each t). At a generation
        at which no real rows arrive (or no synthetic ones), the others have all weight.

    Raises
    ------
    ValueError
        If the weight is outside [0, 1] or its name is not known.

    Examples
    --------
    >>> from heirloom.workflows import Sizes
    >>> FreshMix("optimal").mixture(1, Sizes.of(n_real=100, n_synthetic=100, generations=1))
    Mixture(real[1]: 0.618, synthetic[1]: 0.382)
    """

    weight: Weight

    name: ClassVar[str] = "fresh"
    paper: ClassVar[str | None] = "he2025golden"

    def __post_init__(self) -> None:
        object.__setattr__(self, "weight", freeze_weight(self.weight))

    @property
    def text(self) -> str:
        """``fresh:`` and the weight."""
        return f"{self.name}:{weight_text(self.weight)}"

    @classmethod
    def from_argument(cls, argument: str | None) -> "FreshMix":
        """Read the weight: a number, numbers with commas between, or a name."""
        return cls(weight_from_text(cls.name, argument))

    def mixture(self, generation: int, sizes: Sizes) -> Mixture:
        """Use ``real[t]`` with share w_t and ``synthetic[t]`` with share 1 − w_t."""
        if self.weight == "naive":
            return Mixture.in_proportion([real(generation), synthetic(generation)], sizes)
        weight = fresh_weight(self.weight, generation, sizes)
        return Mixture.whole({real(generation): weight, synthetic(generation): 1 - weight}, sizes)
