import numpy as np
import pytest

from heirloom._base.small_matrices import (
    factorise,
    least_pivot,
    substitute_back,
    substitute_forward,
)

PRECISIONS = [(np.float64, 1e-11), (np.float32, 2e-3)]


def positive(rng, size, rank=None):
    root = rng.normal(size=(size, size if rank is None else rank))
    return root @ root.T / size + (0.05 * np.eye(size) if rank is None else 0)


def least(matrix):
    return least_pivot(len(matrix), float(np.finfo(matrix.dtype).eps))


@pytest.mark.parametrize(("dtype", "tolerance"), PRECISIONS)
@pytest.mark.parametrize("size", [1, 2, 8, 13])
def test_agrees_with_numpy(size, dtype, tolerance):
    rng = np.random.default_rng(size)
    for _ in range(20):
        matrix, right = positive(rng, size), rng.normal(size=size)
        lower, solution = matrix.astype(dtype), right.astype(dtype)
        assert factorise(lower, least(lower))
        np.testing.assert_allclose(np.tril(lower), np.linalg.cholesky(matrix), atol=tolerance)
        # The upper triangle is left alone.
        np.testing.assert_array_equal(np.triu(lower, 1), np.triu(matrix.astype(dtype), 1))
        substitute_forward(lower, solution)
        np.testing.assert_allclose(np.tril(lower) @ solution, right, atol=tolerance)
        substitute_back(lower, solution)
        residual = matrix @ solution - right
        assert np.abs(residual).max() < tolerance * max(1, np.abs(solution).max())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [2, 5, 9])
def test_semi_definite_matrices_have_a_root(size, dtype):
    rng = np.random.default_rng(size)
    for rank in {1, size // 2, size - 1}:
        errors, regular = [], []
        for _ in range(200):
            matrix = positive(rng, size, rank).astype(dtype)
            lower = matrix.copy()
            regular.append(factorise(lower, least(lower)))
            root = np.tril(lower).astype(np.float64)
            assert np.all(np.isfinite(root))
            errors.append(np.abs(root @ root.T - matrix).max())
        assert np.median(errors) < 100 * np.finfo(dtype).eps
        assert np.mean(regular) < 0.15  # rounding amplified


@pytest.mark.parametrize("size", [1, 4, 9])
def test_nothing_and_what_is_not_finite(size):
    nothing = np.zeros((size, size))
    assert not factorise(nothing, least(nothing))
    assert not nothing.any()
    for spoiled in (np.nan, np.inf):
        matrix = np.full((size, size), spoiled)
        assert not factorise(matrix, least(matrix))
        assert not np.isfinite(matrix[size - 1, 0])


@pytest.mark.parametrize("exponent", [-12, 12])
def test_units_do_not_matter(exponent):
    rng = np.random.default_rng(0)
    matrix = positive(rng, 5)
    units = np.where(np.arange(5) % 2, 10.0**exponent, 1.0)
    scaled = matrix * units * units[:, None]
    assert factorise(scaled, least(scaled))
    np.testing.assert_allclose(
        np.tril(scaled) / units[:, None], np.linalg.cholesky(matrix), atol=1e-12
    )


def test_a_column_of_nothing_is_no_harm_to_others():
    matrix = positive(np.random.default_rng(0), 4)
    matrix[1] = matrix[:, 1] = 0
    lower = matrix.copy()
    assert not factorise(lower, least(lower))
    root = np.tril(lower)
    np.testing.assert_allclose(root @ root.T, matrix, atol=1e-12)
