import numpy as np
import pytest

from heirloom.models.weighted_rows import counted_rows, weighted_sum


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(3, 50), (3, 50, 1), (3, 50, 4)])
@pytest.mark.parametrize("shared", [True, False])
def test_sums_are_those_of_the_products(dtype, shape, shared):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=shape).astype(dtype)
    weights = rng.uniform(size=(3, 50))
    weights = np.broadcast_to(weights[:1], (3, 50)) if shared else weights
    expected = np.einsum("ri,ri...->r...", weights, rows.astype(np.float64))
    found = weighted_sum(rows, weights)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, expected, rtol=1e-13)


def test_a_large_mean_of_many_rows_keeps_its_digits():
    """Ten million rows of single precision, the mean of which is 10⁴ times their deviation."""
    rows = (1e4 + np.random.default_rng(0).normal(size=(1, 10**7))).astype(np.float32)
    weights = np.broadcast_to(1e-7, (1, 10**7))
    assert weighted_sum(rows, weights)[0] == pytest.approx(rows.mean(dtype=np.float64), rel=1e-12)


def test_rows_are_as_they_were_where_all_count():
    rows = np.ones((2, 3))
    assert counted_rows(rows, np.broadcast_to(1 / 3, (2, 3))) is rows
    assert counted_rows(rows.astype(np.float32), np.zeros((2, 3))).dtype == np.float32
