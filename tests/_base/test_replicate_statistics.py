"""Statistics over replicates that workflows share."""

import math

import numpy as np
import pytest

from heirloom._base.replicate_statistics import (
    differ,
    mean_over_replicates,
    median_with_failures,
    paired_ratio,
    standard_error,
)


def test_mean_and_standard_error_leave_out_failures():
    values = np.array([[1.0, 2.0, np.nan, 6.0], [np.nan] * 4, [np.nan, 5.0, np.nan, np.nan]])
    np.testing.assert_array_equal(mean_over_replicates(values), [3.0, np.nan, 5.0])
    expected = np.std([1, 2, 6], ddof=1) / np.sqrt(3)
    np.testing.assert_allclose(standard_error(values), [expected, np.nan, np.nan])


def test_single_precision_is_summed_in_double():
    values = np.full((1, 100_000), 0.1, dtype=np.float32)
    assert mean_over_replicates(values)[0] == pytest.approx(np.float32(0.1), rel=1e-12)


def test_the_standard_error_of_a_ratio_is_that_of_repetitions():
    generator = np.random.default_rng(1)
    shared = generator.exponential(size=(3000, 200))
    own = generator.exponential(size=(3000, 200))
    found = np.array([paired_ratio(s + o, s) for s, o in zip(shared, own, strict=True)])
    assert found[:, 1].mean() == pytest.approx(found[:, 0].std(), rel=0.05)


def test_a_ratio_is_over_replicates_in_which_both_have_an_answer():
    values, baseline = np.array([1.0, np.nan, 8.0, 3.0]), np.array([1.0, 5.0, np.nan, 1.0])
    assert paired_ratio(values, baseline)[0] == 2.0
    assert all(math.isnan(x) for x in paired_ratio(np.array([np.nan]), np.array([1.0])))
    ratio, error = paired_ratio(np.array([3.0, np.nan]), np.array([2.0, 1.0]))
    assert ratio == 1.5
    assert math.isnan(error)
    assert math.isnan(paired_ratio(np.ones(3), np.zeros(3))[0])


def test_the_median_counts_failures_as_infinite():
    assert median_with_failures(np.array([5.0, 1.0, np.nan])) == 5.0
    assert math.isinf(median_with_failures(np.array([5.0, 1.0, np.nan, np.nan])))


@pytest.mark.parametrize("replicates", [2, 5, 20, 100])
@pytest.mark.parametrize("draw", ["normal", "standard_t", "laplace"])
def test_significance_keeps_its_level(replicates, draw):
    generator = np.random.default_rng(replicates)
    arguments = {"df": 2} if draw == "standard_t" else {}
    pairs = getattr(generator, draw)(size=(2000, 2, replicates), **arguments)
    rate = np.mean([differ(values, others) for values, others in pairs])
    assert 0.005 < rate < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 2000)


def test_a_workflow_that_is_worse_in_every_replicate_is_told_apart():
    # Ten replicates, one of which has nearly all of the error: a t test alone sees nothing.
    least = np.linspace(1, 2, 10)
    collapsed = np.array([*(least[:9] + 1), 400.0])
    assert differ(collapsed, least)
    # Unless the means say the contrary of most replicates.
    assert not differ(least, np.array([*(least[:9] - 0.5), 400.0]))


def test_failures_are_compared_by_a_sign_test():
    few, none = np.ones(10), np.full(10, np.nan)
    assert differ(none, few)
    assert differ(none, none) is None
    assert differ(few, few) is False
    assert differ(np.ones(1), np.zeros(1)) is None
