"""Weighted least squares of many replicates: predictions and normal equations of their rows.

Sums over rows are those of numbers in double precision, whatever the rows are in: coefficients may
be many times the noise.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from .._base.compilation import kernel
from .._base.kernel_arrays import distinct_rows, kernel_rows
from .linear_algebra import add_multiple, inner

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
    predictor = np.zeros(design.shape[:2])
    _predict(_columns(design), kernel_rows(coefficients), predictor)
    return predictor


def normal_equations(
    design: Float[np.ndarray, "R rows p"],
    response: Float[np.ndarray, "R rows"],
    weights: Float[np.ndarray, "R rows"],
) -> NormalEquations:
    """Weighted means of x xᵀ and x y; rows of weight 0 do not count, whatever they hold.

    A design and weights that all replicates share have one Gram matrix, which they share too.
    """
    columns, of_rows = _columns(design), kernel_rows(distinct_rows(weights))
    replicates, _, size = design.shape
    gram = np.zeros((max(len(columns), len(of_rows)), size, size))
    moment = np.zeros((replicates, size))
    _accumulate(columns, kernel_rows(np.asarray(response, dtype=np.float64)), of_rows, gram, moment)
    return NormalEquations(np.broadcast_to(gram, (replicates, size, size)), moment)


def _columns(design: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Designs column by column, of shape (R, p, rows); a single one where all share it."""
    return kernel_rows(np.swapaxes(design[:1] if design.strides[0] == 0 else design, 1, 2))


@kernel
def _predict(columns: Any, coefficients: Any, predictor: Any) -> None:
    for r in range(predictor.shape[0]):
        design = columns[min(r, columns.shape[0] - 1)]
        for j in range(design.shape[0]):
            add_multiple(design[j], coefficients[r, j], predictor[r])


@kernel
def _accumulate(columns: Any, responses: Any, weights: Any, gram: Any, moment: Any) -> None:
    size, rows = columns.shape[1], columns.shape[2]
    counted, weighted = np.empty((size, _BLOCK)), np.empty((size, _BLOCK))
    response = np.empty(_BLOCK)
    for first in range(0, rows, _BLOCK):
        last = min(first + _BLOCK, rows)
        count = last - first
        for r in range(responses.shape[0]):
            weight = weights[min(r, weights.shape[0] - 1), first:last]
            if r < gram.shape[0]:
                design = columns[min(r, columns.shape[0] - 1)]
                for j in range(size):
                    _count(design[j, first:last], weight, counted[j])
                    _multiply(counted[j], weight, weighted[j])
                    for k in range(j + 1):
                        gram[r, j, k] += inner(weighted[j, :count], counted[k, :count])
                        gram[r, k, j] = gram[r, j, k]
            _count(responses[r, first:last], weight, response)
            for j in range(size):
                moment[r, j] += inner(weighted[j, :count], response[:count])


@kernel
def _count(column: Any, weight: Any, counted: Any) -> None:
    for i in range(column.size):
        counted[i] = column[i] if weight[i] > 0 else 0.0


@kernel
def _multiply(column: Any, weight: Any, product: Any) -> None:
    for i in range(weight.size):
        product[i] = column[i] * weight[i]
