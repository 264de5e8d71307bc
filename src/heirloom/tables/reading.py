"""What a user says of a table that is to be read."""

import codecs
from collections.abc import Sequence
from dataclasses import dataclass

_TAB = ("tab", "\\t")


@dataclass(frozen=True)
class Reading:
    """How to read a table, where its looks do not say it or say it wrongly.

    Parameters
    ----------
    delimiter : str, optional
        What separates two fields of delimited text: one character, or ``"tab"``. Default: what the
        extension says, or else the comma, semicolon, tab or bar by which all records have as many
        fields.
    decimal : {".", ","}, optional
        The mark of decimals, for numbers written as text too. Default: what the columns show, or
        else the point.
    encoding : str, optional
        Of text files, as Python names it. Default: by the mark at the start of the file; UTF-8
        where it is that, or else Windows' ``cp1252``, with a note.
    missing : sequence of str or float, optional
        Values that stand for a missing one, beside empty fields and what pandas knows (``NA``,
        ``null``). Default: words such as ``unknown`` and ``?`` among numbers, and codes such as
        -999 that are far from all other numbers of their column; a note says which. ``()`` takes
        every number as it is.
    categorical : sequence of str
        Columns whose values are categories, though they look like numbers or dates.
    drop : sequence of str
        Columns to leave out.

    Raises
    ------
    ValueError
        An argument is not one of these.

    Examples
    --------
    >>> Reading(decimal=",", missing=["k.A.", -999], drop=["id"]).decimal
    ','
    """

    delimiter: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    missing: Sequence[str | float] | None = None
    categorical: Sequence[str] = ()
    drop: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Check the arguments."""
        if self.delimiter is not None and len(self.separator or "") != 1:
            raise ValueError(
                f"delimiter={self.delimiter!r}: must be one character, or 'tab' (--delimiter)"
            )
        if self.decimal not in (None, ".", ","):
            raise ValueError(f"decimal={self.decimal!r}: must be '.' or ',' (--decimal)")
        if self.encoding is not None:
            _check_encoding(self.encoding)
        for name in ("missing", "categorical", "drop"):
            if isinstance(value := getattr(self, name), str):
                raise ValueError(f"{name}={value!r} is one text; give a list, such as [{value!r}]")

    @property
    def separator(self) -> str | None:
        """The delimiter as one character."""
        return "\t" if self.delimiter in _TAB else self.delimiter


def _check_encoding(encoding: str) -> None:
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise ValueError(
            f"encoding={encoding!r}: is not known; give one that Python knows, such as utf-8, "
            "cp1252 or utf-16 (--encoding)"
        ) from error
