"""Linear algebra of many small matrices at once, without LAPACK.

Batches of ``jnp.linalg.cholesky`` or ``solve`` on two threads wait for each other for ever (XLA on
processors, jaxlib 0.10); and for matrices this small, a call would cost more than the work.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

# Above it, an unrolled factorisation takes long to compile; below it, loops over so few columns
# would cost more than all the rest.
UNROLLED_COLUMNS = 8

_Vector = Float[Array, " p"]
_Matrix = Float[Array, "p p"]
_Entries = dict[tuple[int, int], Float[Array, ""]]


def solve_positive(matrix: _Matrix, right: _Vector) -> tuple[_Vector, Bool[Array, ""]]:
    """Solve Ax = b for a symmetric positive definite A.

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
    size = len(right)
    if size > UNROLLED_COLUMNS:
        return solve_by_elimination(matrix, right)
    return solve_unrolled({(i, j): matrix[i, j] for i in range(size) for j in range(i + 1)}, right)


def cholesky(matrix: _Matrix) -> _Matrix:
    """Give the lower triangular L with LLᵀ = A for a positive semi-definite A.

    Where a pivot is 0 to rounding, the column of L is 0: a singular covariance has a root too. (To
    divide what rounding left of a column by the root of what it left of the pivot would give a
    column of any size.) Entries that are not finite stay so.
    """
    return _cholesky_unrolled(matrix) if len(matrix) <= UNROLLED_COLUMNS else _cholesky_loop(matrix)


def log_determinant(matrix: _Matrix) -> Float[Array, ""]:
    """Give log det A of a positive semi-definite A; −inf where it is singular to rounding.

    Elimination takes the largest pivot of the correlations first: in any other order a small one
    would amplify the rounding of those after it, and hide that there is nothing left of them.
    """
    size = len(matrix)
    diagonal = jnp.maximum(jnp.diag(matrix), 0)
    scale = jax.lax.rsqrt(jnp.where(diagonal > 0, diagonal, 1))
    least = _least_pivot(matrix.dtype, size)
    numbers = jnp.arange(size)
    state = (matrix * scale[:, None] * scale, jnp.ones(size, bool), jnp.sum(jnp.log(diagonal)))

    def eliminate(
        _: int | Int[Array, ""], state: tuple[_Matrix, Bool[Array, " p"], Float[Array, ""]]
    ) -> tuple[_Matrix, Bool[Array, " p"], Float[Array, ""]]:
        rest, left, total = state
        pivots = jnp.where(left, jnp.diag(rest), -1)
        chosen = numbers == jnp.argmax(pivots)
        pivot = jnp.max(pivots)
        column = jnp.sum(jnp.where(chosen, rest, 0), axis=1)
        singular = pivot <= least
        rest = rest - column[:, None] * column / jnp.where(singular, 1, pivot)
        return rest, left & ~chosen, total + jnp.log(jnp.where(singular, 0, pivot))

    if size > UNROLLED_COLUMNS:
        return jax.lax.fori_loop(0, size, eliminate, state)[2]
    for j in range(size):
        state = eliminate(j, state)
    return state[2]


def _cholesky_unrolled(matrix: _Matrix) -> _Matrix:
    size = len(matrix)
    zero = jnp.zeros((), matrix.dtype)
    least = _least_pivot(matrix.dtype, size)
    lower: _Entries = {}
    for j in range(size):
        pivot = matrix[j, j] - sum((lower[j, k] ** 2 for k in range(j)), start=zero)
        present = ~((pivot <= 0) | (pivot < least * matrix[j, j]))
        lower[j, j] = jnp.sqrt(jnp.where(present, pivot, 0))
        inverse = jnp.where(present, 1 / jnp.where(present, lower[j, j], 1), 0)
        for i in range(j + 1, size):
            inner = sum((lower[i, k] * lower[j, k] for k in range(j)), start=zero)
            lower[i, j] = (matrix[i, j] - inner) * inverse
    return jnp.stack(
        [jnp.stack([lower.get((i, j), zero) for j in range(size)]) for i in range(size)]
    )


