"""How many rows every dataset has."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from .._base.parameters import Whole, number_in, shown
from .dataset import Dataset
from .schedule import values_of_schedule

SizeSchedule: TypeAlias = int | Sequence[int] | npt.NDArray[np.integer] | Callable[[int], int]
"""A number, an array with an entry a generation, or a function of the generation."""

# More would need gigabytes for the sizes alone; one that asks for more has mistyped.
_MOST_GENERATIONS = 10_000_000


@dataclass(frozen=True, eq=False)
class Sizes:
    """Rows of every dataset, generation by generation.

    Build it with :meth:`Sizes.of`. Two are the same only if they are the same object, so that what
    is derived from one can be cached.

    Attributes
    ----------
    real
        int64[generations + 1]: rows of ``real[t]``; entry 0 is the initial real data, n₀.
    synthetic
        int64[generations + 1]: rows of ``synthetic[t]``; entry 0 is 0, since no model precedes
        generation 0.
    trained
        bool[generations + 1]: at which generations a model is trained; elsewhere the last one is
        kept. None (default): at all of them.
    """

    real: npt.NDArray[np.int64]
    synthetic: npt.NDArray[np.int64]
    trained: npt.NDArray[np.bool_] | None = None

    @classmethod
    def of(
        cls,
        *,
        n_real: SizeSchedule,
        n_synthetic: SizeSchedule,
        generations: int,
        n_initial: int | None = None,
    ) -> "Sizes":
        """Evaluate size schedules for generations 0 to `generations`.

        Parameters
        ----------
        n_real
            Rows of fresh real data at each generation: a number; an array with an entry for each of
            the generations 1…T, or 0…T (entry 0 is then n₀); or a function of t, called with
            1…T, and with 0 if n₀ is not given.
        n_synthetic
            Rows of synthetic data at each generation: likewise (entry 0 of 0…T is not used).
        generations
            T, the last generation.
        n_initial
            n₀, rows of the initial real data. Default: `n_real`, if that is a number; else its
            value at generation 0.

        Raises
        ------
        ValueError
            If a size is not a whole number of rows, is negative, or n₀ cannot be told.

        Examples
        --------
        >>> sizes = Sizes.of(n_real=100, n_synthetic=lambda t: 100 * t, generations=3)
        >>> sizes.synthetic
        array([  0, 100, 200, 300])
        """
        generations = validate_generations(generations)
        real = _rows("n_real", n_real, generations)
        synthetic = _rows("n_synthetic", n_synthetic, generations)
        synthetic[0] = 0
        if n_initial is None and callable(n_real):
            n_initial = _value_at_start(n_real)
        if n_initial is not None:
            if callable(n_initial) or number_in(n_initial) is None:
                raise ValueError(f"n_initial={shown(n_initial)}: must be a number of rows")
            real[0] = _rows("n_initial", n_initial, 0)[0]
        if real[0] < 1:
            given = real[0] if real[0] >= 0 else None
            raise ValueError(
                f"n_initial={given}: the initial real data need at least 1 row; give n_initial, "
                "the rows that generation 0 is fitted on"
            )
        real.flags.writeable = synthetic.flags.writeable = False
        return cls(real, synthetic)

    @property
    def generations(self) -> int:
        """The last generation, T."""
        return len(self.real) - 1

    @property
    def initial(self) -> int:
        """n₀, rows of the initial real data."""
        return int(self.real[0])

    def training(self) -> npt.NDArray[np.bool_]:
        """Tell at which generations a model is trained; bool[generations + 1]."""
        return np.ones(len(self.real), dtype=bool) if self.trained is None else self.trained

    def at_arrivals(self) -> "Sizes":
        """Give the same sizes with a model trained only where real data arrive."""
        return _trained_at_arrivals(self)

    def rows(self, dataset: Dataset) -> int:
        """Rows of a dataset.

        Raises
        ------
        ValueError
            If it belongs to none of the generations 0…T.
        """
        origin, generation = dataset
        if origin not in ("real", "synthetic") or generation not in range(self.generations + 1):
            raise ValueError(
                f"{dataset!r} does not exist: there are real[t] and synthetic[t], t from 0 to "
                f"{self.generations}"
            )
        return int((self.real if origin == "real" else self.synthetic)[generation])

    def rows_of(self, datasets: Sequence[Dataset]) -> npt.NDArray[np.float64]:
        """Rows of several datasets, as numbers to calculate with; as :meth:`rows`."""
        return np.array([self.rows(dataset) for dataset in datasets], dtype=np.float64)


@lru_cache(maxsize=16)
def _trained_at_arrivals(sizes: Sizes) -> Sizes:
    # Cached, since what is derived from sizes is cached by the object.
    return replace(sizes, trained=sizes.training() & (sizes.real > 0))


def validate_generations(generations: int) -> int:
    """Return `generations` as an int, or raise a ValueError that says what is allowed."""
    return Whole(0, _MOST_GENERATIONS).checked("generations", generations)


def _rows(name: str, schedule: SizeSchedule, generations: int) -> npt.NDArray[np.int64]:
    values = values_of_schedule(name, schedule, generations)
    # An absent entry 0 is marked by nan; the caller decides whether that matters.
    known = values[~np.isnan(values)]
    wrong = known[(known < 0) | (known != np.floor(known)) | np.isinf(known)]
    if wrong.size:
        raise ValueError(f"{name}={wrong[0]:g}: rows must be a whole number, 0 or more")
    if np.any(known > 2**53):
        raise ValueError(f"{name}={known.max():g}: more rows than can be counted exactly (2^53)")
    return np.where(np.isnan(values), -1, values).astype(np.int64)


def _value_at_start(n_real: Callable[[int], int]) -> int:
    try:
        return n_real(0)
    except Exception as error:
        # A function written for t >= 1, such as n/t, may raise anything; the remedy is the same.
        raise ValueError(
            f"n_initial=None: its default n_real(0) fails with {shown(error)}; give n_initial, the "
            "rows that generation 0 is fitted on"
        ) from error
