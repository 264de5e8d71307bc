"""Weighted sums over rows, for each replicate."""

from typing import Any

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

_Weights = Float[np.ndarray, "R rows"]


def weighted_sum(
    rows: Float[np.ndarray, "R rows *of_row"], weights: _Weights
) -> Float[np.ndarray, "R *of_row"]:
    """Weighted sum over rows, in double precision; rows of weight 0 do not count.

    Parameters
    ----------
    rows
        Of numbers or of vectors.
    weights
        Their weights.

    Examples
    --------
    >>> weighted_sum(np.array([[2.0, 4.0, np.nan]]), np.array([[0.5, 0.5, 0.0]])).tolist()
    [3.0]
    """
    counted = counted_rows(rows, weights)
    # Not by BLAS: the order in which that sums depends on how many threads it is given.
    if counted.ndim == 2:
        return np.einsum("ri,ri->r", weights, counted, dtype=np.float64)
    columns = [weighted_sum(counted[..., j], weights) for j in range(counted.shape[-1])]
    return np.stack(columns, axis=-1)


def counted_rows(rows: npt.NDArray[Any], weights: _Weights) -> npt.NDArray[Any]:
    """Rows with 0 in place of those of weight 0, which may hold anything.

    Examples
    --------
    >>> counted_rows(np.array([[7, -3]]), np.array([[1.0, 0.0]])).tolist()
    [[7, 0]]
    """
    # Replicates that have the same weights share them in memory.
    counts = (weights[:1] if weights.strides[0] == 0 else weights) > 0
    if counts.all():
        return rows
    return np.where(counts.reshape(*counts.shape, *(1,) * (rows.ndim - 2)), rows, 0)
