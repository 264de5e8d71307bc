"""Estimators of a location from weighted rows, each with its asymptotic variance.

Weights are not negative and sum to 1; rows of weight 0 do not count, whatever they hold. The
variances are per row, of rows from a distribution that is symmetric about the location.
"""

from typing import Any

import numpy as np
from jaxtyping import Float

from .._base.compilation import kernel
from .._base.kernel_arrays import distinct_rows, kernel_rows
from .base import Fit, Status, fitted
from .distribution import SymmetricDistribution
from .order_statistics import row_order, whole_masses

_Rows = Float[np.ndarray, "R rows"]
_Numbers = Float[np.ndarray, " R"]

# A step of so many units of rounding is none.
_SMALL = 4 * np.finfo(np.float64).eps
_MOST_STEPS = 64

# Most of a standard distribution lies within.
_BULK = 4.0


def weighted_mean(rows: _Rows, weights: _Rows) -> Fit:
    """Weighted mean."""
    with np.errstate(over="ignore", invalid="ignore"):
        mean = np.sum(weights * np.where(weights > 0, rows, 0), axis=1, dtype=np.float64)
    return fitted(mean)


def mean_variance(distribution: SymmetricDistribution) -> float:
    """Variance of the distribution; infinite where there is none."""
    return distribution.variance


def weighted_median(rows: _Rows, weights: _Rows) -> Fit:
    """Middle of the interval of points that have no more than ½ on either side."""
    order, masses = row_order(rows, weights), whole_masses(weights)
    median = np.empty(len(rows))
    _find_median(kernel_rows(rows), order, *masses, median)
    return fitted(median)


def median_variance(distribution: SymmetricDistribution) -> float:
    """1/(4 f(0)²)."""
    return 1 / (4 * distribution.density(0.0) ** 2)


def trimmed_mean(rows: _Rows, weights: _Rows, *, trim: float) -> Fit:
    """Mean of what is left without a share `trim` of the weight at each end.

    The rows at the cuts count with what is left of their weight.
    """
    order, masses = row_order(rows, weights), whole_masses(weights)
    cut = np.rint(trim * masses.total).astype(np.int64)
    mean = np.empty(len(rows))
    _find_trimmed_mean(kernel_rows(rows), order, masses.of_rows, masses.total, cut, mean)
    return fitted(mean)


def trimmed_variance(distribution: SymmetricDistribution, *, trim: float) -> float:
    """[∫ x² f(x) dx from −q to q + 2α q²]/(1 − 2α)², where q is the 1 − α quantile."""
    end = -float(distribution.quantile(trim))
    return (_inner_moment(distribution, end) + 2 * trim * end**2) / (1 - 2 * trim) ** 2


def huber_location(rows: _Rows, weights: _Rows, start: _Numbers, *, tuning: float) -> Fit:
    """Root of Σ w ψ(x − θ), ψ(u) = u cut off at ±k, for rows of scale 1.

    Newton's method, which ends after finitely many steps as ψ is piecewise linear; a step that
    leaves the bracket, or is no less than half of the one before, is replaced by bisection. Where
    all rows are farther than k from every root, the roots are an interval, and any is taken.

    Parameters
    ----------
    rows
        x.
    weights
        w.
    start
        Where to start; finite.
    tuning
        k > 0.

    Returns
    -------
    Fit
        θ, and ``SOLVED``, ``NOT_CONVERGED`` or ``NOT_FINITE``.
    """
    location = np.array(start, dtype=np.float64)
    last_step = np.empty(len(location))
    doubles = kernel_rows(np.asarray(rows, dtype=np.float64))
    _search(doubles, kernel_rows(distinct_rows(weights)), float(tuning), location, last_step)
    # A step that is not a number is none that is small.
    settled = last_step <= _SMALL * np.maximum(tuning, np.abs(location))
    status = np.where(settled, fitted(location).status, int(Status.NOT_CONVERGED))
    return Fit(location, status.astype(np.int8))


