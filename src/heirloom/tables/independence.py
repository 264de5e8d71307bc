"""Encoded columns that other columns do not determine."""

import numpy as np
from jaxtyping import Bool, Float64

from .scaling import standardised

# A standardised column whose distance from the span of the earlier ones is below this share of its
# length counts as a linear combination of them. The fits solve normal equations, whose condition
# number is that of the design squared, so that a smaller distance could not be told from rounding.
DEPENDENCE = 1e-6


def independent_columns(
    columns: Float64[np.ndarray, "rows columns"],
) -> Bool[np.ndarray, "columns"]:
    """Which columns are no linear combination of the earlier ones and a constant.

    Gram-Schmidt from the first column to the last, without pivoting, so that of a dependent set
    the last is dropped. It runs on the triangular factor, whose columns have the lengths and angles
    of the standardised ones but no more entries than there are columns, and it projects twice,
    which keeps the basis orthogonal to rounding.

    Parameters
    ----------
    columns
        None of them constant.
    """
    factor = np.linalg.qr(standardised(columns), mode="r")
    factor /= np.linalg.norm(factor, axis=0)
    basis = np.zeros_like(factor)
    independent = np.zeros(factor.shape[1], dtype=bool)
    rank = 0
    for position, column in enumerate(factor.T):
        known = basis[:, :rank]
        rest = column - known @ (known.T @ column)
        rest -= known @ (known.T @ rest)
        distance = np.linalg.norm(rest)
        if distance > DEPENDENCE:
            basis[:, rank] = rest / distance
            independent[position] = True
            rank += 1
    return independent
