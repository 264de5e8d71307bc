"""Logistic regression, by weighted maximum likelihood."""

import math
from typing import ClassVar, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
from jaxtyping import Array, Bool, Float, PRNGKeyArray
from scipy.special import expit

from .base import Fit, Model
from .newton import newton

_Vector = Float[Array, " p"]

# Rows of the design on which the excess log-loss is measured: more would cost more than the fits.
_MEASURED_ROWS = 1024

# Gauss–Legendre nodes on [0, 20], and their masses times twice the density of N(0, 1) at 0.
_LEGENDRE = np.polynomial.legendre.leggauss(32)
_NODES, _MASSES = 10 * (_LEGENDRE[0] + 1), 10 * _LEGENDRE[1] * math.sqrt(2 / math.pi)


class LabelledRows(NamedTuple):
    """Rows of a regression.

    Attributes
    ----------
    design
        Covariates, one row each.
    response
        Responses.
    """

    design: Float[Array, "rows p"]
    response: Float[Array, " rows"]


class LogisticRegression(Model):
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

    coefficients: Float[Array | np.ndarray, " p"]
    design: Float[Array | np.ndarray, "rows p"] | None
    penalty: Float[Array | np.ndarray, " p"]
    responses: Float[Array | np.ndarray, " rows"] | None
    _measured: Float[Array | np.ndarray, "measured p"] | None

    paper: ClassVar[str | None] = "he2025golden"

    def __init__(
        self,
        coefficients: npt.ArrayLike,
        *,
        design: npt.ArrayLike | None = None,
        penalty: npt.ArrayLike = 0.0,
        responses: npt.ArrayLike | None = None,
    ) -> None:
        self.coefficients = _finite("coefficients", np.atleast_1d(_array(coefficients)))
        if self.coefficients.ndim != 1:
            raise ValueError(f"coefficients has shape {self.coefficients.shape}: must be a vector")
        p = self.coefficients.size
        self.design = None if design is None else _design(_array(design), p)
        self.penalty = _penalty(_array(penalty), p)
        self.responses = None if responses is None else _responses(_array(responses), self.design)
        self._measured = None if self.design is None else _evenly_spaced(self.design)

    def truth(self) -> _Vector:
        """Give β."""
        return jnp.asarray(self.coefficients)

    def sample(self, key: PRNGKeyArray, parameters: _Vector, rows: int) -> LabelledRows:
        """Draw covariates, and labels from the model at `parameters`."""
        of_covariates, of_labels = jax.random.split(key)
        if self.design is None:
            shape = (rows, parameters.shape[0])
            design = jax.random.normal(of_covariates, shape, parameters.dtype)
        else:
            chosen = jax.random.randint(of_covariates, (rows,), 0, self.design.shape[0])
            design = jnp.asarray(self.design)[chosen]
        uniform = jax.random.uniform(of_labels, (rows,), parameters.dtype)
        label = uniform < jax.nn.sigmoid(design @ parameters)
        return LabelledRows(design, label.astype(parameters.dtype))

    def sample_real(self, key: PRNGKeyArray, rows: int) -> LabelledRows:
        """Draw rows of the table with their own labels, if they are known; else from β."""
        if self.design is None or self.responses is None:
            return self.sample(key, self.truth(), rows)
        chosen = jax.random.randint(jax.random.split(key)[0], (rows,), 0, self.design.shape[0])
        return LabelledRows(jnp.asarray(self.design)[chosen], jnp.asarray(self.responses)[chosen])

    def fit(self, rows: LabelledRows, weights: Float[Array, " rows"], start: _Vector) -> Fit:
        """Minimise the weighted log-loss by Newton's method."""
        side = 2 * rows.response - 1
        counts = weights > 0
        penalised = jnp.any(jnp.asarray(self.penalty) > 0)

        def separated(predictor: Float[Array, " rows"]) -> Bool[Array, ""]:
            # A plane with every row on its own side: without a penalty the loss has no minimum.
            return jnp.all(jnp.where(counts, side * predictor > 0, True)) & ~penalised

        return newton(
            _mean_and_variance,
            separated,
            rows.design,
            rows.response,
            weights,
            jnp.asarray(self.penalty, start.dtype),
            start,
        )

    def metrics(self, parameters: _Vector) -> dict[str, Float[Array, ""]]:
        """Measure ``error`` and ``excess_log_loss``."""
        difference = parameters - self.coefficients
        return {
            "error": difference @ difference,
            "excess_log_loss": self._excess_log_loss(parameters),
        }

    def row_variance(self) -> float | None:
        """Give the trace of the asymptotic covariance per real row, H⁻¹ G H⁻¹.

        H is the mean information, G the second moment of the score: where real labels come from the
        model, both are the Fisher information. None with a penalty, which makes the estimator
        biased, and where the design has dependent columns.
        """
        return self._trace_of_sandwich(self.responses)

    def synthetic_row_variance(self) -> float | None:
        """Give the same for rows with labels from the model, as synthetic rows have."""
        return self._trace_of_sandwich(None)

    def _trace_of_sandwich(
        self, responses: Float[Array | np.ndarray, " rows"] | None
    ) -> float | None:
        if np.any(np.asarray(self.penalty) > 0):
            return None
        return _trace_of_sandwich(
            np.asarray(self.coefficients, dtype=np.float64),
            None if self.design is None else np.asarray(self.design, dtype=np.float64),
            None if responses is None else np.asarray(responses, dtype=np.float64),
        )

    def _excess_log_loss(self, parameters: _Vector) -> Float[Array, ""]:
        if self._measured is not None:
            truth = jnp.asarray(self._measured) @ self.truth()
            predictor = jnp.asarray(self._measured) @ parameters
            gain = jax.nn.softplus(predictor) - jax.nn.softplus(truth)
            return jnp.mean(gain - jax.nn.sigmoid(truth) * (predictor - truth))
        # xᵀβ̂ is N(0, ‖β̂‖²), and E[σ(xᵀβ) xᵀβ̂] = (βᵀβ̂) E σ'(xᵀβ) by Stein's identity.
        truth = self.truth()
        nodes, masses = _half_normal(jnp.linalg.norm(truth))
        slope = masses @ _mean_and_variance(nodes)[1]
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


