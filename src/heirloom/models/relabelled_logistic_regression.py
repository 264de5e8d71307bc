"""Logistic regression on the same rows at every generation, with labels drawn anew."""

from typing import Any, ClassVar, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from .base import Fit, SufficientModel
from .covariates import validate_design, validate_responses
from .logistic_regression import LogisticRegression
from .newton import newton

_Vector = Float[Array, " p"]
_Rows = Float[Array, " rows"]


class RelabelledRows(NamedTuple):
    """Rows of a fixed design, with labels.

    Attributes
    ----------
    number
        Numbers of the rows of the design.
    response
        Their labels, 0 or 1.
    """

    number: Int[Array, " rows"]
    response: Float[Array, " rows"]


class LabelWeights(NamedTuple):
    """All that a dataset on a fixed design says: the weight of each label in each row.

    Attributes
    ----------
    negative, positive
        Weight of the label 0 and of the label 1; together their sum is 1.
    """

    negative: Float[Array, " training"]
    positive: Float[Array, " training"]


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
    ('accuracy', 'error', 'log_loss')
    """

    training: LogisticRegression
    test_design: Float[Array | np.ndarray, "test p"]
    test_responses: Float[Array | np.ndarray, " test"]

    paper: ClassVar[str | None] = "dey2024universality"

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
            rows = validate_design(test_design, self.training.coefficients.size)
            labels = validate_responses(test_responses, rows)
            if rows is None or labels is None:
                raise ValueError("design and responses must be given")
            self.training.validate_support(labels)
        except ValueError as error:
            # The messages begin with the parameter's name.
            raise ValueError(f"test_{error}") from None
        self.test_design, self.test_responses = rows, labels

    @property
    def has_law(self) -> bool:
        """False: labels are drawn one by one."""
        return False

    def truth(self) -> _Vector:
        """Give the coefficients of generation 0."""
        return self.training.truth()

    def sample_real(self, key: PRNGKeyArray, rows: int) -> RelabelledRows:
        """Give the training rows with their own labels."""
        return RelabelledRows(self._numbers(rows), jnp.asarray(self.training.responses)[:rows])

    @property
    def rows_in_place(self) -> bool:
        """Labels of the same rows are drawn anew."""
        return True

    def sample(self, key: PRNGKeyArray, parameters: _Vector, rows: int) -> RelabelledRows:
        """Give the training rows with labels drawn from the model at `parameters`."""
        numbers = self._numbers(rows)
        predictor = jnp.asarray(self.training.design)[:rows] @ parameters
        return RelabelledRows(numbers, self.training.draw_responses(key, predictor))

    def statistic(self, rows: RelabelledRows, weights: Float[Array, " rows"]) -> LabelWeights:
        """Add up the weights of each label in each training row."""
        none = jnp.zeros(self._rows, weights.dtype)
        ones = rows.response > 0
        return LabelWeights(
            none.at[rows.number].add(jnp.where(ones, 0, weights)),
            none.at[rows.number].add(jnp.where(ones, weights, 0)),
        )

    def sample_statistic(
        self, key: PRNGKeyArray, parameters: _Vector, rows: Int[Array, ""]
    ) -> LabelWeights:
        """Not available: see :attr:`has_law`."""
        raise NotImplementedError("labels are drawn one by one: has_law is False")

    def estimate(self, statistic: LabelWeights) -> Fit:
        """Minimise the weighted log-loss by Newton's method, from 0."""
        negative, positive = statistic
        weights = negative + positive
        # Exactly 0 or 1 where all of a row's labels are the same.
        share = jnp.where(weights > 0, positive / jnp.where(weights > 0, weights, 1), 0)
        penalty = jnp.asarray(self.training.penalty, weights.dtype)
        penalised = jnp.any(penalty > 0)

        def separates(predictor: _Rows) -> Bool[Array, ""]:
            # A row that has both labels lies on neither side.
            right = ((negative == 0) & (predictor > 0)) | ((positive == 0) & (predictor < 0))
            return jnp.all(right | (weights == 0)) & ~penalised

        return newton(
            self.training.mean_and_variance,
            separates,
            jnp.asarray(self.training.design),
            share,
            weights,
            penalty,
            jnp.zeros(len(penalty), weights.dtype),
        )

    def metrics(self, parameters: _Vector) -> dict[str, Float[Array, ""]]:
        """Measure ``log_loss`` and ``accuracy`` on the test rows, and ``error``."""
        predictor = jnp.asarray(self.test_design) @ parameters
        response = jnp.asarray(self.test_responses)
        # log(1 + exp(−η)) for a 1 and log(1 + exp η) for a 0: nothing cancels.
        loss = jax.nn.softplus(jnp.where(response > 0, -predictor, predictor))
        right = (predictor > 0) == (response > 0)
        difference = parameters - self.training.coefficients
        return {
            "log_loss": jnp.mean(loss),
            "accuracy": jnp.mean(right.astype(loss.dtype)),
            "error": difference @ difference,
        }

    def describe(self) -> dict[str, Any]:
        """Say what the model is, in a form that JSON holds."""
        training = self.training.describe() | {"model": type(self).__name__}
        return training | {"test_rows": len(self.test_responses)}

    @property
    def _rows(self) -> int:
        return len(jnp.asarray(self.training.responses))

    def _numbers(self, rows: int) -> Int[Array, " rows"]:
        if rows > self._rows:
            raise ValueError(
                f"a dataset of {rows} rows: there are {self._rows} training rows, whose labels "
                f"alone are drawn anew; give n_real={self._rows} and n_synthetic={self._rows}"
            )
        return jnp.arange(rows)
