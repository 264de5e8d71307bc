"""Tables as delimited text: how a file is laid out, and its rows."""

import csv
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api import types

from .raw_table import RawTable, checked_names, unreadable, without_empty_unnamed_columns
from .reading import Reading
from .sentences import counted, listed
from .text_columns import decimal_mark, text_column
from .text_files import encoding_of, opened_text
from .written_numbers import thousands_by_points

# What may stand between two fields, the likeliest first.
_DELIMITERS = (",", ";", "\t", "|")

# As many lines show how a file is delimited.
_LINES_SHOWN = 100

# What spreadsheets write in front to say how the file is delimited.
_HINT = re.compile(r"sep=(.)\s*")

_NUMBER = re.compile(r"[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?")


@dataclass(frozen=True)
class _Layout:
    """How a file is laid out.

    Attributes
    ----------
    encoding, delimiter
        As ``open`` and ``csv`` take them.
    lines_before
        Lines in front of the table.
    names
        Of the columns.
    named
        Whether the table begins with a line of names. (Else they stand in a comment.)
    notes
        What had to be guessed.
    """

    encoding: str
    delimiter: str
    lines_before: int
    names: list[str]
    named: bool
    notes: tuple[str, ...]


def read_delimited(path: Path, reading: Reading, *, delimiter: str | None) -> RawTable:
    """Read a file of delimited text.

    Parameters
    ----------
    path
        Compressed where its name says so.
    reading
        What the user says of it.
    delimiter
        That of its extension; None where there is none.

    Raises
    ------
    ValueError
        The file cannot be read, or is no table.
    """
    try:
        layout = _layout_of(path, reading, delimiter)
        return _rows_of(path, layout, reading)
    except UnicodeError as error:
        reason = " ".join(str(error).split())
        raise ValueError(
            f"source={str(path)!r} cannot be read as text ({reason}); say how it is encoded with "
            "encoding (--encoding), or save it again as UTF-8"
        ) from error
    except (csv.Error, pd.errors.ParserError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(
            f"source={str(path)!r} cannot be read as delimited text ({reason}); "
            "look for a quotation mark that is not closed"
        ) from error
    # But for OSError: a compressed file that is cut short or damaged.
    except (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile) as error:
        raise ValueError(unreadable(path, error)) from error


def _rows_of(path: Path, layout: _Layout, reading: Reading) -> RawTable:
    frame = _frame(path, layout, reading, reading.decimal or ".")
    if reading.decimal is not None:
        return RawTable(frame, notes=layout.notes)
    note = ""
    if decimal_mark(text_column(frame[name]) for name in frame.columns) == ",":
        note = "Numbers read with decimal commas, which some columns show."
    elif example := _thousands_in(path, layout, reading, frame):
        note = (
            f"Points read as separators of thousands, as in {example!r}; decimal='.' (--decimal .) "
            "reads them as those of decimals."
        )
    if not note:
        return RawTable(frame, notes=layout.notes)
    # Again, since a point that separates thousands was taken for that of decimals.
    return RawTable(_frame(path, layout, reading, ","), ",", (*layout.notes, note))


def _thousands_in(path: Path, layout: _Layout, reading: Reading, frame: pd.DataFrame) -> str:
    """Find a number whose point surely separates thousands; empty where there is none."""
    suspects = [name for name in frame.columns if _may_be_thousands(frame[name])]
    if not suspects:
        return ""
    written = _frame(path, layout, reading, ".", as_text=suspects)
    examples = (thousands_by_points(written[name].dropna().tolist()) for name in suspects)
    return next(filter(None, examples), "")


def _may_be_thousands(column: pd.Series) -> bool:
    if not types.is_float_dtype(column):
        return False
    values = column.dropna().to_numpy(dtype=np.float64)
    small = bool(np.all(np.abs(values) < 1000)) and bool(np.any(values != np.round(values)))
    return small and bool(np.allclose(1000 * values, np.round(1000 * values), rtol=0, atol=1e-6))


def _frame(
    path: Path, layout: _Layout, reading: Reading, decimal: str, as_text: Sequence[str] = ()
) -> pd.DataFrame:
    with opened_text(path, layout.encoding) as file:
        frame = pd.read_csv(
            file,
            sep=layout.delimiter,
            skiprows=layout.lines_before,
            header=0 if layout.named else None,
            names=layout.names,
            index_col=False,
            skipinitialspace=True,
            low_memory=False,
            decimal=decimal,
            na_values=[str(value) for value in reading.missing or ()],
            # As text, so that codes keep their leading zeros.
            dtype={name: str for name in (*reading.categorical, *as_text) if name in layout.names},
        )
    return without_empty_unnamed_columns(frame)


# ------------------------------------------------------------------------------------------ layout


def _layout_of(path: Path, reading: Reading, delimiter: str | None) -> _Layout:
    """Find how a file is laid out, once every record is known to have as many fields.

    pandas alone would fill short records with missing values, and read long ones as if the first
    column had no name.
    """
    encoding, notes = (reading.encoding, ()) if reading.encoding else encoding_of(path)
    with opened_text(path, encoding) as file:
        preamble, lines = _parted(file)
        shown = list(islice(lines, _LINES_SHOWN))
        hints = [hint[1] for line in preamble if (hint := _HINT.fullmatch(line))]
        separator = reading.separator or next(iter(hints), delimiter) or _delimiter(shown)
        reader = csv.reader(chain(shown, lines), delimiter=separator, skipinitialspace=True)
        records = (record for record in reader if not _is_blank(record))
        first = next(records, None)
        if first is None:
            raise ValueError(
                f"source={str(path)!r} is empty; give a table with a line of column names"
            )
        commented = _names_in_comment(preamble, first, separator)
        names = checked_names(path, commented or first)
        if not commented:
            _check_header(path, first)
        for record in chain([first], records):
            _check_fields(path, record, names, len(preamble) + reader.line_num, separator)
    return _Layout(encoding, separator, len(preamble), names, not commented, notes)


def _parted(file: Iterator[str]) -> tuple[list[str], Iterator[str]]:
    """Part the lines in front of a table (comments, blank ones, a hint) from its own."""
    preamble: list[str] = []
    for line in file:
        if line.strip() and not line.startswith("#") and not _HINT.fullmatch(line):
            return preamble, chain([line], file)
        preamble.append(line)
    return preamble, iter(())


def _delimiter(lines: Sequence[str]) -> str:
    """Find the delimiter that gives every record as many fields, the more the better."""
    widths = {delimiter: _widths(lines, delimiter) for delimiter in _DELIMITERS}
    regular = [d for d in _DELIMITERS if len(widths[d]) == 1 and widths[d] != {1}]
    if regular:
        return max(regular, key=lambda delimiter: min(widths[delimiter]))
    # The file is irregular, or has one column: what its first line holds, or else nothing does.
    header = re.sub(r'"[^"]*"', "", lines[0]) if lines else ""
    in_header = [d for d in _DELIMITERS if d in header]
    nowhere = [d for d in _DELIMITERS if widths[d] == {1}]
    return next(iter(in_header or nowhere), ",")


def _widths(lines: Sequence[str], delimiter: str) -> set[int]:
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    records = [record for record in reader if not _is_blank(record)]
    # The last one may go on in lines that are not shown.
    kept = records[:-1] if len(lines) == _LINES_SHOWN else records
    return {len(record) for record in kept}


def _is_blank(record: Sequence[str]) -> bool:
    return not record or (len(record) == 1 and not record[0].strip())


def _names_in_comment(preamble: Sequence[str], first: Sequence[str], delimiter: str) -> list[str]:
    """Return the names that the last comment holds, or nothing where it holds none.

    It does if it has as many fields as the first record, and either that one holds a number or the
    comment looks like names: ``#id,age``.
    """
    comments = [line for line in preamble if line.startswith("#")]
    if not comments or len(first) < 2:
        return []
    (fields,) = csv.reader([comments[-1].lstrip("# ")], delimiter=delimiter, skipinitialspace=True)
    # Not words of a sentence.
    like_names = not comments[-1].startswith("# ") and not any(" " in f.strip() for f in fields)
    if len(fields) != len(first) or not (like_names or any(map(_is_number, first))):
        return []
    return fields


def _is_number(field: str) -> bool:
    return _NUMBER.fullmatch(field.strip()) is not None


def _check_header(path: Path, header: Iterable[str]) -> None:
    """Refuse numbers in place of names. Whole numbers may be names: years, positions."""
    fields = [field.strip() for field in header]
    if all(_is_number(field) for field in fields) and not all(field.isdigit() for field in fields):
        raise ValueError(
            f"source={str(path)!r} has no line of column names: the first one holds numbers "
            f"({listed(fields)}); put the names in front, with the same delimiter"
        )


def _check_fields(
    path: Path, record: Sequence[str], names: Sequence[str], line: int, delimiter: str
) -> None:
    if len(record) != len(names):
        raise ValueError(
            f"source={str(path)!r} has {counted(len(record), 'field')} in line {line} and "
            f"{counted(len(names), 'column name')}; give every row one field for each column, and "
            f"quote text that holds {delimiter!r}; delimiter (--delimiter) names another"
        )
