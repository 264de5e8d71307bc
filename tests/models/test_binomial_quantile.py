import numpy as np
import pytest
from scipy import stats

from heirloom.models.binomial_quantile import binomial_quantile

LEVELS = (np.arange(20_000) + 0.5) / 20_000


@pytest.mark.parametrize("trials", [0, 1, 7, 30, 83, 84, 200, 5000, 10**8, 10**9])
@pytest.mark.parametrize("probability", [0.0, 1e-9, 1e-3, 0.3, 0.5, 0.7, 0.999, 1.0])
def test_counts_are_quantiles(trials, probability):
    """Exact where the distribution function is summed; else a few of 20,000 levels are off by 1."""
    found = binomial_quantile(LEVELS, trials, np.full(LEVELS.size, probability))
    expected = stats.binom.ppf(LEVELS, trials, probability)
    off = np.abs(found - expected)
    rare = min(probability, 1 - probability)
    assert off.max() <= (0 if trials * rare <= 25 else 1)
    assert np.mean(off) < 3e-4
    assert found.min() >= 0
    assert found.max() <= trials


def test_extreme_levels_stay_within_the_trials():
    levels = np.array([0.0, 2.0**-53, 1 - 2.0**-53])
    for trials in (1, 60, 10**9):
        for probability in (0.0, 1e-12, 0.2, 0.5, 0.8, 1 - 1e-12, 1.0):
            found = binomial_quantile(levels, trials, np.full(3, probability))
            assert np.all((found >= 0) & (found <= trials))
            assert np.all(np.diff(found) >= 0)
            assert np.all(found == np.floor(found))


def test_counts_rise_with_the_level_and_the_probability():
    probability = np.linspace(0, 1, 2001)
    for level in (0.01, 0.5, 0.99):
        counts = binomial_quantile(np.full(2001, level), 1000, probability)
        assert np.all(np.diff(counts) >= 0)
        assert counts[[0, -1]].tolist() == [0, 1000]


def test_trials_may_differ():
    found = binomial_quantile(np.full(3, 0.5), np.array([0.0, 10.0, 1e18]), np.full(3, 0.5))
    assert found[:2].tolist() == [0, 5]
    assert found[2] == pytest.approx(5e17)
