from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

import heirloom as hl
from heirloom._base.random import Random
from heirloom.models import UniformMaximum, uniform_maximum_error


def test_the_estimate_is_the_largest_row_that_has_weight():
    model = UniformMaximum(2.0)
    rows = np.array([[0.5, 1.5, 1.9, np.nan, np.inf]])
    for weights in ([[0.9, 0.1, 0.0, 0.0, 0.0]], [[0.1, 0.9, 0.0, 0.0, 0.0]]):
        fit = model.fit(rows, np.array(weights), np.full(1, 2.0))
        assert fit.parameters.tolist() == [1.5]
        assert fit.status.tolist() == [hl.models.Status.SOLVED]


def test_each_replicate_has_a_largest_row_of_its_own():
    rows = np.array([[0.5, 1.5], [1.0, 0.2], [np.nan, 1.0]])
    fit = UniformMaximum().fit(rows, np.broadcast_to(0.5, (3, 2)), np.ones(3))
    assert fit.parameters[:2].tolist() == [1.5, 1.0]
    solved, not_finite = hl.models.Status.SOLVED, hl.models.Status.NOT_FINITE
    assert fit.status.tolist() == [solved, solved, not_finite]


def test_errors_under_discard_are_exact():
    """20,000 paths of the exact moments of products of maxima; sizes that differ."""
    sizes = {"n_initial": 10, "n_real": 10, "n_synthetic": 25, "generations": 5}
    trace = hl.simulate(UniformMaximum(3.0), "discard", replicates=20_000, seed=0, **sizes)
    exact = uniform_maximum_error([10, 25, 25, 25, 25, 25], upper=3.0)
    z = (trace.dataset["error"][0] - exact) / trace.dataset["error_se"][0]
    assert float(np.abs(z).max()) < 4


def test_the_relative_risk_is_not_universal():
    """2,000 paths: standard errors of a few per cent, where theory is off by a factor of 6."""
    arguments = {"n_real": 500, "n_synthetic": 500, "generations": 10}
    workflows = ["discard", "augment"]
    trace = hl.simulate(UniformMaximum(), workflows, replicates=2000, seed=1, **arguments)
    error = trace.dataset["error"].values
    discard, augment = error[:, 10] / error[:, 0]
    assert discard == pytest.approx(66, rel=0.15)
    assert discard > 5 * hl.theory.relative_risk("discard", **arguments)[10]
    # No synthetic row exceeds the largest real one.
    assert augment == pytest.approx(1)
    assert hl.theory.relative_risk("augment", **arguments)[10] > 1.5
    exact = uniform_maximum_error([500] * 11)
    assert exact[10] / exact[0] == pytest.approx(66, rel=0.02)


def test_theory_has_no_law():
    assert UniformMaximum().laws() == {}
    with pytest.raises(ValueError, match="theory knows no law"):
        hl.theory.predict("discard", model=UniformMaximum(), n_real=5, n_synthetic=5, generations=1)


def test_the_moments_keep_their_digits():
    many = uniform_maximum_error([10**8])
    assert many[0] == pytest.approx(2 / ((1e8 + 1) * (1e8 + 2)), rel=1e-15, abs=0)
    assert uniform_maximum_error([1], upper=2.0)[0] == pytest.approx(4 / 3)


@pytest.mark.parametrize("rows", [10.0, 1e8, 1e15])
def test_many_rows_lose_no_digits(rows):
    """Against fractions, which round nothing."""
    found = uniform_maximum_error([rows] * 4 + [3.0] * 3)
    first, second = Fraction(1), Fraction(1)
    for t, r in enumerate([Fraction(rows)] * 4 + [Fraction(3)] * 3):
        first, second = first * r / (r + 1), second * r / (r + 2)
        exact = 1 - 2 * first + second
        assert found[t] == pytest.approx(float(exact), rel=1e-14, abs=0)
    assert rows**2 * found[0] == pytest.approx(2, rel=4 / rows)


def test_no_number_of_rows_is_too_large():
    assert uniform_maximum_error([1e200, 1e200]).tolist() == [0, 0]


def test_draws_are_uniform_below_the_estimate():
    rows = UniformMaximum().sample(Random((0, 0), 2), np.array([2.0, 10.0]), 10_000)
    for row, upper in zip(rows, (2, 10), strict=True):
        assert row.min() >= 0
        assert 0.995 * upper < row.max() <= upper
        assert row.mean() == pytest.approx(upper / 2, abs=4 * upper / np.sqrt(12 * 10_000))


def test_the_largest_of_ten_million_rows_is_right_in_single_precision():
    """30 draws: the distance of the maximum from the end is exponential, of mean 1e-7.

    Numbers of single precision lie as far apart, which KS sees: it would be 6e-8 or more.
    """
    model = UniformMaximum()
    distance = [
        10_000_000 * (1 - model.sample(random, np.ones(1), 10_000_000).max())
        for random in (Random((0, k), 1, dtype=np.float32) for k in range(30))
    ]
    assert stats.kstest(distance, stats.expon.cdf).pvalue > 1e-3


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: UniformMaximum(0.0), "upper=0.0: must be a finite number above 0"),
        (lambda: UniformMaximum(np.inf), "upper=inf: must be"),
        (
            lambda: uniform_maximum_error([]),
            r"rows=\[\], which is empty: must be",
        ),
        (
            lambda: uniform_maximum_error([5, 0]),
            r"rows=\[5, 0\], whose entry 1 is 0: must be",
        ),
        (
            lambda: uniform_maximum_error([5], upper=-1.0),
            "upper=-1.0: must be a finite number",
        ),
    ],
)
def test_wrong_arguments_are_named(make, message):
    with pytest.raises(ValueError, match=message) as error:
        make()
    assert "\n" not in str(error.value)
