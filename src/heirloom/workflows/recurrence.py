"""The variance of a loop that remembers one number."""

import numpy as np
import numpy.typing as npt

_Float = npt.NDArray[np.float64]


def linear_recurrence(start: float, kept: _Float, added: _Float) -> _Float:
    """Follow V_t = kept_t V_{t−1} + added_t from V_0 = start.

    Parameters
    ----------
    start
        V_0.
    kept, added
        float64[T]: of the generations 1…T.

    Returns
    -------
    float64[T + 1]

    Examples
    --------
    >>> linear_recurrence(1.0, np.array([0.5, 0.5]), np.array([1.0, 1.0]))
    array([1.  , 1.5 , 1.75])
    """
    variance, found = start, [start]
    for part, new in zip(kept.tolist(), added.tolist(), strict=True):
        variance = part * variance + new
        found.append(variance)
    return np.array(found)
