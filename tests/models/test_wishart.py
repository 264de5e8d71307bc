import numpy as np
import pytest
from scipy import stats
from scipy.special import polygamma, psi

from heirloom._base.random import Random
from heirloom.models.wishart import wishart_root

DRAWS = 20_000


def roots(freedom, size, seed=0, dtype=np.float32):
    return wishart_root(Random((seed, 1), DRAWS, dtype=dtype), freedom, size)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("freedom", "size"), [(7, 3), (2, 3), (1, 1), (3, 3), (500, 3)])
def test_moments(freedom, size, dtype):
    found = roots(freedom, size, dtype=dtype)
    assert found.dtype == np.float64
    wishart = found @ found.swapaxes(1, 2)
    # Var W_ij = ν(1 + δ_ij) for an identity scale.
    se = np.sqrt(freedom * (1 + np.eye(size)) / DRAWS)
    assert np.abs((wishart.mean(axis=0) - freedom * np.eye(size)) / se).max() < 4
    # E tr W² = νp(ν + p + 1).
    square = np.sum(wishart**2, axis=(1, 2))
    z = (square.mean() - freedom * size * (freedom + size + 1)) / (square.std() / DRAWS**0.5)
    assert abs(z) < 4
    assert not np.any(np.triu(found, 1))


@pytest.mark.parametrize(("freedom", "size"), [(7, 3), (3, 3), (40, 3)])
def test_the_logarithm_of_the_determinant(freedom, size):
    half = (freedom - np.arange(size)) / 2
    log_det = 2 * np.log(np.diagonal(roots(freedom, size, 1), axis1=1, axis2=2)).sum(axis=1)
    se = np.sqrt(polygamma(1, half).sum() / DRAWS)
    assert abs(log_det.mean() - (psi(half) + np.log(2)).sum()) < 4 * se
    assert log_det.var() == pytest.approx(polygamma(1, half).sum(), rel=0.06)


def test_a_diagonal_entry_is_chi_square():
    found = roots(2, 3, 2)
    wishart = found @ found.swapaxes(1, 2)
    for i in range(3):
        assert stats.kstest(wishart[:, i, i], stats.chi2(2).cdf).pvalue > 1e-3


@pytest.mark.parametrize("freedom", [-1, 0, 1, 2, 3])
def test_few_degrees_of_freedom_give_their_number_as_rank(freedom):
    found = roots(freedom, 3, 3)[:200]
    rank = max(freedom, 0)
    assert not np.any(found[:, :, rank:])
    ranks = np.linalg.matrix_rank(found @ found.swapaxes(1, 2), tol=1e-9, hermitian=True)
    assert set(ranks.tolist()) == {rank}


def test_a_hundred_million_degrees_of_freedom_have_their_mean():
    """A relative standard error of 1e-6: single precision would not tell it from its mean."""
    found = roots(10**8, 2, 4)
    square = (found @ found.swapaxes(1, 2))[:, [0, 0, 1], [0, 1, 1]]
    z = (square.mean(axis=0) - [1e8, 0, 1e8]) / (square.std(axis=0) / DRAWS**0.5)
    assert np.abs(z).max() < 4
    np.testing.assert_allclose(square.std(axis=0), np.sqrt([2e8, 1e8, 2e8]), rtol=0.03)
