"""The mean of counts."""

from typing import ClassVar

import numpy as np
from jaxtyping import Float

from .._base.parameters import Number, checked
from .._base.random import Random
from .divergence import poisson_divergence
from .exponential_family import ExponentialFamily
from .poisson_mean import poisson_mean

_Means = Float[np.ndarray, " R"]


class Poisson(ExponentialFamily):
    """Rows are Poisson counts of mean μ; the estimate of μ is the weighted mean.

    The variance function is v(μ) = μ, so that v₂ = 0 and the limit law is exact at every sample
    size (arXiv 2410.22812). A sample of nothing but zeros gives μ̂ = 0, from which there is no
    return without real data; the mean of all paths stays right while most of them die out.

    Parameters
    ----------
    mean
        μ, 0 or more; of any size.

    Raises
    ------
    ValueError
        If it is not.

    Notes
    -----
    Metrics: ``error`` is (μ̂ − μ)²; ``divergence`` is the Kullback–Leibler divergence of the fitted
    from the true distribution, μ̂ log(μ̂/μ) − μ̂ + μ, which is μ at μ̂ = 0.

    Examples
    --------
    >>> import heirloom as hl
    >>> hl.models.Poisson(3.0).row_variance()
    3.0
    """

    curvature: ClassVar[float | None] = 0.0

    @checked(mean=Number(least=0))
    def __init__(self, mean: float) -> None:
        self.mean = np.asarray(mean, dtype=np.float64)

    @property
    def true_mean(self) -> Float[np.ndarray, ""]:
        """The mean μ."""
        return self.mean

    @property
    def variance_function(self) -> tuple[float, float, float]:
        """Coefficients of v(μ) = μ."""
        return 0.0, 1.0, 0.0

    def sample(self, random: Random, parameters: _Means, rows: int) -> Float[np.ndarray, "R rows"]:
        """Counts, by inversion."""
        return poisson_mean(random.uniform(rows), parameters[:, None], 1)

    def sample_statistic(self, random: Random, parameters: _Means, rows: int) -> _Means:
        """Mean of so many rows, by inversion: their sum is a Poisson count."""
        # All replicates in one row: the fastest to invert.
        uniform = random.generator().random((1, random.replicates))
        return poisson_mean(uniform, parameters[None], rows)[0]

    def divergence(self, parameters: _Means) -> _Means:
        """μ̂ log(μ̂/μ) − μ̂ + μ."""
        return poisson_divergence(parameters, float(self.mean))
