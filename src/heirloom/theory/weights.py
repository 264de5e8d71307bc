"""The best weights for fresh real data against synthetic data."""

import numpy as np
import numpy.typing as npt

from ..workflows import Sizes
from ..workflows.schedule import shown
from ..workflows.sizes import SizeSchedule
from ..workflows.weight import optimal_fresh_schedule, optimal_fresh_weight


def optimal_weight(n_real: float, n_synthetic: float) -> float:
    r"""Constant weight of the fresh real data with the least stationary risk.

    :math:`w^* = (\sqrt{k^2 + 4k} - k)/2` with k = n/m; where n = m it is 1/φ, the golden ratio's
    inverse (arXiv 2502.18049). It applies to real data that are *fresh* at every generation: where
    the same real data are used again, the weight of least risk is 1.

    Parameters
    ----------
    n_real
        n, rows of fresh real data at each generation; more than 0.
    n_synthetic
        m, rows of synthetic data at each generation; 0 or more. Without any, the weight is 1.

    Returns
    -------
    float
        w*, in (0, 1]. The stationary risk at w* is w* times that of a fit on the n real rows alone.

    Raises
    ------
    ValueError
        If a number of rows is out of range.

    Examples
    --------
    >>> round(optimal_weight(100, 100), 6)
    0.618034
    >>> round(optimal_weight(100, 10_000), 4)
    0.0951
    """
    _validate_rows(n_real, n_synthetic)
    return optimal_fresh_weight(n_real, n_synthetic)


def optimal_schedule(
    *,
    n_real: SizeSchedule,
    n_synthetic: SizeSchedule,
    generations: int,
    n_initial: int | None = None,
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

    Returns
    -------
    float64[generations + 1]
        Entry 0 is 1: generation 0 has real data alone.

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
    return optimal_fresh_schedule(sizes).copy()


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
    w = np.asarray(weight, dtype=np.float64)
    if not np.all((w >= 0) & (w <= 1)):
        raise ValueError(f"weight={shown(weight)}: must lie in [0, 1]")
    with np.errstate(divide="ignore", invalid="ignore"):
        of_synthetic = np.where(w == 1, 0.0, (1 - w) ** 2 * n_real / np.float64(n_synthetic))
        return np.asarray((w**2 + of_synthetic) / (w * (2 - w)))


def _validate_rows(n_real: float, n_synthetic: float) -> None:
    if not 0 < n_real < np.inf:
        raise ValueError(f"n_real={n_real!r}: must be more than 0 rows, and finite")
    if not 0 <= n_synthetic < np.inf:
        raise ValueError(f"n_synthetic={n_synthetic!r}: must be 0 or more rows, and finite")
