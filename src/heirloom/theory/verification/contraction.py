"""How fast a verifier pulls the model to its centre, and how near it gets."""

import math

import numpy as np
import numpy.typing as npt
from scipy.special import roots_jacobi

from ..._base.parameters import Number, Whole, number_in, shown
from .rounds import AcceptedSchedule, accepted_rows
from .setting import VerifiedRegression
from .truncated_normal import accepted_density, accepted_moments

_Float = npt.NDArray[np.float64]

# Of the length of a Gaussian row, and of its angle with the distance.
_LENGTHS = 200
_ANGLES = 96
# Standard deviations of the length on either side: beyond, the density is below rounding.
_REACH = 9.0


def contraction_rate(radius: float, slack: float = 0.0, noise_scale: float = 1.0) -> float:
    r"""Share ρ of the distance to the verifier that a round leaves, near the verifier.

    :math:`ρ = 1 - 2bφ(b)/(2Φ(b) - 1)`, b = (r + σ_c)/σ: the largest derivative of the map of the
    truncated mean, and the largest variance of an accepted response (Theorem 4.1 of
    arXiv 2510.16657). The radius sets the rate, and not the limit.

    Parameters
    ----------
    radius
        r, 0 or more; may be infinite.
    slack
        σ_c, 0 or more. Default: 0.
    noise_scale
        σ, more than 0. Default: 1.

    Returns
    -------
    float
        ρ in [0, 1]: 1 where every response is accepted, 0 for r + σ_c = 0.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> round(contraction_rate(0.5, 0.5), 3), contraction_rate(float("inf"))
    (0.291, 1.0)
    """
    verifier = _verifier(1, radius, slack, noise_scale)
    return float(accepted_moments(0.0, verifier.half_width).variance)


def error_bound(
    setting: VerifiedRegression, n_accepted: AcceptedSchedule, rounds: int
) -> npt.NDArray[np.float64]:
    r"""Bound E‖θ̂_k − θ_c‖² by Theorem 4.1 of arXiv 2510.16657.

    :math:`ρ^{2k} E‖\hat θ_0 - θ_c‖^2 + pσ^2 \sum_{j=1}^k ρ^{2(k-j)+1}/n_j`, n_j the responses of
    round j (the paper counts from 0). It holds for the orthogonal designs of `setting`.

    Parameters
    ----------
    setting
        The verifier and the real data.
    n_accepted
        Accepted responses a direction: a number, an array for the rounds 1…K or a function.
    rounds
        K.

    Returns
    -------
    float64[rounds + 1]
        In squared units of the coefficients.

    Raises
    ------
    ValueError
        If a number of rows or of rounds is out of range.

    Examples
    --------
    >>> setting = VerifiedRegression.of(0.5, 1.0, n_initial=50)
    >>> error_bound(setting, 100, 2).round(4)
    array([0.27  , 0.0258, 0.0051])
    """
    rate = contraction_rate(setting.radius, setting.slack, setting.noise_scale)
    rows = accepted_rows(n_accepted, rounds)
    return _bound(setting, rate, setting.dimension / rows)


def random_design_bound(
    setting: VerifiedRegression, n_accepted: AcceptedSchedule, rounds: int
) -> npt.NDArray[np.float64]:
    r"""Theorem 4.1 for synthetic rows x ~ N(0, I_p) in the place of the right singular vectors.

    There the bound as it is printed fails at small n: tr (X′X)⁻¹ is p/(n − p − 1) on average, not
    p/n. The rate is :func:`random_design_contraction_rate`. With r = 0 the result is a bound up to
    the tilt of the accepted rows, which shortens it; with r > 0, where the tolerance grows with the
    row, it is its first order near the centre.

    Parameters
    ----------
    setting
        The verifier and the real data.
    n_accepted
        Accepted rows n, in all: a number, an array for the rounds 1…K or a function.
    rounds
        K.

    Returns
    -------
    float64[rounds + 1]
        Infinite from a round with p + 1 rows or fewer.

    Raises
    ------
    ValueError
        If a number of rows or of rounds is out of range.

    Examples
    --------
    Twice as much noise at p = 4 and 10 rows:

    >>> setting = VerifiedRegression.of(0.0, 0.0, slack=1.0, n_initial=10**9, dimension=4)
    >>> (random_design_bound(setting, 10, 1) / error_bound(setting, 10, 1))[1].round(3)
    np.float64(2.0)
    """
    p = setting.dimension
    rate = random_design_contraction_rate(p, setting.radius, setting.slack, setting.noise_scale)
    spare = accepted_rows(n_accepted, rounds) - p - 1
    with np.errstate(divide="ignore"):
        return _bound(setting, rate, np.where(spare > 0, p / np.maximum(spare, 0.0), np.inf))


def noise_floor(setting: VerifiedRegression, n_accepted: float) -> float:
    """Bound E‖θ̂_k − θ_c‖² after many rounds of n responses: pσ²ρ/(n(1 − ρ²)).

    Where :func:`error_bound` settles (arXiv 2510.16657).

    Parameters
    ----------
    setting
        The verifier and the real data.
    n_accepted
        n, accepted responses a direction and round; more than 0.

    Returns
    -------
    float
        Infinite where every response is accepted.

    Raises
    ------
    ValueError
        If `n_accepted` is not above 0.

    Examples
    --------
    >>> round(noise_floor(VerifiedRegression.of(0.0, 1.0, n_initial=50), 100), 5)
    0.00318
    """
    n = number_in(n_accepted)
    if n is None or not n > 0:
        raise ValueError(f"n_accepted={shown(n_accepted)}: must be above 0")
    rate = contraction_rate(setting.radius, setting.slack, setting.noise_scale)
    if rate >= 1:
        return math.inf
    return setting.dimension * setting.noise_scale**2 * rate / (n * (1 - rate**2))


