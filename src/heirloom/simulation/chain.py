"""One chain of generations, compiled, and many of them side by side."""

from functools import partial
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray, PyTree, UInt32

from ..models import Fit, Model, Status, SufficientModel
from ..verifiers import Selection, WhatPasses
from ..workflows.retention import SHELVES
from .schedule import Group, ShelfSchedule, Shelving, Structure
from .subsample import draw_weights, keep_drawn
from .verification import Keys, VerifiedRows, verified_rows

_REAL, _SYNTHETIC, _DRAW, _RETRIES, _VERDICTS = 0, 1, 2, 3, 4
_REAL_SHELF, _SYNTHETIC_SHELF = 1, 2


class Chain(NamedTuple):
    """What a chain of generations gives.

    Attributes
    ----------
    metrics
        For each metric, an array whose last axis is generations 0…T; nan where there is no answer.
    status
        The :class:`~heirloom.models.Status` of every generation. A generation has no answer if its
        own fit failed, or if it uses data of a model that has none.
    """

    metrics: dict[str, Float[Array, "..."]]
    status: Int[Array, "..."]


class _State(NamedTuple):
    parameters: PyTree  # of the last generation that has an answer
    status: Int[Array, ""]  # of the last generation
    shelves: tuple[PyTree, ...]
    origins: Int[Array, " places"]  # how each synthetic dataset, or the model it is from, ended
    passed: Int[Array, " places"]  # rows of each that a verifier has passed


class _Step(NamedTuple):
    generation: Int[Array, ""]
    schedules: tuple[ShelfSchedule, ...]
    shares: tuple[Float[Array, " _"], ...]
    drawn: Int[Array, ""]
    proportional: Bool[Array, ""]


# Compilation takes seconds and most simulations less: LLVM's first level of optimisation saves a
# quarter of it, and the programs are no slower. (Equinox passes on what jax.jit takes, undeclared.)
@eqx.filter_jit(  # pyright: ignore[reportCallIssue, reportUntypedFunctionDecorator]
    compiler_options={"xla_backend_optimization_level": 1}
)
def simulate_tile(
    model: Model,
    group: "CompiledGroup",
    key: PRNGKeyArray,
    first: UInt32[Array, ""],
    *,
    tile: int,
    direct: bool,
) -> Chain:
    """Run replicates first … first + tile − 1 of every workflow of a group.

    Every replicate has its own key, made from its number; workflows share it. A tile always has the
    same shape, so that the same replicate is computed by the same instructions wherever it falls.

    Parameters
    ----------
    model
        What is sampled and fitted.
    group
        The workflows.
    key
        The key of the simulation.
    first
        Number of the first replicate.
    tile
        How many replicates.
    direct
        Whether sufficient statistics are drawn by their law, where the model knows it.

    Returns
    -------
    Chain
        Arrays of shape (tile, members, generations + 1).
    """

    def replicate(number: UInt32[Array, ""]) -> Chain:
        of_replicate = jax.random.fold_in(key, number)
        run = partial(_run, model, group, of_replicate, direct)
        return jax.vmap(run)(group.shares)

    return jax.vmap(replicate)(first + jnp.arange(tile, dtype=jnp.uint32))


class CompiledGroup(eqx.Module):
    """A :class:`Group` in the form that a compiled function takes: arrays, and what is static."""

    structure: Structure = eqx.field(static=True)
    initial_rows: Any
    schedules: tuple[ShelfSchedule, ...]
    shares: tuple[Any, ...]
    drawn: Any
    proportional: Any
    selection: Selection | None

    @classmethod
    def of(
        cls,
        group: Group,
        model: Model,
        dtype: Any,
        *,
        direct: bool,
        selection: Selection | None = None,
    ) -> "CompiledGroup":
        """Take a group, with shares in the precision of the simulation.

        Where statistics are drawn by their law no array has an entry a row, and sizes that differ
        run in one program. A verifier judges rows, but those of synthetic data alone.
        """
        shares = tuple(share.astype(dtype) for share in group.shares)
        structure = group.structure
        if direct and _by_law(_statistics_of(model, structure)):
            judged = None if selection is None else SHELVES[_SYNTHETIC_SHELF]
            structure = structure.without_rows(but=judged)
        return cls(
            structure,
            np.int32(group.initial_rows),
            group.schedules,
            shares,
            group.drawn,
            group.proportional,
            selection,
        )


