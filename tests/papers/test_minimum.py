import numpy as np
import pytest

from heirloom.papers.minimum import least_weight
from heirloom.theory import optimal_weight, stationary_risk

WEIGHTS = np.arange(0.2, 0.8, 0.02)


@pytest.mark.parametrize("ratio", [0.5, 1.0, 2.0])
def test_the_minimum_of_an_exact_curve_is_the_optimal_weight(ratio):
    curve = stationary_risk(WEIGHTS, n_real=ratio, n_synthetic=1.0)
    found = least_weight(WEIGHTS, np.repeat(curve[:, None], 40, axis=1))
    assert found.weight == pytest.approx(optimal_weight(ratio, 1.0), abs=1e-4)
    assert found.se == pytest.approx(0, abs=1e-9)


def test_the_standard_error_is_that_of_repetitions():
    """200 repetitions of 100 replicates: the spread of the minima is the mean standard error."""
    rng = np.random.default_rng(0)
    curve = stationary_risk(WEIGHTS, n_real=1.0, n_synthetic=1.0)
    found = []
    for _ in range(200):
        noise = rng.normal(size=(2, 100))
        # A level that weights share, and a tilt that moves the minimum.
        errors = curve[:, None] * (1 + 0.5 * noise[0]) + 0.1 * noise[1] * (WEIGHTS[:, None] - 0.6)
        found.append(least_weight(WEIGHTS, errors))
    spread = np.std([minimum.weight for minimum in found])
    assert np.mean([minimum.se for minimum in found]) == pytest.approx(spread, rel=0.15)
    mean = np.mean([minimum.weight for minimum in found])
    assert mean == pytest.approx(optimal_weight(1, 1), abs=4 * spread / np.sqrt(200) + 1e-3)


def test_replicates_without_an_answer_do_not_count():
    curve = stationary_risk(WEIGHTS, n_real=1.0, n_synthetic=1.0)
    errors = np.repeat(curve[:, None], 40, axis=1)
    errors[3, :7] = np.nan
    assert least_weight(WEIGHTS, errors).weight == pytest.approx(optimal_weight(1, 1), abs=1e-4)
