"""The best weight of fresh real data beside verified synthetic data."""

import math
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from ..._base.parameters import Array, Number, Whole, shown
from ...workflows.sizes import validate_generations
from ..weights import stationary_risk
from .accepted_over_normal import accepted_over_normal

_Float = npt.NDArray[np.float64]

# The error at these weights shows where its least value lies.
_GRID = np.linspace(0.0, 1.0, 33)

_APPROACH = 10  # generations that are followed before Newton's steps
_MOST_STEPS = 60
_TOLERANCE = 1e-14


@dataclass(frozen=True)
class VerifiedWeight:
    """The weight of fresh real data with the least error beside verified synthetic data.

    Attributes
    ----------
    weight
        w*, in [0, 1].
    error
        Expected squared error ‖θ̂ − θ*‖² at it, in the units of σ².
    error_without
        That of the fresh real rows alone, weight 1: what the synthetic data have to beat.
    error_unverified_best
        The least error without a verifier, at a weight of its own.
    """

    weight: float
    error: float
    error_without: float
    error_unverified_best: float

    def to_json(self) -> dict[str, Any]:
        """Give it in a form that JSON holds."""
        return asdict(self)


def verified_optimal_weight(
    *,
    bias: npt.ArrayLike,
    radius: float,
    slack: float = 0.0,
    noise_scale: float = 1.0,
    dimension: int = 1,
    n_real: float,
    n_synthetic: float,
    generations: int | None = None,
) -> VerifiedWeight:
    r"""Find the constant weight of ``FreshMix`` with the least error where data are verified.

    Every direction of an orthonormal design has n fresh real rows and m accepted synthetic rows at
    each generation. In units of σ, the distance u of a fit from the verifier's centre has in each
    direction, in normal closure,

    .. math::
        E u_t = -w b + (1 - w) E F(u_{t-1}), \qquad
        \mathrm{Var}\,u_t = w^2/n + (1 - w)^2 (\mathrm{Var}\,F(u_{t-1}) + E V(u_{t-1})/m),

    b the verifier's bias, F and V the mean and the variance of a normal variable about u truncated
    to ∓(r + σ_c)/σ. A verifier near the truth lets the weight be small; one that is far off leaves
    real data alone, w → 1; one that accepts everything gives
    :func:`heirloom.theory.optimal_weight`. The verifier is that of arXiv 2510.16657, the loop that
    of arXiv 2502.18049. Without bias the least error is w* times that of the fresh rows alone.

    Parameters
    ----------
    bias
        θ_c − θ* in the units of θ: a number, its norm, which is spread evenly over the directions;
        or float64[p], its part in each direction.
    radius
        r of the ball that the verifier knows, in the units of θ; 0 or more. inf where every
        response is accepted.
    slack
        σ_c, 0 or more. Default 0; :func:`published_slack` is σ√(2/π).
    noise_scale
        σ, more than 0. Default 1.
    dimension
        p, where `bias` is a number. Default 1.
    n_real, n_synthetic
        n and m, rows per direction at each generation; more than 0.
    generations
        T, the generation whose error counts; None (default) for the long run.

    Returns
    -------
    VerifiedWeight

    Raises
    ------
    ValueError
        If a number is out of range, or the verifier accepts no response.

    Notes
    -----
    The closure is that of :func:`verified_moments`, and as accurate. Where the interval is wide
    (above 4σ or so) and the weight nearly 0, the fits spread over the whole interval and are not
    normal: the error there is rough. The best weight is far from there.

    Examples
    --------
    >>> from heirloom.theory import published_slack
    >>> sizes = {"n_real": 100, "n_synthetic": 100, "slack": published_slack(1.0)}
    >>> verified_optimal_weight(bias=0.0, radius=math.inf, **sizes).weight
    0.618034...
    >>> near = verified_optimal_weight(bias=0.0, radius=0.2, **sizes)
    >>> round(near.weight, 4), round(near.error / near.error_without, 4)
    (0.2366, 0.2366)
    >>> far = verified_optimal_weight(bias=0.5, radius=0.2, **sizes)
    >>> round(far.weight, 4), round(far.error / far.error_without, 4)
    (0.9326, 0.9315)
    """
    setting = _Setting.of(
        bias, radius, slack, noise_scale, dimension, n_real, n_synthetic, generations
    )
    weight, error = setting.best()
    return VerifiedWeight(
        weight=weight,
        error=error,
        error_without=float(setting.errors(np.ones(1))[0]),
        error_unverified_best=setting.unverified().best()[1],
    )


