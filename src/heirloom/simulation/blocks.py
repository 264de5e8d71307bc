"""Shares of a simulation that workers do."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .._base.execution import TakesWork, run_calls, workers
from .._base.progress import Report
from .._base.sharing import Shared
from .._base.watch import Watch
from ..models import Model, SufficientModel
from .chain import Chains, run_tile
from .forms import Form, RowsForm, StatisticForm
from .memory import keep_freed_memory
from .steps import Group
from .streams import Streams
from .summary import Paths
from .verification import Verification

# Tiles that a worker of another process takes at once.
_TILES_IN_A_BLOCK = 16


@dataclass(frozen=True, eq=False)
class Simulation:
    """What all workers need to know.

    Attributes
    ----------
    model
        What is sampled and fitted.
    verification
        What the synthetic data pass; None for nothing.
    groups
        The workflows.
    seed, dtype
        As for :func:`heirloom.simulate`.
    by_law
        Whether sufficient statistics are drawn by their law, where the model knows it.
    metrics
        Which metrics are kept; None (default) for all.
    """

    model: Model
    verification: Verification | None
    groups: tuple[Group, ...]
    seed: int
    dtype: np.dtype[Any]
    by_law: bool
    metrics: tuple[str, ...] | None = None

    @property
    def parts(self) -> dict[str, object]:
        """What of it a user has given, by the name of the argument."""
        selection = None if self.verification is None else self.verification.selection
        own: dict[str, object] = {"model": self.model}
        return own if selection is None else own | {"verifier": selection.verifier}

    def form(self, group: Group) -> Form:
        """What a dataset of a group is."""
        model = self.model
        if not isinstance(model, SufficientModel) or group.draws:
            return RowsForm(model)
        return StatisticForm(model, by_law=self.by_law and model.has_law)


@dataclass(frozen=True)
class Block:
    """A share of the work: some tiles of one group.

    Attributes
    ----------
    group
        Number of the group.
    first, count
        Its first replicate, and how many there are.
    tile
        Replicates in a tile.
    work
        Rows that are fitted.
    watch
        Number of the watch that is kept in the process that began the simulation.
    """

    group: int
    first: int
    count: int
    tile: int
    work: float
    watch: int


@dataclass(frozen=True, eq=False)
class BlockResult:
    """What a block gives.

    Attributes
    ----------
    metrics, status
        Arrays of shape (members, count, generations + 1).
    watched
        Whether the work was reported while it was done.
    """

    metrics: dict[str, npt.NDArray[np.floating]]
    status: npt.NDArray[np.int8]
    watched: bool


def work_of_replicate(group: Group) -> float:
    """Rows that the fits of one replicate are on, under all workflows of a group."""
    return sum(float(chain.rows_fitted(group.sizes).sum()) for chain in group.chains)


def run_block(simulation: Simulation, block: Block) -> BlockResult:
    """Run the replicates of a block, tile by tile."""
    keep_freed_memory()
    group = simulation.groups[block.group]
    watch = Watch.found(block.watch)
    generations = len(group.chains[0].reported[0])
    shape = (len(group.members), block.count, generations)
    result = BlockResult({}, np.zeros(shape, dtype=np.int8), watch is not None)
    for first in range(block.first, block.first + block.count, block.tile):
        tile = _run_tile(simulation, group, first, block, watch)
        at = first - block.first
        _put(tile.status, at, result.status, group)
        for name, values in tile.metrics.items():
            if name not in result.metrics:
                result.metrics[name] = np.full(shape, np.nan, dtype=values.dtype)
            _put(values, at, result.metrics[name], group)
    return result


def _run_tile(
    simulation: Simulation, group: Group, first: int, block: Block, watch: Watch | None
) -> Chains:
    # Tiles begin at multiples of their size, whatever the blocks: those of a tile share generators
    # of NumPy.
    replicates = min(block.tile, block.first + block.count - first)

    def pause(rows: float) -> None:
        if watch is not None:
            watch.add(rows * replicates)

    streams = Streams(simulation.seed, first, replicates, simulation.dtype)
    form = simulation.form(group)
    return run_tile(
        form,
        group,
        streams,
        simulation.verification,
        pause,
        simulation.dtype,
        simulation.metrics,
    )


def _put(fits: npt.NDArray[Any], at: int, result: npt.NDArray[Any], group: Group) -> None:
    """Put the fits of a tile where the generations of each workflow belong in a block's result."""
    replicates = result[:, at : at + fits.shape[1]]
    reported = [(n, fit) for n, chain in enumerate(group.chains) for fit in chain.reported]
    for member, (number, fit) in enumerate(reported):
        replicates[member] = fits[number][: replicates.shape[1], fit]


