import numpy as np
import pytest
from scipy import stats

from heirloom.models.truncated_normal import TruncatedNormal

UNIFORM = np.arange(1, 2000) / 2000


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("low", "high"),
    [
        (-1.0, 1.0),
        (0.0, 8.0),
        (-9.0, -7.0),
        (5.0, 6.0),
        (10.0, np.inf),
        (30.0, 31.0),
        (-np.inf, 0.3),
        (-np.inf, np.inf),
        (2.0, 2.001),
    ],
)
def test_quantiles_are_those_of_scipy_in_the_tails_too(low, high, dtype):
    between = TruncatedNormal(np.full(UNIFORM.shape, low), np.full(UNIFORM.shape, high))
    drawn = between.quantile(UNIFORM.astype(dtype))
    exact = stats.truncnorm.ppf(UNIFORM, low, high)
    assert drawn.min() >= low
    assert drawn.max() <= high
    tolerance = 1e-4 if dtype is np.float32 else 1e-9
    np.testing.assert_allclose(drawn, exact, atol=tolerance * min(high - low, 1.0))


def test_quantiles_rise_where_the_nearer_tail_changes():
    levels = np.array([0.01, 0.5, 0.99])
    left, right = (
        TruncatedNormal(np.full(3, low), np.full(3, high)).quantile(levels)
        for low, high in ((-1.0 - 1e-9, 1.0), (-1.0, 1.0 + 1e-9))
    )
    np.testing.assert_allclose(left, right, atol=1e-7)


def test_probabilities_are_those_of_scipy_and_0_for_an_empty_interval():
    low = np.array([-1.0, 3.0, -8.0, -np.inf, 1.0, 0.0])
    high = np.array([1.0, 4.0, -7.0, np.inf, 0.5, 0.0])
    between = TruncatedNormal(low, high)
    exact = np.where(high > low, stats.norm.cdf(high) - stats.norm.cdf(low), 0)
    np.testing.assert_allclose(between.probability, exact, rtol=1e-11)
    # What comes of an interval that is empty is one of its ends.
    drawn = between.quantile(np.full(6, 0.3))
    assert drawn[4] in (1.0, 0.5)
    assert drawn[5] == 0


def test_one_interval_serves_many_levels():
    between = TruncatedNormal(np.full((4, 1, 2), -1.0), np.full((4, 1, 2), [0.0, 3.0]))
    found = between.quantile(np.full((4, 5, 2), 0.25))
    np.testing.assert_allclose(found[3, 4], stats.truncnorm.ppf(0.25, -1, [0, 3]), rtol=1e-12)
