"""Weighted maximum likelihood of multinomial logistic regression by Newton's method.

Plain NumPy, with all replicates that are not done side by side.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from .base import Fit, Status
from .linear_algebra import solve_positive
from .weighted_rows import counted_rows

_Doubles = npt.NDArray[np.float64]

# Where the information is almost nil a Newton step may be of any length.
_LONGEST_STEP = 16.0

# The error that is left after a step is of the order of its square.
_TOLERANCE = float(np.sqrt(np.finfo(np.float64).eps))

# A loss that grows by less of itself is as good as before: sums over rows are rounded.
_ROUNDING = 1e-12

_HALVINGS = 30


class _Rows(NamedTuple):
    """The rows of the replicates at work: columns (R, p, n), one-hot labels and weights (R, K, n).

    ``weights`` are the same for each class, of shape (R, 1, n).
    """

    columns: _Doubles
    labels: _Doubles
    weights: _Doubles

    def of(self, replicates: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> "_Rows":
        """The rows of some of the replicates."""
        return _Rows(*(array[replicates] for array in self))


def multinomial_newton(
    design: Float[np.ndarray, "R rows p"],
    response: Float[np.ndarray, "R rows"],
    weights: Float[np.ndarray, "R rows"],
    penalty: Float[np.ndarray, " p"],
    classes: int,
    *,
    iterations: int = 64,
) -> Fit:
    """Minimise Σ_i w_i ℓ(β; x_i, y_i) + ½ Σ_j λ_j Σ_k β_kj² over β with Σ_k β_k = 0.

    ℓ is −log of the softmax of (x_iᵀβ_k) at the label. Newton's steps begin at 0, and one that does
    not lower the loss is halved. It has converged when no predictor of a row that counts moves by
    more than the square root of the machine's precision.

    Parameters
    ----------
    design
        Rows x_i.
    response
        Labels y_i: 0, …, classes − 1.
    weights
        w_i >= 0, of sum 1; rows of weight 0 do not count, whatever they hold.
    penalty
        λ, for each column, 0 or more.
    classes
        How many labels there are.
    iterations
        At most so many steps.

    Returns
    -------
    Fit
        Coefficients of shape (R, classes, p), and ``SOLVED``, ``SEPARABLE``, ``SINGULAR``,
        ``NOT_CONVERGED`` or ``NOT_FINITE``.
    """
    rows = _rows(design, response, weights, classes)
    replicates, columns, _ = rows.columns.shape
    estimates = np.zeros((replicates, classes, columns))
    status = np.full(replicates, int(Status.NOT_CONVERGED), np.int8)
    active = np.arange(replicates)
    for iteration in range(iterations):
        if not active.size:
            break
        beta = estimates[active]
        predictors = _predictors(rows, beta)
        if not penalty.any():
            apart = _separated(rows, predictors)
            status[active[apart]] = Status.SEPARABLE
        else:
            apart = np.zeros(active.size, dtype=bool)
        direction, regular = _newton_direction(rows, predictors, beta, penalty)
        status[active[~regular & ~apart]] = Status.NOT_CONVERGED if iteration else Status.SINGULAR
        step = _taken(rows, predictors, beta, direction, penalty)
        estimates[active] = beta + step
        length = _largest_move(rows, step)
        finite = np.isfinite(length)
        status[active[~finite & regular & ~apart]] = Status.NOT_FINITE
        working = regular & finite & ~apart
        solved = working & (length <= _TOLERANCE)
        status[active[solved]] = Status.SOLVED
        left = working & ~solved
        if not left.all():
            rows, active = rows.of(left), active[left]
    return Fit(estimates, status)


def softmax(predictors: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Probabilities of the classes, along the axis before the last.

    Examples
    --------
    >>> softmax(np.array([[0.0], [np.log(3)]])).round(3).tolist()
    [[0.25], [0.75]]
    """
    odds = np.exp(predictors - predictors.max(axis=-2, keepdims=True))
    return odds / odds.sum(axis=-2, keepdims=True)


def log_sum_exp(predictors: _Doubles) -> _Doubles:
    """Log Σ_k exp η_k, along the axis before the last.

    Examples
    --------
    >>> log_sum_exp(np.array([[1000.0], [1000.0]])).round(3).tolist()
    [1000.693]
    """
    largest = predictors.max(axis=-2)
    return largest + np.log(np.exp(predictors - largest[..., None, :]).sum(axis=-2))


