"""The mean of a Gaussian distribution whose covariance is known."""

from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
from jaxtyping import Array, Float, Int, PRNGKeyArray

from ..laws import ErrorLaw, Law
from .base import Fit, SufficientModel, fitted

_Vector = Float[Array, " p"]
_SYMMETRY_TOLERANCE = 1e-8


class GaussianMean(SufficientModel):
    """Rows of N(μ, Σ) with Σ known; the estimate of μ is the weighted mean.

    Theory is exact at every sample size: E‖μ̂ − μ‖² is tr Σ/n₀ times the relative risk.

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
    Metrics: ``error`` is ‖μ̂ − μ‖²; ``divergence`` is the Kullback–Leibler divergence of the fitted
    from the true distribution, ½ (μ̂ − μ)ᵀ Σ⁻ (μ̂ − μ).

    Examples
    --------
    >>> import heirloom as hl
    >>> hl.models.GaussianMean([0.0, 0.0], [[1.0, 0.5], [0.5, 1.0]]).row_variance()
    2.0
    """

    mean: Float[Array | np.ndarray, " p"]
    covariance: Float[Array | np.ndarray, "p p"]
    _root: Float[Array | np.ndarray, "p p"]
    _inverse: Float[Array | np.ndarray, "p p"]

    paper: ClassVar[str | None] = "he2025golden"
    curvature: ClassVar[float | None] = 0.0

    def __init__(self, mean: npt.ArrayLike, covariance: npt.ArrayLike) -> None:
        self.mean, self.covariance = validate_gaussian(mean, covariance)
        self._root = _symmetric_root(self.covariance)
        self._inverse = np.linalg.pinv(self.covariance, hermitian=True)

    def truth(self) -> _Vector:
        """Give μ."""
        return jnp.asarray(self.mean)

    def sample(self, key: PRNGKeyArray, parameters: _Vector, rows: int) -> Float[Array, "rows p"]:
        """Draw rows of N(parameters, Σ)."""
        noise = jax.random.normal(key, (rows, parameters.shape[0]), parameters.dtype)
        return parameters + noise @ self._root

    def statistic(self, rows: Float[Array, "rows p"], weights: Float[Array, " rows"]) -> _Vector:
        """Weighted mean of the rows."""
        return weights @ rows

    def sample_statistic(
        self, key: PRNGKeyArray, parameters: _Vector, rows: Int[Array, ""]
    ) -> _Vector:
        """Draw the mean of so many rows: N(parameters, Σ/rows)."""
        noise = jax.random.normal(key, parameters.shape, parameters.dtype)
        return parameters + noise @ self._root / jnp.sqrt(rows.astype(parameters.dtype))

    def estimate(self, statistic: _Vector) -> Fit:
        """Take the mean itself."""
        return fitted(statistic)

    def metrics(self, parameters: _Vector) -> dict[str, Float[Array, ""]]:
        """Measure ``error`` and ``divergence``."""
        difference = parameters - self.mean
        return {
            "error": difference @ difference,
            "divergence": 0.5 * difference @ self._inverse @ difference,
        }

    def row_variance(self) -> float:
        """Give tr Σ."""
        return float(np.trace(self.covariance))

    def laws(self) -> dict[str, Law]:
        """Give the laws of ``error`` and ``divergence``, exact at every sample size."""
        rank = int(np.linalg.matrix_rank(np.asarray(self.covariance), hermitian=True))
        return {
            "error": ErrorLaw.of_mean(self.row_variance(), curvature=0.0),
            "divergence": ErrorLaw.of_mean(rank / 2, curvature=0.0),
        }


def validate_gaussian(
    mean: npt.ArrayLike, covariance: npt.ArrayLike
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return a mean and a covariance as a vector and a matrix, or raise a ValueError."""
    vector = np.atleast_1d(np.asarray(mean, dtype=np.float64))
    matrix = np.atleast_2d(np.asarray(covariance, dtype=np.float64))
    p = vector.size
    if vector.ndim != 1 or p == 0 or not np.all(np.isfinite(vector)):
        raise ValueError(f"mean={mean!r}: must be a vector of finite numbers, one or more")
    if matrix.shape != (p, p):
        raise ValueError(
            f"covariance has shape {matrix.shape}: must be ({p}, {p}), as mean has {p} entries"
        )
    _symmetric_root(matrix)
    return vector, matrix


def _symmetric_root(covariance: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    if not np.all(np.isfinite(covariance)):
        raise ValueError("covariance has entries that are not finite")
    scale = float(np.abs(covariance).max())
    if np.abs(covariance - covariance.T).max() > _SYMMETRY_TOLERANCE * scale:
        raise ValueError("covariance is not symmetric: give a covariance matrix")
    values, vectors = np.linalg.eigh(covariance)
    if values.min() < -_SYMMETRY_TOLERANCE * scale:
        raise ValueError(
            f"covariance has the negative eigenvalue {values.min():.3g}: must be positive "
            "semi-definite"
        )
    return (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
