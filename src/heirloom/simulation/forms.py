"""What a dataset is in a simulation: rows, or the mean of a sufficient statistic."""

import abc
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from jaxtyping import Bool, Float, Int

from .._base.nested import arrays_in, map_arrays
from .._base.random import Random
from ..models import Fit, Model, SufficientModel
from ..models.base import Parameters, Rows, Statistic
from .answers import checked_fit, checked_rows, read_only
from .subsample import drawn_numbers, rows_at

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Dataset:
    """A dataset of every replicate.

    Attributes
    ----------
    content
        Rows, or a statistic, as the form has it.
    rows
        How many rows were asked for.
    present
        Which of the rows are kept, (R, rows); None where all are.
    kept
        How many rows each replicate keeps, (R,); None where all are.
    status
        How the model ended that the dataset comes from, its verification included; int8[R].
    statistic
        Mean of the sufficient statistic, where it is known already. Default None.
    """

    content: Any
    rows: int
    present: Bool[np.ndarray, "R rows"] | None
    kept: Int[np.ndarray, " R"] | None
    status: Int[np.ndarray, " R"]
    statistic: Any = None

    @property
    def counts(self) -> Int[np.ndarray, " _"]:
        """Rows of each replicate, of shape (R,); of shape (1,) where all have the same."""
        return np.array([self.rows]) if self.kept is None else self.kept


class Form(abc.ABC):
    """How datasets of a model are drawn, mixed and fitted.

    Parameters
    ----------
    model
        What is sampled and fitted.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self._arrays = len(list(arrays_in(model.truth())))

    def checked(self, fit: Any, replicates: int) -> Fit:
        """A fit that is one; a ValueError if what a user's model returned is none."""
        return checked_fit(self.model, fit, self._arrays, replicates)

    def real_rows(self, random: Random, rows: int) -> Rows:
        """Draw rows of the truth."""
        drawn = self.model.sample_real(random, rows)
        return checked_rows(self.model, "sample_real", drawn, random.replicates, rows)

    def synthetic_rows(self, random: Random, parameters: Parameters, rows: int) -> Rows:
        """Draw rows of the model."""
        drawn = self.model.sample(random, parameters, rows)
        return checked_rows(self.model, "sample", drawn, random.replicates, rows)

    @abc.abstractmethod
    def real(self, random: Random, rows: int) -> Any:
        """Draw a real dataset."""

    @abc.abstractmethod
    def synthetic(self, random: Random, parameters: Parameters, rows: int) -> Any:
        """Draw a synthetic dataset."""

    @abc.abstractmethod
    def of_rows(self, rows: Rows, present: Bool[np.ndarray, "R rows"] | None) -> Any:
        """Content of a dataset of given rows."""

    @abc.abstractmethod
    def fit(
        self,
        datasets: Sequence[Dataset],
        shares: Float[np.ndarray, "datasets _"],
        start: Parameters,
    ) -> Fit:
        """Fit a mixture of whole datasets.

        Parameters
        ----------
        datasets
            Those that take part.
        shares
            Of shape (datasets, R), or (datasets, 1) where all replicates have the same.
        start
            Where an iteration may start.
        """

    @abc.abstractmethod
    def pool(self) -> "DatasetPool":
        """A pool that datasets can join, as yet without any."""


class StatisticForm(Form):
    """A dataset is no more than the mean of its sufficient statistic.

    Parameters
    ----------
    model
        What is sampled and fitted.
    by_law
        Whether the mean is drawn by its law; if not, rows are drawn.
    """

    model: SufficientModel

    def __init__(self, model: SufficientModel, *, by_law: bool) -> None:
        super().__init__(model)
        self.by_law = by_law

    def real(self, random: Random, rows: int) -> Statistic:
        """Draw the mean by its law, or from rows."""
        if self.by_law:
            return self.model.sample_real_statistic(random, rows)
        return self.of_rows(self.real_rows(random, rows), None)

    def synthetic(self, random: Random, parameters: Parameters, rows: int) -> Statistic:
        """Draw the mean by its law, or from rows."""
        if self.by_law:
            return self.model.sample_statistic(random, parameters, rows)
        return self.of_rows(self.synthetic_rows(random, parameters, rows), None)

    def of_rows(self, rows: Rows, present: Bool[np.ndarray, "R rows"] | None) -> Statistic:
        """Mean over the rows that are kept."""
        return statistic_of(self.model, rows, present)

    def fit(
        self,
        datasets: Sequence[Dataset],
        shares: Float[np.ndarray, "datasets _"],
        start: Parameters,
    ) -> Fit:
        """Estimate from the mean over the mixture."""
        fit = self.model.estimate(self.model.mixed([d.content for d in datasets], shares))
        return self.checked(fit, len(datasets[0].status))

    def pool(self) -> "DatasetPool":
        """A pool that is the mean over all its rows."""
        return _StatisticPool(self.model)


