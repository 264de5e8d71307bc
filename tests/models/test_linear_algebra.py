import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heirloom.models.linear_algebra import positive_root, solve_positive, triangular_factor

SIZES = [1, 2, 8, 13, 31, 60]
EPS = float(np.finfo(np.float64).eps)


def positive(rng, size, rank=None, count=20):
    root = rng.normal(size=(count, size, size if rank is None else rank))
    ridge = 0.05 * np.eye(size) if rank is None else 0
    return root @ root.swapaxes(1, 2) / size + ridge


def times_its_transpose(lower):
    return lower @ lower.swapaxes(-1, -2)


def log_determinant(lower):
    with np.errstate(divide="ignore"):
        return 2 * np.log(np.diagonal(lower, axis1=-2, axis2=-1)).sum(axis=-1)


@pytest.mark.parametrize("size", SIZES)
def test_agrees_with_numpy(size):
    rng = np.random.default_rng(size)
    matrix, right = positive(rng, size), rng.normal(size=(20, size))
    lower = positive_root(matrix)
    np.testing.assert_allclose(lower, np.linalg.cholesky(matrix), atol=1e-11)
    assert not np.any(np.triu(lower, 1))
    expected = np.linalg.slogdet(matrix)[1]
    np.testing.assert_allclose(log_determinant(lower), expected, atol=1e-11 * size)
    solution, regular = solve_positive(matrix, right)
    assert regular.all()
    residual = np.einsum("rij,rj->ri", matrix, solution) - right
    assert np.abs(residual).max() < 1e-11 * max(1, np.abs(solution).max())


def test_a_matrix_that_all_replicates_share_is_the_same_as_a_copy_for_each():
    rng = np.random.default_rng(0)
    matrix, right = positive(rng, 4, count=1)[0], rng.normal(size=(7, 4))
    for shared in (matrix, np.zeros((4, 4))):
        view = np.broadcast_to(shared, (7, 4, 4))
        for found, expected in zip(
            solve_positive(view, right), solve_positive(view.copy(), right), strict=True
        ):
            np.testing.assert_array_equal(found, expected)


def test_what_is_given_is_left_as_it_is():
    rng = np.random.default_rng(0)
    given = [positive(rng, 3), rng.normal(size=(20, 3)), rng.normal(size=(20, 3, 5))]
    before = [array.copy() for array in given]
    for array in given:
        array.flags.writeable = False
    solve_positive(given[0], given[1])
    triangular_factor(given[2])
    positive_root(given[0])
    for array, copy in zip(given, before, strict=True):
        np.testing.assert_array_equal(array, copy)


@settings(max_examples=10)
@given(st.integers(0, 2**32 - 1), st.sampled_from([2, 5, 9]), st.floats(-12, 12))
def test_units_do_not_matter(seed, size, exponent):
    rng = np.random.default_rng(seed)
    matrix, right = positive(rng, size, count=1), rng.normal(size=(1, size))
    units = np.where(np.arange(size) % 2, 10.0**exponent, 1.0)
    scaled = matrix * units * units[:, None]
    plain, _ = solve_positive(matrix, right)
    solution, regular = solve_positive(scaled, right * units)
    assert regular.all()
    np.testing.assert_allclose(solution * units, plain, atol=1e-9 * np.abs(plain).max())
    change = log_determinant(positive_root(scaled)) - log_determinant(positive_root(matrix))
    np.testing.assert_allclose(change, 2 * np.log(units).sum(), atol=1e-9)


