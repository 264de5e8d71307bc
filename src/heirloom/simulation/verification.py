"""Synthetic rows that have passed a verifier."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray, PyTree

from ..models import AcceptedRows, DrawsAccepted, Model, Status
from ..verifiers import ResponseInterval, Selection, UntilFull, Verdict
from ..verifiers.base import checked_candidates, checked_verdict


class VerifiedRows(NamedTuple):
    """A synthetic dataset after the verifier.

    Attributes
    ----------
    rows
        The rows that are kept come first.
    kept
        How many those are.
    acceptance
        Accepted candidates over candidates, those that a full dataset had no room for included;
        where accepted rows are drawn by their law, rows over the candidates to be expected.
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


class Keys(NamedTuple):
    """Random numbers of a dataset and its verification, independent of each other.

    Neither may be folded out of a key that a model splits: the two ways to derive keys meet.

    Attributes
    ----------
    rows
        Of the rows, as they would be without a verifier.
    retries
        Of further rows.
    verdicts
        Of the verifier.
    """

    rows: PRNGKeyArray
    retries: PRNGKeyArray
    verdicts: PRNGKeyArray


def verified_rows(
    model: Model,
    selection: Selection,
    keys: Keys,
    parameters: PyTree,
    capacity: int,
    rows: Int[Array, ""],
    *,
    by_law: bool,
    needed: Bool[Array, ""],
) -> VerifiedRows:
    """Sample a synthetic dataset from a model, and keep what the verifier passes.

    Parameters
    ----------
    model, parameters
        What the rows are sampled from.
    selection
        The verifier, and how many rows are kept.
    keys
        For both.
    capacity
        The most rows that the array is to hold.
    rows
        How many rows are asked for.
    by_law
        Whether accepted responses are drawn by their law, where the model knows it.
    needed
        Whether the dataset is used at all; if not, no time is spent on it.
    """
    if not isinstance(selection, UntilFull):
        return _what_passes(model, selection, keys, parameters, capacity, rows)
    verifier = selection.verifier
    if by_law and isinstance(verifier, ResponseInterval) and isinstance(model, DrawsAccepted):
        drawing: DrawsAccepted = model
        if drawing.draws_accepted:
            drawn = drawing.sample_accepted(keys.rows, parameters, capacity, verifier.interval)
            return _by_law(drawn, jnp.asarray(selection.cap), capacity, rows)
    return _until_full(model, selection, keys, parameters, capacity, rows, needed)


def _by_law(
    drawn: AcceptedRows, cap: Float[Array, ""], capacity: int, rows: Int[Array, ""]
) -> VerifiedRows:
    present = jnp.arange(capacity) < rows
    acceptance = rows / jnp.sum(jnp.where(present, 1 / drawn.acceptance, 0))
    status = jnp.select(
        [jnp.all(jnp.where(present, drawn.acceptance, 0) <= 0), acceptance * cap < 1],
        [int(Status.NOTHING_ACCEPTED), int(Status.TOO_FEW_ACCEPTED)],
        int(Status.SOLVED),
    )
    # What is drawn where nothing is accepted may be no number; nothing is fitted on it.
    safe = jax.tree.map(lambda a: jnp.where(jnp.isfinite(a), a, 0).astype(a.dtype), drawn.rows)
    return VerifiedRows(safe, rows, acceptance, jnp.zeros_like(acceptance), status)


def _what_passes(
    model: Model,
    selection: Selection,
    keys: Keys,
    parameters: PyTree,
    capacity: int,
    rows: Int[Array, ""],
) -> VerifiedRows:
    batch = model.sample(keys.rows, parameters, capacity)
    verdict = _judged(selection, keys.verdicts, batch, jnp.arange(capacity) < rows)
    order = jnp.argsort(~verdict.accepted, stable=True)
    count = _count(verdict.accepted)
    share = _ratio(count, rows)
    unjudged = _ratio(rows - _count(verdict.judged), rows)
    status = jnp.full((), int(Status.SOLVED))
    kept = jax.tree.map(lambda a: a[order], batch)
    return VerifiedRows(kept, count, share, unjudged, status)


