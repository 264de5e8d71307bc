"""Keep everything, but count what is older for less."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from .._base.parameters import number_in, shown
from .base import Workflow
from .dataset import real, synthetic
from .long_run_law import LongRunLaw
from .mixture import Mixture
from .recurrence import linear_recurrence
from .sizes import Sizes
from .usage import Usage, usage_of_recent

_Float = npt.NDArray[np.float64]

_KEEP = "initial"
# A factor of the weight below which a dataset is left out: far below rounding.
_NOTHING = 2.0**-80


@dataclass(frozen=True)
class ExponentialForgetting(Workflow):
    r"""All data so far, of which a row counts λ times as much with every generation of its age.

    Between :class:`Discard` (λ = 0) and :class:`Augment` (λ = 1): the weighting of recursive least
    squares with a forgetting factor (Ljung, *System Identification*, 2nd edition, 1999, chapter
    11). With :math:`W_t = \lambda W_{t-1} + m_t` and :math:`W_0 = n_0` the relative risk is
    :math:`1 + n_0 \sum_{s \le t} m_s/W_s^2`: for λ < 1 it grows without bound, by
    :math:`(1-\lambda)^2 n_0/m` a generation, since the initial real data are forgotten too. If
    these are kept with their full weight, it stays bounded.

    Parameters
    ----------
    factor
        λ in [0, 1].
    keep_initial
        Whether ``real[0]`` is never forgotten. Default False.

    Raises
    ------
    ValueError
        If `factor` is not a number in [0, 1].

    Examples
    --------
    >>> from heirloom.workflows import Sizes
    >>> sizes = Sizes.of(n_real=100, n_synthetic=100, generations=2)
    >>> ExponentialForgetting(0.5).mixture(2, sizes)
    Mixture(real[0]: 0.1429, synthetic[1]: 0.2857, synthetic[2]: 0.5714)
    """

    factor: float
    keep_initial: bool = False

    name: ClassVar[str] = "forgetting"
    paper: ClassVar[str | None] = "ljung1999system"
    syntax: ClassVar[str | None] = "forgetting:FACTOR[,initial]"
    examples: ClassVar[tuple[str, ...]] = (
        *("forgetting:0.0", "forgetting:0.8", "forgetting:1.0"),
        *("forgetting:0.0,initial", "forgetting:0.8,initial"),
    )

    def __post_init__(self) -> None:
        """Refuse what is no factor."""
        factor = number_in(self.factor)
        if factor is None or not 0 <= factor <= 1:
            raise ValueError(f"factor={shown(self.factor)}: must be a number in [0, 1]")
        object.__setattr__(self, "factor", factor)

    @property
    def text(self) -> str:
        """``forgetting:FACTOR``, or ``forgetting:FACTOR,initial``."""
        return f"{self.name}:{self.factor!r}" + (f",{_KEEP}" if self.keep_initial else "")

    @classmethod
    def from_argument(cls, argument: str | None) -> "ExponentialForgetting":
        """Read the factor, and ``initial`` behind a comma."""
        factor, comma, rest = (argument or "").partition(",")
        try:
            if comma and rest.strip() != _KEEP:
                raise ValueError
            return cls(float(factor), keep_initial=bool(comma))
        except ValueError:
            whole = shown(cls.name if argument is None else f"{cls.name}:{argument}")
            raise ValueError(
                f"workflow {whole}: give what a row counts after each generation, in [0, 1], such "
                f"as '{cls.name}:0.9', or '{cls.name}:0.9,{_KEEP}' to keep the initial real data"
            ) from None

    def mixture(self, generation: int, sizes: Sizes) -> Mixture:
        """Use ``real[0]`` and ``synthetic[1..t]``, a row of age a with the weight λ^a."""
        age = np.arange(generation, -1.0, -1.0)
        counts, here = self.factor**age, age < self._remembered(generation)
        if self.keep_initial:
            counts[0], here[0] = 1.0, True
        datasets = [real(0), *(synthetic(s) for s in range(1, generation + 1))]
        weights = counts * sizes.rows_of(datasets)
        total = float(weights[here].sum())
        if total == 0:
            return Mixture.whole({synthetic(generation): 1.0}, sizes)  # which has no rows
        named = zip(datasets, (weights / total).tolist(), here.tolist(), strict=True)
        return Mixture.whole(
            {dataset: share for dataset, share, is_here in named if is_here}, sizes
        )

    def closed_form(self, sizes: Sizes) -> _Float | None:
        """Sum n₀ m_s/W_s², or follow the error beside that of the initial data, if they stay."""
        m = sizes.synthetic[1:].astype(np.float64)
        forgets = np.full(len(m), self.factor)
        start = 0.0 if self.keep_initial else float(sizes.initial)
        weight = linear_recurrence(start, forgets, m)  # of what is forgotten
        if not self.keep_initial:
            if np.any(weight == 0):
                return None
            return 1 + sizes.initial * np.append(0.0, np.cumsum(m / weight[1:] ** 2))
        # A generation is h_0 + b u: u is the error of the synthetic data less h_0, b their share.
        share = weight / (sizes.initial + weight)
        there = np.where(weight[1:] > 0, weight[1:], 1.0)
        kept = ((self.factor * weight[:-1] + m * share[:-1]) / there) ** 2
        of_synthetic = linear_recurrence(0.0, kept, m / there**2)
        return 1 + sizes.initial * share**2 * of_synthetic

    def usage(self, sizes: Sizes) -> Usage:
        """Count the rows of the datasets that still count for anything."""
        length = self._remembered(sizes.generations)
        counted = usage_of_recent(sizes, length, keep_initial=self.keep_initial)
        return super().usage(sizes) if counted is None else counted

    def _remembered(self, generation: int) -> int:
        """How many generations of data count for anything, of as many as there are."""
        if self.factor == 0:
            return 1
        if self.factor == 1:
            return generation + 1
        return min(generation, int(math.log(_NOTHING) / math.log(self.factor))) + 1

    def long_run(self, sizes: Sizes) -> LongRunLaw | None:
        """Grow by (1 − λ)² n₀/m a generation, or settle where ``real[0]`` stays."""
        m, initial = float(sizes.synthetic[1]), float(sizes.initial)
        if sizes.generations > 1 or m == 0 or self.factor == 1:
            return None
        forgotten = 1 - self.factor
        if not self.keep_initial:
            return LongRunLaw.of_growth(forgotten**2 * initial / m)
        share = m / (initial * forgotten + m)
        # Of u a generation keeps λ + (1 − λ) b, which is 1 − (1 − λ)(1 − b).
        lost = forgotten * (1 - share)
        settled = forgotten**2 / m / (lost * (2 - lost))
        return LongRunLaw(1 + initial * share**2 * settled)
