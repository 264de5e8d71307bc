"""The empirical distribution function."""

import abc
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from jaxtyping import Float, Int

from .._base.compilation import kernel
from .._base.kernel_arrays import distinct_rows, kernel_rows
from .._base.parameters import Array, Choice, Either, checked
from .._base.random import Random
from ..laws import ErrorLaw, Law
from .base import Fit, Model, Status
from .distribution import DISTRIBUTIONS, Distribution, distribution_named
from .drawing import drawn_points, drawn_positions
from .order_statistics import row_order

# Points of so few replicates are ordered at once that they stay in the processor's cache.
_NUMBERS_AT_ONCE = 2**15

_Numbers = Float[np.ndarray, " R"]
_Weights = Float[np.ndarray, "R rows"]
_Metrics = dict[str, _Numbers]


class Atoms(NamedTuple):
    """A discrete distribution for each replicate.

    Attributes
    ----------
    points
        Where the atoms are, in any order.
    weights
        Their masses, of sum 1; atoms of mass 0 do not count.
    """

    points: Float[np.ndarray, "R atoms"]
    weights: Float[np.ndarray, "R atoms"]


class EmpiricalCDF(Model):
    r"""The distribution of a number, estimated by the weighted empirical distribution function.

    Every generation puts weighted atoms at its rows, and the next synthetic rows are drawn from the
    atoms: without fresh real data fewer and fewer distinct values are left.

    Parameters
    ----------
    distribution
        The truth: ``"normal"`` (default), ``"uniform"``, ``"exponential"``, ``"laplace"`` or
        ``"logistic"``, in standard form; or a vector of numbers, such as a column of a table, whose
        empirical distribution (ties welcome) is then the truth.

    Raises
    ------
    ValueError
        If the name is not known, or the numbers are none or not finite.

    Notes
    -----
    Metrics: ``error`` is the Cramér–von Mises distance ∫(F̂ − F)² dF, computed exactly, interval by
    interval; ``kolmogorov`` is sup \|F̂ − F\|; ``distinct`` is the number of distinct rows that
    have mass.

    The expected error is exact at every sample size: F̂(x) is a frequency at each x, so that the
    variance function has v₂ = −1, and a row has ∫F(1 − F) dF: 1/6 for every continuous
    distribution, whatever it is; another number where values are tied (arXiv 2502.18049).

    Examples
    --------
    >>> import heirloom as hl
    >>> round(hl.models.EmpiricalCDF().row_variance(), 4)
    0.1667
    >>> hl.models.EmpiricalCDF([1.0, 1.0, 2.0, 5.0]).row_variance()
    0.171875
    """

    paper: ClassVar[str | None] = "he2025golden"
    curvature: ClassVar[float | None] = -1.0

    @checked(distribution=Either(Choice(*DISTRIBUTIONS), Array(axes=(1,))))
    def __init__(self, distribution: str | npt.ArrayLike = "normal") -> None:
        if isinstance(distribution, str):
            self.distribution, self.values = distribution, None
            self._truth = _Continuous(distribution)
        else:
            values = np.asarray(distribution, dtype=np.float64)
            self.distribution = "empirical"
            support, counts = np.unique(values, return_counts=True)
            self.values, self._truth = support, _Discrete(counts / values.size)

    def truth(self) -> Any:
        """Masses of the values; for a continuous truth, one atom in its place."""
        return self._truth.parameters()

    def sample(self, random: Random, parameters: Any, rows: int) -> npt.NDArray[Any]:
        """Rows drawn from the estimate; for a vector of numbers, as positions in its support."""
        return self._truth.sample(random, parameters, rows)

    def sample_real(self, random: Random, rows: int) -> npt.NDArray[Any]:
        """Rows drawn from the truth; for a vector of numbers, as positions in its support."""
        return self._truth.sample_real(random, rows)

    def fit(self, rows: npt.NDArray[Any], weights: _Weights, start: Any) -> Fit:
        """Atoms at the rows."""
        solved = np.full(len(rows), int(Status.SOLVED), dtype=np.int8)
        return Fit(self._truth.estimate(rows, weights), solved)

    def metrics(self, parameters: Any) -> _Metrics:
        """``error``, ``kolmogorov`` and ``distinct``."""
        return self._truth.metrics(parameters)

    def row_variance(self) -> float:
        """∫F(1 − F) dF."""
        return self._truth.row_variance()

    def laws(self) -> dict[str, Law]:
        """Law of ``error``, exact at every sample size."""
        return {"error": ErrorLaw.of_mean(self.row_variance(), curvature=self.curvature)}


class _Truth(abc.ABC):
    """How rows and estimates are held, which differs between a density and a table."""

    @abc.abstractmethod
    def parameters(self) -> Any: ...

    @abc.abstractmethod
    def sample_real(self, random: Random, rows: int) -> npt.NDArray[Any]: ...

    @abc.abstractmethod
    def estimate(self, rows: npt.NDArray[Any], weights: _Weights) -> Any: ...

    @abc.abstractmethod
    def sample(self, random: Random, parameters: Any, rows: int) -> npt.NDArray[Any]: ...

    @abc.abstractmethod
    def metrics(self, parameters: Any) -> _Metrics: ...

    @abc.abstractmethod
    def row_variance(self) -> float: ...


