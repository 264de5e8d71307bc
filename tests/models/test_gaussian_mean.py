import jax
import jax.numpy as jnp
import numpy as np
import pytest

import heirloom as hl

COVARIANCE = np.array([[2.0, 0.5], [0.5, 1.0]])


def test_rows_have_the_mean_and_the_covariance():
    model = hl.models.GaussianMean([1.0, -1.0], COVARIANCE)
    rows = np.asarray(model.sample_real(jax.random.key(0), 200_000))
    # Standard errors at 200,000 rows: 0.003 of a mean, 0.006 of a variance of 2.
    np.testing.assert_allclose(rows.mean(axis=0), [1.0, -1.0], atol=0.014)
    np.testing.assert_allclose(np.cov(rows.T), COVARIANCE, atol=0.027)


def test_statistic_has_the_law_of_the_mean_of_rows():
    model = hl.models.GaussianMean([1.0, -1.0], COVARIANCE)
    keys = jax.random.split(jax.random.key(1), 50_000)
    draw = jax.vmap(lambda key: model.sample_real_statistic(key, jnp.asarray(7)))
    means = np.asarray(jax.jit(draw)(keys))
    np.testing.assert_allclose(means.mean(axis=0), [1.0, -1.0], atol=0.01)
    np.testing.assert_allclose(np.cov(means.T), COVARIANCE / 7, atol=0.008)


def test_divergence_is_that_of_two_gaussians():
    model = hl.models.GaussianMean([0.0, 0.0], COVARIANCE)
    shift = np.array([0.3, -0.2], np.float32)
    expected = 0.5 * shift @ np.linalg.solve(COVARIANCE, shift)
    metrics = model.metrics(jnp.asarray(shift))
    np.testing.assert_allclose(metrics["divergence"], expected, rtol=1e-6)
    np.testing.assert_allclose(metrics["error"], shift @ shift, rtol=1e-6)


def test_a_singular_covariance_is_welcome():
    model = hl.models.GaussianMean([0.0, 0.0], [[1.0, 1.0], [1.0, 1.0]])
    rows = np.asarray(model.sample_real(jax.random.key(0), 100))
    np.testing.assert_allclose(rows[:, 0], rows[:, 1], atol=1e-5)
    assert model.row_variance() == 2.0


@pytest.mark.parametrize(
    ("mean", "covariance", "message"),
    [
        ([0.0, 0.0], [[1.0]], r"covariance has shape \(1, 1\): must be \(2, 2\)"),
        ([0.0], -1.0, "covariance has the negative eigenvalue -1"),
        ([0.0, 0.0], [[1.0, 0.9], [0.0, 1.0]], "covariance is not symmetric"),
        ([0.0], np.nan, "covariance has entries that are not finite"),
        ([np.inf], 1.0, "mean=.*must be a vector of finite numbers, one or more"),
        ([[0.0, 1.0]], np.eye(2), "mean=.*must be a vector"),
        ([], 1.0, "mean=.*must be a vector of finite numbers, one or more"),
    ],
)
def test_wrong_parameters_are_named(mean, covariance, message):
    with pytest.raises(ValueError, match=message) as error:
        hl.models.GaussianMean(mean, covariance)
    assert "\n" not in str(error.value)
