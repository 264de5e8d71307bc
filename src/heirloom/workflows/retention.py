"""How long each dataset is kept, and where: what makes memory follow the workflow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from .dataset import Dataset, real, synthetic
from .mixture import Mixture

Shelf: TypeAlias = Literal["initial", "real", "synthetic"]
"""Datasets of one shelf have the same kind and may take each other's place: the initial real data,
fresh real data, synthetic data."""

SHELVES: tuple[Shelf, ...] = ("initial", "real", "synthetic")


def shelf_of(dataset: Dataset) -> Shelf:
    """Name the shelf of a dataset."""
    return "initial" if dataset == real(0) else dataset.origin


@dataclass(frozen=True)
class Retention:
    """A place for every dataset from the generation of its birth to that of its last use.

    A place is free again after the last use of its dataset, so that a workflow that remembers a
    bounded number of datasets needs a bounded number of places. Two workflows of the same retention
    differ in shares alone.

    Attributes
    ----------
    births
        For each generation, the datasets born then that are ever used, with their places.
    places
        For each generation, the places of the datasets of its mixture, in the mixture's order.
    sizes
        Number of places on each shelf, in the order of ``SHELVES``.
    """

    births: tuple[tuple[tuple[Dataset, int], ...], ...]
    places: tuple[tuple[int, ...], ...]
    sizes: tuple[int, int, int]

    @classmethod
    def of(cls, mixtures: Sequence[Mixture]) -> "Retention":
        """Find places for the datasets of the mixtures of generations 0…T.

        Examples
        --------
        >>> from heirloom.workflows import Augment, FreshMix, Sizes
        >>> sizes = Sizes.of(n_real=9, n_synthetic=9, generations=50)
        >>> Retention.of(FreshMix(0.5).mixtures(sizes)).sizes
        (1, 1, 1)
        >>> Retention.of(Augment().mixtures(sizes)).sizes
        (1, 0, 50)
        """
        last_use = {d: t for t, mixture in enumerate(mixtures) for d in mixture.datasets}
        ends: dict[int, list[Dataset]] = {}
        for dataset, end in last_use.items():
            ends.setdefault(end, []).append(dataset)
        free: dict[Shelf, list[int]] = {shelf: [] for shelf in SHELVES}
        size: dict[Shelf, int] = dict.fromkeys(SHELVES, 0)
        place: dict[Dataset, int] = {}
        births: list[tuple[tuple[Dataset, int], ...]] = []
        places: list[tuple[int, ...]] = []
        for generation, mixture in enumerate(mixtures):
            born = [d for d in (real(generation), synthetic(generation)) if d in last_use]
            for dataset in born:
                shelf = shelf_of(dataset)
                if not free[shelf]:
                    free[shelf].append(size[shelf])
                    size[shelf] += 1
                place[dataset] = free[shelf].pop()
            births.append(tuple((d, place[d]) for d in born))
            places.append(tuple([place[d] for d in mixture.datasets]))
            for dataset in ends.get(generation, ()):
                free[shelf_of(dataset)].append(place[dataset])
        return cls(tuple(births), tuple(places), (size["initial"], size["real"], size["synthetic"]))
