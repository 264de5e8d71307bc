"""The mean and the covariance of a Gaussian distribution."""

import math
from collections.abc import Sequence
from typing import ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from .._base.parameters import Array, checked
from .._base.random import Random
from ..laws import ErrorLaw, ErrorTerm, Law, LogDeterminantLaw
from .base import Fit, Status, SufficientModel
from .gaussian_mean import matched_gaussian
from .linear_algebra import lower_product, positive_root, square_of, triangular_factor
from .weighted_rows import counted_rows, weighted_sum
from .wishart import wishart_root


class GaussianParameters(NamedTuple):
    """Gaussian distributions.

    A product of roots says what is left of a covariance when its own entries no longer can: the
    correlations of a loop that collapses round to 1 long before its determinant is 0.

    Attributes
    ----------
    mean
        μ, of shape (R, p).
    root
        L, lower triangular with Σ = LLᵀ, of shape (R, p, p).
    """

    mean: Float[np.ndarray, "*R p"]
    root: Float[np.ndarray, "*R p p"]

    @property
    def covariance(self) -> Float[np.ndarray, "*R p p"]:
        """Σ, of shape (R, p, p)."""
        root = self.root
        return square_of(root.reshape(-1, *root.shape[-2:])).reshape(root.shape)


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

    A dataset of a single row has no covariance: the fit fails with ``TOO_FEW_ROWS``, and theory has
    no finite error, not of the mean either.

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

    paper: ClassVar[str | None] = "he2025golden"

    @checked(mean=Array(axes=(0, 1)), covariance=Array(axes=(0, 2)))
    def __init__(self, mean: npt.ArrayLike, covariance: npt.ArrayLike) -> None:
        self.mean, self.covariance = matched_gaussian(mean, covariance)
        self._root = positive_root(self.covariance)

    def truth(self) -> GaussianParameters:
        """μ and Σ."""
        return GaussianParameters(self.mean, self._root)

    def sample(
        self, random: Random, parameters: GaussianParameters, rows: int
    ) -> Float[np.ndarray, "R rows p"]:
        """Rows of N(μ, Σ), column by column in memory."""
        mean, root = parameters
        noise = random.normal(mean.shape[1], rows)
        return np.swapaxes(mean[:, :, None] + lower_product(root, noise), 1, 2)

    def statistic(
        self, rows: Float[np.ndarray, "R rows p"], weights: Float[np.ndarray, "R rows"]
    ) -> GaussianParameters:
        """Weighted mean, and root of the weighted covariance without bias: divided by 1 − Σ w²."""
        columns = np.swapaxes(counted_rows(rows, weights), 1, 2)
        mean = weighted_sum(rows, weights)
        centred = np.subtract(columns, mean[:, :, None], order="C")
        # The mean is rounded in its own units, in which the spread of the rows may be small.
        shift = weighted_sum(np.swapaxes(centred, 1, 2), weights)
        centred -= shift[:, :, None]
        with np.errstate(divide="ignore", invalid="ignore"):  # 0/0 of a single row
            left = 1 - weighted_sum(weights, weights)
            centred *= np.sqrt(weights / left[:, None])[:, None]
        return GaussianParameters(mean + shift, triangular_factor(centred))

    def sample_statistic(
        self, random: Random, parameters: GaussianParameters, rows: int
    ) -> GaussianParameters:
        """Mean of so many rows, and a Wishart matrix for their covariance."""
        mean, root = parameters
        noise = random.normal(mean.shape[1], 1) / np.float64(math.sqrt(rows))
        scatter = wishart_root(random, rows - 1, mean.shape[1])
        with np.errstate(invalid="ignore"):  # 0/0 of a single row
            own = scatter / np.sqrt(np.float64(rows - 1))
        return GaussianParameters(
            mean + lower_product(root, noise)[:, :, 0], lower_product(root, own)
        )

    def mixed(
        self, statistics: Sequence[GaussianParameters], shares: Float[np.ndarray, "datasets _"]
    ) -> GaussianParameters:
        """Mixture of the means, and the root of the mixture of the covariances."""
        if len(statistics) == 1:
            return statistics[0]
        mean = super().mixed([statistic.mean for statistic in statistics], shares)
        # What has no share may hold anything.
        parts = [
            np.where(share > 0, np.sqrt(share) * statistic.root, 0)
            for statistic, share in zip(statistics, shares[:, :, None, None], strict=True)
        ]
        return GaussianParameters(mean, triangular_factor(np.concatenate(parts, axis=2)))

    def estimate(self, statistic: GaussianParameters) -> Fit:
        """The mean and the covariance; 0/0 of a single row is a failure."""
        known = ~np.isnan(statistic.root).any(axis=(1, 2))
        status = np.where(known, int(Status.SOLVED), int(Status.TOO_FEW_ROWS))
        return Fit(statistic, status.astype(np.int8))

    def metrics(self, parameters: GaussianParameters) -> dict[str, Float[np.ndarray, " R"]]:
        """``mean_error``, ``covariance_error`` and ``log_det``."""
        mean, root = parameters
        return {
            "mean_error": np.sum((mean - self.mean) ** 2, axis=1),
            "covariance_error": np.sum((parameters.covariance - self.covariance) ** 2, axis=(1, 2)),
            "log_det": _log_determinant(root),
        }

    def laws(self) -> dict[str, Law]:
        """Laws of all metrics; those of the errors are exact for whole datasets."""
        covariance = self.covariance
        trace = float(np.trace(covariance))
        of_square = float(np.sum(covariance**2))
        # The invariants on which the moments of a Wishart matrix act as numbers.
        exploding, collapsing = 2 * of_square + trace**2, max(trace**2 - of_square, 0.0)
        terms = [ErrorTerm(2 * exploding / 3, curvature=2.0, lost=1)]
        if len(covariance) > 1:
            terms.append(ErrorTerm(collapsing / 3, curvature=-1.0, lost=1))
        log_det = float(_log_determinant(self._root[None])[0])
        return {
            "mean_error": ErrorLaw(
                ErrorTerm(trace), (ErrorTerm(trace),), subsampled=False, least_rows=2
            ),
            "covariance_error": ErrorLaw(
                ErrorTerm(trace**2 + of_square), tuple(terms), subsampled=False, least_rows=2
            ),
            "log_det": LogDeterminantLaw(log_det, len(covariance)),
        }


def _log_determinant(root: Float[np.ndarray, "R p p"]) -> Float[np.ndarray, " R"]:
    """Logarithm of det LLᵀ; −∞ where it is 0."""
    with np.errstate(divide="ignore"):
        return 2 * np.sum(np.log(np.abs(np.diagonal(root, axis1=1, axis2=2))), axis=1)
