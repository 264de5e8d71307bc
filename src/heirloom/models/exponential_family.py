"""One-dimensional exponential families whose variance is a quadratic function of the mean."""

import abc
from typing import ClassVar

import numpy as np
from jaxtyping import Float

from ..laws import ErrorLaw, Law
from .base import Fit, SufficientModel, fitted
from .weighted_rows import weighted_sum

_Means = Float[np.ndarray, " R"]


class ExponentialFamily(SufficientModel):
    r"""Rows of a one-dimensional family with mean μ; the estimate is the weighted mean.

    The variance of a row is v(μ) = v₀ + v₁μ + v₂μ². Then the error follows the same recursion in
    every such family, exact at every sample size and under every workflow: in units of v(μ), a
    dataset of r rows that was born at generation s has variance :math:`(1 + v_2 V_s)/r`. With
    fresh real data of weight w, :math:`V_t = w^2/n + (1 - w)^2 [(1 + v_2/m) V_{t-1} + 1/m]`
    (arXiv 2502.18049; the limit of large samples, for any estimator, is that of arXiv 2410.22812).

    A concrete family says what v and the truth are, and draws rows and means of rows.

    Notes
    -----
    Metrics: ``error`` is (μ̂ − μ)²; ``divergence`` is the Kullback–Leibler divergence of the fitted
    from the true distribution, ∫ log(p̂/p) p̂. This way round it stays finite where a sample of
    nothing but zeros has led to μ̂ = 0, from which there is no return without real data.
    """

    paper: ClassVar[str | None] = "dey2024universality"

    @property
    @abc.abstractmethod
    def true_mean(self) -> Float[np.ndarray, ""]:
        """μ of the real rows."""

    @property
    @abc.abstractmethod
    def variance_function(self) -> tuple[float, float, float]:
        """Coefficients v₀, v₁, v₂."""

    @abc.abstractmethod
    def divergence(self, parameters: _Means) -> _Means:
        """Divergence from the truth of the distributions with means `parameters`."""

    def truth(self) -> Float[np.ndarray, ""]:
        """μ."""
        return self.true_mean

    def statistic(
        self, rows: Float[np.ndarray, "R rows"], weights: Float[np.ndarray, "R rows"]
    ) -> _Means:
        """Weighted mean of the rows."""
        return weighted_sum(rows, weights)

    def estimate(self, statistic: _Means) -> Fit:
        """The mean itself."""
        return fitted(statistic)

    def metrics(self, parameters: _Means) -> dict[str, _Means]:
        """``error`` and ``divergence``."""
        return {
            "error": (parameters - self.true_mean) ** 2,
            "divergence": self.divergence(parameters),
        }

    def row_variance(self) -> float:
        """v(μ)."""
        constant, linear, quadratic = self.variance_function
        mean = float(self.true_mean)
        # At a probability of 1 rounding could leave less than nothing.
        return max(constant + mean * (linear + quadratic * mean), 0.0)

    def laws(self) -> dict[str, Law]:
        """Law of ``error``, exact at every sample size."""
        return {"error": ErrorLaw.of_mean(self.row_variance(), curvature=self.variance_function[2])}
