"""The empirical distribution function."""

import abc
from typing import Any, ClassVar, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
from jaxtyping import Array, Float, Int, PRNGKeyArray

from ..laws import ErrorLaw, Law
from .base import Fit, Model, Status
from .distribution import Distribution, distribution_named

# Up to so many atoms they are sorted as whole numbers that hold level and position, which XLA does
# six times faster than pairs on a processor; beyond, levels would be too coarse to be told apart.
_MOST_PACKED = 1024

_Levels = Float[Array, " atoms"]
_Values = Float[Array | np.ndarray, " values"]


class Atoms(NamedTuple):
    """A discrete distribution.

    Attributes
    ----------
    points
        Where the atoms are, in any order.
    weights
        Their masses, of sum 1; atoms of mass 0 do not count.
    """

    points: Float[Array, " atoms"]
    weights: Float[Array, " atoms"]


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

    distribution: str
    values: _Values | None
    _truth: "_Truth"

    paper: ClassVar[str | None] = "he2025golden"
    curvature: ClassVar[float | None] = -1.0

    def __init__(self, distribution: str | npt.ArrayLike = "normal") -> None:
        if isinstance(distribution, str):
            self.distribution, self.values = distribution, None
            distribution_named(distribution)
            self._truth = _Continuous(distribution)
        else:
            values = np.asarray(distribution, dtype=np.float64)
            if values.ndim != 1 or values.size == 0 or not np.all(np.isfinite(values)):
                raise ValueError(
                    f"distribution has shape {values.shape}: must be a name, or a vector of finite "
                    "numbers, one or more"
                )
            self.distribution = "empirical"
            support, counts = np.unique(values, return_counts=True)
            self.values, self._truth = support, _Discrete(counts / values.size)

    def truth(self) -> Any:
        """Give the masses of the values; for a continuous truth, one atom in its place."""
        return self._truth.parameters()

    def sample(self, key: PRNGKeyArray, parameters: Any, rows: int) -> Array:
        """Draw rows from the estimate; for a vector of numbers, as positions in its support."""
        return self._truth.sample(key, parameters, rows)

    def sample_real(self, key: PRNGKeyArray, rows: int) -> Array:
        """Draw rows from the truth; for a vector of numbers, as positions in its support."""
        return self._truth.sample_real(key, rows)

    def fit(self, rows: Array, weights: Float[Array, " rows"], start: Any) -> Fit:
        """Put atoms at the rows."""
        return Fit(self._truth.estimate(rows, weights), jnp.asarray(int(Status.SOLVED)))

    def metrics(self, parameters: Any) -> dict[str, Float[Array, ""]]:
        """Measure ``error``, ``kolmogorov`` and ``distinct``."""
        return self._truth.metrics(parameters)

    def row_variance(self) -> float:
        """Give ∫F(1 − F) dF."""
        return self._truth.row_variance()

    def laws(self) -> dict[str, Law]:
        """Give the law of ``error``, exact at every sample size."""
        return {"error": ErrorLaw.of_mean(self.row_variance(), curvature=self.curvature)}


class _Truth(eqx.Module):
    """How rows and estimates are held, which differs between a density and a table."""

    @abc.abstractmethod
    def parameters(self) -> Any: ...

    @abc.abstractmethod
    def sample_real(self, key: PRNGKeyArray, rows: int) -> Array: ...

    @abc.abstractmethod
    def estimate(self, rows: Array, weights: Float[Array, " rows"]) -> Any: ...

    @abc.abstractmethod
    def sample(self, key: PRNGKeyArray, parameters: Any, rows: int) -> Array: ...

    @abc.abstractmethod
    def metrics(self, parameters: Any) -> dict[str, Float[Array, ""]]: ...

    @abc.abstractmethod
    def row_variance(self) -> float: ...