def _mean_and_variance(
    predictor: Float[Array, " rows"],
) -> tuple[Float[Array, " rows"], Float[Array, " rows"]]:
    mean = jax.nn.sigmoid(predictor)
    return mean, mean * (1 - mean)


def _trace_of_sandwich(
    coefficients: npt.NDArray[np.float64],
    design: npt.NDArray[np.float64] | None,
    responses: npt.NDArray[np.float64] | None,
) -> float | None:
    if design is None:
        information = _normal_information(coefficients)
        score = information
    else:
        mean = expit(design @ coefficients)
        variance = mean * (1 - mean)
        information = (design * variance[:, None]).T @ design / len(design)
        squared = variance if responses is None else (responses - mean) ** 2
        score = (design * squared[:, None]).T @ design / len(design)
    if np.linalg.matrix_rank(information, hermitian=True) < len(information):
        return None
    bread = np.linalg.inv(information)
    return float(np.trace(bread @ score @ bread))


def _normal_information(coefficients: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """E[σ'(xᵀβ) x xᵀ] for standard normal x: a multiple of the identity, but along β."""
    length = float(np.linalg.norm(coefficients))
    nodes = _NODES / (1 + length)  # as in _half_normal
    masses = _MASSES / (1 + length) * np.exp(-(nodes**2) / 2)
    mean = expit(nodes * length)
    slope = mean * (1 - mean)
    across, along = float(masses @ slope), float(masses @ (slope * nodes**2))
    direction = coefficients / length if length > 0 else coefficients
    return across * np.eye(coefficients.size) + (along - across) * np.outer(direction, direction)


def _array(value: npt.ArrayLike) -> npt.NDArray[np.float64]:
    return np.asarray(value, dtype=np.float64)


def _finite(name: str, value: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    if value.size == 0 or not np.all(np.isfinite(value)):
        raise ValueError(f"{name} is empty or has entries that are not finite")
    return value


def _design(design: npt.NDArray[np.float64], p: int) -> npt.NDArray[np.float64]:
    if design.ndim != 2 or design.shape[1] != p:
        raise ValueError(
            f"design has shape {design.shape}: must be (rows, {p}), a column a coefficient"
        )
    return _finite("design", design)


def _penalty(penalty: npt.NDArray[np.float64], p: int) -> npt.NDArray[np.float64]:
    if penalty.ndim > 1 or penalty.size not in (1, p):
        raise ValueError(f"penalty has shape {penalty.shape}: must be a number or have {p} entries")
    if not np.all((penalty >= 0) & np.isfinite(penalty)):
        raise ValueError(f"penalty={penalty.tolist()}: must be 0 or more, and finite")
    return np.broadcast_to(penalty, (p,)).copy()


def _responses(
    responses: npt.NDArray[np.float64], design: npt.NDArray[np.float64] | None
) -> npt.NDArray[np.float64]:
    if design is None or responses.shape != (len(design),):
        raise ValueError(
            f"responses has shape {responses.shape}: must have an entry for each row of design"
        )
    if not np.all((responses == 0) | (responses == 1)):
        raise ValueError("responses: must be 0 or 1")
    return responses


def _evenly_spaced(design: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    if len(design) <= _MEASURED_ROWS:
        return design
    return design[np.linspace(0, len(design) - 1, _MEASURED_ROWS).round().astype(int)]
