"""Weighted maximum likelihood of generalised linear models by Newton's method.

The fit of a replicate is a loop of its own, so that none waits for another.
"""

import math
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from .._base.compilation import kernel
from .._base.elementary import exp_double, exp_single
from .._base.kernel_arrays import kernel_rows
from .._base.small_matrices import factorise, least_pivot, substitute_back, substitute_forward
from .base import Fit, Status


class Family(IntEnum):
    """Law of the responses, whose mean is a function of the linear predictor η = xᵀβ."""

    LOGISTIC = 0
    """Labels, or shares of the label 1, with mean 1/(1 + exp(−η))."""
    POISSON = 1
    """Counts with mean exp η."""


# Above it, Poisson means are cut: they are larger than any count, and their sums must not overflow.
LARGEST_PREDICTOR = 60.0

# A step below it multiplies the variance of no row by more than its exponential.
_SMALL_STEP = 3.0

# Where the information is almost nil a Newton step may be of any length, and rounding of the long
# way back would spoil the estimate.
_LONGEST_STEP = 16.0

# After a longer step predictors are computed anew; after a shorter one they are moved, and what
# rounding adds is less than that of the predictors themselves.
_LONGEST_MOVE = 1.0

# Rows whose covariates stay in the nearest cache while all their products are summed.
_BLOCK = 1024

_LOGISTIC, _POISSON = int(Family.LOGISTIC), int(Family.POISSON)
_SOLVED, _SEPARABLE = int(Status.SOLVED), int(Status.SEPARABLE)
_NOT_CONVERGED, _SINGULAR = int(Status.NOT_CONVERGED), int(Status.SINGULAR)
_NOT_FINITE = int(Status.NOT_FINITE)


def newton(
    family: Family,
    design: Float[np.ndarray, "R rows p"],
    response: Float[np.ndarray, "R rows"],
    weights: Float[np.ndarray, "R rows"],
    penalty: Float[np.ndarray, " p"],
    start: Float[np.ndarray, "R p"],
    *,
    iterations: int = 64,
) -> Fit:
    """Minimise Σ_i w_i ℓ(x_iᵀβ, y_i) + ½ Σ_j penalty_j β_j² over β, for each replicate.

    A step that overshoots (the slope along it turns to more than half its negative, or the
    information vanishes) is halved, and a start without information, or from which half of the
    iterations led nowhere, is replaced by 0. It has converged when no linear predictor of a row
    that counts moves by more than the square root of the machine's precision (the error that is
    left is of the order of its square), or rounding keeps it from moving less.

    Parameters
    ----------
    family
        Law of the responses; the link is canonical.
    design
        Rows x_i. Their precision is that of the method.
    response
        y_i.
    weights
        w_i >= 0; rows of weight 0 do not count, whatever they hold.
    penalty
        For each coefficient, 0 or more.
    start
        Where to start.
    iterations
        At most so many evaluations.

    Returns
    -------
    Fit
        The coefficients, and ``SOLVED``, ``SEPARABLE``, ``SINGULAR``, ``NOT_CONVERGED`` or
        ``NOT_FINITE``.
    """
    precision = design.dtype
    distinct = _distinct(weights).astype(precision)
    parameters = np.empty(start.shape)
    status = np.empty(len(start), np.int8)
    _fit_all(
        int(family),
        kernel_rows(np.swapaxes(_distinct(design), 1, 2)),
        kernel_rows(response.astype(precision, copy=False)),
        kernel_rows(distinct),
        bool(np.all(distinct > 0)),
        kernel_rows(penalty.astype(np.float64, copy=False)),
        kernel_rows(start.astype(np.float64, copy=False)),
        iterations,
        least_pivot(design.shape[2], float(np.finfo(precision).eps)),
        parameters,
        status,
    )
    return Fit(parameters, status)


