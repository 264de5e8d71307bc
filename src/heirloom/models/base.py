"""What every model is: a truth, a way to draw rows, a weighted fit, a distance from the truth.

Every array of a model has a leading axis of replicates, since many are simulated side by side;
below it is written R.
"""

import abc
from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any, ClassVar, NamedTuple, Protocol, TypeAlias, runtime_checkable

import numpy as np
import numpy.typing as npt
from jaxtyping import Float, Int

from .._base.nested import arrays_in, map_arrays
from .._base.random import Random
from ..laws import ErrorLaw, Law

Rows: TypeAlias = Any
"""An array of shape (R, rows, …), or a named tuple of such."""

Parameters: TypeAlias = Any
"""An array of shape (R, …), or a named tuple of such."""

Statistic: TypeAlias = Any
"""Likewise."""


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
    """Estimates, and how each fit ended.

    Attributes
    ----------
    parameters
        The estimates, of the model's own form; what stands where a fit failed does not count.
    status
        A :class:`Status` for each replicate, as whole numbers of shape (R,).
    """

    parameters: Parameters
    status: Int[np.ndarray, " R"]


class Model(abc.ABC):
    """What is sampled and fitted at every generation.

    Subclass it to simulate a model of one's own, in ordinary NumPy; nothing needs to be registered.
    :func:`heirloom.testing.check_model` holds it to this contract.

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

    >>> from dataclasses import dataclass
    >>> import numpy as np, heirloom as hl
    >>> @dataclass(frozen=True)
    ... class NormalScale(hl.models.Model):
    ...     scale: float
    ...
    ...     def truth(self):
    ...         return np.array(self.scale)
    ...
    ...     def sample(self, random, parameters, rows):
    ...         return parameters[:, None] * random.normal(rows)
    ...
    ...     def fit(self, rows, weights, start):
    ...         return hl.models.fitted(np.sqrt(np.sum(weights * rows**2, axis=1)))
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

    @property
    def replicates_at_once(self) -> int | None:
        """How many replicates run side by side; None (default) for as many as suit the processor.

        A model that works through replicates one after the other, and long at each, takes few.
        """
        return None

    @abc.abstractmethod
    def truth(self) -> Parameters:
        """Parameters that the initial real data come from, without an axis of replicates."""

    @abc.abstractmethod
    def sample(self, random: Random, parameters: Parameters, rows: int) -> Rows:
        """Draw rows from the model at given parameters.

        Parameters
        ----------
        random
            ``random.normal(rows)`` and ``random.uniform(rows)`` are arrays of shape (R, rows) that
            workflows share; ``random.generator()`` is a generator of NumPy for all else. No other
            source of random numbers may be used: the same seed would not give the same result.
        parameters
            For each replicate, of the form of :meth:`truth`.
        rows
            How many for each replicate.

        Returns
        -------
        Arrays of shape (R, rows, …)
        """

    @abc.abstractmethod
    def fit(self, rows: Rows, weights: Float[np.ndarray, "R rows"], start: Parameters) -> Fit:
        """Estimate the parameters of each replicate from its weighted rows.

        Parameters
        ----------
        rows
            As :meth:`sample` returns them.
        weights
            Not negative, sum 1 for each replicate. Rows of weight 0 must not count, whatever they
            hold. Neither rows nor weights may be written to.
        start
            The parameters of the generation before, where an iteration may start.
        """

    @abc.abstractmethod
    def metrics(self, parameters: Parameters) -> dict[str, Float[np.ndarray, " R"]]:
        """Distance of each replicate from the truth; ``error`` is the squared parameter error."""

    def sample_real(self, random: Random, rows: int) -> Rows:
        """Draw real rows. By default :meth:`sample` at the truth."""
        return self.sample(random, replicated(self.truth(), random.replicates), rows)

    def row_variance(self) -> float | None:
        """Asymptotic variance of the estimator per row, summed over coordinates; None if unknown.

        The squared error of a fit on n real rows is this over n, in the limit or exactly.
        """
        return None

    def synthetic_row_variance(self) -> float | None:
        """The same for rows that the model made. By default :meth:`row_variance`.

        It is another where the real rows do not follow the model.
        """
        return self.row_variance()

    def laws(self) -> dict[str, Law]:
        """Laws of the metrics that theory can predict, by their names.

        By default that of ``error``, from :meth:`row_variance`, :meth:`synthetic_row_variance` and
        ``curvature``; none where the variance is not known.
        """
        variance, synthetic = self.row_variance(), self.synthetic_row_variance()
        if variance is None or synthetic is None:
            return {}
        ratio = synthetic / variance if variance else 1.0
        law = ErrorLaw.of_mean(variance, curvature=self.curvature, synthetic_ratio=ratio)
        return {"error": law}

    def __repr__(self) -> str:
        settings = {k: v for k, v in self.describe().items() if k != "model"}
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in settings.items())})"

    def describe(self) -> dict[str, Any]:
        """What the model is, in a form that JSON holds; large arrays by their shape."""
        public = {name: value for name, value in vars(self).items() if not name.startswith("_")}
        return {"model": type(self).__name__} | {n: _described(v) for n, v in public.items()}


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
    def statistic(self, rows: Rows, weights: Float[np.ndarray, "R rows"]) -> Statistic:
        """Weighted mean of the sufficient statistic over rows, for each replicate."""

    @abc.abstractmethod
    def sample_statistic(self, random: Random, parameters: Parameters, rows: int) -> Statistic:
        """Draw the mean of the sufficient statistic over so many rows, by its law."""

    @abc.abstractmethod
    def estimate(self, statistic: Statistic) -> Fit:
        """Estimate the parameters from a mean of the sufficient statistic."""

    def sample_real_statistic(self, random: Random, rows: int) -> Statistic:
        """Draw the mean of the sufficient statistic over real rows."""
        return self.sample_statistic(random, replicated(self.truth(), random.replicates), rows)

    def mixed(
        self, statistics: Sequence[Statistic], shares: Float[np.ndarray, "datasets _"]
    ) -> Statistic:
        """Statistic of a mixture of datasets, Σ_d share(d) · statistic(d).

        Parameters
        ----------
        statistics
            Those of the datasets.
        shares
            Of shape (datasets, R), or (datasets, 1) where all replicates have the same.
        """
        if len(statistics) == 1:
            return statistics[0]
        return map_arrays(lambda *parts: _mixed(parts, shares), *statistics)

    def fit(self, rows: Rows, weights: Float[np.ndarray, "R rows"], start: Parameters) -> Fit:
        """Estimate from the statistic of the weighted rows."""
        return self.estimate(self.statistic(rows, weights))


Interval: TypeAlias = Callable[
    [npt.NDArray[np.floating]], tuple[npt.NDArray[np.floating], npt.NDArray[np.floating]]
]
"""From rows of covariates to the least and the greatest response of each."""


class AcceptedRows(NamedTuple):
    """Rows whose responses lie in an interval.

    Attributes
    ----------
    rows
        As :meth:`Model.sample` returns them.
    tries
        How many candidates each row took, the accepted one included; infinite where none was
        accepted, and the row then holds anything. Rows are filled one after the other.
    """

    rows: Rows
    tries: Float[np.ndarray, "R rows"]


@runtime_checkable
class DrawsAccepted(Protocol):
    """A model that can draw rows whose responses lie in an interval without a verifier's call."""

    @property
    def draws_accepted(self) -> bool:
        """Whether :meth:`sample_accepted` can be called."""
        ...

    def sample_accepted(
        self,
        random: Random,
        parameters: Parameters,
        rows: int,
        interval: Interval,
        *,
        by_trial: bool,
        most: int,
    ) -> AcceptedRows:
        """Draw rows of which each is accepted.

        Parameters
        ----------
        random, parameters, rows
            As for :meth:`Model.sample`.
        interval
            Which responses are accepted.
        by_trial
            Whether candidates are drawn until one is accepted; if not, accepted rows and the
            numbers of candidates are drawn by their law. The two agree in law.
        most
            Candidates of a replicate after which a trial ends; the rows that are left have taken
            infinitely many.
        """
        ...


