"""A table as its file has it, and what is common to all files."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from .sentences import listed


class RawTable(NamedTuple):
    """A table before its values are interpreted.

    Attributes
    ----------
    frame
        The values as pandas reads them.
    decimal
        The mark of decimals of the whole file, where it shows one.
    notes
        Sentences on what had to be guessed.
    """

    frame: pd.DataFrame
    decimal: str | None = None
    notes: tuple[str, ...] = ()


def checked_names(path: Path, header: Iterable[object]) -> list[str]:
    """Return the names of the columns as text, each of which must be there once."""
    stripped = ["" if name is None or name != name else str(name).strip() for name in header]
    names = [name or unnamed(position) for position, name in enumerate(stripped)]
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise ValueError(
            f"source={str(path)!r} has more than one column named {listed(repeated)}; "
            "give each column a name of its own"
        )
    return names


def unnamed(position: int) -> str:
    """Name a column that has no name."""
    return f"Unnamed: {position}"


def without_empty_unnamed_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Drop what a delimiter at the end of each line leaves behind: no name, no values."""
    empty = [
        name
        for position, name in enumerate(frame.columns)
        if name == unnamed(position) and frame[name].isna().all()
    ]
    return frame.drop(columns=empty)


def unreadable(path: Path, error: Exception) -> str:
    """Say in one line why a file cannot be read."""
    reason = getattr(error, "strerror", None) or " ".join(str(error).split())
    return f"source={str(path)!r} cannot be read ({reason}); check the file and its permissions"
