"""Many replicates of a model under several workflows."""

import os
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt

from ..models import Model, Status, SufficientModel
from ..trace import Trace
from ..verifiers import Selection, Verifier, WhatPasses, as_selection
from ..workflows import Sizes, Workflow, as_workflow
from ..workflows.sizes import SizeSchedule
from .chain import CompiledGroup, parameters_of_fit, simulate_tile
from .progress import Report, progress_report
from .schedule import Group, Shelving, group_workflows
from .serial import calls_lapack, turn
from .summary import Paths

# What runs side by side in one tile on a processor: enough to fill its vector registers, little
# enough to stay in its cache. Constants of the method, since results may depend on them in the last
# digit.
_NUMBERS_IN_A_TILE = 2**18
_REPLICATES_IN_A_TILE = 512
_TILE_BYTES = 2**28
_TILES_IN_A_BLOCK = 16

_Tree = TypeVar("_Tree")


def simulate(
    model: Model,
    workflows: Workflow | str | Sequence[Workflow | str],
    *,
    n_real: SizeSchedule,
    n_synthetic: SizeSchedule,
    generations: int,
    replicates: int,
    seed: int,
    verifier: Verifier | Selection | Callable[..., Any] | None = None,
    n_initial: int | None = None,
    executor: Executor | None = None,
    dtype: npt.DTypeLike = np.float32,
    draw: str = "statistics",
    block_size: int | None = None,
    progress: bool | Report | None = None,
) -> Trace:
    """Simulate the recursion: many replicates of a model under one or several workflows.

    Workflows share their random numbers (the same real rows, the same noise in synthetic rows), so
    that differences between them are sharp. The same seed gives the same result, whatever the block
    size, the number of workers and the executor.

    Parameters
    ----------
    model
        What is sampled and fitted.
    workflows
        One or several workflows, or their texts.
    n_real
        Rows of fresh real data at each generation: a number, an array with an entry for each of the
        generations 1…T or 0…T, or a function of t.
    n_synthetic
        Rows of synthetic data at each generation: likewise.
    generations
        T, the last generation.
    replicates
        How many independent chains.
    seed
        From 0 to 2³² − 1.
    verifier
        What filters the synthetic data: a :class:`~heirloom.verifiers.Verifier`, or a function from
        rows to truth values. Then ``synthetic[t]`` has `n_synthetic` accepted rows: rows are
        sampled until so many pass (:class:`~heirloom.verifiers.UntilFull`, with a cap), or, if it
        is wrapped in :class:`~heirloom.verifiers.WhatPasses`, the rows that pass of `n_synthetic`.
        Default: none.
    n_initial
        n₀. Default: `n_real` (its value at generation 0).
    executor
        Where blocks of replicates run: any `concurrent.futures.Executor`, or a client with the same
        `submit`. Default: threads, one for each processor. Processes must be spawned rather than
        forked, and take no lambda.
    dtype
        ``float32`` (default) or ``float64``.
    draw
        ``"statistics"`` (default): a model that knows the law of its sufficient statistic draws
        that; ``"rows"``: it draws rows. The two agree in law. Workflows that subsample always draw
        rows. Beside a verifier that accepts an interval of responses, ``"statistics"`` draws the
        accepted responses of a regression on given rows by their law, ``"rows"`` by trial.
    block_size
        Replicates handed to a worker at once (rounded up to whole tiles). Default: chosen.
    progress
        A bar on standard error with the time left: True, False or, by default, if standard error is
        a terminal. Or a function, called with the chains done and their number (a chain is a
        replicate of a workflow).

    Returns
    -------
    Trace
        The model's metrics, their standard errors and quantiles over replicates, and the share of
        replicates that ``failed``; means and quantiles are over those that have an answer. With a
        verifier also ``acceptance``, the share of candidates that it accepted, and ``unjudged``,
        the share on which it had no verdict; both of the dataset that is born with the generation's
        fit. The attribute ``arguments`` says below ``failures``,
        for each workflow, why the others have none.

    Raises
    ------
    ValueError
        If an argument is out of range; the message names it. If the verifier accepts not one row,
        and no workflow has an answer without.

    Examples
    --------
    >>> import heirloom as hl
    >>> trace = hl.simulate(
    ...     hl.models.GaussianMean([0.0], 1.0),
    ...     ["fresh:optimal", "discard"],
    ...     n_real=100,
    ...     n_synthetic=100,
    ...     generations=20,
    ...     replicates=1000,
    ...     seed=0,
    ... )
    >>> (100 * trace.dataset["error"].sel(generation=20)).round(1).values.tolist()
    [0.6, 22.6]
    """
    sizes = Sizes.of(
        n_real=n_real, n_synthetic=n_synthetic, generations=generations, n_initial=n_initial
    )
    listed = [workflows] if isinstance(workflows, (Workflow, str)) else list(workflows)
    resolved = [as_workflow(workflow) for workflow in listed]
    # An empty trace finds workflows of one name now, rather than after the work.
    Trace.of(resolved, sizes, {}, source="simulation", arguments={})
    with progress_report(progress, f"Simulating {type(model).__name__}") as report:
        paths = simulate_paths(
            model,
            resolved,
            sizes,
            replicates=replicates,
            seed=seed,
            verifier=verifier,
            executor=executor,
            dtype=dtype,
            draw=draw,
            block_size=block_size,
            report=report,
        )
    if verifier is not None:
        _require_acceptance(paths, verifier)
    arguments = {
        **model.describe(),
        "workflows": [workflow.text for workflow in resolved],
        "n_real": sizes.real.tolist(),
        "n_synthetic": sizes.synthetic.tolist(),
        "generations": sizes.generations,
        "replicates": int(replicates),
        "seed": int(seed),
        "dtype": np.dtype(dtype).name,
        "draw": draw,
    }
    if verifier is not None:
        arguments["verifier"] = as_selection(verifier).describe()
    return trace_of_paths(paths, resolved, sizes, arguments)


