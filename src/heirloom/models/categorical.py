"""Frequencies of categories."""

from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from jaxtyping import Float, Int

from .._base.compilation import kernel
from .._base.parameters import Array, Number, checked
from .._base.random import Random
from .base import Fit, SufficientModel, fitted
from .binomial_quantile import binomial_quantile
from .weighted_rows import counted_rows

_Frequencies = Float[np.ndarray, "R categories"]
_Rows = Int[np.ndarray, "R rows"]
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

    paper: ClassVar[str | None] = "he2025golden"
    curvature: ClassVar[float | None] = -1.0

    @checked(probabilities=Array(axes=(1,), entries=Number(least=0)))
    def __init__(self, probabilities: npt.ArrayLike) -> None:
        p = np.asarray(probabilities, dtype=np.float64)
        if not abs(float(p.sum()) - 1) <= _SUM_TOLERANCE:
            raise ValueError(f"probabilities sum to {p.sum():.6g}: must sum to 1")
        self.probabilities = p / p.sum()

    def truth(self) -> Float[np.ndarray, " categories"]:
        """The probabilities."""
        return self.probabilities

    def sample(self, random: Random, parameters: _Frequencies, rows: int) -> _Rows:
        """Numbers of categories, from 0, by inversion."""
        return _inverted(random.uniform(rows), parameters)

    def statistic(self, rows: _Rows, weights: Float[np.ndarray, "R rows"]) -> _Frequencies:
        """Weighted frequencies."""
        categories = len(self.probabilities)
        cells = counted_rows(rows, weights) + categories * np.arange(len(rows))[:, None]
        sums = np.bincount(cells.ravel(), weights.ravel(), minlength=len(rows) * categories)
        return sums.reshape(len(rows), categories)

    def sample_statistic(self, random: Random, parameters: _Frequencies, rows: int) -> _Frequencies:
        """Frequencies among so many rows, from the multinomial distribution."""
        categories = parameters.shape[1]
        uniform = random.generator().random((random.replicates, categories))
        counts = np.empty((random.replicates, categories))
        left = np.full(random.replicates, float(rows))
        for j, share in enumerate(_shares_of_what_is_left(parameters).T):
            counts[:, j] = binomial_quantile(uniform[:, j], left, share)
            left -= counts[:, j]
        return counts / rows

    def estimate(self, statistic: _Frequencies) -> Fit:
        """The frequencies, with rounding removed."""
        with np.errstate(invalid="ignore"):
            return fitted(statistic / np.sum(statistic, axis=1, keepdims=True))

    def metrics(self, parameters: _Frequencies) -> dict[str, Float[np.ndarray, " R"]]:
        """``error``, ``total_variation`` and ``lost_categories``."""
        difference = parameters - self.probabilities
        lost = (parameters == 0) & (self.probabilities > 0)
        return {
            "error": np.sum(difference**2, axis=1),
            "total_variation": 0.5 * np.sum(np.abs(difference), axis=1),
            "lost_categories": np.sum(lost, axis=1).astype(np.float64),
        }

    def row_variance(self) -> float:
        """Σ_j p_j (1 − p_j)."""
        return float(np.sum(self.probabilities * (1 - self.probabilities)))


def _shares_of_what_is_left(probabilities: _Frequencies) -> _Frequencies:
    """Share of each category among itself and those after it.

    It is 0 for a category of probability 0, and 1, to the last bit, for the last of the others:
    what is left for that one is neither more nor less than the rows that have no category yet.
    """
    left = np.cumsum(probabilities[:, ::-1], axis=1)[:, ::-1]
    return np.divide(probabilities, left, out=np.zeros_like(left), where=left > 0)


def _inverted(uniform: Float[np.ndarray, "R rows"], probabilities: _Frequencies) -> _Rows:
    """Categories from uniform numbers in (0, 1)."""
    # The bound above a category of probability 0 is the one below it, to the last bit, so that it
    # never appears.
    cumulative = np.cumsum(probabilities, axis=1)
    bounds = cumulative[:, :-1] / cumulative[:, -1:]
    rows = np.empty(uniform.shape, dtype=np.int64)
    _search(uniform, bounds, rows)
    return rows


@kernel
def _search(uniform: Any, bounds: Any, rows: Any) -> None:
    for r in range(rows.shape[0]):
        _search_row(uniform[r], bounds[r], rows[r])


@kernel
def _search_row(uniform: Any, bounds: Any, row: Any) -> None:
    """Count the bounds that each number has reached, by halving what may be among them."""
    row[:] = 0
    left = np.uint32(bounds.size)
    # All numbers take a step together, which a processor does for many at once.
    while left > 0:
        half = np.uint32((left + np.uint32(1)) // np.uint32(2))
        for i in range(row.size):
            reached = np.uint32(row[i])
            bound = bounds[np.uint64(reached + half - np.uint32(1))]
            row[i] = reached + (half if bound <= uniform[i] else np.uint32(0))
        left -= half