def _cholesky_loop(matrix: _Matrix) -> _Matrix:
    numbers = jnp.arange(len(matrix))
    least = _least_pivot(matrix.dtype, len(matrix)) * jnp.diag(matrix)

    def column(j: Int[Array, ""], lower: _Matrix) -> _Matrix:
        rest = jnp.where(numbers >= j, matrix[:, j] - lower @ lower[j], 0)
        present = ~((rest[j] <= 0) | (rest[j] < least[j]))
        scale = jnp.where(present, jax.lax.rsqrt(jnp.where(present, rest[j], 1)), 0)
        return lower.at[:, j].set(rest * scale)

    return jax.lax.fori_loop(0, len(matrix), column, jnp.zeros_like(matrix))


def solve_by_elimination(matrix: _Matrix, right: _Vector) -> tuple[_Vector, Bool[Array, ""]]:
    """Eliminate column by column (Gauss–Jordan); a positive definite matrix needs no exchanges."""
    size = len(right)
    diagonal = jnp.diag(matrix)
    present = diagonal > 0
    scale = jnp.where(present, jax.lax.rsqrt(jnp.where(present, diagonal, 1)), 0)
    scaled = jnp.concatenate([matrix * scale[:, None] * scale, (right * scale)[:, None]], axis=1)
    least = _least_pivot(matrix.dtype, size)
    numbers = jnp.arange(size)

    def eliminate(
        j: Int[Array, ""], state: tuple[Float[Array, "p q"], Bool[Array, ""]]
    ) -> tuple[Float[Array, "p q"], Bool[Array, ""]]:
        table, regular = state
        pivot = table[j, j]
        ok = pivot > least
        row = table[j] / jnp.where(ok, pivot, 1)
        factors = table[:, j] - (numbers == j)
        return table - factors[:, None] * row, regular & ok

    table, regular = jax.lax.fori_loop(0, size, eliminate, (scaled, jnp.all(present)))
    return jnp.where(regular, table[:, -1] * scale, 0), regular


def solve_unrolled(matrix: _Entries, right: _Vector) -> tuple[_Vector, Bool[Array, ""]]:
    """Solve by an unrolled Cholesky factorisation; `matrix` holds the lower triangle."""
    size = len(right)
    zero = jnp.zeros((), right.dtype)
    least = _least_pivot(right.dtype, size)
    lower: _Entries = {}
    inverse: list[Float[Array, ""]] = []
    regular = jnp.asarray(True)
    for j in range(size):
        pivot = matrix[j, j] - sum((lower[j, k] ** 2 for k in range(j)), start=zero)
        ok = pivot > least * matrix[j, j]
        regular = regular & ok
        inverse.append(jax.lax.rsqrt(jnp.where(ok, pivot, 1)))
        for i in range(j + 1, size):
            inner = sum((lower[i, k] * lower[j, k] for k in range(j)), start=zero)
            lower[i, j] = (matrix[i, j] - inner) * inverse[j]
    forward: list[Float[Array, ""]] = []
    for i in range(size):
        inner = sum((lower[i, k] * forward[k] for k in range(i)), start=zero)
        forward.append((right[i] - inner) * inverse[i])
    backward: dict[int, Float[Array, ""]] = {}
    for i in reversed(range(size)):
        inner = sum((lower[k, i] * backward[k] for k in range(i + 1, size)), start=zero)
        backward[i] = (forward[i] - inner) * inverse[i]
    solution = jnp.stack([backward[i] for i in range(size)])
    return jnp.where(regular, solution, 0), regular


def _least_pivot(dtype: jnp.dtype, size: int) -> float:
    """Relative size below which a pivot is rounding: singular to working precision."""
    return 4 * size * float(jnp.finfo(dtype).eps)
