"""The quantile function of the binomial distribution, for counts that share random numbers."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from .._base.compilation import inlined, kernel
from .._base.elementary import normal_quantile_double

# Up to it, in the rarer of the two outcomes, the distribution function is summed; above it is
# expanded.
_LARGE_MEAN = 25.0

# The least number that 1 − u can be.
_TAIL = 2.0**-53


def binomial_quantile(
    uniform: Float[np.ndarray, " R"],
    trials: npt.ArrayLike,
    probability: Float[np.ndarray, " R"],
) -> Float[np.ndarray, " R"]:
    r"""Counts from uniform numbers, by inversion.

    NumPy's generator rejects, so that workflows whose probabilities differ would not even use the
    same random numbers for the same replicate.

    Parameters
    ----------
    uniform
        u, in [0, 1).
    trials
        n, 0 or more, of any size; a number, or one for each replicate.
    probability
        p, from 0 to 1.

    Returns
    -------
    float64[R]

    Notes
    -----
    Where np ≤ 25 the distribution function is summed, which is exact to rounding, and likewise
    n(1 − p), of the other outcome. Else the Cornish–Fisher expansion of the quantile to the third
    order is rounded. Its cumulants are those of the distribution with 1/12 taken from the variance
    and 1/120 added to the fourth, which makes it right at the middle between two counts. Its total
    variation distance from the binomial distribution is 2e-5 at np = 25 and falls as
    :math:`[np(1-p)]^{-2}`; its mean is right to 1e-11 standard deviations, and its variance to 3e-5
    of itself.

    Examples
    --------
    >>> binomial_quantile(np.array([0.1, 0.5, 0.9]), 10, np.full(3, 0.5)).tolist()
    [3.0, 5.0, 7.0]
    """
    # A kernel is compiled anew for each kind of array that it is handed: writable ones it is.
    u, n, p = (
        np.array(a, dtype=np.float64) for a in np.broadcast_arrays(uniform, trials, probability)
    )
    counts = np.empty_like(u)
    _invert(u, n, p, counts)
    return counts


@kernel
def _invert(uniform: Any, trials: Any, probability: Any, counts: Any) -> None:
    for i in range(uniform.size):
        u, n, p = uniform[i], trials[i], probability[i]
        rare = p if p <= 0.5 else 1.0 - p
        # Of the rarer outcome, from the other end.
        level = u if p <= 0.5 else 1.0 - u
        count = _summed(level, n, rare) if n * rare <= _LARGE_MEAN else _expanded(level, n, rare)
        counts[i] = count if p <= 0.5 else n - count


@inlined
def _summed(u: Any, n: Any, p: Any) -> Any:
    odds = p / (1.0 - p)
    mass = math.exp(n * math.log1p(-p))
    below = mass
    k = 0.0
    # Rounding may keep the sum just below the largest numbers: stop where masses are none.
    while u >= below and k < n and (k < n * p or mass > _TAIL):
        k += 1.0
        mass *= odds * (n - k + 1.0) / k
        below += mass
    return k


@inlined
def _expanded(u: Any, n: Any, p: Any) -> Any:
    w = normal_quantile_double(min(max(u, _TAIL), 1.0 - _TAIL))
    square = w * w
    q = 1.0 - p
    exact = n * p * q
    variance = exact - 1.0 / 12.0
    deviation = math.sqrt(variance)
    third = exact * (q - p) / (variance * deviation)
    fourth = (exact * (1.0 - 6.0 * p * q) + 1.0 / 120.0) / (variance * variance)
    fifth = exact * (q - p) * (1.0 - 12.0 * p * q) / (variance * variance * deviation)
    standardised = (
        w
        + third * (square - 1.0) / 6.0
        + fourth * w * (square - 3.0) / 24.0
        - third * third * w * (2.0 * square - 5.0) / 36.0
        + fifth * ((square - 6.0) * square + 3.0) / 120.0
        - third * fourth * ((square - 5.0) * square + 2.0) / 24.0
        + third**3 * ((12.0 * square - 53.0) * square + 17.0) / 324.0
    )
    return min(max(np.floor(n * p + deviation * standardised + 0.5), 0.0), n)
