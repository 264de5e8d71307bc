"""The upper end of a uniform distribution: an estimator that is not regular."""

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from .._base.parameters import Array, Number, checked
from .._base.random import Random
from .base import Fit, Model, fitted
from .weighted_rows import counted_rows

_Numbers = Float[np.ndarray, " R"]
_Rows = Float[np.ndarray, "R rows"]


class UniformMaximum(Model):
    """Rows are uniform on [0, θ]; the estimate of θ is the largest row that has weight.

    The maximum likelihood estimate, and not asymptotically linear: its error is of order 1/n rather
    than 1/√n, it is always below θ, and weights do not matter to it. The universal limit of
    arXiv 2410.22812 does not apply: :func:`uniform_maximum_error` gives the exact error under
    discard, whose relative risk is about (t + 1)(t + 2)/2 rather than t + 1; under augment, where
    no synthetic row exceeds the largest real one, it is 1 for ever.

    Parameters
    ----------
    upper
        θ > 0. Default 1.

    Raises
    ------
    ValueError
        If it is not positive and finite.

    Notes
    -----
    Metrics: ``error`` is (θ̂ − θ)². It has no law in :mod:`heirloom.laws`.

    Examples
    --------
    >>> import heirloom as hl
    >>> hl.models.UniformMaximum(2.0).laws()
    {}
    """

    paper: ClassVar[str | None] = "dey2024universality"

    @checked(upper=Number(above=0))
    def __init__(self, upper: float = 1.0) -> None:
        self.upper = np.asarray(upper, dtype=np.float64)

    def truth(self) -> Float[np.ndarray, ""]:
        """The upper end θ."""
        return self.upper

    def sample(self, random: Random, parameters: _Numbers, rows: int) -> _Rows:
        """Rows, uniform below the estimate."""
        # In double precision always: the largest of 10⁷ rows is as near to the end as numbers of
        # single precision are to each other.
        uniform = random.generator().random((random.replicates, rows))
        uniform *= parameters[:, None]
        return uniform

    def fit(self, rows: _Rows, weights: _Rows, start: _Numbers) -> Fit:
        """The largest row."""
        return fitted(np.max(counted_rows(rows, weights), axis=1).astype(np.float64))

    def metrics(self, parameters: _Numbers) -> dict[str, _Numbers]:
        """``error``."""
        return {"error": (parameters - self.upper) ** 2}


@checked(rows=Array(axes=(1,), entries=Number(least=1)), upper=Number(above=0))
def uniform_maximum_error(rows: npt.ArrayLike, *, upper: float = 1.0) -> npt.NDArray[np.float64]:
    r"""Exact expected error of :class:`UniformMaximum` under discard.

    The estimate is θ times a product of independent maxima of uniform numbers, one a generation:

    .. math::

        \mathbb E(\hat\theta_t - \theta)^2 = \theta^2 \Bigl[\prod_{s \le t} \frac{r_s}{r_s + 2}
        - 2 \prod_{s \le t} \frac{r_s}{r_s + 1} + 1\Bigr].

    Parameters
    ----------
    rows
        r_0 … r_T: real rows of generation 0, then synthetic rows of the others; 1 or more.
    upper
        θ > 0. Default 1.

    Returns
    -------
    float64[generations + 1]

    Raises
    ------
    ValueError
        If `rows` is no vector of numbers from 1 on, or `upper` is not positive and finite.

    Examples
    --------
    The relative risk of generation 10 is near 11 · 12/2, where a regular estimator has 11:

    >>> error = uniform_maximum_error([1000] * 11)
    >>> round(float(error[10] / error[0]), 1)
    65.3
    """
    # E(1 − P) and E(1 − P)² of the product P so far, each a sum of positive terms: the difference
    # of moments that are nearly 1 would have no digits left where it is of order 1/r².
    first = second = 0.0
    errors: list[float] = []
    for r in np.asarray(rows).tolist():
        both = 1 - 2 * first + second  # E P²
        second += 2 * (first - second) / (r + 1) + both * (2 / (r + 1) / (r + 2))
        first += (1 - first) / (r + 1)
        errors.append(upper**2 * second)
    return np.array(errors)
