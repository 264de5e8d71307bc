"""Weighted rows in the order of their values.

NumPy sorts whole numbers several times as fast as it finds the order of floating point numbers. So
the bits of a number, read as a whole number that rises with it, are sorted with the row's position
in place of their last few; what those bits would have told is then settled by comparison.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from jaxtyping import Float, Int

from .._base.compilation import kernel

_GREATEST = 2**63 - 1

# A quarter of the range: roundings may add up.
_UNIT = 2.0**62


class OrderedRows(NamedTuple):
    """Rows of which none is greater than the next.

    Attributes
    ----------
    values
        The rows; infinite where the weight is 0.
    weights
        Their weights; 0 at the end of rows where there are any such.
    """

    values: Float[np.ndarray, "R rows"]
    weights: Float[np.ndarray, "R rows"]


class Masses(NamedTuple):
    """Weights in whole units, whose sums are exact.

    Attributes
    ----------
    up_to
        Mass of each row and of those before it.
    total
        Mass of all rows.
    rounding
        Mass by which sums may miss a tie, because the weights themselves are rounded.
    """

    up_to: Int[np.ndarray, "R rows"]
    total: Int[np.ndarray, "R 1"]
    rounding: int


def ordered_rows(
    values: Float[np.ndarray, "R rows"], weights: Float[np.ndarray, "R rows"]
) -> OrderedRows:
    """Rows in the order of their values, those of weight 0 at the end, whatever they hold.

    Examples
    --------
    >>> rows = ordered_rows(np.array([[5.0, np.nan, 2.0]]), np.array([[0.7, 0.0, 0.3]]))
    >>> rows.values.tolist(), rows.weights.tolist()
    ([[2.0, 5.0, inf]], [[0.3, 0.7, 0.0]])
    """
    values, weights = kernel_rows(values), kernel_rows(distinct_rows(weights))
    places = 2 ** max(values.shape[1] - 1, 1).bit_length() - 1
    keys = np.empty(values.shape, np.int64)
    _key(values, weights, places, keys)
    keys.sort(axis=1)
    ordered = OrderedRows(np.empty_like(values), np.empty(values.shape))
    _place(values, weights, places, keys, ordered.values, ordered.weights)
    return ordered


def whole_masses(weights: Float[np.ndarray, "R rows"], precision: npt.DTypeLike) -> Masses:
    """Weights of sum 1 in whole units.

    Parameters
    ----------
    weights
        Of ordered rows.
    precision
        In which the weights were rounded.
    """
    up_to = np.cumsum(np.rint(weights * _UNIT).astype(np.int64), axis=1)
    return Masses(up_to, up_to[:, -1:], int(_UNIT * np.finfo(precision).eps))


def distinct_rows(weights: Float[np.ndarray, "R rows"]) -> Float[np.ndarray, "_ rows"]:
    """Weights in double precision; a single row where all replicates share one in memory.

    Examples
    --------
    >>> distinct_rows(np.broadcast_to([0.5, 0.5], (100, 2))).shape
    (1, 2)
    """
    shared = weights.strides[0] == 0
    return np.ascontiguousarray(weights[:1] if shared else weights, dtype=np.float64)


def kernel_rows(rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Rows as kernels take them: contiguous and not to be written to.

    A kernel is compiled anew for each kind of array that it is handed.
    """
    contiguous = np.ascontiguousarray(rows).view()
    contiguous.flags.writeable = False
    return contiguous


@kernel
def _key(values: Any, weights: Any, places: Any, keys: Any) -> None:
    for r in range(values.shape[0]):
        _key_row(values[r], weights[min(r, weights.shape[0] - 1)], places, keys[r])


@kernel
def _key_row(values: Any, weights: Any, places: Any, keys: Any) -> None:
    for i in range(values.size):
        bits = np.float64(values[i]).view(np.int64)
        # The bits of negative numbers fall as these rise.
        rising = bits ^ ((bits >> 63) & _GREATEST)
        keys[i] = ((rising if weights[i] > 0 else _GREATEST) & ~places) | i


@kernel
def _place(values: Any, weights: Any, places: Any, keys: Any, into: Any, weights_into: Any) -> None:
    for r in range(values.shape[0]):
        of_row = weights[min(r, weights.shape[0] - 1)]
        _place_row(values[r], of_row, places, keys[r], into[r], weights_into[r])
        _settle_row(into[r], weights_into[r])


@kernel
def _place_row(
    values: Any, weights: Any, places: Any, keys: Any, into: Any, weights_into: Any
) -> None:
    for i in range(keys.size):
        position = keys[i] & places
        weight = weights[position]
        value = values[position]
        into[i] = value if weight > 0 else np.inf
        weights_into[i] = weight


@kernel
def _settle_row(values: Any, weights: Any) -> None:
    """Insert each row among those before it; hardly any moves, by a place or two."""
    falls = 0
    for i in range(1, values.size):
        falls += np.int64(values[i] < values[i - 1])
    if falls == 0:
        return
    for i in range(1, values.size):
        value, weight, place = values[i], weights[i], i
        while place > 0 and value < values[place - 1]:
            values[place], weights[place] = values[place - 1], weights[place - 1]
            place -= 1
        if place < i:
            values[place], weights[place] = value, weight
