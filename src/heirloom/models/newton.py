"""Weighted maximum likelihood of generalised linear models by Newton's method."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from .base import Fit, Status
from .linear_algebra import UNROLLED_COLUMNS, solve_by_elimination, solve_unrolled

# A step below it multiplies the variance of no row by more than its exponential.
_SMALL_STEP = 3.0

# Where the information is almost nil a Newton step may be of any length, and rounding of the long
# way back would spoil the estimate.
_LONGEST_STEP = 16.0

_Vector = Float[Array, " p"]
_Rows = Float[Array, " rows"]
_Design = Float[Array, "rows p"]

MeanAndVariance = Callable[[_Rows], tuple[_Rows, _Rows]]
"""Mean and variance of the response from the linear predictor, under the canonical link."""

Degenerate = Callable[[_Rows], Bool[Array, ""]]
"""Whether a linear predictor proves that the likelihood has no maximum."""


class _State(NamedTuple):
    coefficients: _Vector
    direction: _Vector  # the step that led here
    slope: Float[Array, ""]  # derivative of the objective along the direction, where it began
    step: Float[Array, ""]  # largest change of a predictor that counts
    length: Float[Array, ""]  # the same of the last step of Newton, before any retreat from it
    iteration: Int[Array, ""]
    at_start: Bool[Array, ""]  # no step has been taken
    restarted: Bool[Array, ""]  # from 0
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
    iterations: int = 64,
) -> Fit:
    """Minimise Σ_i w_i ℓ(x_iᵀβ, y_i) + ½ Σ_j penalty_j β_j² over β.

    A step that overshoots (the slope along it turns to more than half its negative, or the
    information vanishes) is halved, and a start without information, or from which half of the
    iterations led nowhere, is replaced by 0. It has converged when no linear predictor of a row
    that counts moves by more than the square root of the machine's precision (the error that is
    left is of the order of its square), or rounding keeps it from moving less.

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
    predict = _predictor_of(design)
    solve = _information_of(design)
    tolerance = jnp.sqrt(jnp.finfo(start.dtype).eps)

    # Nothing with an entry a row is carried from one iteration to the next: beside many small fits,
    # to compute the predictor again costs less than to move it.
    def body(state: _State) -> _State:
        predictor = predict(state.coefficients)
        mean, variance = mean_and_variance(predictor)
        gradient = (weights * (mean - response)) @ design + penalty * state.coefficients
        solution, regular = solve(weights * variance, penalty, gradient)
        turned = gradient @ state.direction > -0.5 * state.slope
        retreat = ~state.at_start & (turned | ~regular)
        separated = degenerate(predictor)
        # The information vanishes within a step that changes it little: it was on its way to 0.
        diverged = ~state.at_start & ~regular & (state.length < _SMALL_STEP)
        lost = (state.at_start & ~regular) | diverged | (state.iteration == iterations // 2)
        restart = lost & ~separated & ~state.restarted & jnp.any(start != 0)
        singular = state.at_start & ~regular
        ended = ~restart & (separated | singular | diverged)
        length = jnp.max(jnp.where(counts, jnp.abs(predict(solution)), 0))
        shrink = jnp.minimum(1.0, _LONGEST_STEP / jnp.maximum(length, 1e-30)).astype(start.dtype)
        # What is left of the last step after a retreat, else the step of Newton.
        direction = jnp.where(retreat, 0.5 * state.direction, -shrink * solution)
        step = jnp.where(retreat, 0.5 * state.step, shrink * length)
        # At the floor that rounding sets, steps stop shrinking.
        stalled = (step < 16 * tolerance) & (step > 0.5 * state.step)
        converged = ~retreat & ~restart & ((step <= tolerance) | stalled)
        moved = state.coefficients + jnp.where(retreat, -direction, direction)
        coefficients = jnp.where(ended, state.coefficients, moved)
        return _State(
            coefficients=jnp.where(restart, 0, coefficients),
            direction=direction,
            slope=jnp.where(retreat, 0.5 * state.slope, gradient @ direction),
            step=step,
            length=jnp.where(retreat, state.length, length),
            iteration=state.iteration + 1,
            at_start=restart,
            restarted=state.restarted | restart,
            status=jnp.select(
                [separated, singular, diverged],
                [int(Status.SEPARABLE), int(Status.SINGULAR), int(Status.NOT_CONVERGED)],
                int(Status.SOLVED),
            ),
            done=converged | ended,
        )

    def unfinished(state: _State) -> Bool[Array, ""]:
        return ~state.done & (state.iteration < iterations)

    zero = jnp.zeros((), start.dtype)
    first = _State(
        coefficients=start,
        direction=jnp.zeros_like(start),
        slope=zero,
        step=zero + jnp.inf,
        length=zero + jnp.inf,
        iteration=jnp.zeros((), jnp.int32),
        at_start=jnp.asarray(True),
        restarted=jnp.asarray(False),
        status=jnp.asarray(int(Status.SOLVED)),
        done=jnp.asarray(False),
    )
    last = jax.lax.while_loop(unfinished, body, first)
    unsettled = ~last.done & ~(last.step < 16 * tolerance)
    status = jnp.where(unsettled, int(Status.NOT_CONVERGED), last.status)
    finite = jnp.all(jnp.isfinite(last.coefficients))
    return Fit(last.coefficients, jnp.where(finite, status, int(Status.NOT_FINITE)))


def _predictor_of(design: _Design) -> Callable[[_Vector], _Rows]:
    """Prepare a function that gives Xv."""
    count = design.shape[1]
    if count > UNROLLED_COLUMNS:
        return lambda v: design @ v
    # A product of matrices would be a call; sums of few columns fuse with what is done to them.
    columns = [design[:, j] for j in range(count)]
    return lambda v: sum((columns[j] * v[j] for j in range(1, count)), start=columns[0] * v[0])


def _information_of(
    design: _Design,
) -> Callable[[_Rows, _Vector, _Vector], tuple[_Vector, Bool[Array, ""]]]:
    """Prepare a function that solves (Xᵀ diag(c) X + diag(penalty)) d = g, and says if it could."""
    columns = design.shape[1]
    if columns > UNROLLED_COLUMNS:

        def solve_many(curvature: _Rows, penalty: _Vector, gradient: _Vector):
            matrix = (design * curvature[:, None]).T @ design + jnp.diag(penalty)
            return solve_by_elimination(matrix, gradient)

        return solve_many

    pairs = [(i, j) for i in range(columns) for j in range(i + 1)]
    # Products of columns, once for each fit: the information is then a product of two matrices, one
    # of which is common to workflows with the same rows.
    products = jnp.stack([design[:, i] * design[:, j] for i, j in pairs], axis=1)

    def solve_few(curvature: _Rows, penalty: _Vector, gradient: _Vector):
        entries = curvature @ products
        matrix = {pair: entries[k] for k, pair in enumerate(pairs)}
        for j in range(columns):
            matrix[j, j] = matrix[j, j] + penalty[j]
        return solve_unrolled(matrix, gradient)

    return solve_few