def verified_risk_curve(
    weights: npt.ArrayLike,
    *,
    bias: npt.ArrayLike,
    radius: float,
    slack: float = 0.0,
    noise_scale: float = 1.0,
    dimension: int = 1,
    n_real: float,
    n_synthetic: float,
    generations: int | None = None,
) -> _Float:
    """Give the error of ``FreshMix`` with verified data over that of the fresh real rows alone.

    Parameters
    ----------
    weights
        In [0, 1], of any shape.
    bias, radius, slack, noise_scale, dimension, n_real, n_synthetic, generations
        As for :func:`verified_optimal_weight`.

    Returns
    -------
    float64
        Of the shape of `weights`; 1 at weight 1. Infinite at weight 0 in the long run without a
        verifier.

    Raises
    ------
    ValueError
        As for :func:`verified_optimal_weight`; if a weight is out of range.

    Examples
    --------
    >>> setting = {"radius": 0.2, "slack": 0.8, "n_real": 100, "n_synthetic": 100}
    >>> verified_risk_curve([0.0, 0.5, 1.0], bias=0.0, **setting).round(4)
    array([0.3179, 0.3297, 1.    ])
    >>> verified_risk_curve([0.0, 0.5, 1.0], bias=0.2, **setting).round(4)
    array([4.3179, 1.0182, 1.    ])
    """
    setting = _Setting.of(
        bias, radius, slack, noise_scale, dimension, n_real, n_synthetic, generations
    )
    w = np.asarray(weights, dtype=np.float64)
    if not np.all((w >= 0) & (w <= 1)):
        raise ValueError(f"weights={shown(weights)}: must lie in [0, 1]")
    flat = setting.errors(w.ravel())
    return np.asarray(flat / setting.errors(np.ones(1))).reshape(w.shape)


@dataclass(frozen=True, eq=False)
class _Setting:
    """What an error follows from, in units of σ.

    Attributes
    ----------
    bias
        float64[distinct]: the directions, those of one bias taken together.
    count
        float64[distinct]: how many they are.
    """

    bias: _Float
    count: _Float
    half_width: float
    noise_scale: float
    n_real: float
    n_synthetic: float
    generations: int | None

    @classmethod
    def of(
        cls,
        bias: npt.ArrayLike,
        radius: float,
        slack: float,
        noise_scale: float,
        dimension: int,
        n_real: float,
        n_synthetic: float,
        generations: int | None,
    ) -> "_Setting":
        Number(above=0).checked("noise_scale", noise_scale)
        half_width = Number(least=0, finite=False).checked("radius", radius)
        half_width += Number(least=0).checked("slack", slack)
        for name, rows in (("n_real", n_real), ("n_synthetic", n_synthetic)):
            Number(above=0).checked(name, rows)
        if half_width == 0:
            raise ValueError("radius=0, slack=0: the verifier accepts no response")
        distinct, count = np.unique(_directions(bias, dimension), return_counts=True)
        return cls(
            distinct / noise_scale,
            count.astype(np.float64),
            half_width / noise_scale,
            float(noise_scale),
            float(n_real),
            float(n_synthetic),
            None if generations is None else validate_generations(generations),
        )

    def unverified(self) -> "_Setting":
        return _Setting(
            np.zeros(1),
            self.count.sum(keepdims=True),
            math.inf,
            self.noise_scale,
            self.n_real,
            self.n_synthetic,
            self.generations,
        )

    def best(self) -> tuple[float, float]:
        """Give the weight of least error, and that error."""
        if self.generations == 0:
            return 1.0, float(self.errors(np.ones(1))[0])
        at = int(np.argmin(self.errors(_GRID)))
        bounds = (float(_GRID[max(at - 1, 0)]), float(_GRID[min(at + 1, len(_GRID) - 1)]))
        found = minimize_scalar(
            lambda w: float(self.errors(np.array([w]))[0]),
            bounds=bounds,
            method="bounded",
            options={"xatol": 1e-10},
        )
        ends = self.errors(np.array(bounds))
        least = int(np.argmin(ends))
        if ends[least] <= found.fun:
            return bounds[least], float(ends[least])
        return float(found.x), float(found.fun)

    def errors(self, weights: _Float) -> _Float:
        """Give the error at every weight, float64[weights]."""
        if math.isinf(self.half_width) and self.generations is None:
            risk = stationary_risk(weights, n_real=self.n_real, n_synthetic=self.n_synthetic)
            return self.noise_scale**2 * self.count.sum() / self.n_real * risk
        w, bias = (part.ravel() for part in np.meshgrid(weights, self.bias, indexing="ij"))
        loop = _Loop(w, bias, self.half_width, self.n_real, self.n_synthetic)
        fit = _Fit(-bias, np.full(w.shape, 1 / self.n_real))
        for _ in range(_APPROACH if self.generations is None else self.generations):
            fit = loop.next(fit)
        if self.generations is None:
            fit = loop.settled(fit)
        error = ((fit.mean + bias) ** 2 + fit.variance).reshape(len(weights), -1)
        return self.noise_scale**2 * (error @ self.count)


