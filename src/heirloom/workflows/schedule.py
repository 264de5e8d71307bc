"""A quantity that may change from generation to generation."""

from collections.abc import Sequence, Sized
from typing import Any

import numpy as np
import numpy.typing as npt

from .._base.parameters import number_in, numbers_in, shown


class ScheduleEndedError(ValueError):
    """An array of sizes or weights has not as many entries as there are generations."""


def values_of_schedule(name: str, schedule: Any, generations: int) -> npt.NDArray[np.float64]:
    """Evaluate a number, an array or a function of t at the generations 0…T.

    Parameters
    ----------
    name
        The parameter's name, for error messages.
    schedule
        A number: the same at every generation. An array: an entry for each of the generations 0…T,
        or for 1…T. A function: called with each t from 1 to T.
    generations
        T, the last generation.

    Returns
    -------
    float64[generations + 1]
        Entry 0 is nan where the schedule begins at 1.

    Raises
    ------
    ValueError
        If an array has another length, or an entry is not a number.

    Examples
    --------
    >>> values_of_schedule("n_synthetic", [10, 20], 2)
    array([nan, 10., 20.])
    """
    if not callable(schedule):
        numbers = numbers_in(schedule)
        if numbers is None or numbers.ndim > 1 or np.any(np.isnan(numbers)):
            raise ValueError(
                f"{name}={shown(schedule)}: must be a number, a one-dimensional array of numbers "
                "or a function of the generation"
            )
        if numbers.ndim == 0:
            return np.full(generations + 1, float(numbers))
        schedule = numbers
    later = [value_at(name, schedule, t, generations) for t in range(1, generations + 1)]
    start = np.nan
    if not callable(schedule) and _generation_of_first_entry(name, schedule, generations) == 0:
        start = schedule[0]
    return np.array([start, *later])


def value_at(name: str, schedule: Any, generation: int, generations: int) -> float:
    """Evaluate a number, a sequence of numbers or a function of t at one generation t >= 1.

    Parameters
    ----------
    name
        The parameter's name, for error messages.
    schedule
        As for :func:`values_of_schedule`, its numbers already checked.
    generation
        t.
    generations
        T, the last generation.

    Raises
    ------
    ValueError
        If a sequence has another length than T or T + 1, or a function returns no number.
    """
    if callable(schedule):
        returned = schedule(generation)
        value = number_in(returned)
        if value is None or np.isnan(value):
            raise ValueError(
                f"{name}: the function returned {shown(returned)} at generation {generation}; "
                "it must return a number"
            )
        return value
    if not isinstance(schedule, (Sequence, np.ndarray)):
        return float(schedule)
    first = _generation_of_first_entry(name, schedule, generations)
    return float(schedule[generation - first])


def _generation_of_first_entry(name: str, schedule: Sized, generations: int) -> int:
    if len(schedule) not in (generations, generations + 1):
        raise ScheduleEndedError(
            f"{name} has {len(schedule)} entries: must have {generations} (generations 1 to "
            f"{generations}) or {generations + 1} (0 to {generations})"
        )
    return generations + 1 - len(schedule)
