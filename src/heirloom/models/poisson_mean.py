"""Means of Poisson counts, drawn by their law."""

import numpy as np
from jaxtyping import Float
from scipy import special

from .poisson_quantile import poisson_quantile

# Above it not every whole number is one of double precision, and neighbours differ by next to
# nothing beside the standard deviation of a count: 1e-8 of it.
_COUNTABLE = 2.0**53


def poisson_mean(
    uniform: Float[np.ndarray, "R draws"], mean: Float[np.ndarray, "R _"], rows: float
) -> Float[np.ndarray, "R draws"]:
    """Means of so many counts from uniform numbers, by inversion of their sum.

    The sum is a Poisson count too, or, where it would be above 2⁵³, as good as normal.

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
    counted = np.minimum(mean, _COUNTABLE / rows)
    means = poisson_quantile(uniform, counted * rows) / rows
    # What compares to nothing is not finite, and stays so.
    large = ~(mean <= counted)
    if not large.any():
        return means
    return np.where(large, mean + np.sqrt(mean / rows) * special.ndtri(uniform), means)
