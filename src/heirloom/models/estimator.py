"""Any estimator with scikit-learn's interface, fitted replicate by replicate."""

import hashlib
from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from jaxtyping import Float, Int
from scipy.special import rel_entr

from .._base.nested import map_arrays
from .._base.parameters import Flag, Number, checked, shown
from .._base.random import Random
from .base import Fit, Model, Status, replicated
from .estimator_arguments import (
    finite_numbers,
    refuse,
    validate_estimator,
    validate_measure,
    validate_noise,
    validate_table,
    validate_table_responses,
    validate_truth,
)
from .response_laws import Counts, Labels, NormalResponses, ResponseLaw
from .silence import no_warnings
from .unfitted import random_states, unfitted_copy, with_settings

_Array = npt.NDArray[Any]
_Float = npt.NDArray[np.float64]

# What the user wrote is wrong, in whatever replicate that comes to light.
_MISTAKES = (TypeError, AttributeError, NameError, ImportError, NotImplementedError, MemoryError)


class TableRows(NamedTuple):
    """Rows of a table of covariates.

    Attributes
    ----------
    number
        Numbers of the rows of the table, from 0, of shape (R, rows).
    design
        Their covariates, of shape (R, rows, columns); None where the table is no array of numbers.
    response
        Their responses, of shape (R, rows).
    """

    number: Int[np.ndarray, "R rows"]
    design: Float[np.ndarray, "R rows columns"] | None
    response: _Array


class Predictions(NamedTuple):
    """All that is kept of a fitted estimator.

    Attributes
    ----------
    prediction
        For each row of the table, the mean of its response, of shape (R, table); of a classifier
        the probability of each class, of shape (R, table, classes).
    coefficients
        Of shape (R, k), where they are asked for; else None.
    noise_variance
        Variance of a response about its mean, of shape (R,), where it is estimated; else None.
    """

    prediction: Float[np.ndarray, "R table *classes"]
    coefficients: Float[np.ndarray, "R k"] | None
    noise_variance: Float[np.ndarray, " R"] | None


