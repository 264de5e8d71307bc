import numpy as np
import pytest

from heirloom.models.divergence import exponential_divergence, poisson_divergence


def _exact(fitted, true):
    """By the integral of (a − t)/v(t) over t from b to a, by a rule of Gauss."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    t = true + (fitted - true) * (nodes + 1) / 2
    half = (fitted - true) / 2
    return [half * np.sum(weights * (fitted - t) / v) for v in (t, t**2)]


@pytest.mark.parametrize("ratio", [0.3, 0.96, 0.971, 0.9999, 1 - 1e-7, 1 + 1e-7, 1.029, 1.031, 4.0])
def test_divergences_keep_their_digits(ratio):
    fitted = np.array([2.5 * ratio])
    found = [poisson_divergence(fitted, 2.5)[0], exponential_divergence(fitted, 2.5)[0]]
    np.testing.assert_allclose(found, _exact(2.5 * ratio, 2.5), rtol=1e-8)


def test_divergences_at_zero():
    zero_and_one = np.array([0.0, 1.0])
    assert poisson_divergence(zero_and_one, 3.0)[0] == 3
    assert poisson_divergence(zero_and_one, 0.0).tolist() == [0, np.inf]
    found = exponential_divergence(zero_and_one, 1.0)
    assert 700 < found[0] < 710  # −log of the smallest number of double precision
    assert found[1] == 0


def test_divergences_of_what_is_far_or_no_number_are_silent():
    fitted = np.array([1e300, np.nan, 1e-300])
    for divergence in (poisson_divergence, exponential_divergence):
        found = divergence(fitted, 1e-3)
        assert found[0] > 1e300
        assert np.isnan(found[1])
        assert np.isfinite(found[2])
