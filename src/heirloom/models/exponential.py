"""The mean of exponential waiting times."""

from typing import ClassVar

import numpy as np
from jaxtyping import Float

from .._base.parameters import Number, checked
from .._base.random import Random
from .divergence import exponential_divergence
from .exponential_family import ExponentialFamily

_Means = Float[np.ndarray, " R"]


class Exponential(ExponentialFamily):
    """Rows are exponential of mean μ; the estimate of μ is the weighted mean.

    The variance function is v(μ) = μ², so that v₂ = 1: without real data the error grows
    geometrically, as (1 + 1/m) a generation, while almost every path goes to 0 (arXiv 2410.22812,
    2502.18049).

    Parameters
    ----------
    mean
        μ > 0.

    Raises
    ------
    ValueError
        If it is not positive and finite.

    Notes
    -----
    Metrics: ``error`` is (μ̂ − μ)²; ``divergence`` is the Kullback–Leibler divergence of the fitted
    from the true distribution, μ̂/μ − 1 − log(μ̂/μ). A path that underflows to μ̂ = 0 stays there:
    all its rows are 0, and its divergence is that of the smallest number of the precision.

    Examples
    --------
    >>> import heirloom as hl
    >>> hl.models.Exponential(2.0).row_variance()
    4.0
    """

    curvature: ClassVar[float | None] = 1.0

    @checked(mean=Number(above=0))
    def __init__(self, mean: float) -> None:
        self.mean = np.asarray(mean, dtype=np.float64)

    @property
    def true_mean(self) -> Float[np.ndarray, ""]:
        """The mean μ."""
        return self.mean

    @property
    def variance_function(self) -> tuple[float, float, float]:
        """Coefficients of v(μ) = μ²."""
        return 0.0, 0.0, 1.0

    def sample(self, random: Random, parameters: _Means, rows: int) -> Float[np.ndarray, "R rows"]:
        """Waiting times."""
        return parameters[:, None] * -np.log(random.uniform(rows))

    def sample_statistic(self, random: Random, parameters: _Means, rows: int) -> _Means:
        """Mean of so many rows, by the gamma distribution."""
        total = random.generator().standard_gamma(rows, random.replicates)
        return parameters * (total / rows)

    def divergence(self, parameters: _Means) -> _Means:
        """μ̂/μ − 1 − log(μ̂/μ)."""
        return exponential_divergence(parameters, float(self.mean))