class _Fit(NamedTuple):
    """Mean and variance of the distance from the verifier, float64[cases] each."""

    mean: _Float
    variance: _Float


@dataclass(frozen=True, eq=False)
class _Loop:
    """One generation after the other, in every case of a weight and a bias."""

    weight: _Float
    bias: _Float
    half_width: float
    n_real: float
    n_synthetic: float

    def next(self, fit: _Fit) -> _Fit:
        accepted = accepted_over_normal(fit.mean, fit.variance, np.asarray(self.half_width))
        spread = accepted.variance**2 * fit.variance + accepted.curved
        w = self.weight
        return _Fit(
            -w * self.bias + (1 - w) * accepted.mean,
            w**2 / self.n_real + (1 - w) ** 2 * (spread + accepted.variance / self.n_synthetic),
        )

    def of(self, cases: npt.NDArray[np.bool_]) -> "_Loop":
        return replace(self, weight=self.weight[cases], bias=self.bias[cases])

    def settled(self, fit: _Fit) -> _Fit:
        """Solve for what the next generation leaves as it is, by Newton's steps.

        Where acceptance hardly holds the loop, plain repetition would take thousands of them.
        """
        mean, variance = fit.mean.copy(), fit.variance.copy()
        moving = np.ones(mean.shape, dtype=bool)
        for _ in range(_MOST_STEPS):
            loop, now = self.of(moving), _Fit(mean[moving], variance[moving])
            following = loop.next(now)
            still = np.abs(following.mean - now.mean) <= _TOLERANCE * (1 + np.abs(now.mean))
            still &= np.abs(following.variance - now.variance) <= _TOLERANCE * now.variance
            mean[moving], variance[moving] = loop._newton(now, following)
            moving[moving] = ~still
            if not moving.any():
                break
        return _Fit(mean, variance)

    def _newton(self, fit: _Fit, following: _Fit) -> _Fit:
        mean, variance = fit
        deviation, portion = 1e-5 * np.sqrt(variance), 1e-4 * variance
        of_mean = self._slope(_Fit(deviation, np.zeros_like(variance)), fit) / deviation
        of_variance = self._slope(_Fit(np.zeros_like(mean), portion), fit) / portion
        jacobian = np.stack([of_mean.T, of_variance.T], axis=-1) - np.eye(2)
        off = np.stack([following.mean - mean, following.variance - variance], axis=-1)
        step = np.linalg.solve(jacobian, -off[..., None])[..., 0]
        # A step that leads too far is cut short: a variance is positive.
        bounded = np.clip(variance + step[:, 1], variance / 4, 4 * variance)
        return _Fit(mean + step[:, 0], bounded)

    def _slope(self, change: _Fit, fit: _Fit) -> _Float:
        up = self.next(_Fit(fit.mean + change.mean, fit.variance + change.variance))
        down = self.next(_Fit(fit.mean - change.mean, fit.variance - change.variance))
        return np.stack([up.mean - down.mean, up.variance - down.variance], axis=0) / 2


def _directions(bias: npt.ArrayLike, dimension: int) -> _Float:
    of_each = Array(axes=(0, 1)).checked("bias", bias)
    Whole(1).checked("dimension", dimension)
    if of_each.ndim == 0:
        return np.full(dimension, of_each / math.sqrt(dimension))
    if dimension not in (1, of_each.size):
        raise ValueError(
            f"dimension={dimension}: must be {of_each.size}, the directions that bias has"
        )
    return of_each
