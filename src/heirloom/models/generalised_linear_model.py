"""What logistic and Poisson regression share: a canonical link, and Newton's method."""

import abc
from typing import ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from .._base.parameters import Optional, checked
from .._base.random import Random
from ..laws import ErrorLaw, Law
from .base import Fit, Model
from .covariates import (
    COEFFICIENTS,
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
from .newton import Family, newton

_Floats = npt.NDArray[np.floating]
_Doubles = npt.NDArray[np.float64]
_Parameters = Float[np.ndarray, "R p"]

# Rows of the design on which the excess log-loss is measured: more would cost more than the fits.
_MEASURED_ROWS = 1024

# Replicates that are measured at once: arrays of more would be fetched anew from the system.
_SIDE_BY_SIDE = 8


class _MeasuredRows(NamedTuple):
    """Rows on which the excess log-loss is measured: means of b(xᵀβ), and of b'(xᵀβ) x."""

    design: _Doubles
    level: float
    slope: _Doubles


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

    family: ClassVar[Family]
    """Which of the families that Newton's method knows."""

    paper: ClassVar[str | None] = "he2025golden"

    @checked(
        coefficients=COEFFICIENTS,
        design=Optional(DESIGN),
        penalty=PENALTY,
        responses=Optional(RESPONSES),
    )
    def __init__(
        self,
        coefficients: npt.ArrayLike,
        *,
        design: npt.ArrayLike | None = None,
        penalty: npt.ArrayLike = 0.0,
        responses: npt.ArrayLike | None = None,
    ) -> None:
        self.coefficients = np.atleast_1d(np.asarray(coefficients, dtype=np.float64))
        p = self.coefficients.size
        self.design = None if design is None else matched_design(design, p)
        self.penalty = _matched_penalty(np.asarray(penalty, dtype=np.float64), p)
        self.responses = None if responses is None else matched_responses(responses, self.design)
        if self.responses is not None:
            self.validate_support(self.responses)
        self._measured = None
        if self.design is not None:
            self._measured = self._measured_on(_evenly_spaced(self.design))

    @abc.abstractmethod
    def validate_support(self, responses: _Doubles) -> None:
        """Raise a ValueError if a response cannot occur."""

    @abc.abstractmethod
    def cumulant(self, predictor: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
        """b(η)."""

    @abc.abstractmethod
    def mean_and_variance(
        self, predictor: Float[np.ndarray, "*shape"]
    ) -> tuple[Float[np.ndarray, "*shape"], Float[np.ndarray, "*shape"]]:
        """b'(η) and b''(η)."""

    @abc.abstractmethod
    def draw_responses(
        self, random: Random, predictor: Float[np.ndarray, "R rows"]
    ) -> Float[np.ndarray, "R rows"]:
        """A response for each linear predictor, in the precision of `random`."""

    @abc.abstractmethod
    def normal_information(self, coefficients: Float[np.ndarray, " p"]) -> Float[np.ndarray, "p p"]:
        """E[b''(xᵀβ) x xᵀ] over standard normal x."""

    @abc.abstractmethod
    def normal_excess_log_loss(self, parameters: _Parameters) -> Float[np.ndarray, " R"]:
        """Excess log-loss over standard normal x; as ``excess_log_loss`` of the metrics."""

    def truth(self) -> Float[np.ndarray, " p"]:
        """β."""
        return self.coefficients

    def sample(self, random: Random, parameters: _Parameters, rows: int) -> LabelledRows:
        """Draw covariates, and responses from the model at `parameters`."""
        design = draw_covariates(random, self.design, rows, parameters.shape[1])
        # Not by BLAS: the order in which that sums depends on how many threads it is given.
        predictor = np.einsum("rip,rp->ri", design, parameters.astype(design.dtype))
        return LabelledRows(design, self.draw_responses(random, predictor))

    def sample_real(self, random: Random, rows: int) -> LabelledRows:
        """Draw rows of the table with their own responses, if they are known; else from β."""
        if self.design is None or self.responses is None:
            return super().sample_real(random, rows)
        chosen = draw_numbers(random, self.design, rows)
        design = rows_of(self.design, chosen, random.dtype)
        return LabelledRows(design, self.responses.astype(random.dtype)[chosen])

    def fit(
        self, rows: LabelledRows, weights: Float[np.ndarray, "R rows"], start: _Parameters
    ) -> Fit:
        """Minimise the weighted log-loss by Newton's method."""
        return newton(self.family, rows.design, rows.response, weights, self.penalty, start)

    def metrics(self, parameters: _Parameters) -> dict[str, Float[np.ndarray, " R"]]:
        """``error`` and ``excess_log_loss``."""
        difference = parameters - self.coefficients
        return {
            "error": np.einsum("rj,rj->r", difference, difference),
            "excess_log_loss": self._excess_log_loss(parameters),
        }

    def row_variance(self) -> float | None:
        """Trace of the asymptotic covariance per real row, H⁻¹ G H⁻¹.

        H is the mean information, G the second moment of the score: where real responses come from
        the model, both are the Fisher information. None with a penalty, which makes the estimator
        biased, and where the design has dependent columns.
        """
        covariance = self._covariance(self.responses)
        return None if covariance is None else float(np.trace(covariance))

    def synthetic_row_variance(self) -> float | None:
        """The same for rows with responses from the model, as synthetic rows have."""
        covariance = self._covariance(None)
        return None if covariance is None else float(np.trace(covariance))

    def laws(self) -> dict[str, Law]:
        """Limiting laws of ``error`` and ``excess_log_loss``; none with a penalty."""
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

    def _covariance(self, responses: _Doubles | None) -> _Doubles | None:
        if np.any(self.penalty > 0):
            return None
        information = self._information()
        if responses is None or self.design is None:
            return sandwich(information, information)
        design, mean, _ = self._moments(self.design)
        residual = responses - mean
        score = (design * residual[:, None] ** 2).T @ design / len(design)
        return sandwich(information, score)

    def _information(self) -> _Doubles:
        if self.design is None:
            return self.normal_information(self.coefficients)
        design, _, variance = self._moments(self.design)
        return (design * variance[:, None]).T @ design / len(design)

    def _moments(self, design: _Doubles) -> tuple[_Doubles, _Doubles, _Doubles]:
        """Design, and mean and variance of each of its rows."""
        mean, variance = self.mean_and_variance(design @ self.coefficients)
        return design, mean, variance

    def _excess_log_loss(self, parameters: _Parameters) -> Float[np.ndarray, " R"]:
        measured = self._measured
        if measured is None:
            return self.normal_excess_log_loss(parameters)
        means = [
            self.cumulant(few @ measured.design.T).mean(axis=1)
            for few in np.split(parameters, range(_SIDE_BY_SIDE, len(parameters), _SIDE_BY_SIDE))
        ]
        gain = np.concatenate(means) - measured.level
        return gain - (parameters - self.coefficients) @ measured.slope

    def _measured_on(self, design: _Doubles) -> "_MeasuredRows":
        truth = design @ self.coefficients
        mean = self.mean_and_variance(truth)[0]
        return _MeasuredRows(
            design, float(np.mean(self.cumulant(truth))), mean @ design / len(design)
        )


def _limit(real: float, synthetic: float) -> ErrorLaw:
    return ErrorLaw.of_mean(float(real), synthetic_ratio=float(synthetic / real) if real else 1.0)


def _matched_penalty(penalty: _Doubles, p: int) -> _Doubles:
    if penalty.size not in (1, p):
        raise ValueError(f"penalty has shape {penalty.shape}: must be a number or have {p} entries")
    return np.broadcast_to(penalty, (p,)).copy()


def _evenly_spaced(design: _Doubles) -> _Doubles:
    if len(design) <= _MEASURED_ROWS:
        return design
    return design[np.linspace(0, len(design) - 1, _MEASURED_ROWS).round().astype(int)]
