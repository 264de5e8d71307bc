"""Linear regression, by weighted least squares."""

from typing import ClassVar, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
from jaxtyping import Array, Float, Int, PRNGKeyArray

from ..laws import AcceptedResponsesLaw, ErrorLaw, ErrorTerm, Law
from .base import AcceptedRows, Fit, Interval, Status, SufficientModel
from .covariates import (
    LabelledRows,
    draw_covariates,
    draw_numbers,
    sandwich,
    validate_coefficients,
    validate_design,
    validate_responses,
)
from .linear_algebra import solve_positive
from .truncated_normal import probability_between, truncated_normal
from .wishart import wishart_root


class LinearParameters(NamedTuple):
    """A linear model.

    Attributes
    ----------
    coefficients
        β.
    noise_variance
        σ².
    """

    coefficients: Float[Array, " p"]
    noise_variance: Float[Array, ""]


class LinearStatistic(NamedTuple):
    """Means over the rows of a dataset.

    Attributes
    ----------
    gram
        Of x xᵀ.
    moment
        Of x y.
    noise_variance
        Unbiased residual variance of the dataset's own least squares fit; 0 where it is not
        estimated.
    """

    gram: Float[Array, "p p"]
    moment: Float[Array, " p"]
    noise_variance: Float[Array, ""]


