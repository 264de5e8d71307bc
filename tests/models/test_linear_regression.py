import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats
from sklearn.linear_model import LinearRegression as Reference

import heirloom as hl
from heirloom.models import Status
from heirloom.models.covariates import LabelledRows
from heirloom.simulation.replicates import simulate_paths
from heirloom.workflows import Sizes, as_workflow


def fit(model, design, response, weights=None, dtype=np.float64):
    rows = len(design)
    weights = np.full(rows, 1 / rows) if weights is None else weights
    with jax.enable_x64(dtype is np.float64):
        labelled = LabelledRows(jnp.asarray(design, dtype), jnp.asarray(response, dtype))
        found = model.fit(labelled, jnp.asarray(weights, dtype), model.truth())
        return jax.tree.map(np.asarray, found)


def z_scores(model, workflows, metrics, *, replicates=4000, seed=0, draw="statistics", **sizes):
    simulated = hl.simulate(
        model, workflows, replicates=replicates, seed=seed, draw=draw, **sizes
    ).dataset
    assert float(simulated["failed"].max()) == 0
    exact = hl.theory.predict(workflows, model=model, **sizes).dataset
    return {
        name: np.abs((simulated[name] - exact[name]) / simulated[f"{name}_se"]).max().item()
        for name in metrics
    }


@pytest.mark.parametrize("columns", [1, 3, 8, 11])
def test_agrees_with_scikit_learn(columns):
    rng = np.random.default_rng(columns)
    design = rng.normal(size=(40, columns)) * 10.0 ** rng.integers(-3, 3, size=columns)
    response = rng.normal(size=40)
    weights = rng.exponential(size=40) * (rng.uniform(size=40) < 0.8)
    weights /= weights.sum()
    model = hl.models.LinearRegression(np.zeros(columns))
    for w in (None, weights):
        expected = Reference(fit_intercept=False).fit(design, response, sample_weight=w).coef_
        for dtype, tolerance in ((np.float64, 1e-9), (np.float32, 1e-3)):
            found = fit(model, design, response, w, dtype)
            assert int(found.status) == Status.SOLVED
            got = found.parameters.coefficients
            scale = design.std(axis=0)
            bound = tolerance * np.abs(expected * scale).max()
            np.testing.assert_allclose(got * scale, expected * scale, atol=bound)


