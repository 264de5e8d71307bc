"""Rows that are drawn from datasets, against the laws of the draws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from heirloom._base.random import Random
from heirloom.models import LabelledRows
from heirloom.simulation.subsample import drawn_numbers, rows_at

DRAWS = 20_000


def _draw(population, count, *, replacement, key=(1, 2)):
    random = Random(key, DRAWS)
    return drawn_numbers(random, population, count, replacement=replacement)


def test_without_replacement_every_subset_is_alike():
    chosen = _draw(14, 5, replacement=False)
    assert all(len(set(row)) == 5 for row in chosen[:200].tolist())
    marked = np.zeros((DRAWS, 14))
    np.put_along_axis(marked, chosen, 1, axis=1)
    assert np.all(marked.sum(axis=1) == 5)
    # Of 14 rows 5 are drawn: a row in 5/14, a pair in 5·4/(14·13); s.e. 0.0034 and 0.0022.
    np.testing.assert_allclose(marked.mean(axis=0), 5 / 14, atol=0.014)
    pairs = marked.T @ marked / DRAWS
    np.testing.assert_allclose(pairs[~np.eye(14, dtype=bool)], 20 / 182, atol=0.01)


def test_with_replacement_counts_are_multinomial():
    chosen = _draw(14, 5, replacement=True)
    counts = np.stack([(chosen == row).sum(axis=1) for row in range(14)], axis=1)
    seen = [np.sum(counts[:, 0] == k) for k in range(3)]
    seen.append(DRAWS - sum(seen))
    binomial = stats.binom(5, 1 / 14)
    expected = DRAWS * np.r_[binomial.pmf(range(3)), binomial.sf(2)]
    assert stats.chisquare(seen, expected).pvalue > 1e-3
    np.testing.assert_allclose(counts.mean(axis=0), 5 / 14, atol=0.018)


def test_draws_of_different_streams_are_independent():
    first = _draw(10, 3, replacement=False)[:, 0]
    second = _draw(10, 3, replacement=False, key=(1, 3))[:, 0]
    assert abs(np.corrcoef(first, second)[0, 1]) < 4 / np.sqrt(DRAWS)


@given(st.integers(1, 50), st.data())
def test_a_replicate_draws_alike_in_whatever_company(population, data):
    count = data.draw(st.integers(0, population))
    replacement = data.draw(st.booleans())
    whole = drawn_numbers(Random((5, 6), 7), population, count, replacement=replacement)
    last = drawn_numbers(
        Random((5, 6), 1, first_replicate=6), population, count, replacement=replacement
    )
    np.testing.assert_array_equal(whole[6:], last)
    assert whole.shape == (7, count)
    assert np.all((whole >= 0) & (whole < population))
    if not replacement:
        assert all(len(set(row)) == count for row in whole.tolist())


@pytest.mark.parametrize("swapped", [False, True])
def test_rows_at_numbers_belong_to_their_replicate(swapped):
    design = np.arange(2 * 5 * 3, dtype=np.float32).reshape(2, 5, 3)
    if swapped:
        design = np.ascontiguousarray(design.swapaxes(1, 2)).swapaxes(1, 2)
    rows = LabelledRows(design, design[:, :, 0])
    found = rows_at(rows, np.array([[4, 0], [1, 1]]))
    np.testing.assert_array_equal(found.design[0], design[0, [4, 0]])
    np.testing.assert_array_equal(found.response[1], [18, 18])