def run_simulation(
    simulation: Simulation,
    tile: int,
    shape: tuple[int, int, int],
    *,
    executor: TakesWork | None,
    block_size: int | None,
    report: Report | None,
) -> Paths:
    """Run a simulation on an executor, and gather every replicate.

    Parameters
    ----------
    simulation
        What is to be done.
    tile
        Replicates in a tile.
    shape
        Workflows, replicates, generations + 1.
    executor
        Where blocks run; None for threads, one for each processor.
    block_size
        Replicates in a block, rounded up to whole tiles; None for a choice.
    report
        Called with the work done and all work, in rows that are fitted.
    """
    with Watch.kept() as watch:
        alone = executor is not None
        blocks = _blocks(simulation, tile, shape[1], block_size, watch, alone=alone)
        gathered = _Gathered(simulation, shape)
        told = _Told(report, watch, sum(block.work for block in blocks))

        def done(block: Block, result: BlockResult) -> None:
            gathered.put(block, result)
            told.elsewhere += 0.0 if result.watched else block.work
            told.again()

        first = [block for block in blocks if alone and block.first == 0]
        for block in first:
            # These run here, so that kernels are compiled once, and found by workers of other
            # processes, and so that a mistake in a user's model shows at once.
            done(block, run_block(simulation, block))
        run_calls(
            run_block,
            Shared(simulation, simulation.parts),
            [block for block in blocks if block not in first],
            done=done,
            executor=executor,
            watch=watch,
            meanwhile=told.again,
        )
        told.all()
    return gathered.paths()


class _Told:
    """What is told of the progress: never less than before.

    Attributes
    ----------
    elsewhere
        Work that was done in other processes.
    """

    def __init__(self, report: Report | None, watch: Watch, total: float) -> None:
        self.elsewhere = 0.0
        self._report, self._watch, self._total = report, watch, total
        self._last = 0.0

    def again(self) -> None:
        """Tell how far the work has come, if that is farther than before."""
        self._tell(min(self._watch.work + self.elsewhere, self._total))

    def all(self) -> None:
        """Tell that all is done."""
        self._tell(self._total)

    def _tell(self, done: float) -> None:
        if self._report is not None and done > self._last:
            self._last = done
            self._report(done, self._total)


class _Gathered:
    """Results of blocks, put where they belong."""

    def __init__(self, simulation: Simulation, shape: tuple[int, int, int]) -> None:
        self.simulation, self.shape = simulation, shape
        self.metrics: dict[str, npt.NDArray[np.floating]] = {}
        self.status = np.zeros(shape, dtype=np.int8)

    def put(self, block: Block, result: BlockResult) -> None:
        members = np.array(self.simulation.groups[block.group].members)
        span = slice(block.first, block.first + block.count)
        for name, values in result.metrics.items():
            if name not in self.metrics:
                self.metrics[name] = np.full(self.shape, np.nan, dtype=values.dtype)
            self.metrics[name][members, span] = values
        self.status[members, span] = result.status

    def paths(self) -> Paths:
        return Paths(self.metrics, self.status)


def _blocks(
    simulation: Simulation,
    tile: int,
    replicates: int,
    block_size: int | None,
    watch: Watch,
    *,
    alone: bool,
) -> list[Block]:
    """Shares of the work.

    Parameters
    ----------
    simulation, tile, replicates, block_size, watch
        As for :func:`run_simulation`.
    alone
        Whether the first tile of each group is a block by itself.
    """
    blocks: list[Block] = []
    for number, group in enumerate(simulation.groups):
        # Several blocks for each worker, so that the last to finish keeps nobody waiting for long.
        wanted = block_size or min(_TILES_IN_A_BLOCK * tile, -(-replicates // (8 * workers())))
        size = tile * -(-wanted // tile)
        start = min(tile, replicates) if alone else 0
        of_replicate = work_of_replicate(group)
        spans = [(0, start)] if alone else []
        spans += [(at, min(size, replicates - at)) for at in range(start, replicates, size)]
        blocks += [
            Block(number, first, count, tile, count * of_replicate, watch.number)
            for first, count in spans
        ]
    return blocks
