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


class _Place(NamedTuple):
    """Where each replicate is: its coefficients (R, K, p), predictors (R, K, n) and loss (R,)."""

    beta: _Doubles
    predictors: _Doubles
    loss: _Doubles


def multinomial_newton(
    design: Float[np.ndarray, "R rows p"],
    response: Float[np.ndarray, "R rows"],
    weights: Float[np.ndarray, "R rows"],
    penalty: Float[np.ndarray, " p"],
    start: Float[np.ndarray, "R K p"],
    *,
    iterations: int = 64,
) -> Fit:
    """Minimise Σ_i w_i ℓ(β; x_i, y_i) + ½ Σ_j λ_j Σ_k β_kj² over β with Σ_k β_k = 0.

    ℓ is −log of the softmax of (x_iᵀβ_k) at the label. A step of Newton that does not lower the
    loss is halved, and a start without information is replaced by 0. It has converged when no
    predictor of a row that counts moves by more than the square root of the machine's precision.

    Parameters
    ----------
    design
        Rows x_i.
    response
        Labels y_i: 0, …, K − 1.
    weights
        w_i >= 0, of sum 1; rows of weight 0 do not count, whatever they hold.
    penalty
        λ, for each column, 0 or more.
    start
        Where to start; its sum over the classes is 0.
    iterations
        At most so many steps.

    Returns
    -------
    Fit
        Coefficients of the shape of `start`, and ``SOLVED``, ``SEPARABLE``, ``SINGULAR``,
        ``NOT_CONVERGED`` or ``NOT_FINITE``.
    """
    rows = _rows(design, response, weights, start.shape[1])
    estimates = np.array(start, dtype=np.float64)
    status = np.full(len(start), int(Status.NOT_CONVERGED), np.int8)
    active = np.arange(len(start))
    place = _place(rows, estimates, penalty)
    for iteration in range(iterations):
        if not active.size:
            break
        direction, regular = _newton_direction(rows, place, penalty)
        if iteration == 0 and not regular.all():
            place = _place(rows, np.where(regular[:, None, None], place.beta, 0.0), penalty)
            direction, regular = _newton_direction(rows, place, penalty)
        apart = _separated(rows, place.predictors) & (not penalty.any())
        place, length = _next_place(rows, place, direction, penalty)
        estimates[active] = place.beta
        finite = np.isfinite(length)
        solved = regular & finite & ~apart & (length <= _TOLERANCE)
        for ended, how in (
            (~regular, Status.NOT_CONVERGED if iteration else Status.SINGULAR),
            (regular & ~finite, Status.NOT_FINITE),
            (solved, Status.SOLVED),
            (apart, Status.SEPARABLE),
        ):
            status[active[ended]] = how
        left = regular & finite & ~apart & ~solved
        if not left.all():
            active = active[left]
            rows = _Rows(*(array[left] for array in rows))
            place = _Place(*(array[left] for array in place))
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


def _place(rows: _Rows, beta: _Doubles, penalty: _Doubles) -> _Place:
    predictors = _predictors(rows, beta)
    return _Place(beta, predictors, _loss(rows, predictors, beta, penalty))


def _newton_direction(
    rows: _Rows, place: _Place, penalty: _Doubles
) -> tuple[_Doubles, npt.NDArray[np.bool_]]:
    """Solution of the Newton equations; 0 where the information is singular."""
    replicates, classes, columns = place.beta.shape
    probabilities = softmax(place.predictors)
    residual = rows.weights * (probabilities - rows.labels)
    gradient = np.einsum("rki,rji->rkj", residual, rows.columns) + penalty * place.beta
    information = information_of(rows.columns, probabilities, rows.weights)
    information += common_part(classes, columns) + np.diag(np.tile(penalty, classes))
    solution, regular = solve_positive(information, gradient.reshape(replicates, -1))
    direction = -solution.reshape(place.beta.shape)
    # The classes sum to 0 but for rounding, which must not add up.
    return direction - direction.mean(axis=1, keepdims=True), regular


def _next_place(
    rows: _Rows, place: _Place, direction: _Doubles, penalty: _Doubles
) -> tuple[_Place, _Doubles]:
    """Where a step leads whose loss is no larger than before, and how far a predictor moves.

    The step is cut to the longest, and halved until the loss is no larger.
    """
    move = _predictors(rows, direction)
    # Rows of weight 0 are 0.
    length = np.abs(move).max(axis=(1, 2))
    share = np.minimum(1.0, _LONGEST_STEP / np.maximum(length, _TOLERANCE))
    allowed = place.loss + _ROUNDING * (1 + np.abs(place.loss))

    def moved(share: _Doubles) -> _Place:
        factor = share[:, None, None]
        beta, predictors = place.beta + factor * direction, place.predictors + factor * move
        return _Place(beta, predictors, _loss(rows, predictors, beta, penalty))

    reached = moved(share)
    for _ in range(_HALVINGS):
        larger = reached.loss > allowed
        if not larger.any():
            break
        share = np.where(larger, 0.5 * share, share)
        reached = moved(share)
    return reached, share * length


def _loss(rows: _Rows, predictors: _Doubles, beta: _Doubles, penalty: _Doubles) -> _Doubles:
    own = np.einsum("rki,rki->ri", rows.labels, predictors)
    losses = log_sum_exp(predictors) - own
    mean = np.einsum("ri,ri->r", rows.weights[:, 0], losses)
    return mean + 0.5 * np.einsum("rkj,j->r", beta**2, penalty)
