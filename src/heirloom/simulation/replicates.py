"""Many replicates of a model under several workflows."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from ..models import Model, Status
from ..trace import Trace
from ..verifiers import Selection, Verifier, WhatPasses, as_selection
from ..workflows import Sizes, Workflow, as_workflow
from ..workflows.schedule import shown
from ..workflows.sizes import SizeSchedule
from .blocks import Simulation, TakesWork, run_simulation
from .memory import check_memory_of_results, replicates_in_a_tile
from .progress import Report, progress_report
from .steps import Group, group_workflows
from .summary import Paths
from .verification import Verification


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
        `submit`, such as that of Dask. Default: threads, one for each processor. A model or a
        verifier that is sent to another process must be one that can be pickled.
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
    sizes = Sizes.of(
        n_real=n_real, n_synthetic=n_synthetic, generations=generations, n_initial=n_initial
    )
    resolved = _resolved(workflows)
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
            "dtype": _precision(dtype).name,
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
) -> Paths:
    """Simulate, and keep every replicate; arguments as for :func:`simulate`.

    Returns
    -------
    Paths
        Its memory is (workflows × replicates × generations) numbers a metric.
    """
    _validate(model, workflows, draw, executor)
    replicates = _whole_number("replicates", replicates, 1)
    seed = _whole_number("seed", seed, 0, 2**32 - 1)
    block_size = None if block_size is None else _whole_number("block_size", block_size, 1)
    precision = _precision(dtype)
    check_memory_of_results(len(workflows), replicates, sizes.generations, precision)
    by_law = draw == "statistics"
    selection = None if verifier is None else as_selection(verifier)
    verification = None if selection is None else Verification(selection, by_law)
    groups = group_workflows(workflows, sizes)
    if isinstance(selection, WhatPasses):
        _refuse_draws(workflows, groups)
    simulation = Simulation(model, verification, tuple(groups), seed, precision, by_law)
    # Of all groups the smallest, so that all workflows share the generators of NumPy, too.
    tile = min(
        replicates_in_a_tile(model, simulation.form(group), group, verification, precision)
        for group in groups
    )
    shape = (len(workflows), replicates, sizes.generations + 1)
    return run_simulation(
        simulation, tile, shape, executor=executor, block_size=block_size, report=report
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


def _precision(dtype: npt.DTypeLike) -> np.dtype[Any]:
    try:
        precision = np.dtype(dtype)
    except TypeError:
        precision = np.dtype(object)
    if precision not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise ValueError(f"dtype={dtype!r}: must be float32 or float64")
    return precision


def _validate(
    model: object, workflows: Sequence[Workflow], draw: str, executor: TakesWork | None
) -> None:
    if not isinstance(model, Model):
        raise ValueError(f"model={model!r}: must be a model, such as heirloom.models.Categorical")
    if not workflows:
        raise ValueError("workflows is empty: name one or more, such as 'fresh:optimal'")
    if draw not in ("statistics", "rows"):
        raise ValueError(f"draw={draw!r}: must be 'statistics' or 'rows'")
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise ValueError(
            f"executor={executor!r}: must have a method submit, as "
            "concurrent.futures.ProcessPoolExecutor() and a client of Dask have"
        )


def _whole_number(name: str, value: object, least: int, most: int | None = None) -> int:
    number = least - 1
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        number = int(cast(int, value))
    if number < least or (most is not None and number > most):
        limits = f"{least} or more" if most is None else f"from {least} to {most}"
        raise ValueError(f"{name}={value!r}: must be a whole number, {limits}")
    return number
