import numpy as np
import pytest
from scipy import stats
from sklearn.linear_model import PoissonRegressor

import heirloom as hl
from heirloom._base.random import Random
from heirloom.models import Status
from heirloom.models.covariates import LabelledRows
from heirloom.models.poisson_quantile import poisson_quantile


def fit(model, design, response, weights=None, dtype=np.float64):
    rows = len(design)
    weights = np.full(rows, 1 / rows) if weights is None else weights
    labelled = LabelledRows(design[None].astype(dtype), response[None].astype(dtype))
    found = model.fit(labelled, weights[None], model.truth()[None])
    return found.parameters[0], int(found.status[0])


def quantile(uniform, mean, dtype=np.float64):
    uniform, mean = (np.atleast_1d(a).astype(dtype) for a in np.broadcast_arrays(uniform, mean))
    return poisson_quantile(uniform[None], mean[None])[0]


@pytest.mark.parametrize("penalty", [0.0, 0.05])
@pytest.mark.parametrize("columns", [1, 3, 10])
def test_agrees_with_scikit_learn(columns, penalty):
    rng = np.random.default_rng(columns)
    design = rng.normal(size=(80, columns))
    beta = rng.normal(size=columns) / np.sqrt(columns)
    response = rng.poisson(np.exp(design @ beta)).astype(float)
    weights = rng.exponential(size=80) * (rng.uniform(size=80) < 0.8)
    weights /= weights.sum()
    model = hl.models.PoissonRegression(beta, penalty=penalty)
    for w in (None, weights):
        # Half a mean deviance and half a penalty: alpha is λ.
        reference = PoissonRegressor(
            alpha=penalty, fit_intercept=False, solver="newton-cholesky", tol=1e-12, max_iter=500
        ).fit(design, response, sample_weight=w)
        for dtype, tolerance in ((np.float64, 1e-7), (np.float32, 2e-4)):
            found, status = fit(model, design, response, w, dtype)
            assert status == Status.SOLVED
            scale = np.abs(reference.coef_).max()
            np.testing.assert_allclose(found, reference.coef_, atol=tolerance * scale)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_where_no_estimate_exists_there_is_a_status(dtype):
    rng = np.random.default_rng(0)
    design = np.column_stack([np.ones(20), rng.normal(size=20)])
    nothing = np.zeros(20)
    model = hl.models.PoissonRegression([0.1, 0.2])
    found, status = fit(model, design, nothing, dtype=dtype)
    assert Status(status) == Status.SEPARABLE
    assert "every count is 0" in Status(status).message
    assert np.all(np.isfinite(found))
    # A row that has a count, but no weight, is no help.
    one = np.r_[5.0, np.zeros(19)]
    weights = np.r_[0.0, np.full(19, 1 / 19)]
    assert fit(model, design, one, weights, dtype)[1] == Status.SEPARABLE
    penalised = hl.models.PoissonRegression([0.1, 0.2], penalty=0.1)
    assert fit(penalised, design, nothing, dtype=dtype)[1] == Status.SOLVED
    # All counts of the bearers of an attribute are 0: its coefficient tends to −∞.
    attribute = np.column_stack([np.ones(20), np.arange(20) < 6])
    counts = np.where(attribute[:, 1] > 0, 0.0, 2.0)
    assert fit(model, attribute, counts, dtype=dtype)[1] != Status.SOLVED
    constant = np.ones((20, 2))
    assert fit(model, constant, counts, dtype=dtype)[1] == Status.SINGULAR