class LinearRegression(SufficientModel):
    r"""Responses y = xᵀβ + ε with ε of N(0, σ²); weighted least squares.

    The fit minimises :math:`\sum_d \mathrm{share}(d) \cdot \mathrm{mean}_{x \in d}
    (y - x^\top\beta)^2`. Where the noise is estimated, its variance is the mixture of the unbiased
    residual variances of the datasets.

    Parameters
    ----------
    coefficients
        β, of shape (p,): the truth that the real responses come from.
    noise_scale
        σ, 0 or more. Default 1.
    design
        Rows of covariates, of shape (rows, p); None (default) for standard normal covariates. No
        intercept is added: give a column of ones.
    responses
        Real responses of the rows of `design`: real data are then rows of the table with their own
        responses, and β and σ should be the fit of the whole table. None (default): real responses
        are drawn from β and σ.
    estimate_noise
        Whether every generation estimates σ, too, and the next synthetic responses have that noise.
        Default False: σ is known.
    resample
        Whether covariates are drawn from the rows of `design`, with replacement (default True), or
        are these rows themselves, in their order and over again: the fixed design.

    Raises
    ------
    ValueError
        If shapes do not fit or an entry is not finite.

    Notes
    -----
    Metrics: ``error`` is ‖β̂ − β‖²; ``excess_risk`` is (β̂ − β)ᵀ E[x xᵀ] (β̂ − β), by which the
    squared error of a prediction exceeds its least; ``noise_error`` is (σ̂² − σ²)², where the noise
    is estimated.

    Theory of the coefficients is exact at every sample size for a fixed design, and for a Gaussian
    design where every generation is fitted on one dataset: a dataset of r rows then adds
    pσ²/(r − p − 1) to the error, which is infinite for r ≤ p + 1.

    A singular design matrix has no least squares fit, and a dataset of p rows or fewer has no
    residual variance: such fits fail, and are counted.

    Examples
    --------
    >>> import heirloom as hl
    >>> hl.models.LinearRegression([1.0, 1.0], noise_scale=2.0).row_variance()
    8.0
    """

    coefficients: Float[Array | np.ndarray, " p"]
    noise_scale: Float[Array | np.ndarray, ""]
    design: Float[Array | np.ndarray, "rows p"] | None
    responses: Float[Array | np.ndarray, " rows"] | None
    estimate_noise: bool
    resample: bool
    _gram: Float[Array | np.ndarray, "p p"]

    paper: ClassVar[str | None] = "he2025golden"

    def __init__(
        self,
        coefficients: npt.ArrayLike,
        *,
        noise_scale: float = 1.0,
        design: npt.ArrayLike | None = None,
        responses: npt.ArrayLike | None = None,
        estimate_noise: bool = False,
        resample: bool = True,
    ) -> None:
        self.coefficients = validate_coefficients(coefficients)
        self.noise_scale = np.asarray(noise_scale, dtype=np.float64)
        if self.noise_scale.ndim or not 0 <= self.noise_scale < np.inf:
            raise ValueError(f"noise_scale={noise_scale!r}: must be a number, 0 or more")
        p = self.coefficients.size
        self.design = validate_design(design, p)
        self.responses = validate_responses(responses, self.design)
        self.estimate_noise = bool(estimate_noise)
        self.resample = bool(resample)
        if self.design is None and not self.resample:
            raise ValueError("resample=False: is for a fixed design; give the rows of design")
        if self.responses is not None and not self.resample:
            raise ValueError("resample=False: with responses, every real dataset would be the same")
        rows = self.design
        self._gram = np.eye(p) if rows is None else rows.T @ rows / len(rows)

    @property
    def has_law(self) -> bool:
        """Whether covariates are normal, so that the Gram matrix is Wishart."""
        return self.design is None

    def truth(self) -> LinearParameters:
        """Give β and σ²."""
        return LinearParameters(jnp.asarray(self.coefficients), jnp.asarray(self.noise_scale) ** 2)

    def sample(self, key: PRNGKeyArray, parameters: LinearParameters, rows: int) -> LabelledRows:
        """Draw covariates, and responses from the model at `parameters`."""
        of_covariates, of_noise = jax.random.split(key)
        beta = parameters.coefficients
        if self.design is None or self.resample:
            design = draw_covariates(of_covariates, self.design, rows, len(beta), beta.dtype)
        else:
            design = jnp.asarray(self.design)[self._in_order(rows)]
        noise = jnp.sqrt(parameters.noise_variance) * jax.random.normal(
            of_noise, (rows,), beta.dtype
        )
        return LabelledRows(design, design @ beta + noise)

    @property
    def rows_in_place(self) -> bool:
        """Whether the design is fixed."""
        return not self.resample

    @property
    def draws_accepted(self) -> bool:
        """Whether the covariates come from given rows, so that those accepted have a known law."""
        return self.design is not None

    def sample_accepted(
        self, key: PRNGKeyArray, parameters: LinearParameters, rows: int, interval: Interval
    ) -> AcceptedRows:
        """Draw rows whose responses lie in an interval, by their law.

        The responses are truncated normal. Rows that are resampled are drawn in proportion to
        their chance of acceptance; each row of a fixed design is answered until it is accepted.
        """
        if self.design is None:
            raise ValueError("design=None: the law of accepted rows is known for given rows only")
        of_covariates, of_noise = jax.random.split(key)
        table = jnp.asarray(self.design)
        centre = table @ parameters.coefficients
        scale = jnp.sqrt(parameters.noise_variance)
        tiny = jnp.finfo(table.dtype).tiny
        low, high = ((bound - centre) / jnp.maximum(scale, tiny) for bound in interval(table))
        chance = probability_between(low, high)
        if self.resample:
            total = jnp.cumsum(chance)
            drawn = total[-1] * jax.random.uniform(of_covariates, (rows,), table.dtype)
            chosen = jnp.minimum(jnp.searchsorted(total, drawn, side="right"), len(table) - 1)
            acceptance = jnp.broadcast_to(total[-1] / len(table), (rows,))
        else:
            chosen = self._in_order(rows)
            acceptance = chance[chosen]
        uniform = jax.random.uniform(of_noise, (rows,), table.dtype, minval=tiny)
        noise = scale * truncated_normal(uniform, low[chosen], high[chosen])
        return AcceptedRows(LabelledRows(table[chosen], centre[chosen] + noise), acceptance)

    def sample_real(self, key: PRNGKeyArray, rows: int) -> LabelledRows:
        """Draw rows of the table with their own responses, if they are known; else from β."""
        if self.design is None or self.responses is None:
            return self.sample(key, self.truth(), rows)
        of_covariates = jax.random.split(key)[0]
        chosen = (
            draw_numbers(of_covariates, self.design, rows)
            if self.resample
            else self._in_order(rows)
        )
        return LabelledRows(jnp.asarray(self.design)[chosen], jnp.asarray(self.responses)[chosen])

    def statistic(self, rows: LabelledRows, weights: Float[Array, " rows"]) -> LinearStatistic:
        """Weighted means, and the residual variance of the dataset's own fit."""
        weighted = rows.design * weights[:, None]
        gram, moment = weighted.T @ rows.design, rows.response @ weighted
        if not self.estimate_noise:
            return LinearStatistic(gram, moment, jnp.zeros((), gram.dtype))
        own, regular = solve_positive(gram, moment)
        residual = rows.response - rows.design @ own
        # The share of the variance that the fit leaves; exact where weights are equal.
        left = 1 - len(own) * (weights @ weights)
        known = regular & (left > len(own) * jnp.finfo(left.dtype).eps)
        variance = (weights @ residual**2) / jnp.where(known, left, 1)
        return LinearStatistic(gram, moment, jnp.where(known, variance, jnp.nan))

    def sample_statistic(
        self, key: PRNGKeyArray, parameters: LinearParameters, rows: Int[Array, ""]
    ) -> LinearStatistic:
        """Draw the Gram matrix as Wishart, the moment as normal and the residual variance as χ²."""
        of_gram, of_moment, of_residual = jax.random.split(key, 3)
        beta, variance = parameters
        count = rows.astype(beta.dtype)
        root = wishart_root(of_gram, rows, len(beta), beta.dtype) / jnp.sqrt(count)
        gram = root @ root.T
        noise = root @ jax.random.normal(of_moment, beta.shape, beta.dtype)
        moment = gram @ beta + jnp.sqrt(variance / count) * noise
        if not self.estimate_noise:
            return LinearStatistic(gram, moment, jnp.zeros((), gram.dtype))
        freedom = (rows - len(beta)).astype(beta.dtype)
        present = freedom > 0
        shape = jnp.where(present, freedom, 1) / 2
        square = 2 * jax.random.gamma(of_residual, shape, dtype=beta.dtype)
        ratio = jnp.where(present, square / jnp.where(present, freedom, 1), jnp.nan)
        return LinearStatistic(gram, moment, variance * ratio)

    def estimate(self, statistic: LinearStatistic) -> Fit:
        """Solve the normal equations."""
        coefficients, regular = solve_positive(statistic.gram, statistic.moment)
        known = jnp.isfinite(statistic.noise_variance)
        noise = (
            statistic.noise_variance
            if self.estimate_noise
            else jnp.asarray(self.noise_scale, coefficients.dtype) ** 2
        )
        status = jnp.select(
            [~regular, ~known],
            [int(Status.SINGULAR), int(Status.TOO_FEW_ROWS)],
            int(Status.SOLVED),
        )
        return Fit(LinearParameters(coefficients, noise), status)

    def metrics(self, parameters: LinearParameters) -> dict[str, Float[Array, ""]]:
        """Measure ``error``, ``excess_risk`` and, where it is estimated, ``noise_error``."""
        difference = parameters.coefficients - self.coefficients
        measured = {
            "error": difference @ difference,
            "excess_risk": difference @ jnp.asarray(self._gram) @ difference,
        }
        if self.estimate_noise:
            measured["noise_error"] = (parameters.noise_variance - self.noise_scale**2) ** 2
        return measured

    def row_variance(self) -> float | None:
        """Give the trace of the asymptotic covariance per real row, G⁻¹ E[ε² x xᵀ] G⁻¹.

        G is E[x xᵀ]. None where the design has dependent columns.
        """
        return _trace_or_none(sandwich(self._double(self._gram), self._score(self.responses)))

    def synthetic_row_variance(self) -> float | None:
        """Give the same for rows with responses from the model: σ² tr G⁻¹."""
        return _trace_or_none(sandwich(self._double(self._gram), self._score(None)))

    def laws(self) -> dict[str, Law]:
        """Give the laws of the errors of the coefficients and of the noise."""
        gram = self._double(self._gram)
        real = sandwich(gram, self._score(self.responses))
        synthetic = sandwich(gram, self._score(None))
        if real is None or synthetic is None:
            return {}
        laws: dict[str, Law] = {
            "error": self._law_of_coefficients(np.trace(real), np.trace(synthetic)),
            "excess_risk": self._law_of_coefficients(
                np.trace(gram @ real), np.trace(gram @ synthetic)
            ),
        }
        if self.estimate_noise:
            laws["noise_error"] = self._law_of_noise()
        return laws

    def accepted_law(self, interval: Interval) -> AcceptedResponsesLaw:
        """Give the law of ``error`` where synthetic responses are accepted by an interval.

        Parameters
        ----------
        interval
            From rows of covariates to the least and the greatest response that is accepted.

        Raises
        ------
        ValueError
            If the design is not fixed, the noise is estimated, or the interval is empty.
        """
        if self.design is None or self.resample or self.estimate_noise:
            raise ValueError(
                "model=LinearRegression: theory of verified data takes a fixed design "
                "(design=rows, resample=False) and a known noise_scale; simulate it"
            )
        with jax.enable_x64(True):
            design = jnp.asarray(self._double(self.design))
            low, high = (np.asarray(bound) for bound in interval(design))
        if not np.all(low < high):
            raise ValueError(
                "verifier: accepts no response at some row of the design; give it a larger radius "
                "or slack"
            )
        return AcceptedResponsesLaw(
            np.asarray(design), self._double(self.coefficients), float(self.noise_scale), low, high
        )

    def _law_of_coefficients(self, real: float, synthetic: float) -> ErrorLaw:
        limit = ErrorTerm(float(real), synthetic_ratio=float(synthetic / real) if real else 1.0)
        if self.responses is not None:
            return ErrorLaw(limit)
        if self.design is None:
            term = ErrorTerm(float(real), lost=self.coefficients.size + 1)
            return ErrorLaw(limit, (term,), drawn=False, mixed=False)
        if self.resample:
            return ErrorLaw(limit)
        return ErrorLaw(limit, (limit,), drawn=False, multiple_of=len(self.design))

    def _law_of_noise(self) -> ErrorLaw:
        variance = float(self.noise_scale) ** 2
        synthetic = 2 * variance**2
        if self.design is None or self.responses is None:
            term = ErrorTerm(synthetic, curvature=2.0, lost=self.coefficients.size)
            exact = (term,) if self.design is None or not self.resample else ()
            return ErrorLaw(ErrorTerm(synthetic), exact, drawn=False)
        residual = np.asarray(self.responses) - np.asarray(self.design) @ np.asarray(
            self.coefficients
        )
        real = float(np.var(self._double(residual) ** 2))
        return ErrorLaw(ErrorTerm(real, synthetic_ratio=synthetic / real if real else 1.0))

    def _score(
        self, responses: Float[Array | np.ndarray, " rows"] | None
    ) -> npt.NDArray[np.float64]:
        """Second moment of x ε."""
        if responses is None or self.design is None:
            return float(self.noise_scale) ** 2 * self._double(self._gram)
        design = self._double(self.design)
        residual = self._double(responses) - design @ self._double(self.coefficients)
        return (design * residual[:, None] ** 2).T @ design / len(design)

    def _in_order(self, rows: int) -> npt.NDArray[np.int64]:
        return np.arange(rows) % (rows if self.design is None else self.design.shape[0])

    @staticmethod
    def _double(array: Float[Array | np.ndarray, "..."]) -> npt.NDArray[np.float64]:
        return np.asarray(array, dtype=np.float64)


def _trace_or_none(covariance: npt.NDArray[np.float64] | None) -> float | None:
    return None if covariance is None else float(np.trace(covariance))
