"""Normal responses to the rows of a table that lie in an interval: by their law, or by trial."""

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from .._base.compilation import kernel
from .._base.elementary import normal_quantile_double, normal_quantile_single
from .._base.kernel_arrays import kernel_rows
from .._base.random import Random, random_bits, uniform_double, uniform_single
from .drawing import drawn_positions
from .truncated_normal import TruncatedNormal

# Numbers that a processor computes at once.
_STRIDE = 16


class BoundedResponses(NamedTuple):
    """Normal responses to the rows of a table, and which of them are accepted.

    Attributes
    ----------
    centre
        Means of the responses, of shape (R, table).
    scale
        Standard deviations about them, of shape (R,).
    low, high
        The least and the greatest response that is accepted, of shape (table,).
    """

    centre: Float[np.ndarray, "R table"]
    scale: Float[np.ndarray, " R"]
    low: Float[np.ndarray, " table"]
    high: Float[np.ndarray, " table"]


class AcceptedResponses(NamedTuple):
    """Accepted responses.

    Attributes
    ----------
    numbers
        Rows of the table that they belong to, of shape (R, rows).
    response
        Of shape (R, rows).
    tries
        How many candidates each took, the accepted one included; infinite where none was accepted.
    """

    numbers: Int[np.ndarray, "R rows"]
    response: Float[np.ndarray, "R rows"]
    tries: Float[np.ndarray, "R rows"]


