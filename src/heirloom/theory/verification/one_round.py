"""A single round of verified training: when does it beat the real data alone."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from ..._base.parameters import Array, Choice, Number
from .contraction import contraction_rate
from .initial_law import initial_law, normal_rule
from .mean_table import MeanTable
from .rounds import one_round_rows
from .setting import VerifiedRegression
from .truncated_normal import accepted_moments

_Float = npt.NDArray[np.float64]

# Points at which the tabulated map is read at once: a few tens of megabytes.
_POINTS = 200_000
# Of what is left of an error after rounding.
_ROUNDING = 1e-12
# A scan for a change of sign takes steps of this factor.
_SCAN = 1.2

_METHOD = Choice("exact", "first-order")


def one_round_risk(
    setting: VerifiedRegression,
    n_accepted: float,
    method: Literal["exact", "first-order"] = "exact",
) -> float:
    r"""E‖θ̂_1 − θ*‖², the error after one round.

    Exact: :math:`σ^2 \sum_j E[(F(d) + c_j)^2 + F'(d)/n]` over the distance d that the real data
    leave, F the mean of an accepted response and c_j the bias in units of σ. To first order in the
    error of the real data it is Theorem 3.1 of arXiv 2510.16657:
    :math:`σ^2 \sum_j [m_2/n + m_1^2 + (m_2^2 + m_1 m_3)/μ_j^2]`.

    Parameters
    ----------
    setting
        The verifier and the real data.
    n_accepted
        n, accepted responses a direction; more than 0, may be infinite.
    method
        Default: "exact".

    Returns
    -------
    float
        To be compared with ``setting.baseline``.

    Raises
    ------
    ValueError
        If `n_accepted` or `method` is none of these.

    Examples
    --------
    >>> setting = VerifiedRegression.of(0.5, 1.0, n_initial=50)
    >>> round(one_round_risk(setting, 100), 6)
    0.131587
    >>> round(one_round_risk(setting, 100, "first-order"), 6)
    0.131604
    """
    n = one_round_rows(n_accepted)
    per_row, settled = _terms(setting, method)
    return per_row / n + settled


def landscape(
    biases: npt.ArrayLike,
    radii: npt.ArrayLike,
    n_accepted: float,
    *,
    singular_values: npt.ArrayLike,
    slack: float = 0.0,
    noise_scale: float = 1.0,
    method: Literal["exact", "first-order"] = "exact",
) -> npt.NDArray[np.float64]:
    """E‖θ̂_1 − θ*‖² over a grid of the verifier's bias and radius.

    Parameters
    ----------
    biases
        float64[a]: ‖θ_c − θ*‖, spread evenly over the directions; 0 or more.
    radii
        float64[b]: r, 0 or more.
    n_accepted
        n, accepted responses a direction; more than 0.
    singular_values
        float64[p]: μ_j of the real design.
    slack
        σ_c. Default: 0.
    noise_scale
        σ. Default: 1.
    method
        As for :func:`one_round_risk`. Default: "exact".

    Returns
    -------
    float64[a, b]
        As :func:`one_round_risk` at each cell, to 1e-10 or better.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> landscape([0.0, 0.5], [0.5, 1.0], 100, singular_values=[10.0, 10.0]).round(4)
    array([[0.0017, 0.0075],
           [0.2131, 0.1338]])
    """
    n = one_round_rows(n_accepted)
    bias, radius = _axis("biases", biases), _axis("radii", radii)
    settings = [
        VerifiedRegression.of(
            0.0, float(r), slack=slack, noise_scale=noise_scale, singular_values=singular_values
        )
        for r in radius
    ]
    if not settings or not bias.size:
        return np.empty((bias.size, radius.size))
    half_widths = np.array([setting.half_width for setting in settings])
    if not np.all(np.isfinite(bias)):
        raise ValueError("biases=inf: must be finite")
    first = settings[0]
    # Directions with the same singular value have the same error.
    mu, repeats = np.unique(first.singular_values, return_counts=True)
    c = bias / math.sqrt(first.dimension) / first.noise_scale
    _METHOD.checked("method", method)
    grid = _first_order_grid if method == "first-order" else _exact_grid
    return first.noise_scale**2 * grid(c, half_widths, mu, repeats.astype(np.float64), n)


def break_even_bias(
    setting: VerifiedRegression,
    n_accepted: float,
    method: Literal["exact", "first-order"] = "exact",
) -> float:
    """Give the bias ‖θ_c − θ*‖ above which one round is worse than the real data alone.

    Parameters
    ----------
    setting
        The verifier, of whose bias only the direction matters (even if it is 0), and the real data.
    n_accepted
        n, accepted responses a direction; more than 0.
    method
        As for :func:`one_round_risk`. Default: "exact".

    Returns
    -------
    float
        In units of the coefficients; 0 where not even an unbiased verifier helps.

    Raises
    ------
    ValueError
        If `n_accepted` or `method` is out of range.

    Examples
    --------
    >>> setting = VerifiedRegression.of(0.0, 0.5, n_initial=100, dimension=8)
    >>> round(break_even_bias(setting, 100), 4)
    0.2939
    """
    n = one_round_rows(n_accepted)
    direction = (
        setting.bias / setting.bias_norm
        if setting.bias_norm > 0
        else np.full(setting.dimension, setting.dimension**-0.5)
    )

    def excess(norm: float) -> float:
        return one_round_risk(replace(setting, bias=norm * direction), n, method) - setting.baseline

    if math.isinf(setting.half_width) or excess(0.0) >= 0:
        return 0.0
    low, high = 0.0, 1e-3 * math.sqrt(setting.baseline)
    while excess(high) < 0:
        low, high = high, high * _SCAN
    return _root(excess, low, high)


def break_even_radius(
    setting: VerifiedRegression,
    n_accepted: float,
    method: Literal["exact", "first-order"] = "exact",
) -> float:
    """Give the largest radius with which one round beats the real data alone.

    Parameters
    ----------
    setting
        The verifier, whose own radius does not matter, and the real data.
    n_accepted
        n, accepted responses a direction; more than 0.
    method
        As for :func:`one_round_risk`. Default: "exact".

    Returns
    -------
    float
        In units of the coefficients; nan where no radius helps, infinite where each large one does,
        as in an infinite sample.

    Raises
    ------
    ValueError
        If `n_accepted` or `method` is out of range.

    Examples
    --------
    >>> setting = VerifiedRegression.of(0.1, 0.5, n_initial=100, dimension=8)
    >>> round(break_even_radius(setting, 100), 4)
    1.6203
    """
    n = one_round_rows(n_accepted)

    def excess(radius: float) -> float:
        return one_round_risk(replace(setting, radius=radius), n, method) - setting.baseline

    # From where nothing is cut off, downwards: more than one interval of radii may help.
    most = setting.bias_norm + setting.noise_scale * (10 + 10 * float(setting.initial_scale.max()))
    if excess(most) < 0:
        return math.inf
    least = 1e-3 * setting.noise_scale
    radius = most
    while radius > least:
        lower = radius / _SCAN
        if excess(lower) < 0:
            return _root(excess, lower, radius)
        radius = lower
    return _root(excess, 0.0, radius) if excess(0.0) < 0 else math.nan


def break_even_rows(
    setting: VerifiedRegression, method: Literal["exact", "first-order", "center"] = "exact"
) -> float:
    r"""Count the accepted responses with which one round does as well as the real data alone.

    The error after one round is A/n + B, so that it is A/(baseline − B). At the "center" the mean
    map is taken to be linear, F(d) = ρd:
    :math:`pρσ^2/((1 - ρ^2) σ^2 \sum_j μ_j^{-2} - (1 - ρ)^2 ‖θ_c - θ^*‖^2)`.

    Parameters
    ----------
    setting
        The verifier and the real data.
    method
        "exact", "first-order" (Theorem 3.1 of arXiv 2510.16657) or "center". Default: "exact".

    Returns
    -------
    float
        Not rounded; infinite where no number of responses is enough.

    Raises
    ------
    ValueError
        If `method` is none of these.

    Examples
    --------
    >>> setting = VerifiedRegression.of(0.0, 1.0, n_initial=50)
    >>> round(break_even_rows(setting, "center"), 2), round(break_even_rows(setting), 2)
    (15.9, 15.85)
    """
    if method == "center":
        rate = contraction_rate(setting.radius, setting.slack, setting.noise_scale)
        per_row = setting.dimension * rate * setting.noise_scale**2
        settled = rate**2 * setting.baseline + ((1 - rate) * setting.bias_norm) ** 2
    else:
        per_row, settled = _terms(setting, method)
    spare = setting.baseline - settled
    # What a verifier that accepts nearly everything takes off the error is lost to rounding.
    return per_row / spare if spare > _ROUNDING * setting.baseline else math.inf


def _terms(
    setting: VerifiedRegression, method: Literal["exact", "first-order"]
) -> tuple[float, float]:
    """Return A and B of the error A/n + B."""
    bias, squared = setting.bias / setting.noise_scale, setting.noise_scale**2
    if _METHOD.checked("method", method) == "exact":
        law = initial_law(setting)
        moments = accepted_moments(law.distances, setting.half_width)
        per_row = float((moments.variance @ law.weights).sum())
        settled = float((((moments.mean + bias[:, None]) ** 2) @ law.weights).sum())
    else:
        moments = accepted_moments(-bias, setting.half_width)
        shift = moments.mean + bias
        per_row = float(moments.variance.sum())
        slope = moments.variance**2 + shift * moments.third
        settled = float((shift**2 + slope * setting.initial_scale**2).sum())
    return squared * per_row, squared * settled


def _first_order_grid(
    c: _Float, half_widths: _Float, mu: _Float, repeats: _Float, n: float
) -> _Float:
    moments = accepted_moments(-c[:, None], half_widths)
    shift = moments.mean + c[:, None]
    directions, initial = repeats.sum(), float(repeats @ mu**-2.0)
    slope = moments.variance**2 + shift * moments.third
    return directions * (moments.variance / n + shift**2) + initial * slope


def _exact_grid(c: _Float, half_widths: _Float, mu: _Float, repeats: _Float, n: float) -> _Float:
    z, weights = normal_rule(float(1 / mu.min()))
    of_node = np.outer(repeats, weights).ravel()
    deviations = np.outer(1 / mu, z).ravel()
    risk = np.empty((c.size, half_widths.size))
    chunk = max(1, _POINTS // deviations.size)
    for start in range(0, c.size, chunk):
        rows = slice(start, start + chunk)
        distances = deviations - c[rows, None]
        table = MeanTable.of(distances)
        for column, half_width in enumerate(half_widths):
            mean, variance = table.read(float(half_width))
            risk[rows, column] = ((mean + c[rows, None]) ** 2 + variance / n) @ of_node
    return risk


def _root(excess: Callable[[float], float], low: float, high: float) -> float:
    return float(brentq(excess, low, high, xtol=1e-13))


def _axis(name: str, values: npt.ArrayLike) -> _Float:
    numbers = Array(axes=(1,), entries=Number(least=0, finite=False), empty=True)
    return numbers.checked(name, values)
