import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from heirloom.models.order_statistics import row_order, whole_masses

numbers = hnp.arrays(
    st.sampled_from([np.float32, np.float64]),
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=12),
    elements=st.floats(width=32, allow_nan=False),
)


@given(numbers, st.integers(0, 2**32 - 1))
def test_rows_are_in_order_and_those_without_weight_at_the_end(values, seed):
    weights = np.random.default_rng(seed).integers(0, 4, values.shape) / 4
    for row, masses, order in zip(values, weights, row_order(values, weights), strict=True):
        count = np.count_nonzero(masses)
        assert sorted(order) == list(range(len(row)))
        np.testing.assert_array_equal(row[order[:count]], np.sort(row[masses > 0]))
        assert not masses[order[count:]].any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_values_are_in_order(dtype):
    values = np.array([-np.inf, -3e38, -2.5, -1e-30, 0, 1e-30, 1, 1.0000001, 3e38, np.inf])
    shuffled = np.random.default_rng(0).permutation(values)[None].astype(dtype)
    order = row_order(shuffled, np.full((1, 10), 0.1))
    np.testing.assert_array_equal(shuffled[0, order[0]], values.astype(dtype))


def test_values_that_share_their_leading_digits_are_in_order():
    """2,000 rows within 2,000 units of rounding: keys have 11 bits less than the numbers."""
    rng = np.random.default_rng(1)
    values = 1 + rng.integers(0, 2000, (3, 2000)) * 2.0**-52
    weights = rng.integers(0, 5, values.shape) / 4000
    values[weights == 0] = np.nan
    for row, masses, order in zip(values, weights, row_order(values, weights), strict=True):
        assert sorted(order) == list(range(2000))
        count = np.count_nonzero(masses)
        np.testing.assert_array_equal(row[order[:count]], np.sort(row[masses > 0]))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_without_weight_come_last_whatever_they_hold(dtype):
    values = np.array([[np.nan, 3.0, -np.inf, np.inf, 1.0, -np.nan]], dtype)
    weights = np.array([[0.0, 0.5, 0.0, 0.0, 0.5, 0.0]])
    assert row_order(values, weights).tolist() == [[4, 1, 0, 2, 3, 5]]
    assert row_order(values, np.zeros((1, 6))).tolist() == [[0, 1, 2, 3, 4, 5]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_replicate_does_not_depend_on_those_beside_it(dtype):
    rng = np.random.default_rng(2)
    values, weights = rng.standard_normal((20, 77)).astype(dtype), rng.dirichlet(np.ones(77), 20)
    together = row_order(values, weights)
    for r in range(20):
        alone = row_order(values[r : r + 1], weights[r : r + 1])
        np.testing.assert_array_equal(alone[0], together[r])


def test_arguments_are_not_written_to_and_may_be_views():
    rng = np.random.default_rng(3)
    values = rng.standard_normal((8, 40))[::2, 5:25]
    shared = np.broadcast_to(rng.dirichlet(np.ones(20)), (4, 20))
    before = values.copy()
    values.flags.writeable = False
    np.testing.assert_array_equal(row_order(values, shared), row_order(before, shared.copy()))
    np.testing.assert_array_equal(values, before)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("rows", [1, 7, 50_000])
def test_equal_weights_are_equal_masses(rows, dtype):
    masses = whole_masses(np.full((2, rows), 1 / rows, dtype))
    assert len(np.unique(masses.of_rows)) == 1
    mass = int(masses.of_rows[0, 0])
    assert masses.total.tolist() == [mass * rows] * 2
    # No row is so light that it could be taken for rounding.
    assert mass > 100 * masses.rounding