class _Continuous(_Truth):
    """Rows are numbers, and an estimate is one atom a row."""

    name: str = eqx.field(static=True)

    @property
    def distribution(self) -> Distribution:
        return distribution_named(self.name)

    def parameters(self) -> Atoms:
        return Atoms(jnp.zeros(1), jnp.ones(1))

    def sample_real(self, key: PRNGKeyArray, rows: int) -> Float[Array, " rows"]:
        return self.distribution.sample(key, (rows,), jnp.result_type(float))

    def estimate(self, rows: Float[Array, " rows"], weights: Float[Array, " rows"]) -> Atoms:
        return Atoms(rows, weights)

    def sample(self, key: PRNGKeyArray, parameters: Atoms, rows: int) -> Float[Array, " rows"]:
        return parameters.points[_draw(key, parameters.weights, rows)]

    def metrics(self, parameters: Atoms) -> dict[str, Float[Array, ""]]:
        levels, weights = _sorted(self.distribution.cdf(parameters.points), parameters.weights)
        heights = jnp.cumsum(weights)
        ends = jnp.append(levels[1:], 1)
        # F̂ − F at both ends of the interval above each atom; below the first atom F̂ is 0. Heights
        # that end at 1 are right at the end of the line too.
        above, at_end = heights - levels, heights - ends
        squared = (ends - levels) * (above**2 + above * at_end + at_end**2) / 3
        present = weights > 0
        new = present & (jnp.append(True, levels[1:] != levels[:-1]))
        return {
            "error": levels[0] ** 3 / 3 + jnp.sum(squared),
            "kolmogorov": jnp.maximum(
                levels[0], jnp.maximum(jnp.max(jnp.abs(above)), jnp.max(jnp.abs(at_end)))
            ),
            "distinct": jnp.sum(new).astype(levels.dtype),
        }

    def row_variance(self) -> float:
        return 1 / 6


class _Discrete(_Truth):
    """Rows are positions in the support of a table's column, and an estimate is their masses."""

    masses: _Values

    def parameters(self) -> Float[Array, " values"]:
        return jnp.asarray(self.masses)

    def sample_real(self, key: PRNGKeyArray, rows: int) -> Int[Array, " rows"]:
        return _draw(key, jnp.asarray(self.masses), rows)

    def estimate(
        self, rows: Int[Array, " rows"], weights: Float[Array, " rows"]
    ) -> Float[Array, " values"]:
        masses = jnp.zeros(self.masses.shape, weights.dtype).at[rows].add(weights)
        return masses / jnp.sum(masses)

    def sample(
        self, key: PRNGKeyArray, parameters: Float[Array, " values"], rows: int
    ) -> Int[Array, " rows"]:
        return _draw(key, parameters, rows)

    def metrics(self, parameters: Float[Array, " values"]) -> dict[str, Float[Array, ""]]:
        # Summing differences loses fewer digits than subtracting sums.
        difference = jnp.cumsum(parameters - self.masses)
        return {
            "error": jnp.sum(jnp.asarray(self.masses) * difference**2),
            "kolmogorov": jnp.max(jnp.abs(difference)),
            "distinct": jnp.sum(parameters > 0).astype(parameters.dtype),
        }

    def row_variance(self) -> float:
        masses = np.asarray(self.masses, dtype=np.float64)
        cdf = np.cumsum(masses)
        return float(np.sum(masses * cdf * (1 - cdf)))


def _draw(key: PRNGKeyArray, weights: Float[Array, " atoms"], rows: int) -> Int[Array, " rows"]:
    """Draw atoms by inversion; never one of weight 0."""
    # The height of an atom of weight 0 is the one before it, to the last bit, so that it is never
    # drawn: a sum of many terms in parallel need not even be monotone.
    heights = jax.lax.cummax(jnp.where(weights > 0, jnp.cumsum(weights), 0))
    # Below the last height, so that rounding cannot lead past the last atom that has mass.
    last = heights[-1]
    uniform = jax.random.uniform(key, (rows,), weights.dtype)
    level = jnp.minimum(uniform * last, jnp.nextafter(last, jnp.zeros_like(last)))
    return jnp.searchsorted(heights, level, side="right")


def _sorted(levels: _Levels, weights: Float[Array, " atoms"]) -> tuple[_Levels, _Levels]:
    """Sort atoms by level; the weights go with them."""
    # Atoms without mass go to the end, where they are no interval.
    levels = jnp.where(weights > 0, levels, 1)
    if len(levels) > _MOST_PACKED or levels.dtype != jnp.float32:
        order = jnp.argsort(levels)
    else:
        order = _packed_order(levels)
    return levels[order], weights[order]


def _packed_order(levels: _Levels) -> Int[Array, " atoms"]:
    """Order of levels in [0, 1], in which neighbours closer than 2⁻²¹ may be exchanged.

    The integral is over the true levels, between atoms taken in this order; an exchange changes it
    by no more than rounding does.
    """
    bits = max(1, (len(levels) - 1).bit_length())
    # A whole number in float32, so that a level of 1 does not overflow: 24 bits at most.
    steps = 2.0 ** min(31 - bits, 24) - 1
    packed = (levels * steps).astype(jnp.int32) << bits | jnp.arange(len(levels))
    return jnp.sort(packed) & (2**bits - 1)
