"""The probability of an event."""

from typing import ClassVar

import numpy as np
from jaxtyping import Float

from .._base.parameters import Number, checked
from .._base.random import Random
from .base import Fit, fitted
from .binomial_quantile import binomial_quantile
from .divergence import poisson_divergence
from .exponential_family import ExponentialFamily

_Means = Float[np.ndarray, " R"]

# Where every row is 1, a sum this close to 1 is one, too.
_ROUNDING = 1e-8


class Bernoulli(ExponentialFamily):
    """Rows are 1 with probability p and else 0; the estimate of p is the weighted share of ones.

    The variance function is v(p) = p − p², so that v₂ = −1: estimates of 0 and 1 are absorbing
    where no real data come (arXiv 2410.22812, 2502.18049).

    Parameters
    ----------
    probability
        p, from 0 to 1. At 0 or 1 there is nothing to estimate, and no error.

    Raises
    ------
    ValueError
        If it is no probability.

    Notes
    -----
    Metrics: ``error`` is (p̂ − p)²; ``divergence`` is the Kullback–Leibler divergence of the fitted
    from the true distribution, p̂ log(p̂/p) + (1 − p̂) log((1 − p̂)/(1 − p)), finite at p̂ = 0 and 1.

    Examples
    --------
    >>> import heirloom as hl
    >>> hl.models.Bernoulli(0.5).row_variance()  # p(1 − p)
    0.25
    """

    curvature: ClassVar[float | None] = -1.0

    @checked(probability=Number(least=0, most=1))
    def __init__(self, probability: float) -> None:
        self.probability = np.asarray(probability, dtype=np.float64)

    @property
    def true_mean(self) -> Float[np.ndarray, ""]:
        """The probability p."""
        return self.probability

    @property
    def variance_function(self) -> tuple[float, float, float]:
        """Coefficients of v(p) = p − p²."""
        return 0.0, 1.0, -1.0

    def sample(self, random: Random, parameters: _Means, rows: int) -> Float[np.ndarray, "R rows"]:
        """Zeros and ones."""
        return (random.uniform(rows) < parameters[:, None]).astype(random.dtype)

    def sample_statistic(self, random: Random, parameters: _Means, rows: int) -> _Means:
        """Share of ones among so many rows, by the binomial distribution."""
        uniform = random.generator().random(random.replicates)
        return binomial_quantile(uniform, rows, parameters) / rows

    def estimate(self, statistic: _Means) -> Fit:
        """The mean, with the rounding of weights removed: they may sum to more than 1."""
        fit = fitted(statistic)
        probability = np.clip(fit.parameters, 0, 1)
        if self.probability == 1:
            # Else the divergence were infinite.
            probability = np.where(probability > 1 - _ROUNDING, 1.0, probability)
        return Fit(probability, fit.status)

    def divergence(self, parameters: _Means) -> _Means:
        """p̂ log(p̂/p) + (1 − p̂) log((1 − p̂)/(1 − p))."""
        true = float(self.probability)
        return poisson_divergence(parameters, true) + poisson_divergence(1 - parameters, 1 - true)
