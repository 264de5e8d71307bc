import pickle

import numpy as np
import pytest
from scipy import integrate, stats

from heirloom._base.random import Random
from heirloom.models.distribution import (
    DISTRIBUTIONS,
    distribution_named,
    symmetric_distribution_named,
)

REFERENCES = {
    ("normal", 3.0): stats.norm(),
    ("laplace", 3.0): stats.laplace(),
    ("logistic", 3.0): stats.logistic(),
    ("student_t", 1.0): stats.t(1),
    ("student_t", 2.0): stats.t(2),
    ("student_t", 3.0): stats.t(3),
    ("student_t", 7.5): stats.t(7.5),
}


@pytest.fixture(params=REFERENCES, ids=str)
def pair(request):
    name, degrees = request.param
    return symmetric_distribution_named(name, degrees=degrees), REFERENCES[request.param]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_draws_follow_the_distribution(pair, dtype):
    """100,000 draws: a Kolmogorov–Smirnov test sees differences of 0.006 in probability."""
    distribution, reference = pair
    drawn = distribution.sample(Random((1, 2), 100, dtype=dtype), 1000)
    assert drawn.shape == (100, 1000)
    assert drawn.dtype == dtype
    assert np.all(np.isfinite(drawn))
    assert stats.kstest(drawn.ravel().astype(float), reference.cdf).pvalue > 1e-3
    # And the tails beyond: the share further out than one in a thousand.
    share = np.mean(np.abs(drawn) > reference.ppf(1 - 0.0005))
    assert abs(share - 0.001) < 4 * np.sqrt(0.001 / 100_000)


@pytest.mark.parametrize("name", [*DISTRIBUTIONS, "student_t"])
def test_a_replicate_does_not_depend_on_those_beside_it(name):
    if name == "student_t":
        distribution = symmetric_distribution_named(name, degrees=3.0)
    else:
        distribution = distribution_named(name)
    together = distribution.sample(Random((1, 2), 7, dtype=np.float32), 33)
    levels = distribution.cdf(together)
    for r in range(7):
        random = Random((1, 2), 1, first_replicate=r, dtype=np.float32)
        alone = distribution.sample(random, 33)
        np.testing.assert_array_equal(alone[0], together[r])
        np.testing.assert_array_equal(distribution.cdf(alone)[0], levels[r])
    assert len(np.unique(together)) == together.size


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_levels_are_those_of_scipy_and_rise(name, dtype):
    references = {"exponential": stats.expon, "uniform": stats.uniform}
    reference = references.get(name) or REFERENCES[name, 3.0]
    points = np.concatenate([[-np.inf, -1e30], np.linspace(-9, 12, 5001), [1e30, np.inf]])
    points = points.astype(dtype)
    levels = distribution_named(name).cdf(points)
    assert levels.dtype == dtype
    assert np.all(np.diff(levels) >= 0)
    assert levels[0] == 0
    assert levels[-1] == 1
    tolerance = 2.5e-7 if dtype is np.float32 else 1e-15
    np.testing.assert_allclose(levels, reference.cdf(points.astype(float)), rtol=0, atol=tolerance)
    # Of any shape.
    for part in (points[:0], points[:6].reshape(1, 2, 3)):
        assert distribution_named(name).cdf(part).shape == part.shape


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_is_no_number_has_no_level(dtype):
    for distribution in DISTRIBUTIONS.values():
        assert np.isnan(distribution.cdf(np.array([np.nan], dtype)))[0]


def test_numbers_agree_with_scipy(pair):
    distribution, reference = pair
    points = np.array([-9.0, -1.5, -0.2, 0.0, 0.3, 2.0, 12.0])
    for x in points:
        assert distribution.density(x) == pytest.approx(reference.pdf(x), rel=1e-10)
        assert distribution.probability(x) == pytest.approx(reference.cdf(x), rel=1e-10)
    for level in (0.001, 0.1, 0.5, 0.8, 0.999):
        expected = reference.ppf(level)
        assert distribution.quantile(level) == pytest.approx(expected, rel=1e-8, abs=1e-12)
    np.testing.assert_allclose(
        distribution.cdf(points), reference.cdf(points), rtol=1e-9, atol=1e-15
    )
    single = distribution.cdf(points.astype(np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(
        single, reference.cdf(points.astype(np.float32).astype(float)), rtol=2e-5, atol=1e-7
    )
    if np.isfinite(distribution.variance):
        assert distribution.variance == pytest.approx(reference.var())
    else:
        assert reference.args[0] <= 2


def test_densities_integrate_to_one(pair):
    distribution, _ = pair
    halves = [integrate.quad(distribution.density, *ends)[0] for ends in ((-np.inf, 0), (0, 50))]
    assert halves[0] == pytest.approx(0.5)
    assert halves[1] == pytest.approx(distribution.probability(50.0) - 0.5)


def test_a_distribution_can_be_sent_to_another_process(pair):
    distribution, _ = pair
    sent = pickle.loads(pickle.dumps(distribution))
    assert sent.density(0.7) == distribution.density(0.7)


@pytest.mark.parametrize("degrees", [0.5, 0.0, np.inf, np.nan])
def test_wrong_degrees_are_named(degrees):
    with pytest.raises(ValueError, match=f"degrees={degrees}: must be a finite number, 1 or more"):
        symmetric_distribution_named("student_t", degrees=degrees)
