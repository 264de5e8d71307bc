"""A table as the design and response of a regression, and what became of each column."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from .sentences import counted, named
from .table import ColumnUse

INTERCEPT = "(intercept)"


@dataclass(frozen=True, eq=False)
class EncodedTable:
    """A table as the design and response of a regression.

    Made by :func:`encode_binary_target`, :func:`encode_numeric_target` and
    :func:`encode_count_target`.

    Attributes
    ----------
    design : float64[rows, columns]
        A column of ones, then the encoded features; of full column rank.
    response : float64[rows]
        The target: 0 and 1 for two labels, else (number - `centre`) / `scale`.
    columns : tuple of str
        Names of the columns of `design`: ``(intercept)``, the name of a number, or
        ``name=level`` of a category.
    target : str
        Column that the response comes from.
    labels : tuple of str
        Labels of the target that became 0 and 1; empty where it holds numbers.
    centre, scale : float
        What gives the numbers back: `centre` + `scale` * `response`.
    rows_dropped : int
        Rows left out for a missing value in a column that is used.
    constant : tuple of str
        Columns of the table left out because one value fills them.
    identifiers : tuple of str
        Columns of the table left out because they tell rows apart rather than describe them.
    empty : tuple of str
        Columns of the table left out because most of their values are missing.
    dependent : tuple of str
        Encoded columns left out because they are linear combinations of earlier ones.
    uses : tuple of ColumnUse
        What became of the target and of each feature.
    readings : tuple of str
        Sentences on values that were read as something else.
    most_missing : str
        The column for whose missing values most rows are left out; empty where none are.
    """

    design: Float64[np.ndarray, "rows columns"]
    response: Float64[np.ndarray, "rows"]
    columns: tuple[str, ...]
    target: str
    labels: tuple[str, ...]
    centre: float
    scale: float
    rows_dropped: int
    constant: tuple[str, ...]
    identifiers: tuple[str, ...]
    empty: tuple[str, ...]
    dependent: tuple[str, ...]
    uses: tuple[ColumnUse, ...]
    readings: tuple[str, ...]
    most_missing: str

    @property
    def notes(self) -> tuple[str, ...]:
        """One sentence for each kind of thing that was left out; empty where nothing was."""
        notes = list(notes_on_rows(self.rows_dropped, len(self.response), self.most_missing))
        notes += self.readings
        if self.empty:
            notes.append(
                f"{named('column', self.empty)} left out: most or all values are missing, and the "
                "rows without one would be lost; features (--features) keeps what has some."
            )
        if self.identifiers:
            notes.append(
                f"{named('column', self.identifiers)} left out: no two rows have the same value, "
                "which tells rows apart and predicts nothing."
            )
        if self.constant:
            notes.append(
                f"{named('column', self.constant)} left out: "
                "the same value in every row that is used."
            )
        if self.dependent:
            notes.append(
                f"{named('encoded column', self.dependent)} left out: "
                "a linear combination of the columns before."
            )
        return tuple(notes)


def notes_on_rows(dropped: int, used: int, most_missing: str = "") -> tuple[str, ...]:
    """Say how many rows are left out, loudly where they are most; nothing where none are."""
    if not dropped:
        return ()
    mostly = f", most often in {most_missing!r}" if most_missing else ""
    missing = f"a value is missing in a column that is used{mostly}."
    if dropped > used:
        return (f"ONLY {counted(used, 'row')} of {dropped + used} USED: in all others {missing}",)
    return (f"{dropped} of {counted(dropped + used, 'row')} left out: {missing}",)