class Estimator(Model):
    r"""Any estimator with scikit-learn's interface: ``fit(X, y, sample_weight=)`` and predictions.

    A classifier, which has ``predict_proba``, predicts the probability of each class, and
    synthetic labels are drawn from it. A regressor predicts a mean, and synthetic responses are
    drawn about it by the law of `noise`. Covariates are rows of `design`; the truth is either the
    estimator's own fit of a whole table (`responses`), or given (`truth`).

    Every replicate is a fit of its own by the estimator's own code, which takes milliseconds where
    the textbook models take microseconds. Give :func:`heirloom.simulate` an ``executor`` to spread
    replicates over processes.

    Parameters
    ----------
    estimator
        What is fitted: of scikit-learn, XGBoost, LightGBM, or of one's own. It is copied as
        ``sklearn.base.clone`` copies, and never changed. Where a ``random_state`` of it or of
        one of its parts is None, each fit gets a whole number in its place, so that the same seed
        gives the same result.
    design
        The table of covariates: an array of shape (table, columns), a data frame or a sparse
        matrix. No intercept is added. Missing values are the estimator's business.
    responses
        Real responses of the rows of `design`, of shape (table,): real data are then rows of the
        table with their own responses, and the truth is the fit of the whole table. Labels of a
        classifier may be numbers or text.
    truth
        In place of `responses`, the true mean of every row of `design`, of shape (table,), from
        which real responses are drawn; for a classifier the probability of label 1, or those of
        the labels 0, 1, …, of shape (table, classes).
    noise
        The law of a regressor's responses about their mean μ. ``"residual"`` (default): normal,
        with the variance of the weighted residuals of the last fit,
        :math:`\hat\sigma^2 = \sum_i w_i (y_i - \hat\mu_i)^2 / (1 - k \sum_i w_i^2)`, where the
        weights have sum 1 and k is `degrees_of_freedom`. A number: normal, with this standard
        deviation in every generation. ``"poisson"``: counts of mean μ, and 0 where μ is negative.
    degrees_of_freedom
        k, 0 or more: the number of parameters that the residual variance is corrected for. The
        formula is unbiased for least squares with k coefficients and equal weights. Default 0: no
        correction. The residuals of an estimator that follows its training rows closely are then
        smaller than the noise, and the noise of a loop dies out.
    true_noise
        Standard deviation of real responses about `truth`, where `noise` is ``"residual"``.
    coefficients
        What to measure the error of, beside predictions: an attribute of the fitted estimator, such
        as ``"coef_"`` or ``"named_steps.ridge.coef_"``, or a function from it to an array.
        Processes can only be sent a function that is defined in a module.
    true_coefficients
        Their true values, where `truth` is given; else they are those of the fit of the whole
        table.
    resample
        Whether the covariates of a dataset are drawn from the rows of `design`, with replacement
        (default True), or are these rows themselves, in their order and over again. With
        `responses` all real data are then the same rows, as in a table that is relabelled.
    weight_parameter
        Keyword of ``fit`` that takes the weights. By default ``sample_weight`` of the estimator, in
        a pipeline that of the last step (``ridge__sample_weight``).

    Raises
    ------
    ValueError
        If arguments do not fit, ``fit`` takes no weights, or the estimator cannot be fitted to the
        whole table, which is tried at once.

    Notes
    -----
    **Metrics.** ``error`` is the mean over the rows of `design` of (μ̂ − μ)², or of
    :math:`\sum_k (\hat p_k - p_k)^2` for a classifier. With `coefficients` it is their squared
    distance from the true ones, and that of predictions is ``prediction_error``. A classifier's
    ``excess_log_loss`` is the mean of :math:`\sum_k p_k \log(p_k / \hat p_k)`, infinite where a
    label that may occur has the estimated probability 0. ``noise_error`` is (σ̂² − σ²)², where the
    noise is estimated.

    **Weights** of a fit have mean 1 over its rows, and rows of weight 0 are left out: a penalty
    that stands beside the sum of the losses acts as it does on so many rows.

    **What fails.** Where the labels of a dataset lack a class, the estimator decides: if it is
    fitted all the same, the class has the probability 0; if it refuses, the fit counts as
    ``SEPARABLE``. A fit that fails otherwise, or whose predictions are not finite, counts as
    ``NOT_FINITE``, and one of a residual variance without degrees of freedom as ``TOO_FEW_ROWS``.
    Mistakes such as a TypeError end the simulation. Warnings of the fit of the whole table are
    shown, those of replicates are not.

    **Theory** of the estimator is not known, so that traces have none. Compare with
    :func:`heirloom.theory.relative_risk`, which holds where an estimator behaves as a mean: in
    large samples, and with little bias.

    Examples
    --------
    >>> import numpy as np, heirloom as hl
    >>> from sklearn.linear_model import RidgeCV
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(300, 4))
    >>> y = X @ [1.0, -1.0, 0.5, 0.0] + rng.normal(size=300)
    >>> model = hl.models.Estimator(RidgeCV(), X, y, coefficients="coef_")
    >>> trace = hl.simulate(
    ...     model,
    ...     ["discard", "fresh:0.5"],
    ...     n_real=100,
    ...     n_synthetic=100,
    ...     generations=3,
    ...     replicates=20,
    ...     seed=0,
    ... )
    >>> trace.metrics
    ('error', 'prediction_error', 'noise_error')
    """

    @checked(
        degrees_of_freedom=Number(least=0),
        resample=Flag(),
    )
    def __init__(
        self,
        estimator: Any,
        design: Any,
        responses: Any = None,
        *,
        truth: npt.ArrayLike | None = None,
        noise: float | str | None = None,
        degrees_of_freedom: float = 0.0,
        true_noise: float | None = None,
        coefficients: str | Callable[[Any], Any] | None = None,
        true_coefficients: npt.ArrayLike | None = None,
        resample: bool = True,
        weight_parameter: str | None = None,
    ) -> None:
        if (responses is None) == (truth is None):
            raise ValueError("responses, truth: give one of the two")
        self.estimator = estimator
        self.weight_parameter = validate_estimator(estimator, weight_parameter)
        self.design = validate_table(design)
        self.noise = validate_noise(noise, is_classifier=hasattr(estimator, "predict_proba"))
        self.degrees_of_freedom = degrees_of_freedom
        if self.degrees_of_freedom and self.noise != "residual":
            raise ValueError("degrees_of_freedom: is for noise='residual', of a regressor")
        self.coefficients = validate_measure(coefficients)
        self.resample = resample
        self.responses: _Array | None = None
        self._random_states = random_states(estimator)
        if responses is not None:
            refuse(true_noise=true_noise, true_coefficients=true_coefficients)
            given = validate_table_responses(responses, self._table, are_labels=self.noise is None)
            self._law = _law_of(self.noise, np.unique(given))
            self.responses = self._law.values_of(given)
            self._truth = self._fit_of_table(self.responses)
        else:
            self._truth = Predictions(
                validate_truth(truth, self._table, self.noise),
                self._validate_true_coefficients(true_coefficients),
                self._validate_true_noise(true_noise),
            )
            self._law = _law_of(self.noise, np.arange(self._truth.prediction.shape[-1]))
            self._try_estimator()

    @property
    def replicates_at_once(self) -> int | None:
        """One: a fit by another's code takes as long as thousands of ours."""
        return 1

    @property
    def rows_in_place(self) -> bool:
        """Whether the design is fixed."""
        return not self.resample

    def truth(self) -> Predictions:
        """Predictions of the truth, without an axis of replicates."""
        return self._truth

    def sample(self, random: Random, parameters: Predictions, rows: int) -> TableRows:
        """Draw rows of the table, and responses from the predictions."""
        number = self._numbers(random, rows)
        prediction = parameters.prediction
        # Of classes all are taken.
        index = number.reshape(*number.shape, *(1,) * (prediction.ndim - 2))
        taken = np.take_along_axis(prediction, index, axis=1)
        return self._rows(number, self._law.drawn(random, taken, parameters.noise_variance))

    def sample_real(self, random: Random, rows: int) -> TableRows:
        """Draw rows of the table with their own responses, if they are known; else from `truth`."""
        if self.responses is None:
            return self.sample(random, replicated(self._truth, random.replicates), rows)
        number = self._numbers(random, rows)
        return self._rows(number, self.responses[number])

    def fit(self, rows: TableRows, weights: Float[np.ndarray, "R rows"], start: Predictions) -> Fit:
        """Fit a copy of the estimator to each replicate, and keep what it predicts of the table."""
        with no_warnings():
            outcomes = [
                self._outcome(rows.number[r], rows.response[r], weights[r])
                for r in range(len(weights))
            ]
        # What stands where a fit failed does not count.
        parameters: Predictions = map_arrays(np.array, start)
        for r, outcome in enumerate(outcomes):
            if not isinstance(outcome, Status):
                for kept, found in zip(parameters, outcome, strict=True):
                    if kept is not None:
                        kept[r] = found
        status = [o if isinstance(o, Status) else Status.SOLVED for o in outcomes]
        return Fit(parameters, np.array(status, dtype=np.int8))

    def metrics(self, parameters: Predictions) -> dict[str, Float[np.ndarray, " R"]]:
        """``error``, and whatever else the notes name."""
        truth = self._truth
        squares = (parameters.prediction - truth.prediction) ** 2
        measured = {"error": squares.reshape(len(squares), -1).sum(axis=1) / self._table}
        if parameters.coefficients is not None and truth.coefficients is not None:
            measured["prediction_error"] = measured["error"]
            measured["error"] = ((parameters.coefficients - truth.coefficients) ** 2).sum(axis=1)
        if isinstance(self._law, Labels):
            divergence = rel_entr(truth.prediction, parameters.prediction)
            measured["excess_log_loss"] = divergence.sum(axis=2).mean(axis=1)
        if parameters.noise_variance is not None and truth.noise_variance is not None:
            measured["noise_error"] = (parameters.noise_variance - truth.noise_variance) ** 2
        return measured

    def describe(self) -> dict[str, Any]:
        """What the model is, in a form that JSON holds; arrays by their shape."""
        measured = self.coefficients
        return {
            "model": type(self).__name__,
            "estimator": " ".join(repr(self.estimator).split()),
            "design": f"table of shape {tuple(self.design.shape)}",
            "truth": "given" if self.responses is None else "fit of the whole table",
            "noise": self.noise,
            "degrees_of_freedom": self.degrees_of_freedom,
            "coefficients": getattr(measured, "__name__", measured),
            "resample": self.resample,
            "weight_parameter": self.weight_parameter,
        }

    # -------------------------------------------------------------------------------- the rows

    @property
    def _table(self) -> int:
        return int(self.design.shape[0])

    def _numbers(self, random: Random, rows: int) -> npt.NDArray[np.int64]:
        shape = (random.replicates, rows)
        if not self.resample:
            return np.broadcast_to(np.arange(rows) % self._table, shape)
        return random.generator().integers(self._table, size=shape)

    def _rows(self, number: npt.NDArray[np.int64], response: _Array) -> TableRows:
        if not isinstance(self.design, np.ndarray) or self.design.dtype.kind != "f":
            return TableRows(number, None, response)
        if self.resample:
            return TableRows(number, self.design[number], response)
        # Rows in their order are the same in all replicates.
        shape = (*number.shape, self.design.shape[1])
        return TableRows(number, np.broadcast_to(self.design[number[0]], shape), response)

    # --------------------------------------------------------------------------------- the fit

    def _outcome(self, number: _Array, response: _Array, weights: _Array) -> "Predictions | Status":
        """Fit one replicate: what it predicts, or why there is no fit."""
        kept = np.flatnonzero(weights > 0)
        number, response, weight = number[kept], response[kept], weights[kept].astype(np.float64)
        weight *= len(kept) / weight.sum()
        no_fit = Status.NOT_FINITE
        if self._law.lacks_responses(response):
            no_fit = Status.SEPARABLE
        try:
            found = self._fitted(number, response, weight)
        except Exception as error:
            # Some of the errors of scikit-learn are mistakes by one of their two names.
            if isinstance(error, _MISTAKES) and not isinstance(error, ValueError):
                raise
            return no_fit
        if not self._has_size_of_truth(found):
            if no_fit == Status.SEPARABLE:
                return no_fit
            raise ValueError(
                f"coefficients: {_size(found)} in a replicate, and {_size(self._truth)} of the "
                "truth; there must be as many in every fit"
            )
        if not _all_finite(found.prediction, found.coefficients):
            return no_fit
        if not _all_finite(found.noise_variance):
            return Status.TOO_FEW_ROWS
        return found

    def _fitted(self, number: _Array, response: _Array, weight: _Float) -> Predictions:
        """Predictions of a copy of the estimator that is fitted to some rows of the table."""
        learner = unfitted_copy(self.estimator)
        if self._random_states:
            # By the data, which are the same wherever a replicate is computed.
            seeds = _seeds(len(self._random_states), number, response, weight)
            learner = with_settings(learner, dict(zip(self._random_states, seeds, strict=True)))
        target = self._law.targets(response)
        learner.fit(_taken(self.design, number), target, **{self.weight_parameter: weight})
        prediction = self._law.predicted(learner, self.design)
        return Predictions(
            prediction,
            _measured(learner, self.coefficients),
            self._noise_variance(response, prediction, number, weight),
        )

    def _noise_variance(
        self, response: _Array, prediction: _Float, number: _Array, weight: _Float
    ) -> _Float | None:
        if self.noise != "residual":
            return None
        share = weight / weight.sum()
        # The share of the variance that the fit leaves.
        left = 1 - self.degrees_of_freedom * (share @ share)
        if left <= self.degrees_of_freedom * np.finfo(np.float64).eps:
            return np.array(np.nan)
        return np.array(share @ (response - prediction[number]) ** 2 / left)

    # ------------------------------------------------------------------------------- the truth

    def _fit_of_table(self, responses: _Array) -> Predictions:
        """Fit the whole table; a ValueError in one line if that fails."""
        named = f"estimator={shown(self.estimator)}"
        try:
            found = self._fitted(np.arange(self._table), responses, np.ones(self._table))
        except Exception as error:
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            raise ValueError(f"{named}: fails on the whole table: {reason}") from error
        if not _all_finite(found.prediction, found.coefficients):
            raise ValueError(f"{named}: its predictions of the table are not all finite")
        if not _all_finite(found.noise_variance):
            raise ValueError(
                f"degrees_of_freedom={self.degrees_of_freedom:g}: must be fewer than the "
                f"{self._table} rows of design"
            )
        return found

    def _try_estimator(self) -> None:
        """Fit a whole table that is drawn from the truth, so that mistakes come to light now."""
        given = replicated(self._truth, 1)
        trial = self._law.drawn(Random((0, 0), 1), given.prediction, given.noise_variance)[0]
        if isinstance(self._law, Labels):
            trial[: len(self._law.values)] = self._law.values[: self._table]
        found = self._fit_of_table(trial)
        if not self._has_size_of_truth(found):
            raise ValueError(
                f"true_coefficients has {_size(self._truth)} entries: the fitted estimator has "
                f"{_size(found)} coefficients"
            )

    def _has_size_of_truth(self, found: Predictions) -> bool:
        return _size(found) == _size(self._truth)

    def _validate_true_noise(self, true_noise: float | None) -> _Float | None:
        if self.noise != "residual":
            refuse(true_noise=true_noise)
            return None
        if true_noise is None:
            raise ValueError(
                "noise='residual': with truth, give the true_noise of real responses too, or a "
                "number for noise"
            )
        return np.array(Number(least=0).checked("true_noise", true_noise) ** 2)

    def _validate_true_coefficients(self, values: npt.ArrayLike | None) -> _Float | None:
        if self.coefficients is None:
            refuse(true_coefficients=values)
            return None
        if values is None:
            raise ValueError("coefficients: with truth, give the true_coefficients too")
        return finite_numbers("true_coefficients", np.ravel(np.asarray(values)))


def _law_of(noise: float | str | None, classes: _Array) -> ResponseLaw:
    if noise is None:
        return Labels(classes)
    if noise == "poisson":
        return Counts()
    return NormalResponses(None if noise == "residual" else float(noise))


def _measured(learner: Any, coefficients: str | Callable[[Any], Any] | None) -> _Float | None:
    if coefficients is None:
        return None
    measure = attrgetter(coefficients) if isinstance(coefficients, str) else coefficients
    return np.ravel(np.asarray(measure(learner), dtype=np.float64))


def _seeds(count: int, *data: _Array) -> list[int]:
    digest = hashlib.blake2b(b"".join(part.tobytes() for part in data), digest_size=16).digest()
    words = np.random.SeedSequence(int.from_bytes(digest, "little")).generate_state(count)
    # What scikit-learn takes ends at 2³², what others take at 2³¹.
    return [int(word >> 1) for word in words]


def _taken(design: Any, number: _Array) -> Any:
    return design.iloc[number] if hasattr(design, "iloc") else design[number]


def _size(found: Predictions) -> int:
    return 0 if found.coefficients is None else found.coefficients.size


def _all_finite(*arrays: _Float | None) -> bool:
    return all(array is None or bool(np.all(np.isfinite(array))) for array in arrays)
