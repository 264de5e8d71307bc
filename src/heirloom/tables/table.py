"""A user's table as it was read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from ..datasets import did_you_mean
from .sentences import listed, named


@dataclass(frozen=True)
class ColumnUse:
    """What became of a column.

    Attributes
    ----------
    name : str
        Of the column.
    kind : str
        What it holds: ``numbers``, ``labels``, ``counts``, ``categories``; or why it is left out:
        ``identifier``, ``constant``, ``empty``, ``dependent``.
    use : str
        What it is used for, or that it is left out, after what was read as something else.

    Examples
    --------
    >>> str(ColumnUse("age", "numbers", "standardised"))
    'age: numbers, standardised'
    """

    name: str
    kind: str
    use: str

    def __str__(self) -> str:
        return f"{self.name}: {self.kind}, {self.use}"


@dataclass(frozen=True, eq=False)
class Table:
    """A table whose values are what they stand for, with what was done to get there.

    Made by :func:`read_table`.

    Attributes
    ----------
    frame : pandas.DataFrame
        The values: numbers as numbers, whatever is missing as missing, names of columns as text, a
        plain index.
    conversions : mapping of str to str
        By column, what was read as something else.
    remedies : mapping of str to str
        By column, how to have it otherwise.
    refusals : mapping of str to str
        By column, why it cannot be used as it is; raised where it is used.
    notes : tuple of str
        Sentences about the file.
    name : str
        Name of the dataset, or path of the file; ``table`` for a data frame.
    """

    frame: pd.DataFrame
    conversions: Mapping[str, str] = field(default_factory=dict[str, str])
    remedies: Mapping[str, str] = field(default_factory=dict[str, str])
    refusals: Mapping[str, str] = field(default_factory=dict[str, str])
    notes: tuple[str, ...] = ()
    name: str = "table"

    def check_column(self, parameter: str, name: str) -> None:
        """Check that a column can be used.

        Parameters
        ----------
        parameter : str
            Argument that names it.
        name : str

        Raises
        ------
        ValueError
            There is no such column, or it has a refusal.
        """
        check_name(self.frame, parameter, name)
        if name in self.refusals:
            raise ValueError(f"column {name!r} {self.refusals[name]}")

    def column(self, parameter: str, name: str) -> pd.Series:
        """Give a column, once :meth:`check_column` has nothing against it."""
        self.check_column(parameter, name)
        return self.frame[name]

    def use_of(self, name: str, kind: str, use: str, missing: int) -> ColumnUse:
        """Say what became of a column, after what it was read as.

        Parameters
        ----------
        name, kind, use : str
            As :class:`ColumnUse` has them.
        missing : int
            How many values are missing.
        """
        said = [self.conversions[name]] if name in self.conversions else []
        lost = [f"{missing} missing"] if missing else []
        return ColumnUse(name, kind, "; ".join([*said, use, *lost]))

    def notes_on(self, names: Sequence[str]) -> tuple[str, ...]:
        """Say what was read as something else; one sentence for all columns of which it is true.

        Parameters
        ----------
        names : sequence of str
            The columns that are used.
        """
        alike: dict[str, list[str]] = {}
        for name in names:
            if name in self.conversions:
                remedy = f"; {self.remedies[name]}" if name in self.remedies else ""
                alike.setdefault(self.conversions[name] + remedy, []).append(name)
        said = (f"{named('column', columns)}: {what}." for what, columns in alike.items())
        return (*self.notes, *said)


def check_name(frame: pd.DataFrame, parameter: str, name: str) -> None:
    """Check that there is a column of this name; else raise a ValueError."""
    if name not in frame.columns:
        known = list(frame.columns)
        raise ValueError(
            f"{parameter}={name!r} is not a column of the table; "
            f"choose one of {listed(known)}{did_you_mean(name, known)}"
        )
