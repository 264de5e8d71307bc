import numpy as np
import pytest

from heirloom._base.random import Random
from heirloom.models.covariates import draw_covariates, draw_numbers, rows_of


@pytest.mark.parametrize("rows", [1, 2, 301])
def test_numbers_are_uniform_and_independent(rows):
    table = np.zeros((7, 2))
    numbers = draw_numbers(Random((1, 2), 6000 // rows), table, rows)
    assert numbers.shape == (6000 // rows, rows)
    counts = np.bincount(numbers.ravel(), minlength=7)
    expected = numbers.size / 7
    assert np.sum((counts - expected) ** 2 / expected) < 22.5  # a chi-squared of 6: 0.1 %
    for row in range(rows - 1):
        equal = np.mean(numbers[:, row] == numbers[:, row + 1])
        assert abs(equal - 1 / 7) < 5 * np.sqrt(0.13 / len(numbers))


def test_numbers_of_a_replicate_do_not_depend_on_its_neighbours():
    table = np.zeros((100, 1))
    together = draw_numbers(Random((1, 2), 8), table, 11)
    later = draw_numbers(Random((1, 2), 3, first_replicate=5), table, 11)
    np.testing.assert_array_equal(later, together[5:])
    assert not np.array_equal(together, draw_numbers(Random((1, 3), 8), table, 11))


def test_every_row_of_a_large_table_can_be_drawn_in_single_precision():
    # More rows than single precision has numbers between ½ and 1.
    numbers = draw_numbers(Random((1, 2), 4, dtype=np.float32), np.zeros((2**25, 1)), 50_000)
    assert numbers.min() < 2**12
    assert numbers.max() > 2**25 - 2**12
    assert abs(np.mean(numbers % 4) - 1.5) < 4 * np.sqrt(1.25 / numbers.size)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_lie_column_by_column(dtype):
    table = np.random.default_rng(0).normal(size=(50, 3))
    random = Random((1, 2), 4, dtype=dtype)
    numbers = draw_numbers(random, table, 21)
    drawn = rows_of(table, numbers, dtype)
    np.testing.assert_array_equal(drawn, table.astype(dtype)[numbers])
    normal = draw_covariates(random, None, 21, 3)
    for design in (drawn, normal, draw_covariates(random, table, 21, 3)):
        assert design.shape == (4, 21, 3)
        assert design.dtype == dtype
        assert design.swapaxes(1, 2).flags.c_contiguous
