"""Weighted least squares of many replicates: predictions and normal equations of their rows.

Sums over rows are those of numbers in double precision, whatever the rows are in: coefficients may
be many times the noise.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from .._base.compilation import kernel
from .order_statistics import distinct_rows, kernel_rows

# Rows of all columns that a processor's nearest memory holds.
_BLOCK = 256


class NormalEquations(NamedTuple):
    """Weighted means over the rows of a regression.

    Attributes
    ----------
    gram
        Of x xᵀ, of shape (R, p, p).
    moment
        Of x y, of shape (R, p).
    """

    gram: Float[np.ndarray, "R p p"]
    moment: Float[np.ndarray, "R p"]


def linear_predictor(
    design: Float[np.ndarray, "R rows p"], coefficients: Float[np.ndarray, "R p"]
) -> Float[np.ndarray, "R rows"]:
    """Predictions xᵀβ, in double precision.

    Examples
    --------
    >>> linear_predictor(np.ones((1, 3, 2), np.float32), np.array([[1e9, 1.0]])).tolist()
    [[1000000001.0, 1000000001.0, 1000000001.0]]
    """
    columns = _columns(design)
    if len(columns) == 1:
        return coefficients @ columns[0].astype(np.float64)
    predictor = np.zeros((len(columns), columns.shape[2]))
    _predict(columns, kernel_rows(coefficients), predictor)
    return predictor


def normal_equations(
    design: Float[np.ndarray, "R rows p"],
    response: Float[np.ndarray, "R rows"],
    weights: Float[np.ndarray, "R rows"],
) -> NormalEquations:
    """Weighted means of x xᵀ and x y.

    A design and weights that all replicates share have one Gram matrix, and are multiplied once.
    """
    columns, of_rows = _columns(design), distinct_rows(weights)
    count, size = len(response), columns.shape[1]
    if len(columns) == len(of_rows) == 1:
        weighted = columns[0] * of_rows[0]
        gram = weighted @ columns[0].T.astype(np.float64)
        return NormalEquations(np.broadcast_to(gram, (count, size, size)), response @ weighted.T)
    gram, moment = np.zeros((count, size, size)), np.zeros((count, size))
    responses = kernel_rows(np.asarray(response, dtype=np.float64))
    _accumulate(columns, responses, kernel_rows(of_rows), gram, moment)
    return NormalEquations(gram, moment)


def present_rows(
    values: Float[np.ndarray, "R rows *columns"], weights: Float[np.ndarray, "R rows"]
) -> Float[np.ndarray, "R rows *columns"]:
    """Rows with 0 in place of those of weight 0, which may hold what is no number."""
    own = values[:1] if values.strides[0] == 0 else values
    absent = weights == 0
    if np.isfinite(own).all() or not absent.any():
        return values
    return np.where(absent.reshape(*absent.shape, *(1,) * (values.ndim - 2)), 0, values)


def _columns(design: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Designs column by column, of shape (R, p, rows); a single one where all share it."""
    return kernel_rows(np.swapaxes(design[:1] if design.strides[0] == 0 else design, 1, 2))


@kernel
def _predict(columns: Any, coefficients: Any, predictor: Any) -> None:
    for r in range(columns.shape[0]):
        for j in range(columns.shape[1]):
            _add_multiple(columns[r, j], coefficients[r, j], predictor[r])


@kernel
def _add_multiple(column: Any, factor: float, total: Any) -> None:
    for i in range(column.size):
        total[i] += factor * column[i]


@kernel
def _accumulate(columns: Any, responses: Any, weights: Any, gram: Any, moment: Any) -> None:
    size, rows = columns.shape[1], columns.shape[2]
    weighted = np.empty((size, _BLOCK))
    for r in range(responses.shape[0]):
        design = columns[min(r, columns.shape[0] - 1)]
        weight = weights[min(r, weights.shape[0] - 1)]
        for first in range(0, rows, _BLOCK):
            last = min(first + _BLOCK, rows)
            for j in range(size):
                column = design[j, first:last]
                product = weighted[j, : last - first]
                _multiply(column, weight[first:last], product)
                moment[r, j] += _inner(product, responses[r, first:last])
                for k in range(j + 1):
                    gram[r, j, k] += _inner(product, design[k, first:last])
        for j in range(size):
            for k in range(j):
                gram[r, k, j] = gram[r, j, k]


@kernel
def _multiply(column: Any, weight: Any, product: Any) -> None:
    for i in range(column.size):
        product[i] = weight[i] * column[i]


@kernel
def _inner(one: Any, other: Any) -> float:
    total = 0.0
    for i in range(one.size):
        total += one[i] * other[i]
    return total
