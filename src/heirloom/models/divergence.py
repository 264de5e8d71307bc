"""Kullback–Leibler divergences of two means, without loss of digits where they are close."""

import numpy as np
from jaxtyping import Float

# Below it a few terms of the series are right to 1e-10, and the difference of logarithms loses
# digits.
_CLOSE = 0.03

_Means = Float[np.ndarray, " R"]


def poisson_divergence(fitted: _Means, true: float) -> _Means:
    """Divergence of Poisson(a) from Poisson(b): a log(a/b) − a + b; b at a = 0.

    Other families of counts are made of it.

    Parameters
    ----------
    fitted
        a, 0 or more.
    true
        b, 0 or more; at b = 0 the divergence is 0 or infinite.

    Examples
    --------
    >>> poisson_divergence(np.array([0.0, 3.0]), 3.0).tolist()
    [3.0, 0.0]
    """
    if true == 0:
        return np.where(fitted > 0, np.inf, 0.0)
    ratio = fitted / true
    x = (fitted - true) / true
    near = np.clip(x, -_CLOSE, _CLOSE)
    terms = 1 / 2 - near * (1 / 6 - near * (1 / 12 - near * (1 / 20 - near * (1 / 30 - near / 42))))
    exact = ratio * np.log(np.where(ratio > 0, ratio, 1)) - x
    return true * np.where(np.abs(x) < _CLOSE, near**2 * terms, exact)


def exponential_divergence(fitted: _Means, true: float) -> _Means:
    """Divergence of exponential distributions of means a from b: a/b − 1 − log(a/b).

    It is infinite at a = 0, which only underflow brings about: there a/b counts as the smallest
    number of the precision, so that a mean over replicates stays finite.

    Parameters
    ----------
    fitted
        a, 0 or more.
    true
        b > 0.

    Examples
    --------
    >>> exponential_divergence(np.array([0.0, 3.0]), 3.0).round(1).tolist()
    [707.4, 0.0]
    """
    ratio = fitted / true
    x = (fitted - true) / true
    near = np.clip(x, -_CLOSE, _CLOSE)
    terms = 1 / 2 - near * (1 / 3 - near * (1 / 4 - near * (1 / 5 - near * (1 / 6 - near / 7))))
    exact = x - np.log(np.maximum(ratio, np.finfo(np.float64).tiny))
    return np.where(np.abs(x) < _CLOSE, near**2 * terms, exact)
