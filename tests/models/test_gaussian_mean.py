import numpy as np
import pytest

import heirloom as hl
from heirloom._base.random import Random
from heirloom.models import Status

COVARIANCE = np.array([[2.0, 0.5], [0.5, 1.0]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_have_the_mean_and_the_covariance(dtype):
    model = hl.models.GaussianMean([1.0, -1.0], COVARIANCE)
    rows = model.sample_real(Random((0, 0), 2, dtype=dtype), 100_000)
    assert rows.shape == (2, 100_000, 2)
    rows = rows.reshape(-1, 2)
    # Standard errors at 200,000 rows: 0.003 of a mean, 0.006 of a variance of 2.
    np.testing.assert_allclose(rows.mean(axis=0), [1.0, -1.0], atol=0.014)
    np.testing.assert_allclose(np.cov(rows.T), COVARIANCE, atol=0.027)


def test_statistic_has_the_law_of_the_mean_of_rows():
    model = hl.models.GaussianMean([1.0, -1.0], COVARIANCE)
    means = model.sample_real_statistic(Random((1, 0), 50_000), 7)
    np.testing.assert_allclose(means.mean(axis=0), [1.0, -1.0], atol=0.01)
    np.testing.assert_allclose(np.cov(means.T), COVARIANCE / 7, atol=0.008)


def test_rows_and_means_follow_the_parameters_of_their_replicate():
    """A standard error of 0.014 for the mean of 10,000 rows."""
    model = hl.models.GaussianMean([1.0, -1.0], COVARIANCE)
    parameters = np.array([[0.0, 0.0], [5.0, -7.0], [1e6, 3.0]])
    rows = model.sample(Random((2, 0), 3, dtype=np.float32), parameters, 10_000)
    for means in (
        model.statistic(rows, np.broadcast_to(1e-4, (3, 10_000))),
        model.sample_statistic(Random((2, 1), 3, dtype=np.float32), parameters, 10_000),
    ):
        assert np.all(np.abs(means - parameters) < 0.06)


@pytest.mark.parametrize("rows", [30_000_000, 10**8, 10**9])
def test_many_rows_and_a_large_mean_have_exact_errors(rows):
    """4,000 paths: a standard error of 2 %; the mean is 10⁴ times the deviation of a row."""
    model = hl.models.GaussianMean([1e4], 1.0)
    arguments = {"n_real": rows, "n_synthetic": rows, "generations": 3}
    exact = hl.theory.predict("discard", model=model, **arguments).dataset["error"]
    trace = hl.simulate(model, "discard", replicates=4000, seed=0, **arguments).dataset
    assert float(np.abs((trace["error"] - exact) / trace["error_se"]).max()) < 4


def test_rows_of_a_large_mean_have_exact_errors_in_single_precision():
    """2,000 paths of rows: a standard error of 3 %."""
    model = hl.models.GaussianMean([1e4], 1.0)
    arguments = {"n_real": 1000, "n_synthetic": 1000, "generations": 3}
    exact = hl.theory.predict("discard", model=model, **arguments).dataset["error"]
    trace = hl.simulate(model, "discard", replicates=2000, seed=0, draw="rows", **arguments)
    z = (trace.dataset["error"] - exact) / trace.dataset["error_se"]
    assert float(np.abs(z).max()) < 4


def test_a_mean_that_is_no_number_fails_alone():
    model = hl.models.GaussianMean([1.0, -1.0], COVARIANCE)
    fit = model.estimate(np.array([[1.0, 2.0], [np.nan, 0.0], [0.0, np.inf]]))
    assert fit.status.tolist() == [Status.SOLVED, Status.NOT_FINITE, Status.NOT_FINITE]


def test_divergence_is_that_of_two_gaussians():
    model = hl.models.GaussianMean([0.0, 0.0], COVARIANCE)
    shifts = np.array([[0.3, -0.2], [0.0, 0.0], [-1.0, 4.0]])
    expected = [0.5 * shift @ np.linalg.solve(COVARIANCE, shift) for shift in shifts]
    metrics = model.metrics(shifts)
    np.testing.assert_allclose(metrics["divergence"], expected, rtol=1e-12)
    np.testing.assert_allclose(metrics["error"], np.sum(shifts**2, axis=1), rtol=1e-12)


def test_a_singular_covariance_is_welcome():
    model = hl.models.GaussianMean([0.0, 0.0], [[1.0, 1.0], [1.0, 1.0]])
    rows = model.sample_real(Random((0, 0), 1), 100)
    np.testing.assert_allclose(rows[..., 0], rows[..., 1], atol=1e-5)
    assert model.row_variance() == 2.0


@pytest.mark.parametrize(
    ("mean", "covariance", "message"),
    [
        ([0.0, 0.0], [[1.0]], r"covariance has shape \(1, 1\): must be \(2, 2\)"),
        ([0.0], -1.0, "covariance has the negative eigenvalue -1"),
        ([0.0, 0.0], [[1.0, 0.9], [0.0, 1.0]], "covariance is not symmetric"),
        ([0.0], np.nan, "covariance=nan: must be a finite number, or a matrix"),
        ([np.inf], 1.0, "mean=.*must be a finite number, or a vector of them"),
        ([[0.0, 1.0]], np.eye(2), "mean=.*must be a finite number, or a vector"),
        ([], 1.0, "mean=.*must be a finite number, or a vector of them"),
    ],
)
def test_wrong_parameters_are_named(mean, covariance, message):
    with pytest.raises(ValueError, match=message) as error:
        hl.models.GaussianMean(mean, covariance)
    assert "\n" not in str(error.value)
