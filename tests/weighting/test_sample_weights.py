import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import LogisticRegression

import heirloom as hl

SIZES = st.integers(1, 10_000)
WEIGHTS = st.one_of(st.floats(0, 1), st.sampled_from(["optimal", "golden", "naive"]))


@given(n_real=SIZES, n_synthetic=SIZES, weight=WEIGHTS)
def test_mean_is_one_and_rows_of_a_kind_weigh_the_same(n_real, n_synthetic, weight):
    real, synthetic = hl.sample_weights(n_real, n_synthetic, weight)
    assert (real.shape, synthetic.shape) == ((n_real,), (n_synthetic,))
    assert (real.dtype, synthetic.dtype) == (np.float64, np.float64)
    assert np.concatenate([real, synthetic]).mean() == pytest.approx(1, rel=1e-12)
    assert np.all(real == real[0])
    assert np.all(synthetic == synthetic[0])
    assert real[0] >= 0
    assert synthetic[0] >= 0


@given(n_real=SIZES, n_synthetic=SIZES, weight=st.floats(0, 1))
def test_real_rows_have_the_share_that_was_asked(n_real, n_synthetic, weight):
    real, synthetic = hl.sample_weights(n_real, n_synthetic, weight)
    assert real.sum() / (real.sum() + synthetic.sum()) == pytest.approx(weight, abs=1e-12)


@given(n_real=SIZES, n_synthetic=SIZES)
def test_names_stand_for_the_weights_of_theory(n_real, n_synthetic):
    total = n_real + n_synthetic
    optimal, _ = hl.sample_weights(n_real, n_synthetic)
    expected = hl.theory.optimal_weight(n_real, n_synthetic)
    assert optimal.sum() / total == pytest.approx(expected, rel=1e-12)
    golden, _ = hl.sample_weights(n_real, n_synthetic, "golden")
    assert golden.sum() / total == pytest.approx((math.sqrt(5) - 1) / 2, rel=1e-12)
    for ones in hl.sample_weights(n_real, n_synthetic, "naive"):
        assert np.all(ones == 1)


@given(n_real=st.integers(1, 50), n_synthetic=st.integers(1, 50), weight=st.floats(0, 1))
def test_weighted_mean_is_the_mixture_of_the_two_means(n_real, n_synthetic, weight):
    rng = np.random.default_rng(n_real + 100 * n_synthetic)
    real, synthetic = rng.normal(3, 1, n_real), rng.normal(-1, 2, n_synthetic)
    row_weights = np.concatenate(hl.sample_weights(n_real, n_synthetic, weight))
    y = np.concatenate([real, synthetic])
    fitted = DummyRegressor().fit(np.zeros((len(y), 1)), y, sample_weight=row_weights)
    expected = weight * real.mean() + (1 - weight) * synthetic.mean()
    assert fitted.constant_.item() == pytest.approx(expected, abs=1e-12)


def test_weighted_logistic_regression_solves_the_mixture_of_the_two_losses():
    rng = np.random.default_rng(0)
    n, m, weight = 60, 200, 0.7
    X = rng.normal(size=(n + m, 2))
    y = (X.sum(axis=1) + rng.logistic(size=n + m) > 0).astype(int)
    fitted = LogisticRegression(C=math.inf, tol=1e-10, max_iter=1000)
    fitted.fit(X, y, sample_weight=np.concatenate(hl.sample_weights(n, m, weight)))
    residual = (y - fitted.predict_proba(X)[:, 1])[:, None] * X
    score = weight * residual[:n].mean(axis=0) + (1 - weight) * residual[n:].mean(axis=0)
    np.testing.assert_allclose(score, 0, atol=1e-7)


@pytest.mark.parametrize("weight", ["optimal", "golden", "naive", 0.3, 1])
def test_without_synthetic_rows_every_real_row_weighs_one(weight):
    real, synthetic = hl.sample_weights(5, 0, weight)
    assert np.all(real == 1)
    assert synthetic.shape == (0,)


@pytest.mark.parametrize("weight", ["optimal", "naive", 0, 0.0])
def test_without_real_rows_the_synthetic_ones_have_it_all_if_the_weight_permits(weight):
    real, synthetic = hl.sample_weights(0, 5, weight)
    assert real.shape == (0,)
    assert np.all(synthetic == 1)


def test_ends_leave_one_side_without_weight():
    real, synthetic = hl.sample_weights(10, 30, 0)
    assert np.all(real == 0)
    np.testing.assert_allclose(synthetic, 4 / 3)
    real, synthetic = hl.sample_weights(10, 30, 1)
    assert np.all(real == 4)
    assert np.all(synthetic == 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1, 5), r"^n_real=-1: must be a whole number of rows, 0 or more$"),
        ((5, -1), r"^n_synthetic=-1: must be a whole number of rows, 0 or more$"),
        ((True, 5), r"^n_real=True: must be a whole number"),
        ((0, 0), r"^n_real=0 and n_synthetic=0: there is no row"),
        ((0, 5, 0.5), r"^n_real=0: there is no real row to have the weight=0.5"),
        ((0, 5, "golden"), r"^n_real=0: .*weight='golden'"),
        ((5, 0, 0), r"^n_synthetic=0: .*give weight=1$"),
        ((5, 5, 1.5), r"^weight=1.5: must be a number in \[0, 1\] or one of optimal, golden"),
        ((5, 5, -0.1), r"^weight=-0.1: must be a number"),
        ((5, 5, math.nan), r"^weight=nan: must be a number"),
        ((5, 5, True), r"^weight=True: must be a number"),
        ((5, 5, "optmal"), r"^weight='optmal': must be a number .* or one of optimal"),
        ((5, 5, "schedule"), r"^weight='schedule': .*heirloom.theory.optimal_schedule$"),
    ],
)
def test_wrong_input_is_refused_in_one_line(arguments, message):
    with pytest.raises(ValueError, match=message) as caught:
        hl.sample_weights(*arguments)
    assert "\n" not in str(caught.value)