def test_all_zero_samples_are_counted():
    model = hl.models.PoissonRegression([-3.0], design=np.ones((1, 1)))
    sizes = {"n_real": 10, "n_synthetic": 10, "generations": 2}
    trace = hl.simulate(model, "discard", replicates=1000, seed=0, **sizes)
    failed = trace.dataset["failed"].values[0]
    expected = np.exp(-10 * np.exp(-3.0))
    assert failed[0] == pytest.approx(expected, abs=4 * np.sqrt(expected / 1000))
    assert np.all(np.diff(failed) >= 0)
    assert np.isfinite(trace.dataset["error"]).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_huge_means_are_drawn_without_a_nan(dtype):
    model = hl.models.PoissonRegression([1.0])
    for eta in (-100.0, -60.0, 0.0, 2.48, 6.62, 10.0, 40.0, 60.0, 85.0):
        predictor = np.full((4, 500), eta, dtype)
        drawn = model.draw_responses(Random((1, 2), 4, dtype=dtype), predictor)
        assert drawn.dtype == dtype
        counts = drawn.astype(float)
        assert np.all(np.isfinite(counts))
        assert np.all(counts >= 0)
        mean = np.exp(eta)
        allowance = 5 * np.sqrt(mean / 2000) + 1e-4 * mean + 1e-3
        assert abs(counts.mean() - mean) < allowance + 1e-6 * mean
    beyond = model.draw_responses(Random((1, 2), 1, dtype=dtype), np.full((1, 3), 1e4, dtype))
    assert not np.any(np.isfinite(beyond))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_counts_beyond_all_numbers_are_no_estimate(dtype):
    model = hl.models.PoissonRegression([1.0, 1.0])
    rows = model.sample(Random((1, 2), 2, dtype=dtype), np.array([[1.0, 1.0], [1e4, 0.0]]), 100)
    found = model.fit(rows, np.full((2, 100), 0.01), np.ones((2, 2)))
    assert found.status[0] == Status.SOLVED
    assert found.status[1] in {Status.NOT_FINITE, Status.SINGULAR}


def test_counts_beyond_all_numbers_are_refused():
    with pytest.raises(ValueError, match=r"mean counts of exp\(200\) are too large to simulate"):
        hl.models.PoissonRegression([20.0])
    with pytest.raises(ValueError, match="too large to simulate; scale the columns"):
        hl.models.PoissonRegression([10.0], design=[[1.0], [7.0]])


def test_large_counts_are_fitted():
    rng = np.random.default_rng(0)
    design = np.column_stack([np.ones(50), rng.normal(size=50)])
    beta = np.array([15.0, 2.0])
    response = rng.poisson(np.exp(design @ beta)).astype(float)
    for dtype, tolerance in ((np.float64, 1e-3), (np.float32, 2e-2)):
        found, status = fit(hl.models.PoissonRegression([0.0, 0.0]), design, response, dtype=dtype)
        assert status == Status.SOLVED
        np.testing.assert_allclose(found, beta, atol=tolerance)


@pytest.mark.parametrize("mean", [1e-12, 1e-3, 0.1, 1.0, 3.7, 8.0, 11.99, 12.0])
def test_quantiles_of_small_means_are_exact(mean):
    uniform = np.random.default_rng(0).uniform(size=100_000)
    np.testing.assert_array_equal(quantile(uniform, mean), stats.poisson.ppf(uniform, mean))
    # Beside every jump of the distribution function.
    jumps = stats.poisson.cdf(np.arange(30), mean)
    jumps = jumps[jumps < 1 - 1e-12]
    for beside in (jumps * (1 - 1e-12), np.minimum(jumps * (1 + 1e-12), 1 - 1e-13)):
        np.testing.assert_array_equal(quantile(beside, mean), stats.poisson.ppf(beside, mean))


@pytest.mark.parametrize("mean", [12.001, 20.3, 100.0])
def test_quantiles_of_larger_means_are_close_in_total_variation(mean):
    steps = 2**21
    uniform = (np.arange(steps) + 0.5) / steps
    found = quantile(uniform, mean)
    assert np.all(found >= 0)
    assert np.all(np.diff(found) >= 0)
    counts = np.arange(int(mean + 12 * np.sqrt(mean)) + 10)
    seen = np.bincount(found.astype(int), minlength=len(counts))[: len(counts)] / steps
    variation = 0.5 * np.abs(seen - stats.poisson.pmf(counts, mean)).sum()
    assert variation < 1.1e-4 * (12 / mean) ** 1.5 + len(counts) / steps
    assert found.mean() == pytest.approx(mean, rel=2e-6)
    assert found.var() == pytest.approx(mean, rel=3e-4)


