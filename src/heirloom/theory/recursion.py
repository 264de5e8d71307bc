"""One recursion for every workflow: the covariance of the generations, exactly."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..workflows import Mixture, Sizes
from ..workflows.dataset import Dataset
from ..workflows.retention import SHELVES, Retention, shelf_of

_Float = npt.NDArray[np.float64]


def variances(
    mixtures: Sequence[Mixture],
    sizes: Sizes,
    *,
    curvature: float | None = None,
    synthetic_ratio: float = 1.0,
) -> _Float:
    """Variance of the error of every generation, in units of the variance of one real row.

    Parameters
    ----------
    mixtures
        The mixtures of generations 0…T.
    sizes
        Rows of every dataset.
    curvature
        None for the limit of large samples, in which every row has variance 1. A number v₂ for the
        exact law of the mean in a family whose variance function is v₀ + v₁μ + v₂μ²: the rows of a
        synthetic dataset then have variance 1 + v₂ Var h_parent in units of v(μ).
    synthetic_ratio
        Variance of a synthetic row over that of a real row. 1 where real rows follow the model;
        where they do not, the estimator's variance from real rows (the sandwich) is another than
        from rows that the model made (the inverse information).

    Returns
    -------
    float64[generations + 1]
    """
    return _follow(mixtures, sizes, _RowVariance(curvature, synthetic_ratio), None)


def covariance_matrix(mixtures: Sequence[Mixture], sizes: Sizes) -> _Float:
    """Covariance matrix of the errors of all generations, in the limit of large samples.

    Parameters
    ----------
    mixtures, sizes
        As for :func:`variances`, which is the diagonal.

    Returns
    -------
    float64[generations + 1, generations + 1]
    """
    matrix = np.zeros((len(mixtures), len(mixtures)))
    _follow(mixtures, sizes, _RowVariance(None, 1.0), matrix)
    return matrix


class _RowVariance(NamedTuple):
    """Variance of the rows of a dataset about its centre, given the variance of that centre."""

    curvature: float | None
    synthetic_ratio: float

    def of(self, dataset: Dataset, variances: _Float) -> float:
        if dataset.parent is None:
            return 1.0
        bent = 0.0 if self.curvature is None else self.curvature * float(variances[dataset.parent])
        return self.synthetic_ratio * (1.0 + bent)


def _follow(
    mixtures: Sequence[Mixture], sizes: Sizes, row_variance: _RowVariance, matrix: _Float | None
) -> _Float:
    """Follow h_t = Σ_d share_t(d) · (e_{t,d} + h_{parent(d)}) through the generations.

    The state is the error z_d = e_d + h_{parent(d)} of each dataset that is still needed. A
    generation is a linear combination of the state, plus the noise of subsampling; the next
    synthetic dataset is centred at it. Work and memory follow the number of datasets that the
    workflow remembers, unless `matrix` is there to be filled.
    """
    retention = Retention.of(mixtures)
    offset = dict(zip(SHELVES, np.cumsum([0, *retention.sizes[:-1]]).tolist(), strict=True))
    place: dict[Dataset, int] = {}
    n_places = sum(retention.sizes)
    state = np.zeros((n_places, n_places))
    # Row s: the covariance of h_s with the state; without a matrix to fill, of the last h alone.
    with_state = np.zeros((1 if matrix is None else len(mixtures), n_places))
    found = np.zeros(len(mixtures))
    share = np.zeros(n_places)

    for t, mixture in enumerate(mixtures):
        last = 0 if matrix is None else t - 1
        for dataset, on_shelf in retention.births[t]:
            at = place[dataset] = offset[shelf_of(dataset)] + on_shelf
            synthetic = dataset.parent is not None
            parent_variance = found[t - 1] if synthetic else 0.0
            state[at, :] = state[:, at] = with_state[last] if synthetic else 0.0
            noise = row_variance.of(dataset, found) / sizes.rows(dataset)
            state[at, at] = parent_variance + noise
            if matrix is None:
                with_state[0, at] = parent_variance
            else:
                with_state[:t, at] = matrix[:t, t - 1] if synthetic else 0.0
        indices = [place[dataset] for dataset in mixture.datasets]
        share[indices] = mixture.shares
        now = share @ state
        of_datasets = float(now @ share)
        noise = _subsampling_noise(mixture, sizes, found, of_datasets, row_variance)
        found[t] = of_datasets + noise
        if matrix is not None:
            matrix[t, :t] = matrix[:t, t] = with_state[:t] @ share
            matrix[t, t] = found[t]
        with_state[0 if matrix is None else t] = now
        share[indices] = 0.0
    return found


def _subsampling_noise(
    mixture: Mixture,
    sizes: Sizes,
    found: _Float,
    of_datasets: float,
    row_variance: _RowVariance,
) -> float:
    """Variance that drawing rows adds to that `of_datasets`, the mean of all their rows.

    Drawing r of N rows adds S²(1/r − 1/N) without replacement and S²(1 − 1/N)/r with, S² the
    unbiased variance of the N rows. In the limit S² is 1 and 1/N vanishes beside 1 in the second. A
    draw from the pool of the datasets adds in the limit as much as one from each; its S² also holds
    the spread between the datasets, which the exact law counts.
    """
    if not mixture.subsamples(sizes):
        return 0.0
    available = sizes.rows_of(mixture.datasets)
    used, shares = mixture.rows, mixture.shares
    spread = np.array([row_variance.of(dataset, found) for dataset in mixture.datasets])
    exact = row_variance.curvature is not None
    if exact and mixture.pooled:
        centres = np.array([0.0 if d.parent is None else found[d.parent] for d in mixture.datasets])
        total = available.sum()
        # The pool is one dataset. If it has one row only, that row has no spread.
        scatter = available @ (spread + centres) - total * of_datasets
        spread = np.array([scatter / max(total - 1, 1)])
        shares, available, used = np.ones(1), np.array([total]), np.array([used.sum()])
    if not mixture.replacement:
        factors = 1 / used - 1 / available
    else:
        factors = (1 - 1 / available) / used if exact else 1 / used
    return float(shares**2 @ (spread * factors))
