"""Mix the initial real data, over and over, with the last model's output."""

from dataclasses import dataclass
from typing import ClassVar

from .base import Workflow
from .dataset import real, synthetic
from .mixture import Mixture
from .sizes import Sizes
from .weight import Weight, anchor_weight, freeze_weight, weight_from_text, weight_text


@dataclass(frozen=True)
class AnchorMix(Workflow):
    """The initial real data with weight w, the previous model's synthetic data with weight 1 − w.

    The real data are the same at every generation, so that synthetic data add noise and no
    information: the risk falls in w, and is least at w = 1.

    Parameters
    ----------
    weight
        w: as for :class:`FreshMix`. ``"naive"`` is n₀/(n₀ + m); ``"optimal"`` and ``"schedule"``
        are 1, the weight of least risk.

    Raises
    ------
    ValueError
        If the weight is outside [0, 1] or its name is not known.

    Examples
    --------
    >>> from heirloom.workflows import Sizes
    >>> AnchorMix(0.5).mixture(2, Sizes.of(n_real=100, n_synthetic=100, generations=2))
    Mixture(real[0]: 0.5, synthetic[2]: 0.5)
    """

    weight: Weight

    name: ClassVar[str] = "anchor"
    paper: ClassVar[str | None] = "he2025golden"

    def __post_init__(self) -> None:
        object.__setattr__(self, "weight", freeze_weight(self.weight))

    @property
    def text(self) -> str:
        """``anchor:`` and the weight."""
        return f"{self.name}:{weight_text(self.weight)}"

    @classmethod
    def from_argument(cls, argument: str | None) -> "AnchorMix":
        """Read the weight: a number, numbers with commas between, or a name."""
        return cls(weight_from_text(cls.name, argument))

    def mixture(self, generation: int, sizes: Sizes) -> Mixture:
        """Use ``real[0]`` with share w_t and ``synthetic[t]`` with share 1 − w_t."""
        if self.weight == "naive":
            return Mixture.in_proportion([real(0), synthetic(generation)], sizes)
        weight = anchor_weight(self.weight, generation, sizes)
        return Mixture.whole({real(0): weight, synthetic(generation): 1 - weight}, sizes)
