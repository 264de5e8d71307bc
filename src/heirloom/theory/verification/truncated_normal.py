"""Responses that a verifier accepts: a normal truncated to an interval about the verifier."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

_Float = npt.NDArray[np.float64]

# Nodes of the quadrature. Over the widest interval, 18 standard deviations, the error is below
# rounding.
_NODES = 64
# The density is integrated where it exceeds exp(−_REACH) = 1e-18 of its maximum.
_REACH = 41.5
# Below it the tilt exp(d y) is split into its even and its odd part, so that the mean of a nearly
# symmetric density keeps its digits.
_NEARLY_SYMMETRIC = 0.5
# Distances integrated at once: 64 nodes each, a few megabytes.
_CHUNK = 8192

_ABSCISSAE, _WEIGHTS = np.polynomial.legendre.leggauss(_NODES)


class AcceptedMoments(NamedTuple):
    """Moments of an accepted response y, relative to the verifier and in units of σ.

    Attributes
    ----------
    probability
        Z, the share of candidate responses that is accepted.
    mean
        F(d), the mean of y: where a large sample takes the model from the distance d.
    variance
        m₂ = F′(d), the variance of y.
    third
        m₃ = F″(d), its third central moment.
    """

    probability: npt.NDArray[np.float64]
    mean: npt.NDArray[np.float64]
    variance: npt.NDArray[np.float64]
    third: npt.NDArray[np.float64]


class AcceptedDensity(NamedTuple):
    """Quadrature of the density of an accepted response.

    Attributes
    ----------
    origin
        float64[...]: where the density is highest.
    nodes
        float64[..., 64]: responses, relative to `origin`.
    weights
        float64[..., 64]: sum to 1.
    log_probability
        float64[...]: log Z; −inf where nothing is accepted.
    """

    origin: npt.NDArray[np.float64]
    nodes: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]
    log_probability: npt.NDArray[np.float64]


def accepted_moments(distance: npt.ArrayLike, half_width: npt.ArrayLike) -> AcceptedMoments:
    r"""Moments of y ~ N(distance, 1) truncated to [−half_width, half_width].

    y is an accepted response at a unit row, less the verifier's prediction and in units of σ;
    `distance` is the model's prediction less the verifier's. The accepted noise of Theorem 3.1
    (arXiv 2510.16657) is y − distance: its mean is m₁ = `mean` − `distance`. In `distance` the
    accepted responses are an exponential family, so that the derivatives of the mean map F are the
    next cumulants: F′ = `variance` and F″ = `third`.

    Parameters
    ----------
    distance
        d = v′(θ̂ − θ_c)/σ, of any shape; as far out as you like.
    half_width
        h = (r + σ_c)/σ, 0 or more, of any shape that broadcasts with `distance`. Infinite: every
        response is accepted. 0: none is, and the moments are those of a response at the verifier.

    Returns
    -------
    AcceptedMoments
        Four float64 arrays of the common shape.

    Raises
    ------
    ValueError
        If a distance is not finite, or a half width negative or nan.

    Examples
    --------
    The pull of a verifier of half width 1 shows in where a large sample would end up:

    >>> accepted_moments([0.0, 1.0, 100.0], 1.0).mean.round(4)
    array([0.    , 0.2772, 0.9899])
    >>> float(accepted_moments(0.0, 1.0).variance)
    0.291125
    """
    d, h = np.broadcast_arrays(_valid_distance(distance), _valid_half_width(half_width))
    flat_d, flat_h = d.ravel(), h.ravel()
    moments = np.empty((4, d.size))
    for start in range(0, d.size, _CHUNK):
        chunk = slice(start, start + _CHUNK)
        moments[:, chunk] = _moments(flat_d[chunk], flat_h[chunk])
    return AcceptedMoments(*(np.asarray(row.reshape(d.shape)[()]) for row in moments))


def accepted_density(distance: npt.ArrayLike, half_width: npt.ArrayLike) -> AcceptedDensity:
    """Discretise the density of an accepted response by Gauss–Legendre quadrature.

    The interval is cut to where the density exceeds 1e-18 of its maximum, and the density taken
    relative to it: there is no cancellation however far out the model is.

    Parameters
    ----------
    distance, half_width
        As for :func:`accepted_moments`.

    Returns
    -------
    AcceptedDensity
        64 nodes for each distance.

    Raises
    ------
    ValueError
        If a distance is not finite, or a half width negative or nan.

    Examples
    --------
    >>> density = accepted_density(3.0, 1.0)
    >>> mean = density.origin + (density.weights * density.nodes).sum()
    >>> bool(np.isclose(mean, accepted_moments(3.0, 1.0).mean))
    True
    """
    d, h = np.broadcast_arrays(_valid_distance(distance), _valid_half_width(half_width))
    side, away = np.where(d < 0, -1.0, 1.0), np.abs(d)
    # All on the side of the model, and mirrored at the end.
    origin = np.minimum(away, h)
    outside = away - origin
    # Where it has fallen from its maximum, `outside` short of the normal's centre, to exp(−_REACH).
    fallen = 2 * _REACH / (np.sqrt(outside**2 + 2 * _REACH) + outside)
    down = np.minimum(origin + h, fallen)
    up = np.minimum(np.where(np.isinf(h), np.inf, h - origin), math.sqrt(2 * _REACH))
    middle, half = (up - down) / 2, (up + down) / 2
    nodes = middle[..., None] + half[..., None] * _ABSCISSAE
    relative = _WEIGHTS * np.exp(nodes * (outside[..., None] - nodes / 2))
    mass = relative.sum(axis=-1)
    with np.errstate(divide="ignore"):
        log_probability = np.log(half * mass) - outside**2 / 2 - math.log(2 * math.pi) / 2
    return AcceptedDensity(
        np.asarray(side * origin),
        np.asarray(side[..., None] * nodes),
        np.asarray(relative / mass[..., None]),
        np.asarray(np.minimum(log_probability, 0.0)),
    )


def _moments(d: _Float, h: _Float) -> _Float:
    density = accepted_density(d, h)
    shift = (density.weights * density.nodes).sum(axis=-1)
    deviations = density.nodes - shift[:, None]
    variance = (density.weights * deviations**2).sum(axis=-1)
    third = (density.weights * deviations**3).sum(axis=-1)
    moments = np.array([np.exp(density.log_probability), density.origin + shift, variance, third])
    near = (np.abs(d) * np.minimum(h, 1) <= _NEARLY_SYMMETRIC) & (h <= 1)
    if near.any():
        moments[1:, near] = _nearly_symmetric_moments(d[near], h[near])
    every = np.isinf(h)
    if every.any():
        moments[:, every] = [[1.0], [0.0], [1.0], [0.0]]
        moments[1, every] = d[every]
    return moments


def _nearly_symmetric_moments(d: _Float, h: _Float) -> _Float:
    nodes = h[:, None] * _ABSCISSAE[_NODES // 2 :]
    bell = _WEIGHTS[_NODES // 2 :] * np.exp(-(nodes**2) / 2)
    tilt = d[:, None] * nodes
    even, odd = bell * np.cosh(tilt), bell * np.sinh(tilt)
    mass = even.sum(axis=-1)
    first = (odd * nodes).sum(axis=-1) / mass
    second = (even * nodes**2).sum(axis=-1) / mass
    cubic = (odd * nodes**3).sum(axis=-1) / mass
    return np.array([first, second - first**2, cubic - 3 * first * second + 2 * first**3])


def _valid_distance(distance: npt.ArrayLike) -> _Float:
    d = np.asarray(distance, dtype=np.float64)
    if not np.all(np.isfinite(d)):
        raise ValueError(f"distance={d[~np.isfinite(d)].flat[0]}: must be finite")
    return d


def _valid_half_width(half_width: npt.ArrayLike) -> _Float:
    h = np.asarray(half_width, dtype=np.float64)
    wrong = ~(h >= 0)
    if wrong.any():
        raise ValueError(f"half_width={h[wrong].flat[0]}: must be 0 or more")
    return h