def _run(
    model: Model,
    group: CompiledGroup,
    key: PRNGKeyArray,
    direct: bool,
    shares: tuple[Float[Array, "T _"], ...],
) -> Chain:
    structure = group.structure
    form = _Form.of(model, structure, direct, group.selection)
    steps = _Step(
        jnp.arange(1, len(group.drawn) + 1),
        jax.tree.map(jnp.asarray, group.schedules),
        shares,
        jnp.asarray(group.drawn),
        jnp.asarray(group.proportional),
    )
    opening = _Opening.of(form, structure)
    if opening is None or len(group.drawn) == 0:
        return _run_apart(form, structure, group.initial_rows, key, steps)
    draws_initial = opening.shelf == 0 or opening.replaces_birth
    initial = _initial(form, structure, group.initial_rows, key) if draws_initial else None
    of_shelf = None
    if opening.replaces_birth:
        capacity = structure.shelves[opening.shelf].capacity
        of_shelf = initial if form.statistics is not None else _padded(initial, capacity)
    state = _State(
        _safe_parameters(form, structure),
        jnp.zeros((), jnp.int8),
        _shelves(form, structure, group.initial_rows, key, initial),
        _no_origins(structure),
        _none_passed(structure),
    )
    body = partial(_generation, form, structure, key, opening, of_shelf)
    return jax.lax.scan(body, state, _with_zeroth(steps, opening.shelf, group.initial_rows))[1]


def _run_apart(
    form: "_Form",
    structure: Structure,
    initial_rows: Int[Array, ""],
    key: PRNGKeyArray,
    steps: _Step,
) -> Chain:
    """Fit generation 0 by itself, before the scan of the others."""
    initial = _initial(form, structure, initial_rows, key)
    start, status = _first_fit(form, structure, initial)
    zeroth = _measure(form, start, status, None)
    if len(steps.generation) == 0:
        return jax.tree.map(lambda a: a[None], zeroth)
    shelves = _shelves(form, structure, initial_rows, key, initial)
    state = _State(start, status, shelves, _no_origins(structure), _none_passed(structure))
    body = partial(_generation, form, structure, key, None, None)
    _, rest = jax.lax.scan(body, state, steps)
    return jax.tree.map(lambda a, b: jnp.concatenate([a[None], b]), zeroth, rest)


class _Opening(NamedTuple):
    """How generation 0 is run by the same step as all others, so that it is compiled once.

    The initial real data stand on their own shelf where later generations use them; else in the
    place of the first dataset of a shelf that is in use, if it has room for them.
    """

    shelf: int
    replaces_birth: bool  # whether the data are not what the step itself would draw there

    @classmethod
    def of(cls, form: "_Form", structure: Structure) -> "_Opening | None":
        """Find a shelf; None where generation 0 must be fitted apart."""
        # A verifier has nothing to judge at generation 0.
        if structure.subsampling is not None or form.selection is not None:
            return None
        rows = structure.initial_capacity
        for shelf, shelving in enumerate(structure.shelves):
            if shelving.places and (form.statistics is not None or shelving.capacity >= rows):
                drawn_alike = form.direct or shelving.capacity == rows
                is_real = shelf == 0 or (shelf == _REAL_SHELF and drawn_alike)
                return cls(shelf, not is_real)
        return None