@pytest.mark.parametrize("columns", [1, 4])
def test_noise_is_the_unbiased_residual_variance(columns):
    rng = np.random.default_rng(columns)
    design, response = rng.normal(size=(12, columns)), rng.normal(size=12)
    model = hl.models.LinearRegression(np.zeros(columns), estimate_noise=True)
    residual = response - Reference(fit_intercept=False).fit(design, response).predict(design)
    expected = residual @ residual / (12 - columns)
    assert fit(model, design, response).parameters.noise_variance == pytest.approx(expected)
    padded = np.concatenate([design, np.full((3, columns), 1e3)])
    weights = np.r_[np.full(12, 1 / 12), np.zeros(3)]
    found = fit(model, padded, np.r_[response, np.full(3, -1e5)], weights)
    assert found.parameters.noise_variance == pytest.approx(expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("columns", [3, 10])
def test_degenerate_designs_have_a_status(columns, dtype):
    rng = np.random.default_rng(0)
    known = hl.models.LinearRegression(np.zeros(columns))
    estimated = hl.models.LinearRegression(np.zeros(columns), estimate_noise=True)
    design, response = rng.normal(size=(30, columns)), rng.normal(size=30)
    twice, absent = design.copy(), design.copy()
    twice[:, 1] = twice[:, 0]
    absent[:, -1] = 0
    for singular in (twice, absent, design[: columns - 1]):
        for model in (known, estimated):
            found = fit(model, singular, response[: len(singular)], dtype=dtype)
            assert int(found.status) == Status.SINGULAR
            assert np.all(np.isfinite(found.parameters.coefficients))
    square = fit(estimated, design[:columns], response[:columns], dtype=dtype)
    assert int(square.status) == Status.TOO_FEW_ROWS
    assert int(fit(known, design[:columns], response[:columns], dtype=dtype).status) == 0


@pytest.mark.parametrize(
    ("draw", "columns", "expected"), [("statistics", 2, "TOO_FEW_ROWS"), ("rows", 3, "SINGULAR")]
)
def test_few_rows_fail_in_a_simulation(draw, columns, expected):
    sizes = Sizes.of(n_real=10, n_synthetic=2, generations=2)
    model = hl.models.LinearRegression(np.ones(columns), estimate_noise=True)
    found = simulate_paths(model, [as_workflow("discard")], sizes, replicates=20, seed=0, draw=draw)
    assert found.failures() == [{expected: 1.0}]


def test_statistics_and_rows_agree_in_law():
    model = hl.models.LinearRegression([1.0, -2.0, 0.5], estimate_noise=True)
    sizes = Sizes.of(n_real=9, n_synthetic=12, generations=2)
    drawn, direct = (
        simulate_paths(
            model, [as_workflow("fresh:0.4")], sizes, replicates=3000, seed=seed, draw=draw
        ).metrics
        for draw, seed in (("rows", 1), ("statistics", 2))
    )
    for metric, first in drawn.items():
        for t in (0, 2):
            one, two = first[0, :, t], direct[metric][0, :, t]
            assert stats.ks_2samp(one, two).pvalue > 1e-3, (metric, t)


def test_discarded_fits_have_their_exact_errors():
    """8,000 paths: p[1/(n₀−p−1) + t/(m−p−1)] is half as much again as the limit."""
    model = hl.models.LinearRegression([1.0, 0.0, -1.0], noise_scale=1.5, estimate_noise=True)
    sizes = {"n_real": 14, "n_synthetic": 14, "n_initial": 20, "generations": 3}
    metrics = ["error", "excess_risk", "noise_error"]
    z = z_scores(model, ["discard"], metrics, replicates=8000, **sizes)
    assert max(z.values()) < 4, z


def test_a_fixed_design_has_exact_errors_under_every_workflow_of_whole_datasets():
    design = np.column_stack([np.ones(6), np.arange(6.0)])
    model = hl.models.LinearRegression(
        [0.5, 1.0], design=design, resample=False, estimate_noise=True
    )
    sizes = {"n_real": 6, "n_synthetic": 12, "generations": 3}
    workflows = ["fresh:0.4", "augment"]
    metrics = ["error", "excess_risk", "noise_error"]
    z = z_scores(model, workflows, metrics, replicates=6000, **sizes)
    assert max(z.values()) < 4, z
    rows = model.sample_real(jax.random.key(0), 12)
    np.testing.assert_array_equal(rows.design, np.concatenate([design, design]))


def test_a_table_keeps_its_responses_and_has_the_sandwich():
    rng = np.random.default_rng(0)
    X = np.column_stack([np.arange(50.0) / 10, np.ones(50)])
    y = X[:, 0] + rng.normal(size=50) * (0.2 + X[:, 0])
    beta = np.linalg.lstsq(X, y, rcond=None)[0]
    scale = np.std(y - X @ beta)
    model = hl.models.LinearRegression(beta, noise_scale=scale, design=X, responses=y)
    rows = model.sample_real(jax.random.key(0), 400)
    at = np.rint(10 * np.asarray(rows.design[:, 0])).astype(int)
    np.testing.assert_allclose(rows.response, y[at], rtol=1e-6)
    assert len(np.unique(at)) == 50
    bread = np.linalg.inv(X.T @ X / 50)
    meat = (X.T * (y - X @ beta) ** 2) @ X / 50
    assert model.row_variance() == pytest.approx(np.trace(bread @ meat @ bread))
    assert model.synthetic_row_variance() == pytest.approx(scale**2 * np.trace(bread))
    sizes = {"n_real": 1000, "n_synthetic": 1000, "generations": 2}
    z = z_scores(model, ["fresh:0.4"], ["error", "excess_risk"], replicates=1500, **sizes)
    assert max(z.values()) < 4, z  # the limit is off by 1 %, a standard error is 3 %


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"noise_scale": -1.0}, "noise_scale=-1.0: must be a number, 0 or more"),
        ({"noise_scale": np.nan}, "noise_scale=nan"),
        ({"resample": False}, "resample=False: is for a fixed design"),
        ({"design": np.ones((2, 3))}, r"design has shape \(2, 3\): must be \(rows, 1\)"),
        ({"responses": [1.0]}, "responses has shape"),
        (
            {"design": np.ones((2, 1)), "responses": [0.0, 1.0], "resample": False},
            "resample=False: with responses",
        ),
    ],
)
def test_wrong_parameters_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        hl.models.LinearRegression([1.0], **arguments)
