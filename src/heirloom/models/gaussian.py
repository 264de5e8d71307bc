"""The mean and the covariance of a Gaussian distribution."""

import math
from typing import ClassVar, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
from jaxtyping import Array, Float, Int, PRNGKeyArray

from ..laws import ErrorLaw, ErrorTerm, Law, LogDeterminantLaw
from .base import Fit, Status, SufficientModel
from .gaussian_mean import validate_gaussian
from .linear_algebra import cholesky, log_determinant
from .wishart import wishart_root


class GaussianParameters(NamedTuple):
    """A Gaussian distribution.

    Attributes
    ----------
    mean
        μ.
    covariance
        Σ.
    """

    mean: Float[Array, " p"]
    covariance: Float[Array, "p p"]


class Gaussian(SufficientModel):
    r"""Rows of N(μ, Σ), both estimated: weighted means and unbiased covariances of the datasets.

    The estimate from a mixture is the mixture of the estimates from its datasets:
    :math:`\hat\mu = \sum_d \mathrm{share}(d)\,\bar x_d` and
    :math:`\hat\Sigma = \sum_d \mathrm{share}(d)\,S_d`, with S_d the covariance of dataset d about
    its own mean, divided by its rows less one (arXiv 2502.18049). Rows drawn from the pool of
    several datasets count as one dataset.

    Parameters
    ----------
    mean
        μ, of shape (p,), or a number for p = 1.
    covariance
        Σ, of shape (p, p), symmetric and positive semi-definite, or a number for p = 1.

    Raises
    ------
    ValueError
        If the shapes do not fit or Σ is no covariance matrix.

    Notes
    -----
    Metrics: ``mean_error`` is ‖μ̂ − μ‖²; ``covariance_error`` is ‖Σ̂ − Σ‖² in the Frobenius norm;
    ``log_det`` is log det Σ̂, −inf where Σ̂ is singular (no more rows than columns, or a path that
    has collapsed below the least number that there is).

    Theory is exact at every sample size for the errors of every workflow that uses whole datasets:
    S_d given its model is a Wishart matrix, so that 2 tr Σ̂² + (tr Σ̂)² and (tr Σ̂)² − tr Σ̂² each
    have a quadratic variance function, with v₂ = 2 and −1, and m − 1 rows for m. Where generations
    forget the real data the *mean* of ``covariance_error`` is carried by rare paths that explode,
    while almost every path collapses: look at ``log_det`` and at the quantiles.

    A dataset of a single row has no covariance: the fit fails with ``TOO_FEW_ROWS``.

    Examples
    --------
    >>> import heirloom as hl
    >>> trace = hl.simulate(
    ...     hl.models.Gaussian([0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]]),
    ...     "fresh:0.3",
    ...     n_real=100,
    ...     n_synthetic=100,
    ...     generations=50,
    ...     replicates=2000,
    ...     seed=1,
    ... )
    >>> round(float(trace.dataset["covariance_error"][0, -1]), 2)
    0.07
    """

    mean: Float[Array | np.ndarray, " p"]
    covariance: Float[Array | np.ndarray, "p p"]

    paper: ClassVar[str | None] = "he2025golden"

    def __init__(self, mean: npt.ArrayLike, covariance: npt.ArrayLike) -> None:
        self.mean, self.covariance = validate_gaussian(mean, covariance)

    def truth(self) -> GaussianParameters:
        """Give μ and Σ."""
        return GaussianParameters(jnp.asarray(self.mean), jnp.asarray(self.covariance))

    def sample(
        self, key: PRNGKeyArray, parameters: GaussianParameters, rows: int
    ) -> Float[Array, "rows p"]:
        """Draw rows of N(μ, Σ)."""
        mean = parameters.mean
        noise = jax.random.normal(key, (rows, len(mean)), mean.dtype)
        return mean + noise @ cholesky(parameters.covariance).T

    def statistic(
        self, rows: Float[Array, "rows p"], weights: Float[Array, " rows"]
    ) -> GaussianParameters:
        """Weighted mean, and weighted covariance without bias: divided by 1 − Σ w²."""
        mean = weights @ rows
        centred = rows - mean
        scatter = (centred * weights[:, None]).T @ centred
        return GaussianParameters(mean, scatter / (1 - weights @ weights))

    def sample_statistic(
        self, key: PRNGKeyArray, parameters: GaussianParameters, rows: Int[Array, ""]
    ) -> GaussianParameters:
        """Draw the mean of so many rows, and a Wishart matrix for their covariance."""
        mean = parameters.mean
        of_mean, of_covariance = jax.random.split(key)
        count = rows.astype(mean.dtype)
        noise = jax.random.normal(of_mean, mean.shape, mean.dtype)
        root = cholesky(parameters.covariance)
        scatter = root @ wishart_root(of_covariance, rows - 1, len(mean), mean.dtype)
        return GaussianParameters(
            mean + root @ noise / jnp.sqrt(count), scatter @ scatter.T / (count - 1)
        )

    def estimate(self, statistic: GaussianParameters) -> Fit:
        """Take the mean and the covariance; 0/0 of a single row is a failure."""
        known = ~jnp.any(jnp.isnan(statistic.covariance))
        return Fit(statistic, jnp.where(known, int(Status.SOLVED), int(Status.TOO_FEW_ROWS)))

    def metrics(self, parameters: GaussianParameters) -> dict[str, Float[Array, ""]]:
        """Measure ``mean_error``, ``covariance_error`` and ``log_det``."""
        return {
            "mean_error": jnp.sum((parameters.mean - self.mean) ** 2),
            "covariance_error": jnp.sum((parameters.covariance - self.covariance) ** 2),
            "log_det": log_determinant(parameters.covariance),
        }

    def laws(self) -> dict[str, Law]:
        """Give the laws of all metrics; those of the errors are exact for whole datasets."""
        covariance = np.asarray(self.covariance, dtype=np.float64)
        trace = float(np.trace(covariance))
        of_square = float(np.sum(covariance**2))
        # The invariants on which the moments of a Wishart matrix act as numbers.
        exploding, collapsing = 2 * of_square + trace**2, max(trace**2 - of_square, 0.0)
        terms = [ErrorTerm(2 * exploding / 3, curvature=2.0, lost=1)]
        if len(covariance) > 1:
            terms.append(ErrorTerm(collapsing / 3, curvature=-1.0, lost=1))
        sign, log_det = np.linalg.slogdet(covariance)
        return {
            "mean_error": ErrorLaw(ErrorTerm(trace), (ErrorTerm(trace),), drawn=False),
            "covariance_error": ErrorLaw(
                ErrorTerm(trace**2 + of_square), tuple(terms), drawn=False
            ),
            "log_det": LogDeterminantLaw(
                float(log_det) if sign > 0 else -math.inf, len(covariance)
            ),
        }
