import numpy as np
import pytest
from scipy import stats

import heirloom as hl
from heirloom._base.random import Random
from heirloom.models import GaussianParameters, Status
from heirloom.models.base import replicated
from heirloom.simulation import simulate_paths
from heirloom.workflows import Custom, Sizes, as_workflow, real, synthetic

IDENTITY = np.eye(2)
CORRELATED = np.array([[2.0, 0.6], [0.6, 0.5]])


def gaussian(covariance):
    return hl.models.Gaussian(np.arange(len(covariance), dtype=float), covariance)


def equal(rows, replicates=1):
    return np.broadcast_to(np.full(rows, 1 / rows), (replicates, rows))


def paths(model, workflow, *, replicates, draw="statistics", seed=0, dtype=np.float32, **sizes):
    return simulate_paths(
        model,
        [as_workflow(workflow)],
        Sizes.of(**sizes),
        replicates=replicates,
        seed=seed,
        draw=draw,
        dtype=dtype,
    )


def z_scores(model, workflows, metrics, *, replicates, seed=0, **sizes):
    simulated = hl.simulate(model, workflows, replicates=replicates, seed=seed, **sizes).dataset
    exact = hl.theory.predict(workflows, model=model, **sizes).dataset
    return np.stack([((simulated[m] - exact[m]) / simulated[f"{m}_se"]).values for m in metrics])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("p", [1, 3, 12])
def test_statistic_is_that_of_numpy(p, dtype):
    rng = np.random.default_rng(p)
    rows = (rng.normal(size=(4, 30, p)) @ rng.normal(size=(p, p)) + 5).astype(dtype)
    model = gaussian(np.eye(p))
    plain = model.statistic(rows, equal(30, 4))
    double = rows.astype(np.float64)
    np.testing.assert_allclose(plain.mean, double.mean(axis=1), rtol=1e-12)
    expected = np.array([np.cov(own.T).reshape(p, p) for own in double])
    np.testing.assert_allclose(plain.covariance, expected, atol=1e-12 * expected.max())
    padded = np.concatenate([rows, np.full((4, 5, p), np.nan, dtype)], axis=1)
    weights = np.broadcast_to(np.r_[np.full(30, 1 / 30), np.zeros(5)], (4, 35))
    found = model.statistic(padded, weights)
    np.testing.assert_allclose(found.root, plain.root, atol=1e-12)
    weights = rng.dirichlet(np.ones(30), size=4)
    found = model.statistic(rows, weights)
    for r in range(4):
        expected = np.cov(double[r].T, aweights=weights[r]).reshape(p, p)
        np.testing.assert_allclose(found.covariance[r], expected, rtol=1e-9, atol=1e-12)