def trace_of_paths(
    paths: Paths, workflows: Sequence[Workflow], sizes: Sizes, arguments: dict[str, Any]
) -> Trace:
    """Summarise paths over replicates."""
    failures = dict(zip([w.text for w in workflows], paths.failures(), strict=True))
    return Trace.of(
        workflows,
        sizes,
        paths.means(),
        source="simulation",
        arguments=arguments | {"failures": failures},
        standard_errors=paths.standard_errors(),
        quantiles=paths.quantiles(),
        failed=paths.failed(),
    )


def simulate_paths(
    model: Model,
    workflows: Sequence[Workflow],
    sizes: Sizes,
    *,
    replicates: int,
    seed: int,
    verifier: Verifier | Selection | Callable[..., Any] | None = None,
    executor: Executor | None = None,
    dtype: npt.DTypeLike = np.float32,
    draw: str = "statistics",
    block_size: int | None = None,
    report: Report | None = None,
) -> Paths:
    """Simulate, and keep every replicate; arguments as for :func:`simulate`.

    Returns
    -------
    Paths
        Its memory is (workflows × replicates × generations) numbers a metric.
    """
    _validate(model, workflows, draw)
    replicates = _whole_number("replicates", replicates, 1)
    seed = _whole_number("seed", seed, 0, 2**32 - 1)
    block_size = None if block_size is None else _whole_number("block_size", block_size, 1)
    precision = _precision(dtype)
    selection = None if verifier is None else _cast(as_selection(verifier), precision)
    rows_vary = isinstance(selection, WhatPasses)
    groups = group_workflows(workflows, sizes, rows_vary=rows_vary)
    if rows_vary:
        _refuse_draws(workflows, groups)
    cast_model = _cast(model, precision)
    with jax.enable_x64(precision == np.float64):
        alone = calls_lapack(cast_model, selection)
    simulation = _Simulation(cast_model, selection, tuple(groups), seed, precision, draw, alone)
    tiles = [_tile(simulation, group) for group in groups]
    tasks = _tasks(simulation, tiles, replicates, block_size)
    with _pool(executor) as pool:
        futures = [(task, pool.submit(run_block, task)) for task in tasks]
        return _gather(futures, len(workflows), replicates, sizes.generations, report)


@contextmanager
def _pool(executor: Executor | None) -> Generator[Executor, None, None]:
    if executor is not None:
        yield executor
        return
    own = ThreadPoolExecutor(_workers())
    try:
        yield own
    finally:
        own.shutdown(wait=True, cancel_futures=True)


@dataclass(frozen=True, eq=False)
class _Simulation:
    model: Model
    selection: Selection | None
    groups: tuple[Group, ...]
    seed: int
    dtype: np.dtype[Any]
    draw: str
    alone: bool


@dataclass(frozen=True, eq=False)
class Block:
    """A share of the work, that any worker can do: some replicates of one group of workflows."""

    simulation: _Simulation
    group: int
    first: int
    count: int
    tile: int

    @property
    def chains(self) -> int:
        """How many chains it runs."""
        return self.count * len(self.simulation.groups[self.group].members)


