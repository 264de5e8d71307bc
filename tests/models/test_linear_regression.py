import numpy as np
import pytest
from scipy import stats
from sklearn.linear_model import LinearRegression as Reference

import heirloom as hl
from heirloom._base.random import Random
from heirloom.models import Status
from heirloom.models.base import replicated
from heirloom.models.covariates import LabelledRows
from heirloom.models.linear_regression import LinearParameters
from heirloom.simulation import simulate_paths
from heirloom.workflows import Sizes, as_workflow


def fit(model, design, response, weights=None, dtype=np.float64):
    """Fit of one dataset, of which there are two copies side by side."""
    rows = len(design)
    weights = np.full(rows, 1 / rows) if weights is None else weights
    labelled = LabelledRows(*(np.stack([a, a]).astype(dtype) for a in (design, response)))
    start = replicated(model.truth(), 2)
    found = model.fit(labelled, np.broadcast_to(weights.astype(dtype), (2, rows)), start)
    for array in (*found.parameters, found.status):
        np.testing.assert_array_equal(array[0], array[1])
    for array in found.parameters:
        assert array.dtype == np.float64
    return hl.models.Fit(LinearParameters(*(a[0] for a in found.parameters)), found.status[0])


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
    rows = model.sample_real(Random((1, 2), 3), 12)
    twice = np.concatenate([design, design])
    np.testing.assert_array_equal(rows.design, np.stack([twice] * 3))


def test_a_table_keeps_its_responses_and_has_the_sandwich():
    rng = np.random.default_rng(0)
    X = np.column_stack([np.arange(50.0) / 10, np.ones(50)])
    y = X[:, 0] + rng.normal(size=50) * (0.2 + X[:, 0])
    beta = np.linalg.lstsq(X, y, rcond=None)[0]
    scale = np.std(y - X @ beta)
    model = hl.models.LinearRegression(beta, noise_scale=scale, design=X, responses=y)
    rows = model.sample_real(Random((1, 2), 2), 400)
    at = np.rint(10 * rows.design[:, :, 0]).astype(int)
    np.testing.assert_allclose(rows.response, y[at], rtol=1e-6)
    assert len(np.unique(at)) == 50
    bread = np.linalg.inv(X.T @ X / 50)
    meat = (X.T * (y - X @ beta) ** 2) @ X / 50
    assert model.row_variance() == pytest.approx(np.trace(bread @ meat @ bread))
    assert model.synthetic_row_variance() == pytest.approx(scale**2 * np.trace(bread))
    sizes = {"n_real": 1000, "n_synthetic": 1000, "generations": 2}
    z = z_scores(model, ["fresh:0.4"], ["error", "excess_risk"], replicates=1500, **sizes)
    assert max(z.values()) < 4, z  # the limit is off by 1 %, a standard error is 3 %


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1e4, 1e6])
def test_coefficients_many_times_the_noise_do_no_harm(size, dtype):
    """2,000 paths: a standard error of 2 %."""
    design = np.column_stack([np.ones(1000), np.linspace(-1, 1, 1000)])
    sizes = {"n_real": 1000, "n_synthetic": 1000, "generations": 3}
    small, large = (
        simulate_paths(
            hl.models.LinearRegression(
                [beta, 1.0], design=design, resample=False, estimate_noise=True
            ),
            [as_workflow("discard")],
            Sizes.of(**sizes),
            replicates=2000,
            seed=0,
            draw="rows",
            dtype=dtype,
        ).metrics
        for beta in (1.0, size)
    )
    # On the same random numbers, so that they agree to rounding.
    for name, expected in small.items():
        np.testing.assert_allclose(large[name], expected, rtol=1e-3, atol=1e-9)
    model = hl.models.LinearRegression([size, 1.0], design=design, resample=False)
    exact = hl.theory.predict("discard", model=model, **sizes).dataset["error"][0].values
    error = large["error"][0].astype(float)
    assert np.abs((error.mean(axis=0) - exact) / (error.std(axis=0) / 2000**0.5)).max() < 4


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_normal_designs_take_large_coefficients_too(dtype):
    model = hl.models.LinearRegression([1e6, -1e6, 1.0], estimate_noise=True)
    truth = replicated(model.truth(), 500)
    rows = model.sample(Random((1, 2), 500, dtype=dtype), truth, 400)
    assert rows.design.dtype == dtype
    found = model.fit(rows, np.broadcast_to(np.full(400, 1 / 400), (500, 400)), truth)
    difference = found.parameters.coefficients - model.coefficients
    scaled = np.sum(difference**2, axis=1)
    exact = 3 / (400 - 3 - 1)
    assert abs(scaled.mean() - exact) < 4 * scaled.std() / 500**0.5
    variance = found.parameters.noise_variance
    assert abs(variance.mean() - 1) < 4 * variance.std() / 500**0.5


