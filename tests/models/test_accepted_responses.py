"""Two ways to draw the same: by law and by trial, at 4,000 datasets each."""

import numpy as np
import pytest
from scipy import stats

from heirloom._base.random import Random
from heirloom.models.accepted_responses import (
    BoundedResponses,
    accepted_by_law,
    accepted_by_trial,
)

REPLICATES = 4000
MOST = 10**6
# Chances of 0.68, 0.16, 0.5, 0.0013 and 0.002.
LOW = np.array([-1.0, 1.0, -np.inf, 3.0, 0.0])
HIGH = np.array([1.0, np.inf, 0.0, np.inf, 0.005])
CENTRE = np.array([0.3, -0.2, 0.0, 0.5, 10.0])


def responses(chosen=slice(5), *, scale=2.0, replicates=REPLICATES):
    """Bounds that lie so many standard deviations from the centres."""
    centre = np.broadcast_to(CENTRE[chosen], (replicates, len(CENTRE[chosen])))
    low, high = (CENTRE[chosen] + scale * bound[chosen] for bound in (LOW, HIGH))
    return BoundedResponses(centre, np.full(replicates, scale), low, high)


def chances(chosen=slice(5)):
    return stats.norm.cdf(HIGH[chosen]) - stats.norm.cdf(LOW[chosen])


def drawn(by_trial, bounded, rows, *, resample, dtype=np.float32, most=MOST, seed=1):
    random = Random((seed, 1 + by_trial), len(bounded.centre), dtype=dtype)
    if by_trial:
        return accepted_by_trial(random, bounded, rows, resample=resample, most=most)
    return accepted_by_law(random, bounded, rows, resample=resample)