class _Continuous(_Truth):
    """Rows are numbers, and an estimate is one atom a row."""

    def __init__(self, name: str) -> None:
        self._name = name

    @cached_property
    def _distribution(self) -> Distribution:
        return distribution_named(self._name)

    def parameters(self) -> Atoms:
        return Atoms(np.zeros(1), np.ones(1))

    def sample_real(self, random: Random, rows: int) -> Float[np.ndarray, "R rows"]:
        return self._distribution.sample(random, rows)

    def estimate(self, rows: Float[np.ndarray, "R rows"], weights: _Weights) -> Atoms:
        return Atoms(rows, weights)

    def sample(self, random: Random, parameters: Atoms, rows: int) -> Float[np.ndarray, "R rows"]:
        return drawn_points(random, parameters.points, parameters.weights, rows)

    def metrics(self, parameters: Atoms) -> _Metrics:
        replicates, atoms = parameters.points.shape
        error, kolmogorov, distinct = np.empty((3, replicates))
        block = max(1, _NUMBERS_AT_ONCE // atoms)
        for first in range(0, replicates, block):
            part = slice(first, first + block)
            points = kernel_rows(parameters.points[part])
            weights = kernel_rows(distinct_rows(parameters.weights[part]))
            order, levels = row_order(points, weights), self._distribution.cdf(points)
            of_part = error[part], kolmogorov[part], distinct[part]
            _measure(kernel_rows(levels), points, weights, order, *of_part)
        return {"error": error, "kolmogorov": kolmogorov, "distinct": distinct}

    def row_variance(self) -> float:
        return 1 / 6


class _Discrete(_Truth):
    """Rows are positions in the support of a table's column, and an estimate is their masses."""

    def __init__(self, masses: Float[np.ndarray, " values"]) -> None:
        self._masses = masses

    def parameters(self) -> Float[np.ndarray, " values"]:
        return self._masses

    def sample_real(self, random: Random, rows: int) -> Int[np.ndarray, "R rows"]:
        return drawn_positions(random, self._masses[None], rows)

    def estimate(
        self, rows: Int[np.ndarray, "R rows"], weights: _Weights
    ) -> Float[np.ndarray, "R values"]:
        replicates, values = len(rows), self._masses.size
        counts = weights > 0
        place = np.where(counts, rows, 0) + values * np.arange(replicates)[:, None]
        mass = np.where(counts, weights, 0)
        total = np.bincount(place.ravel(), mass.ravel(), minlength=replicates * values)
        masses = total.reshape(replicates, values)
        # A replicate may have failed elsewhere, and have no mass at all.
        with np.errstate(invalid="ignore"):
            return masses / np.sum(masses, axis=1, keepdims=True)

    def sample(
        self, random: Random, parameters: Float[np.ndarray, "R values"], rows: int
    ) -> Int[np.ndarray, "R rows"]:
        return drawn_positions(random, parameters, rows)

    def metrics(self, parameters: Float[np.ndarray, "R values"]) -> _Metrics:
        # Summing differences loses fewer digits than subtracting sums.
        difference = np.cumsum(parameters - self._masses, axis=1)
        return {
            "error": np.sum(self._masses * difference**2, axis=1),
            "kolmogorov": np.max(np.abs(difference), axis=1),
            "distinct": np.count_nonzero(parameters, axis=1).astype(np.float64),
        }

    def row_variance(self) -> float:
        cdf = np.cumsum(self._masses)
        return float(np.sum(self._masses * cdf * (1 - cdf)))


@kernel
def _measure(
    levels: Any, points: Any, weights: Any, order: Any, error: Any, kolmogorov: Any, distinct: Any
) -> None:
    for r in range(order.shape[0]):
        of_row = weights[min(r, weights.shape[0] - 1)]
        measured = _measure_row(levels[r], points[r], of_row, order[r])
        error[r], kolmogorov[r], distinct[r] = measured


@kernel
def _measure_row(levels: Any, points: Any, weights: Any, order: Any) -> Any:
    # Between two atoms F̂ is a height, and F rises from one level to the next.
    integral = above = below = height = before = 0.0
    atoms = distinct = 0
    for i in range(weights.size):
        atoms += np.int64(weights[i] > 0)
    point = np.nan
    for i in range(atoms):
        # Without a sign, an index cannot count from the end, and need not be checked.
        position = np.uint64(order[i])
        level = np.float64(levels[position])
        start, end = height - before, height - level
        integral += (level - before) * (start * start + start * end + end * end)
        below = -end if -end > below else below
        height += weights[position]
        above = height - level if height - level > above else above
        distinct += np.int64(points[position] != point)
        point = np.float64(points[position])
        before = level
    # Heights that end at 1 are right at the end of the line too.
    start, end = height - before, height - 1.0
    integral += (1.0 - before) * (start * start + start * end + end * end)
    return integral / 3, max(above, below), np.float64(distinct)