def fit_of_real_rows(model: Model, rows: int) -> Fit:
    """Fit of one dataset of real rows, in double precision; of one replicate.

    For a model whose real rows are fixed, such as the training rows of a table, it is *the* fit.
    """
    random = Random((0, 0), replicates=1)
    weights = np.full((1, rows), 1 / rows)
    return model.fit(model.sample_real(random, rows), weights, replicated(model.truth(), 1))


def fitted(parameters: Parameters) -> Fit:
    """Estimates that need no iteration: those are solved whose every entry is finite.

    Examples
    --------
    >>> import numpy as np
    >>> fitted(np.array([[1.0, 2.0], [1.0, np.nan]])).status.tolist()
    [0, 4]
    """
    status = np.where(finite(parameters), int(Status.SOLVED), int(Status.NOT_FINITE))
    return Fit(parameters, status.astype(np.int8))


def finite(parameters: Parameters) -> npt.NDArray[np.bool_]:
    """Whether every entry of a replicate's parameters is finite; of shape (R,)."""
    parts = [_finite(array) for array in arrays_in(parameters)]
    return np.logical_and.reduce(parts)


def _finite(array: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    if np.ndim(array) == 0:
        raise ValueError(
            f"parameters={array!r}: must have a leading axis of replicates, one estimate for each"
        )
    # What all replicates share is looked at once.
    distinct = array[:1] if array.strides[0] == 0 else array
    own = np.isfinite(distinct).reshape(len(distinct), -1).all(axis=1)
    return np.broadcast_to(own, (len(array),))


def replicated(parameters: Parameters, replicates: int) -> Parameters:
    """The same parameters for every replicate; not to be written to.

    Examples
    --------
    >>> replicated(2.0, 3).tolist()
    [2.0, 2.0, 2.0]
    """

    def repeat(value: npt.ArrayLike) -> npt.NDArray[Any]:
        array = np.asarray(value)
        return np.broadcast_to(array, (replicates, *array.shape))

    return map_arrays(repeat, parameters)


def _mixed(parts: tuple[Any, ...], shares: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    total: Any = 0.0
    for part, share in zip(parts, shares, strict=True):
        weight = share.reshape(-1, *(1,) * (part.ndim - 1))
        # What has no share may hold anything.
        total = total + weight * np.where(weight > 0, part, 0.0)
    return total


def _described(value: Any) -> Any:
    if hasattr(value, "shape"):
        return value.tolist() if value.size <= 64 else f"array of shape {tuple(value.shape)}"
    return value if isinstance(value, (int, float, str, bool, type(None))) else repr(value)
