"""Whether two samples have the same mean, by z-score."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from .._base.nested import arrays_in
from .nested_values import SQUARE_OF_ROUNDING

_CHANCE = 1e-9
_ROUNDING = 1e-9


def largest_z_score(first: Any, second: Any) -> float:
    """Largest z-score of a difference of means, over the entries of nested arrays.

    Infinite where an entry that does not vary has two values.

    Parameters
    ----------
    first, second
        Nested arrays whose first axis is that of independent replicates.

    Examples
    --------
    >>> largest_z_score(np.array([1.0, 1.0]), np.array([1.0, 2.0]))
    1.0
    """
    pairs = zip(arrays_in(first), arrays_in(second), strict=True)
    scores = [_z_scores(_columns(a), _columns(b)).max(initial=0.0) for a, b in pairs]
    return float(max(scores, default=0.0))


def greatest_by_chance(nested: Any) -> float:
    """The z-score that the largest of so many entries exceeds once in a billion times."""
    entries = sum(max(1, _columns(array).shape[1]) for array in arrays_in(nested))
    return float(-ndtri(_CHANCE / (2 * entries)))


def _columns(array: Any) -> npt.NDArray[np.float64]:
    values = np.asarray(array, dtype=np.float64)
    return values.reshape(len(values), -1)


def _z_scores(
    first: npt.NDArray[np.float64], second: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    means = [values.mean(axis=0) for values in (first, second)]
    variances = [values.var(axis=0, ddof=1) / len(values) for values in (first, second)]
    rounding = np.maximum(_ROUNDING * np.maximum(*np.abs(means)), SQUARE_OF_ROUNDING)
    difference = np.abs(means[0] - means[1])
    scale = np.sqrt(variances[0] + variances[1])
    z = np.divide(difference, scale, out=np.full_like(scale, np.inf), where=scale > 0)
    return np.where(difference <= rounding, 0.0, z)
