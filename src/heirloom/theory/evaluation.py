"""What the law of an estimate implies under a workflow."""

from functools import singledispatch

import numpy as np
import numpy.typing as npt
from scipy.special import polygamma, psi

from ..laws import ErrorLaw, ErrorTerm, Law, LogDeterminantLaw
from ..workflows import Lineage, Sizes
from .recursion import variances

_Float = npt.NDArray[np.float64]

# From there on the next term of the series is below rounding.
_LARGE = 1e3


@singledispatch
def expected(law: Law, lineage: Lineage) -> _Float:
    """Work out the expected value of a metric at every generation, by its law.

    Parameters
    ----------
    law
        Of the metric.
    lineage
        The fits.

    Returns
    -------
    float64[generations + 1]
        Infinite where the expectation does not exist; nan where no law is known.
    """
    raise TypeError(f"{law!r}: theory knows no law of this kind")


def exact_generations(law: Law, lineage: Lineage) -> npt.NDArray[np.bool_]:
    """At which generations :func:`expected` is exact, rather than the limit of large samples."""
    return exact_fits(law, lineage)[lineage.generations]


def exact_fits(law: Law, lineage: Lineage) -> npt.NDArray[np.bool_]:
    """Tell of which fits the law is exact: where it holds, and for all that they stand on."""
    exact = np.zeros(len(lineage), dtype=bool)
    mixed, subsampled, multiple_of = False, False, 1
    if isinstance(law, ErrorLaw):
        if not law.exact:
            return exact
        mixed, subsampled, multiple_of = law.mixed, law.subsampled, law.multiple_of
    for i, use in enumerate(lineage.uses()):
        exact[i] = (
            (subsampled or not use.subsampled)
            and (mixed or use.total == 1)
            and not np.any(lineage.sizes.rows_of(use.added) % multiple_of)
            and all(d.parent is None or exact[d.parent] for d in use.added)
            and not (use.continued and not exact[i - 1])
        )
    return exact


@expected.register
def _(law: ErrorLaw, lineage: Lineage) -> _Float:
    exact = exact_fits(law, lineage)
    found = law.limit.scale * variances(lineage, synthetic_ratio=law.limit.synthetic_ratio)
    if exact.any():
        found[exact] = np.sum([_exact(term, lineage)[exact] for term in law.exact], axis=0)
    found[_infinite_fits(lineage, law.least_rows - 1)] = np.inf
    return found[lineage.generations]


@expected.register
def _(law: LogDeterminantLaw, lineage: Lineage) -> _Float:
    found = np.full(len(lineage), np.nan)
    for i, use in enumerate(lineage.uses()):
        if use.total > 1 or use.subsampled:
            continue
        if not use.added:  # the only dataset of a pool that nothing has joined
            found[i] = found[i - 1]
            continue
        (dataset,) = use.added
        rows = lineage.sizes.rows(dataset)
        if rows == 1:  # a single row has no covariance, and the fit no answer
            continue
        start = law.start if dataset.parent is None else found[dataset.parent]
        found[i] = start + log_determinant_step(rows, law.dimension)[0]
    return found[lineage.generations]


def log_determinant_step(rows: int, dimension: int) -> tuple[float, float]:
    """Mean and variance of log det S − log det Σ for an unbiased covariance S of normal rows.

    The law of a Wishart determinant: a product of independent χ² variables with rows − 1, …,
    rows − dimension degrees of freedom, each over rows − 1. S is singular if there are no more
    rows than the dimension: then the mean is −inf and the variance nan.
    """
    if rows <= dimension:
        return -np.inf, np.nan
    lost = np.arange(dimension)
    half = (rows - 1 - lost) / 2
    mean = np.sum(_psi_less_log(half) + np.log1p(-lost / (rows - 1)))
    return float(mean), float(np.sum(polygamma(1, half)))


def _psi_less_log(x: _Float) -> _Float:
    """ψ(x) − log x, which for large x cancels: by the asymptotic series, exact to rounding."""
    large = np.maximum(x, _LARGE)
    series = -1 / (2 * large) - 1 / (12 * large**2) + 1 / (120 * large**4)
    return np.where(x < _LARGE, psi(x) - np.log(x), series)


def _exact(term: ErrorTerm, lineage: Lineage) -> _Float:
    sizes = lineage.sizes
    infinite = _infinite_fits(lineage, term.lost)
    # What is too small stands on one row: generations that do not use it do not see it.
    real, synthetic = (np.maximum(rows - term.lost, 1) for rows in (sizes.real, sizes.synthetic))
    with np.errstate(over="ignore", invalid="ignore"):
        of_mean = variances(
            lineage,
            curvature=term.curvature,
            synthetic_ratio=term.synthetic_ratio,
            sizes=Sizes(real, synthetic) if term.lost else sizes,
        )
        error = term.scale * of_mean
    # An error that grows geometrically leaves the numbers that there are: inf, and inf − inf.
    return np.where(np.isfinite(error) & ~infinite, error, np.inf)


def _infinite_fits(lineage: Lineage, lost: int) -> npt.NDArray[np.bool_]:
    """Tell which fits use a dataset of too few rows, or one made by such a fit."""
    infinite = np.zeros(len(lineage), dtype=bool)
    if not lost:
        return infinite
    for i, use in enumerate(lineage.uses()):
        # Rows that are drawn count as one dataset.
        rows = use.rows if use.subsampled else lineage.sizes.rows_of(use.added)
        too_small = bool(np.any(np.asarray(rows) <= lost))
        made = any(d.parent is not None and infinite[d.parent] for d in use.added)
        infinite[i] = too_small or made or (use.continued and infinite[i - 1])
    return infinite