def test_a_fixed_design_is_one_array_for_all_replicates():
    design = np.random.default_rng(0).normal(size=(5, 2))
    model = hl.models.LinearRegression([1.0, 2.0], design=design, resample=False)
    rows = model.sample(Random((1, 2), 6), replicated(model.truth(), 6), 12)
    assert rows.design.shape == (6, 12, 2)
    assert rows.design.strides[0] == 0
    np.testing.assert_array_equal(rows.design[3], design[np.arange(12) % 5])
    weights = np.broadcast_to(np.full(12, 1 / 12), (6, 12))
    statistic = model.statistic(rows, weights)
    assert statistic.gram.strides[0] == 0
    copied = LabelledRows(np.array(rows.design), rows.response)
    for one, other in zip(statistic, model.statistic(copied, weights), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("estimate_noise", [True, False])
def test_rows_of_weight_0_may_hold_what_is_no_number(estimate_noise):
    rng = np.random.default_rng(0)
    model = hl.models.LinearRegression(np.ones(3), estimate_noise=estimate_noise)
    design, response = rng.normal(size=(2, 20, 3)), rng.normal(size=(2, 20))
    weights = rng.dirichlet(np.ones(20), size=2) * (np.arange(20) < [[12], [17]])
    weights /= weights.sum(axis=1, keepdims=True)
    truth = replicated(model.truth(), 2)
    expected = model.fit(LabelledRows(design, response), weights, truth)
    absent = weights == 0
    design[absent], response[absent] = np.nan, np.inf
    found = model.fit(LabelledRows(design, response), weights, truth)
    for one, other in zip(found.parameters, expected.parameters, strict=True):
        np.testing.assert_array_equal(one, other)
    assert found.status.tolist() == [0, 0]


def test_workflows_of_one_key_share_covariates_and_noise():
    model = hl.models.LinearRegression([1.0, -1.0])
    one, other = (
        model.sample(Random((1, 2), 4), LinearParameters(beta, np.ones(4)), 9)
        for beta in (np.zeros((4, 2)), np.ones((4, 2)))
    )
    np.testing.assert_array_equal(one.design, other.design)
    np.testing.assert_allclose(other.response - one.response, one.design.sum(axis=2), atol=1e-14)


@pytest.mark.parametrize("columns", [31, 60])
def test_many_columns_by_law_and_by_rows(columns):
    model = hl.models.LinearRegression(np.ones(columns), estimate_noise=True)
    truth, weights = replicated(model.truth(), 300), np.full((300, 150), 1 / 150)
    drawn = model.sample_statistic(Random((1, 2), 300), truth, 150)
    rows = model.sample(Random((1, 3), 300, dtype=np.float32), truth, 150)
    exact = columns / (150 - columns - 1)
    for statistic in (drawn, model.statistic(rows, weights)):
        found = model.estimate(statistic)
        assert not found.status.any()
        error = model.metrics(found.parameters)["error"]
        assert abs(error.mean() - exact) < 4 * error.std() / 300**0.5


TABLE = np.column_stack([np.ones(6), np.arange(6.0)])


def ball(design):
    """Responses within 1 of the truth, and closer where the second covariate is large."""
    centre = design @ [0.5, 1.0]
    return centre - 2 / (1 + design[:, 1]), centre + 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("resample", [True, False])
def test_accepted_rows_drawn_by_law_and_by_trial_agree(resample, dtype):
    """4,000 datasets each way, whose fits and total tries are compared."""
    replicates, count = 4000, 18
    model = hl.models.LinearRegression([0.5, 1.0], design=TABLE, resample=resample)
    truth = replicated(model.truth(), replicates)
    weights = np.broadcast_to(np.full(count, 1 / count), (replicates, count))
    found = []
    for by_trial in (True, False):
        random = Random((5, by_trial), replicates, dtype=dtype)
        rows, tries = model.sample_accepted(
            random, truth, count, ball, by_trial=by_trial, most=10**6
        )
        assert rows.design.shape == (replicates, count, 2)
        flat = rows.design.reshape(-1, 2).astype(float)
        low, high = (bound.reshape(replicates, count) for bound in ball(flat))
        assert np.all((rows.response >= low - 1e-5) & (rows.response <= high + 1e-5))
        total = tries.sum(axis=1)
        slope = model.fit(rows, weights, truth).parameters.coefficients[:, 1]
        found.append((total, slope, rows.design[:, :, 1].sum(axis=1).astype(float)))
    for one, other in zip(*found, strict=True):
        if one.std() == 0:  # covariates of a fixed design
            np.testing.assert_array_equal(one, other)
            continue
        assert stats.ks_2samp(one, other).pvalue > 1e-3
        for power in (1, 2):
            first, second = ((part - one.mean()) ** power for part in (one, other))
            spread = np.hypot(first.std(), second.std()) / replicates**0.5
            assert abs(first.mean() - second.mean()) < 4 * spread


def test_accepted_rows_of_drawn_covariates_have_no_known_law():
    model = hl.models.LinearRegression([0.5, 1.0])
    assert not model.draws_accepted
    with pytest.raises(ValueError, match="design=None: the law of accepted rows"):
        model.sample_accepted(
            Random((1, 2), 2), replicated(model.truth(), 2), 3, ball, by_trial=False, most=10
        )


def test_the_law_of_accepted_responses_holds_the_design_and_its_intervals():
    model = hl.models.LinearRegression([0.5, 1.0], design=TABLE, resample=False)
    law = model.accepted_law(ball)
    np.testing.assert_array_equal(law.design, TABLE)
    np.testing.assert_array_equal(law.truth, [0.5, 1.0])
    for found, expected in zip((law.low, law.high), ball(TABLE), strict=True):
        np.testing.assert_array_equal(found, expected)
    with pytest.raises(ValueError, match="verifier: accepts no response"):
        model.accepted_law(lambda design: tuple(reversed(ball(design))))
    for other in (
        hl.models.LinearRegression([0.5, 1.0], design=TABLE),
        hl.models.LinearRegression([0.5, 1.0], design=TABLE, resample=False, estimate_noise=True),
    ):
        with pytest.raises(ValueError, match="theory of verified data takes a fixed design"):
            other.accepted_law(ball)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"noise_scale": -1.0}, "noise_scale=-1.0: must be a finite number, 0 or more"),
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
