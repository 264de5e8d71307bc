import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from heirloom.models.truncated_normal import probability_between, truncated_normal

UNIFORM = (np.arange(1, 2000) / 2000).astype(np.float32)


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (-1.0, 1.0),
        (0.0, 8.0),
        (-9.0, -7.0),
        (5.0, 6.0),
        (10.0, np.inf),
        (-np.inf, 0.3),
        (2.0, 2.001),
    ],
)
def test_quantiles_are_those_of_scipy_in_the_tails_too(low: float, high: float) -> None:
    bounds = jnp.full(UNIFORM.shape, low), jnp.full(UNIFORM.shape, high)
    drawn = np.sort(np.asarray(truncated_normal(jnp.asarray(UNIFORM), *bounds)))
    exact = stats.truncnorm.ppf(UNIFORM, low, high)
    assert drawn.min() >= low
    assert drawn.max() <= high
    np.testing.assert_allclose(drawn, exact, atol=3e-3 * min(high - low, 1.0))


def test_probabilities_are_those_of_scipy_and_0_for_an_empty_interval() -> None:
    low = np.array([-1.0, 3.0, -8.0, -np.inf, 1.0, 0.0])
    high = np.array([1.0, 4.0, -7.0, np.inf, 0.5, 0.0])
    found = probability_between(jnp.asarray(low), jnp.asarray(high))
    exact = np.where(high > low, stats.norm.cdf(high) - stats.norm.cdf(low), 0)
    np.testing.assert_allclose(np.asarray(found), exact, rtol=2e-5)