def _with_zeroth(steps: _Step, opening: int, initial_rows: Int[Array, ""]) -> _Step:
    """Put generation 0 before the others: all weight is on the first place of one shelf."""

    # A schedule's arrays are NumPy's outside of a compiled function, and JAX's inside.
    def first(a: Any, value: Any) -> Any:
        return jnp.concatenate([jnp.full_like(a[:1], value), a])

    schedules: list[ShelfSchedule] = []
    shares: list[Array] = []
    for shelf, (schedule, of_shelf) in enumerate(zip(steps.schedules, steps.shares, strict=True)):
        is_opening = shelf == opening
        at_first = jnp.arange(of_shelf.shape[1]) == 0
        rows = jnp.where(at_first & is_opening, initial_rows, 0)
        schedules.append(
            ShelfSchedule(
                birth_rows=first(schedule.birth_rows, initial_rows if is_opening else 0),
                birth_place=first(schedule.birth_place, 0 if is_opening else of_shelf.shape[1]),
                rows=first(schedule.rows, rows),
                used=first(schedule.used, rows),
            )
        )
        shares.append(first(of_shelf, (at_first & is_opening).astype(of_shelf.dtype)))
    return _Step(
        first(steps.generation, 0),
        tuple(schedules),
        tuple(shares),
        first(steps.drawn, 0),
        first(steps.proportional, False),
    )


class _Form(NamedTuple):
    """How datasets are represented: by rows, or by the mean of a sufficient statistic."""

    model: Model
    statistics: SufficientModel | None  # the model, if a dataset is no more than a statistic
    direct: bool  # whether statistics are drawn by their law
    capacity: int | None  # rows of every fit, where the parameters have an entry for each
    selection: Selection | None  # the verifier, and how many rows that pass it are kept
    by_law: bool  # whether accepted rows are drawn by their law

    @classmethod
    def of(
        cls, model: Model, structure: Structure, direct: bool, selection: Selection | None
    ) -> "_Form":
        """Choose a form."""
        statistics = _statistics_of(model, structure)
        keeps_rows = statistics is None and _parameters_grow(model)
        capacity = structure.most_rows if keeps_rows else None
        draws_statistics = direct and _by_law(statistics)
        return cls(model, statistics, draws_statistics, capacity, selection, direct)

    def real(self, key: PRNGKeyArray, capacity: int, rows: Int[Array, ""]) -> PyTree:
        if self.statistics is None:
            return self.model.sample_real(key, capacity)
        if self.direct:
            return self.statistics.sample_real_statistic(key, rows)
        drawn = self.statistics.sample_real(key, capacity)
        return _statistic(self.statistics, drawn, capacity, rows)

    def synthetic(
        self, key: PRNGKeyArray, parameters: PyTree, capacity: int, rows: Int[Array, ""]
    ) -> PyTree:
        if self.statistics is None:
            return self.model.sample(key, parameters, capacity)
        if self.direct:
            return self.statistics.sample_statistic(key, parameters, rows)
        drawn = self.statistics.sample(key, parameters, capacity)
        return _statistic(self.statistics, drawn, capacity, rows)

    def verified(
        self,
        selection: Selection,
        keys: Keys,
        parameters: PyTree,
        capacity: int,
        rows: Int[Array, ""],
        needed: Bool[Array, ""],
    ) -> VerifiedRows:
        """Draw a synthetic dataset of rows that have passed the verifier."""
        passed = verified_rows(
            self.model,
            selection,
            keys,
            parameters,
            capacity,
            rows,
            by_law=self.by_law,
            needed=needed,
        )
        if self.statistics is None:
            return passed
        count = jnp.maximum(passed.kept, 1)
        return passed._replace(rows=_statistic(self.statistics, passed.rows, capacity, count))

    def fit_rows(self, rows: PyTree, weights: Float[Array, " rows"], start: PyTree) -> Fit:
        """Fit rows, padded with rows that do not count where the parameters grow with them."""
        if self.capacity is None:
            return self.model.fit(rows, weights, start)
        missing = self.capacity - len(weights)
        padded = _padded(rows, self.capacity)
        return self.model.fit(padded, jnp.pad(weights, (0, missing)), start)


def _statistics_of(model: Model, structure: Structure) -> SufficientModel | None:
    drawn = structure.subsampling is not None
    return model if isinstance(model, SufficientModel) and not drawn else None


def _by_law(statistics: SufficientModel | None) -> bool:
    return statistics is not None and statistics.has_law


