"""What every model is: a truth, a way to draw rows, a weighted fit, a distance from the truth."""

import abc
from collections.abc import Callable
from enum import IntEnum
from typing import Any, ClassVar, NamedTuple, Protocol, runtime_checkable

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray, PyTree

from ..laws import ErrorLaw, Law


class Status(IntEnum):
    """How a generation ended. Anything but ``SOLVED`` means that there is no estimate."""

    SOLVED = 0
    SEPARABLE = 1
    NOT_CONVERGED = 2
    SINGULAR = 3
    NOT_FINITE = 4
    TOO_FEW_ROWS = 5
    NOTHING_ACCEPTED = 6
    TOO_FEW_ACCEPTED = 7

    @property
    def message(self) -> str:
        """What happened, and what to change."""
        return _MESSAGES[self]


_MESSAGES = {
    Status.SOLVED: "solved",
    Status.SEPARABLE: (
        "the two classes are separable, or every count is 0, so that the maximum likelihood "
        "estimate does not exist; use more rows, fewer columns or a penalty"
    ),
    Status.NOT_CONVERGED: (
        "Newton's method did not converge: the likelihood has no maximum or hardly one, as where "
        "classes are separable, one is missing or nearly every count is 0; use more rows, fewer "
        "columns or a penalty"
    ),
    Status.SINGULAR: (
        "the information matrix is singular: a column is constant, or a combination of others, in "
        "the rows that were drawn; use more rows, fewer columns or a penalty"
    ),
    Status.NOT_FINITE: "the estimate is not finite; look at the model's fit",
    Status.TOO_FEW_ROWS: (
        "a dataset has too few rows to estimate a variance from; use more rows, or fewer columns"
    ),
    Status.NOTHING_ACCEPTED: (
        "the verifier accepted none of the synthetic rows; use a wider one (a larger radius or "
        "slack, a lower threshold)"
    ),
    Status.TOO_FEW_ACCEPTED: (
        "the verifier accepted fewer synthetic rows than were asked for before the cap on "
        "candidates was reached; use a wider one, raise the cap of UntilFull, or keep WhatPasses"
    ),
}


class Fit(NamedTuple):
    """An estimate, and how the fit ended.

    Attributes
    ----------
    parameters
        The estimate, of the model's own form.
    status
        A :class:`Status`, as an integer array.
    """

    parameters: PyTree
    status: Int[Array, ""]


class Model(eqx.Module):
    """What is sampled and fitted at every generation.

    Subclass it to simulate a model of one's own: its fields are arrays and settings, its methods
    are pure functions on JAX arrays (no Python ``if`` on their values), and nothing needs to be
    registered.

    Attributes
    ----------
    paper
        Key of a paper to cite, in the bibliography; None if there is none.
    curvature
        v₂, where the estimate is a mean in a family with variance function v₀ + v₁μ + v₂μ²: theory
        is then exact at every sample size. None where only the limit is known.

    Examples
    --------
    The scale of a centred normal distribution:

    >>> import jax, jax.numpy as jnp, heirloom as hl
    >>> class NormalScale(hl.models.Model):
    ...     scale: float
    ...
    ...     def truth(self):
    ...         return jnp.asarray(self.scale)
    ...
    ...     def sample(self, key, parameters, rows):
    ...         return parameters * jax.random.normal(key, (rows,))
    ...
    ...     def fit(self, rows, weights, start):
    ...         return hl.models.fitted(jnp.sqrt(jnp.sum(weights * rows**2)))
    ...
    ...     def metrics(self, parameters):
    ...         return {"error": (parameters - self.scale) ** 2}
    >>> trace = hl.simulate(
    ...     NormalScale(1.0),
    ...     "discard",
    ...     n_real=50,
    ...     n_synthetic=50,
    ...     generations=3,
    ...     replicates=64,
    ...     seed=1,
    ... )
    >>> trace.dataset["error"].shape
    (1, 4)
    """

    paper: ClassVar[str | None] = None
    curvature: ClassVar[float | None] = None

    @property
    def rows_in_place(self) -> bool:
        """Whether row i of every sample has the same covariates, as in a fixed design.

        A verifier then has each row answered until it is accepted, and the design stays as it is.
        """
        return False

    @abc.abstractmethod
    def truth(self) -> PyTree:
        """Give the parameters that the initial real data come from."""

    @abc.abstractmethod
    def sample(self, key: PRNGKeyArray, parameters: PyTree, rows: int) -> PyTree:
        """Draw rows from the model at given parameters.

        Parameters
        ----------
        key
            A JAX random key. Draw the random numbers before they meet the parameters, so that
            workflows which share a key share their noise.
        parameters
            The parameters, of the form of :meth:`truth`.
        rows
            How many.

        Returns
        -------
        Arrays with `rows` as first axis
        """

    @abc.abstractmethod
    def fit(self, rows: PyTree, weights: Float[Array, " rows"], start: PyTree) -> Fit:
        """Estimate the parameters from weighted rows.

        Parameters
        ----------
        rows
            As :meth:`sample` returns them.
        weights
            Not negative, sum 1. Rows of weight 0 must not count, whatever they hold.
        start
            The parameters of the generation before, where an iteration may start.

        Notes
        -----
        A model whose methods call factorisations (``jnp.linalg.solve``, ``cholesky``, ``eigh``) is
        simulated by one thread at a time: on a processor, two would wait for each other for ever
        (jaxlib 0.10). Several processes (``executor=ProcessPoolExecutor(…)``) run side by side.
        """

    @abc.abstractmethod
    def metrics(self, parameters: PyTree) -> dict[str, Float[Array, ""]]:
        """Measure the distance from the truth; ``error`` is the squared parameter error."""

    def sample_real(self, key: PRNGKeyArray, rows: int) -> PyTree:
        """Draw real rows. By default :meth:`sample` at the truth."""
        return self.sample(key, self.truth(), rows)

    def row_variance(self) -> float | None:
        """Asymptotic variance of the estimator per row, summed over coordinates; None if unknown.

        The squared error of a fit on n real rows is this over n, in the limit or exactly.
        """
        return None

    def synthetic_row_variance(self) -> float | None:
        """Give the same for rows that the model made. By default :meth:`row_variance`.

        It is another where the real rows do not follow the model.
        """
        return self.row_variance()

    def laws(self) -> dict[str, Law]:
        """Give the laws of the metrics that theory can predict, by their names.

        By default that of ``error``, from :meth:`row_variance`, :meth:`synthetic_row_variance` and
        ``curvature``; none where the variance is not known.
        """
        variance, synthetic = self.row_variance(), self.synthetic_row_variance()
        if variance is None or synthetic is None:
            return {}
        ratio = synthetic / variance if variance else 1.0
        law = ErrorLaw.of_mean(variance, curvature=self.curvature, synthetic_ratio=ratio)
        return {"error": law}

    def describe(self) -> dict[str, Any]:
        """Say what the model is, in a form that JSON holds; large arrays by their shape."""
        public = (name for name in self.__dataclass_fields__ if not name.startswith("_"))
        fields = {name: getattr(self, name) for name in public}
        return {"model": type(self).__name__} | {n: _described(v) for n, v in fields.items()}


