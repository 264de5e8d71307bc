"""Linear algebra of many small matrices at once, in double precision."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from jaxtyping import Bool, Float

from .._base.compilation import kernel
from .._base.kernel_arrays import kernel_rows
from .._base.small_matrices import factorise, least_pivot, substitute_back, substitute_forward

_EPS = float(np.finfo(np.float64).eps)


def solve_positive(
    matrix: Float[np.ndarray, "R p p"], right: Float[np.ndarray, "R p"]
) -> tuple[Float[np.ndarray, "R p"], Bool[np.ndarray, " R"]]:
    """Solution of Ax = b for symmetric positive definite matrices A.

    Parameters
    ----------
    matrix
        A; its lower triangle is read.
    right
        b.

    Returns
    -------
    solution, regular
        0 where A is singular to working precision, and whether it is not.
    """
    # A matrix that all replicates share is factorised once.
    lower = np.array(matrix[:1] if matrix.strides[0] == 0 else matrix, dtype=np.float64, order="C")
    solution = np.array(right, dtype=np.float64, order="C")
    regular = np.empty(len(solution), dtype=np.bool_)
    _solve(lower, solution, regular, least_pivot(solution.shape[1], _EPS))
    return solution, regular


def triangular_factor(columns: Float[np.ndarray, "R p n"]) -> Float[np.ndarray, "R p p"]:
    """Lower triangular L with LLᵀ = AAᵀ, of a wide matrix A, and no negative diagonal entry.

    With A = (L₁ L₂ …) that is the root of L₁L₁ᵀ + L₂L₂ᵀ + …, which is itself never computed: half
    of the digits of a nearly singular sum would be lost. Where a row of A depends on those before
    it, to rounding, the diagonal entry of L is 0.

    Parameters
    ----------
    columns
        A; each of its rows is a column of Aᵀ, to which Householder's reflections are applied.
    """
    replicates, size, _ = columns.shape
    lower = np.zeros((replicates, size, size))
    own = np.array(columns, dtype=np.float64, order="C")
    _triangularise(own, lower, least_pivot(size, _EPS))
    return lower


def positive_root(matrix: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Lower triangular L with LLᵀ = A, for positive semi-definite matrices A of finite numbers.

    Where a row of A depends on those before it, to rounding, the diagonal entry of L is 0.

    Parameters
    ----------
    matrix
        A, of shape (…, p, p).
    """
    size = matrix.shape[-1]
    diagonal = np.diagonal(matrix, axis1=-2, axis2=-1)
    scale = np.sqrt(np.maximum(diagonal, 0))
    inverse = np.divide(1.0, scale, out=np.zeros_like(scale), where=scale > 0)
    # Of the correlations: units do not matter.
    values, vectors = np.linalg.eigh(matrix * inverse[..., :, None] * inverse[..., None, :])
    values = np.where(values > least_pivot(size, _EPS), values, 0)
    root = scale[..., :, None] * vectors * np.sqrt(values)[..., None, :]
    return triangular_factor(root.reshape(-1, size, size)).reshape(matrix.shape)


def lower_product(
    lower: Float[np.ndarray, "R p p"], matrix: Float[np.ndarray, "R p n"]
) -> Float[np.ndarray, "R p n"]:
    """Product LA, for a lower triangular L.

    The last digits of one by BLAS would depend on how many threads that is given.
    """
    product = np.zeros(matrix.shape)
    _multiply(kernel_rows(lower), kernel_rows(matrix), product)
    return product


def square_of(lower: Float[np.ndarray, "R p p"]) -> Float[np.ndarray, "R p p"]:
    """Product LLᵀ, for a lower triangular L."""
    square = np.empty(lower.shape)
    _square(kernel_rows(lower), square)
    return square


@kernel
def _solve(matrices: Any, vectors: Any, regular: Any, least: float) -> None:
    positive = False
    for r in range(vectors.shape[0]):
        lower = matrices[min(r, matrices.shape[0] - 1)]
        if r < matrices.shape[0]:
            positive = factorise(lower, least)
        regular[r] = positive
        if positive:
            substitute_forward(lower, vectors[r])
            substitute_back(lower, vectors[r])
        else:
            vectors[r] = 0.0


@kernel
def _multiply(lower: Any, matrices: Any, product: Any) -> None:
    for r in range(product.shape[0]):
        for i in range(product.shape[1]):
            row = product[r, i]
            for k in range(i + 1):
                factor = lower[r, i, k]
                other = matrices[r, k]
                for j in range(row.size):
                    row[j] += factor * other[j]


@kernel
def _square(lower: Any, square: Any) -> None:
    for r in range(lower.shape[0]):
        for i in range(lower.shape[1]):
            for j in range(i + 1):
                square[r, i, j] = inner(lower[r, i, : j + 1], lower[r, j, : j + 1])
                square[r, j, i] = square[r, i, j]


@kernel
def add_multiple(row: Any, factor: float, total: Any) -> None:
    """Add a multiple of a row to another."""
    for i in range(row.size):
        total[i] += factor * row[i]


@kernel
def inner(one: Any, other: Any) -> float:
    """Inner product of two rows."""
    total = 0.0
    for i in range(one.size):
        total += one[i] * other[i]
    return total


@kernel
def _triangularise(stacks: Any, lower: Any, least: float) -> None:
    """QR of many transposed matrices, whose columns are rows here and become reflectors."""
    size, rows = stacks.shape[1], stacks.shape[2]
    strength = np.empty(size)
    for r in range(stacks.shape[0]):
        stack = stacks[r]
        for j in range(size):
            column = stack[j]
            # Entries far below the least number whose square is a number have a root too.
            scale = _normalise(column)
            for k in range(min(j, rows)):
                if strength[k] > 0:
                    _reflect(column[k:], stack[k, k:], strength[k])
                lower[r, j, k] = scale * column[k]
            if j < rows:
                norm, strength[j] = _make_reflector(column, j, least)
                lower[r, j, j] = scale * norm


@kernel
def _normalise(column: Any) -> float:
    """Divide a column by its largest entry, and return that."""
    largest = 0.0
    for i in range(column.size):
        largest = max(largest, abs(column[i]))
    if largest > 0:
        for i in range(column.size):
            column[i] /= largest
    return largest


@kernel
def _make_reflector(column: Any, first: int, least: float) -> Any:
    """Put in place of the last entries of a column the v of the reflection that leaves one of them.

    Returns
    -------
    norm, strength
        The entry that is left, and the s of the reflection I − s v vᵀ; 0 where none is needed.
    """
    pivot = column[first]
    before = inner(column[:first], column[:first])
    after = inner(column[first + 1 :], column[first + 1 :])
    rest = pivot * pivot + after
    if rest <= least * least * (before + rest):
        return 0.0, 0.0
    norm = math.sqrt(rest)
    # Pivot less norm, without loss of digits (Parlett, The Symmetric Eigenvalue Problem, §6.3.1).
    left = pivot - norm if pivot <= 0 else -after / (pivot + norm)
    column[first] = left
    return norm, (0.0 if left == 0 else -1.0 / (norm * left))


@kernel
def _reflect(column: Any, reflector: Any, strength: float) -> None:
    length = 0.0
    for i in range(column.size):
        length += reflector[i] * column[i]
    length *= strength
    for i in range(column.size):
        column[i] -= length * reflector[i]