def _parameters_grow(model: Model) -> bool:
    """Whether the shape of the estimate depends on the number of rows, as that of atoms does."""
    two, three = parameters_of_fit(model, 2), parameters_of_fit(model, 3)
    return jax.tree.map(jnp.shape, two) != jax.tree.map(jnp.shape, three)


def parameters_of_fit(model: Model, rows: int) -> PyTree:
    """Shapes and types of an estimate from so many rows."""

    def fit(key: PRNGKeyArray) -> PyTree:
        weights = jnp.full(rows, 1 / rows)
        return model.fit(model.sample_real(key, rows), weights, model.truth()).parameters

    return jax.eval_shape(fit, jax.random.key(0))


def _safe_parameters(form: _Form, structure: Structure) -> PyTree:
    """Parameters to idle at where there is no model to sample from: the truth, or what fits."""
    shapes = parameters_of_fit(form.model, form.capacity or structure.initial_capacity)
    if form.capacity is not None:
        return jax.tree.map(lambda a: jnp.zeros(a.shape, a.dtype), shapes)
    return jax.tree.map(lambda a, b: jnp.asarray(a, b.dtype), form.model.truth(), shapes)


def _statistic(
    model: SufficientModel, rows: PyTree, capacity: int, count: Int[Array, ""]
) -> PyTree:
    present = jnp.arange(capacity) < count
    dtype = jnp.result_type(float)
    return model.statistic(rows, present.astype(dtype) / count.astype(dtype))


def _initial(form: _Form, structure: Structure, rows: Int[Array, ""], key: PRNGKeyArray) -> PyTree:
    of_real = jax.random.fold_in(jax.random.fold_in(key, 0), _REAL)
    return form.real(of_real, structure.initial_capacity, rows)


def _first_fit(form: _Form, structure: Structure, initial: PyTree) -> tuple[PyTree, Int[Array, ""]]:
    capacity = structure.initial_capacity
    if form.statistics is not None:
        fit = form.statistics.estimate(initial)
    else:
        fit = form.fit_rows(initial, jnp.full(capacity, 1 / capacity), form.model.truth())
    status = _checked_status(fit.parameters, fit.status)
    safe = _safe_parameters(form, structure)
    return _choose(status == int(Status.SOLVED), fit.parameters, safe), status


def _shelves(
    form: _Form,
    structure: Structure,
    initial_rows: Int[Array, ""],
    key: PRNGKeyArray,
    initial: PyTree,
) -> tuple[PyTree, ...]:
    """Shelves before the first step: the initial data on theirs, the others empty."""
    one = jax.eval_shape(lambda: _initial(form, structure, initial_rows, key))

    def empty(shelving: Shelving) -> PyTree:
        def places(a: jax.ShapeDtypeStruct) -> Array:
            is_statistic = form.statistics is not None
            shape = a.shape if is_statistic else (shelving.capacity, *a.shape[1:])
            return jnp.zeros((shelving.places, *shape), a.dtype)

        return jax.tree.map(places, one) if shelving.lasting else None

    _, *others = structure.shelves
    first = jax.tree.map(lambda a: a[None], initial) if structure.shelves[0].lasting else None
    return (first, *(empty(shelving) for shelving in others))


def _no_origins(structure: Structure) -> Int[Array, " places"]:
    return jnp.zeros(max(structure.shelves[_SYNTHETIC_SHELF].places, 1), jnp.int8)


def _none_passed(structure: Structure) -> Int[Array, " places"]:
    return jnp.zeros(max(structure.shelves[_SYNTHETIC_SHELF].places, 1), jnp.int32)


def _padded(rows: PyTree, capacity: int) -> PyTree:
    """Repeat the last row until there are as many as an array holds."""

    def pad(a: Array) -> Array:
        missing = (capacity - a.shape[0], *a.shape[1:])
        return jnp.concatenate([a, jnp.broadcast_to(a[-1:], missing)])

    return jax.tree.map(pad, rows)