def accepted_squared_norm(
    dimension: int,
    radius: float,
    slack: float = 0.0,
    noise_scale: float = 1.0,
    *,
    distance: float = 0.0,
) -> float:
    """E‖x‖²/p of accepted rows, for candidates x ~ N(0, I_p).

    Acceptance tilts the law of the rows: the tolerance r‖x‖ + σ_c grows with them, and so does the
    disagreement x′(θ̂ − θ_c).

    Parameters
    ----------
    dimension
        p, 1 or more.
    radius
        r, 0 or more.
    slack
        σ_c, 0 or more. Default: 0.
    noise_scale
        σ, more than 0. Default: 1.
    distance
        ‖θ̂ − θ_c‖, in units of the coefficients. Default: 0, the model at the verifier.

    Returns
    -------
    float
        1 where acceptance does not depend on the row.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> round(accepted_squared_norm(4, 0.5, 0.5), 3)
    1.072
    """
    verifier = _verifier(dimension, radius, slack, noise_scale)
    away = Number(least=0).checked("distance", distance)
    length, of_length = _lengths(dimension)
    cosine, of_cosine = _cosines(dimension)
    apart = np.multiply.outer(length, cosine) * (away / verifier.noise_scale)
    tolerance = _tolerance(verifier, length)
    log_probability = accepted_density(apart, tolerance[:, None]).log_probability
    # Relative to the likeliest row, and relative to r → 0 where nothing is accepted.
    top = log_probability.max()
    accepted = np.exp(log_probability - top) if np.isfinite(top) else np.ones_like(apart)
    of_row = of_length * (accepted @ of_cosine)
    return float(of_row @ length**2 / of_row.sum() / dimension)


def random_design_contraction_rate(
    dimension: int, radius: float, slack: float = 0.0, noise_scale: float = 1.0
) -> float:
    r"""Contraction rate at the verifier for synthetic rows x ~ N(0, I_p), in large samples.

    :math:`E[xx']^{-1} E[xx' ρ(h(x))]` over the accepted rows, h(x) = (r‖x‖ + σ_c)/σ and ρ that of
    :func:`contraction_rate`: a number, by symmetry.

    Parameters
    ----------
    dimension
        p, 1 or more.
    radius
        r, 0 or more; may be infinite.
    slack
        σ_c, 0 or more. Default: 0.
    noise_scale
        σ, more than 0. Default: 1.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    The same as with rows of length 1 where the tolerance does not grow with the row:

    >>> round(random_design_contraction_rate(4, 0.0, 1.0), 4)
    0.2911
    >>> round(random_design_contraction_rate(4, 0.5, 0.5), 4)
    0.6343
    """
    verifier = _verifier(dimension, radius, slack, noise_scale)
    if verifier.half_width == 0:
        return 0.0
    length, of_length = _lengths(dimension)
    moments = accepted_moments(0.0, _tolerance(verifier, length))
    of_row = of_length * moments.probability * length**2
    return float(of_row @ moments.variance / of_row.sum())


def _verifier(
    dimension: int, radius: float, slack: float, noise_scale: float
) -> VerifiedRegression:
    p = Whole(1).checked("dimension", dimension)
    return VerifiedRegression.of(
        0.0, radius, slack=slack, noise_scale=noise_scale, dimension=p, n_initial=1
    )


def _bound(setting: VerifiedRegression, rate: float, traces: _Float) -> _Float:
    bounds = [setting.baseline + setting.bias_norm**2]
    for trace in traces:
        # A verifier that accepts only its own predictions leaves no noise, however few rows.
        noise = setting.noise_scale**2 * rate * float(trace) if rate else 0.0
        bounds.append(rate**2 * bounds[-1] + noise)
    return np.array(bounds)


def _tolerance(verifier: VerifiedRegression, length: _Float) -> _Float:
    return (verifier.radius * length + verifier.slack) / verifier.noise_scale


def _lengths(dimension: int) -> tuple[_Float, _Float]:
    """Nodes and weights of ‖x‖, a chi distribution."""
    abscissae, weights = np.polynomial.legendre.leggauss(_LENGTHS)
    low, high = max(0.0, math.sqrt(dimension) - _REACH), math.sqrt(dimension) + _REACH
    length = (low + high) / 2 + (high - low) / 2 * abscissae
    log_density = (dimension - 1) * np.log(length) - length**2 / 2
    weighted = weights * np.exp(log_density - log_density.max())
    return length, weighted / weighted.sum()


def _cosines(dimension: int) -> tuple[_Float, _Float]:
    """Nodes and weights of the cosine between x and a direction."""
    if dimension == 1:
        return np.array([-1.0, 1.0]), np.array([0.5, 0.5])
    exponent = (dimension - 3) / 2
    nodes, weights = roots_jacobi(_ANGLES, exponent, exponent)
    return np.asarray(nodes), np.asarray(weights / weights.sum())
