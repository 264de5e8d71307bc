"""Logistic regression, by weighted maximum likelihood."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
from jaxtyping import Array, Bool, Float, PRNGKeyArray
from scipy.special import expit

from .generalised_linear_model import GeneralisedLinearModel

_Vector = Float[Array, " p"]
_Rows = Float[Array, " rows"]

# Gauss–Legendre nodes on [0, 20], and their masses times twice the density of N(0, 1) at 0.
_LEGENDRE = np.polynomial.legendre.leggauss(32)
_NODES, _MASSES = 10 * (_LEGENDRE[0] + 1), 10 * _LEGENDRE[1] * math.sqrt(2 / math.pi)


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

    def __init__(
        self,
        coefficients: npt.ArrayLike,
        *,
        design: npt.ArrayLike | None = None,
        penalty: npt.ArrayLike = 0.0,
        responses: npt.ArrayLike | None = None,
    ) -> None:
        super().__init__(coefficients, design=design, penalty=penalty, responses=responses)

    def validate_support(self, responses: npt.NDArray[np.float64]) -> None:
        """Raise a ValueError if a label is not 0 or 1."""
        if not np.all((responses == 0) | (responses == 1)):
            raise ValueError("responses: must be 0 or 1")

    def cumulant(self, predictor: _Rows) -> _Rows:
        """Give log(1 + exp η)."""
        return jax.nn.softplus(predictor)

    def mean_and_variance(self, predictor: _Rows) -> tuple[_Rows, _Rows]:
        """Give the probability of a 1, and its variance."""
        mean = jax.nn.sigmoid(predictor)
        return mean, mean * (1 - mean)

    def draw_responses(self, key: PRNGKeyArray, predictor: _Rows) -> _Rows:
        """Draw labels."""
        uniform = jax.random.uniform(key, predictor.shape, predictor.dtype)
        return (uniform < jax.nn.sigmoid(predictor)).astype(predictor.dtype)

    def has_no_maximum(
        self, response: _Rows, counts: Bool[Array, " rows"], predictor: _Rows
    ) -> Bool[Array, ""]:
        """Whether a plane has every row that counts on its own side."""
        side = 2 * response - 1
        return jnp.all(jnp.where(counts, side * predictor > 0, True))

    def normal_information(self, coefficients: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """E[σ'(xᵀβ) x xᵀ] for standard normal x: a multiple of the identity, but along β."""
        length = float(np.linalg.norm(coefficients))
        nodes = _NODES / (1 + length)  # as in _half_normal
        masses = _MASSES / (1 + length) * np.exp(-(nodes**2) / 2)
        mean = expit(nodes * length)
        slope = mean * (1 - mean)
        across, along = float(masses @ slope), float(masses @ (slope * nodes**2))
        direction = coefficients / length if length > 0 else coefficients
        return across * np.eye(coefficients.size) + (along - across) * np.outer(
            direction, direction
        )

    def normal_excess_log_loss(self, parameters: _Vector) -> Float[Array, ""]:
        """Excess log-loss over standard normal covariates, by quadrature."""
        # xᵀβ̂ is N(0, ‖β̂‖²), and E[σ(xᵀβ) xᵀβ̂] = (βᵀβ̂) E σ'(xᵀβ) by Stein's identity.
        truth = self.truth()
        nodes, masses = _half_normal(jnp.linalg.norm(truth))
        slope = masses @ self.mean_and_variance(nodes)[1]
        gain = _mean_softplus(jnp.linalg.norm(parameters)) - _mean_softplus(jnp.linalg.norm(truth))
        return gain - slope * (truth @ (parameters - truth))


def _mean_softplus(scale: Float[Array, ""]) -> Float[Array, ""]:
    """E log(1 + exp u) for u in N(0, scale²)."""
    # log(1 + exp u) is u/2 + |u|/2 + log(1 + exp(−|u|)); the first has mean 0, the last is smooth.
    nodes, masses = _half_normal(scale)
    return scale / math.sqrt(2 * math.pi) + masses @ jnp.log1p(jnp.exp(-nodes))


def _half_normal(scale: Float[Array, ""]) -> tuple[Float[Array, " nodes"], Float[Array, " nodes"]]:
    """Give nodes u > 0 and masses for means of f(|u|) over u in N(0, scale²).

    They are for an f that varies on the scale 1 and falls exponentially, such as σ'(u): nodes reach
    as far as the narrower of f and the distribution, so that the error is below 1e-9 at every
    scale.
    """
    unit = 1 / (1 + scale)
    nodes = unit * jnp.asarray(_NODES, scale.dtype)
    masses = unit * jnp.asarray(_MASSES, scale.dtype) * jnp.exp(-(nodes**2) / 2)
    return scale * nodes, masses
