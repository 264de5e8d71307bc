"""What the law of an estimate implies under a workflow."""

from collections.abc import Sequence
from functools import singledispatch

import numpy as np
import numpy.typing as npt
from scipy.special import polygamma, psi

from ..laws import ErrorLaw, ErrorTerm, Law, LogDeterminantLaw
from ..workflows import Mixture, Sizes
from .recursion import variances

_Float = npt.NDArray[np.float64]

# From there on the next term of the series is below rounding.
_LARGE = 1e3


@singledispatch
def expected(law: Law, mixtures: Sequence[Mixture], sizes: Sizes) -> _Float:
    """Work out the expected value of a metric at every generation, by its law.

    Parameters
    ----------
    law
        Of the metric.
    mixtures
        The mixtures of generations 0…T.
    sizes
        Rows of every dataset.

    Returns
    -------
    float64[generations + 1]
        Infinite where the expectation does not exist; nan where no law is known.
    """
    raise TypeError(f"{law!r}: theory knows no law of this kind")


def is_exact(law: Law, mixtures: Sequence[Mixture], sizes: Sizes) -> bool:
    """Whether :func:`expected` is exact at these sizes, rather than the limit of large samples."""
    return exact_generations(law, mixtures, sizes) == len(mixtures)


def exact_generations(law: Law, mixtures: Sequence[Mixture], sizes: Sizes) -> int:
    """Count the generations, from the first on, of which :func:`expected` is exact."""
    mixed, drawn, multiple_of = False, False, 1
    if isinstance(law, ErrorLaw):
        if not law.exact:
            return 0
        mixed, drawn, multiple_of = law.mixed, law.drawn, law.multiple_of
    for t, mixture in enumerate(mixtures):
        fits = (
            (drawn or not mixture.subsamples(sizes))
            and (mixed or len(mixture.datasets) == 1)
            and not np.any(sizes.rows_of(mixture.datasets) % multiple_of)
        )
        if not fits:
            return t
    return len(mixtures)


@expected.register
def _(law: ErrorLaw, mixtures: Sequence[Mixture], sizes: Sizes) -> _Float:
    exact = exact_generations(law, mixtures, sizes)
    found = _limit(law.limit, mixtures, sizes)
    if exact:
        terms = [_exact(term, mixtures[:exact], sizes) for term in law.exact]
        found[:exact] = np.sum(terms, axis=0)
    return found


@expected.register
def _(law: LogDeterminantLaw, mixtures: Sequence[Mixture], sizes: Sizes) -> _Float:
    found = np.full(len(mixtures), np.nan)
    for t, mixture in enumerate(mixtures):
        if len(mixture.datasets) > 1 or mixture.subsamples(sizes):
            continue
        dataset = next(iter(mixture.datasets))
        start = law.start if dataset.parent is None else found[dataset.parent]
        found[t] = start + log_determinant_step(sizes.rows(dataset), law.dimension)[0]
    return found


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


def _limit(term: ErrorTerm, mixtures: Sequence[Mixture], sizes: Sizes) -> _Float:
    return term.scale * variances(mixtures, sizes, synthetic_ratio=term.synthetic_ratio)


def _exact(term: ErrorTerm, mixtures: Sequence[Mixture], sizes: Sizes) -> _Float:
    infinite = _infinite_generations(mixtures, sizes, term.lost)
    # What is too small stands on one row: generations that do not use it do not see it.
    real, synthetic = (np.maximum(rows - term.lost, 1) for rows in (sizes.real, sizes.synthetic))
    with np.errstate(over="ignore", invalid="ignore"):
        of_mean = variances(
            mixtures,
            Sizes(real, synthetic) if term.lost else sizes,
            curvature=term.curvature,
            synthetic_ratio=term.synthetic_ratio,
        )
        error = term.scale * of_mean
    # An error that grows geometrically leaves the numbers that there are: inf, and inf − inf.
    return np.where(np.isfinite(error) & ~infinite, error, np.inf)


def _infinite_generations(
    mixtures: Sequence[Mixture], sizes: Sizes, lost: int
) -> npt.NDArray[np.bool_]:
    """Tell which generations use a dataset of too few rows, or one made by such a generation."""
    infinite = np.zeros(len(mixtures), dtype=bool)
    for t, mixture in enumerate(mixtures):
        too_small = bool(lost) and bool(np.any(sizes.rows_of(mixture.datasets) <= lost))
        infinite[t] = too_small or any(
            d.parent is not None and infinite[d.parent] for d in mixture.datasets
        )
    return infinite
