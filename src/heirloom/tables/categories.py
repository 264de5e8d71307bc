"""How often each category of a column occurs."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float64, Int64

from .encoded_table import notes_on_rows
from .kinds import present_values
from .levels import is_numeric, levels_of
from .reader import read_table
from .table import ColumnUse, Table

MAX_CATEGORIES = 1000
MAX_NUMERIC_CATEGORIES = 100


@dataclass(frozen=True, eq=False)
class EncodedCategories:
    """How often each category of a column occurs.

    Made by :func:`encode_categories`.

    Attributes
    ----------
    column : str
        Column that was counted.
    categories : tuple of str
        The distinct values, sorted.
    counts : int64[categories]
        Rows with each.
    probabilities : float64[categories]
        Their shares, which sum to 1.
    rows_dropped : int
        Rows left out for a missing value.
    readings : tuple of str
        Sentences on values that were read as something else.
    uses : tuple of ColumnUse
        What became of the column.
    """

    column: str
    categories: tuple[str, ...]
    counts: Int64[np.ndarray, "categories"]
    probabilities: Float64[np.ndarray, "categories"]
    rows_dropped: int
    readings: tuple[str, ...] = ()
    uses: tuple[ColumnUse, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what was left out and on what was read otherwise; perhaps none."""
        return (*notes_on_rows(self.rows_dropped, int(self.counts.sum())), *self.readings)


def encode_categories(table: Table | pd.DataFrame, column: str) -> EncodedCategories:
    """Count the categories of one column.

    Parameters
    ----------
    table : Table or pandas.DataFrame
    column : str
        A column of categories; of numbers, if there are at most 100 distinct ones.

    Returns
    -------
    EncodedCategories

    Raises
    ------
    ValueError
        The column is not in the table, has no values, or has too many distinct ones.

    Examples
    --------
    >>> import pandas as pd
    >>> encoded = encode_categories(pd.DataFrame({"job": ["cook", "baker", "cook", ""]}), "job")
    >>> encoded.categories
    ('baker', 'cook')
    >>> encoded.counts
    array([1, 2])
    >>> encoded.rows_dropped
    1
    """
    read = read_table(table)
    present = present_values(read, column)
    categories, codes = levels_of(present)
    if is_numeric(present) and len(categories) > MAX_NUMERIC_CATEGORIES:
        raise ValueError(
            f"column={column!r} is numeric, with {len(categories)} distinct values, and at most "
            f"{MAX_NUMERIC_CATEGORIES} are allowed as categories; use model='cdf' (--model cdf), "
            "sort the numbers into bins, or name another column"
        )
    if len(categories) > MAX_CATEGORIES:
        raise ValueError(
            f"column={column!r} has {len(categories)} distinct values, and at most "
            f"{MAX_CATEGORIES} are allowed; merge rare ones, or name another column"
        )
    counts = np.bincount(codes, minlength=len(categories)).astype(np.int64)
    dropped = len(read.frame) - len(present)
    return EncodedCategories(
        column=column,
        categories=tuple(categories),
        counts=counts,
        probabilities=counts / counts.sum(),
        rows_dropped=dropped,
        readings=read.notes_on([column]),
        uses=(
            read.use_of(
                column,
                "categories",
                f"frequencies of {len(categories)}",
                len(read.frame) - len(present),
            ),
        ),
    )