def test_rows_far_from_0_have_their_covariance():
    """A mean 1e8 times the spread: eight digits are left."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(3, 50, 2)) @ np.linalg.cholesky(CORRELATED).T
    model = gaussian(IDENTITY)
    near, far = (model.statistic(rows + shift, equal(50, 3)) for shift in (0.0, 1e8))
    np.testing.assert_allclose(far.root, near.root, rtol=1e-6)


def test_the_truth_is_the_covariance_that_was_given():
    for covariance in (IDENTITY, CORRELATED, np.ones((3, 3)), np.diag([1e-9, 0.0, 1e9])):
        truth = gaussian(covariance).truth()
        np.testing.assert_allclose(truth.covariance, covariance, rtol=1e-14, atol=1e-14)
        assert not np.triu(truth.root, 1).any()


def test_roots_of_a_mixture_are_of_the_mixture_of_covariances():
    rng = np.random.default_rng(0)
    model = gaussian(np.eye(4))
    statistics = [
        GaussianParameters(rng.normal(size=(6, 4)), np.tril(rng.normal(size=(6, 4, 4))))
        for _ in range(3)
    ]
    for shares in (np.array([[0.2], [0.3], [0.5]]), rng.dirichlet(np.ones(3), size=6).T):
        found = model.mixed(statistics, shares)
        weights = shares[:, :, None, None]
        expected = sum(w * s.covariance for w, s in zip(weights, statistics, strict=True))
        np.testing.assert_allclose(found.covariance, expected, atol=1e-13)
        expected = sum(w[..., 0] * s.mean for w, s in zip(weights, statistics, strict=True))
        np.testing.assert_allclose(found.mean, expected, atol=1e-13)


def test_what_has_no_share_may_hold_anything():
    model = gaussian(IDENTITY)
    known = GaussianParameters(np.ones((5, 2)), np.tril(np.ones((5, 2, 2))))
    unknown = GaussianParameters(np.full((5, 2), np.nan), np.full((5, 2, 2), np.nan))
    found = model.mixed([unknown, known], np.array([[0.0], [1.0]]))
    np.testing.assert_allclose(found.root, known.root)
    np.testing.assert_array_equal(found.mean, known.mean)
    fit = model.estimate(model.mixed([unknown, known], np.array([[0.5], [0.5]])))
    assert set(fit.status.tolist()) == {Status.TOO_FEW_ROWS}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_draws_are_in_double_precision_whatever_the_rows_are_in(dtype):
    model = gaussian(CORRELATED)
    parameters = replicated(model.truth(), 8)
    drawn = model.sample_statistic(Random((1, 2), 8, dtype=dtype), parameters, 9)
    rows = model.sample(Random((1, 2), 8, dtype=dtype), parameters, 9)
    for array in (*drawn, *model.statistic(rows, equal(9, 8))):
        assert array.dtype == np.float64
    assert rows.shape == (8, 9, 2)


@pytest.mark.parametrize("rows", [2, 7])
def test_statistics_and_rows_agree_in_law(rows):
    """4,000 paths each: a Kolmogorov–Smirnov test sees differences of 0.04 in probability."""
    arguments = {"n_real": rows, "n_synthetic": rows + 2, "generations": 3, "replicates": 4000}
    model = gaussian(CORRELATED)
    drawn, direct = (
        paths(model, "fresh:0.4", draw=draw, seed=seed, **arguments).metrics
        for draw, seed in (("rows", 1), ("statistics", 2))
    )
    for metric in ("mean_error", "covariance_error", "log_det"):
        if metric == "log_det" and rows == 2:
            continue  # −inf at generation 0
        for t in (0, 3):
            first, second = drawn[metric][0, :, t], direct[metric][0, :, t]
            assert stats.ks_2samp(first, second).pvalue > 1e-3, (metric, t)
            spread = np.hypot(first.std(), second.std()) / 4000**0.5
            assert abs(first.mean(dtype=float) - second.mean(dtype=float)) < 4 * spread


@pytest.mark.parametrize(
    ("covariance", "n", "m", "n_initial"),
    [(IDENTITY, 100, 100, 100), (IDENTITY, 20, 20, 20), (CORRELATED, 40, 15, 25)],
)
def test_covariance_errors_of_fresh_data_are_exact(covariance, n, m, n_initial):
    """10,000 paths: a standard error of 1 to 2 %; the limit of large samples is off by 3–15 %."""
    workflows = [f"fresh:{w}" for w in (0.3, 0.618, 1.0)]
    arguments = {"n_real": n, "n_synthetic": m, "n_initial": n_initial, "generations": 8}
    model = gaussian(covariance)
    metrics = ["covariance_error", "mean_error"]
    z = z_scores(model, workflows, metrics, replicates=10_000, seed=4, **arguments)
    # 54 correlated scores, each beyond 3.7 once in 4,600.
    assert np.abs(z).max() < 3.7


def window(t):
    return {real(0): 0.2, real(t): 0.3, synthetic(max(1, t - 1)): 0.5}


def test_covariance_errors_are_exact_under_every_workflow_of_whole_datasets():
    model = gaussian(CORRELATED)
    arguments = {"n_real": 12, "n_synthetic": 8, "n_initial": 15, "generations": 3}
    workflows = ["augment", "accumulate-all", Custom(window)]
    z = z_scores(model, workflows, ["covariance_error"], replicates=6000, **arguments)
    assert np.abs(z).max() < 4


def test_discarded_covariances_explode_in_the_mean_and_collapse_in_the_median():
    found = paths(
        gaussian(IDENTITY),
        "discard",
        n_real=100,
        n_synthetic=100,
        generations=50,
        replicates=40_000,
        seed=9,
    ).metrics
    log_det = found["log_det"][0].astype(float)
    z = (log_det[:, [0, 50]].mean(axis=0) - [-0.030526, -1.556835]) / (
        log_det[:, [0, 50]].std(axis=0) / 200
    )
    assert np.abs(z).max() < 3
    error = found["covariance_error"][0].astype(float)
    exact = np.array([0.060606, 0.122232, 0.726673, 4.998206])
    at = error[:, [0, 1, 10, 50]]
    se = at.std(axis=0) / 200
    assert se[-1] < 0.05 * exact[-1]  # heavy-tailed, and yet sharp enough
    assert np.abs((at.mean(axis=0) - exact) / se).max() < 3.5
    # The mean is carried by few paths, while the determinant of most has collapsed.
    assert np.median(error[:, 50]) < 0.4 * exact[-1]
    assert np.mean(log_det[:, 50] < 0) > 0.75
    assert np.median(log_det[:, 50]) < np.median(log_det[:, 10]) < np.median(log_det[:, 0])


@pytest.mark.parametrize("draw", ["statistics", "rows"])
def test_a_single_row_is_too_few(draw):
    sizes = {"n_real": 5, "n_synthetic": 1, "generations": 3}
    found = paths(gaussian(IDENTITY), "discard", replicates=8, draw=draw, **sizes)
    assert found.failures() == [{"TOO_FEW_ROWS": 1.0}]
    assert not np.isnan(found.metrics["covariance_error"][0, :, 0]).any()
    assert np.isnan(found.metrics["covariance_error"][0, :, 1:]).all()
    assert "too few rows" in Status.TOO_FEW_ROWS.message


@pytest.mark.parametrize("draw", ["statistics", "rows"])
@pytest.mark.parametrize(("n", "p"), [(2, 2), (5, 12)])
def test_no_more_rows_than_columns_leave_no_determinant(n, p, draw):
    sizes = {"n_real": n, "n_synthetic": n, "generations": 3}
    found = paths(gaussian(np.eye(p)), "discard", replicates=300, draw=draw, **sizes)
    assert not any(np.isnan(v).any() for v in found.metrics.values())
    absent = found.metrics["log_det"] == -np.inf
    assert absent.all()
    assert found.failed().max() == 0


def z_of_log_det(model, workflow, exact, *, replicates, seed, draw="statistics", **sizes):
    found = paths(model, workflow, replicates=replicates, seed=seed, draw=draw, **sizes)
    at = [t for t in (1, 50, 60, 100, 200, 2000) if t <= sizes["generations"]]
    log_det = found.metrics["log_det"][0][:, at].astype(float)
    assert np.isfinite(log_det).all()
    return (log_det.mean(axis=0) - exact[at]) / (log_det.std(axis=0) / replicates**0.5)


@pytest.mark.parametrize(
    ("p", "m", "generations", "replicates"),
    [(2, 20, 200, 2000), (2, 100, 200, 2000), (5, 20, 200, 500), (2, 20, 2000, 100)],
)
def test_log_determinants_of_a_long_discard_are_exact(p, m, generations, replicates):
    """E log det S_t = log det Σ + (t + 1) Σ_i [ψ((m − i)/2) + log(2/(m − 1))], i = 1, …, p."""
    exact = np.arange(1, generations + 2) * hl.theory.log_determinant_drift(m, p)
    sizes = {"n_real": m, "n_synthetic": m, "generations": generations}
    model = gaussian(np.eye(p))
    z = z_of_log_det(model, "discard", exact, replicates=replicates, seed=p + m, **sizes)
    assert np.abs(z).max() < 3.5, z


def test_log_determinants_of_rows_that_collapse_are_exact():
    """Of the spread 1e-9 is left: in single precision correlations would round to 1."""
    m, generations = 6, 60
    exact = np.arange(1, generations + 2) * hl.theory.log_determinant_drift(m, 2)
    assert exact[-1] < 2 * np.log(1e-9)
    sizes = {"n_real": m, "n_synthetic": m, "generations": generations}
    model = gaussian(IDENTITY)
    z = z_of_log_det(model, "discard", exact, replicates=3000, seed=3, draw="rows", **sizes)
    assert np.abs(z).max() < 3.5, z


@pytest.mark.parametrize(("p", "m"), [(1, 2), (3, 4)])
def test_tiny_datasets_collapse_to_nothing_without_a_nan(p, m):
    trace = hl.simulate(
        gaussian(np.eye(p)),
        "discard",
        n_real=m,
        n_synthetic=m,
        generations=1500,
        replicates=200,
        seed=0,
    )
    last = trace.dataset.isel(workflow=0, generation=-1)
    assert float(trace.dataset["failed"].max()) == 0
    for metric in ("mean_error", "covariance_error"):
        assert np.isfinite(last[metric])
        assert np.isfinite(last[f"{metric}_quantile"]).all()
    # Of the covariance nothing is left: the error is ‖Σ‖², and roots are below the least number.
    np.testing.assert_allclose(last["covariance_error_quantile"], p, rtol=1e-3)
    assert float(last["log_det"]) == -np.inf


def test_a_singular_covariance_stays_singular():
    covariance = np.outer([1.0, 2.0, -1.0], [1.0, 2.0, -1.0])
    model = gaussian(covariance)
    arguments = {"n_real": 10, "n_synthetic": 10, "generations": 4}
    found = paths(model, "fresh:0.5", replicates=3000, **arguments)
    assert np.all(found.metrics["log_det"] == -np.inf)
    assert not any(np.isnan(v).any() for v in found.metrics.values())
    exact = hl.theory.predict("fresh:0.5", model=model, **arguments).dataset["covariance_error"]
    mean, se = found.means()["covariance_error"], found.standard_errors()["covariance_error"]
    assert np.abs((mean - exact.values) / se).max() < 4


def test_many_columns():
    rng = np.random.default_rng(0)
    root = rng.normal(size=(12, 12))
    model = gaussian(root @ root.T / 12 + np.eye(12))
    arguments = {"n_real": 30, "n_synthetic": 20, "generations": 3, "replicates": 2000}
    z = z_scores(model, ["discard"], ["covariance_error", "log_det"], **arguments)
    assert np.abs(z).max() < 4