def run_block(block: Block) -> tuple[dict[str, npt.NDArray[np.floating]], npt.NDArray[np.int8]]:
    """Run the replicates of a block, tile by tile.

    Returns
    -------
    metrics, status
        Arrays of shape (members, count, generations + 1).
    """
    simulation = block.simulation
    with jax.enable_x64(simulation.dtype == np.float64), turn(simulation.alone):
        key = jax.random.key(simulation.seed)
        direct = simulation.draw == "statistics"
        group = CompiledGroup.of(
            simulation.groups[block.group],
            simulation.model,
            simulation.dtype,
            direct=direct,
            selection=simulation.selection,
        )
        chains = [
            jax.tree.map(
                np.asarray,
                simulate_tile(
                    simulation.model,
                    group,
                    key,
                    jnp.uint32(first),
                    tile=block.tile,
                    direct=direct,
                ),
            )
            for first in range(block.first, block.first + block.count, block.tile)
        ]
    of_group = simulation.groups[block.group]
    metrics = {
        name: _joined([chain.metrics[name] for chain in chains], block.count, of_group)
        for name in chains[0].metrics
    }
    return metrics, _joined([chain.status for chain in chains], block.count, of_group)


def _joined(parts: list[npt.NDArray[Any]], count: int, group: Group) -> npt.NDArray[Any]:
    fits = np.concatenate(parts)[:count].swapaxes(0, 1)
    pairs = zip(group.chains, group.reported, strict=True)
    return np.stack([fits[chain][:, reported] for chain, reported in pairs])


def _gather(
    futures: list[tuple[Block, "Future[Any]"]],
    workflows: int,
    replicates: int,
    generations: int,
    report: Report | None,
) -> Paths:
    shape = (workflows, replicates, generations + 1)
    metrics: dict[str, npt.NDArray[np.floating]] = {}
    status = np.zeros(shape, dtype=np.int8)
    work = sum(block.chains for block, _ in futures)
    done = 0
    try:
        for position, (block, future) in enumerate(futures):
            of_block, status_of_block = future.result()
            # The future would keep the result for as long as the list keeps the future.
            futures[position] = (block, Future())
            members = np.array(block.simulation.groups[block.group].members)
            span = slice(block.first, block.first + block.count)
            for name, values in of_block.items():
                into = metrics.setdefault(name, np.full(shape, np.nan, dtype=values.dtype))
                into[members, span] = values
            status[members, span] = status_of_block
            done += block.chains
            if report is not None:
                report(done, work)
    except BaseException:
        for _, future in futures:
            future.cancel()
        raise
    return Paths(metrics, status)


