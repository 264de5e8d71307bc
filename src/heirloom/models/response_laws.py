"""What an estimator predicts of a response, and how responses are drawn from it."""

import abc
from typing import Any

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from .._base.random import Random

_Array = npt.NDArray[Any]


class ResponseLaw(abc.ABC):
    """The law of a response, given what a fitted estimator predicts of its row."""

    @abc.abstractmethod
    def predicted(self, learner: Any, covariates: Any) -> npt.NDArray[np.float64]:
        """Predictions of a fitted estimator, one for each row of covariates."""

    @abc.abstractmethod
    def drawn(
        self,
        random: Random,
        prediction: Float[np.ndarray, "R rows *classes"],
        noise_variance: Float[np.ndarray, " R"] | None,
    ) -> _Array:
        """A response for each prediction, of shape (R, rows)."""

    @abc.abstractmethod
    def lacks_responses(self, responses: _Array) -> bool:
        """Whether responses are so few in kind that an estimate may not exist."""

    def values_of(self, responses: _Array) -> _Array:
        """Responses of a table in the form that rows hold."""
        return responses

    def targets(self, responses: _Array) -> _Array:
        """Responses of rows in the form that the estimator takes."""
        return responses


class Labels(ResponseLaw):
    """Labels of two or more classes, with predicted probabilities.

    Parameters
    ----------
    classes
        Each once, in the order of their probabilities.
    """

    def __init__(self, classes: _Array) -> None:
        self.classes = classes
        # Numbers are floats among rows, as all responses are; other labels are what they are.
        self.values = classes.astype(np.float64) if classes.dtype.kind in "biuf" else classes

    def predicted(self, learner: Any, covariates: Any) -> npt.NDArray[np.float64]:
        """Probabilities of all classes; 0 of those that the estimator has not met."""
        found = np.asarray(learner.predict_proba(covariates), dtype=np.float64)
        if found.ndim != 2:
            raise ValueError(f"probabilities of shape {found.shape}: must be one for each class")
        met = np.asarray(getattr(learner, "classes_", self.classes))
        place = {label: position for position, label in enumerate(self.classes.tolist())}
        probabilities = np.zeros((len(found), len(self.classes)))
        probabilities[:, [place[label] for label in met.tolist()]] = found
        return probabilities

    def drawn(
        self,
        random: Random,
        prediction: Float[np.ndarray, "R rows *classes"],
        noise_variance: Float[np.ndarray, " R"] | None,
    ) -> _Array:
        """Labels by inversion of uniform numbers."""
        below = np.cumsum(prediction[..., :-1], axis=2)
        uniform = random.uniform(prediction.shape[1])
        return self.values[(uniform[..., None] >= below).sum(axis=2)]

    def lacks_responses(self, responses: _Array) -> bool:
        """Whether a class is missing."""
        return len(np.unique(responses)) < len(self.classes)

    def values_of(self, responses: _Array) -> _Array:
        """Labels, or floats where they are numbers."""
        return self.values[np.searchsorted(self.classes, responses)]

    def targets(self, responses: _Array) -> _Array:
        """Labels as they were given."""
        return self.classes[np.searchsorted(self.values, responses)]


class NormalResponses(ResponseLaw):
    """Responses with normal noise about a predicted mean.

    Parameters
    ----------
    scale
        Its standard deviation; None where it is estimated.
    """

    def __init__(self, scale: float | None) -> None:
        self.scale = scale

    def predicted(self, learner: Any, covariates: Any) -> npt.NDArray[np.float64]:
        """Means."""
        return _means(learner, covariates)

    def drawn(
        self,
        random: Random,
        prediction: Float[np.ndarray, "R rows *classes"],
        noise_variance: Float[np.ndarray, " R"] | None,
    ) -> _Array:
        """Predictions and noise."""
        scale = self.scale if noise_variance is None else np.sqrt(noise_variance)[:, None]
        return prediction + np.asarray(scale) * random.normal(prediction.shape[1])

    def lacks_responses(self, responses: _Array) -> bool:
        """False: an estimate of a mean exists."""
        return False


class Counts(ResponseLaw):
    """Poisson counts of a predicted mean; 0 where it is negative."""

    def predicted(self, learner: Any, covariates: Any) -> npt.NDArray[np.float64]:
        """Means."""
        return _means(learner, covariates)

    def drawn(
        self,
        random: Random,
        prediction: Float[np.ndarray, "R rows *classes"],
        noise_variance: Float[np.ndarray, " R"] | None,
    ) -> _Array:
        """Counts."""
        return random.generator().poisson(np.maximum(prediction, 0)).astype(np.float64)

    def lacks_responses(self, responses: _Array) -> bool:
        """Whether every count is 0."""
        return not np.any(responses)


def _means(learner: Any, covariates: Any) -> npt.NDArray[np.float64]:
    if hasattr(learner, "classes_"):
        raise ValueError("a classifier must have predict_proba, from which labels are drawn")
    means = np.asarray(learner.predict(covariates), dtype=np.float64)
    # Some predict a column.
    if means.ndim == 2 and means.shape[1] == 1:
        means = means[:, 0]
    if means.ndim != 1:
        raise ValueError(f"predictions of shape {means.shape}: must be a number for each row")
    return means
