"""Logistic regression, by weighted maximum likelihood."""

import math
from functools import cached_property, lru_cache
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from jaxtyping import Float
from scipy.interpolate import BSpline, make_interp_spline
from scipy.special import expit

from .._base.compilation import kernel
from .._base.elementary import exp_double, exp_single
from .._base.kernel_arrays import kernel_rows
from .._base.random import Random
from .generalised_linear_model import GeneralisedLinearModel
from .newton import Family

_Doubles = npt.NDArray[np.float64]

# Gauss–Legendre nodes on [0, 20], and their masses times twice the density of N(0, 1) at 0.
_LEGENDRE = np.polynomial.legendre.leggauss(32)
_NODES, _MASSES = 10 * (_LEGENDRE[0] + 1), 10 * _LEGENDRE[1] * math.sqrt(2 / math.pi)

# Knots of a spline whose error is below that of the quadrature, 1e-9.
_KNOTS = 96


class LogisticRegression(GeneralisedLinearModel):
    r"""Labels y in {0, 1} with P(y = 1) = 1/(1 + exp(−xᵀβ)); weighted maximum likelihood.

    The fit minimises
    :math:`\sum_i w_i\,\ell(\beta; x_i, y_i) + \tfrac12 \sum_j \lambda_j \beta_j^2` with weights of
    sum 1, by Newton's method. Where the classes are separable the maximum likelihood estimate does
    not exist: such a fit fails, and is counted.

    Parameters
    ----------
    coefficients
        β, of shape (p,): the truth that the real labels come from.
    design
        Rows to resample covariates from, of shape (rows, p); None (default) for standard normal
        covariates. No intercept is added: give a column of ones.
    penalty
        λ, a number or one for each coefficient, 0 or more, relative to the *mean* log-loss:
        scikit-learn's C is 1/(n λ). Default 0. The truth stays β: give the penalised fit of the
        population to have what the penalised estimator tends to.
    responses
        Real labels of the rows of `design`, of shape (rows,): real data are then rows of the table
        with their own labels, and β should be the fit of the whole table. None (default): real
        labels are drawn from β.

    Raises
    ------
    ValueError
        If shapes do not fit, an entry is not finite, a penalty is negative or a response is not 0
        or 1.

    Notes
    -----
    Metrics: ``error`` is ‖β̂ − β‖². ``excess_log_loss`` is E[ℓ(β̂)] − E[ℓ(β)] under the model β: over
    standard normal covariates by quadrature, to rounding; else over the rows of `design`, of which
    1,024 evenly spaced are taken where there are more.

    Examples
    --------
    >>> import heirloom as hl
    >>> hl.models.LogisticRegression([1.0, 1.0]).row_variance().__round__(3)
    15.465
    """

    family: ClassVar[Family] = Family.LOGISTIC

    def __init__(
        self,
        coefficients: npt.ArrayLike,
        *,
        design: npt.ArrayLike | None = None,
        penalty: npt.ArrayLike = 0.0,
        responses: npt.ArrayLike | None = None,
    ) -> None:
        super().__init__(coefficients, design=design, penalty=penalty, responses=responses)

    def validate_support(self, responses: _Doubles) -> None:
        """Raise a ValueError if a label is not 0 or 1."""
        if not np.all((responses == 0) | (responses == 1)):
            raise ValueError("responses: must be 0 or 1")

    def cumulant(self, predictor: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
        """log(1 + exp η)."""
        return softplus(predictor)

    def mean_and_variance(
        self, predictor: Float[np.ndarray, "*shape"]
    ) -> tuple[Float[np.ndarray, "*shape"], Float[np.ndarray, "*shape"]]:
        """Probability of a 1, and its variance."""
        mean = expit(predictor)
        return mean, mean * expit(-predictor)

    def draw_responses(
        self, random: Random, predictor: Float[np.ndarray, "R rows"]
    ) -> Float[np.ndarray, "R rows"]:
        """Labels: 1 where a uniform number is below 1/(1 + exp(−η))."""
        uniform = random.uniform(predictor.shape[1])
        labels = np.empty_like(uniform)
        _label(kernel_rows(predictor.astype(uniform.dtype, copy=False)), uniform, labels)
        return labels

    def normal_information(self, coefficients: Float[np.ndarray, " p"]) -> Float[np.ndarray, "p p"]:
        """E[σ'(xᵀβ) x xᵀ] for standard normal x: a multiple of the identity, but along β."""
        length = float(np.linalg.norm(coefficients))
        nodes = _NODES / (1 + length)  # as in _half_normal
        masses = _MASSES / (1 + length) * np.exp(-(nodes**2) / 2)
        slope = self.mean_and_variance(nodes * length)[1]
        across, along = float(masses @ slope), float(masses @ (slope * nodes**2))
        direction = coefficients / length if length > 0 else coefficients
        return across * np.eye(coefficients.size) + (along - across) * np.outer(
            direction, direction
        )

    def normal_excess_log_loss(
        self, parameters: Float[np.ndarray, "R p"]
    ) -> Float[np.ndarray, " R"]:
        """Excess log-loss over standard normal covariates, by quadrature."""
        # xᵀβ̂ is N(0, ‖β̂‖²), and E[σ(xᵀβ) xᵀβ̂] = (βᵀβ̂) E σ'(xᵀβ) by Stein's identity.
        level, slope = self._at_truth
        length = np.sqrt(np.einsum("rj,rj->r", parameters, parameters))
        difference = parameters - self.coefficients
        along = np.einsum("rj,j->r", difference, self.coefficients)
        return _mean_softplus(length) - level - slope * along

    @cached_property
    def _at_truth(self) -> tuple[float, float]:
        """E log(1 + exp(xᵀβ)) and E σ'(xᵀβ) for standard normal x."""
        length = np.array([np.linalg.norm(self.coefficients)])
        nodes, masses = _half_normal(length)
        slope = np.sum(masses * self.mean_and_variance(nodes)[1])
        return float(_mean_softplus(length)[0]), float(slope)


def softplus(x: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """log(1 + exp x), to rounding of 1 or of itself.

    Examples
    --------
    >>> softplus(np.array([-1000.0, 0.0, 1000.0])).round(3).tolist()
    [0.0, 0.693, 1000.0]
    """
    # Several times as fast as ``np.logaddexp``.
    small = np.negative(np.abs(x))
    np.exp(small, out=small)
    small += 1
    np.log(small, out=small)
    small += np.maximum(x, 0)
    return small


def _mean_softplus(scale: Float[np.ndarray, " R"]) -> Float[np.ndarray, " R"]:
    """E log(1 + exp u) for u in N(0, scale²)."""
    # log(1 + exp u) is u/2 + |u|/2 + log(1 + exp(−|u|)); the first has mean 0.
    return scale / math.sqrt(2 * math.pi) + _mean_beyond_linear()(scale / (1 + scale))


@lru_cache(maxsize=1)
def _mean_beyond_linear() -> BSpline:
    """E log(1 + exp(−|u|)) for u in N(0, s²), as a function of s/(1 + s).

    It is smooth up to the ends, where s is 0 and infinite: the spline is as exact as the
    quadrature at its knots, and costs a third.
    """
    ratio = np.linspace(0, 1 - 1e-9, _KNOTS)
    nodes, masses = _half_normal(ratio / (1 - ratio))
    return make_interp_spline(ratio, np.einsum("rk,rk->r", masses, np.log1p(np.exp(-nodes))), k=5)


def _half_normal(
    scale: Float[np.ndarray, " R"],
) -> tuple[Float[np.ndarray, "R nodes"], Float[np.ndarray, "R nodes"]]:
    """Nodes u > 0 and masses for means of f(|u|) over u in N(0, scale²).

    They are for an f that varies on the scale 1 and falls exponentially, such as σ'(u): nodes reach
    as far as the narrower of f and the distribution, so that the error is below 1e-9 at every
    scale.
    """
    unit = 1 / (1 + scale[:, None])
    nodes = unit * _NODES
    masses = unit * _MASSES * np.exp(-(nodes**2) / 2)
    return scale[:, None] * nodes, masses


@kernel
def _label(predictor: Any, uniform: Any, labels: Any) -> None:
    """Draw 1 where a uniform number is below 1/(1 + exp(−η))."""
    # A constant of the compiled kernel, which has nothing of the other precision.
    single = np.finfo(labels.dtype).eps > 1e-10
    one, zero = labels.dtype.type(1), labels.dtype.type(0)
    for r in range(labels.shape[0]):
        for i in range(labels.shape[1]):
            eta = predictor[r, i]
            odds = exp_single(-eta) if single else exp_double(-eta)
            labels[r, i] = one if (one + odds) * uniform[r, i] < one else zero