def huber_variance(distribution: SymmetricDistribution, *, tuning: float) -> float:
    """Eψ²/(Eψ')²."""
    outside = 2 * (1 - float(distribution.probability(tuning)))
    return (_inner_moment(distribution, tuning) + tuning**2 * outside) / (1 - outside) ** 2


def _inner_moment(distribution: SymmetricDistribution, end: float) -> float:
    """∫ x² f(x) dx from −`end` to `end`."""
    from scipy import integrate  # slow to import, and needed nowhere else

    def integrand(x: float) -> float:
        return x**2 * distribution.density(x)

    # The bulk and the tail apart, so that neither is overlooked.
    middle = min(end, _BULK)
    parts = [integrate.quad(integrand, a, b)[0] for a, b in ((0.0, middle), (middle, end))]
    return 2 * float(sum(parts))


@kernel
def _find_median(
    rows: Any, order: Any, masses: Any, total: Any, rounding: Any, median: Any
) -> None:
    for r in range(rows.shape[0]):
        same = min(r, masses.shape[0] - 1)
        median[r] = _median_of_row(rows[r], order[r], masses[same], total[same], rounding)


@kernel
def _median_of_row(rows: Any, order: Any, masses: Any, total: Any, rounding: Any) -> Any:
    half = total - total // 2
    up_to, lower = 0, np.nan
    for position in order:
        before = up_to
        up_to += masses[position]
        if before < half - rounding <= up_to:
            lower = rows[position]
        # Half of the mass may be up to the lower, and half from here on.
        if up_to > half + rounding:
            return 0.5 * lower + 0.5 * rows[position]
    return np.nan


@kernel
def _find_trimmed_mean(rows: Any, order: Any, masses: Any, total: Any, cut: Any, mean: Any) -> None:
    for r in range(rows.shape[0]):
        same = min(r, masses.shape[0] - 1)
        mean[r] = _trimmed_mean_of_row(rows[r], order[r], masses[same], total[same], cut[same])


@kernel
def _trimmed_mean_of_row(rows: Any, order: Any, masses: Any, total: Any, cut: Any) -> Any:
    up_to, moment = 0, 0.0
    for position in order:
        start = max(up_to, cut)
        up_to += masses[position]
        kept = min(up_to, total - cut) - start
        if kept > 0:
            moment += kept * rows[position]
    return moment / (total - 2 * cut)


@kernel
def _search(rows: Any, weights: Any, tuning: Any, location: Any, last_step: Any) -> None:
    for r in range(rows.shape[0]):
        of_row = weights[min(r, weights.shape[0] - 1)]
        location[r], last_step[r] = _search_row(rows[r], of_row, tuning, location[r])


@kernel
def _search_row(rows: Any, weights: Any, tuning: Any, start: Any) -> Any:
    # Where the score is not negative, and where it is not positive.
    lower, upper = np.inf, -np.inf
    for i in range(rows.size):
        if weights[i] > 0:
            lower, upper = min(lower, rows[i]), max(upper, rows[i])
    location, step = min(max(start, lower), upper), np.inf
    for _ in range(_MOST_STEPS):
        score, slope = _score_row(rows, weights, tuning, location)
        if np.isnan(score):
            return location, np.nan
        lower = location if score >= 0 else lower
        upper = location if score <= 0 else upper
        newton = score / slope if slope > 0 else 0.0
        target = location + newton
        kept = slope > 0 and lower <= target <= upper and abs(newton) <= 0.5 * step
        move = newton if kept or score == 0 else 0.5 * lower + 0.5 * upper - location
        location, step = location + move, abs(move)
        if step <= _SMALL * max(tuning, abs(location)):
            break
    return location, step


@kernel
def _score_row(rows: Any, weights: Any, tuning: Any, location: Any) -> Any:
    """Σ w ψ(x − θ), and how fast it falls."""
    score = slope = 0.0
    for i in range(rows.size):
        residual = rows[i] - location if weights[i] > 0 else 0.0
        score += weights[i] * min(max(residual, -tuning), tuning)
        slope += weights[i] if abs(residual) <= tuning else 0.0
    return score, slope
