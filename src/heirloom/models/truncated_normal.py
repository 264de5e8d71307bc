"""Standard normal numbers between two bounds."""

import numpy as np
from jaxtyping import Float
from scipy import special


class TruncatedNormal:
    """Standard normal distributions between bounds, one for each pair of them.

    Levels are those of the tail that an interval lies nearer to, so that no digits are lost far
    out: up to 37, where an interval has a chance of 1e-300.

    Parameters
    ----------
    low, high
        The bounds, maybe infinite.

    Attributes
    ----------
    probability
        Chance that a standard normal number lies between the bounds; 0 where `low` exceeds `high`.

    Examples
    --------
    >>> between = TruncatedNormal(np.array([-1.0, 0.0]), np.array([1.0, np.inf]))
    >>> between.probability.round(3).tolist()
    [0.683, 0.5]
    >>> between.quantile(np.array([0.5, 0.5])).round(3).tolist()
    [0.0, 0.674]
    """

    def __init__(self, low: Float[np.ndarray, "*shape"], high: Float[np.ndarray, "*shape"]) -> None:
        with np.errstate(invalid="ignore"):  # −∞ and ∞
            self._mirrored = low + high > 0
        self._lower = np.where(self._mirrored, -high, low)
        self._upper = np.where(self._mirrored, -low, high)
        self._below = special.ndtr(self._lower)
        self.probability = np.maximum(special.ndtr(self._upper) - self._below, 0)

    def quantile(self, level: Float[np.ndarray, "*more"]) -> Float[np.ndarray, "*more"]:
        """Numbers below which a truncated one falls with given chances.

        Parameters
        ----------
        level
            In (0, 1), of the shape of the bounds or of one that they broadcast to. Where `low` is
            not below `high`, one of the two is returned.
        """
        from_tail = self._below + np.where(self._mirrored, 1 - level, level) * self.probability
        number = np.clip(special.ndtri(from_tail), self._lower, self._upper)
        return np.where(self._mirrored, -number, number)
