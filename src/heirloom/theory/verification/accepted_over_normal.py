"""Moments of accepted responses where the distance from the verifier is itself normal."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .truncated_normal import accepted_moments

_Float = npt.NDArray[np.float64]

# Terms of the expansion in Hermite polynomials: the coefficients fall geometrically.
_TERMS = 12


class AcceptedOverNormal(NamedTuple):
    """Moments of accepted responses where the distance from the centre is itself normal.

    Attributes
    ----------
    mean
        E F(u), of the shape of the arguments.
    variance
        E V(u) = E F'(u).
    curved
        Var F(u) less the part (E F'(u))² Var u that a linear F has.
    coefficients
        float64[11, …]: of F(u) in the normalised Hermite polynomials of the second to the
        twelfth degree.
    """

    mean: _Float
    variance: _Float
    curved: _Float
    coefficients: _Float


def accepted_over_normal(mean: _Float, variance: _Float, half_width: _Float) -> AcceptedOverNormal:
    """Average the moments of accepted responses over a normal distance, by Gauss–Hermite.

    Parameters
    ----------
    mean, variance
        Of the distance u between the centre of the responses and that of the accepted interval, in
        units of σ and σ²; of one shape.
    half_width
        Of the accepted interval, in units of σ; inf where every response is accepted.

    Examples
    --------
    >>> import numpy as np
    >>> of_one = np.ones(1)
    >>> accepted_over_normal(0.5 * of_one, 0.02 * of_one, of_one).mean.round(6)
    array([0.143308])
    """
    mean, variance, half_width = np.broadcast_arrays(mean, variance, half_width)
    bounded = np.isfinite(half_width)
    deviation = np.sqrt(variance[bounded])
    distance = mean[bounded] + deviation * _NODES[:, None]
    moments = accepted_moments(distance, half_width[bounded])
    coefficients = np.tensordot(_POLYNOMIALS * _WEIGHTS, moments.mean, axes=1)
    of_variance = _WEIGHTS @ moments.variance
    spread = _WEIGHTS @ (moments.mean - coefficients[0]) ** 2

    averaged = AcceptedOverNormal(
        mean.copy(), np.ones(mean.shape), np.zeros(mean.shape), np.zeros((_TERMS - 1, *mean.shape))
    )
    averaged.mean[bounded] = coefficients[0]
    averaged.variance[bounded] = of_variance
    averaged.curved[bounded] = np.maximum(spread - (of_variance * deviation) ** 2, 0.0)
    averaged.coefficients[:, bounded] = coefficients[2:]
    return averaged


def _quadrature(count: int) -> tuple[_Float, _Float, _Float]:
    """Nodes and weights for a standard normal variable, and normalised polynomials at the nodes."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(count)
    polynomials = [np.ones(count), nodes]
    for k in range(1, _TERMS):
        previous = np.sqrt(k) * polynomials[k - 1]
        polynomials.append((nodes * polynomials[k] - previous) / np.sqrt(k + 1))
    return nodes, weights / weights.sum(), np.array(polynomials)


_NODES, _WEIGHTS, _POLYNOMIALS = _quadrature(40)