class _Filling(NamedTuple):
    rows: PyTree
    full: Bool[Array, " rows"]  # places that hold an accepted row
    # Of candidates; not whole numbers in type, since the cap may take them past 2³¹.
    drawn: Float[Array, ""]
    judged: Float[Array, ""]
    accepted: Float[Array, ""]
    batch: Int[Array, ""]


def _until_full(
    model: Model,
    selection: UntilFull,
    keys: Keys,
    parameters: PyTree,
    capacity: int,
    rows: Int[Array, ""],
    needed: Bool[Array, ""],
) -> VerifiedRows:
    in_place = model.rows_in_place
    size = capacity if in_place else checked_candidates(selection.verifier, capacity)
    part = jnp.ceil(rows * (size / capacity)).astype(jnp.int32)
    wanted = jnp.where(rows == capacity, size, jnp.clip(part, 1, size))
    present = jnp.arange(capacity) < rows
    dtype = jnp.result_type(float)
    most = (jnp.asarray(selection.cap) * rows).astype(dtype)

    def fill(filling: _Filling) -> _Filling:
        # The first batch has the random numbers that it would have without a verifier.
        of_retry = jax.random.fold_in(keys.retries, filling.batch)
        of_batch = jnp.where(filling.batch == 0, keys.rows, of_retry)
        batch = model.sample(of_batch, parameters, size)
        numbers = jnp.arange(size)
        seen = present & ~filling.full if in_place else numbers < wanted
        of_verdicts = jax.random.fold_in(keys.verdicts, filling.batch)
        accepted, judged = _judged(selection, of_verdicts, batch, numbers < wanted)
        # A fixed design has each row answered until it is accepted, in its own place.
        next_place = _count(filling.full) + jnp.cumsum(accepted) - 1
        place = jnp.where(accepted & seen, numbers if in_place else next_place, capacity)
        place = jnp.where(place < rows, place, capacity)
        kept = jax.tree.map(lambda a, b: a.at[place].set(b, mode="drop"), filling.rows, batch)
        return _Filling(
            kept,
            filling.full.at[place].set(True, mode="drop"),
            filling.drawn + _count(seen).astype(dtype),
            filling.judged + _count(judged & seen).astype(dtype),
            filling.accepted + _count(accepted & seen).astype(dtype),
            filling.batch + 1,
        )

    def goes_on(filling: _Filling) -> Bool[Array, ""]:
        return needed & jnp.any(present & ~filling.full) & (filling.drawn < most)

    one = jax.eval_shape(lambda k: model.sample(k, parameters, capacity), keys.rows)
    empty = jax.tree.map(lambda a: jnp.zeros(a.shape, a.dtype), one)
    zero = jnp.zeros((), dtype)
    start = _Filling(empty, jnp.zeros(capacity, bool), zero, zero, zero, jnp.zeros((), jnp.int32))
    filled = jax.lax.while_loop(goes_on, fill, start)
    held = _count(filled.full)
    status = jnp.select(
        [held == 0, held < rows],
        [int(Status.NOTHING_ACCEPTED), int(Status.TOO_FEW_ACCEPTED)],
        int(Status.SOLVED),
    )
    acceptance = filled.accepted / jnp.maximum(filled.drawn, 1)
    unjudged = (filled.drawn - filled.judged) / jnp.maximum(filled.drawn, 1)
    return VerifiedRows(filled.rows, rows, acceptance, unjudged, status)


def _judged(
    selection: Selection, key: PRNGKeyArray, batch: PyTree, present: Bool[Array, " rows"]
) -> Verdict:
    accepted, judged = checked_verdict(selection.verifier, key, batch, present)
    return Verdict(accepted & judged & present, judged & present)


def _count(which: Bool[Array, " rows"]) -> Int[Array, ""]:
    return jnp.sum(which, dtype=jnp.int32)


def _ratio(part: Int[Array, ""], whole: Int[Array, ""]) -> Float[Array, ""]:
    dtype = jnp.result_type(float)
    return part.astype(dtype) / jnp.maximum(whole, 1).astype(dtype)
