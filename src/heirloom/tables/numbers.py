"""The numbers of a column."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float64

from .encoded_table import notes_on_rows
from .kinds import present_values
from .reader import read_table
from .table import ColumnUse, Table
from .targets import check_numbers


@dataclass(frozen=True, eq=False)
class EncodedNumbers:
    """The numbers of a column.

    Made by :func:`encode_numbers`.

    Attributes
    ----------
    column : str
        Column that they come from.
    values : float64[rows]
        The numbers, in the order of the table.
    rows_dropped : int
        Rows left out for a missing value.
    readings : tuple of str
        Sentences on values that were read as something else.
    uses : tuple of ColumnUse
        What became of the column.
    """

    column: str
    values: Float64[np.ndarray, "rows"]
    rows_dropped: int
    readings: tuple[str, ...] = ()
    uses: tuple[ColumnUse, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what was left out and on what was read otherwise; perhaps none."""
        return (*notes_on_rows(self.rows_dropped, len(self.values)), *self.readings)


def encode_numbers(table: Table | pd.DataFrame, column: str) -> EncodedNumbers:
    """Take the numbers of one column.

    Parameters
    ----------
    table : Table or pandas.DataFrame
    column : str
        A column of numbers (or booleans, as 0 and 1).

    Returns
    -------
    EncodedNumbers

    Raises
    ------
    ValueError
        The column is not in the table, has no values, or holds no numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> encode_numbers(pd.DataFrame({"age": [40, None, 31]}), "age").values
    array([40., 31.])
    """
    read = read_table(table)
    present = present_values(read, column)
    check_numbers("column", column, present)
    values = present.to_numpy(dtype=np.float64)
    dropped = len(read.frame) - len(values)
    return EncodedNumbers(
        column=column,
        values=values,
        rows_dropped=dropped,
        readings=read.notes_on([column]),
        uses=(
            read.use_of(
                column, "numbers", "distribution of the values", len(read.frame) - len(values)
            ),
        ),
    )
