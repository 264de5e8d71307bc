from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import optimize, stats

from heirloom._base.random import Random
from heirloom.models import Status
from heirloom.models.distribution import symmetric_distribution_named
from heirloom.models.location_estimators import (
    huber_location,
    huber_variance,
    mean_variance,
    median_variance,
    trimmed_mean,
    trimmed_variance,
    weighted_mean,
    weighted_median,
)

ROWS = 20
ESTIMATORS = {
    "mean": weighted_mean,
    "median": weighted_median,
    "trimmed": partial(trimmed_mean, trim=0.2),
    "huber": lambda x, w: huber_location(x, w, np.zeros(len(x)), tuning=1.345),
}

values = hnp.arrays(
    np.float32,
    ROWS,
    elements=st.floats(-50, 50, width=32, allow_subnormal=False),
)
# Whole multiples of a common weight.
multiples = hnp.arrays(np.int64, ROWS, elements=st.integers(0, 5)).filter(lambda a: a.sum() > 0)


def _estimate(name, rows, weights=None):
    weights = np.full(len(rows), 1 / len(rows)) if weights is None else weights
    fit = ESTIMATORS[name](rows[None], weights[None].astype(rows.dtype))
    assert fit.status.tolist() == [Status.SOLVED]
    assert fit.parameters.dtype == np.float64
    return float(fit.parameters[0])


def _score(rows, weights, location, tuning=1.345):
    return np.sum(weights * np.clip(rows.astype(float) - location, -tuning, tuning))


def _huber(rows):
    ends = rows.min() - 1.0, rows.max() + 1.0
    equal = np.full(len(rows), 1 / len(rows))
    return optimize.brentq(lambda location: _score(rows, equal, location), *ends, xtol=1e-10)


@given(values)
def test_equal_weights_agree_with_numpy_and_scipy(rows):
    tolerance = {"rel": 1e-5, "abs": 1e-5}
    assert _estimate("mean", rows) == pytest.approx(rows.astype(float).mean(), **tolerance)
    assert _estimate("median", rows) == pytest.approx(np.median(rows), rel=1e-6, abs=1e-30)
    expected = stats.trim_mean(rows.astype(float), 0.2)
    assert _estimate("trimmed", rows) == pytest.approx(expected, **tolerance)


@given(values)
def test_huber_solves_its_equation(rows):
    found = _estimate("huber", rows)
    equal = np.full(ROWS, 1 / ROWS)
    # The score falls through 0 within the rounding of a location of up to 50.
    assert _score(rows, equal, found - 3e-5) >= -1e-6
    assert _score(rows, equal, found + 3e-5) <= 1e-6


def test_huber_agrees_with_a_root_finder():
    rng = np.random.default_rng(0)
    for scale in (0.1, 1.0, 10.0):
        rows = (3 + scale * rng.standard_t(2, size=ROWS)).astype(np.float32)
        assert _estimate("huber", rows) == pytest.approx(_huber(rows), abs=1e-5)


@pytest.mark.parametrize("name", ESTIMATORS)
@given(values, multiples)
def test_weights_are_repeated_rows(name, rows, counts):
    repeated = np.repeat(rows, counts)
    weighted = _estimate(name, rows, counts / counts.sum())
    if name == "huber":
        equal = np.full(repeated.size, 1 / repeated.size)
        # Where no row is near, every root will do.
        assert _score(repeated, equal, weighted - 3e-5) >= -1e-6
        assert _score(repeated, equal, weighted + 3e-5) <= 1e-6
    else:
        assert weighted == pytest.approx(_estimate(name, repeated), rel=1e-5, abs=2e-5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ESTIMATORS)
def test_rows_of_weight_zero_do_not_count(name, dtype):
    rows = np.array([0.3, -1.2, 4.0, 0.7, -0.1, 2.5, 0.2], dtype)
    weights = np.array([0.1, 0.2, 0.1, 0.2, 0.15, 0.15, 0.1], dtype)
    expected = _estimate(name, rows, weights)
    for junk in (np.nan, -np.nan, np.inf, -np.inf, 1e30, 0.0):
        padded = np.r_[junk, rows, junk, junk].astype(dtype)
        got = _estimate(name, padded, np.r_[0, weights, 0, 0])
        assert got == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_double_precision_is_double(name):
    rng = np.random.default_rng(1)
    rows = 1 + rng.laplace(size=101)
    got = _estimate(name, rows)
    trimmed = np.sort(rows)[20:81].copy()
    # A cut of 20.2 rows leaves 0.8 of the next.
    expected = {
        "mean": rows.mean(),
        "median": np.median(rows),
        "trimmed": (trimmed.sum() - 0.2 * (trimmed[0] + trimmed[-1])) / (101 - 40.4),
        "huber": _huber(rows),
    }
    assert got == pytest.approx(expected[name], rel=1e-9)


@pytest.mark.parametrize("count", [2, 100, 999, 1000, 30_000])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_median_of_equal_weights_is_exact(count, dtype):
    rows = np.random.default_rng(count).standard_normal(count)
    weights = np.full((1, count), 1 / count, dtype)
    assert weighted_median(rows[None], weights).parameters[0] == np.median(rows)


@pytest.mark.parametrize("rows", [999, 1000, 50_000])
def test_many_rows_leave_no_rounding(rows):
    x = np.random.default_rng(rows).standard_t(3, size=rows).astype(np.float32)
    assert _estimate("median", x) == pytest.approx(np.median(x), rel=1e-6)
    assert _estimate("huber", x) == pytest.approx(_huber(x), abs=2e-6)
    if rows % 10 == 0:
        expected = stats.trim_mean(x.astype(float), 0.2)
        assert _estimate("trimmed", x) == pytest.approx(expected, abs=2e-6)


