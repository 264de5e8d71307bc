"""The centre of a symmetric distribution, by four estimators."""

import math
from typing import ClassVar

import numpy as np
from jaxtyping import Float

from .._base.parameters import Choice, Number, checked
from .._base.random import Random
from ..laws import ErrorLaw, Law
from .base import Fit, Model
from .distribution import (
    SYMMETRIC_NAMES,
    SymmetricDistribution,
    symmetric_distribution_named,
)
from .location_estimators import (
    huber_location,
    huber_variance,
    mean_variance,
    median_variance,
    trimmed_mean,
    trimmed_variance,
    weighted_mean,
    weighted_median,
)

_ESTIMATORS = ("mean", "median", "trimmed", "huber")
_Rows = Float[np.ndarray, "R rows"]
_Locations = Float[np.ndarray, " R"]


class Location(Model):
    r"""Rows are θ plus a draw of a standard distribution, symmetric about 0; the truth is θ = 0.

    All estimators have the same relative risk in the limit of large samples, that of
    arXiv 2410.22812, whatever the distribution; they differ in the variance V of a row:

    ===========  ================================================  =====================
    estimator    of weighted rows                                  V
    ===========  ================================================  =====================
    ``mean``     Σ w x                                             the distribution's
    ``median``   middle of where no more than ½ is on either side  1/(4 f(0)²)
    ``trimmed``  mean without a share α of the weight at each end  of Winsorised rows
    ``huber``    root of Σ w ψ(x − θ), ψ(u) = u cut off at ±k      E ψ²/(E ψ')²
    ===========  ================================================  =====================

    Parameters
    ----------
    distribution
        ``"normal"``, ``"laplace"``, ``"logistic"`` or ``"student_t"``, in standard form: scale 1,
        which is known.
    estimator
        ``"mean"`` (default), ``"median"``, ``"trimmed"`` or ``"huber"``.
    degrees
        Degrees of freedom of ``"student_t"``, 1 or more. Default 3.
    trim
        α of ``"trimmed"``, above 0 and below ½. Default 0.1.
    tuning
        k of ``"huber"``, above 0. Default 1.345, which has 95 % efficiency where rows are normal.

    Raises
    ------
    ValueError
        If a name is not known or a number out of range; or if the mean is to be taken of rows
        without a variance (``"student_t"`` of 2 degrees or fewer).

    Notes
    -----
    Metrics: ``error`` is θ̂². Theory is exact at every sample size for the mean, and for the others
    the limit of large samples. At n rows it is off by a share of order 1/n; that of the median of
    Laplace rows, whose density has a cusp where it is estimated, is 1.6/√n at generation 0.

    Examples
    --------
    The median needs π/2 times as many normal rows as the mean, and fewer of Laplace's:

    >>> import heirloom as hl
    >>> round(hl.models.Location("normal", estimator="median").row_variance(), 4)
    1.5708
    >>> hl.models.Location("laplace", estimator="median").row_variance()
    1.0
    >>> hl.models.Location("laplace", estimator="mean").row_variance()
    2.0
    """

    paper: ClassVar[str | None] = "dey2024universality"

    @checked(
        distribution=Choice(*SYMMETRIC_NAMES),
        estimator=Choice(*_ESTIMATORS),
        degrees=Number(least=1),
        trim=Number(above=0, below=0.5),
        tuning=Number(above=0),
    )
    def __init__(
        self,
        distribution: str,
        *,
        estimator: str = "mean",
        degrees: float = 3.0,
        trim: float = 0.1,
        tuning: float = 1.345,
    ) -> None:
        self.distribution, self.estimator = distribution, estimator
        self.degrees, self.trim, self.tuning = degrees, trim, tuning
        if estimator == "mean" and math.isinf(self._noise.variance):
            raise ValueError(
                f"estimator='mean': Student's t of degrees={degrees!r} has no variance; must have "
                "more than 2 degrees, or take the median, trimmed or huber"
            )

    def truth(self) -> Float[np.ndarray, ""]:
        """0."""
        return np.zeros(())

    def sample(self, random: Random, parameters: _Locations, rows: int) -> _Rows:
        """Rows about the location `parameters`."""
        return parameters[:, None] + self._noise.sample(random, rows)

    def fit(self, rows: _Rows, weights: _Rows, start: _Locations) -> Fit:
        """Estimate of the location."""
        if self.estimator == "mean":
            return weighted_mean(rows, weights)
        if self.estimator == "median":
            return weighted_median(rows, weights)
        if self.estimator == "trimmed":
            return trimmed_mean(rows, weights, trim=self.trim)
        return huber_location(rows, weights, start, tuning=self.tuning)

    def metrics(self, parameters: _Locations) -> dict[str, _Locations]:
        """``error``."""
        return {"error": parameters**2}

    def row_variance(self) -> float:
        """V, the asymptotic variance of the estimator per row."""
        if self.estimator == "mean":
            return mean_variance(self._noise)
        if self.estimator == "median":
            return median_variance(self._noise)
        if self.estimator == "trimmed":
            return trimmed_variance(self._noise, trim=self.trim)
        return huber_variance(self._noise, tuning=self.tuning)

    def laws(self) -> dict[str, Law]:
        """Law of ``error``: exact for the mean, else the limit."""
        curvature = 0.0 if self.estimator == "mean" else None
        return {"error": ErrorLaw.of_mean(self.row_variance(), curvature=curvature)}

    @property
    def _noise(self) -> SymmetricDistribution:
        return symmetric_distribution_named(self.distribution, degrees=self.degrees)
