"""A quantity that may change from generation to generation."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt


def values_of_schedule(name: str, schedule: Any, generations: int) -> npt.NDArray[np.float64]:
    """Evaluate a number, an array or a function of t at the generations 0…T.

    Parameters
    ----------
    name
        The parameter's name, for error messages.
    schedule
        A number: the same at every generation. An array: an entry for each of the generations 0…T,
        or for 1…T (entry 0 of the result is then nan). A function: called with each t from 1 to T,
        and with 0 if it has a finite value there.
    generations
        T, the last generation.

    Returns
    -------
    float64[generations + 1]

    Raises
    ------
    ValueError
        If an array has another length, or an entry is not a number.

    Examples
    --------
    >>> values_of_schedule("n_synthetic", [10, 20], 2)
    array([nan, 10., 20.])
    """
    if callable(schedule):
        return _values_of_function(name, schedule, generations)
    try:
        values = np.asarray(schedule, dtype=np.float64)
    except (TypeError, ValueError):
        values = None
    if values is None or isinstance(schedule, bool) or values.ndim > 1:
        raise ValueError(
            f"{name}={schedule!r}: must be a number, a one-dimensional array or a function of the "
            "generation"
        )
    if values.ndim == 0:
        values = np.full(generations + 1, float(values))
    elif len(values) == generations:
        values = np.concatenate([[np.nan], values])
    elif len(values) != generations + 1:
        raise ValueError(
            f"{name} has {len(values)} entries: must have {generations} (generations 1 to "
            f"{generations}) or {generations + 1} (0 to {generations})"
        )
    if np.any(np.isnan(values[1:])) or (np.ndim(schedule) == 0 and np.isnan(values[0])):
        raise ValueError(f"{name} has an entry that is not a number (nan)")
    return values


def _values_of_function(
    name: str, function: Callable[[int], Any], generations: int
) -> npt.NDArray[np.float64]:
    values = np.empty(generations + 1)
    values[0] = _value_at_start(function)
    for generation in range(1, generations + 1):
        value = function(generation)
        try:
            values[generation] = float(value)
        except (TypeError, ValueError):
            values[generation] = np.nan
        if np.isnan(values[generation]):
            raise ValueError(
                f"{name}: the function returned {value!r} at generation {generation}; "
                "it must return a number"
            )
    return values


def _value_at_start(function: Callable[[int], Any]) -> float:
    # Functions are asked for t >= 1 only; many (n/t, a look-up by t - 1) have no value at 0.
    try:
        return float(function(0))
    except Exception:
        return float("nan")
