"""All data so far as one pool, every row the same."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from .dataset import Dataset, real, synthetic
from .long_run_law import LongRunLaw
from .mixture import Mixture
from .recurrence import linear_recurrence
from .sizes import Sizes
from .usage import NEEDS, Usage

_Float = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Pool:
    """A pool that datasets join and never leave, every row of it with the same weight.

    It begins with ``real[0]``. A workflow that says that it trains on a pool is followed by a
    recursion of one number, the error of the pool, however many datasets have joined.

    Attributes
    ----------
    fresh
        Whether ``real[t]`` joins at every generation t >= 1.
    synthetic
        Whether ``synthetic[t]`` does.
    rows
        How many rows are drawn from the pool afresh at each generation t >= 1 (all of them, while
        there are fewer). None: each generation is fitted on the whole pool.
    replacement
        Whether they are drawn with replacement; then always `rows`.
    """

    fresh: bool
    synthetic: bool
    rows: int | None = None
    replacement: bool = False

    def joining(self, generation: int) -> tuple[Dataset, ...]:
        """Name the datasets that join at a generation; at 0, ``real[0]``.

        Examples
        --------
        >>> Pool(fresh=True, synthetic=True).joining(3)
        (real[3], synthetic[3])
        """
        if generation == 0:
            return (real(0),)
        new = [real(generation)] * self.fresh + [synthetic(generation)] * self.synthetic
        return tuple(new)

    def subsample_size(self, available: float) -> float | None:
        """Count the rows that are drawn from so many; None where the pool is used whole."""
        if self.rows is None or (self.rows >= available and not self.replacement):
            return None
        return float(self.rows)

    def mixture(self, generation: int, sizes: Sizes) -> Mixture:
        """Give the mixture of a generation t >= 1, dataset by dataset.

        Examples
        --------
        >>> from heirloom.workflows import Sizes
        >>> pool = Pool(fresh=False, synthetic=True, rows=50)
        >>> pool.mixture(1, Sizes.of(n_real=100, n_synthetic=100, generations=1)).rows
        array([25., 25.])
        """
        datasets = [d for s in range(generation + 1) for d in self.joining(s)]
        whole = Mixture.in_proportion(datasets, sizes)
        size = self.subsample_size(float(whole.rows.sum()))
        if size is None:
            return whole
        return replace(whole, rows=whole.shares * size, pooled=True, replacement=self.replacement)

    def risk(self, sizes: Sizes) -> _Float:
        """Give the relative risk of generations 0…T.

        The error p_t of a pool of N_t rows obeys N_t p_t = N_{t−1} p_{t−1} + n e + m (e' + h_{t−1})
        with h_{t−1} = p_{t−1} + the noise of the rows drawn at t − 1, if any are (arXiv
        2410.22812).
        """
        real_rows = sizes.real[1:] * float(self.fresh)
        synthetic_rows = sizes.synthetic[1:] * float(self.synthetic)
        held = sizes.initial + np.append(0.0, np.cumsum(real_rows + synthetic_rows))
        of_draw = self._variance_of_draw(held)
        kept = ((held[:-1] + synthetic_rows) / held[1:]) ** 2
        added = (real_rows + synthetic_rows + synthetic_rows**2 * of_draw[:-1]) / held[1:] ** 2
        return sizes.initial * (linear_recurrence(1 / sizes.initial, kept, added) + of_draw)

    def long_run(self, sizes: Sizes) -> LongRunLaw | None:
        """Give the law of the long run where sizes repeat for ever, of a cycle of which it is told.

        Real data that keep joining win: the error that a model passes on decays as
        t^(−2n/(n + m)), the noise that joins as 1/t. If synthetic data alone keep joining, the
        error of the pool is a random walk with the steps (m/N_t)(e_t + noise of the draw at t − 1).
        """
        real_rows = float(sizes.real[1:].sum()) * self.fresh
        synthetic_rows = float(sizes.synthetic[1:].sum()) * self.synthetic
        initial = float(sizes.initial)
        drawn = 0.0 if self.rows is None else initial / self.rows
        if real_rows:
            exponent = -min(1.0, 2 * real_rows / (real_rows + synthetic_rows))
            return LongRunLaw(drawn, exponent)
        if not synthetic_rows:
            return LongRunLaw(1 + initial * float(self._variance_of_draw(np.full(2, initial))[1]))
        # A draw of more rows than there are at the start is none at first.
        at_once = self.rows is None or self.replacement or self.rows <= initial
        if sizes.generations > 1 or not at_once:
            return None
        a = initial / synthetic_rows
        if self.rows is None:
            return LongRunLaw(1.0, -1.0, factor=a, argument=1 + a)
        first = 1 / (1 + a) ** 2
        if self.replacement:
            return LongRunLaw(1 + drawn - drawn * first, -1.0, factor=drawn + a, argument=1 + a)
        return LongRunLaw(drawn - (drawn - 1) * first, -1.0, factor=drawn + 2 * a, argument=1 + a)

    def usage(self, sizes: Sizes) -> Usage:
        """Count what is used up to the last generation."""
        # In floating point: sums of rows that can be counted may not be counted themselves.
        real_rows = sizes.real * float(self.fresh)
        synthetic_rows = sizes.synthetic * float(self.synthetic)
        real_rows[0] = 0  # the initial rows are counted by themselves
        joined = real_rows + synthetic_rows
        held = sizes.initial + np.cumsum(joined)
        if self.rows is None:
            drawn = np.zeros(len(held), dtype=bool)
        else:
            drawn = (self.rows < held) | self.replacement
        seen = np.where(drawn, self.rows or 0, held)
        fitted = (joined > 0) | drawn
        fitted[0] = False
        old_synthetic = np.append(0, np.cumsum(synthetic_rows)[:-1])
        has = (
            fitted & (real_rows > 0),
            fitted,  # real[0] is always in the pool
            fitted & (old_synthetic > 0),
        )
        return Usage(
            real=sizes.initial + round(real_rows.sum()),
            synthetic=round(synthetic_rows.sum()),
            trained=sizes.initial + round(seen[fitted].sum()),
            fits=1 + int(fitted.sum()),
            needs=tuple(need for need, at in zip(NEEDS, has, strict=True) if at.any()),
        )

    def _variance_of_draw(self, held: _Float) -> _Float:
        """Variance that the draw from so many rows adds, at every generation; none at 0."""
        if self.rows is None:
            return np.zeros(len(held))
        lost = np.zeros(len(held)) if self.replacement else 1 / held
        added = np.maximum(1 / self.rows - lost, 0.0)
        added[0] = 0.0
        return added