class SufficientModel(Model):
    """A model whose estimate is a function of a mean over rows, the mean of a sufficient statistic.

    A dataset is then no more than that mean, and where the law of the mean is known it is drawn
    directly, rather than through rows. A model that does not know it says so by :attr:`has_law`.
    """

    @property
    def has_law(self) -> bool:
        """Whether :meth:`sample_statistic` and :meth:`sample_real_statistic` can be called."""
        return True

    @abc.abstractmethod
    def statistic(self, rows: PyTree, weights: Float[Array, " rows"]) -> PyTree:
        """Weighted mean of the sufficient statistic over rows."""

    @abc.abstractmethod
    def sample_statistic(
        self, key: PRNGKeyArray, parameters: PyTree, rows: Int[Array, ""]
    ) -> PyTree:
        """Draw the mean of the sufficient statistic over so many rows, by its law."""

    @abc.abstractmethod
    def estimate(self, statistic: PyTree) -> Fit:
        """Estimate the parameters from a mean of the sufficient statistic."""

    def sample_real_statistic(self, key: PRNGKeyArray, rows: Int[Array, ""]) -> PyTree:
        """Draw the mean of the sufficient statistic over real rows."""
        return self.sample_statistic(key, self.truth(), rows)

    def fit(self, rows: PyTree, weights: Float[Array, " rows"], start: PyTree) -> Fit:
        """Estimate from the statistic of the weighted rows."""
        return self.estimate(self.statistic(rows, weights))


Interval = Callable[[Array], tuple[Array, Array]]
"""From rows of covariates to the least and the greatest response of each."""


class AcceptedRows(NamedTuple):
    """Rows drawn by the law of those whose responses lie in an interval.

    Attributes
    ----------
    rows
        As :meth:`Model.sample` returns them.
    acceptance
        The chance of each that a candidate would have been accepted in its place; 0 where the
        interval is empty, and the row then holds anything.
    """

    rows: PyTree
    acceptance: Float[Array, " rows"]


@runtime_checkable
class DrawsAccepted(Protocol):
    """A model that knows the law of its rows whose responses lie in an interval."""

    @property
    def draws_accepted(self) -> bool:
        """Whether :meth:`sample_accepted` can be called."""
        ...

    def sample_accepted(
        self, key: PRNGKeyArray, parameters: PyTree, rows: int, interval: Interval
    ) -> AcceptedRows:
        """Draw rows of which each is accepted."""
        ...


def fitted(parameters: PyTree) -> Fit:
    """Wrap an estimate that needs no iteration: it is solved if every entry is finite.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> int(fitted(jnp.array([1.0, jnp.nan])).status) == Status.NOT_FINITE
    True
    """
    finite = jnp.all(jnp.array([jnp.all(jnp.isfinite(a)) for a in jax.tree.leaves(parameters)]))
    return Fit(parameters, jnp.where(finite, int(Status.SOLVED), int(Status.NOT_FINITE)))


def _described(value: Any) -> Any:
    if hasattr(value, "shape"):
        return value.tolist() if value.size <= 64 else f"array of shape {tuple(value.shape)}"
    return value if isinstance(value, (int, float, str, bool, type(None))) else repr(value)