def _generation(
    form: _Form,
    structure: Structure,
    key: PRNGKeyArray,
    opening: _Opening | None,
    initial: PyTree,
    state: _State,
    step: _Step,
) -> tuple[_State, Chain]:
    of_generation = jax.random.fold_in(key, step.generation)
    shelves: list[PyTree] = []
    passed: VerifiedRows | None = None
    for shelf, shelving in enumerate(structure.shelves):
        kept = state.shelves[shelf]
        if shelving.places == 0 or shelf == 0:
            shelves.append(kept)
            continue
        schedule = step.schedules[shelf]
        rows = jnp.maximum(schedule.birth_rows, 1)
        if shelf == _REAL_SHELF:
            of_born = jax.random.fold_in(of_generation, _REAL)
            born = form.real(of_born, shelving.capacity, rows)
        else:
            of_born = jax.random.fold_in(of_generation, _SYNTHETIC)
            parameters = state.parameters
            if form.selection is not None:
                of_verification = Keys(
                    of_born,
                    jax.random.fold_in(of_generation, _RETRIES),
                    jax.random.fold_in(of_generation, _VERDICTS),
                )
                solved = state.status == int(Status.SOLVED)
                needed = jnp.asarray(schedule.birth_rows > 0) & solved
                passed = form.verified(
                    form.selection, of_verification, parameters, shelving.capacity, rows, needed
                )
                born = passed.rows
            else:
                born = form.synthetic(of_born, parameters, shelving.capacity, rows)
        if opening is not None and opening.replaces_birth and opening.shelf == shelf:
            born = _choose(step.generation == 0, initial, born)
        shelves.append(_put(kept, born, jnp.asarray(schedule.birth_place), shelving))
    of_synthetic = structure.shelves[_SYNTHETIC_SHELF]
    origins = _origins(of_synthetic, state, step, passed)
    counts = state.passed if passed is None else _passed(of_synthetic, state, step, passed)
    inherited = _inherited_status(of_synthetic, origins, step)
    if isinstance(form.selection, WhatPasses) and of_synthetic.places:
        step, missing = _with_passed_rows(structure, step, counts)
        inherited = jnp.where(inherited == int(Status.SOLVED), missing, inherited)
    of_draw = jax.random.fold_in(of_generation, _DRAW)
    fit = _fit(form, structure, of_draw, shelves, step, state.parameters)
    own = _checked_status(fit.parameters, fit.status)
    status = jnp.where(inherited == int(Status.SOLVED), own, inherited).astype(jnp.int8)
    parameters = _choose(status == int(Status.SOLVED), fit.parameters, state.parameters)
    carried = tuple(
        shelf if shelving.lasting else None
        for shelf, shelving in zip(shelves, structure.shelves, strict=True)
    )
    verification = None if passed is None else _verification(passed, state, step)
    measured = _measure(form, parameters, status, verification)
    return _State(parameters, status, carried, origins, counts), measured


def _origins(
    shelving: Shelving, state: _State, step: _Step, passed: VerifiedRows | None
) -> Int[Array, " places"]:
    ended = state.status
    if passed is not None:
        ended = jnp.where(ended == int(Status.SOLVED), passed.status.astype(ended.dtype), ended)
    if not shelving.lasting:
        return jnp.broadcast_to(ended, state.origins.shape)
    place = step.schedules[_SYNTHETIC_SHELF].birth_place
    return state.origins.at[place].set(ended, mode="drop")


def _passed(
    shelving: Shelving, state: _State, step: _Step, passed: VerifiedRows
) -> Int[Array, " places"]:
    count = passed.kept.astype(state.passed.dtype)
    if not shelving.lasting:
        return jnp.broadcast_to(count, state.passed.shape)
    place = step.schedules[_SYNTHETIC_SHELF].birth_place
    return state.passed.at[place].set(count, mode="drop")


