"""Statistics over replicates, of which some may have no answer, and which workflows share.

Replicates of different workflows share their real rows and their noise, so that they are compared
in pairs: the difference or the ratio within a replicate varies far less than either of the two.
"""

import warnings
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import special

_Float = npt.NDArray[np.float64]
_Values = npt.NDArray[np.floating]

LEVEL = 0.05
"""Chance with which a test finds a difference where there is none."""


def mean_over_replicates(values: _Values) -> _Float:
    """Mean over the replicates that have an answer, in float64; nan where none has.

    Parameters
    ----------
    values
        (workflows, replicates, …); nan where there is no answer.

    Examples
    --------
    >>> mean_over_replicates(np.array([[1.0, np.nan, 3.0], [np.nan] * 3]))
    array([ 2., nan])
    """
    return of_each_workflow(lambda v: np.nanmean(v, axis=0), values)


def standard_error(values: _Values) -> _Float:
    """Standard error of :func:`mean_over_replicates`; nan where fewer than two have an answer.

    Examples
    --------
    >>> standard_error(np.array([[1.0, np.nan, 3.0], [np.nan, np.nan, 1.0]]))
    array([ 1., nan])
    """
    return of_each_workflow(_standard_error_of_workflow, values)


def of_each_workflow(summary: Callable[[_Float], _Float], values: _Values) -> _Float:
    """Summarise one workflow at a time, since copies in double precision are large."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.stack([summary(of_workflow.astype(np.float64)) for of_workflow in values])


def _standard_error_of_workflow(values: _Float) -> _Float:
    count = np.sum(~np.isnan(values), axis=0)
    deviation = np.nanstd(values, axis=0, ddof=1)
    return np.where(count > 1, deviation / np.sqrt(np.maximum(count, 1)), np.nan)


def median_with_failures(values: _Values) -> float:
    """Median over replicates, those without an answer counted as infinite.

    Of an even number it is the upper of the two in the middle: infinite where half have no answer.

    Examples
    --------
    >>> median_with_failures(np.array([3.0, np.nan, 1.0])), median_with_failures(np.full(2, np.nan))
    (3.0, inf)
    """
    return float(np.sort(_infinite_for_nan(values))[len(values) // 2])


def paired_ratio(values: _Values, baseline: _Values) -> tuple[float, float]:
    """Ratio of two means over the replicates in which both have an answer, and its standard error.

    The standard error is that of a linear expansion: of the mean of (value − ratio · baseline),
    over that of the baseline.

    Parameters
    ----------
    values, baseline
        (replicates,) each; nan where there is no answer.

    Returns
    -------
    ratio, standard_error
        nan where no replicate has both, or the mean of the baseline is 0; the standard error also
        where one alone has.

    Examples
    --------
    >>> ratio, error = paired_ratio(np.array([2.0, 4.0, np.nan]), np.array([1.0, 3.0, 2.0]))
    >>> ratio, round(error, 3)
    (1.5, 0.25)
    """
    pair = np.stack([values, baseline]).astype(np.float64)
    first, second = pair[:, ~np.isnan(pair).any(axis=0)]
    if first.size < 1 or second.mean() == 0:
        return float("nan"), float("nan")
    ratio = float(first.mean() / second.mean())
    if first.size < 2:
        return ratio, float("nan")
    residual = (first - ratio * second) / second.mean()
    return ratio, float(residual.std(ddof=1) / np.sqrt(first.size))


def differ(values: _Values, others: _Values) -> bool | None:
    """Whether pairs of replicates differ significantly (5 %); None where that cannot be told.

    By a t test on the differences or a sign test, each at half the level: errors of a workflow that
    collapses are heavy-tailed, so that the t test tells nothing of one that is worse in every
    replicate. (The sign test counts only where most replicates differ in the direction in which the
    means do.) Where some replicates have no answer it is the sign test alone, which counts these as
    infinite. Pairs that share every value, a workflow with itself among them, do not differ; None
    where there is one pair only, or no answer at all.

    Parameters
    ----------
    values, others
        (replicates,) each; nan where there is no answer.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> noise = rng.normal(size=20)
    >>> differ(noise + 1, noise + 0.1 * rng.normal(size=20)), differ(noise, noise)
    (True, False)
    """
    first, second = _infinite_for_nan(values), _infinite_for_nan(others)
    if np.array_equal(first, second):
        return None if np.isinf(first).all() else False
    less, more = int(np.sum(first < second)), int(np.sum(first > second))
    if np.isinf(first).any() or np.isinf(second).any():
        return _chance_of_signs(less, more) < LEVEL
    if first.size < 2:
        return None
    difference = first - second
    agree = (more - less) * float(difference.mean()) > 0
    by_signs = agree and _chance_of_signs(less, more) < LEVEL / 2
    return by_signs or _chance_of_mean(difference) < LEVEL / 2


def _chance_of_signs(less: int, more: int) -> float:
    # (Not from scipy.stats, which takes half a second to import.)
    return float(2 * special.bdtr(min(less, more), less + more, 0.5))


def _chance_of_mean(difference: _Float) -> float:
    error = float(difference.std(ddof=1)) / np.sqrt(difference.size)
    mean = abs(float(difference.mean()))
    return float(2 * special.stdtr(difference.size - 1, -mean / error)) if error > 0 else 0.0


def _infinite_for_nan(values: _Values) -> _Float:
    return np.where(np.isnan(values), np.inf, values).astype(np.float64)
