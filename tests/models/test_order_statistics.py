import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from heirloom.models.order_statistics import distinct_rows, ordered_rows, whole_masses

numbers = hnp.arrays(
    st.sampled_from([np.float32, np.float64]),
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=12),
    elements=st.floats(width=32, allow_nan=False),
)


@given(numbers, st.integers(0, 2**32 - 1))
def test_rows_are_in_order_and_keep_their_weights(values, seed):
    weights = np.random.default_rng(seed).integers(0, 4, values.shape) / 4
    ordered = ordered_rows(values, weights)
    assert ordered.values.dtype == values.dtype
    for r, (found, masses) in enumerate(zip(*ordered, strict=True)):
        kept = weights[r] > 0
        count = kept.sum()
        np.testing.assert_array_equal(found[:count], np.sort(values[r, kept]))
        assert np.all(np.isinf(found[count:]))
        assert not masses[count:].any()
        # Of equal values each has its weight, in whatever order.
        pairs = sorted(zip(values[r, kept] + 0.0, weights[r, kept], strict=True))
        assert sorted(zip(found[:count] + 0.0, masses[:count], strict=True)) == pairs


def test_extreme_values_are_in_order():
    values = np.array([-np.inf, -3e38, -2.5, -1e-30, 0, 1e-30, 1, 1.0000001, 3e38, np.inf])
    shuffled = np.random.default_rng(0).permutation(values)[None]
    for dtype in (np.float32, np.float64):
        found = ordered_rows(shuffled.astype(dtype), np.full((1, 10), 0.1)).values
        np.testing.assert_array_equal(found[0], values.astype(dtype))


def test_values_that_share_their_leading_digits_are_in_order():
    """2,000 rows within 2,000 units of rounding: keys have 11 bits less than the numbers."""
    rng = np.random.default_rng(1)
    values = 1 + rng.integers(0, 2000, (3, 2000)) * 2.0**-52
    weights = rng.uniform(size=(3, 2000))
    found = ordered_rows(values, weights)
    np.testing.assert_array_equal(found.values, np.sort(values, axis=1))
    for r in range(3):
        for value in (found.values[r, 700], found.values[r, 1300]):
            of_value = weights[r, values[r] == value]
            masses = found.weights[r, found.values[r] == value]
            np.testing.assert_array_equal(np.sort(masses), np.sort(of_value))


def test_rows_without_weight_come_last_whatever_they_hold():
    values = np.array([[np.nan, 3.0, -np.inf, np.inf, 1.0, -np.nan]])
    weights = np.array([[0.0, 0.5, 0.0, 0.0, 0.5, 0.0]])
    for dtype in (np.float32, np.float64):
        found = ordered_rows(values.astype(dtype), weights)
        assert found.values.tolist() == [[1.0, 3.0, *[np.inf] * 4]]
        assert found.weights.tolist() == [[0.5, 0.5, 0, 0, 0, 0]]
        none = ordered_rows(values.astype(dtype), np.zeros((1, 6)))
        assert np.all(np.isinf(none.values))
        assert not none.weights.any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_replicate_does_not_depend_on_those_beside_it(dtype):
    rng = np.random.default_rng(2)
    values, weights = rng.standard_normal((20, 77)).astype(dtype), rng.dirichlet(np.ones(77), 20)
    together = ordered_rows(values, weights)
    for r in range(20):
        alone = ordered_rows(values[r : r + 1], weights[r : r + 1])
        np.testing.assert_array_equal(alone.values[0], together.values[r])
        np.testing.assert_array_equal(alone.weights[0], together.weights[r])


def test_arguments_are_not_written_to_and_may_be_views():
    rng = np.random.default_rng(3)
    values = rng.standard_normal((8, 40))[::2, 5:25]
    shared = np.broadcast_to(rng.dirichlet(np.ones(20)), (4, 20))
    before = values.copy()
    values.flags.writeable = False
    found, copied = ordered_rows(values, shared), ordered_rows(before, shared.copy())
    np.testing.assert_array_equal(found.values, copied.values)
    np.testing.assert_array_equal(found.weights, copied.weights)
    np.testing.assert_array_equal(values, before)
    assert distinct_rows(shared).shape == (1, 20)
    assert distinct_rows(shared.copy()).shape == (4, 20)
    assert distinct_rows(shared.astype(np.float32)).dtype == np.float64


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("rows", [1, 7, 50_000])
def test_equal_weights_are_equal_masses(rows, dtype):
    masses = whole_masses(np.full((2, rows), 1 / rows, dtype), dtype)
    steps = np.diff(masses.up_to, axis=1, prepend=0)
    assert len(np.unique(steps)) == 1
    assert masses.total.tolist() == [[int(steps[0, 0]) * rows]] * 2
    # No row is so light that it could be taken for rounding.
    assert int(steps[0, 0]) > 100 * masses.rounding
