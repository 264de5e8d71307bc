"""Kernels for one small symmetric matrix: its Cholesky factor, and equations with it.

A call of LAPACK costs more than all the work on matrices this small.
"""

import math
from typing import Any

from .compilation import kernel


def least_pivot(size: int, eps: float) -> float:
    """Relative size below which a pivot is rounding, so that the matrix is singular.

    Parameters
    ----------
    size
        Number of columns.
    eps
        Machine epsilon of the precision that the entries were computed in.
    """
    return 4 * size * eps


@kernel
def factorise(matrix: Any, least: float) -> bool:
    """Replace the lower triangle of a positive semi-definite A by the L of A = LLᵀ.

    Where a pivot is 0 to rounding, the column of L is 0: a singular covariance has a root too. (To
    divide what rounding left of a column by the root of what it left of the pivot would give a
    column of any size.) Entries that are not finite stay so.

    Parameters
    ----------
    matrix
        A, of shape (p, p); its upper triangle is neither read nor written.
    least
        See :func:`least_pivot`; pivots are compared with it times the entry on the diagonal of A.

    Returns
    -------
    Whether A is positive definite to working precision
    """
    size = matrix.shape[0]
    regular = True
    for j in range(size):
        pivot = matrix[j, j]
        floor = least * pivot
        for k in range(j):
            pivot -= matrix[j, k] * matrix[j, k]
        if not pivot > floor:  # a nan too
            regular = False
        if pivot <= 0 or pivot < floor:
            for i in range(j, size):
                matrix[i, j] = 0.0
            continue
        root = math.sqrt(pivot)
        matrix[j, j] = root
        for i in range(j + 1, size):
            rest = matrix[i, j]
            for k in range(j):
                rest -= matrix[i, k] * matrix[j, k]
            matrix[i, j] = rest / root
    return regular


@kernel
def substitute_forward(lower: Any, right: Any) -> None:
    """Replace b by the z of Lz = b, for a lower triangular L whose diagonal has no 0."""
    for i in range(lower.shape[0]):
        rest = right[i]
        for k in range(i):
            rest -= lower[i, k] * right[k]
        right[i] = rest / lower[i, i]


@kernel
def substitute_back(lower: Any, right: Any) -> None:
    """Replace z by the x of Lᵀx = z, for a lower triangular L whose diagonal has no 0."""
    size = lower.shape[0]
    for back in range(size):
        i = size - 1 - back
        rest = right[i]
        for k in range(i + 1, size):
            rest -= lower[k, i] * right[k]
        right[i] = rest / lower[i, i]
