import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heirloom.models.linear_algebra import cholesky, log_determinant, solve_positive

SIZES = [1, 2, 8, 13]
MANY = {f: jax.jit(jax.vmap(f)) for f in (cholesky, log_determinant, solve_positive)}


def many(function, *arrays, dtype=np.float64):
    with jax.enable_x64(dtype is np.float64):
        out = MANY[function](*(jnp.asarray(a, dtype) for a in arrays))
        return jax.tree.map(np.asarray, out)


def positive(rng, size, rank=None, count=20):
    root = rng.normal(size=(count, size, size if rank is None else rank))
    ridge = 0.05 * np.eye(size) if rank is None else 0
    return root @ root.swapaxes(1, 2) / size + ridge


@pytest.mark.parametrize("size", SIZES)
def test_agrees_with_numpy(size):
    rng = np.random.default_rng(size)
    matrix, right = positive(rng, size), rng.normal(size=(20, size))
    for dtype, tolerance in ((np.float64, 1e-11), (np.float32, 2e-3)):
        lower = many(cholesky, matrix, dtype=dtype)
        np.testing.assert_allclose(lower, np.linalg.cholesky(matrix), atol=tolerance)
        assert not np.any(np.triu(lower, 1))
        found = many(log_determinant, matrix, dtype=dtype)
        np.testing.assert_allclose(found, np.linalg.slogdet(matrix)[1], atol=tolerance * size)
        solution, regular = many(solve_positive, matrix, right, dtype=dtype)
        assert regular.all()
        residual = np.einsum("rij,rj->ri", matrix, solution) - right
        assert np.abs(residual).max() < tolerance * max(1, np.abs(solution).max())


@settings(max_examples=10)
@given(st.integers(0, 2**32 - 1), st.sampled_from([2, 5, 9]), st.floats(-12, 12))
def test_units_do_not_matter(seed, size, exponent):
    rng = np.random.default_rng(seed)
    matrix, right = positive(rng, size, count=1), rng.normal(size=(1, size))
    units = np.where(np.arange(size) % 2, 10.0**exponent, 1.0)
    scaled = matrix * units * units[:, None]
    for dtype, tolerance in ((np.float64, 1e-9), (np.float32, 1e-2)):
        plain, _ = many(solve_positive, matrix, right, dtype=dtype)
        solution, regular = many(solve_positive, scaled, right * units, dtype=dtype)
        assert regular.all()
        scale = np.abs(plain).max()
        np.testing.assert_allclose(solution * units, plain, atol=tolerance * scale)
        change = many(log_determinant, scaled, dtype=dtype) - many(
            log_determinant, matrix, dtype=dtype
        )
        np.testing.assert_allclose(change, 2 * np.log(units).sum(), atol=1e-3)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [2, 5, 9])
def test_semi_definite_matrices_have_a_root_and_no_determinant(size, dtype):
    rng = np.random.default_rng(size)
    eps = float(np.finfo(dtype).eps)
    for rank in {1, size // 2, size - 1}:
        matrix = positive(rng, size, rank, count=200).astype(dtype)
        lower = many(cholesky, matrix, dtype=dtype).astype(np.float64)
        error = np.abs(lower @ lower.swapaxes(1, 2) - matrix)
        assert np.all(np.isfinite(lower))
        assert np.median(error.max(axis=(1, 2))) < 100 * eps
        # A few leading blocks are ill-conditioned, and amplify rounding.
        assert np.quantile(error.max(axis=(1, 2)), 0.97) < 10 * np.sqrt(eps)
        assert error.max() < 0.02
        assert np.all(many(log_determinant, matrix, dtype=dtype) == -np.inf)
        solution, regular = many(solve_positive, matrix, np.ones((200, size)), dtype=dtype)
        assert np.mean(regular) < 0.15  # rounding amplified, again
        assert np.all(solution[~regular] == 0)


@pytest.mark.parametrize("size", [1, 4, 9])
def test_nothing_and_what_is_not_finite(size):
    nothing = np.zeros((2, size, size))
    assert not many(cholesky, nothing).any()
    assert many(log_determinant, nothing).tolist() == [-np.inf] * 2
    solution, regular = many(solve_positive, nothing, np.ones((2, size)))
    assert not solution.any()
    assert not regular.any()
    spoiled = np.stack([np.eye(size), np.eye(size)])
    spoiled[1] = np.nan
    lower = many(cholesky, spoiled)
    np.testing.assert_array_equal(lower[0], np.eye(size))
    assert np.isnan(lower[1, size - 1, 0])
    assert many(log_determinant, spoiled)[0] == 0
    assert np.isnan(many(log_determinant, spoiled)[1])
    solution, regular = many(solve_positive, spoiled, np.ones((2, size)))
    assert regular.tolist() == [True, False]
    assert solution.tolist() == [[1] * size, [0] * size]


@pytest.mark.parametrize("size", [4, 10])
def test_a_column_of_nothing_is_no_harm_to_others(size):
    matrix = np.array(positive(np.random.default_rng(0), size))
    matrix[:, 1] = matrix[:, :, 1] = 0
    lower = many(cholesky, matrix)
    np.testing.assert_allclose(lower @ lower.swapaxes(1, 2), matrix, atol=1e-12)
    assert np.all(many(log_determinant, matrix) == -np.inf)
