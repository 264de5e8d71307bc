"""Linear regression with a penalty on the size of the coefficients."""

from typing import ClassVar

import numpy as np
import numpy.typing as npt

from .._base.parameters import Number, checked
from ..laws import AcceptedResponsesLaw, Law
from .base import Fit, Interval, Status
from .linear_algebra import solve_positive
from .linear_regression import LinearParameters, LinearRegression, LinearStatistic


class RidgeRegression(LinearRegression):
    r"""Responses y = xᵀβ + ε with ε of N(0, σ²); weighted least squares with a ridge penalty.

    The fit minimises :math:`\tfrac12 \sum_d \mathrm{share}(d) \cdot \mathrm{mean}_{x \in d}
    (y - x^\top\beta)^2 + \tfrac12 \lambda \|\beta\|^2`. It is biased, and every generation shrinks
    what the one before left: with standard normal covariates and many rows, discard goes as
    :math:`\beta/(1 + \lambda)^{t+1}`, so that its error tends to :math:`\|\beta\|^2` and does not
    grow for ever. The limit law of arXiv 2410.22812 is of unbiased estimators, and its relative
    risk does not hold here.

    Parameters
    ----------
    coefficients
        β, of shape (p,): the truth that the real responses come from.
    penalty
        λ, 0 or more; at 0 the model is :class:`LinearRegression`.
    noise_scale
        σ, 0 or more. Default 1.
    design
        Rows of covariates, of shape (rows, p); None (default) for standard normal covariates.
    resample
        Whether covariates are drawn from the rows of `design`, with replacement (default True), or
        are these rows themselves.

    Raises
    ------
    ValueError
        If shapes do not fit, or a number is negative or not finite.

    Notes
    -----
    Metrics: ``error`` is ‖β̂ − β‖², to the true β, from which generation 0 is biased, too;
    ``excess_risk`` is (β̂ − β)ᵀ E[x xᵀ] (β̂ − β).

    Theory knows no law of them where the penalty is positive.

    Examples
    --------
    >>> import heirloom as hl
    >>> model = hl.models.RidgeRegression([1.0, 1.0], penalty=0.1)
    >>> model.laws()
    {}
    """

    paper: ClassVar[str | None] = "dey2024universality"

    @checked(penalty=Number(least=0))
    def __init__(
        self,
        coefficients: npt.ArrayLike,
        *,
        penalty: float,
        noise_scale: float = 1.0,
        design: npt.ArrayLike | None = None,
        resample: bool = True,
    ) -> None:
        super().__init__(coefficients, noise_scale=noise_scale, design=design, resample=resample)
        self.penalty = np.asarray(penalty, dtype=np.float64)

    def estimate(self, statistic: LinearStatistic) -> Fit:
        """Solution of the normal equations, with the penalty on the diagonal."""
        ridge = self.penalty * np.eye(statistic.moment.shape[1])
        coefficients, regular = solve_positive(statistic.gram + ridge, statistic.moment)
        noise = np.full(len(regular), self.noise_scale**2)
        status = np.where(regular, int(Status.SOLVED), int(Status.SINGULAR))
        return Fit(LinearParameters(coefficients, noise), status.astype(np.int8))

    def row_variance(self) -> float | None:
        """Variance of least squares; None with a penalty."""
        return None if float(self.penalty) else super().row_variance()

    def synthetic_row_variance(self) -> float | None:
        """The same for rows with responses from the model."""
        return None if float(self.penalty) else super().synthetic_row_variance()

    def accepted_law(self, interval: Interval) -> AcceptedResponsesLaw:
        """Law of least squares; a ValueError with a penalty."""
        if float(self.penalty):
            raise ValueError(
                f"penalty={float(self.penalty):g}: theory of verified data takes least squares; "
                "simulate it"
            )
        return super().accepted_law(interval)

    def laws(self) -> dict[str, Law]:
        """Laws of least squares; none with a penalty."""
        return {} if float(self.penalty) else super().laws()
