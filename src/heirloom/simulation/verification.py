"""Synthetic rows that have passed a verifier."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray, PyTree

from ..models import AcceptedRows, DrawsAccepted, Model, Status
from ..verifiers import ResponseInterval, Selection, UntilFull, Verdict


class VerifiedRows(NamedTuple):
    """A synthetic dataset after the verifier.

    Attributes
    ----------
    rows
        The rows that are kept come first.
    kept
        How many those are.
    acceptance
        Accepted candidates over candidates; where accepted rows are drawn by their law, what that
        is to be expected to be.
    unjudged
        Share of the candidates on which the verifier had no verdict.
    status
        ``SOLVED``, or why there is no dataset.
    """

    rows: PyTree
    kept: Int[Array, ""]
    acceptance: Float[Array, ""]
    unjudged: Float[Array, ""]
    status: Int[Array, ""]


def verified_rows(
    model: Model,
    selection: Selection,
    key: PRNGKeyArray,
    parameters: PyTree,
    capacity: int,
    rows: Int[Array, ""],
    *,
    by_law: bool,
) -> VerifiedRows:
    """Sample a synthetic dataset from a model, and keep what the verifier passes.

    Parameters
    ----------
    model, parameters
        What the rows are sampled from.
    selection
        The verifier, and how many rows are kept.
    key
        For both.
    capacity
        The most rows that the array is to hold.
    rows
        How many rows are asked for.
    by_law
        Whether accepted responses are drawn by their law, where the model knows it.
    """
    if not isinstance(selection, UntilFull):
        return _what_passes(model, selection, key, parameters, capacity, rows)
    verifier = selection.verifier
    if by_law and isinstance(verifier, ResponseInterval) and isinstance(model, DrawsAccepted):
        drawing: DrawsAccepted = model
        if drawing.draws_accepted:
            drawn = drawing.sample_accepted(key, parameters, capacity, verifier.interval)
            return _by_law(drawn, selection.cap, capacity, rows)
    return _until_full(model, selection, key, parameters, capacity, rows)


def _by_law(drawn: AcceptedRows, cap: float, capacity: int, rows: Int[Array, ""]) -> VerifiedRows:
    present = jnp.arange(capacity) < rows
    acceptance = rows / jnp.sum(jnp.where(present, 1 / drawn.acceptance, 0))
    status = jnp.select(
        [acceptance <= 0, acceptance * cap < 1],
        [int(Status.NOTHING_ACCEPTED), int(Status.TOO_FEW_ACCEPTED)],
        int(Status.SOLVED),
    )
    # What is drawn where nothing is accepted may be no number; nothing is fitted on it.
    safe = jax.tree.map(lambda a: jnp.where(jnp.isfinite(a), a, 0).astype(a.dtype), drawn.rows)
    return VerifiedRows(safe, rows, acceptance, jnp.zeros_like(acceptance), status)


def _what_passes(
    model: Model,
    selection: Selection,
    key: PRNGKeyArray,
    parameters: PyTree,
    capacity: int,
    rows: Int[Array, ""],
) -> VerifiedRows:
    batch, verdict = _judged(model, selection, key, parameters, capacity, rows)
    order = jnp.argsort(~verdict.accepted, stable=True)
    count = _count(verdict.accepted)
    share = _ratio(count, rows)
    unjudged = 1 - _ratio(_count(verdict.judged), rows)
    status = jnp.full((), int(Status.SOLVED))
    kept = jax.tree.map(lambda a: a[order], batch)
    return VerifiedRows(kept, count, share, unjudged, status)


class _Filling(NamedTuple):
    rows: PyTree
    full: Bool[Array, " rows"]  # places that hold an accepted row
    drawn: Int[Array, ""]
    judged: Int[Array, ""]
    batch: Int[Array, ""]


def _until_full(
    model: Model,
    selection: UntilFull,
    key: PRNGKeyArray,
    parameters: PyTree,
    capacity: int,
    rows: Int[Array, ""],
) -> VerifiedRows:
    in_place = model.rows_in_place
    size = capacity if in_place else selection.verifier.candidates(capacity)
    part = jnp.ceil(rows * (size / capacity)).astype(jnp.int32)
    wanted = jnp.where(rows == capacity, size, jnp.clip(part, 1, size))
    batches = jnp.ceil(selection.cap * (rows / wanted)).astype(jnp.int32)
    present = jnp.arange(capacity) < rows

    def fill(filling: _Filling) -> _Filling:
        # The first batch has the random numbers that it would have without a verifier.
        of_batch = jax.random.fold_in(key, filling.batch)
        of_batch = jnp.where(filling.batch == 0, key, of_batch)
        batch, verdict = _judged(model, selection, of_batch, parameters, size, wanted)
        place, seen = (
            _own_places(verdict, filling, rows)
            if in_place
            else _next_places(verdict, filling, rows, wanted)
        )
        kept = jax.tree.map(lambda a, b: a.at[place].set(b, mode="drop"), filling.rows, batch)
        return _Filling(
            kept,
            filling.full.at[place].set(True, mode="drop"),
            filling.drawn + _count(seen),
            filling.judged + _count(verdict.judged & seen),
            filling.batch + 1,
        )

    def goes_on(filling: _Filling) -> Bool[Array, ""]:
        return jnp.any(present & ~filling.full) & (filling.batch < batches)

    one = jax.eval_shape(lambda k: model.sample(k, parameters, capacity), key)
    empty = jax.tree.map(lambda a: jnp.zeros(a.shape, a.dtype), one)
    zero = jnp.zeros((), jnp.int32)
    start = _Filling(empty, jnp.zeros(capacity, bool), zero, zero, zero)
    filled = jax.lax.while_loop(goes_on, fill, start)
    held = _count(filled.full)
    status = jnp.select(
        [held == 0, held < rows],
        [int(Status.NOTHING_ACCEPTED), int(Status.TOO_FEW_ACCEPTED)],
        int(Status.SOLVED),
    )
    acceptance = _ratio(held, filled.drawn)
    unjudged = 1 - _ratio(filled.judged, filled.drawn)
    return VerifiedRows(filled.rows, rows, acceptance, unjudged, status)


def _next_places(
    verdict: Verdict, filling: _Filling, rows: Int[Array, ""], wanted: Int[Array, ""]
) -> tuple[Int[Array, " candidates"], Bool[Array, " candidates"]]:
    """Put accepted rows one after the other.

    Sampling ends with the row that fills the dataset, unless rows are judged beside each other.
    """
    numbers = jnp.arange(len(verdict.accepted))
    place = _count(filling.full) + jnp.cumsum(verdict.accepted) - 1
    needed = verdict.accepted & (place < rows)
    is_full = _count(filling.full) + _count(verdict.accepted) >= rows
    last = jnp.max(jnp.where(needed, numbers, -1))
    one_by_one = len(verdict.accepted) == len(filling.full)
    seen = (numbers < wanted) & (~(is_full & one_by_one) | (numbers <= last))
    return jnp.where(needed, place, len(filling.full)), seen


def _own_places(
    verdict: Verdict, filling: _Filling, rows: Int[Array, ""]
) -> tuple[Int[Array, " candidates"], Bool[Array, " candidates"]]:
    """Answer each row of a fixed design until it is accepted, in its own place."""
    numbers = jnp.arange(len(verdict.accepted))
    seen = (numbers < rows) & ~filling.full
    return jnp.where(verdict.accepted & seen, numbers, len(filling.full)), seen


def _judged(
    model: Model,
    selection: Selection,
    key: PRNGKeyArray,
    parameters: PyTree,
    capacity: int,
    rows: Int[Array, ""],
) -> tuple[PyTree, Verdict]:
    batch = model.sample(key, parameters, capacity)
    present = jnp.arange(capacity) < rows
    verdict = selection.verifier.judge(jax.random.fold_in(key, 1), batch, present)
    return batch, Verdict(verdict.accepted & verdict.judged & present, verdict.judged & present)


def _count(which: Bool[Array, " rows"]) -> Int[Array, ""]:
    return jnp.sum(which, dtype=jnp.int32)


def _ratio(part: Int[Array, ""], whole: Int[Array, ""]) -> Float[Array, ""]:
    dtype = jnp.result_type(float)
    return part.astype(dtype) / jnp.maximum(whole, 1).astype(dtype)