def information_of(
    columns: Float[np.ndarray, "R p rows"],
    probabilities: Float[np.ndarray, "R K rows"],
    weights: Float[np.ndarray, "R 1 rows"],
) -> Float[np.ndarray, "R Kp Kp"]:
    """Mean information Σ_i w_i (diag(π_i) − π_i π_iᵀ) ⊗ x_i x_iᵀ of all coefficients.

    It is singular: nothing is learnt of what moves all classes alike.
    """
    replicates, p, _ = columns.shape
    classes = probabilities.shape[1]
    blocks = np.empty((replicates, classes, p, classes, p))
    weighted = weights * probabilities
    for k in range(classes):
        for other in range(k + 1):
            share = -weighted[:, k] * probabilities[:, other]
            if k == other:
                share += weighted[:, k]
            # Not by BLAS: the order in which that sums depends on how many threads it is given.
            block = np.einsum("rji,rli->rjl", columns * share[:, None, :], columns)
            blocks[:, k, :, other, :] = block
            blocks[:, other, :, k, :] = block
    return blocks.reshape(replicates, classes * p, classes * p)


def common_part(classes: int, columns: int) -> Float[np.ndarray, "Kp Kp"]:
    """Projection on what moves all classes alike.

    With it the information is regular, and the solution for what moves them otherwise is the same.
    """
    return np.kron(np.full((classes, classes), 1 / classes), np.eye(columns))


def _rows(
    design: npt.NDArray[np.floating],
    response: npt.NDArray[np.floating],
    weights: npt.NDArray[np.floating],
    classes: int,
) -> _Rows:
    columns = np.swapaxes(counted_rows(design, weights), 1, 2)
    labels = counted_rows(response, weights)[:, None, :] == np.arange(classes)[:, None]
    return _Rows(
        np.ascontiguousarray(columns, dtype=np.float64),
        labels.astype(np.float64),
        np.asarray(weights, dtype=np.float64)[:, None, :],
    )


def _predictors(rows: _Rows, beta: _Doubles) -> _Doubles:
    return np.einsum("rkj,rji->rki", beta, rows.columns)


def _separated(rows: _Rows, predictors: _Doubles) -> npt.NDArray[np.bool_]:
    """Whether every row that counts has its own label as the likeliest, and by more than none."""
    own = np.einsum("rki,rki->ri", rows.labels, predictors)
    others = np.where(rows.labels > 0, -np.inf, predictors).max(axis=1)
    return np.all((own > others) | (rows.weights[:, 0] == 0), axis=1)


def _newton_direction(
    rows: _Rows, predictors: _Doubles, beta: _Doubles, penalty: _Doubles
) -> tuple[_Doubles, npt.NDArray[np.bool_]]:
    """Solution of the Newton equations, no longer than the longest step; 0 where there is none."""
    replicates, classes, columns = beta.shape
    probabilities = softmax(predictors)
    residual = rows.weights * (probabilities - rows.labels)
    gradient = np.einsum("rki,rji->rkj", residual, rows.columns) + penalty * beta
    information = information_of(rows.columns, probabilities, rows.weights)
    information += common_part(classes, columns) + np.diag(np.tile(penalty, classes))
    solution, regular = solve_positive(information, gradient.reshape(replicates, -1))
    direction = -solution.reshape(beta.shape)
    # The classes sum to 0 but for rounding, which must not add up.
    direction -= direction.mean(axis=1, keepdims=True)
    length = _largest_move(rows, direction)
    shorter = np.minimum(1.0, _LONGEST_STEP / np.maximum(length, _TOLERANCE))
    return direction * shorter[:, None, None], regular


def _largest_move(rows: _Rows, step: _Doubles) -> _Doubles:
    # Rows of weight 0 are 0.
    return np.abs(_predictors(rows, step)).max(axis=(1, 2))


def _taken(
    rows: _Rows, predictors: _Doubles, beta: _Doubles, direction: _Doubles, penalty: _Doubles
) -> _Doubles:
    """Halve the step of each replicate until its loss is no larger than before."""
    before = _loss(rows, predictors, beta, penalty)
    move = _predictors(rows, direction)
    share = np.ones(len(beta))
    for _ in range(_HALVINGS):
        factor = share[:, None, None]
        after = _loss(rows, predictors + factor * move, beta + factor * direction, penalty)
        larger = after > before + _ROUNDING * (1 + np.abs(before))
        if not larger.any():
            break
        share[larger] *= 0.5
    return direction * share[:, None, None]


def _loss(rows: _Rows, predictors: _Doubles, beta: _Doubles, penalty: _Doubles) -> _Doubles:
    own = np.einsum("rki,rki->ri", rows.labels, predictors)
    losses = log_sum_exp(predictors) - own
    mean = np.einsum("ri,ri->r", rows.weights[:, 0], losses)
    return mean + 0.5 * np.einsum("rkj,j->r", beta**2, penalty)