def accepted_by_law(
    random: Random, responses: BoundedResponses, rows: int, *, resample: bool
) -> AcceptedResponses:
    """Accepted responses without any that are not: truncated normal, after geometric tries.

    Parameters
    ----------
    random
        Random numbers.
    responses
        What is drawn, and what is accepted.
    rows
        How many for each replicate.
    resample
        Whether every candidate is a response to a row of the table that is drawn with it; rows are
        then accepted in proportion to their chance. If not, the rows of the table are answered in
        their order, and over again.
    """
    centre, scale = responses.centre, responses.scale[:, None]
    low, high = _in_standard_units(responses)
    if resample:
        chance = TruncatedNormal(low, high).probability
        numbers = drawn_positions(random, chance, rows)
        centre, low, high = (np.take_along_axis(a, numbers, axis=1) for a in (centre, low, high))
        noise = TruncatedNormal(low, high).quantile(random.uniform(rows))
        acceptance = chance.mean(axis=1, keepdims=True)
    else:
        count, table = centre.shape
        repeats = -(-rows // table)
        # What holds of a row of the table is worked out once, however often it is answered.
        between = TruncatedNormal(low[:, None], high[:, None])
        noise = between.quantile(random.uniform(repeats, table)).reshape(count, -1)[:, :rows]
        numbers = np.broadcast_to(_in_order(table, rows), (count, rows))
        centre, acceptance = (a[:, numbers[0]] for a in (centre, between.probability[:, 0]))
    with np.errstate(invalid="ignore"):  # where nothing can be accepted
        response = centre + scale * noise
    return AcceptedResponses(numbers, response, _geometric(random.uniform(rows), acceptance))


def accepted_by_trial(
    random: Random, responses: BoundedResponses, rows: int, *, resample: bool, most: int
) -> AcceptedResponses:
    """The same by drawing candidates until one is accepted.

    Parameters
    ----------
    random, responses, rows, resample
        As for :func:`accepted_by_law`.
    most
        Candidates of a replicate after which its trial ends. Rows are filled one after the other.
    """
    count, table = responses.centre.shape
    numbers = np.empty((count if resample else 1, rows), dtype=np.int32)
    numbers[:] = _in_order(table, rows)
    accepted = AcceptedResponses(numbers, np.empty((count, rows)), np.full((count, rows), np.inf))
    first, second = (np.uint32(word) for word in random.next_key())
    single = random.dtype == np.float32
    own = BoundedResponses(
        *(kernel_rows(part.astype(np.float64, copy=False)) for part in responses)
    )
    _try(own, accepted, resample, int(most), first, second, random.numbers, single)
    return accepted._replace(numbers=np.broadcast_to(numbers, (count, rows)))


def _in_order(table: int, rows: int) -> Int[np.ndarray, " rows"]:
    return np.arange(rows) % table


def _in_standard_units(
    responses: BoundedResponses,
) -> tuple[Float[np.ndarray, "R table"], Float[np.ndarray, "R table"]]:
    """Bounds less the centre, over the scale; without noise a centre is within or it is not."""
    scale = responses.scale[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        low = (responses.low - responses.centre) / scale
        high = (responses.high - responses.centre) / scale
    return np.where(np.isnan(low), -np.inf, low), np.where(np.isnan(high), np.inf, high)


def _geometric(
    uniform: Float[np.ndarray, "R rows"], chance: Float[np.ndarray, "R _"]
) -> Float[np.ndarray, "R rows"]:
    """Tries up to the first success, by inversion; infinite where the chance is 0."""
    with np.errstate(divide="ignore"):
        return np.maximum(np.ceil(np.log(uniform) / np.log1p(-chance)), 1.0)


@kernel
def _try(
    responses: Any,
    accepted: Any,
    resample: bool,
    most: int,
    first: Any,
    second: Any,
    replicates: Any,
    single: bool,
) -> None:
    centre, scale, low, high = responses
    numbers, response, tries = accepted
    count, rows = response.shape
    # Whole strides: what is over would be computed number by number.
    size = -(-rows // _STRIDE) * _STRIDE
    left, noise, bits = np.zeros(size, np.uint32), np.empty(size), np.empty(size, np.uint32)
    for r in range(count):
        for i in range(rows):
            left[i] = i
        own = numbers[min(r, numbers.shape[0] - 1)]
        # Every row that is left has one try after the other, all of them side by side.
        missing, attempt = min(rows, most), 0
        while missing > 0:
            attempt += 1
            x, y = random_bits(np.uint32(attempt), replicates[r], first, second)
            drawn = left[: -(-missing // _STRIDE) * _STRIDE]
            if single:
                _draw_single(drawn, noise, bits, x, y)
            else:
                _draw_double(drawn, noise, bits, x, y)
            if resample:
                _draw_numbers(left[:missing], bits, low.size, own)
            _place(left[:missing], noise, centre[r], scale[r], own, response[r])
            missing = _judge(left[:missing], attempt, low, high, own, response[r], tries[r])
            # The others would come to more than the most, one after the other.
            missing = min(missing, most // (attempt + 1))
        _end(tries[r], most)


@kernel
def _draw_single(rows: Any, noise: Any, bits: Any, first: Any, second: Any) -> None:
    for i in range(rows.size):
        x, y = random_bits(rows[i], np.uint32(0), first, second)
        noise[i] = normal_quantile_single(uniform_single(x))
        bits[i] = y


@kernel
def _draw_double(rows: Any, noise: Any, bits: Any, first: Any, second: Any) -> None:
    for i in range(rows.size):
        x, y = random_bits(rows[i], np.uint32(0), first, second)
        noise[i] = normal_quantile_double(uniform_double(x, y))
        bits[i] = random_bits(rows[i], np.uint32(1), first, second)[0]


@kernel
def _draw_numbers(rows: Any, bits: Any, table: int, numbers: Any) -> None:
    for i in range(rows.size):
        numbers[rows[i]] = (np.uint64(bits[i]) * np.uint64(table)) >> np.uint64(32)


@kernel
def _place(rows: Any, noise: Any, centre: Any, scale: float, numbers: Any, response: Any) -> None:
    for i in range(rows.size):
        response[rows[i]] = centre[numbers[rows[i]]] + scale * noise[i]


@kernel
def _judge(
    rows: Any, attempt: int, low: Any, high: Any, numbers: Any, response: Any, tries: Any
) -> int:
    """Move the rows whose responses are not accepted to the front, and return how many."""
    left = 0
    for i in range(rows.size):
        row = rows[i]
        number = numbers[row]
        accepted = (low[number] <= response[row]) & (response[row] <= high[number])
        tries[row] = attempt if accepted else np.inf
        rows[left] = row
        left += not accepted
    return left


@kernel
def _end(tries: Any, most: int) -> None:
    total = 0.0
    for i in range(tries.size):
        total += tries[i]
        if total > most:
            tries[i:] = np.inf
            return