def _with_passed_rows(
    structure: Structure, step: _Step, counts: Int[Array, " places"]
) -> tuple[_Step, Int[Array, ""]]:
    """Put the rows that have passed in the place of those that were planned.

    Returns
    -------
    step
        With rows, and shares where they follow the rows.
    status
        ``NOTHING_ACCEPTED`` where what must be used has no rows.
    """
    schedules, shares = list(step.schedules), list(step.shares)
    synthetic = schedules[_SYNTHETIC_SHELF]
    held = counts[: synthetic.rows.shape[0]]
    schedules[_SYNTHETIC_SHELF] = synthetic._replace(rows=held)
    dtype = shares[0].dtype
    rows = [
        jnp.where(share > 0, schedule.rows, 0).astype(dtype)
        for share, schedule in zip(shares, schedules, strict=True)
    ]
    total = sum((jnp.sum(r) for r in rows), start=jnp.zeros((), dtype))
    following = [r / jnp.maximum(total, 1) for r in rows]
    lacking = jnp.any((shares[_SYNTHETIC_SHELF] > 0) & (held == 0))
    missing = jnp.where(step.proportional, total == 0, lacking)
    mixed = tuple(
        jnp.where(step.proportional, new, old) for new, old in zip(following, shares, strict=True)
    )
    status = jnp.where(missing, int(Status.NOTHING_ACCEPTED), int(Status.SOLVED))
    return step._replace(schedules=tuple(schedules), shares=mixed), status


class _Verification(NamedTuple):
    acceptance: Float[Array, ""]
    unjudged: Float[Array, ""]


def _verification(passed: VerifiedRows, state: _State, step: _Step) -> _Verification:
    """Tell how the dataset born at this generation fared; nan where there is none."""
    born = step.schedules[_SYNTHETIC_SHELF].birth_rows > 0
    there = born & (state.status == int(Status.SOLVED))
    return _Verification(
        jnp.where(there, passed.acceptance, jnp.nan), jnp.where(there, passed.unjudged, jnp.nan)
    )


def _inherited_status(
    shelving: Shelving, origins: Int[Array, " places"], step: _Step
) -> Int[Array, ""]:
    if shelving.places == 0:
        return jnp.zeros((), origins.dtype)
    return jnp.max(jnp.where(step.shares[_SYNTHETIC_SHELF] > 0, origins, 0))


def _put(kept: PyTree, born: PyTree, place: Int[Array, ""], shelving: Shelving) -> PyTree:
    if not shelving.lasting:
        return jax.tree.map(lambda a: a[None], born)
    # A place past the last (no dataset is born) drops the write.
    return jax.tree.map(lambda a, b: a.at[place].set(b, mode="drop"), kept, born)


def _fit(
    form: _Form,
    structure: Structure,
    key: PRNGKeyArray,
    shelves: list[PyTree],
    step: _Step,
    start: PyTree,
) -> Any:
    in_use = [i for i, shelving in enumerate(structure.shelves) if shelving.places]
    if form.statistics is not None:
        parts = [_mixed(step.shares[i], shelves[i]) for i in in_use]
        return form.statistics.estimate(_sum(parts))
    places = [(structure.shelves[i].capacity, step.schedules[i]) for i in in_use]
    shares = [step.shares[i] for i in in_use]
    kept = [shelves[i] for i in in_use]
    whole = [_whole_weights(s, *place) for s, place in zip(shares, places, strict=True)]
    subsampling = structure.subsampling
    if subsampling is None:
        return _fit_datasets(form, kept, shares, whole, start, None)
    drawn = draw_weights(key, subsampling, places, shares, step.drawn)
    weights = (
        drawn
        if subsampling.always
        else [jnp.where(step.drawn > 0, d, w) for d, w in zip(drawn, whole, strict=True)]
    )
    if not subsampling.pooled:
        return _fit_datasets(form, kept, shares, weights, start, subsampling.capacity)
    of_pool = _fit_rows(form, kept, weights, start, subsampling.capacity)
    if subsampling.always or not isinstance(form.model, SufficientModel):
        return of_pool
    # The rows of a pool are one dataset; datasets that are used whole have each its own statistic.
    of_datasets = _fit_datasets(form, kept, shares, whole, start, None)
    return _choose_fit(step.drawn > 0, of_pool, of_datasets)


