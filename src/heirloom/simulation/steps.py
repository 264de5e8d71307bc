"""Workflows as steps: which datasets are drawn, mixed and forgotten at each fit of a chain."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ..workflows import Lineage, Mixture, Sizes, Workflow
from ..workflows.dataset import Dataset


@dataclass(frozen=True, eq=False)
class MixtureStep:
    """A fit on a mixture of datasets.

    Attributes
    ----------
    born
        Datasets that come into being and are used, now or later.
    mixture
        What the fit is on.
    drawn
        Whether rows of the datasets are drawn; if not, datasets are used whole.
    forgotten
        Datasets that no later fit uses.
    kept
        The earlier fit whose drawn rows these are, and whose model is therefore kept; None for a
        fit of its own.
    """

    born: tuple[Dataset, ...]
    mixture: Mixture
    drawn: bool
    forgotten: tuple[Dataset, ...]
    kept: int | None = None


@dataclass(frozen=True)
class PoolStep:
    """A fit on all data so far, every row the same.

    Attributes
    ----------
    born
        Datasets that come into being and join the pool.
    drawn
        Rows that are drawn from it; None where it is used whole.
    replacement
        Whether they are drawn with replacement.
    """

    born: tuple[Dataset, ...]
    drawn: int | None
    replacement: bool


Step: TypeAlias = MixtureStep | PoolStep


@dataclass(frozen=True, eq=False)
class ChainPlan:
    """One chain of fits, which one workflow or several models of a graph report on.

    Attributes
    ----------
    steps
        Of the fits 0, 1, ….
    members
        Positions in the call of the workflows that report on it.
    reported
        For each of them, int[generations + 1]: which fit is generation t.
    """

    steps: tuple[Step, ...]
    members: tuple[int, ...]
    reported: tuple[npt.NDArray[np.int64], ...]

    @property
    def draws(self) -> bool:
        """Whether any fit draws rows from its datasets."""
        return any(bool(step.drawn) for step in self.steps)

    def kept_until(self) -> dict[int, int]:
        """Tell of each fit whose model is kept the last fit that keeps it."""
        return {
            step.kept: fit
            for fit, step in enumerate(self.steps)
            if isinstance(step, MixtureStep) and step.kept is not None
        }

    def rows_fitted(self, sizes: Sizes) -> npt.NDArray[np.float64]:
        """How many rows each fit is on; float64[fits]."""
        counts = np.zeros(len(self.steps))
        held = 0
        for number, step in enumerate(self.steps):
            if isinstance(step, PoolStep):
                held += sum(sizes.rows(dataset) for dataset in step.born)
                counts[number] = held if step.drawn is None else step.drawn
            elif step.kept is None:
                counts[number] = step.mixture.rows.sum()
        return counts

    def most_rows_held(self, sizes: Sizes) -> int:
        """The most rows of datasets that are kept at once."""
        held = most = 0
        for step in self.steps:
            held += sum(sizes.rows(dataset) for dataset in step.born)
            most = max(most, held)
            if isinstance(step, MixtureStep):
                held -= sum(sizes.rows(dataset) for dataset in step.forgotten)
        return most

    def most_datasets_held(self) -> int:
        """The most datasets that are kept at once, a pool being one."""
        held = most = 0
        for step in self.steps:
            if isinstance(step, PoolStep):
                return 1 + max(len(step.born) for step in self.steps)
            held += len(step.born)
            most = max(most, held)
            held -= len(step.forgotten)
        return most


@dataclass(frozen=True, eq=False)
class Group:
    """Chains whose datasets have the same sizes, and that run side by side.

    Attributes
    ----------
    sizes
        Rows of every dataset, by the number of the fit.
    chains
        The chains.
    draws
        Whether chains draw rows from their datasets, so that datasets must be kept as rows.
    """

    sizes: Sizes
    chains: tuple[ChainPlan, ...]
    draws: bool

    @property
    def members(self) -> tuple[int, ...]:
        """Positions in the call of the workflows that the group reports on."""
        return tuple(member for chain in self.chains for member in chain.members)


def group_workflows(workflows: Sequence[Workflow], sizes: Sizes) -> list[Group]:
    """Groups of the chains that workflows are.

    Parameters
    ----------
    workflows
        In the order of the call.
    sizes
        Rows of every dataset.

    Raises
    ------
    ValueError
        If a mixture cannot be trained on.
    """
    listed: dict[tuple[bytes, bytes, bool], dict[object, ChainPlan]] = {}
    sizes_of: dict[tuple[bytes, bytes, bool], Sizes] = {}
    for position, workflow in enumerate(workflows):
        lineage = workflow.lineage(sizes)
        plan = ChainPlan(_steps(lineage), (position,), (lineage.generations,))
        rows = lineage.sizes
        key = (rows.real.tobytes(), rows.synthetic.tobytes(), plan.draws)
        sizes_of[key] = rows
        # Models of a graph share one chain, and so do workflows that come to the same.
        chains = listed.setdefault(key, {})
        told = tuple([_told(step) for step in plan.steps])
        chains[told] = _joined(chains[told], plan) if told in chains else plan
    return [Group(sizes_of[key], tuple(chains.values()), key[2]) for key, chains in listed.items()]


def _joined(first: ChainPlan, second: ChainPlan) -> ChainPlan:
    """One chain on which the workflows of both report."""
    members, reported = first.members + second.members, first.reported + second.reported
    return ChainPlan(first.steps, members, reported)


def _told(step: Step) -> object:
    """What a step does, in a form that can be compared."""
    if isinstance(step, PoolStep):
        return step
    mixture = step.mixture
    how = (mixture.pooled, mixture.replacement, mixture.proportional)
    return mixture.datasets, mixture.shares.tobytes(), mixture.rows.tobytes(), how, step.kept


def _steps(lineage: Lineage) -> tuple[Step, ...]:
    if lineage.pool is not None:
        joining = [lineage.pool.joining(t) for t in range(len(lineage))]
        if all(d.generation == t for t, datasets in enumerate(joining) for d in datasets):
            return _pool_steps(lineage, joining)
    return _mixture_steps(lineage)


def _pool_steps(lineage: Lineage, joining: list[tuple[Dataset, ...]]) -> tuple[Step, ...]:
    pool, steps, held = lineage.pool, list[Step](), 0
    for fit, datasets in enumerate(joining):
        born = tuple(d for d in datasets if lineage.sizes.rows(d) > 0)
        held += sum(lineage.sizes.rows(d) for d in born)
        drawn = pool.subsample_size(held) if pool is not None and fit > 0 else None
        replacement = pool is not None and pool.replacement
        steps.append(PoolStep(born, None if drawn is None else round(drawn), replacement))
    return tuple(steps)


def _mixture_steps(lineage: Lineage) -> tuple[Step, ...]:
    mixtures = tuple(lineage.mixtures)
    last_use = {d: fit for fit, mixture in enumerate(mixtures) for d in mixture.datasets}
    born: list[list[Dataset]] = [[] for _ in mixtures]
    forgotten: list[list[Dataset]] = [[] for _ in mixtures]
    for dataset, last in last_use.items():
        born[dataset.generation].append(dataset)
        forgotten[last].append(dataset)
    return tuple(
        MixtureStep(
            tuple(sorted(born[fit])),
            mixture,
            mixture.subsamples(lineage.sizes),
            tuple(forgotten[fit]),
            lineage.kept_fit(fit),
        )
        for fit, mixture in enumerate(mixtures)
    )
