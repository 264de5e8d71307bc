"""Weighted maximum likelihood of generalised linear models by Newton's method."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from .base import Fit, Status

# Above it, LAPACK is faster than an unrolled factorisation and the products of columns take too much
# memory; below it, the overhead of a call for each small matrix would dominate a simulation.
_UNROLLED_COLUMNS = 8

# A step that stays this large at the last iteration is divergence (towards infinity, a Newton step adds
# about 1 to the linear predictor), and not rounding.
_DIVERGENT_STEP = 0.1

_Vector = Float[Array, " p"]
_Rows = Float[Array, " rows"]
_Design = Float[Array, "rows p"]

MeanAndVariance = Callable[[_Rows], tuple[_Rows, _Rows]]
"""Mean and variance of the response as functions of the linear predictor, under the canonical link."""

Degenerate = Callable[[_Rows], Bool[Array, ""]]
"""Whether a linear predictor proves that the likelihood has no maximum."""


class _State(NamedTuple):
    coefficients: _Vector
    predictor: _Rows
    direction: _Vector
    along: _Rows  # the design times the direction
    slope: Float[Array, ""]  # derivative of the objective along the direction, where it was chosen
    step: Float[Array, ""]  # largest change of the predictor
    iteration: Int[Array, ""]
    status: Int[Array, ""]
    done: Bool[Array, ""]


def newton(
    mean_and_variance: MeanAndVariance,
    degenerate: Degenerate,
    design: _Design,
    response: _Rows,
    weights: _Rows,
    penalty: _Vector,
    start: _Vector,
    *,
    iterations: int = 40,
) -> Fit:
    """Minimise Σ_i w_i ℓ(x_iᵀβ, y_i) + ½ Σ_j penalty_j β_j² over β.

    A step that overshoots (the slope along it turns to more than its negative) is halved, so that the method
    converges from any start. It has converged when no linear predictor of a row that counts moves by
    more than the square root of the machine's precision: the error that is left is of the order of the
    square of that.

    Parameters
    ----------
    mean_and_variance
        Of the response, from the linear predictor; canonical link.
    degenerate
        Asked at every iteration with the linear predictor; the fit then ends as ``SEPARABLE``.
    design
        Rows x_i.
    response
        y_i.
    weights
        w_i >= 0; rows of weight 0 do not count.
    penalty
        For each coefficient, 0 or more.
    start
        Where to start.
    iterations
        At most so many evaluations.

    Returns
    -------
    Fit
        The coefficients, and ``SOLVED``, ``SEPARABLE``, ``SINGULAR`` or ``NOT_CONVERGED``.
    """
    counts = weights > 0
    information = _information_of(design)
    tolerance = jnp.sqrt(jnp.finfo(start.dtype).eps)

    def propose(coefficients: _Vector, predictor: _Rows):
        mean, variance = mean_and_variance(predictor)
        gradient = (weights * (mean - response)) @ design + penalty * coefficients
        return gradient, weights * variance

    def body(state: _State) -> _State:
        gradient, curvature = propose(state.coefficients, state.predictor)
        overshoot = (gradient @ state.direction > -state.slope) & (state.iteration > 0)
        solution, regular = information(curvature, penalty, gradient)
        direction = jnp.where(overshoot, -0.5 * state.direction, -solution)
        along = jnp.where(overshoot, -0.5 * state.along, -(design @ solution))
        step = jnp.max(jnp.where(counts, jnp.abs(along), 0))
        separated = degenerate(state.predictor)
        # At the floor that rounding sets, steps stop shrinking.
        stalled = (step < 0.5 * _DIVERGENT_STEP) & (step > 0.5 * state.step)
        solved = ~overshoot & ((step <= tolerance) | stalled)
        failed = separated | ~(regular | overshoot)
        status = jnp.where(
            separated,
            int(Status.SEPARABLE),
            jnp.where(failed, int(Status.SINGULAR), int(Status.SOLVED)),
        )
        # After halving, the kept direction is what remains of the step from its origin.
        return _State(
            coefficients=jnp.where(failed, state.coefficients, state.coefficients + direction),
            predictor=jnp.where(failed, state.predictor, state.predictor + along),
            direction=jnp.where(overshoot, 0.5 * state.direction, direction),
            along=jnp.where(overshoot, 0.5 * state.along, along),
            slope=jnp.where(overshoot, 0.5 * state.slope, gradient @ direction),
            step=step,
            iteration=state.iteration + 1,
            status=status,
            done=solved | failed,
        )

    def unfinished(state: _State) -> Bool[Array, ""]:
        return ~state.done & (state.iteration < iterations)

    zero = jnp.zeros((), start.dtype)
    first = _State(
        coefficients=start,
        predictor=design @ start,
        direction=jnp.zeros_like(start),
        along=jnp.zeros_like(response),
        slope=zero,
        step=zero + jnp.inf,
        iteration=jnp.zeros((), jnp.int32),
        status=jnp.asarray(int(Status.SOLVED)),
        done=jnp.asarray(False),
    )
    last = jax.lax.while_loop(unfinished, body, first)
    unresolved = ~last.done & ~(last.step < _DIVERGENT_STEP)
    status = jnp.where(unresolved, int(Status.NOT_CONVERGED), last.status)
    finite = jnp.all(jnp.isfinite(last.coefficients))
    return Fit(last.coefficients, jnp.where(finite, status, int(Status.NOT_FINITE)))


def _information_of(
    design: _Design,
) -> Callable[[_Rows, _Vector, _Vector], tuple[_Vector, Bool[Array, ""]]]:
    """Prepare a function that solves (Xᵀ diag(c) X + diag(penalty)) d = g, and says if it could."""
    columns = design.shape[1]
    if columns > _UNROLLED_COLUMNS:

        def solve_by_lapack(curvature: _Rows, penalty: _Vector, gradient: _Vector):
            matrix = (design * curvature[:, None]).T @ design + jnp.diag(penalty)
            return _solve_by_lapack(matrix, gradient)

        return solve_by_lapack

    pairs = [(i, j) for i in range(columns) for j in range(i + 1)]
    # Products of columns, once for each fit: the information is then a product of two matrices, which
    # workflows with the same rows share.
    products = jnp.stack([design[:, i] * design[:, j] for i, j in pairs], axis=1)

    def solve_unrolled(curvature: _Rows, penalty: _Vector, gradient: _Vector):
        entries = curvature @ products
        matrix = {pair: entries[k] for k, pair in enumerate(pairs)}
        for j in range(columns):
            matrix[j, j] = matrix[j, j] + penalty[j]
        return _solve_unrolled(matrix, gradient)

    return solve_unrolled


def _solve_by_lapack(
    matrix: Float[Array, "p p"], right: _Vector
) -> tuple[_Vector, Bool[Array, ""]]:
    diagonal = jnp.diag(matrix)
    present = diagonal > 0
    scale = jnp.where(present, jax.lax.rsqrt(jnp.where(present, diagonal, 1)), 0)
    scaled = matrix * scale[:, None] * scale
    factor = jnp.linalg.cholesky(scaled, symmetrize_input=False)
    pivots = jnp.diag(factor) ** 2
    regular = jnp.all(present) & jnp.all(pivots > _least_pivot(matrix.dtype, len(right)))
    inner = jax.scipy.linalg.solve_triangular(factor, right * scale, lower=True)
    solution = jax.scipy.linalg.solve_triangular(factor, inner, lower=True, trans=1)
    return jnp.where(regular, solution * scale, 0), regular


def _solve_unrolled(
    matrix: dict[tuple[int, int], Float[Array, ""]], right: _Vector
) -> tuple[_Vector, Bool[Array, ""]]:
    size = len(right)
    zero = jnp.zeros((), right.dtype)
    least = _least_pivot(right.dtype, size)
    lower: dict[tuple[int, int], Float[Array, ""]] = {}
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
    """Relative size below which a pivot is rounding: the matrix is singular to working precision."""
    return 4 * size * float(jnp.finfo(dtype).eps)
