"""Poisson regression, by weighted maximum likelihood."""

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from .._base.random import Random
from .generalised_linear_model import GeneralisedLinearModel
from .newton import LARGEST_PREDICTOR, Family
from .poisson_quantile import poisson_quantile


class PoissonRegression(GeneralisedLinearModel):
    r"""Counts y with mean exp(xᵀβ); weighted maximum likelihood.

    The fit minimises :math:`\sum_i w_i\,(e^{x_i^\top\beta} - y_i x_i^\top\beta) + \tfrac12
    \sum_j \lambda_j \beta_j^2` with weights of sum 1, by Newton's method. Where every count is 0
    the maximum likelihood estimate does not exist: such a fit fails, and is counted.

    Parameters
    ----------
    coefficients
        β, of shape (p,): the truth that the real counts come from.
    design
        Rows to resample covariates from, of shape (rows, p); None (default) for standard normal
        covariates. No intercept is added: give a column of ones.
    penalty
        λ, a number or one for each coefficient, 0 or more, relative to the *mean* loss. Default 0.
        The truth stays β: give the penalised fit of the population to have what the penalised
        estimator tends to.
    responses
        Real counts of the rows of `design`, of shape (rows,): real data are then rows of the table
        with their own counts, and β should be the fit of the whole table. None (default): real
        counts are drawn from β.

    Raises
    ------
    ValueError
        If shapes do not fit, an entry is not finite, a penalty is negative, a response is not a
        whole number, 0 or more, or the mean count is above exp(60).

    Notes
    -----
    Metrics: ``error`` is ‖β̂ − β‖². ``excess_log_loss`` is E[ℓ(β̂)] − E[ℓ(β)] under the model β, half
    of the excess deviance: over standard normal covariates in closed form; else over the rows of
    `design`, of which 1,024 evenly spaced are taken where there are more.

    Theory is the limit of large samples; with n = 100, p = 2 and β = (1, 1) the error of a fit is
    34 % above it, and that of the golden weight in the long run 23 %. Counts are drawn by
    inversion, exactly up to a mean of 12 and beyond to a total variation distance of 1e-4 at most.

    Examples
    --------
    >>> import heirloom as hl
    >>> hl.models.PoissonRegression([1.0, 1.0]).row_variance().__round__(4)  # e⁻¹(1 + 1/3)
    0.4905
    """

    family: ClassVar[Family] = Family.POISSON

    def __init__(
        self,
        coefficients: npt.ArrayLike,
        *,
        design: npt.ArrayLike | None = None,
        penalty: npt.ArrayLike = 0.0,
        responses: npt.ArrayLike | None = None,
    ) -> None:
        super().__init__(coefficients, design=design, penalty=penalty, responses=responses)
        beta = self.coefficients
        largest = beta @ beta / 2 if self.design is None else np.max(self.design @ beta)
        if largest > LARGEST_PREDICTOR:
            raise ValueError(
                f"coefficients: mean counts of exp({largest:.3g}) are too large to simulate; scale "
                "the columns or the coefficients down"
            )

    def validate_support(self, responses: npt.NDArray[np.float64]) -> None:
        """Raise a ValueError if a count is negative or not whole."""
        if not np.all((responses >= 0) & (responses == np.floor(responses))):
            raise ValueError("responses: must be counts, whole numbers, 0 or more")

    def cumulant(self, predictor: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
        """The mean, exp η."""
        with np.errstate(over="ignore"):
            return np.exp(predictor)

    def mean_and_variance(
        self, predictor: Float[np.ndarray, "*shape"]
    ) -> tuple[Float[np.ndarray, "*shape"], Float[np.ndarray, "*shape"]]:
        """The value of exp η, twice."""
        mean = np.exp(np.minimum(predictor, LARGEST_PREDICTOR))
        return mean, mean

    def draw_responses(
        self, random: Random, predictor: Float[np.ndarray, "R rows"]
    ) -> Float[np.ndarray, "R rows"]:
        """Counts by inversion."""
        # Not cut: a count beyond all numbers is infinite, and its fit a failure.
        return poisson_quantile(random.uniform(predictor.shape[1]), self.cumulant(predictor))

    def normal_information(self, coefficients: Float[np.ndarray, " p"]) -> Float[np.ndarray, "p p"]:
        """E[exp(xᵀβ) x xᵀ] for standard normal x: exp(‖β‖²/2)(I + ββᵀ)."""
        scale = np.exp(coefficients @ coefficients / 2)
        return scale * (np.eye(coefficients.size) + np.outer(coefficients, coefficients))

    def normal_excess_log_loss(
        self, parameters: Float[np.ndarray, "R p"]
    ) -> Float[np.ndarray, " R"]:
        """Excess log-loss over standard normal covariates: E exp(xᵀβ̂) is exp(‖β̂‖²/2)."""
        truth = self.coefficients
        squares = np.einsum("rj,rj->r", parameters, parameters)
        with np.errstate(over="ignore"):
            growth = np.expm1((squares - truth @ truth) / 2)
        return np.exp(truth @ truth / 2) * (growth - (parameters - truth) @ truth)
