import numpy as np
import pytest
from scipy import stats
from sklearn.linear_model import Ridge

import heirloom as hl
from heirloom.models import LinearRegression, RidgeRegression, Status
from heirloom.models.base import replicated
from heirloom.models.covariates import LabelledRows
from heirloom.simulation import simulate_paths

BETA = np.array([1.0, -2.0, 0.5])
GENERATIONS = 20


@pytest.mark.parametrize("columns", [1, 3, 11])
def test_agrees_with_scikit_learn(columns):
    rng = np.random.default_rng(columns)
    design, response = rng.normal(size=(40, columns)), rng.normal(size=40)
    weights = rng.exponential(size=40) * (rng.uniform(size=40) < 0.8)
    weights /= weights.sum()
    expected = Ridge(alpha=0.3, fit_intercept=False).fit(design, response, sample_weight=weights)
    model = RidgeRegression(np.zeros(columns), penalty=0.3)
    for dtype, tolerance in ((np.float64, 1e-12), (np.float32, 1e-5)):
        rows = LabelledRows(*(np.stack([a] * 3).astype(dtype) for a in (design, response)))
        found = model.fit(rows, np.stack([weights] * 3), replicated(model.truth(), 3))
        assert found.status.tolist() == [Status.SOLVED] * 3
        for coefficients in found.parameters.coefficients:
            np.testing.assert_allclose(coefficients, expected.coef_, atol=tolerance)


def test_statistics_and_rows_agree_in_law():
    """3,000 paths each: a Kolmogorov–Smirnov test sees differences of 0.05 in probability."""
    model = RidgeRegression(BETA, penalty=0.2)
    sizes = hl.workflows.Sizes.of(n_real=9, n_synthetic=12, generations=2)
    workflows = [hl.workflows.FreshMix(0.4)]
    drawn, direct = (
        simulate_paths(model, workflows, sizes, replicates=3000, seed=seed, draw=draw).metrics
        for draw, seed in (("rows", 1), ("statistics", 2))
    )
    for metric, first in drawn.items():
        for t in (0, 2):
            assert stats.ks_2samp(first[0, :, t], direct[metric][0, :, t]).pvalue > 1e-3


def test_every_generation_shrinks_what_is_left():
    """With a million rows there is hardly any noise beside β/(1 + λ)^{t+1}."""
    trace = hl.simulate(
        RidgeRegression(BETA, penalty=0.1),
        "discard",
        n_real=1_000_000,
        n_synthetic=1_000_000,
        generations=GENERATIONS,
        replicates=8,
        seed=0,
    )
    left = 1 - 1.1 ** -(np.arange(GENERATIONS + 1) + 1.0)
    np.testing.assert_allclose(trace.dataset["error"][0], BETA @ BETA * left**2, rtol=0.02)


def test_relative_risk_departs_from_that_of_least_squares():
    """2,000 paths: a standard error of 3 %, beside numbers three times as large."""
    arguments = {"n_real": 100, "n_synthetic": 100, "generations": GENERATIONS}
    relative = {}
    for penalty in (0.0, 0.1):
        model = RidgeRegression(np.array([1.0, 1.0, 0.0]), penalty=penalty)
        trace = hl.simulate(model, "discard", replicates=2000, seed=4, **arguments)
        error = trace.dataset["error"][0].values
        relative[penalty] = error[10] / error[0]
    assert relative[0.0] == pytest.approx(11, rel=0.15)
    assert relative[0.1] > 2 * relative[0.0]


def test_theory_has_no_law_but_without_a_penalty():
    model = RidgeRegression([1.0, 1.0], penalty=0.1)
    assert model.laws() == {}
    assert model.row_variance() is None
    assert model.synthetic_row_variance() is None
    plain = RidgeRegression([1.0, 1.0], penalty=0.0, noise_scale=2.0)
    assert plain.laws() == LinearRegression([1.0, 1.0], noise_scale=2.0).laws()
    assert plain.row_variance() == 8.0
    with pytest.raises(ValueError, match="theory knows no law"):
        hl.theory.predict("discard", model=model, n_real=50, n_synthetic=50, generations=1)


@pytest.mark.filterwarnings("ignore:.* replicates had failed by:UserWarning")
@pytest.mark.parametrize("draw", ["statistics", "rows"])
def test_fewer_rows_than_columns_have_an_answer(draw):
    arguments = {"n_real": 3, "n_synthetic": 2, "generations": 4, "replicates": 50, "seed": 0}
    for penalty, failed in ((0.1, 0), (0.0, 1)):
        model = RidgeRegression(np.ones(5), penalty=penalty)
        trace = hl.simulate(model, "discard", draw=draw, **arguments)
        assert np.all(trace.dataset["failed"] == failed)


def test_a_fixed_design_shrinks_by_its_singular_values():
    design = np.repeat(np.diag([1.0, 2.0]), 2, axis=0)
    model = RidgeRegression([1.0, 1.0], penalty=0.5, noise_scale=0.0, design=design, resample=False)
    trace = hl.simulate(
        model, "discard", n_real=4, n_synthetic=4, generations=2, replicates=2, seed=0
    )
    gram = np.array([0.5, 2.0])
    left = (gram / (gram + 0.5)) ** np.arange(1, 4)[:, None]
    expected = np.sum((1 - left) ** 2, axis=1)
    np.testing.assert_allclose(trace.dataset["error"][0], expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"penalty": -0.1}, "penalty=-0.1: must be a finite number, 0 or more"),
        ({"penalty": np.inf}, "penalty=inf: must be a finite number"),
        ({"penalty": 0.1, "noise_scale": -1.0}, "noise_scale=-1.0: must be a finite number"),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message) as error:
        RidgeRegression([1.0], **arguments)
    assert "\n" not in str(error.value)
