"""Shares of a simulation that workers do: in this thread, in others, in other processes."""

import itertools
import os
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from .._base.progress import Report
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

# Seconds between two looks at how far the work has come.
_PATIENCE = 0.1


@runtime_checkable
class TakesWork(Protocol):
    """Any executor of `concurrent.futures`, or a client with the same method, as that of Dask."""

    def submit(self, fn: Callable[..., Any], /, *arguments: Any) -> Any:
        """Begin a call, and return its future."""
        ...


class StoppedError(Exception):
    """The simulation was ended from outside."""


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
    """

    model: Model
    verification: Verification | None
    groups: tuple[Group, ...]
    seed: int
    dtype: np.dtype[Any]
    by_law: bool

    def form(self, group: Group) -> Form:
        """What a dataset of a group is."""
        model = self.model
        if not isinstance(model, SufficientModel) or group.draws:
            return RowsForm(model)
        return StatisticForm(model, by_law=self.by_law and model.has_law)


@dataclass(frozen=True, eq=False)
class Block:
    """A share of the work: some tiles of one group.

    Attributes
    ----------
    simulation
        Of which it is a share.
    group
        Number of the group.
    first, count
        Its first replicate, and how many there are.
    tile
        Replicates in a tile.
    watch
        Number of the watch that is kept in the process that began the simulation.
    """

    simulation: Simulation
    group: int
    first: int
    count: int
    tile: int
    watch: int

    @property
    def work(self) -> float:
        """Rows that are fitted."""
        group = self.simulation.groups[self.group]
        return self.count * work_of_replicate(group)


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


class Watch:
    """How far a simulation has come, and whether it should end.

    Workers in threads of this process find it by its number, and look at it after every fit.
    """

    _numbers = itertools.count()
    _kept: ClassVar[dict[int, "Watch"]] = {}

    def __init__(self) -> None:
        self.number = next(self._numbers)
        self.process = os.getpid()
        self.stopped = False
        self.work = 0.0
        self._lock = Lock()

    @classmethod
    def found(cls, number: int) -> "Watch | None":
        """The watch of that number, if this process keeps it."""
        watch = cls._kept.get(number)
        # A forked process has a copy, which nobody looks at.
        return watch if watch is not None and watch.process == os.getpid() else None

    @classmethod
    @contextmanager
    def kept(cls) -> "Generator[Watch, None, None]":
        """A watch that workers find while the context lasts."""
        watch = cls()
        cls._kept[watch.number] = watch
        try:
            yield watch
        finally:
            watch.stopped = True
            del cls._kept[watch.number]

    def add(self, work: float) -> None:
        """Report work that is done; raise StoppedError if there should be no more."""
        if self.stopped:
            raise StoppedError
        if work:
            with self._lock:
                self.work += work


def work_of_replicate(group: Group) -> float:
    """Rows that the fits of one replicate are on, under all workflows of a group."""
    return sum(float(chain.rows_fitted(group.sizes).sum()) for chain in group.chains)


def run_block(block: Block) -> BlockResult:
    """Run the replicates of a block, tile by tile."""
    keep_freed_memory()
    simulation = block.simulation
    group = simulation.groups[block.group]
    watch = Watch.found(block.watch)
    tiles = [
        _run_tile(simulation, group, first, block, watch)
        for first in range(block.first, block.first + block.count, block.tile)
    ]
    metrics = {
        name: _reported([tile.metrics[name] for tile in tiles], block.count, group)
        for name in tiles[0].metrics
    }
    status = _reported([tile.status for tile in tiles], block.count, group)
    return BlockResult(metrics, status, watch is not None)


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
    return run_tile(form, group, streams, simulation.verification, pause, simulation.dtype)


def _reported(parts: Sequence[npt.NDArray[Any]], count: int, group: Group) -> npt.NDArray[Any]:
    """Generations of each workflow, of the fits of the chain that it reports on."""
    fits = np.concatenate(parts, axis=1)[:, :count]
    return np.stack(
        [
            fits[number][:, reported]
            for number, chain in enumerate(group.chains)
            for reported in chain.reported
        ]
    )


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
        blocks = _blocks(simulation, tile, shape[1], block_size, watch, alone=executor is not None)
        gathered = _Gathered(shape)
        told = _Told(report, watch, sum(block.work for block in blocks))
        waiting = list(blocks)
        if executor is not None:
            # The first blocks run here, so that kernels are compiled once, and found by workers of
            # other processes, and so that a mistake in a user's model shows at once.
            for block in _first_of_each_group(blocks):
                gathered.put(block, run_block(block))
                waiting.remove(block)
                told.again()
        with _pool(executor, watch) as pool:
            futures: dict[Any, Block] = {}
            try:
                for block in waiting:
                    futures[_submitted(pool, block)] = block
                for future in _as_completed(futures, told.again):
                    block = futures.pop(future)
                    result = future.result()
                    gathered.put(block, result)
                    told.elsewhere += 0.0 if result.watched else block.work
                    told.again()
            except BaseException:
                watch.stopped = True
                for future in futures:
                    future.cancel()
                raise
        told.all()
    return gathered.paths()


def _submitted(pool: TakesWork, block: Block) -> Any:
    try:
        return pool.submit(run_block, block)
    except RuntimeError as error:
        if "shutdown" not in str(error):
            raise
        raise ValueError(f"executor={pool!r}: is shut down; make a new one") from error


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


def _as_completed(
    futures: dict[Any, Block], meanwhile: Callable[[], object]
) -> Generator[Any, None, None]:
    """Futures as they complete; an interruption is heeded in the meantime."""
    waiting = set(futures)
    while waiting:
        if all(isinstance(future, Future) for future in waiting):
            completed, waiting = wait(waiting, _PATIENCE, return_when=FIRST_COMPLETED)
        else:
            # Of another kind, as those of Dask: in their order.
            completed = {next(iter(waiting))}
            waiting = waiting - completed
        yield from completed
        meanwhile()


@contextmanager
def _pool(executor: TakesWork | None, watch: Watch) -> Generator[TakesWork, None, None]:
    if executor is not None:
        yield executor
        return
    own = ThreadPoolExecutor(workers())
    try:
        yield own
    finally:
        watch.stopped = True
        own.shutdown(wait=True, cancel_futures=True)


class _Gathered:
    """Results of blocks, put where they belong."""

    def __init__(self, shape: tuple[int, int, int]) -> None:
        self.shape = shape
        self.metrics: dict[str, npt.NDArray[np.floating]] = {}
        self.status = np.zeros(shape, dtype=np.int8)

    def put(self, block: Block, result: BlockResult) -> None:
        members = np.array(block.simulation.groups[block.group].members)
        span = slice(block.first, block.first + block.count)
        for name, values in result.metrics.items():
            if name not in self.metrics:
                self.metrics[name] = np.full(self.shape, np.nan, dtype=values.dtype)
            self.metrics[name][members, span] = values
        self.status[members, span] = result.status

    def paths(self) -> Paths:
        return Paths(self.metrics, self.status)


def _first_of_each_group(blocks: Sequence[Block]) -> list[Block]:
    return [block for block in blocks if block.first == 0]


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
    for group in range(len(simulation.groups)):
        # Several blocks for each worker, so that the last to finish keeps nobody waiting for long.
        wanted = block_size or min(_TILES_IN_A_BLOCK * tile, -(-replicates // (8 * workers())))
        size = tile * -(-wanted // tile)
        start = min(tile, replicates) if alone else 0
        spans = [(0, start)] if alone else []
        spans += [(at, min(size, replicates - at)) for at in range(start, replicates, size)]
        blocks += [
            Block(simulation, group, first, count, tile, watch.number) for first, count in spans
        ]
    return blocks


def workers() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
