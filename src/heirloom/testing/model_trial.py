"""A model under examination: each call is checked for what it returns and what it leaves alone."""

from enum import IntEnum
from functools import cached_property
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from jaxtyping import Float, Int

from .._base.nested import arrays_in
from .._base.random import derived_key
from ..models import Fit, Model, Status, SufficientModel
from ..models.base import Parameters, Rows, Statistic, finite, replicated
from ..simulation.answers import checked_fit, checked_metrics, checked_rows
from .contract_error import ContractError, attempted, in_contract, in_one_line
from .nested_values import at_replicates, form_of, numpy_arrays_in, same, shapes_of
from .watched_random import WatchedRandom

_FEWEST_SOLVED = 2


class Purpose(IntEnum):
    """What random numbers of an examination are for."""

    REAL = 0
    SYNTHETIC = 1
    ANOTHER = 2
    BY_LAW = 3
    BY_ROWS = 4
    REAL_BY_LAW = 5
    REAL_BY_ROWS = 6
    LIMIT = 7
    ACCEPTED = 8
    TRIED = 9


class ModelTrial:
    """A model and how much of it is tried.

    Each method calls that of the model with the same name, and raises a ContractError if it fails,
    returns what it must not, or writes to what it is given.

    Parameters
    ----------
    model
        The model.
    rows
        Rows of a dataset.
    replicates
        How many replicates are tried side by side.
    seed
        Of the random numbers.
    """

    def __init__(self, model: Model, *, rows: int, replicates: int, seed: int) -> None:
        if not isinstance(cast(object, model), Model):
            raise ContractError(
                f"{in_one_line(repr(model))} is no heirloom.models.Model: subclass it"
            )
        self.model = model
        self.rows, self.replicates, self.seed = rows, replicates, seed
        self.name = type(model).__name__
        self.truth = self._truth()

    # ------------------------------------------------------------------------ what goes in

    def random(
        self,
        purpose: Purpose,
        replicates: int | None = None,
        *,
        first: int = 0,
        dtype: npt.DTypeLike = np.float64,
    ) -> WatchedRandom:
        """Random numbers for a purpose, from their beginning.

        Parameters
        ----------
        purpose
            What for.
        replicates
            How many replicates. Default: as many as there are :attr:`parameters` of.
        first
            Number of the first of them. Default 0.
        dtype
            Precision. Default double.
        """
        count = self.count if replicates is None else replicates
        key = derived_key((self.seed, 0), int(purpose), 0)
        return WatchedRandom(key, count, first_replicate=first, dtype=dtype)

    @cached_property
    def parameters(self) -> Parameters:
        """Estimates from real rows, one for each replicate whose fit was solved."""
        random = self.random(Purpose.REAL, self.replicates)
        real = self.sample_real(random, self.rows)
        start = replicated(self.truth, self.replicates)
        fit = self.fit(real, equal_weights(self.replicates, self.rows), start)
        return at_replicates(fit.parameters, self.solved(fit, self.rows))

    @property
    def count(self) -> int:
        """How many replicates there are :attr:`parameters` of."""
        return len(next(arrays_in(self.parameters)))

    def solved(self, fit: Fit, rows: int) -> Int[np.ndarray, " _"]:
        """Replicates of a fit of so many rows that were solved; a ContractError if too few were."""
        chosen = np.flatnonzero(fit.status == Status.SOLVED)
        if len(chosen) < _FEWEST_SOLVED:
            codes = fit.status[fit.status != Status.SOLVED]
            reason = Status(int(np.bincount(codes).argmax())).message if len(codes) else "solved"
            raise ContractError(
                f"{self.name}.fit: {len(chosen)} of {len(fit.status)} fits of {rows} rows were "
                f"solved, and {_FEWEST_SOLVED} must be ({reason}); check it at more `rows` or "
                "`replicates`"
            )
        return chosen

    # ------------------------------------------------------------------------ what comes out

    def sample(self, random: WatchedRandom, parameters: Parameters, rows: int) -> Rows:
        """Rows of the model."""
        drawn = self.call("sample", random=random, parameters=parameters, rows=rows)
        return self._checked_rows("sample", drawn, random.replicates, rows)

    def sample_real(self, random: WatchedRandom, rows: int) -> Rows:
        """Rows of the truth."""
        drawn = self.call("sample_real", random=random, rows=rows)
        return self._checked_rows("sample_real", drawn, random.replicates, rows)

    def fit(self, rows: Rows, weights: Float[np.ndarray, "R rows"], start: Parameters) -> Fit:
        """A fit of rows."""
        fit = self.call("fit", rows=rows, weights=weights, start=start)
        return self._checked_fit("fit", fit, len(weights))

    def metrics(self, parameters: Parameters) -> dict[str, npt.NDArray[np.floating]]:
        """Metrics of parameters that were solved for."""
        replicates = len(next(arrays_in(parameters)))
        answer = self.call("metrics", parameters=parameters)
        named = in_contract(lambda: checked_metrics(self.model, answer, replicates))
        for name, values in cast("dict[object, Any]", answer).items():
            if not isinstance(name, str):
                raise ContractError(f"{self.name}.metrics has the name {name!r}; it must be text")
            if np.isnan(values).any():
                raise ContractError(
                    f"{self.name}.metrics: {name!r} is nan where the fit was solved; measure a "
                    "number, or have `fit` return another status"
                )
        return named

    def statistic(self, rows: Rows, weights: Float[np.ndarray, "R rows"]) -> Statistic:
        """Mean of the sufficient statistic over rows."""
        statistic = self.call("statistic", rows=rows, weights=weights)
        return self._checked_statistic("statistic", statistic, len(weights))

    def sample_statistic(
        self, random: WatchedRandom, parameters: Parameters, rows: int
    ) -> Statistic:
        """Mean of the sufficient statistic over rows of the model, by its law."""
        drawn = self.call("sample_statistic", random=random, parameters=parameters, rows=rows)
        return self._checked_statistic("sample_statistic", drawn, random.replicates)

    def sample_real_statistic(self, random: WatchedRandom, rows: int) -> Statistic:
        """Mean of the sufficient statistic over rows of the truth, by its law."""
        drawn = self.call("sample_real_statistic", random=random, rows=rows)
        return self._checked_statistic("sample_real_statistic", drawn, random.replicates)

    def estimate(self, statistic: Statistic) -> Fit:
        """A fit of a mean of the sufficient statistic."""
        fit = self.call("estimate", statistic=statistic)
        return self._checked_fit("estimate", fit, len(next(arrays_in(statistic))))

    def mixed(self, statistics: list[Statistic], shares: Float[np.ndarray, "d _"]) -> Statistic:
        """Statistic of a mixture of datasets."""
        mixed = self.call("mixed", statistics=statistics, shares=shares)
        return self._checked_statistic("mixed", mixed, len(next(arrays_in(statistics))))

    @property
    def sufficient(self) -> bool:
        """Whether the estimate is a function of a mean."""
        return isinstance(self.model, SufficientModel)

    def call(self, method: str, **arguments: Any) -> Any:
        """What a method of the model returns; a ContractError if it fails or writes to arrays.

        Parameters
        ----------
        method
            Its name.
        **arguments
            What it is given, in this order; the names are for the message.
        """
        named = f"{self.name}.{method}"
        before = {name: _copies(value) for name, value in arguments.items()}
        answer = attempted(lambda: getattr(self.model, method)(*arguments.values()), named)
        for name, value in arguments.items():
            if not same(before[name], list(numpy_arrays_in(value))):
                raise ContractError(f"{named}: writes to its `{name}`; work on a copy")
        return answer

    def _truth(self) -> Parameters:
        truth = self.call("truth")
        arrays = [np.asarray(array) for array in arrays_in(truth)]
        if not arrays or any(array.dtype.kind not in "biuf" for array in arrays):
            raise ContractError(
                f"{self.name}.truth returned {in_one_line(repr(truth))}; it must return an array "
                "of numbers, or a named tuple of such"
            )
        if not all(np.isfinite(array).all() for array in arrays):
            raise ContractError(f"{self.name}.truth has entries that are not finite")
        if not same(truth, self.call("truth")):
            raise ContractError(f"{self.name}.truth: two calls returned different parameters")
        return truth

    def _checked_rows(self, method: str, rows: Any, replicates: int, count: int) -> Rows:
        return in_contract(lambda: checked_rows(self.model, method, rows, replicates, count))

    def _checked_fit(self, method: str, fit: Any, replicates: int) -> Fit:
        # Where `estimate` is at fault, the message names it in place of `fit`.
        arrays = len(list(arrays_in(self.truth)))
        checked = in_contract(
            lambda: checked_fit(self.model, fit, arrays, replicates),
            (f"{self.name}.fit", f"{self.name}.{method}"),
        )
        form, wanted = form_of(checked.parameters, without=1), form_of(self.truth)
        if form != wanted:
            raise ContractError(
                f"{self.name}.{method} returned parameters of the form {form}, the axis of "
                f"replicates apart, and truth() has the form {wanted}; they must have the same"
            )
        solved = checked.status == Status.SOLVED
        if solved.any() and not finite(at_replicates(checked.parameters, solved)).all():
            raise ContractError(
                f"{self.name}.{method} returned parameters that are not finite with the status "
                "SOLVED; return Status.NOT_FINITE there, as models.fitted() does"
            )
        return checked

    def _checked_statistic(self, method: str, statistic: Any, replicates: int) -> Statistic:
        shapes = shapes_of(statistic)
        if not shapes or any(shape[:1] != (replicates,) for shape in shapes):
            shown = ", ".join(map(str, shapes)) or in_one_line(repr(statistic))
            raise ContractError(
                f"{self.name}.{method} returned a statistic of shape {shown}; it must be an array "
                f"of shape ({replicates}, …) here, the mean over the rows of each replicate; or a "
                "named tuple of such"
            )
        return statistic


def equal_weights(replicates: int, rows: int) -> Float[np.ndarray, "R rows"]:
    """The same weight for every row, as a view of one row of weights."""
    return np.broadcast_to(np.full(rows, 1 / rows), (replicates, rows))


def _copies(value: Any) -> list[npt.NDArray[Any]]:
    return [np.copy(array) for array in numpy_arrays_in(value)]
