"""The mean of a Gaussian distribution whose covariance is known."""

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from .._base.parameters import Array, checked
from .._base.random import Random
from ..laws import ErrorLaw, Law
from .base import Fit, SufficientModel, fitted
from .weighted_rows import weighted_sum

_Vectors = Float[np.ndarray, "R p"]
_Rows = Float[np.ndarray, "R rows p"]
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

    paper: ClassVar[str | None] = "he2025golden"
    curvature: ClassVar[float | None] = 0.0

    @checked(mean=Array(axes=(0, 1)), covariance=Array(axes=(0, 2)))
    def __init__(self, mean: npt.ArrayLike, covariance: npt.ArrayLike) -> None:
        self.mean, self.covariance = matched_gaussian(mean, covariance)
        self._root = _symmetric_root(self.covariance)
        self._inverse = np.linalg.pinv(self.covariance, hermitian=True)

    def truth(self) -> Float[np.ndarray, " p"]:
        """μ."""
        return self.mean

    def sample(self, random: Random, parameters: _Vectors, rows: int) -> _Rows:
        """Rows of N(parameters, Σ), column by column in memory."""
        noise = random.normal(self.mean.size, rows)
        # Its precision need not suffice for the mean.
        columns = parameters[:, :, None] + _product("rkn,kj->rjn", noise, self._root)
        return np.swapaxes(columns, 1, 2)

    def statistic(self, rows: _Rows, weights: Float[np.ndarray, "R rows"]) -> _Vectors:
        """Weighted mean of the rows."""
        return weighted_sum(rows, weights)

    def sample_statistic(self, random: Random, parameters: _Vectors, rows: int) -> _Vectors:
        """Mean of so many rows, by its law: N(parameters, Σ/rows)."""
        noise = random.normal(self.mean.size).astype(np.float64)
        return parameters + _product("rk,kj->rj", noise, self._root) / np.sqrt(rows)

    def estimate(self, statistic: _Vectors) -> Fit:
        """The mean itself."""
        return fitted(statistic)

    def metrics(self, parameters: _Vectors) -> dict[str, Float[np.ndarray, " R"]]:
        """``error`` and ``divergence``."""
        difference = parameters - self.mean
        scaled = _product("rk,kj->rj", difference, self._inverse)
        return {
            "error": np.sum(difference**2, axis=1),
            "divergence": 0.5 * np.sum(scaled * difference, axis=1),
        }

    def row_variance(self) -> float:
        """Trace of Σ."""
        return float(np.trace(self.covariance))

    def laws(self) -> dict[str, Law]:
        """Laws of ``error`` and ``divergence``, exact at every sample size."""
        rank = int(np.linalg.matrix_rank(self.covariance, hermitian=True))
        return {
            "error": ErrorLaw.of_mean(self.row_variance(), curvature=0.0),
            "divergence": ErrorLaw.of_mean(rank / 2, curvature=0.0),
        }


def matched_gaussian(
    mean: npt.ArrayLike, covariance: npt.ArrayLike
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return a mean and a covariance as a vector and a matrix; a ValueError if they do not fit."""
    vector = np.atleast_1d(np.asarray(mean, dtype=np.float64))
    matrix = np.atleast_2d(np.asarray(covariance, dtype=np.float64))
    p = vector.size
    if matrix.shape != (p, p):
        raise ValueError(
            f"covariance has shape {matrix.shape}: must be ({p}, {p}), as mean has {p} entries"
        )
    _symmetric_root(matrix)
    return vector, matrix


def _product(
    subscripts: str, numbers: npt.NDArray[np.floating], matrix: npt.NDArray[np.floating]
) -> npt.NDArray[np.floating]:
    """A product of NumPy's own, in the precision of the first factor.

    The last digits of one by BLAS depend on how many threads that is given.
    """
    return np.einsum(subscripts, numbers, matrix.astype(numbers.dtype))


def _symmetric_root(covariance: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
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
