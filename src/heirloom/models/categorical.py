"""Frequencies of categories."""

from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
from jaxtyping import Array, Float, Int, PRNGKeyArray

from .base import Fit, SufficientModel, fitted

_Vector = Float[Array, " categories"]
_SUM_TOLERANCE = 1e-6


class Categorical(SufficientModel):
    r"""Rows fall into categories; the estimates are their weighted frequencies.

    A category that a generation does not see has frequency 0 and, where no fresh real data come,
    never returns. Theory is exact at every sample size (variance function with v₂ = −1).

    Parameters
    ----------
    probabilities
        Of shape (categories,): not negative, sum 1.

    Raises
    ------
    ValueError
        If they are no probabilities.

    Notes
    -----
    Metrics: ``error`` is Σ_j (p̂_j − p_j)²; ``total_variation`` is ½ Σ_j \|p̂_j − p_j\|;
    ``lost_categories`` is the number of categories with p_j > 0 and p̂_j = 0.

    Examples
    --------
    >>> import heirloom as hl
    >>> round(hl.models.Categorical([0.5, 0.3, 0.2]).row_variance(), 4)  # Σ p(1 − p)
    0.62
    """

    probabilities: Float[Array | np.ndarray, " categories"]

    paper: ClassVar[str | None] = "he2025golden"
    curvature: ClassVar[float | None] = -1.0

    def __init__(self, probabilities: npt.ArrayLike) -> None:
        p = np.asarray(probabilities, dtype=np.float64)
        if p.ndim != 1 or p.size == 0:
            raise ValueError(
                f"probabilities has shape {p.shape}: must be a vector with an entry a category"
            )
        if not np.all(p >= 0) or not abs(float(p.sum()) - 1) <= _SUM_TOLERANCE:
            raise ValueError(
                f"probabilities sum to {p.sum():.6g} with least entry {p.min():.6g}: must not be "
                "negative and must sum to 1"
            )
        self.probabilities = p / p.sum()

    def truth(self) -> _Vector:
        """Give the probabilities."""
        return jnp.asarray(self.probabilities)

    def sample(self, key: PRNGKeyArray, parameters: _Vector, rows: int) -> Int[Array, " rows"]:
        """Draw category numbers by inversion."""
        # The bound above a category of frequency 0 is the one below it, to the last bit, so that it
        # never appears: a sum of many terms in parallel need not even be monotone.
        rising = jnp.where(parameters > 0, jnp.cumsum(parameters), 0)
        cumulative = jax.lax.cummax(rising)
        bounds = cumulative[:-1] / cumulative[-1]
        uniform = jax.random.uniform(key, (rows,), parameters.dtype)
        return jnp.sum(uniform[:, None] >= bounds, axis=1)

    def statistic(self, rows: Int[Array, " rows"], weights: Float[Array, " rows"]) -> _Vector:
        """Weighted frequencies."""
        return weights @ jax.nn.one_hot(rows, len(self.probabilities), dtype=weights.dtype)

    def sample_statistic(
        self, key: PRNGKeyArray, parameters: _Vector, rows: Int[Array, ""]
    ) -> _Vector:
        """Draw frequencies of so many rows from the multinomial distribution."""
        count = rows.astype(parameters.dtype)
        return jax.random.multinomial(key, count, parameters, dtype=parameters.dtype) / count

    def estimate(self, statistic: _Vector) -> Fit:
        """Take the frequencies, with rounding removed."""
        return fitted(statistic / jnp.sum(statistic))

    def metrics(self, parameters: _Vector) -> dict[str, Float[Array, ""]]:
        """Measure ``error``, ``total_variation`` and ``lost_categories``."""
        difference = parameters - self.probabilities
        lost = (parameters == 0) & (self.probabilities > 0)
        return {
            "error": difference @ difference,
            "total_variation": 0.5 * jnp.sum(jnp.abs(difference)),
            "lost_categories": jnp.sum(lost).astype(parameters.dtype),
        }

    def row_variance(self) -> float:
        """Give Σ_j p_j (1 − p_j)."""
        return float(np.sum(self.probabilities * (1 - self.probabilities)))
