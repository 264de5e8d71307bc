"""Where a simulated curve of error against bias crosses a level, and how surely."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

_Float = npt.NDArray[np.float64]

_DEGREE = 2


class BreakEven(NamedTuple):
    """The bias at which the error is that of the real data alone.

    Attributes
    ----------
    bias
        Where.
    se
        Its standard error.
    """

    bias: float
    se: float


def fitted_break_even(
    biases: _Float, errors: _Float, standard_errors: _Float, level: float
) -> BreakEven:
    """Fit a polynomial in the squared bias to simulated errors, and find where it has a level.

    The error of one round is even in the bias, and nearly linear in its square.

    Parameters
    ----------
    biases, errors, standard_errors
        float64[cells]: biases rise; errors are independent.
    level
        Which the errors cross once.

    Returns
    -------
    BreakEven
        nan where the fit does not cross the level between the biases.
    """
    squares = biases**2
    powers = np.vander(squares, _DEGREE + 1, increasing=True)
    weighted = powers / standard_errors[:, None]
    covariance = np.linalg.inv(weighted.T @ weighted)
    coefficients = covariance @ weighted.T @ (errors / standard_errors)
    fit = np.polynomial.Polynomial(coefficients)
    if (float(fit(squares[0])) - level) * (float(fit(squares[-1])) - level) >= 0:
        return BreakEven(math.nan, math.nan)
    square = float(brentq(lambda at: float(fit(at)) - level, squares[0], squares[-1]))
    at = square ** np.arange(_DEGREE + 1)
    slope = float(fit.deriv()(square))
    of_square = float(np.sqrt(at @ covariance @ at)) / abs(slope)
    return BreakEven(math.sqrt(square), of_square / (2 * math.sqrt(square)))