def test_the_largest_uniform_number_gives_no_large_count():
    largest = np.float32(1 - 2.0**-24)
    means = np.float32([1e-30, 1e-12, 1e-7, 1e-4, 0.01, 0.5, 2.0, 5.0, 11.0, 12.0])
    found = quantile(largest, means, np.float32)
    # No further than the counts that come once in 2²⁷ draws.
    assert np.all(found <= stats.poisson.isf(2.0**-27, means.astype(float)))
    assert np.all(found >= stats.poisson.isf(2.0**-21, means.astype(float)))
    assert found[0] == 0
    assert not quantile(np.float32(0), means, np.float32).any()
    assert np.isfinite(quantile(largest, np.float32([12.5, 100, 1e20]), np.float32)).all()
    assert not np.isfinite(quantile(0.3, np.array([np.nan, np.inf]))).any()


def test_means_may_be_those_of_replicates():
    rng = np.random.default_rng(0)
    uniform, mean = rng.uniform(size=(3, 200)), np.array([[0.5], [8.0], [300.0]])
    found = poisson_quantile(uniform, mean)
    np.testing.assert_array_equal(found, poisson_quantile(uniform, np.tile(mean, 200)))
    np.testing.assert_array_equal(found[:2], stats.poisson.ppf(uniform, mean)[:2])
    assert poisson_quantile(uniform.astype(np.float32), mean).dtype == np.float32


def test_the_least_uniform_numbers_give_no_negative_count():
    means = np.float32([12.0, 12.0001, 12.5, 13.0, 20.0])
    for uniform in (0.0, 2.0**-24, 1e-6):
        assert np.all(quantile(np.float32(uniform), means, np.float32) >= 0)


@pytest.mark.parametrize("beta", [[1.0, 1.0], [0.0, 0.0, 0.0], [0.3], [-1.0, 0.5]])
def test_row_variance_has_a_closed_form(beta):
    beta = np.array(beta)
    length, p = beta @ beta, len(beta)
    expected = np.exp(-length / 2) * (p - 1 + 1 / (1 + length))
    model = hl.models.PoissonRegression(beta)
    assert model.row_variance() == pytest.approx(expected, rel=1e-12)
    # The information is E[exp(xᵀβ) x xᵀ].
    X = np.random.default_rng(0).normal(size=(400_000, p))
    information = (X.T * np.exp(X @ beta)) @ X / len(X)
    assert np.trace(np.linalg.inv(information)) == pytest.approx(expected, rel=0.03)
    fitted = beta + 0.1
    loss = np.exp(fitted @ fitted / 2) - np.exp(length / 2) * (1 + beta @ (fitted - beta))
    got = model.metrics(np.stack([beta, fitted]))["excess_log_loss"]
    assert got == pytest.approx([0, loss], rel=1e-9, abs=1e-12)


def test_errors_tend_to_their_limit():
    """n = 500 and 1,000 paths: a standard error of 4 %, and the limit is off by 3 %."""
    model = hl.models.PoissonRegression([0.6, 0.3])
    sizes = {"n_real": 500, "n_synthetic": 500, "generations": 1}
    simulated = hl.simulate(model, "fresh:0.5", replicates=1000, seed=0, **sizes).dataset
    exact = hl.theory.predict("fresh:0.5", model=model, **sizes).dataset
    for metric in ("error", "excess_log_loss"):
        z = (simulated[metric] - exact[metric]) / simulated[f"{metric}_se"]
        assert float(np.abs(z).max()) < 4


@pytest.mark.parametrize("response", [[-1.0], [0.5]])
def test_responses_must_be_counts(response):
    with pytest.raises(ValueError, match="responses: must be counts"):
        hl.models.PoissonRegression([1.0], design=[[1.0]], responses=response)


def test_the_figure_in_the_docstring_of_poisson_regression() -> None:
    """34 % at n = 100, p = 2 and β = (1, 1); 30,000 replicates hold it to 1.3 %."""
    model = hl.models.PoissonRegression([1.0, 1.0])
    trace = hl.simulate(
        model, "real", n_real=100, n_synthetic=1, generations=0, replicates=30_000, seed=1
    )
    error, se = (float(trace.dataset[name][0, 0]) for name in ("error", "error_se"))
    above, se = 100 * error / model.row_variance() - 1, 100 * se / model.row_variance()
    assert abs(above - 0.34) < 0.005 + 3 * se
    assert "\n    34 % above it" in (model.__doc__ or "")
