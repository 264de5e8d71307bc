"""Keep the last datasets only."""

from dataclasses import dataclass
from typing import ClassVar

from .base import Workflow
from .dataset import real, synthetic
from .mixture import Mixture
from .schedule import shown, whole_number
from .sizes import Sizes

_KEEP = "initial"


@dataclass(frozen=True)
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

    def __post_init__(self) -> None:
        """Refuse what is no length."""
        object.__setattr__(self, "length", whole_number("length", self.length, 1))

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