def _tasks(
    simulation: _Simulation, tiles: list[int], replicates: int, block_size: int | None
) -> list[Block]:
    tasks: list[Block] = []
    for group, tile in enumerate(tiles):
        # Several blocks a worker, so that the last to finish keeps nobody waiting for long; and
        # small ones, since a block that has begun runs to its end, also after an interruption.
        wanted = block_size or min(_TILES_IN_A_BLOCK * tile, -(-replicates // (8 * _workers())))
        size = tile * -(-wanted // tile)
        tasks += [
            Block(simulation, group, first, min(size, replicates - first), tile)
            for first in range(0, replicates, size)
        ]
    return tasks


def _tile(simulation: _Simulation, group: Group) -> int:
    """Replicates in a tile: by the work that one is, and never by how many are asked for."""
    members = len(set(group.chains))
    numbers = members * _numbers_of_datasets(simulation, group)
    outputs = 4 * members * (len(group.drawn) + 1)
    by_cache = min(max(_NUMBERS_IN_A_TILE // numbers, 1), _REPLICATES_IN_A_TILE)
    if jax.default_backend() != "cpu":
        by_cache *= 64
    # Rows are held a few times over while they are drawn, joined and fitted.
    bytes_of_one = simulation.dtype.itemsize * (4 * numbers + outputs)
    if bytes_of_one > _memory():
        raise ValueError(
            f"one replicate needs about {bytes_of_one / 2**30:,.0f} GiB, and the machine has "
            f"{_memory() / 2**30:,.0f}: use fewer rows or generations, or another workflow"
        )
    by_memory = _TILE_BYTES // bytes_of_one
    return int(max(1, min(by_cache, by_memory)))


def _numbers_of_datasets(simulation: _Simulation, group: Group) -> int:
    """How many numbers the datasets hold that one chain of the group keeps or draws at once."""
    model, shelves = simulation.model, group.structure.shelves
    key = jax.eval_shape(lambda: jax.random.key(0))
    selection = simulation.selection
    of_statistics = simulation.draw == "statistics" and group.structure.subsampling is None
    with jax.enable_x64(simulation.dtype == np.float64):
        held = 0
        if isinstance(model, SufficientModel) and model.has_law and of_statistics:
            one = jax.eval_shape(model.sample_real_statistic, key, jnp.asarray(1))
            datasets = 1 + sum(shelf.places for shelf in shelves)
            if selection is not None:
                held = _rows_judged(selection, shelves) * _numbers_in(
                    jax.eval_shape(lambda k: model.sample_real(k, 1), key)
                )
        else:
            one = jax.eval_shape(lambda k: model.sample_real(k, 1), key)
            datasets = sum(shelf.places * shelf.capacity for shelf in shelves)
            datasets = max(datasets, group.initial_rows)
            if selection is not None:
                datasets += _rows_judged(selection, shelves)
            # An estimate may be larger than its data, as masses of all values of a column are.
            held = _numbers_in(parameters_of_fit(model, 2))
    return datasets * _numbers_in(one) + held


def _rows_judged(selection: Selection, shelves: Sequence[Shelving]) -> int:
    """Candidates of one dataset and the rows that are kept of them."""
    capacity = max(shelf.capacity for shelf in shelves)
    return capacity + selection.verifier.candidates(capacity)


def _numbers_in(tree: Any) -> int:
    return sum(leaf.size for leaf in jax.tree.leaves(tree))


def _memory() -> float:
    """Bytes of memory of the machine; infinite where it cannot be told."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):
        return float("inf")


def _require_acceptance(paths: Paths, verifier: object) -> None:
    """Raise a ValueError if no workflow has an answer, since not one row was accepted."""
    if np.all(paths.status[:, :, -1] == Status.NOTHING_ACCEPTED):
        selection = as_selection(verifier)
        shown = ", ".join(f"{k}={v!r}" for k, v in selection.describe().items() if k != "name")
        judged = np.any(paths.metrics["unjudged"] < 1)
        reason = (
            "accepted none of the synthetic rows; widen it (a larger radius or slack, a lower "
            "threshold), or use more rows"
            if judged
            else "had no verdict on any of the synthetic rows: its score is not a number"
        )
        raise ValueError(f"verifier={type(selection.verifier).__name__} ({shown}): {reason}")


def _refuse_draws(workflows: Sequence[Workflow], groups: Sequence[Group]) -> None:
    drawing = [group.members[0] for group in groups if group.structure.subsampling is not None]
    if drawing:
        raise ValueError(
            f"verifier=WhatPasses: '{workflows[drawing[0]].text}' draws a number of rows, and how "
            "many pass is left to chance; fill up with UntilFull, or take another workflow"
        )


def _cast(model: _Tree, dtype: np.dtype[Any]) -> _Tree:
    def cast(leaf: Any) -> Any:
        if not isinstance(leaf, (np.ndarray, jax.Array)):
            return leaf
        if not np.issubdtype(leaf.dtype, np.floating):
            return np.asarray(leaf)
        with np.errstate(over="ignore"):
            numbers = np.asarray(leaf, dtype)
        if not np.all(np.isfinite(numbers) | ~np.isfinite(np.asarray(leaf))):
            raise ValueError(
                f"dtype={dtype.name}: {type(model).__name__} holds numbers that are too large for "
                "it; scale them down, or use float64"
            )
        return numbers

    return jax.tree.map(cast, model)


def _precision(dtype: npt.DTypeLike) -> np.dtype[Any]:
    try:
        precision = np.dtype(dtype)
    except TypeError:
        precision = np.dtype(object)
    if precision not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise ValueError(f"dtype={dtype!r}: must be float32 or float64")
    return precision


def _workers() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _validate(model: object, workflows: Sequence[Workflow], draw: str) -> None:
    if not isinstance(model, Model):
        raise ValueError(f"model={model!r}: must be a model, such as heirloom.models.Categorical")
    if not workflows:
        raise ValueError("workflows is empty: name one or more, such as 'fresh:optimal'")
    if draw not in ("statistics", "rows"):
        raise ValueError(f"draw={draw!r}: must be 'statistics' or 'rows'")


def _whole_number(name: str, value: object, least: int, most: int | None = None) -> int:
    number = least - 1
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        number = int(cast(int, value))
    if number < least or (most is not None and number > most):
        limits = f"{least} or more" if most is None else f"from {least} to {most}"
        raise ValueError(f"{name}={value!r}: must be a whole number, {limits}")
    return number
