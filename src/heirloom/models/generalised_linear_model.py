"""What logistic and Poisson regression share: a canonical link, and Newton's method."""

import abc
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from ..laws import ErrorLaw, Law
from .base import Fit, Model
from .covariates import (
    LabelledRows,
    draw_covariates,
    draw_numbers,
    sandwich,
    validate_coefficients,
    validate_design,
    validate_responses,
)
from .newton import newton

_Vector = Float[Array, " p"]
_Rows = Float[Array, " rows"]

# Rows of the design on which the excess log-loss is measured: more would cost more than the fits.
_MEASURED_ROWS = 1024


class GeneralisedLinearModel(Model):
    r"""Responses of an exponential family with the canonical link, given covariates.

    The log-loss of a response y at the linear predictor η = xᵀβ is b(η) − yη, up to what does not
    depend on β; the mean of y is b'(η) and its variance b''(η). A concrete model says what b and
    its derivatives are, and how responses are drawn.

    Parameters
    ----------
    coefficients
        β, of shape (p,).
    design
        Rows to resample covariates from; None for standard normal covariates.
    penalty
        λ of ½ Σ λ_j β_j², a number or one for each coefficient.
    responses
        Real responses of the rows of `design`; None to draw them from β.
    """

    coefficients: Float[Array | np.ndarray, " p"]
    design: Float[Array | np.ndarray, "rows p"] | None
    penalty: Float[Array | np.ndarray, " p"]
    responses: Float[Array | np.ndarray, " rows"] | None
    _measured: Float[Array | np.ndarray, "measured p"] | None

    paper: ClassVar[str | None] = "he2025golden"

    def __init__(
        self,
        coefficients: npt.ArrayLike,
        *,
        design: npt.ArrayLike | None = None,
        penalty: npt.ArrayLike = 0.0,
        responses: npt.ArrayLike | None = None,
    ) -> None:
        self.coefficients = validate_coefficients(coefficients)
        p = self.coefficients.size
        self.design = validate_design(design, p)
        self.penalty = _validate_penalty(np.asarray(penalty, dtype=np.float64), p)
        self.responses = validate_responses(responses, self.design)
        if self.responses is not None:
            self.validate_support(self.responses)
        self._measured = None if self.design is None else _evenly_spaced(self.design)

    @abc.abstractmethod
    def validate_support(self, responses: npt.NDArray[np.float64]) -> None:
        """Raise a ValueError if a response cannot occur."""

    @abc.abstractmethod
    def cumulant(self, predictor: _Rows) -> _Rows:
        """Give b(η)."""

    @abc.abstractmethod
    def mean_and_variance(self, predictor: _Rows) -> tuple[_Rows, _Rows]:
        """Give b'(η) and b''(η)."""

    @abc.abstractmethod
    def draw_responses(self, key: PRNGKeyArray, predictor: _Rows) -> _Rows:
        """Draw a response for each linear predictor."""

    @abc.abstractmethod
    def has_no_maximum(
        self, response: _Rows, counts: Bool[Array, " rows"], predictor: _Rows
    ) -> Bool[Array, ""]:
        """Whether the responses, or a predictor that fits them, prove that b − yη has no least.

        Parameters
        ----------
        response
            Responses y.
        counts
            Which rows count.
        predictor
            η at some iteration.
        """

    @abc.abstractmethod
    def normal_information(self, coefficients: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """E[b''(xᵀβ) x xᵀ] over standard normal x."""

    @abc.abstractmethod
    def normal_excess_log_loss(self, parameters: _Vector) -> Float[Array, ""]:
        """Excess log-loss over standard normal x; as ``excess_log_loss`` of the metrics."""

    def truth(self) -> _Vector:
        """Give β."""
        return jnp.asarray(self.coefficients)

    def sample(self, key: PRNGKeyArray, parameters: _Vector, rows: int) -> LabelledRows:
        """Draw covariates, and responses from the model at `parameters`."""
        of_covariates, of_responses = jax.random.split(key)
        design = draw_covariates(
            of_covariates, self.design, rows, parameters.shape[0], parameters.dtype
        )
        response = self.draw_responses(of_responses, design @ parameters)
        return LabelledRows(design, response.astype(parameters.dtype))

    def sample_real(self, key: PRNGKeyArray, rows: int) -> LabelledRows:
        """Draw rows of the table with their own responses, if they are known; else from β."""
        if self.design is None or self.responses is None:
            return self.sample(key, self.truth(), rows)
        chosen = draw_numbers(jax.random.split(key)[0], self.design, rows)
        return LabelledRows(jnp.asarray(self.design)[chosen], jnp.asarray(self.responses)[chosen])

    def fit(self, rows: LabelledRows, weights: Float[Array, " rows"], start: _Vector) -> Fit:
        """Minimise the weighted log-loss by Newton's method."""
        counts = weights > 0
        penalised = jnp.any(jnp.asarray(self.penalty) > 0)

        def degenerate(predictor: _Rows) -> Bool[Array, ""]:
            return self.has_no_maximum(rows.response, counts, predictor) & ~penalised

        return newton(
            self.mean_and_variance,
            degenerate,
            rows.design,
            rows.response,
            weights,
            jnp.asarray(self.penalty, start.dtype),
            start,
        )

    def metrics(self, parameters: _Vector) -> dict[str, Float[Array, ""]]:
        """Measure ``error`` and ``excess_log_loss``."""
        difference = parameters - self.coefficients
        return {
            "error": difference @ difference,
            "excess_log_loss": self._excess_log_loss(parameters),
        }

    def row_variance(self) -> float | None:
        """Give the trace of the asymptotic covariance per real row, H⁻¹ G H⁻¹.

        H is the mean information, G the second moment of the score: where real responses come from
        the model, both are the Fisher information. None with a penalty, which makes the estimator
        biased, and where the design has dependent columns.
        """
        covariance = self._covariance(self.responses)
        return None if covariance is None else float(np.trace(covariance))

    def synthetic_row_variance(self) -> float | None:
        """Give the same for rows with responses from the model, as synthetic rows have."""
        covariance = self._covariance(None)
        return None if covariance is None else float(np.trace(covariance))

    def laws(self) -> dict[str, Law]:
        """Give the limiting laws of ``error`` and ``excess_log_loss``; none with a penalty."""
        real, synthetic = self._covariance(self.responses), self._covariance(None)
        if real is None or synthetic is None:
            return {}
        information = self._information()
        return {
            "error": _limit(np.trace(real), np.trace(synthetic)),
            "excess_log_loss": _limit(
                np.trace(information @ real) / 2, np.trace(information @ synthetic) / 2
            ),
        }

    def _covariance(
        self, responses: Float[Array | np.ndarray, " rows"] | None
    ) -> npt.NDArray[np.float64] | None:
        if np.any(np.asarray(self.penalty) > 0):
            return None
        information = self._information()
        if responses is None or self.design is None:
            return sandwich(information, information)
        design, mean, _ = self._moments()
        residual = np.asarray(responses, dtype=np.float64) - mean
        score = (design * residual[:, None] ** 2).T @ design / len(design)
        return sandwich(information, score)

    def _information(self) -> npt.NDArray[np.float64]:
        if self.design is None:
            return self.normal_information(np.asarray(self.coefficients, dtype=np.float64))
        design, _, variance = self._moments()
        return (design * variance[:, None]).T @ design / len(design)

    def _moments(self) -> tuple[npt.NDArray[np.float64], ...]:
        """Design, and mean and variance of each of its rows."""
        design = np.asarray(self.design, dtype=np.float64)
        predictor = design @ np.asarray(self.coefficients, dtype=np.float64)
        with jax.enable_x64(True):
            mean, variance = self.mean_and_variance(jnp.asarray(predictor))
            return design, np.asarray(mean), np.asarray(variance)

    def _excess_log_loss(self, parameters: _Vector) -> Float[Array, ""]:
        if self._measured is None:
            return self.normal_excess_log_loss(parameters)
        truth = jnp.asarray(self._measured) @ self.truth()
        predictor = jnp.asarray(self._measured) @ parameters
        gain = self.cumulant(predictor) - self.cumulant(truth)
        return jnp.mean(gain - self.mean_and_variance(truth)[0] * (predictor - truth))


def _limit(real: float, synthetic: float) -> ErrorLaw:
    return ErrorLaw.of_mean(float(real), synthetic_ratio=float(synthetic / real) if real else 1.0)


def _validate_penalty(penalty: npt.NDArray[np.float64], p: int) -> npt.NDArray[np.float64]:
    if penalty.ndim > 1 or penalty.size not in (1, p):
        raise ValueError(f"penalty has shape {penalty.shape}: must be a number or have {p} entries")
    if not np.all((penalty >= 0) & np.isfinite(penalty)):
        raise ValueError(f"penalty={penalty.tolist()}: must be 0 or more, and finite")
    return np.broadcast_to(penalty, (p,)).copy()


def _evenly_spaced(design: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    if len(design) <= _MEASURED_ROWS:
        return design
    return design[np.linspace(0, len(design) - 1, _MEASURED_ROWS).round().astype(int)]