def _fit_datasets(
    form: _Form,
    shelves: list[PyTree],
    shares: list[Float[Array, " _"]],
    weights: list[Float[Array, "_ _"]],
    start: PyTree,
    capacity: int | None,
) -> Fit:
    if not isinstance(form.model, SufficientModel):
        return _fit_rows(form, shelves, weights, start, capacity)
    parts = [
        _mixed(share, _statistics_of_places(form.model, shelf, weight))
        for share, shelf, weight in zip(shares, shelves, weights, strict=True)
    ]
    return form.model.estimate(_sum(parts))


def _fit_rows(
    form: _Form,
    shelves: list[PyTree],
    weights: list[Float[Array, "_ _"]],
    start: PyTree,
    capacity: int | None,
) -> Fit:
    flat = [jax.tree.map(_flatten_places, shelf) for shelf in shelves]
    rows = jax.tree.map(lambda *p: jnp.concatenate(p), *flat)
    weight = jnp.concatenate([w.ravel() for w in weights])
    if capacity is not None:
        rows, weight = keep_drawn(rows, weight, capacity)
    return form.fit_rows(rows, weight, start)


def _choose_fit(condition: Array, first: Fit, second: Fit) -> Fit:
    parameters = _choose(condition, first.parameters, second.parameters)
    return Fit(parameters, jnp.where(condition, first.status, second.status))


def _mixed(shares: Float[Array, " places"], statistics: PyTree) -> PyTree:
    """Mix the statistics of the places of a shelf; what has no share may hold anything."""

    def of_leaf(leaf: Array) -> Array:
        present = jnp.expand_dims(shares > 0, range(1, leaf.ndim))
        return jnp.tensordot(shares, jnp.where(present, leaf, 0), axes=1)

    return jax.tree.map(of_leaf, statistics)


def _sum(parts: list[PyTree]) -> PyTree:
    return jax.tree.map(lambda *leaves: sum(leaves[1:], start=leaves[0]), *parts)


def _statistics_of_places(
    model: SufficientModel, rows: PyTree, weights: Float[Array, "places capacity"]
) -> PyTree:
    """Statistic of the rows drawn from each dataset by itself, as from a dataset used whole."""
    total = jnp.sum(weights, axis=1, keepdims=True)
    own = weights / jnp.where(total > 0, total, 1)
    return jax.vmap(model.statistic)(rows, own)


def _whole_weights(
    shares: Float[Array, " places"], capacity: int, schedule: ShelfSchedule
) -> Float[Array, "places capacity"]:
    present = jnp.arange(capacity) < schedule.rows[:, None]
    return jnp.where(present, (shares / jnp.maximum(schedule.rows, 1))[:, None], 0)


def _flatten_places(a: Array) -> Array:
    return a.reshape(a.shape[0] * a.shape[1], *a.shape[2:])


def _checked_status(parameters: PyTree, status: Int[Array, ""]) -> Int[Array, ""]:
    leaves = jax.tree.leaves(parameters)
    finite = jnp.all(jnp.array([jnp.all(jnp.isfinite(a)) for a in leaves]))
    not_finite = (status == int(Status.SOLVED)) & ~finite
    return jnp.where(not_finite, int(Status.NOT_FINITE), status).astype(jnp.int8)


def _choose(condition: Array, first: PyTree, second: PyTree) -> PyTree:
    return jax.tree.map(lambda a, b: jnp.where(condition, a, b).astype(a.dtype), first, second)


def _measure(
    form: _Form, parameters: PyTree, status: Int[Array, ""], verification: _Verification | None
) -> Chain:
    solved = status == int(Status.SOLVED)
    metrics = form.model.metrics(parameters)
    measured = {n: jnp.where(solved, v, jnp.nan) for n, v in metrics.items()}
    if form.selection is not None:
        dtype = jnp.result_type(*measured.values()) if measured else jnp.result_type(float)
        none = jnp.full((), jnp.nan, dtype)
        found = verification or _Verification(none, none)
        measured |= {n: v.astype(dtype) for n, v in found._asdict().items()}
    return Chain(measured, status)
