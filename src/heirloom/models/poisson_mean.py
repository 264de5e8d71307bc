"""Means of Poisson counts, drawn by their law."""

import numpy as np
from jaxtyping import Float
from scipy import special

from .poisson_quantile import poisson_quantile

# Up to them, every whole number is one of single and of double precision.
_COUNTABLE_SINGLE = 2.0**24
_COUNTABLE = 2.0**53


def poisson_mean(
    uniform: Float[np.ndarray, "R draws"], mean: Float[np.ndarray, "R _"], rows: int
) -> Float[np.ndarray, "R draws"]:
    """Means of so many counts from uniform numbers, by inversion of their sum.

    The sum is a Poisson count too; where it would be above 2⁵³ it is drawn as a normal number,
    which differs by 1e-8 standard deviations.

    Parameters
    ----------
    uniform
        In (0, 1).
    mean
        μ of a count, 0 or more, of any size; of shape (R, draws) or (R, 1).
    rows
        How many counts the mean is of.

    Examples
    --------
    >>> poisson_mean(np.array([[0.1, 0.5, 0.9]]), np.array([[2.0]]), 10).tolist()
    [[1.4, 2.0, 2.6]]
    """
    countable = np.minimum(mean, _COUNTABLE / rows)
    total = countable * rows
    if np.any(total > _COUNTABLE_SINGLE):
        uniform = uniform.astype(np.float64)
    means = poisson_quantile(uniform, total) / rows
    large = mean > countable
    if not large.any():
        return means
    return np.where(large, mean + np.sqrt(mean / rows) * special.ndtri(uniform), means)
