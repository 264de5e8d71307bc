"""Multinomial logistic regression, by weighted maximum likelihood."""

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from .._base.parameters import Array, Optional, checked
from .._base.random import Random
from ..laws import ErrorLaw, Law
from .base import Fit, Model
from .covariates import (
    DESIGN,
    PENALTY,
    RESPONSES,
    LabelledRows,
    draw_covariates,
    draw_numbers,
    matched_design,
    matched_responses,
    rows_of,
    sandwich,
)
from .multinomial_newton import (
    common_part,
    information_of,
    log_sum_exp,
    multinomial_newton,
    softmax,
)

_Doubles = npt.NDArray[np.float64]
_Parameters = Float[np.ndarray, "R K p"]

# Rows of the design on which the excess log-loss is measured: more would cost more than the fits.
_MEASURED_ROWS = 1024


class MultinomialRegression(Model):
    r"""Labels 0, …, K − 1 with P(y = k) ∝ exp(xᵀβ_k); weighted maximum likelihood.

    What is added to every β_k alike changes nothing: the coefficients are those whose sum over the
    classes is 0, so that no class is the reference and the error does not depend on their order.
    The fit minimises
    :math:`\sum_i w_i\,\ell(\beta; x_i, y_i) + \tfrac12 \sum_j \lambda_j \sum_k \beta_{kj}^2` with
    weights of sum 1, by Newton's method. Where a class is separable from the others or missing, the
    maximum likelihood estimate does not exist: such a fit fails, and is counted.

    Parameters
    ----------
    coefficients
        β, of shape (K, p), a row for each class, as scikit-learn's ``coef_`` has it; their mean
        over the classes is taken away.
    design
        Rows to resample covariates from, of shape (rows, p). No intercept is added: give a column
        of ones.
    penalty
        λ, a number or one for each column, 0 or more, relative to the *mean* log-loss:
        scikit-learn's C is 1/(n λ). Default 0. The truth stays β: give the penalised fit of the
        population to have what the penalised estimator tends to.
    responses
        Real labels of the rows of `design`, of shape (rows,): real data are then rows of the table
        with their own labels, and β should be the fit of the whole table. None (default): real
        labels are drawn from β.

    Raises
    ------
    ValueError
        If shapes do not fit, there are fewer than two classes, an entry is not finite, a penalty is
        negative or a response is no label.

    Notes
    -----
    Metrics: ``error`` is Σ_k ‖β̂_k − β_k‖² (for two classes half of that of
    :class:`LogisticRegression`), and ``excess_log_loss`` E[ℓ(β̂)] − E[ℓ(β)] under the model β over
    the rows of `design`, of which 1,024 evenly spaced are taken where there are more. Both limits
    are known without a penalty. A Newton step takes time proportional to rows · (K p)².

    Examples
    --------
    >>> import numpy as np, heirloom as hl
    >>> x = np.linspace(-1, 1, 50)
    >>> design = np.column_stack([np.ones(50), x])
    >>> model = hl.models.MultinomialRegression([[0, -1], [0, 0], [0, 1]], design=design)
    >>> round(model.row_variance(), 2)
    30.53
    """

    paper: ClassVar[str | None] = "he2025golden"

    @checked(
        coefficients=Array(axes=(2,)),
        design=DESIGN,
        penalty=PENALTY,
        responses=Optional(RESPONSES),
    )
    def __init__(
        self,
        coefficients: npt.ArrayLike,
        *,
        design: npt.ArrayLike,
        penalty: npt.ArrayLike = 0.0,
        responses: npt.ArrayLike | None = None,
    ) -> None:
        self.coefficients = _centred(coefficients)
        classes, columns = self.coefficients.shape
        self.design: _Doubles = matched_design(design, columns)
        self.penalty = _matched_penalty(penalty, columns)
        self.responses = None if responses is None else matched_responses(responses, self.design)
        if self.responses is not None and not np.isin(self.responses, np.arange(classes)).all():
            raise ValueError(f"responses: must be whole numbers from 0 to {classes - 1}")

    def truth(self) -> Float[np.ndarray, "K p"]:
        """β."""
        return self.coefficients

    def sample(self, random: Random, parameters: _Parameters, rows: int) -> LabelledRows:
        """Draw covariates, and labels from the model at `parameters`."""
        design = draw_covariates(random, self.design, rows, self.design.shape[1])
        # Not by BLAS: the order in which that sums depends on how many threads it is given.
        columns = np.swapaxes(design, 1, 2)
        predictors = np.einsum("rkj,rji->rki", parameters.astype(design.dtype), columns)
        below = np.cumsum(softmax(predictors), axis=1)[:, :-1]
        uniform = random.uniform(rows)
        return LabelledRows(design, (uniform[:, None, :] >= below).sum(axis=1).astype(design.dtype))

    def sample_real(self, random: Random, rows: int) -> LabelledRows:
        """Draw rows of the table with their own labels, if they are known; else from β."""
        if self.responses is None:
            return super().sample_real(random, rows)
        chosen = draw_numbers(random, self.design, rows)
        design = rows_of(self.design, chosen, random.dtype)
        return LabelledRows(design, self.responses.astype(random.dtype)[chosen])

    def fit(
        self, rows: LabelledRows, weights: Float[np.ndarray, "R rows"], start: _Parameters
    ) -> Fit:
        """Minimise the weighted log-loss by Newton's method."""
        return multinomial_newton(rows.design, rows.response, weights, self.penalty, start)

    def metrics(self, parameters: _Parameters) -> dict[str, Float[np.ndarray, " R"]]:
        """``error`` and ``excess_log_loss``."""
        difference = parameters - self.coefficients
        return {
            "error": np.einsum("rkj,rkj->r", difference, difference),
            "excess_log_loss": self._excess_log_loss(parameters),
        }

    def row_variance(self) -> float | None:
        """Trace of the asymptotic covariance per real row, H⁻¹ G H⁻¹.

        H is the mean information, G the second moment of the score. None with a penalty, and where
        the design has dependent columns.
        """
        return _trace(self._covariance(self._information(), self.responses))

    def synthetic_row_variance(self) -> float | None:
        """The same for rows with labels from the model, as synthetic rows have."""
        return _trace(self._covariance(self._information(), None))

    def laws(self) -> dict[str, Law]:
        """Limiting laws of ``error`` and ``excess_log_loss``; none with a penalty."""
        information = self._information()
        real = self._covariance(information, self.responses)
        synthetic = self._covariance(information, None)
        if real is None or synthetic is None:
            return {}
        return {
            "error": _limit(np.trace(real), np.trace(synthetic)),
            "excess_log_loss": _limit(
                np.trace(information @ real) / 2, np.trace(information @ synthetic) / 2
            ),
        }

    def _information(self) -> _Doubles:
        weights = np.full((1, 1, len(self.design)), 1 / len(self.design))
        return information_of(self.design.T[None], self._probabilities()[None], weights)[0]

    def _probabilities(self) -> _Doubles:
        return softmax(self.coefficients @ self.design.T).astype(np.float64, copy=False)

    def _covariance(self, information: _Doubles, responses: _Doubles | None) -> _Doubles | None:
        if np.any(self.penalty > 0):
            return None
        classes, columns = self.coefficients.shape
        score = information
        if responses is not None:
            residual = (responses == np.arange(classes)[:, None]) - self._probabilities()
            scores = np.einsum("ki,ij->ikj", residual, self.design).reshape(len(self.design), -1)
            score = scores.T @ scores / len(self.design)
        return sandwich(information + common_part(classes, columns), score)

    def _excess_log_loss(self, parameters: _Parameters) -> Float[np.ndarray, " R"]:
        step = -(-len(self.design) // _MEASURED_ROWS)
        columns = self.design[::step].T
        truth = self.coefficients @ columns
        level, slope = log_sum_exp(truth).mean(), softmax(truth) @ columns.T / columns.shape[1]
        predictors = np.einsum("rkj,ji->rki", parameters, columns)
        gain = log_sum_exp(predictors).mean(axis=1) - level
        return gain - np.einsum("rkj,kj->r", parameters - self.coefficients, slope)


def _centred(coefficients: npt.ArrayLike) -> _Doubles:
    table = np.asarray(coefficients, dtype=np.float64)
    if len(table) < 2:
        raise ValueError(
            f"coefficients has shape {table.shape}: must be (classes, columns), of two classes or "
            "more"
        )
    return table - table.mean(axis=0)


def _matched_penalty(penalty: npt.ArrayLike, columns: int) -> _Doubles:
    values = np.asarray(penalty, dtype=np.float64)
    if values.size not in (1, columns):
        raise ValueError(
            f"penalty has shape {values.shape}: must be a number or have {columns} entries"
        )
    return np.broadcast_to(values, (columns,)).copy()


def _trace(covariance: _Doubles | None) -> float | None:
    return None if covariance is None else float(np.trace(covariance))


def _limit(real: float, synthetic: float) -> ErrorLaw:
    return ErrorLaw.of_mean(float(real), synthetic_ratio=float(synthetic / real) if real else 1.0)
