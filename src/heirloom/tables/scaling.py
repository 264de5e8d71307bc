"""Standardised numbers, whatever their size."""

import numpy as np
import pandas as pd
from jaxtyping import Float64


def scaled(column: pd.Series) -> Float64[np.ndarray, "rows"]:
    """Return the numbers divided by a power of two, so that their squares cannot overflow."""
    values = column.to_numpy(dtype=np.float64)
    return np.ldexp(values, -exponent(values))


def exponent(values: Float64[np.ndarray, "rows"]) -> int:
    """Return the exponent of the largest number, as a power of two."""
    return int(np.frexp(np.abs(values).max())[1])


def standardised(
    columns: Float64[np.ndarray, "rows columns"],
) -> Float64[np.ndarray, "rows columns"]:
    """Give each column mean 0 and standard deviation 1."""
    centred = columns - columns.mean(axis=0)
    # Again, because the mean of large numbers is rounded.
    centred -= centred.mean(axis=0)
    return centred / centred.std(axis=0)