class RowsForm(Form):
    """A dataset is its rows."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._concatenated: dict[tuple[object, ...], tuple[Any, Any]] = {}

    def forget(self) -> None:
        """Forget what the workflows of the last generation shared."""
        self._concatenated = {}

    def real(self, random: Random, rows: int) -> Rows:
        """Draw rows of the truth."""
        return self.real_rows(random, rows)

    def synthetic(self, random: Random, parameters: Parameters, rows: int) -> Rows:
        """Draw rows of the model."""
        return self.synthetic_rows(random, parameters, rows)

    def of_rows(self, rows: Rows, present: Bool[np.ndarray, "R rows"] | None) -> Rows:
        """The rows themselves."""
        return rows

    def fit(
        self,
        datasets: Sequence[Dataset],
        shares: Float[np.ndarray, "datasets _"],
        start: Parameters,
    ) -> Fit:
        """Fit rows, each with the share of its dataset over the number of its rows."""
        replicates = len(datasets[0].status)
        if isinstance(self.model, SufficientModel):
            # Each dataset has a statistic of its own.
            model = self.model
            statistics = [
                statistic_of(model, d.content, d.present) if d.statistic is None else d.statistic
                for d in datasets
            ]
            return self.checked(model.estimate(model.mixed(statistics, shares)), replicates)
        rows = self._concatenation([d.content for d in datasets])
        weights = _row_weights(datasets, shares, replicates)
        return self.checked(self.model.fit(rows, weights, start), replicates)

    def fit_drawn(
        self,
        datasets: Sequence[Dataset],
        shares: Float[np.ndarray, " datasets"],
        counts: Sequence[int],
        random: Random,
        start: Parameters,
        *,
        replacement: bool,
    ) -> Fit:
        """Fit rows that are drawn from each dataset by itself.

        Parameters
        ----------
        datasets, shares, start
            As for :meth:`fit`.
        counts
            How many rows are drawn from each.
        random
            For the draws.
        replacement
            Whether a row may be drawn more than once.
        """
        parts = [
            d
            if count == d.rows and not replacement
            else self._part(d, drawn_numbers(random, d.rows, count, replacement=replacement))
            for d, count in zip(datasets, counts, strict=True)
        ]
        return self.fit(parts, shares[:, None], start)

    def fit_drawn_from_pool(
        self, pool: Dataset, count: int, random: Random, start: Parameters, *, replacement: bool
    ) -> Fit:
        """Fit rows that are drawn from one pool, all with the same weight."""
        part = self._part(pool, drawn_numbers(random, pool.rows, count, replacement=replacement))
        return self.fit([part], np.ones((1, 1)), start)

    def pooled(self, datasets: Sequence[Dataset]) -> Dataset:
        """Several datasets as one."""
        rows = self._concatenation([d.content for d in datasets])
        total = sum(d.rows for d in datasets)
        return Dataset(rows, total, None, None, first_failure([d.status for d in datasets]))

    def pool(self) -> "DatasetPool":
        """A pool that holds all its rows."""
        return _RowsPool(self.model)

    def _part(self, dataset: Dataset, numbers: Int[np.ndarray, "R count"]) -> Dataset:
        rows = rows_at(dataset.content, numbers)
        return Dataset(rows, numbers.shape[1], None, None, dataset.status)

    def _concatenation(self, parts: list[Rows]) -> Rows:
        """Rows of several datasets, one after the other.

        Workflows share arrays, such as covariates, and so their concatenations.
        """
        if len(parts) == 1:
            return parts[0]

        def concatenate(*arrays: npt.NDArray[Any]) -> npt.NDArray[Any]:
            key = tuple([_place(array) for array in arrays])
            if key not in self._concatenated:
                # The arrays are kept, too, so that no other takes the place of one.
                self._concatenated[key] = (read_only(np.concatenate(arrays, axis=1)), arrays)
            return self._concatenated[key][0]

        return map_arrays(concatenate, *parts)


def as_rows(form: Form) -> RowsForm:
    """A form that keeps rows, from which some can be drawn."""
    if not isinstance(form, RowsForm):
        raise TypeError("rows can be drawn only from datasets that are kept as rows")
    return form


def first_failure(statuses: Sequence[npt.NDArray[np.int8]]) -> npt.NDArray[np.int8]:
    """For each replicate, the first status that is a failure; else ``SOLVED``."""
    first = statuses[0]
    for status in statuses[1:]:
        first = np.where(first != 0, first, status)
    return first


def _place(array: npt.NDArray[Any]) -> object:
    """Where an array is in memory: two views of the same numbers have one place."""
    return array.ctypes.data, array.shape, array.strides, array.dtype


class DatasetPool(abc.ABC):
    """Datasets of which every row counts the same, as one."""

    @abc.abstractmethod
    def join(self, new: Dataset) -> None:
        """Let a dataset join."""

    @abc.abstractmethod
    def dataset(self) -> Dataset:
        """All rows so far."""


class _StatisticPool(DatasetPool):
    """The mean over all rows so far, so that a pool costs the same however much has joined it."""

    def __init__(self, model: SufficientModel) -> None:
        self._model = model
        self._held: Dataset | None = None

    def join(self, new: Dataset) -> None:
        held = self._held
        if held is None:
            self._held = new
            return
        counts = np.stack(np.broadcast_arrays(held.counts, new.counts)).astype(np.float64)
        shares = counts / np.maximum(counts.sum(axis=0), 1)
        content = self._model.mixed([held.content, new.content], shares)
        kept = None if held.kept is new.kept is None else held.counts + new.counts
        status = first_failure([held.status, new.status])
        self._held = Dataset(content, held.rows + new.rows, None, kept, status)

    def join_rows(self, new: Dataset) -> None:
        content = statistic_of(self._model, new.content, new.present)
        self.join(replace(new, content=content, present=None))

    def dataset(self) -> Dataset:
        if self._held is None:
            raise ValueError("a pool that nothing has joined")
        return self._held


class _RowsPool(DatasetPool):
    """All rows so far, in arrays with room for more, so that joining copies what is new.

    Rows that are drawn from it are one dataset. Used whole, its datasets have each a statistic of
    its own, as everywhere else.
    """

    def __init__(self, model: Model) -> None:
        self._statistics: _StatisticPool | None = None
        if isinstance(model, SufficientModel):
            self._statistics = _StatisticPool(model)
        self._content: Any = None
        self._present: npt.NDArray[np.bool_] = np.zeros((0, 0), dtype=bool)
        self._status: npt.NDArray[np.int8] = np.zeros(0, dtype=np.int8)
        self._rows = 0
        self._everything_kept = True

    def join(self, new: Dataset) -> None:
        start, end = self._rows, self._rows + new.rows
        if self._content is None:
            self._content = map_arrays(lambda a: _with_room(a, end), new.content)
            self._present = np.ones((len(new.status), end), dtype=bool)
            self._status = new.status
        elif end > self._present.shape[1]:
            self._content = map_arrays(lambda a: _with_room(a, 2 * end), self._content)
            self._present = _with_room(self._present, 2 * end)
        for held, more in zip(arrays_in(self._content), arrays_in(new.content), strict=True):
            held[:, start:end] = more
        self._present[:, start:end] = True if new.present is None else new.present
        self._everything_kept &= new.present is None
        self._status = first_failure([self._status, new.status])
        self._rows = end
        if self._statistics is not None:
            self._statistics.join_rows(new)

    def dataset(self) -> Dataset:
        content = map_arrays(lambda a: a[:, : self._rows], self._content)
        present = None if self._everything_kept else self._present[:, : self._rows]
        kept = None if present is None else present.sum(axis=1)
        statistic = None if self._statistics is None else self._statistics.dataset().content
        return Dataset(content, self._rows, present, kept, self._status, statistic)


def _with_room(array: npt.NDArray[Any], rows: int) -> npt.NDArray[Any]:
    """The same rows in an array for more of them, in the same order of memory."""
    room = np.empty_like(array, shape=(len(array), rows, *array.shape[2:]))
    held = min(rows, array.shape[1])
    room[:, :held] = array[:, :held]
    return room


def statistic_of(
    model: SufficientModel, rows: Rows, present: Bool[np.ndarray, "R rows"] | None
) -> Statistic:
    """Mean of the sufficient statistic over the rows that are kept."""
    first = next(arrays_in(rows))
    if present is None:
        weights = np.broadcast_to(_equal_weights(first.shape[1]), first.shape[:2])
    else:
        weights = present / np.maximum(present.sum(axis=1, keepdims=True), 1)
    return model.statistic(rows, weights)


@lru_cache(maxsize=64)
def _equal_weights(rows: int) -> _Floats:
    weights = np.full(rows, 1 / rows)
    weights.flags.writeable = False
    return weights


def _row_weights(
    datasets: Sequence[Dataset], shares: Float[np.ndarray, "datasets _"], replicates: int
) -> Float[np.ndarray, "R rows"]:
    """Weight of every row: the share of its dataset over the number of its rows."""
    if shares.shape[1] == 1 and all(d.present is None for d in datasets):
        rows = tuple([d.rows for d in datasets])
        same = _weights_of_whole(tuple(shares[:, 0].tolist()), rows)
        return np.broadcast_to(same, (replicates, len(same)))
    parts: list[_Floats] = []
    for dataset, share in zip(datasets, shares, strict=True):
        each = np.broadcast_to(share / np.maximum(dataset.counts, 1), (replicates,))[:, None]
        whole = np.ones((1, dataset.rows), dtype=bool)
        parts.append(np.where(whole if dataset.present is None else dataset.present, each, 0.0))
    return np.concatenate(parts, axis=1)


@lru_cache(maxsize=256)
def _weights_of_whole(shares: tuple[float, ...], rows: tuple[int, ...]) -> _Floats:
    counts = np.array(rows)
    weights = np.repeat(np.array(shares) / counts, counts)
    weights.flags.writeable = False
    return weights