@pytest.mark.parametrize("size", [2, 5, 9])
def test_semi_definite_matrices_have_a_root_and_no_determinant(size):
    rng = np.random.default_rng(size)
    for rank in {1, size // 2, size - 1}:
        matrix = positive(rng, size, rank, count=200)
        lower = positive_root(matrix)
        error = np.abs(times_its_transpose(lower) - matrix).max(axis=(1, 2))
        assert error.max() < 100 * EPS * np.abs(matrix).max()
        # A few leading blocks are ill-conditioned, and amplify rounding.
        assert np.mean(log_determinant(lower) == -np.inf) > 0.97
        solution, regular = solve_positive(matrix, np.ones((200, size)))
        assert np.mean(regular) < 0.15  # rounding amplified, again
        assert np.all(solution[~regular] == 0)


@pytest.mark.parametrize("size", [1, 4, 9])
def test_nothing_and_what_is_not_finite(size):
    nothing = np.zeros((2, size, size))
    assert not positive_root(nothing).any()
    assert not triangular_factor(nothing).any()
    solution, regular = solve_positive(nothing, np.ones((2, size)))
    assert not solution.any()
    assert not regular.any()
    spoiled = np.stack([np.eye(size), np.eye(size)])
    spoiled[1] = np.nan
    lower = triangular_factor(spoiled)
    np.testing.assert_array_equal(lower[0], np.eye(size))
    assert np.isnan(lower[1, size - 1, 0])
    assert np.isnan(log_determinant(lower)).tolist() == [False, True]
    solution, regular = solve_positive(spoiled, np.ones((2, size)))
    assert regular.tolist() == [True, False]
    assert solution.tolist() == [[1] * size, [0] * size]


@pytest.mark.parametrize("size", [4, 10])
def test_a_column_of_nothing_is_no_harm_to_others(size):
    matrix = positive(np.random.default_rng(0), size)
    matrix[:, 1] = matrix[:, :, 1] = 0
    lower = positive_root(matrix)
    np.testing.assert_allclose(times_its_transpose(lower), matrix, atol=1e-12)
    assert np.all(log_determinant(lower) == -np.inf)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("parts", [1, 2, 5])
def test_factor_of_a_sum_is_that_of_the_matrices(size, parts):
    rng = np.random.default_rng(size)
    factors = np.tril(rng.normal(size=(parts, 10, size, size)))
    lower = triangular_factor(np.concatenate(list(factors), axis=2))
    expected = times_its_transpose(factors).sum(axis=0)
    np.testing.assert_allclose(times_its_transpose(lower), expected, atol=1e-12 * size)
    assert not np.any(np.triu(lower, 1))
    assert np.all(np.diagonal(lower, axis1=1, axis2=2) >= 0)


@pytest.mark.parametrize("scale", [1e-250, 1e-100, 1.0, 1e100, 1e250])
def test_factor_of_a_sum_has_digits_that_the_sum_has_not(scale):
    """Of 1 − correlation² = 1e-20 the sum of the matrices retains nothing."""
    rng = np.random.default_rng(0)
    factors = np.tril(rng.normal(size=(2, 50, 2, 2))) * scale
    factors[:, :, 1, 0] = factors[:, :, 0, 0]  # in proportion, so that the sums are singular
    factors[:, :, 1, 1] = 1e-10 * scale
    lower = triangular_factor(np.concatenate(list(factors), axis=2))
    expected = np.sqrt(np.square(factors[:, :, 0, 0] / scale).sum(axis=0))
    np.testing.assert_allclose(lower[:, 0, 0], expected * scale, rtol=1e-14)
    np.testing.assert_allclose(lower[:, 1, 1], 1e-10 * np.sqrt(2) * scale, rtol=1e-5)


@pytest.mark.parametrize(("size", "width"), [(3, 1), (5, 2), (12, 4)])
def test_a_factor_of_fewer_columns_than_rows_is_singular(size, width):
    wide = np.random.default_rng(0).normal(size=(30, size, width))
    lower = triangular_factor(wide)
    np.testing.assert_allclose(times_its_transpose(lower), times_its_transpose(wide), atol=1e-13)
    assert not lower[:, :, width:].any()


def test_rows_that_depend_on_others_have_no_diagonal_entry():
    rng = np.random.default_rng(0)
    wide = rng.normal(size=(100, 4, 30)) + 1e3
    wide[:, 2] = 3 * wide[:, 0] - wide[:, 1] / 7
    lower = triangular_factor(wide)
    assert not lower[:, 2, 2].any()
    assert np.all(lower[:, [0, 1, 3], [0, 1, 3]] > 0)
    error = times_its_transpose(lower) - times_its_transpose(wide)
    assert np.abs(error).max() < 1e-13 * 30e6
