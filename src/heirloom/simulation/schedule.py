"""Workflows as arrays: what the compiled chain reads at each generation."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..workflows import Lineage, Mixture, Sizes, Workflow
from ..workflows.retention import SHELVES, Retention, shelf_of

_Int = npt.NDArray[np.int32]
_Float = npt.NDArray[np.float64]
_ROUNDING = 1e-6
_MOST_ROWS = 2**31 - 1  # counts of rows are int32 in the compiled program


@dataclass(frozen=True)
class Shelving:
    """One shelf of datasets: its places, the room in each, and whether anything stays there.

    Attributes
    ----------
    places
        How many datasets are kept at once.
    capacity
        The most rows that a dataset of the shelf has.
    lasting
        Whether a dataset is used after the generation of its birth; if not, nothing is carried on.
    """

    places: int
    capacity: int
    lasting: bool


@dataclass(frozen=True)
class Subsampling:
    """How rows are drawn from the datasets of a mixture.

    Attributes
    ----------
    capacity
        The most rows that a generation is fitted on.
    pooled, replacement
        As in :class:`~heirloom.workflows.Mixture`.
    always
        Whether every fit but the first draws; if not, the others use whole datasets. Default True.
    """

    capacity: int
    pooled: bool
    replacement: bool
    always: bool = True


@dataclass(frozen=True)
class Structure:
    """What the compiled program depends on; workflows of one structure run in one program.

    Attributes
    ----------
    initial_capacity
        n₀.
    shelves
        In the order of ``SHELVES``.
    subsampling
        None where datasets are used whole.
    """

    initial_capacity: int
    shelves: tuple[Shelving, ...]
    subsampling: Subsampling | None

    @property
    def most_rows(self) -> int:
        """The most rows that a generation is fitted on, those that do not count included."""
        drawn = self.subsampling.capacity if self.subsampling is not None else None
        held = sum(shelf.places * shelf.capacity for shelf in self.shelves)
        return max(self.initial_capacity, held if drawn is None else drawn)

    def without_rows(self, *, but: str | None = None) -> "Structure":
        """Forget how many rows datasets have, but for those of one shelf."""
        shelves = tuple(
            shelf if name == but else replace(shelf, capacity=min(shelf.capacity, 1))
            for name, shelf in zip(SHELVES, self.shelves, strict=True)
        )
        return Structure(1, shelves, self.subsampling)


class ShelfSchedule(NamedTuple):
    """One shelf, generation by generation (first axis: generations 1…T; generation 0 apart).

    Attributes
    ----------
    birth_rows
        int32[T]: rows of the dataset born; 0 where none is.
    birth_place
        int32[T]: where it is put; one past the last place where none is born.
    rows
        int32[T, places]: rows of the dataset in each place.
    used
        int32[T, places]: rows of it that are used; 0 where it takes no part.
    """

    birth_rows: _Int
    birth_place: _Int
    rows: _Int
    used: _Int


@dataclass(frozen=True, eq=False)
class Group:
    """Workflows that differ in shares alone, and run together on the same random numbers.

    Attributes
    ----------
    members
        Their positions in the call.
    structure
        What the compiled program depends on.
    initial_rows
        n₀.
    schedules
        A :class:`ShelfSchedule` for each shelf.
    shares
        For each shelf, float64[chains, T, places].
    drawn
        int32[T]: rows that are drawn for each fit; 0 where it uses whole datasets.
    proportional
        bool[T]: whether every row of the mixture counts the same, however many there are.
    chains
        For each member, which of the chains is its own: models of a graph share one.
    reported
        For each member, int[generations + 1]: which fit of the chain is generation t.
    """

    members: tuple[int, ...]
    structure: Structure
    initial_rows: int
    schedules: tuple[ShelfSchedule, ...]
    shares: tuple[_Float, ...]
    drawn: _Int
    proportional: npt.NDArray[np.bool_]
    chains: tuple[int, ...]
    reported: tuple[npt.NDArray[np.int64], ...]


def group_workflows(
    workflows: Sequence[Workflow], sizes: Sizes, *, rows_vary: bool = False
) -> list[Group]:
    """Group workflows that can run in one program.

    Parameters
    ----------
    workflows
        In the order of the call.
    sizes
        Rows of every dataset.
    rows_vary
        Whether a verifier passes now more, now fewer rows. Then workflows whose shares follow the
        rows cannot run with others. Default False.

    Returns
    -------
    list of Group

    Raises
    ------
    ValueError
        If a mixture cannot be trained on.
    """
    most = int(max(sizes.real.max(), sizes.synthetic.max()))
    if most > _MOST_ROWS:
        raise ValueError(
            f"{most:,} rows at a generation: a simulation takes at most {_MOST_ROWS:,}; theory "
            "takes any number"
        )
    listed: dict[object, list[int]] = {}
    lineages = [workflow.lineage(sizes) for workflow in workflows]
    mixtures = [tuple(lineage.mixtures) for lineage in lineages]
    retentions = [Retention.of(of_workflow) for of_workflow in mixtures]
    for position, (lineage, of_workflow, retention) in enumerate(
        zip(lineages, mixtures, retentions, strict=True)
    ):
        rows = lineage.sizes
        drawing = tuple(
            (tuple(m.rows.tolist()), m.pooled, m.replacement) if m.subsamples(rows) else None
            for m in of_workflow
        )
        proportional = tuple(m.proportional and rows_vary for m in of_workflow[1:])
        key = (retention, drawing, proportional, rows.real.tobytes(), rows.synthetic.tobytes())
        listed.setdefault(key, []).append(position)
    return [
        _group(
            tuple(members),
            [mixtures[i] for i in members],
            retentions[members[0]],
            [lineages[i] for i in members],
        )
        for members in listed.values()
    ]


def _group(
    members: tuple[int, ...],
    mixtures: list[tuple[Mixture, ...]],
    retention: Retention,
    lineages: list[Lineage],
) -> Group:
    first, sizes = mixtures[0], lineages[0].sizes
    subsampling = _subsampling(first, sizes)
    schedules = tuple(_shelf_schedule(i, first, retention, sizes) for i in range(len(SHELVES)))
    shelves = tuple(
        _shelving(i, first, retention, schedule) for i, schedule in enumerate(schedules)
    )
    of_members = [
        tuple(_shares(i, of_workflow, retention) for i in range(len(SHELVES)))
        for of_workflow in mixtures
    ]
    told = [b"".join(share.tobytes() for share in shares) for shares in of_members]
    first_of = {key: told.index(key) for key in told}
    distinct = list(first_of.values())
    shares = tuple(
        np.stack([of_members[member][i] for member in distinct]) for i in range(len(SHELVES))
    )
    chains = tuple(distinct.index(first_of[key]) for key in told)
    drawn = np.array(
        [round(m.rows.sum()) if m.subsamples(sizes) else 0 for m in first[1:]], dtype=np.int32
    )
    structure = Structure(sizes.initial, shelves, subsampling)
    reported = tuple(lineage.generations for lineage in lineages)
    proportional = np.array([m.proportional for m in first[1:]], dtype=np.bool_)
    return Group(
        members,
        structure,
        sizes.initial,
        schedules,
        shares,
        drawn,
        proportional,
        chains,
        reported,
    )


def _subsampling(mixtures: tuple[Mixture, ...], sizes: Sizes) -> Subsampling | None:
    drawing = [m for m in mixtures if m.subsamples(sizes)]
    if not drawing:
        return None
    pooled = {m.pooled for m in drawing}
    replacement = {m.replacement for m in drawing}
    if len(pooled) > 1 or len(replacement) > 1:
        raise ValueError(
            "a workflow draws rows in different ways (from each dataset, from their pool, with or "
            "without replacement) at different generations, or in different models of a graph; "
            "choose one way to simulate it (theory takes them all)"
        )
    capacity = max(math.ceil(m.rows.sum() - _ROUNDING) for m in mixtures[1:])
    always = len(drawing) == len(mixtures) - 1
    return Subsampling(capacity, pooled.pop(), replacement.pop(), always)


def _shelf_schedule(
    shelf: int, mixtures: tuple[Mixture, ...], retention: Retention, sizes: Sizes
) -> ShelfSchedule:
    generations = len(mixtures) - 1
    places = retention.sizes[shelf]
    birth_rows = np.zeros(generations, dtype=np.int32)
    birth_place = np.full(generations, places, dtype=np.int32)
    rows = np.zeros((generations + 1, places), dtype=np.int32)
    used = np.zeros((generations + 1, places), dtype=np.int32)
    for t, (births, mixture) in enumerate(zip(retention.births, mixtures, strict=True)):
        if t:
            rows[t] = rows[t - 1]
        for dataset, place in births:
            if shelf_of(dataset) == SHELVES[shelf]:
                rows[t, place] = sizes.rows(dataset)
                if t:
                    birth_rows[t - 1], birth_place[t - 1] = sizes.rows(dataset), place
        for dataset, place, count in zip(
            mixture.datasets, retention.places[t], mixture.rows.tolist(), strict=True
        ):
            if shelf_of(dataset) == SHELVES[shelf]:
                # From a pool, the number to expect, which may be a fraction of a row.
                used[t, place] = math.ceil(count)
    return ShelfSchedule(birth_rows, birth_place, rows[1:], used[1:])


def _shelving(
    shelf: int, mixtures: tuple[Mixture, ...], retention: Retention, schedule: ShelfSchedule
) -> Shelving:
    lasting = any(
        shelf_of(dataset) == SHELVES[shelf] and dataset.generation < t
        for t, mixture in enumerate(mixtures)
        for dataset in mixture.datasets
    )
    used = any(
        shelf_of(dataset) == SHELVES[shelf]
        for mixture in mixtures[1:]
        for dataset in mixture.datasets
    )
    if not used:
        return Shelving(0, 0, lasting=False)
    return Shelving(retention.sizes[shelf], int(schedule.rows.max(initial=0)), lasting)


def _shares(shelf: int, mixtures: tuple[Mixture, ...], retention: Retention) -> _Float:
    shares = np.zeros((len(mixtures) - 1, retention.sizes[shelf]))
    for t, mixture in enumerate(mixtures[1:], start=1):
        for dataset, place, share in zip(
            mixture.datasets, retention.places[t], mixture.shares.tolist(), strict=True
        ):
            if shelf_of(dataset) == SHELVES[shelf]:
                shares[t - 1, place] = share
    return shares
