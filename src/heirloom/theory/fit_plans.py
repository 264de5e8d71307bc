"""What a recursion does at each fit: what is born, what is mixed, which rows are drawn."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..workflows import Dataset, Lineage, Mixture, Pool, Sizes
from .slot_plan import SlotPlan

_Float = npt.NDArray[np.float64]


class Subsample(NamedTuple):
    """Rows that a fit draws afresh, each row of some datasets with the same chance.

    Attributes
    ----------
    share
        Share of the mixture that they make up.
    used
        How many rows are drawn; 0 for none.
    replacement
        Whether with replacement.
    datasets
        What they are drawn from.
    available
        How many rows that is.
    continued
        Whether they are drawn from `datasets` and all that were drawn from at earlier fits.
    """

    share: float
    used: float
    replacement: bool
    datasets: tuple[Dataset, ...]
    available: float
    continued: bool = False

    def added_variance(self, *, exact: bool) -> float:
        """Variance that a draw of rows of variance 1 adds to the mean of all there are.

        Drawing r of N rows adds S²(1/r − 1/N) without replacement and S²(1 − 1/N)/r with, S² the
        unbiased variance of the N rows; in the limit 1/N vanishes beside 1 in the second.
        """
        if self.used == 0:
            return 0.0
        if not self.replacement:
            return 1 / self.used - 1 / self.available
        return (1 - 1 / self.available) / self.used if exact else 1 / self.used


class FitPlan(NamedTuple):
    """What happens at one fit.

    The state has a slot for the error z_d = e_d + h_{parent(d)} of each dataset that is still
    needed, or for that of the pool of all of them.

    Attributes
    ----------
    births
        The datasets that are born, with their slots.
    sources, shares
        The slots that the fit mixes, and with which shares.
    subsamples
        The rows that are drawn afresh.
    pool
        The slot that holds the mixture from now on, as the error of the pool; None for no pool.
    model
        The slot that holds the model from now on, with the noise of the rows drawn, since a later
        fit keeps it; None where none does.
    """

    births: Sequence[tuple[Dataset, int]]
    sources: Sequence[int]
    shares: _Float
    subsamples: Sequence[Subsample] = ()
    pool: int | None = None
    model: int | None = None


def plans_of(lineage: Lineage) -> tuple[int, Iterator[FitPlan]]:
    """Give the number of slots that the state needs, and the plans of the fits one by one."""
    if lineage.pool is not None:
        return _plans_of_pool(lineage.pool, lineage.sizes, len(lineage))
    slots = SlotPlan.of(lineage)
    return slots.count, _plans_of_mixtures(lineage, slots)


def _plans_of_mixtures(lineage: Lineage, slots: SlotPlan) -> Iterator[FitPlan]:
    for fit, (births, sources, model) in enumerate(
        zip(slots.births, slots.sources, slots.held, strict=True)
    ):
        if lineage.kept_fit(fit) is not None:
            yield FitPlan(births, sources, np.ones(1), model=model)
            continue
        mixture = lineage.mixtures[fit]
        subsamples = _subsamples(mixture, lineage.sizes)
        yield FitPlan(births, sources, mixture.shares, subsamples, model=model)


def _subsamples(mixture: Mixture, sizes: Sizes) -> list[Subsample]:
    if not mixture.subsamples(sizes):
        return []
    there = sizes.rows_of(mixture.datasets)
    if mixture.pooled:
        used, available = float(mixture.rows.sum()), float(there.sum())
        return [Subsample(1.0, used, mixture.replacement, mixture.datasets, available)]
    return [
        Subsample(share, used, mixture.replacement, (dataset,), available)
        for (dataset, share, used), available in zip(mixture, there.tolist(), strict=True)
    ]


def _plans_of_pool(pool: Pool, sizes: Sizes, fits: int) -> tuple[int, Iterator[FitPlan]]:
    """Follow the pool itself: slot 0 holds its error, and what joins has the slots behind it."""

    def plans() -> Iterator[FitPlan]:
        held = 0.0
        for t in range(fits):
            joining = tuple([d for d in pool.joining(t) if sizes.rows(d)])
            rows = sizes.rows_of(joining)
            total = held + float(rows.sum())
            # A fit that draws nothing, such as the first, notes what has joined for those that do.
            used = (pool.subsample_size(total) if t else None) or 0.0
            drawn = Subsample(1.0, used, pool.replacement, joining, total, continued=True)
            yield FitPlan(
                births=[(d, 1 + i) for i, d in enumerate(joining)],
                sources=range(1 + len(joining)),
                shares=np.append(held, rows) / total,
                subsamples=() if pool.rows is None else (drawn,),
                pool=0,
            )
            held = total

    return 1 + max(len(pool.joining(t)) for t in range(min(fits, 2))), plans()