def test_the_median_is_the_middle_of_a_tie_of_weights():
    rows = np.array([3.0, 1.0, 2.0, 7.0], np.float32)
    assert _estimate("median", rows, np.array([0.2, 0.3, 0.2, 0.3])) == 2.5
    assert _estimate("median", rows, np.array([0.2, 0.31, 0.2, 0.29])) == 2.0
    mixed = np.r_[np.full(500, 0.618 / 500), np.full(500, 0.382 / 500)]
    values = np.r_[np.arange(500), np.arange(500)].astype(np.float32)
    assert _estimate("median", values, mixed) == 249.5


def test_huber_far_from_its_rows():
    rows = np.array([[1e4, 1e4 + 1], [-100, 100]], np.float32)
    half = np.broadcast_to(0.5, (2, 2))
    fit = huber_location(rows, half, np.array([-1e6, 0.3]), tuning=1.345)
    assert fit.status.tolist() == [Status.SOLVED, Status.SOLVED]
    assert fit.parameters[0] == pytest.approx(1e4 + 0.5, rel=1e-6)
    assert abs(fit.parameters[1]) < 100


def test_huber_says_where_it_does_not_converge():
    rows, weights = np.array([[0.0, np.nan], [0.0, 1.0], [0.0, np.nan]]), np.full((3, 2), 0.5)
    weights[2] = 0
    status = huber_location(rows, weights, np.zeros(3), tuning=1.0).status
    assert status[0] in (Status.NOT_CONVERGED, Status.NOT_FINITE)
    assert status[1:].tolist() == [Status.SOLVED, Status.NOT_FINITE]


@pytest.mark.parametrize("name", ESTIMATORS)
def test_a_replicate_does_not_depend_on_those_beside_it(name):
    rng = np.random.default_rng(5)
    rows, weights = rng.standard_normal((30, 41)), rng.dirichlet(np.ones(41), size=30)
    together = ESTIMATORS[name](rows, weights).parameters
    assert len(set(together.tolist())) == 30
    for r in range(30):
        alone = ESTIMATORS[name](rows[r : r + 1], weights[r : r + 1]).parameters
        assert alone[0] == together[r]


@pytest.mark.parametrize("name", ESTIMATORS)
def test_weights_in_one_place_are_those_of_all_replicates(name):
    rng = np.random.default_rng(6)
    rows = rng.standard_normal((5, 41))
    rows.flags.writeable = False
    shared = np.broadcast_to(rng.dirichlet(np.ones(41)), (5, 41))
    found = ESTIMATORS[name](rows, shared).parameters
    np.testing.assert_array_equal(found, ESTIMATORS[name](rows, shared.copy()).parameters)


@pytest.mark.parametrize("name", ["median", "trimmed", "huber"])
def test_a_replicate_without_any_weight_has_no_estimate(name):
    rows, weights = np.zeros((2, 4)), np.array([[0.25] * 4, [0.0] * 4])
    assert ESTIMATORS[name](rows, weights).status.tolist() == [Status.SOLVED, Status.NOT_FINITE]


def test_a_mean_of_many_rows_far_from_zero_keeps_its_digits():
    rows = 1e4 + np.random.default_rng(7).standard_normal((2, 10**6))
    found = weighted_mean(rows, np.broadcast_to(1e-6, rows.shape)).parameters
    np.testing.assert_allclose(found, rows.mean(axis=1), rtol=1e-14)


@pytest.mark.parametrize(
    ("variance", "name", "expected"),
    [
        (mean_variance, "normal", 1.0),
        (mean_variance, "student_t", 3.0),
        (median_variance, "normal", np.pi / 2),
        (median_variance, "laplace", 1.0),
        (median_variance, "logistic", 4.0),
        (median_variance, "student_t", 3 * np.pi**2 / 16),
        # Huber's table; and the limits of no and of much trimming.
        (partial(huber_variance, tuning=1.345), "normal", 1 / 0.95),
        (partial(trimmed_variance, trim=0.1), "normal", 1.0604),
        (partial(trimmed_variance, trim=1e-9), "normal", 1.0),
        (partial(trimmed_variance, trim=0.4999), "laplace", 1.0),
        (partial(huber_variance, tuning=1e-4), "normal", np.pi / 2),
        (partial(huber_variance, tuning=1e3), "logistic", np.pi**2 / 3),
    ],
)
def test_variances_have_their_known_values(variance, name, expected):
    distribution = symmetric_distribution_named(name, degrees=3.0)
    assert variance(distribution) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("name", ["normal", "laplace", "logistic", "student_t"])
def test_variances_are_those_of_simulated_estimates(name):
    """10,000 samples of 401 rows: a standard error of 1.4 %."""
    distribution = symmetric_distribution_named(name, degrees=3.0)
    variances = {
        "mean": mean_variance(distribution),
        "median": median_variance(distribution),
        "trimmed": trimmed_variance(distribution, trim=0.2),
        "huber": huber_variance(distribution, tuning=1.345),
    }
    rows = distribution.sample(Random((1, 2), 10_000, dtype=np.float32), 401)
    for estimator, variance in variances.items():
        equal = np.broadcast_to(1 / 401, rows.shape)
        found = ESTIMATORS[estimator](rows, equal).parameters
        # Where the density has a cusp: x = ±(2δ + 2δ²) at a level ½ ± δ, δ of N(0, 1/4n).
        correction = np.sqrt(8 / np.pi / 401) if (name, estimator) == ("laplace", "median") else 0
        # Student's t of 3 degrees has no fourth moment: the square of its mean varies wildly.
        allowed = 0.25 if (name, estimator) == ("student_t", "mean") else 0.05
        assert 401 * np.mean(found**2) == pytest.approx(variance * (1 + correction), rel=allowed)
