"""What a column holds, and with it which model suits it."""

from typing import Literal

import numpy as np
import pandas as pd
from jaxtyping import Float64

from .levels import MIN_VALUES_OF_A_MEASUREMENT, is_numeric, levels_of
from .reader import read_table
from .sentences import counted
from .table import Table
from .targets import MAX_COUNT

# Whole numbers that are as small and vary as little are counts, by default.
MAX_MEAN_OF_COUNTS = 30
MAX_DISPERSION_OF_COUNTS = 10

# Whole numbers from 0 that take as few values, each of them in as many rows, and the greatest in
# such a share of the rows of the most frequent, are classes: large counts are rare.
MAX_CLASSES = 20
MIN_ROWS_OF_A_CLASS = 10
MIN_SHARE_OF_THE_LAST_CLASS = 0.1


def kind_of_target(
    table: Table | pd.DataFrame, target: str
) -> Literal["labels", "counts", "numbers", "categories"]:
    """Say what a target holds.

    Parameters
    ----------
    table : Table or pandas.DataFrame
    target : str

    Returns
    -------
    str
        ``"labels"``: two distinct values. ``"counts"``: whole numbers, the least of them 0, with a
        mean below 30 and a variance of at most 10 times the mean, unless they look like classes.
        ``"numbers"``: others. ``"categories"``: what is left; also three whole numbers, and those
        from 0 to at most 19, each in 10 rows or more, of which the greatest has a tenth of the rows
        of the most frequent, or more.

    Raises
    ------
    ValueError
        The column is not in the table.

    Examples
    --------
    >>> import pandas as pd
    >>> kind_of_target(pd.DataFrame({"visits": [2, 0, 1, 0, 5]}), "visits")
    'counts'
    >>> kind_of_target(pd.DataFrame({"species": [0, 0, 1, 1, 2, 2]}), "species")
    'categories'
    """
    present = read_table(table).column("target", target).dropna()
    labels, codes = levels_of(present)
    if len(labels) == 2:
        return "labels"
    if not is_numeric(present) or len(labels) < 2:
        return "categories"
    values = present.to_numpy(dtype=np.float64)
    if np.any(values != np.floor(values)):
        return "numbers"
    if len(labels) == 3 or _look_like_classes(values, np.bincount(codes)):
        return "categories"
    return "counts" if _look_like_counts(values) else "numbers"


def kind_of_column(table: Table | pd.DataFrame, column: str) -> Literal["numbers", "categories"]:
    """Say what a column holds.

    Parameters
    ----------
    table : Table or pandas.DataFrame
    column : str

    Returns
    -------
    str
        ``"numbers"``: with more than 20 distinct values. ``"categories"``: all else.

    Raises
    ------
    ValueError
        The column is not in the table, or has no values.
    """
    present = present_values(read_table(table), column)
    measured = len(levels_of(present)[0]) >= MIN_VALUES_OF_A_MEASUREMENT
    return "numbers" if measured and is_numeric(present) else "categories"


def present_values(table: Table, column: str) -> pd.Series:
    """Return the values of a column, without those that are missing."""
    present = table.column("column", column).dropna()
    if present.empty:
        raise ValueError(
            f"column={column!r} has no value in any of {counted(len(table.frame), 'row')}; "
            "name another column"
        )
    return present


def _look_like_classes(
    values: Float64[np.ndarray, "rows"], rows: "np.ndarray[tuple[int], np.dtype[np.int64]]"
) -> bool:
    consecutive = values.min() == 0 and values.max() == len(rows) - 1
    if not consecutive or len(rows) > MAX_CLASSES or rows.min() < MIN_ROWS_OF_A_CLASS:
        return False
    return bool(rows[-1] >= MIN_SHARE_OF_THE_LAST_CLASS * rows.max())


def _look_like_counts(values: Float64[np.ndarray, "rows"]) -> bool:
    if values.min() != 0 or values.max() > MAX_COUNT:
        return False
    mean = values.mean()
    return bool(mean < MAX_MEAN_OF_COUNTS and values.var() <= MAX_DISPERSION_OF_COUNTS * mean)
