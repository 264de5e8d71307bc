"""The order of weighted rows.

NumPy sorts whole numbers several times as fast as it finds the order of floating point numbers. So
the bits of a number, read as a whole number that rises with it, are sorted with the row's position
in place of their last few; what those bits would have told is then settled by comparison.
"""

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from .._base.compilation import kernel
from .._base.kernel_arrays import distinct_rows, kernel_rows

_GREATEST = 2**63 - 1

# Digits of a number of single precision that are 0 in double precision.
_ZEROS = 29

# A quarter of the range: roundings may add up.
_UNIT = 2.0**62


class Masses(NamedTuple):
    """Weights in whole units, whose sums are exact.

    Attributes
    ----------
    of_rows
        Mass of each row; of one replicate, where all have the same.
    total
        Mass of all rows.
    rounding
        Mass by which sums may miss a tie, because the weights themselves are rounded.
    """

    of_rows: Int[np.ndarray, "_ rows"]
    total: Int[np.ndarray, " _"]
    rounding: int


def row_order(
    values: Float[np.ndarray, "R rows"], weights: Float[np.ndarray, "_ rows"]
) -> Int[np.ndarray, "R rows"]:
    """Positions of rows in the order of their values.

    Those of weight 0 are at the end, whatever they hold.

    Examples
    --------
    >>> row_order(np.array([[5.0, np.nan, 2.0]]), np.array([[0.7, 0.0, 0.3]])).tolist()
    [[2, 0, 1]]
    """
    values, weights = kernel_rows(values), kernel_rows(distinct_rows(weights))
    bits_of_position = (values.shape[1] - 1).bit_length()
    positions = 2**bits_of_position - 1
    order = np.empty(values.shape, np.int64)
    _key(values, weights, positions, order)
    order.sort(axis=1)
    order &= positions
    if values.dtype != np.float32 or bits_of_position > _ZEROS:
        _settle(values, weights, order)
    return order


def whole_masses(weights: Float[np.ndarray, "R rows"]) -> Masses:
    """Weights of sum 1 in whole units."""
    of_rows = np.rint(distinct_rows(weights) * _UNIT).astype(np.int64)
    rounding = int(_UNIT * np.finfo(weights.dtype).eps)
    return Masses(of_rows, np.sum(of_rows, axis=1), rounding)


@kernel
def _key(values: Any, weights: Any, positions: Any, keys: Any) -> None:
    for r in range(values.shape[0]):
        _key_row(values[r], weights[min(r, weights.shape[0] - 1)], positions, keys[r])


@kernel
def _key_row(values: Any, weights: Any, positions: Any, keys: Any) -> None:
    for i in range(values.size):
        bits = np.float64(values[i]).view(np.int64)
        # The bits of negative numbers fall as these rise.
        rising = bits ^ ((bits >> 63) & _GREATEST)
        keys[i] = ((rising if weights[i] > 0 else _GREATEST) & ~positions) | i


@kernel
def _settle(values: Any, weights: Any, order: Any) -> None:
    for r in range(values.shape[0]):
        of_row = weights[min(r, weights.shape[0] - 1)]
        if _falls(values[r], of_row, order[r]):
            _settle_row(values[r], of_row, order[r])


@kernel
def _falls(values: Any, weights: Any, order: Any) -> Any:
    """How many rows are less than the one before; hardly ever any."""
    falls = 0
    before = -np.inf
    for i in range(order.size):
        # Without a sign, an index cannot count from the end, and need not be checked.
        position = np.uint64(order[i])
        value = values[position]
        falls += np.int64((value < before) & (weights[position] > 0))
        before = value
    return falls


@kernel
def _settle_row(values: Any, weights: Any, order: Any) -> None:
    """Insert each row among those before it."""
    for i in range(1, order.size):
        position, place = order[i], i
        while place > 0 and weights[position] > 0:
            if not values[position] < values[order[place - 1]]:
                break
            order[place] = order[place - 1]
            place -= 1
        order[place] = position
