"""The fits that lead to the generations of a model."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, overload

import numpy as np
import numpy.typing as npt

from .dataset import Dataset
from .mixture import Mixture
from .pool import Pool
from .sizes import Sizes
from .usage import NEEDS, Usage


@dataclass(frozen=True, eq=False)
class Lineage:
    """A workflow at given sizes: every fit, one after the other, with its mixture.

    Fit i is fitted on its mixture, and ``synthetic[i + 1]`` is sampled from it. Where a workflow
    trains one model, fit t is generation t. Where several models train on each other's output
    (:class:`~heirloom.workflows.Graph`) their fits take turns, and `generations` tells which are
    those of the model that the workflow is about. So theory and simulation follow one chain of
    fits, whatever the workflow.

    Attributes
    ----------
    mixtures
        The mixtures of all fits.
    sizes
        Rows of every dataset, by the number of the fit.
    generations
        int64[generations + 1]: the number of the fit that is generation t.
    pool
        The pool that all fits are fitted on, where there is one.
    models
        How many models take turns. Default 1.
    """

    mixtures: Sequence[Mixture]
    sizes: Sizes
    generations: npt.NDArray[np.int64]
    pool: Pool | None = None
    models: int = 1

    @classmethod
    def of_one_model(
        cls, mixtures: Sequence[Mixture], sizes: Sizes, pool: Pool | None = None
    ) -> "Lineage":
        """Give the lineage in which fit t is generation t."""
        return cls(mixtures, sizes, np.arange(len(mixtures)), pool)

    def __len__(self) -> int:
        """Count the fits."""
        return len(self.mixtures)

    def uses(self) -> Iterator["DataUse"]:
        """Tell which datasets each fit is fitted on, in work proportional to what changes."""
        if self.pool is not None:
            yield from self._uses_of_pool(self.pool)
            return
        for i, mixture in enumerate(self.mixtures):
            subsampled = mixture.subsamples(self.sizes)
            kept = self.kept_fit(i) is not None
            if i >= self.models and not subsampled:
                kept = mixture.same_as(self.mixtures[i - self.models])
            count, rows = len(mixture.datasets), float(mixture.rows.sum())
            yield DataUse(mixture.datasets, count, rows, subsampled, continued=False, same=kept)

    def _uses_of_pool(self, pool: Pool) -> Iterator["DataUse"]:
        held, count = 0.0, 0
        for t in range(len(self)):
            added = tuple([d for d in pool.joining(t) if self.sizes.rows(d)])
            held, count = held + float(self.sizes.rows_of(added).sum()), count + len(added)
            size = pool.subsample_size(held) if t else None
            rows = held if size is None else size
            same = t > 0 and not added and size is None
            yield DataUse(added, count, rows, size is not None, continued=t > 0, same=same)

    def kept_fit(self, fit: int) -> int | None:
        """Number of the earlier fit whose drawn rows a fit keeps, and with them its model."""
        subsampled_at = None if self.pool is not None else self.mixtures[fit].subsampled_at
        return None if subsampled_at is None else self.models * subsampled_at + fit % self.models

    def takes_fresh_real(self) -> bool:
        """Whether any fit, of whichever model, uses real data that come in after generation 0."""
        datasets = (d for use in self.uses() for d in use.added)
        return any(d.origin == "real" and d.generation >= self.models for d in datasets)

    def usage(self) -> Usage:
        """Count what the fits use, and tell what those of the model itself need."""
        reported = set(self.generations.tolist())
        used: set[Dataset] = set()
        before: set[str] = set()  # kinds of the data that a pool holds
        needs: set[str] = set()
        trained, fits = 0.0, 0
        for fit, use in enumerate(self.uses()):
            used.update(use.added)
            if not use.same:
                trained, fits = trained + use.rows, fits + 1
                if fit in reported and fit >= self.models:
                    needs.update(f"{self._age(d, fit)} {d.origin} data" for d in use.added)
                    needs.update(f"old {origin} data" for origin in before)
            if self.pool is not None:
                before.update(d.origin for d in use.added)
        of = {
            origin: sum(self.sizes.rows(d) for d in used if d.origin == origin)
            for origin in ("real", "synthetic")
        }
        named = tuple(need for need in NEEDS if need in needs)
        return Usage(of["real"], of["synthetic"], round(trained), fits, named)

    def _age(self, dataset: Dataset, fit: int) -> str:
        # Of K models, those of generation t are the fits K t to K t + K − 1; what the fit i
        # generates is born at i + 1, and is of the next generation.
        born = dataset.generation + (self.models - 1 if dataset.origin == "synthetic" else 0)
        return "old" if born // self.models < fit // self.models else "fresh"


class DataUse(NamedTuple):
    """Which datasets a fit is fitted on.

    Attributes
    ----------
    added
        Those that the fit before was not fitted on, if it is `continued`; else all.
    total
        How many datasets there are in all.
    rows
        Rows of them that are used.
    subsampled
        Whether these are drawn from more.
    continued
        Whether all datasets of the fit before take part too.
    same
        Whether the data and their shares are those of the model's fit before, so that it is kept.
    """

    added: tuple[Dataset, ...]
    total: int
    rows: float
    subsampled: bool
    continued: bool
    same: bool


class MixturesOnDemand(Sequence[Mixture]):
    """Mixtures that are made when they are asked for.

    Those of a pool grow, and all of 10,000 generations would fill the memory; theory needs none.
    """

    def __init__(self, mixture: Callable[[int], Mixture], count: int) -> None:
        self._mixture = mixture
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Mixture: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Mixture, ...]: ...
    def __getitem__(self, index: int | slice) -> Mixture | tuple[Mixture, ...]:
        numbers = range(self._count)[index]
        if isinstance(numbers, range):
            return tuple(self._mixture(t) for t in numbers)
        return self._mixture(numbers)