def _distinct(array: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """The array of the first replicate alone, where it is that of all of them in memory."""
    return array[:1] if array.strides[0] == 0 else array


def _part(function: Any) -> Any:
    """Compile a function that kernels alone call, and that neither makes arrays nor keeps them."""
    compiled: Any = kernel(function)
    # To count who holds the arrays, as Numba does, would take a third of the time of a small fit.
    compiled.targetoptions |= {"_nrt": False, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return compiled


@_part
def _evaluate(
    family: Any,
    rows: Any,
    design: Any,
    response: Any,
    weights: Any,
    predictor: Any,
    residual: Any,
    curvature: Any,
    gradient: Any,
    information: Any,
) -> bool:
    """Derivatives of the mean loss; returns whether all labels are on their own side of a plane."""
    # A constant of the compiled kernel, which has nothing of the other precision.
    single = np.finfo(predictor.dtype).eps > 1e-10
    precision = predictor.dtype.type
    zero, one, largest = precision(0), precision(1), precision(LARGEST_PREDICTOR)
    columns = gradient.size
    for j in range(columns):
        gradient[j] = 0.0
        for k in range(j + 1):
            information[j, k] = 0.0
    # Rows that lie on the other side; a row that has both labels lies on neither.
    wrong = zero
    for start in range(0, rows, _BLOCK):
        size = rows - start if rows - start < _BLOCK else _BLOCK
        if family == _LOGISTIC:
            for i in range(size):
                row = np.uintp(start + i)
                eta, y = predictor[row], response[row]
                odds = exp_single(-eta) if single else precision(exp_double(-eta))
                mean = one / (one + odds)
                residual[i] = weights[row] * (mean - y)
                curvature[i] = weights[row] * (mean * (one - mean))
                right = ((y == one) & (eta > zero)) | ((y == zero) & (eta < zero))
                wrong += zero if right else one
        else:
            for i in range(size):
                row = np.uintp(start + i)
                eta = predictor[row] if predictor[row] < largest else largest
                mean = exp_single(eta) if single else precision(exp_double(eta))
                residual[i] = weights[row] * (mean - response[row])
                curvature[i] = weights[row] * mean
            wrong = one
        for j in range(columns):
            slope, bend = zero, zero
            for i in range(size):
                x = design[j, np.uintp(start + i)]
                slope += residual[i] * x
                bend += curvature[i] * x * x
            gradient[j] += slope
            information[j, j] += bend
            # Two at a time: what they share is read once.
            for k in range(0, j - 1, 2):
                bend, other = zero, zero
                for i in range(size):
                    row = np.uintp(start + i)
                    product = curvature[i] * design[j, row]
                    bend += product * design[k, row]
                    other += product * design[k + 1, row]
                information[j, k] += bend
                information[j, k + 1] += other
            if j % 2 == 1:
                bend = zero
                for i in range(size):
                    row = np.uintp(start + i)
                    bend += curvature[i] * design[j, row] * design[j - 1, row]
                information[j, j - 1] += bend
    return wrong == zero


@_part
def _predict(rows: Any, design: Any, coefficients: Any, predictor: Any) -> float:
    """Linear predictor of each row; returns the largest absolute value, or nan if there is one."""
    single = np.finfo(predictor.dtype).eps > 1e-10
    # Bits as whole numbers, of which a processor compares many at once; those of a nan are largest.
    most = np.int64(0)
    for start in range(0, rows, _BLOCK):
        size = rows - start if rows - start < _BLOCK else _BLOCK
        for j in range(coefficients.size):
            multiple = predictor.dtype.type(coefficients[j])
            if j == 0:
                for i in range(size):
                    row = np.uintp(start + i)
                    predictor[row] = multiple * design[0, row]
            else:
                for i in range(size):
                    row = np.uintp(start + i)
                    predictor[row] += multiple * design[j, row]
        for i in range(size):
            size_of = abs(predictor[np.uintp(start + i)])
            if single:
                bits = np.int64(np.float32(size_of).view(np.int32))
            else:
                bits = np.float64(size_of).view(np.int64)
            most = bits if bits > most else most
    if single:
        return np.float64(np.int32(most).view(np.float32))
    return np.int64(most).view(np.float64)


@_part
def _fit(
    family: Any,
    rows: Any,
    design: Any,
    response: Any,
    weights: Any,
    penalty: Any,
    iterations: Any,
    least: Any,
    predictor: Any,
    move: Any,
    residual: Any,
    curvature: Any,
    gradient: Any,
    direction: Any,
    information: Any,
    parameters: Any,
) -> int:
    """Replace the start by the estimate of one replicate; returns how the fit ended."""
    columns = parameters.size
    penalised, restarted = False, True
    for j in range(columns):
        direction[j] = 0.0
        penalised |= penalty[j] > 0
        restarted &= parameters[j] == 0
    all_zero = family == _POISSON
    for i in range(rows if all_zero else 0):
        all_zero &= response[i] == 0
    tolerance = math.sqrt(np.finfo(design.dtype).eps)
    at_start = True
    # The largest change of a predictor in the last step, and in the last step of Newton, before any
    # retreat from it; derivative of the objective along the direction, where it began.
    step, length, slope = np.inf, np.inf, 0.0
    # How much of the move the last step was, with its sign.
    share = 0.0
    for iteration in range(iterations):
        if at_start or step > _LONGEST_MOVE:
            _predict(rows, design, parameters, predictor)
        else:
            multiple = predictor.dtype.type(share)
            for i in range(rows):
                predictor[i] += multiple * move[i]
        apart = _evaluate(
            family,
            rows,
            design,
            response,
            weights,
            predictor,
            residual,
            curvature,
            gradient,
            information,
        )
        if (apart or all_zero) and rows > 0 and not penalised:
            return _SEPARABLE
        along = 0.0
        for j in range(columns):
            gradient[j] += penalty[j] * parameters[j]
            information[j, j] += penalty[j]
            along += gradient[j] * direction[j]
        regular = factorise(information, least)
        singular = at_start and not regular
        # The information vanishes within a step that changes it little: it was on its way to 0.
        diverged = not at_start and not regular and length < _SMALL_STEP
        if not restarted and (singular or diverged or iteration == iterations // 2):
            for j in range(columns):
                parameters[j] = 0.0
            at_start, restarted, step = True, True, np.inf
            continue
        if singular or diverged:
            return _SINGULAR if singular else _NOT_CONVERGED
        if not at_start and (along > -0.5 * slope or not regular):
            # Half of what is left of the last step is taken back.
            step, slope, share = 0.5 * step, 0.5 * slope, 0.5 * abs(share)
            for j in range(columns):
                direction[j] *= 0.5
                parameters[j] -= direction[j]
            continue
        at_start = False
        substitute_forward(information, gradient)
        slope = 0.0
        for j in range(columns):
            slope -= gradient[j] * gradient[j]
        substitute_back(information, gradient)
        length = _predict(rows, design, gradient, move)
        share = -_LONGEST_STEP / length if length > _LONGEST_STEP else -1.0
        slope *= -share
        for j in range(columns):
            direction[j] = share * gradient[j]
            parameters[j] += direction[j]
        if not length < np.inf:
            return _NOT_FINITE
        before, step = step, -share * length
        # At the floor that rounding sets, steps stop shrinking.
        if step <= tolerance or (step < 16 * tolerance and step > 0.5 * before):
            return _SOLVED
    return _SOLVED if step < 16 * tolerance else _NOT_CONVERGED


@_part
def _keep(row: Any, weights: Any, kept: Any) -> int:
    """Copy what has a weight; returns how much that is."""
    count = 0
    for i in range(row.size):
        if weights[i] > 0:
            kept[count] = row[i]
            count += 1
    return count


@kernel
def _fit_all(
    family: Any,
    design: Any,
    response: Any,
    weights: Any,
    all_count: Any,
    penalty: Any,
    start: Any,
    iterations: Any,
    least: Any,
    parameters: Any,
    status: Any,
) -> None:
    columns, rows = design.shape[1], design.shape[2]
    predictor, move = np.empty(rows, design.dtype), np.empty(rows, design.dtype)
    residual, curvature = np.empty(_BLOCK, design.dtype), np.empty(_BLOCK, design.dtype)
    gradient, direction = np.empty(columns), np.empty(columns)
    information = np.empty((columns, columns))
    room = 0 if all_count else rows
    kept_design = np.empty((columns, room), design.dtype)
    kept_response, kept_weights = np.empty(room, design.dtype), np.empty(room, design.dtype)
    for r in range(response.shape[0]):
        x, y = design[r if design.shape[0] > 1 else 0], response[r]
        w = weights[r if weights.shape[0] > 1 else 0]
        count = rows
        if not all_count:
            count = _keep(w, w, kept_weights)
            _keep(y, w, kept_response)
            for j in range(columns):
                _keep(x[j], w, kept_design[j])
            x, y, w = kept_design, kept_response, kept_weights
        for j in range(columns):
            parameters[r, j] = start[r, j]
        status[r] = _fit(
            family,
            count,
            x,
            y,
            w,
            penalty,
            iterations,
            least,
            predictor,
            move,
            residual,
            curvature,
            gradient,
            direction,
            information,
            parameters[r],
        )
