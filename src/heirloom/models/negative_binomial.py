"""The mean of overdispersed counts."""

import numpy as np
from jaxtyping import Float

from .._base.parameters import Number, checked
from .._base.random import Random
from .divergence import poisson_divergence
from .exponential_family import ExponentialFamily
from .poisson_mean import poisson_mean

_Means = Float[np.ndarray, " R"]


class NegativeBinomial(ExponentialFamily):
    """Rows are Poisson counts whose means are gamma: of mean μ and known size r.

    The estimate of μ is the weighted mean. The variance function is v(μ) = μ + μ²/r, so that
    v₂ = 1/r (arXiv 2410.22812, 2502.18049); a large size is :class:`Poisson`. A sample of nothing
    but zeros gives μ̂ = 0, from which there is no return without real data.

    Parameters
    ----------
    mean
        μ, 0 or more.
    size
        r > 0, the shape of the gamma distribution.

    Raises
    ------
    ValueError
        If one is out of range.

    Notes
    -----
    Metrics: ``error`` is (μ̂ − μ)²; ``divergence`` is the Kullback–Leibler divergence of the fitted
    from the true distribution, μ̂ log(μ̂/μ) − (μ̂ + r) log((μ̂ + r)/(μ + r)), finite at μ̂ = 0.

    Examples
    --------
    >>> import heirloom as hl
    >>> hl.models.NegativeBinomial(2.0, size=4.0).row_variance()
    3.0
    """

    @checked(mean=Number(least=0), size=Number(above=0))
    def __init__(self, mean: float, size: float) -> None:
        self.mean = np.asarray(mean, dtype=np.float64)
        self.size = np.asarray(size, dtype=np.float64)

    @property
    def true_mean(self) -> Float[np.ndarray, ""]:
        """The mean μ."""
        return self.mean

    @property
    def variance_function(self) -> tuple[float, float, float]:
        """Coefficients of v(μ) = μ + μ²/r."""
        return 0.0, 1.0, 1 / float(self.size)

    def sample(self, random: Random, parameters: _Means, rows: int) -> Float[np.ndarray, "R rows"]:
        """Counts: Poisson, of gamma means."""
        size = float(self.size)
        means = random.generator().standard_gamma(size, (random.replicates, rows))
        means *= (parameters / size)[:, None]
        return poisson_mean(random.uniform(rows), means, 1)

    def sample_statistic(self, random: Random, parameters: _Means, rows: int) -> _Means:
        """Mean of so many rows: their sum has as many times the mean and the size."""
        size = rows * float(self.size)
        standard = random.generator().standard_gamma(size, (1, random.replicates))
        # All replicates in one row: the fastest to invert.
        uniform = random.generator().random((1, random.replicates))
        return poisson_mean(uniform, parameters * (standard / size), rows)[0]

    def divergence(self, parameters: _Means) -> _Means:
        """μ̂ log(μ̂/μ) − (μ̂ + r) log((μ̂ + r)/(μ + r))."""
        true, size = float(self.mean), float(self.size)
        shared = poisson_divergence(parameters + size, true + size)
        # Rounding of a difference that is almost nil could fall below it.
        return np.maximum(poisson_divergence(parameters, true) - shared, 0)
