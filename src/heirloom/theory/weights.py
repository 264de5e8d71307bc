"""The best weights for fresh real data against synthetic data."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from .._base.parameters import number_in, shown
from ..laws import ErrorLaw, ErrorTerm
from ..workflows import Sizes
from ..workflows.sizes import SizeSchedule
from ..workflows.weight import optimal_fresh_schedule, optimal_fresh_weight
from .model_laws import HasLaws, laws_of


def optimal_weight(
    n_real: float, n_synthetic: float, *, model: HasLaws | None = None, metric: str | None = None
) -> float:
    r"""Constant weight of the fresh real data with the least stationary risk.

    In the limit of large samples :math:`w^* = (\sqrt{k^2 + 4k} - k)/2` with k = n/m; where n = m it
    is 1/φ, the golden ratio's inverse (arXiv 2502.18049). Where a model knows its law at every
    sample size, the weight is exact: for a variance function with the quadratic coefficient v₂ it
    solves :math:`c w^2 + (1 - c + k) w - k = 0` with c = 1 + v₂/m, and the least error is w/n times
    the variance of a row. It applies to real data that are *fresh* at every generation: where the
    same real data are used again, the weight of least risk is 1.

    Parameters
    ----------
    n_real
        n, rows of fresh real data at each generation; more than 0.
    n_synthetic
        m, rows of synthetic data at each generation; 0 or more. Without any, the weight is 1.
    model
        A model, for the weight that is exact at these sizes where its law is; by default, and for
        the metrics of which only the limit is known, the limit.
    metric
        Which of the model's metrics. Default: ``error``, or else the only one.

    Returns
    -------
    float
        w*, in (0, 1]. The stationary risk at w* is w* times that of a fit on the n real rows alone
        (in the limit, and where the law has one term).

    Raises
    ------
    ValueError
        If a number of rows is out of range, the model knows no law of the metric, or the error is
        infinite at every weight.

    Examples
    --------
    >>> round(optimal_weight(100, 100), 6)
    0.618034
    >>> round(optimal_weight(100, 10_000), 4)
    0.0951

    Frequencies from few rows, and a covariance:

    >>> import heirloom as hl
    >>> coin = hl.models.Categorical([0.5, 0.5])
    >>> round(optimal_weight(5, 5, model=coin), 5)
    0.59629
    >>> gaussian = hl.models.Gaussian([0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]])
    >>> round(optimal_weight(20, 20, model=gaussian, metric="covariance_error"), 4)
    0.6272
    """
    _validate_rows(n_real, n_synthetic)
    if model is None:
        return optimal_fresh_weight(n_real, n_synthetic)
    stationary = _stationary_terms(model, metric, n_real, n_synthetic)
    if n_synthetic == 0:
        return 1.0
    if any(not np.isfinite(term.row) for term in stationary):
        raise ValueError(
            f"n_real={n_real!r}, n_synthetic={n_synthetic!r}: too few rows for the error to be "
            "finite at any weight; give more"
        )
    if not stationary:
        raise ValueError(
            f"model={type(model).__name__}: its error is 0 at every weight, so that none is best"
        )
    lowest = max(term.critical for term in stationary)
    # The derivative falls to −∞ at the critical weight, and is positive at 1.
    bottom, top = np.nextafter(lowest, 1), 1.0
    return float(brentq(lambda w: sum(t.slope(w) for t in stationary), bottom, top, xtol=1e-15))


def critical_weight(n_synthetic: float, *, model: HasLaws, metric: str | None = None) -> float:
    r"""Give the weight of fresh real data at or below which the expected error is infinite.

    :math:`1 - (1 + v_2/m)^{-1/2}` for a variance function with the quadratic coefficient v₂ > 0: a
    covariance (v₂ = 2, m − 1 in the place of m), or an exponential mean. Typical paths may behave
    all the same: the mean is carried by rare ones.

    Parameters
    ----------
    n_synthetic
        m, rows of synthetic data at each generation; 1 or more.
    model
        A model.
    metric
        Which of its metrics. Default: ``error``, or else the only one.

    Returns
    -------
    float
        0 where every weight above 0 keeps the error bounded; nan where too few rows leave no finite
        error at all.

    Raises
    ------
    ValueError
        If the model knows no law of the metric.

    Examples
    --------
    >>> import heirloom as hl
    >>> gaussian = hl.models.Gaussian([0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]])
    >>> round(critical_weight(20, model=gaussian, metric="covariance_error"), 4)
    0.0488
    """
    _validate_rows(1, n_synthetic)
    if n_synthetic < 1:
        raise ValueError(f"n_synthetic={n_synthetic!r}: must be 1 or more rows")
    # Any number of real rows will do: the threshold does not depend on them.
    terms = _stationary_terms(model, metric, np.inf, n_synthetic)
    return float(np.max([term.critical for term in terms], initial=0.0))


def stationary_error(
    weight: npt.ArrayLike,
    *,
    n_real: float,
    n_synthetic: float,
    model: HasLaws,
    metric: str | None = None,
) -> npt.NDArray[np.float64]:
    """Predict the error of ``FreshMix(weight)`` after many generations, by the law of a model.

    Parameters
    ----------
    weight
        w in [0, 1], of any shape.
    n_real
        n, rows of fresh real data at each generation; more than 0.
    n_synthetic
        m, rows of synthetic data at each generation; 0 or more.
    model
        A model.
    metric
        Which of its metrics. Default: ``error``, or else the only one.

    Returns
    -------
    float64
        Of the shape of `weight`, exact where the law of the model is; infinite at and below
        :func:`critical_weight`.

    Raises
    ------
    ValueError
        If a weight or a number of rows is out of range, or the model knows no law of the metric.

    Examples
    --------
    >>> import heirloom as hl
    >>> gaussian = hl.models.Gaussian([0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]])
    >>> stationary_error(
    ...     [0.0, 0.3], n_real=100, n_synthetic=100, model=gaussian, metric="covariance_error"
    ... ).round(7)
    array([      inf, 0.0700636])
    """
    _validate_rows(n_real, n_synthetic)
    w = _validate_weights(weight)
    terms = _stationary_terms(model, metric, n_real, n_synthetic)
    mixed = np.sum([term.error(w) for term in terms], axis=0)
    # A generation of fresh data alone may have an exact law where a mixture has none.
    alone = _stationary_terms(model, metric, n_real, 0)
    return np.asarray(np.where(w == 1, np.sum([term.error(w) for term in alone], axis=0), mixed))


def optimal_schedule(
    *,
    n_real: SizeSchedule,
    n_synthetic: SizeSchedule,
    generations: int,
    n_initial: int | None = None,
    at_arrivals: bool = False,
) -> npt.NDArray[np.float64]:
    """Best weight of the fresh real data for each generation: the gain of a Kalman filter.

    w_t = n_t V_t with 1/V_t = n_t + 1/(V_{t−1} + 1/m_t), V_0 = 1/n₀. It is best for every horizon
    at once, since V_T grows with V_{T−1}. For n₀ = n = m it runs through ratios of Fibonacci
    numbers to 1/φ.

    Parameters
    ----------
    n_real, n_synthetic
        Rows at each generation: a number, an array or a function of t.
    generations
        T, the last generation.
    n_initial
        n₀. Default: `n_real` (its value at generation 0).
    at_arrivals
        Whether a model is trained only where fresh real data arrive, and kept elsewhere
        (:class:`heirloom.workflows.AtArrivals`). Default: at every generation.

    Returns
    -------
    float64[generations + 1]
        Entry 0 is 1: generation 0 has real data alone. Where a model is kept, its own weight.

    Raises
    ------
    ValueError
        If sizes are out of range, or a generation has no rows at all.

    Examples
    --------
    >>> optimal_schedule(n_real=100, n_synthetic=100, generations=3).round(4)
    array([1.    , 0.6667, 0.625 , 0.619 ])
    """
    sizes = Sizes.of(
        n_real=n_real, n_synthetic=n_synthetic, generations=generations, n_initial=n_initial
    )
    return optimal_fresh_schedule(sizes.at_arrivals() if at_arrivals else sizes).copy()


def stationary_risk(
    weight: npt.ArrayLike, *, n_real: float, n_synthetic: float
) -> npt.NDArray[np.float64]:
    """Risk of ``FreshMix(weight)`` after many generations, over that of the n real rows alone.

    S(w) = (w² + (1 − w)² k)/(w (2 − w)) with k = n/m (arXiv 2502.18049). Its minimum over w is at
    :func:`optimal_weight`, where it equals that weight.

    Parameters
    ----------
    weight
        w in [0, 1], of any shape.
    n_real
        n, rows of fresh real data at each generation; more than 0.
    n_synthetic
        m, rows of synthetic data at each generation; 0 or more.

    Returns
    -------
    float64
        Of the shape of `weight`; infinite at w = 0, where the loop collapses, and at w < 1 where
        there are no synthetic rows.

    Raises
    ------
    ValueError
        If a weight or a number of rows is out of range.

    Examples
    --------
    >>> stationary_risk([0.0, 0.5, 1.0], n_real=100, n_synthetic=100).round(4)
    array([   inf, 0.6667, 1.    ])
    """
    _validate_rows(n_real, n_synthetic)
    w = _validate_weights(weight)
    return np.asarray(_StationaryTerm.of(ErrorTerm(1.0), n_real, n_synthetic).error(w) * n_real)


@dataclass(frozen=True)
class _StationaryTerm:
    """A term of an error law under FreshMix, when it has settled.

    V = w²/n + (1 − w)²(c V + k/n), so that V (1 − c (1 − w)²) = (w² + k (1 − w)²)/n.
    """

    row: float  # error of a single real row: scale/n
    growth: float  # c
    ratio: float  # k

    @classmethod
    def of(cls, term: ErrorTerm, n_real: float, n_synthetic: float) -> "_StationaryTerm":
        real, synthetic = n_real - term.lost, n_synthetic - term.lost
        if real <= 0 or (n_synthetic and synthetic <= 0):
            return cls(np.inf, np.nan, np.nan)
        per_row = term.synthetic_ratio / synthetic if synthetic > 0 else np.inf
        return cls(term.scale / real, 1 + term.curvature * per_row, real * per_row)

    @property
    def critical(self) -> float:
        if np.isnan(self.growth):
            return np.nan
        return max(0.0, 1 - self.growth**-0.5) if self.growth > 0 else 0.0

    def error(self, w: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        rest = 1 - w
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            of_synthetic = np.where(rest == 0, 0.0, rest**2 * self.ratio)
            kept = np.where(rest == 0, 1.0, _one_less_square(w, self.growth))
            settled = self.row * (w**2 + of_synthetic) / kept
        # Where nothing of a generation's error is forgotten, it adds up.
        return np.asarray(np.where((kept > 0) & ~np.isnan(settled), settled, np.inf))

    def slope(self, w: float) -> float:
        rest = 1 - w
        kept = float(_one_less_square(w, self.growth))
        if kept <= 0:
            return -np.inf
        variance = (w**2 + self.ratio * rest**2) / kept
        return float(2 * self.row * (w - self.ratio * rest - variance * self.growth * rest) / kept)


def _one_less_square(w: npt.ArrayLike, growth: float) -> npt.NDArray[np.float64]:
    """1 − c (1 − w)², without cancellation where w is small and c nearly 1."""
    weight = np.asarray(w, dtype=np.float64)
    return np.asarray(weight * (2 - weight) - (growth - 1) * (1 - weight) ** 2)


def _stationary_terms(
    model: HasLaws, metric: str | None, n_real: float, n_synthetic: float
) -> list[_StationaryTerm]:
    laws = {name: law for name, law in laws_of(model).items() if isinstance(law, ErrorLaw)}
    only = next(iter(laws)) if len(laws) == 1 else "error"
    chosen = only if metric is None else metric
    if chosen not in laws:
        raise ValueError(
            f"metric={metric!r}: name one of the errors of {type(model).__name__} whose law theory "
            f"knows: {', '.join(laws) or 'none'}"
        )
    law = laws[chosen]
    if any(0 < n < law.least_rows for n in (n_real, n_synthetic)):
        return [_StationaryTerm(np.inf, np.nan, np.nan)]
    multiple = all(np.isinf(n) or n % law.multiple_of == 0 for n in (n_real, n_synthetic))
    known = law.exact and (law.mixed or not n_synthetic) and multiple
    exact = law.exact if known else (law.limit,)
    return [_StationaryTerm.of(term, n_real, n_synthetic) for term in exact if term.scale > 0]


def _validate_weights(weight: npt.ArrayLike) -> npt.NDArray[np.float64]:
    w = np.asarray(weight, dtype=np.float64)
    if not np.all((w >= 0) & (w <= 1)):
        raise ValueError(f"weight={shown(weight)}: must lie in [0, 1]")
    return w


def _validate_rows(n_real: float, n_synthetic: float) -> None:
    for name, rows in (("n_real", n_real), ("n_synthetic", n_synthetic)):
        if number_in(rows) is None:
            raise ValueError(f"{name}={shown(rows)}: must be a number of rows")
    if not 0 < n_real < np.inf:
        raise ValueError(f"n_real={n_real!r}: must be more than 0 rows, and finite")
    if not 0 <= n_synthetic < np.inf:
        raise ValueError(f"n_synthetic={n_synthetic!r}: must be 0 or more rows, and finite")
