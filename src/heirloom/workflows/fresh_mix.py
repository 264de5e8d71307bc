"""Mix fresh real data with the last model's output."""

from dataclasses import dataclass, replace
from typing import ClassVar

from .base import Workflow
from .dataset import real, synthetic
from .long_run_law import LongRunLaw
from .mixture import Mixture
from .sizes import Sizes
from .two_sources import TwoSources
from .weight import (
    WEIGHT_NAMES,
    Weight,
    freeze_weight,
    fresh_weight,
    last_weight,
    repeats_with_sizes,
    weight_from_text,
    weight_text,
    weights_of,
)


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
    syntax: ClassVar[str | None] = "fresh:WEIGHT"
    examples: ClassVar[tuple[str, ...]] = (
        *(f"fresh:{weight}" for weight in (0.0, 0.6, 1.0, *WEIGHT_NAMES)),
        "fresh:0.1,0.2,0.3,0.4,0.5",
    )

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

    def two_sources(self, sizes: Sizes) -> TwoSources | None:
        """Give the weights; None where rows that take part do not exist."""
        weights = weights_of(fresh_weight, self.weight, sizes)
        return TwoSources.of(weights, sizes, repeats=repeats_with_sizes(self.weight))

    def real_weight(self, sizes: Sizes) -> float | None:
        """Give the weight of the last model that is trained."""
        return last_weight(fresh_weight, self.weight, sizes)

    def long_run(self, sizes: Sizes) -> LongRunLaw | None:
        """Settle at n₀ (w²/n + (1 − w)²/m)/(w (2 − w)), for constant sizes (arXiv 2502.18049)."""
        if self.weight == "schedule" and sizes.training()[1:].sum() <= 1:
            # The best schedule tends to the best constant weight.
            return replace(self, weight="optimal").long_run(sizes)
        return super().long_run(sizes)

    def presumes_own_output(self) -> bool:
        """Whether the weights are the best ones for a model that trains on its own output."""
        return self.weight == "schedule"
