"""The mean of a gamma distribution whose shape is known."""

import numpy as np
from jaxtyping import Float

from .._base.parameters import Number, checked
from .._base.random import Random
from .divergence import exponential_divergence
from .exponential_family import ExponentialFamily

_Means = Float[np.ndarray, " R"]


class Gamma(ExponentialFamily):
    """Rows of a gamma distribution of mean μ and known shape k; the estimate of μ is their mean.

    The variance function is v(μ) = μ²/k, so that v₂ = 1/k (arXiv 2410.22812, 2502.18049). Shape 1
    is :class:`Exponential`.

    Parameters
    ----------
    mean
        μ > 0.
    shape
        k > 0.

    Raises
    ------
    ValueError
        If one is not positive and finite.

    Notes
    -----
    Metrics: ``error`` is (μ̂ − μ)²; ``divergence`` is the Kullback–Leibler divergence of the fitted
    from the true distribution, k (μ̂/μ − 1 − log(μ̂/μ)). A path that underflows to μ̂ = 0 stays
    there: all its rows are 0, and its divergence is that of the smallest number of the precision.

    Examples
    --------
    >>> import heirloom as hl
    >>> hl.models.Gamma(2.0, shape=4.0).row_variance()
    1.0
    """

    @checked(mean=Number(above=0), shape=Number(above=0))
    def __init__(self, mean: float, shape: float) -> None:
        self.mean = np.asarray(mean, dtype=np.float64)
        self.shape = np.asarray(shape, dtype=np.float64)

    @property
    def true_mean(self) -> Float[np.ndarray, ""]:
        """The mean μ."""
        return self.mean

    @property
    def variance_function(self) -> tuple[float, float, float]:
        """Coefficients of v(μ) = μ²/k."""
        return 0.0, 0.0, 1 / float(self.shape)

    def sample(self, random: Random, parameters: _Means, rows: int) -> Float[np.ndarray, "R rows"]:
        """Rows of that mean."""
        shape = float(self.shape)
        standard = random.generator().standard_gamma(shape, (random.replicates, rows))
        standard *= (parameters / shape)[:, None]
        return standard

    def sample_statistic(self, random: Random, parameters: _Means, rows: int) -> _Means:
        """Mean of so many rows: of a gamma distribution of as many times the shape."""
        shape = rows * float(self.shape)
        return parameters * (random.generator().standard_gamma(shape, random.replicates) / shape)

    def divergence(self, parameters: _Means) -> _Means:
        """Divergence k (μ̂/μ − 1 − log(μ̂/μ))."""
        return float(self.shape) * exponential_divergence(parameters, float(self.mean))
