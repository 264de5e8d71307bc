"""Linear regression, by weighted least squares."""

from typing import ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from .._base.parameters import Flag, Number, Optional, checked
from .._base.random import Random
from ..laws import AcceptedResponsesLaw, ErrorLaw, ErrorTerm, Law
from .accepted_responses import BoundedResponses, accepted_by_law, accepted_by_trial
from .base import AcceptedRows, Fit, Interval, Status, SufficientModel
from .covariates import (
    COEFFICIENTS,
    DESIGN,
    RESPONSES,
    LabelledRows,
    draw_covariates,
    draw_numbers,
    matched_design,
    matched_responses,
    rows_of,
    sandwich,
)
from .least_squares import linear_predictor, normal_equations
from .linear_algebra import solve_positive, square_of
from .weighted_rows import weighted_sum
from .wishart import wishart_root


class LinearParameters(NamedTuple):
    """Linear models.

    Attributes
    ----------
    coefficients
        β, of shape (R, p).
    noise_variance
        σ², of shape (R,).
    """

    coefficients: Float[np.ndarray, "*R p"]
    noise_variance: Float[np.ndarray, "*R"]


class LinearStatistic(NamedTuple):
    """Means over the rows of a dataset.

    Attributes
    ----------
    gram
        Of x xᵀ, of shape (R, p, p).
    moment
        Of x y, of shape (R, p).
    noise_variance
        Unbiased residual variance of the dataset's own least squares fit, of shape (R,); 0 where it
        is not estimated.
    """

    gram: Float[np.ndarray, "R p p"]
    moment: Float[np.ndarray, "R p"]
    noise_variance: Float[np.ndarray, " R"]


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

    paper: ClassVar[str | None] = "he2025golden"

    @checked(
        coefficients=COEFFICIENTS,
        noise_scale=Number(least=0),
        design=Optional(DESIGN),
        responses=Optional(RESPONSES),
        estimate_noise=Flag(),
        resample=Flag(),
    )
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
        self.coefficients = np.atleast_1d(np.asarray(coefficients, dtype=np.float64))
        self.noise_scale = np.asarray(noise_scale, dtype=np.float64)
        p = self.coefficients.size
        self.design = None if design is None else matched_design(design, p)
        self.responses = None if responses is None else matched_responses(responses, self.design)
        self.estimate_noise, self.resample = estimate_noise, resample
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

    @property
    def rows_in_place(self) -> bool:
        """Whether the design is fixed."""
        return not self.resample

    @property
    def draws_accepted(self) -> bool:
        """Whether the covariates come from given rows, so that those accepted have a known law."""
        return self.design is not None

    def truth(self) -> LinearParameters:
        """β and σ²."""
        return LinearParameters(self.coefficients, self.noise_scale**2)

    def sample(self, random: Random, parameters: LinearParameters, rows: int) -> LabelledRows:
        """Covariates, and responses from the model at `parameters`."""
        coefficients, variance = parameters
        if self.design is None or self.resample:
            design = draw_covariates(random, self.design, rows, self.coefficients.size)
        else:
            design = self._fixed(self.design, random.replicates, rows)
        noise = np.sqrt(variance)[:, None] * random.normal(rows)
        return LabelledRows(design, linear_predictor(design, coefficients) + noise)

    def sample_accepted(
        self,
        random: Random,
        parameters: LinearParameters,
        rows: int,
        interval: Interval,
        *,
        by_trial: bool,
        most: int,
    ) -> AcceptedRows:
        """Rows whose responses lie in an interval.

        By their law, responses are truncated normal, and the numbers of candidates geometric. Rows
        that are resampled are drawn in proportion to their chance of acceptance; each row of a
        fixed design is answered until it is accepted.
        """
        if self.design is None:
            raise ValueError("design=None: the law of accepted rows is known for given rows only")
        scale = np.sqrt(parameters.noise_variance)
        low, high = interval(self.design)
        table = self._fixed(self.design, random.replicates, len(self.design))
        centre = linear_predictor(table, parameters.coefficients)
        responses = BoundedResponses(centre, scale, low, high)
        if by_trial:
            drawn = accepted_by_trial(random, responses, rows, resample=self.resample, most=most)
        else:
            drawn = accepted_by_law(random, responses, rows, resample=self.resample)
        if self.resample:
            design = rows_of(self.design, drawn.numbers, random.dtype)
        else:
            design = self._fixed(self.design, random.replicates, rows)
        return AcceptedRows(LabelledRows(design, drawn.response), drawn.tries)

    def sample_real(self, random: Random, rows: int) -> LabelledRows:
        """Rows of the table with their own responses, if they are known; else from β."""
        if self.design is None or self.responses is None:
            return super().sample_real(random, rows)
        # Responses are refused where the design is fixed.
        chosen = draw_numbers(random, self.design, rows)
        return LabelledRows(rows_of(self.design, chosen, random.dtype), self.responses[chosen])

    def statistic(
        self, rows: LabelledRows, weights: Float[np.ndarray, "R rows"]
    ) -> LinearStatistic:
        """Weighted means, and the residual variance of the dataset's own fit."""
        gram, moment = normal_equations(rows.design, rows.response, weights)
        if not self.estimate_noise:
            return LinearStatistic(gram, moment, np.zeros(len(moment)))
        own, regular = solve_positive(gram, moment)
        residual = rows.response - linear_predictor(rows.design, own)
        p = moment.shape[1]
        # The share of the variance that the fit leaves; exact where weights are equal.
        left = 1 - p * weighted_sum(weights, weights)
        known = regular & (left > p * np.finfo(weights.dtype).eps)
        variance = weighted_sum(residual**2, weights) / np.where(known, left, 1)
        return LinearStatistic(gram, moment, np.where(known, variance, np.nan))

    def sample_statistic(
        self, random: Random, parameters: LinearParameters, rows: int
    ) -> LinearStatistic:
        """Gram matrix by Wishart's law, moment by the normal, residual variance by χ²."""
        coefficients, variance = parameters
        p = coefficients.shape[1]
        root = wishart_root(random, rows, p) / np.sqrt(rows)
        gram = square_of(root)
        noise = np.sqrt(variance / rows)[:, None] * np.einsum("rij,rj->ri", root, random.normal(p))
        moment = np.einsum("rij,rj->ri", gram, coefficients) + noise
        if not self.estimate_noise:
            return LinearStatistic(gram, moment, np.zeros(len(moment)))
        freedom = rows - p
        if freedom <= 0:
            return LinearStatistic(gram, moment, np.full(len(moment), np.nan))
        square = 2 * random.generator().standard_gamma(freedom / 2, size=len(moment))
        return LinearStatistic(gram, moment, variance * square / freedom)

    def estimate(self, statistic: LinearStatistic) -> Fit:
        """Solution of the normal equations."""
        coefficients, regular = solve_positive(statistic.gram, statistic.moment)
        known = np.isfinite(statistic.noise_variance)
        noise = (
            statistic.noise_variance
            if self.estimate_noise
            else np.full(len(known), self.noise_scale**2)
        )
        status = np.select(
            [~regular, ~known],
            [int(Status.SINGULAR), int(Status.TOO_FEW_ROWS)],
            int(Status.SOLVED),
        )
        return Fit(LinearParameters(coefficients, noise), status.astype(np.int8))

    def metrics(self, parameters: LinearParameters) -> dict[str, Float[np.ndarray, " R"]]:
        """``error``, ``excess_risk`` and, where it is estimated, ``noise_error``."""
        difference = parameters.coefficients - self.coefficients
        measured = {
            "error": np.sum(difference**2, axis=1),
            "excess_risk": np.einsum("ri,ij,rj->r", difference, self._gram, difference),
        }
        if self.estimate_noise:
            measured["noise_error"] = (parameters.noise_variance - self.noise_scale**2) ** 2
        return measured

    def row_variance(self) -> float | None:
        """Trace of the asymptotic covariance per real row, G⁻¹ E[ε² x xᵀ] G⁻¹.

        G is E[x xᵀ]. None where the design has dependent columns.
        """
        return _trace_or_none(sandwich(self._gram, self._score(self.responses)))

    def synthetic_row_variance(self) -> float | None:
        """The same for rows with responses from the model: σ² tr G⁻¹."""
        return _trace_or_none(sandwich(self._gram, self._score(None)))

    def laws(self) -> dict[str, Law]:
        """Laws of the errors of the coefficients and of the noise."""
        gram = self._gram
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
        """Law of ``error`` where synthetic responses are accepted by an interval.

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
        low, high = interval(self.design)
        if not np.all(low < high):
            raise ValueError(
                "verifier: accepts no response at some row of the design; give it a larger radius "
                "or slack"
            )
        return AcceptedResponsesLaw(
            self.design,
            self.coefficients,
            float(self.noise_scale),
            np.asarray(low, dtype=np.float64),
            np.asarray(high, dtype=np.float64),
        )

    def _law_of_coefficients(self, real: float, synthetic: float) -> ErrorLaw:
        limit = ErrorTerm(float(real), synthetic_ratio=float(synthetic / real) if real else 1.0)
        if self.responses is not None:
            return ErrorLaw(limit)
        if self.design is None:
            term = ErrorTerm(float(real), lost=self.coefficients.size + 1)
            return ErrorLaw(limit, (term,), subsampled=False, mixed=False)
        if self.resample:
            return ErrorLaw(limit)
        return ErrorLaw(limit, (limit,), subsampled=False, multiple_of=len(self.design))

    def _law_of_noise(self) -> ErrorLaw:
        variance = float(self.noise_scale) ** 2
        synthetic = 2 * variance**2
        if self.design is None or self.responses is None:
            term = ErrorTerm(synthetic, curvature=2.0, lost=self.coefficients.size)
            exact = (term,) if self.design is None or not self.resample else ()
            return ErrorLaw(ErrorTerm(synthetic), exact, subsampled=False)
        residual = self.responses - self.design @ self.coefficients
        real = float(np.var(residual**2))
        return ErrorLaw(ErrorTerm(real, synthetic_ratio=synthetic / real if real else 1.0))

    def _score(self, responses: npt.NDArray[np.float64] | None) -> npt.NDArray[np.float64]:
        """Second moment of x ε."""
        if responses is None or self.design is None:
            return float(self.noise_scale) ** 2 * self._gram
        residual = responses - self.design @ self.coefficients
        return (self.design * residual[:, None] ** 2).T @ self.design / len(self.design)

    @staticmethod
    def _fixed(
        design: npt.NDArray[np.float64], replicates: int, rows: int
    ) -> Float[np.ndarray, "R rows p"]:
        """Rows of the design in their order and over again, the same array for all replicates."""
        columns = design.T[:, np.arange(rows) % len(design)]
        return np.broadcast_to(columns.T, (replicates, rows, len(columns)))


def _trace_or_none(covariance: npt.NDArray[np.float64] | None) -> float | None:
    return None if covariance is None else float(np.trace(covariance))
