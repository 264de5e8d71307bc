"""One recursion for every workflow: the covariance of the generations, exactly."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..workflows import Mixture, Sizes
from ..workflows.dataset import Dataset
from ..workflows.retention import SHELVES, Retention, shelf_of

_Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Covariances:
    """Second moments of the estimation errors h_t, in units of the variance of one row.

    Attributes
    ----------
    variances
        float64[generations + 1]: Var h_t.
    matrix
        float64[generations + 1, generations + 1], or None if only variances were asked for.
    """

    variances: npt.NDArray[np.float64]
    matrix: npt.NDArray[np.float64] | None


def covariances(
    mixtures: Sequence[Mixture],
    sizes: Sizes,
    *,
    curvature: float | None = None,
    whole: bool = False,
) -> Covariances:
    """Follow h_t = Σ_d share_t(d) · (e_{t,d} + h_{parent(d)}) through the generations.

    The state is the error z_d = e_d + h_{parent(d)} of each dataset that is still needed. A generation
    is a linear combination of the state, plus the noise of subsampling; the next synthetic dataset is
    centred at it. Work and memory follow the number of datasets that the workflow remembers.

    Parameters
    ----------
    mixtures
        The mixtures of generations 0…T.
    sizes
        Rows of every dataset.
    curvature
        None for the limit of large samples, in which every row has variance 1. A number v₂ for the exact
        law of the mean in a family whose variance function is v₀ + v₁μ + v₂μ²: the rows of a synthetic
        dataset then have variance 1 + v₂ Var h_{parent} in units of v(μ).
    whole
        Whether the covariance matrix of all generations is wanted, and not only its diagonal.

    Returns
    -------
    Covariances
    """
    generations = len(mixtures) - 1
    retention = Retention.of(mixtures)
    offset = dict(zip(SHELVES, np.cumsum([0, *retention.sizes[:-1]]).tolist(), strict=True))

    def place(dataset: Dataset, on_shelf: int) -> int:
        return offset[shelf_of(dataset)] + on_shelf

    n_places = sum(retention.sizes)
    state: _Matrix = np.zeros((n_places, n_places))
    kept = generations + 1 if whole else 1
    # Row s: the covariance of h_s with the state; without the whole matrix, of the last h alone.
    with_state: _Matrix = np.zeros((kept, n_places))
    matrix: _Matrix | None = np.zeros((kept, kept)) if whole else None
    variances: _Matrix = np.zeros(generations + 1)
    share: _Matrix = np.zeros(n_places)

    for t, mixture in enumerate(mixtures):
        last = t - 1 if whole else 0
        for dataset, on_shelf in retention.births[t]:
            at = place(dataset, on_shelf)
            parent = dataset.parent
            state[at, :] = with_state[last] if parent is not None else 0.0
            state[:, at] = state[at, :]
            parent_variance = variances[parent] if parent is not None else 0.0
            row_variance = _row_variance(parent_variance, curvature)
            state[at, at] = parent_variance + row_variance / sizes.rows(dataset)
            if matrix is not None:
                with_state[:t, at] = matrix[:t, last] if parent is not None else 0.0
            else:
                with_state[0, at] = parent_variance
        indices = [place(d, s) for d, s in zip(mixture.datasets, retention.places[t], strict=True)]
        share[indices] = mixture.shares
        now = share @ state
        mean_variance = float(now @ share)
        noise = _subsampling_noise(mixture, sizes, variances, mean_variance, curvature)
        variances[t] = mean_variance + noise
        if matrix is not None:
            matrix[t, :t] = matrix[:t, t] = with_state[:t] @ share
            matrix[t, t] = variances[t]
        with_state[t if whole else 0] = now
        share[indices] = 0.0
    return Covariances(variances, matrix)


def _row_variance(parent_variance: float, curvature: float | None) -> float:
    return 1.0 if curvature is None else 1.0 + curvature * parent_variance


def _subsampling_noise(
    mixture: Mixture,
    sizes: Sizes,
    variances: _Matrix,
    mean_variance: float,
    curvature: float | None,
) -> float:
    """Variance that drawing rows adds, given the datasets.

    Drawing r of N rows adds S²(1/r − 1/N) without replacement and S²(1 − 1/N)/r with, S² the
    unbiased variance of the N rows. In the limit S² is 1 and 1/N vanishes beside 1 in the second. A draw
    from the pool of the datasets adds in the limit as much as one from each; its S² also holds the
    spread between the datasets, which the exact law counts.
    """
    if not mixture.subsamples(sizes):
        return 0.0
    available = np.array([sizes.rows(d) for d in mixture.datasets], dtype=np.float64)
    parent_variances = np.array(
        [0.0 if d.parent is None else variances[d.parent] for d in mixture.datasets]
    )
    if curvature is not None and mixture.pooled:
        total, used = available.sum(), mixture.rows.sum()
        second_moment = available @ (1 + (1 + curvature) * parent_variances)
        spread = (second_moment - total * mean_variance) / (total - 1)
        return float(spread * _draw_factor(used, total, mixture.replacement, exact=True))
    spreads = np.array([_row_variance(v, curvature) for v in parent_variances])
    factors = _draw_factor(mixture.rows, available, mixture.replacement, exact=curvature is not None)
    return float(mixture.shares**2 @ (spreads * factors))


def _draw_factor(used: _Matrix, available: _Matrix, replacement: bool, *, exact: bool) -> _Matrix:
    if not replacement:
        return 1 / used - 1 / available
    return (1 - 1 / available) / used if exact else 1 / used
