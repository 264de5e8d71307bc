"""Where a simulated curve of error against weight is least, and how surely."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

_Float = npt.NDArray[np.float64]

_GROUPS = 20
_DEGREE = 3


class Minimum(NamedTuple):
    """The weight of least error.

    Attributes
    ----------
    weight
        Where the error is least.
    se
        Its standard error.
    """

    weight: float
    se: float


def least_weight(weights: _Float, errors: npt.NDArray[np.floating]) -> Minimum:
    """Find the minimum of a smooth curve through simulated errors, by a jackknife over replicates.

    The stationary error of every law is w (2 − w) below a polynomial of degree two, up to the
    curvature of the variance function: so a cubic is fitted to error · w (2 − w), and the least
    error is sought between the weights.

    Parameters
    ----------
    weights
        float64[weights], rising.
    errors
        [weights, replicates]: for each, the error of every replicate; weights share their random
        numbers.

    Returns
    -------
    Minimum
    """
    groups = np.array_split(errors.astype(np.float64), _GROUPS, axis=1)
    groups = [group for group in groups if group.shape[1]]
    sums = np.array([np.nansum(group, axis=1) for group in groups])
    counts = np.array([np.sum(~np.isnan(group), axis=1) for group in groups])
    whole = _least(weights, sums.sum(axis=0) / counts.sum(axis=0))
    without = np.array(
        [
            _least(weights, (sums.sum(axis=0) - s) / (counts.sum(axis=0) - c))
            for s, c in zip(sums, counts, strict=True)
        ]
    )
    number = len(groups)
    se = np.sqrt((number - 1) / number * np.sum((without - without.mean()) ** 2))
    return Minimum(whole, float(se))


def _least(weights: _Float, means: _Float) -> float:
    forgotten = weights * (2 - weights)
    centre = float(weights.mean())
    coefficients = np.polyfit(weights - centre, means * forgotten, _DEGREE)

    def curve(w: float) -> float:
        return float(np.polyval(coefficients, w - centre) / (w * (2 - w)))

    bounds = (float(weights[0]), float(weights[-1]))
    return float(minimize_scalar(curve, bounds=bounds, method="bounded").x)
