"""Rows of one dataset, be they arrays, a data frame or a list."""

from typing import Any, cast

import numpy as np
from jaxtyping import Int

from .._base.nested import map_arrays
from .nested_values import same


def rows_at(rows: Any, numbers: Int[np.ndarray, " chosen"]) -> Any:
    """Some of the rows.

    Examples
    --------
    >>> rows_at(["a", "b", "c"], np.array([2, 0]))
    ['c', 'a']
    """
    if isinstance(rows, list):
        listed = cast("list[Any]", rows)
        return [listed[number] for number in numbers]
    if hasattr(rows, "iloc"):
        return rows.iloc[numbers]
    return map_arrays(lambda array: array[numbers], rows)


def same_rows(first: Any, second: Any) -> bool:
    """Whether rows hold the same values."""
    if isinstance(first, list):
        return first == second
    return bool(first.equals(second)) if hasattr(first, "iloc") else same(first, second)
