"""Many replicates of a model under several workflows."""

import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from .._base.execution import EXECUTOR, TakesWork
from .._base.parameters import (
    Choice,
    Constraint,
    Instance,
    Optional,
    Precision,
    Whole,
    checked,
    shown,
)
from .._base.progress import PROGRESS, Report, progress_report
from ..models import Model, Status
from ..trace import Trace
from ..verifiers import Selection, Verifier, WhatPasses, as_selection
from ..workflows import Sizes, Workflow, as_workflow
from ..workflows.sizes import SizeSchedule, validate_generations
from .blocks import Simulation, run_simulation
from .memory import check_memory_of_results, replicates_in_a_tile
from .steps import Group, group_workflows
from .summary import Paths
from .verification import Verification

_OPTIONS: dict[str, Constraint[Any]] = {
    "replicates": Whole(1),
    "seed": Whole(0, 2**32 - 1),
    "executor": EXECUTOR,
    "dtype": Precision(),
    "draw": Choice("statistics", "rows"),
    "block_size": Optional(Whole(1)),
    "model": Instance(Model, "a model, such as heirloom.models.Categorical"),
}


@checked(progress=PROGRESS, **_OPTIONS)
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
    executor: TakesWork | None = None,
    dtype: npt.DTypeLike = np.float32,
    draw: str = "statistics",
    block_size: int | None = None,
    keep_replicates: bool = False,
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
        From 0 to 2³² − 1. The same seed gives other random numbers in the other `dtype`: results in
        ``float32`` and in ``float64`` agree in law, not number by number.
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
        `submit`, such as that of Dask. Default: threads, one for each processor. A model and a
        verifier are sent to another process once; those of a notebook, too, but none that holds an
        open file, a lock or a connection.
    dtype
        Precision of rows and of the fits on them: ``float32`` (default) or ``float64``. Estimates
        and what is drawn by its law are float64 anyhow.
    draw
        ``"statistics"`` (default): a model that knows the law of its sufficient statistic draws
        that; ``"rows"``: it draws rows. The two agree in law. Workflows that subsample always draw
        rows. Beside a verifier that accepts an interval of responses, ``"statistics"`` draws the
        accepted responses of a regression on given rows by their law, ``"rows"`` by trial.
    block_size
        Replicates handed to a worker at once (rounded up to whole tiles). Default: chosen.
    keep_replicates
        Whether the trace keeps every replicate of each metric ``name``, as ``name_replicate`` with
        the dimension ``replicate``; nan where a replicate has no answer. Default: False.
    progress
        True (default) for a bar on standard error with the time left, or for plain lines where
        that is no terminal and the simulation takes long; False for neither. Or a function, called
        with the work done and all work, in rows that are fitted.

    Returns
    -------
    Trace
        The model's metrics, their standard errors and quantiles over replicates, and the share of
        replicates that ``failed``; means and quantiles are over those that have an answer. With a
        verifier also ``acceptance``, the share of candidates that it accepted, and ``unjudged``,
        the share on which it had no verdict; both of the dataset that is born with the generation's
        fit. ``trace.failures`` gives, for each workflow, the share of replicates lost to each kind
        of failure. ``trace.rerun()`` makes the same call again.

    Raises
    ------
    ValueError
        If an argument is out of range; the message names it. If the verifier accepts not one row,
        and no workflow has an answer without.

    Warns
    -----
    UserWarning
        If all replicates of a workflow fail; it says why, and what to change.

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
    [0.6, 21.8]
    """
    resolved = _resolved(workflows)
    generations = validate_generations(generations)
    check_memory_of_results(len(resolved), replicates, generations, np.dtype(dtype))
    sizes = Sizes.of(
        n_real=n_real, n_synthetic=n_synthetic, generations=generations, n_initial=n_initial
    )
    # Before the work: what is wrong with the names of workflows, or with what is to be recorded,
    # shows now, and the call is recorded as it was made.
    recorded = Trace.of(
        resolved,
        sizes,
        {},
        source="simulation",
        arguments={
            "model": model,
            "workflows": resolved,
            "n_real": sizes.real,
            "n_synthetic": sizes.synthetic,
            "generations": sizes.generations,
            "replicates": replicates,
            "seed": seed,
            "verifier": None if verifier is None else as_selection(verifier),
            "dtype": np.dtype(dtype).name,
            "draw": draw,
            "keep_replicates": keep_replicates,
        },
        function="heirloom.simulation:simulate",
    )
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
    _warn_of_failure(paths, resolved)
    trace = trace_of_paths(paths, resolved, sizes, {}, keep_replicates=keep_replicates)
    return Trace(trace.dataset, recorded.provenance)


def trace_of_paths(
    paths: Paths,
    workflows: Sequence[Workflow],
    sizes: Sizes,
    arguments: dict[str, Any],
    *,
    keep_replicates: bool = False,
) -> Trace:
    """Summarise paths over replicates; `arguments` as for :meth:`Trace.of`."""
    return Trace.of(
        workflows,
        sizes,
        paths.means(),
        source="simulation",
        arguments=arguments,
        standard_errors=paths.standard_errors(),
        quantiles=paths.quantiles(),
        replicates=paths.metrics if keep_replicates else None,
        failed=paths.failed(),
        failures=paths.failures(),
    )


@checked(**_OPTIONS)
def simulate_paths(
    model: Model,
    workflows: Sequence[Workflow],
    sizes: Sizes,
    *,
    replicates: int,
    seed: int,
    verifier: Verifier | Selection | Callable[..., Any] | None = None,
    executor: TakesWork | None = None,
    dtype: npt.DTypeLike = np.float32,
    draw: str = "statistics",
    block_size: int | None = None,
    report: Report | None = None,
    metrics: Sequence[str] | None = None,
) -> Paths:
    """Simulate, and keep every replicate; other arguments as for :func:`simulate`.

    Parameters
    ----------
    metrics
        Names of those that are kept; None (default) for all.

    Returns
    -------
    Paths
        Its memory is (workflows × replicates × generations) numbers per metric.

    Raises
    ------
    ValueError
        As for :func:`simulate`; and if there is no metric of a name.
    """
    if not workflows:
        raise ValueError("workflows is empty: name one or more, such as 'fresh:optimal'")
    precision = np.dtype(dtype)
    check_memory_of_results(len(workflows), replicates, sizes.generations, precision)
    by_law = draw == "statistics"
    selection = None if verifier is None else as_selection(verifier)
    verification = None if selection is None else Verification(selection, by_law)
    groups = group_workflows(workflows, sizes)
    if isinstance(selection, WhatPasses):
        _refuse_draws(workflows, groups)
    kept = None if metrics is None else tuple(metrics)
    simulation = Simulation(model, verification, tuple(groups), seed, precision, by_law, kept)
    # Of all groups the smallest, so that all workflows share the generators of NumPy, too.
    tile = min(
        replicates_in_a_tile(model, simulation.form(group), group, verification, precision)
        for group in groups
    )
    shape = (len(workflows), replicates, sizes.generations + 1)
    paths = run_simulation(
        simulation, tile, shape, executor=executor, block_size=block_size, report=report
    )
    for name in kept or ():
        if name not in paths.metrics:
            raise ValueError(f"metrics={list(kept or ())!r}: {model!r} measures no {name!r}")
    return paths


def _warn_of_failure(paths: Paths, workflows: Sequence[Workflow]) -> None:
    """Warn of workflows of which no replicate has an answer at the end."""
    for workflow, status in zip(workflows, paths.status, strict=True):
        final = status[:, -1]
        if np.all(final != Status.SOLVED):
            reason = Status(int(np.bincount(final).argmax()))
            warnings.warn(
                f"{workflow.text}: all {len(final)} replicates had failed by generation "
                f"{status.shape[1] - 1}, most of them with {reason.name}: {reason.message}",
                stacklevel=4,
            )


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


def _resolved(workflows: Any) -> list[Workflow]:
    """Workflows of a call; a ValueError if they are none."""
    if isinstance(workflows, (Workflow, str)):
        return [as_workflow(workflows)]
    if isinstance(workflows, type) and issubclass(workflows, Workflow):
        raise ValueError(
            f"workflows={workflows.__name__}: is a class; give a workflow, {workflows.__name__}(…)"
        )
    if callable(workflows):
        raise ValueError(
            f"workflows={shown(workflows)}: is a function; make it a workflow with "
            "heirloom.workflows.Custom(function)"
        )
    if not isinstance(workflows, Iterable):
        raise ValueError(
            f"workflows={shown(workflows)}: must be one or several workflows, or their texts, such "
            "as 'fresh:optimal'"
        )
    return [as_workflow(workflow) for workflow in cast("Iterable[Workflow | str]", workflows)]


def _refuse_draws(workflows: Sequence[Workflow], groups: Sequence[Group]) -> None:
    drawing = [group.members[0] for group in groups if group.draws]
    if drawing:
        raise ValueError(
            f"verifier=WhatPasses: '{workflows[drawing[0]].text}' draws a number of rows, and how "
            "many pass is left to chance; fill up with UntilFull, or take another workflow"
        )