def z_score(sample, mean):
    return (sample.mean() - mean) / (sample.std() / sample.size**0.5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("by_trial", [True, False])
def test_rows_in_place_are_truncated_normal_after_geometric_tries(by_trial, dtype):
    chosen = slice(3)
    found = drawn(by_trial, responses(chosen), 7, resample=False, dtype=dtype)
    np.testing.assert_array_equal(found.numbers, np.tile([0, 1, 2, 0, 1, 2, 0], (REPLICATES, 1)))
    for row in range(7):
        at = row % 3
        units = (found.response[:, row] - CENTRE[at]) / 2
        law = stats.truncnorm(LOW[at], HIGH[at])
        assert stats.kstest(units, law.cdf).pvalue > 1e-3
        chance = chances(chosen)[at]
        assert abs(z_score(found.tries[:, row], 1 / chance)) < 4
        variance = (1 - chance) / chance**2
        squares = (found.tries[:, row] - 1 / chance) ** 2
        assert abs(z_score(squares, variance)) < 4
    # Rows are answered independently of each other.
    assert abs(np.corrcoef(found.tries[:, 0], found.tries[:, 3])[0, 1]) < 4 / REPLICATES**0.5
    assert abs(np.corrcoef(found.response[:, 0], found.tries[:, 0])[0, 1]) < 4 / REPLICATES**0.5


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("by_trial", [True, False])
def test_resampled_rows_are_tilted_to_their_chance(by_trial, dtype):
    found = drawn(by_trial, responses(), 6, resample=True, dtype=dtype)
    chance = chances()
    counts = np.bincount(found.numbers.ravel(), minlength=5)
    assert stats.chisquare(counts, counts.sum() * chance / chance.sum()).pvalue > 1e-3
    for at in (0, 1, 2):
        units = (found.response[found.numbers == at] - CENTRE[at]) / 2
        assert stats.kstest(units, stats.truncnorm(LOW[at], HIGH[at]).cdf).pvalue > 1e-3
    p = chance.mean()
    assert abs(z_score(found.tries, 1 / p)) < 4
    assert abs(z_score((found.tries - 1 / p) ** 2, (1 - p) / p**2)) < 4


@pytest.mark.parametrize("resample", [True, False])
def test_total_tries_and_sums_of_responses_agree(resample):
    law, trial = (drawn(way, responses(), 20, resample=resample, seed=3) for way in (False, True))
    for one, other in (
        (law.tries.sum(axis=1), trial.tries.sum(axis=1)),
        (law.response.sum(axis=1), trial.response.sum(axis=1)),
    ):
        assert stats.ks_2samp(one, other).pvalue > 1e-3
        spread = np.hypot(one.std(), other.std()) / REPLICATES**0.5
        assert abs(one.mean() - other.mean()) < 4 * spread
        squares = [(part - part.mean()) ** 2 for part in (one, other)]
        spread = np.hypot(*(part.std() for part in squares)) / REPLICATES**0.5
        assert abs(squares[0].mean() - squares[1].mean()) < 4 * spread


@pytest.mark.parametrize("resample", [True, False])
@pytest.mark.parametrize("most", [1, 2, 7, 40])
def test_a_trial_ends_at_the_most_candidates(most, resample):
    """Rows are filled one after the other: those before the cap are as they are without one."""
    bounded = responses(slice(3))
    capped = drawn(True, bounded, 9, resample=resample, most=most)
    free = drawn(True, bounded, 9, resample=resample)
    filled = np.cumsum(free.tries, axis=1) <= most
    assert 0 < filled.mean() < 1
    np.testing.assert_array_equal(np.isfinite(capped.tries), filled)
    np.testing.assert_array_equal(capped.tries[filled], free.tries[filled])
    np.testing.assert_array_equal(capped.response[filled], free.response[filled])
    assert np.all((capped.numbers >= 0) & (capped.numbers < 3))


def test_the_law_of_how_many_are_filled_agrees():
    law, trial = (
        drawn(way, responses(slice(3)), 12, resample=False, most=30) for way in (False, True)
    )
    filled = [(np.cumsum(found.tries, axis=1) <= 30).sum(axis=1) for found in (law, trial)]
    spread = np.hypot(*(count.std() for count in filled)) / REPLICATES**0.5
    assert abs(filled[0].mean() - filled[1].mean()) < 4 * spread


@pytest.mark.parametrize("resample", [True, False])
@pytest.mark.parametrize("by_trial", [True, False])
def test_nothing_is_accepted_by_an_empty_interval(by_trial, resample):
    bounded = responses(replicates=5)._replace(low=np.full(5, 1.0), high=np.full(5, -1.0))
    found = drawn(by_trial, bounded, 6, resample=resample, most=100)
    assert np.all(found.tries == np.inf)
    assert np.all((found.numbers >= 0) & (found.numbers < 5))


@pytest.mark.parametrize("by_trial", [True, False])
def test_everything_is_accepted_between_infinite_bounds(by_trial):
    bounded = responses()._replace(low=np.full(5, -np.inf), high=np.full(5, np.inf))
    found = drawn(by_trial, bounded, 6, resample=False)
    assert np.all(found.tries == 1)
    assert stats.kstest((found.response[:, 0] - CENTRE[0]) / 2, stats.norm.cdf).pvalue > 1e-3


@pytest.mark.parametrize("by_trial", [True, False])
def test_without_noise_a_response_is_its_centre(by_trial):
    # Within its bounds, at the lower one, at both, above them and below them.
    low, high = CENTRE + np.array([[-1, 0, 0, -2, 1], [1, 1, 0, -1, 2]])
    bounded = responses(replicates=5)._replace(scale=np.zeros(5), low=low, high=high)
    found = drawn(by_trial, bounded, 5, resample=False, most=50)
    np.testing.assert_array_equal(found.response[:, :3], bounded.centre[:, :3])
    assert np.all(found.tries[:, :3] == 1)
    assert np.all(found.tries[:, 3] == np.inf)
    assert np.all(found.tries[:, 4] == np.inf)


def test_a_replicate_does_not_depend_on_its_neighbours():
    bounded = responses(replicates=6)
    for resample in (True, False):
        together = drawn(True, bounded, 40, resample=resample)
        alone = accepted_by_trial(
            Random((1, 2), 1, first_replicate=4, dtype=np.float32),
            BoundedResponses(bounded.centre[4:5], bounded.scale[4:5], *bounded[2:]),
            40,
            resample=resample,
            most=MOST,
        )
        for one, other in zip(together, alone, strict=True):
            np.testing.assert_array_equal(one[4], other[0])
