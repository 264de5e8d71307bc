"""Logistic regression on the same rows at every generation, with labels drawn anew."""

from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from jaxtyping import Float, Int

from .._base.parameters import checked
from .._base.random import Random
from .base import Fit, Status, SufficientModel
from .covariates import (
    COEFFICIENTS,
    DESIGN,
    PENALTY,
    RESPONSES,
    matched_design,
    matched_responses,
)
from .logistic_regression import LogisticRegression, softplus
from .newton import Family, newton

_Parameters = Float[np.ndarray, "R p"]


class RelabelledRows(NamedTuple):
    """Rows of a fixed design, with labels.

    Attributes
    ----------
    number
        Numbers of the rows of the design, of shape (R, rows).
    response
        Their labels, 0 or 1, of shape (R, rows).
    """

    number: Int[np.ndarray, "R rows"]
    response: Float[np.ndarray, "R rows"]


class LabelWeights(NamedTuple):
    """All that a dataset on a fixed design says: the weight of each label in each row.

    Attributes
    ----------
    negative, positive
        Weight of the label 0 and of the label 1, of shape (R, training); together their sum is 1.
    """

    negative: Float[np.ndarray, "R training"]
    positive: Float[np.ndarray, "R training"]


class RelabelledLogisticRegression(SufficientModel):
    r"""Logistic regression on fixed rows: each synthetic dataset is the same X with new labels.

    Real data are the training rows with their own labels. Synthetic data are the same rows with
    labels drawn from the last model. Each model is measured on test rows, which no model sees.

    Parameters
    ----------
    coefficients
        Coefficients of generation 0, of shape (p,): the fit of the training rows with their own
        labels.
    design
        Training rows X, of shape (rows, p). No intercept is added: give a column of ones.
    responses
        Their labels, 0 or 1.
    test_design, test_responses
        Test rows and their labels, likewise.
    penalty
        λ, a number or one for each coefficient, 0 or more, beside the *mean* log-loss. Default 0.

    Raises
    ------
    ValueError
        If shapes do not fit, an entry is not finite, a penalty is negative or a label is not 0 or
        1; when it is sampled, if a dataset should have more rows than the training rows are.

    Notes
    -----
    Metrics, of the test rows: ``log_loss`` is the mean of −log P(label), which is finite however
    sure the model is, and ``accuracy`` the share that is predicted rightly. ``error`` is the
    squared distance of the coefficients from those of generation 0.

    Datasets have the size of the training set: give it for ``n_real`` and ``n_synthetic`` (and
    use workflows of ``real[0]`` and synthetic data, since ``real[t]`` would be the same rows
    again). A dataset with fewer rows is the first of them.

    Where the classes are separable the maximum likelihood estimate does not exist. Such a fit
    fails, and is counted, and so are the generations that are made of it.

    A dataset is no more than the weight of each label in each training row
    (:class:`LabelWeights`), so that a generation that is fitted on fifty datasets costs what one
    on a single one does.

    Examples
    --------
    >>> import numpy as np, heirloom as hl
    >>> from heirloom.models.relabelled_logistic_regression import RelabelledLogisticRegression
    >>> x = np.linspace(-1, 1, 60)
    >>> X, y = np.column_stack([np.ones(60), x]), np.arange(60) % 3 == 0
    >>> model = RelabelledLogisticRegression(
    ...     [-0.7, 0.0], X[::2], y[::2], test_design=X[1::2], test_responses=y[1::2]
    ... )
    >>> trace = hl.simulate(
    ...     model, "augment", n_real=30, n_synthetic=30, generations=2, replicates=20, seed=0
    ... )
    >>> trace.metrics
    ('log_loss', 'accuracy', 'error')
    """

    paper: ClassVar[str | None] = "dey2024universality"

    @checked(
        coefficients=COEFFICIENTS,
        design=DESIGN,
        responses=RESPONSES,
        test_design=DESIGN,
        test_responses=RESPONSES,
        penalty=PENALTY,
    )
    def __init__(
        self,
        coefficients: npt.ArrayLike,
        design: npt.ArrayLike,
        responses: npt.ArrayLike,
        *,
        test_design: npt.ArrayLike,
        test_responses: npt.ArrayLike,
        penalty: npt.ArrayLike = 0.0,
    ) -> None:
        self.training = LogisticRegression(
            coefficients, design=design, penalty=penalty, responses=responses
        )
        try:
            rows = matched_design(test_design, self.training.coefficients.size)
            labels = matched_responses(test_responses, rows)
            self.training.validate_support(labels)
        except ValueError as error:
            # The messages begin with the parameter's name.
            raise ValueError(f"test_{error}") from None
        self.test_design, self.test_responses = rows, labels
        self._design = np.asarray(design, dtype=np.float64)
        self._labels = np.asarray(responses, dtype=np.float64)

    @property
    def has_law(self) -> bool:
        """False: labels are drawn one by one."""
        return False

    def truth(self) -> Float[np.ndarray, " p"]:
        """Coefficients of generation 0."""
        return self.training.truth()

    def sample_real(self, random: Random, rows: int) -> RelabelledRows:
        """The training rows with their own labels."""
        numbers = self._numbers(random, rows)
        own = self._labels[:rows].astype(random.dtype)
        return RelabelledRows(numbers, np.broadcast_to(own, numbers.shape))

    @property
    def rows_in_place(self) -> bool:
        """Labels of the same rows are drawn anew."""
        return True

    def sample(self, random: Random, parameters: _Parameters, rows: int) -> RelabelledRows:
        """The training rows with labels drawn from the model at `parameters`."""
        numbers = self._numbers(random, rows)
        # Not by BLAS: the order in which that sums depends on how many threads it is given.
        predictor = np.einsum("ip,rp->ri", self._design[:rows], parameters)
        return RelabelledRows(numbers, self.training.draw_responses(random, predictor))

    def statistic(self, rows: RelabelledRows, weights: Float[np.ndarray, "R rows"]) -> LabelWeights:
        """Weights of each label in each training row."""
        positive = np.where(rows.response > 0, weights, 0.0)
        negative = weights - positive
        shape = len(weights), len(self._labels)
        if _are_first(rows.number):
            return LabelWeights(_widened(negative, shape), _widened(positive, shape))
        place = (rows.number + shape[1] * np.arange(shape[0])[:, None]).ravel()
        return LabelWeights(_gathered(place, negative, shape), _gathered(place, positive, shape))

    def sample_statistic(self, random: Random, parameters: _Parameters, rows: int) -> LabelWeights:
        """Not available: see :attr:`has_law`."""
        raise NotImplementedError("labels are drawn one by one: has_law is False")

    def estimate(self, statistic: LabelWeights) -> Fit:
        """Minimise the weighted log-loss by Newton's method, from 0."""
        negative, positive = statistic
        weights = negative + positive
        # Exactly 0 or 1 where all of a row's labels are the same.
        share = positive / np.where(weights > 0, weights, 1)
        replicates, columns = len(weights), self._design.shape[1]
        fit = newton(
            Family.LOGISTIC,
            np.broadcast_to(self._design, (replicates, *self._design.shape)),
            share,
            weights,
            self.training.penalty,
            np.zeros((replicates, columns)),
        )
        # Newton's method takes a weight that is no number for a row that does not count.
        status = np.where(np.isnan(weights).any(axis=1), int(Status.NOT_FINITE), fit.status)
        return Fit(fit.parameters, status.astype(np.int8))

    def metrics(self, parameters: _Parameters) -> dict[str, Float[np.ndarray, " R"]]:
        """``log_loss`` and ``accuracy`` on the test rows, and ``error``."""
        predictor = parameters @ self.test_design.T
        positive = self.test_responses > 0
        # log(1 + exp(−η)) for a 1 and log(1 + exp η) for a 0: nothing cancels.
        loss = softplus(np.where(positive, -predictor, predictor))
        difference = parameters - self.training.coefficients
        return {
            "log_loss": loss.mean(axis=1),
            "accuracy": ((predictor > 0) == positive).mean(axis=1),
            "error": np.einsum("rj,rj->r", difference, difference),
        }

    def describe(self) -> dict[str, Any]:
        """What the model is, in a form that JSON holds."""
        training = self.training.describe() | {"model": type(self).__name__}
        return training | {"test_rows": len(self.test_responses)}

    def _numbers(self, random: Random, rows: int) -> Int[np.ndarray, "R rows"]:
        held = len(self._labels)
        if rows > held:
            raise ValueError(
                f"a dataset of {rows} rows: there are {held} training rows, whose labels "
                f"alone are drawn anew; give n_real={held} and n_synthetic={held}"
            )
        return np.broadcast_to(np.arange(rows), (random.replicates, rows))


def _are_first(number: Int[np.ndarray, "R rows"]) -> bool:
    """Whether each replicate's rows are the first of the design, in order."""
    return number.strides[0] == 0 and np.array_equal(number[0], np.arange(number.shape[1]))


def _widened(
    weights: Float[np.ndarray, "R rows"], shape: tuple[int, int]
) -> Float[np.ndarray, "R training"]:
    if weights.shape == shape:
        return weights
    return np.pad(weights, ((0, 0), (0, shape[1] - weights.shape[1])))


def _gathered(
    place: Int[np.ndarray, " entries"], weights: Float[np.ndarray, "R rows"], shape: tuple[int, int]
) -> Float[np.ndarray, "R training"]:
    return np.bincount(place, weights.ravel(), minlength=shape[0] * shape[1]).reshape(shape)
