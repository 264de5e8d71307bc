"""Tables in files, by their extension."""

import os
import zipfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pandas as pd

from .. import datasets
from ..datasets import did_you_mean
from .delimited_text import read_delimited
from .raw_table import RawTable, checked_names, unreadable, without_empty_unnamed_columns
from .reading import Reading
from .sentences import counted
from .text_files import COMPRESSIONS

_Reader = Callable[[Path, Reading], RawTable]


def read_file(source: str | os.PathLike[str], reading: Reading) -> RawTable:
    """Read a file, by what its extension says that it is.

    Parameters
    ----------
    source
        Its path.
    reading
        What the user says of it.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        The file cannot be read, or is not a table.
    """
    path = _existing_file(source)
    raw = _reader_of(path)(path, reading)
    if raw.frame.columns.empty or raw.frame.empty:
        raise ValueError(f"source={str(path)!r} has no rows; give a table with at least one")
    return raw


def _existing_file(source: str | os.PathLike[str]) -> Path:
    try:
        path = Path(source)
    except TypeError as error:
        raise ValueError(
            f"source={type(source).__name__} object is not a table; give a data frame, "
            "the name of a built-in dataset or the path of a file"
        ) from error
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileNotFoundError(_nothing_found(path)) from error
    # ValueError: the path holds a null character.
    except (OSError, ValueError) as error:
        raise ValueError(unreadable(path, error)) from error
    if path.is_dir():
        raise ValueError(
            f"source={str(path)!r} is a directory; give the path of a file in it "
            f"({', '.join(_READERS)})"
        )
    return path


def _nothing_found(path: Path) -> str:
    if path.suffix:
        return f"source={str(path)!r} does not exist; give the path of a file that does"
    known = datasets.names()
    return (
        f"source={str(path)!r} is neither a file nor a built-in dataset; give the path of a file, "
        f"or one of {', '.join(known)}{did_you_mean(str(path), known)}"
    )


def _reader_of(path: Path) -> _Reader:
    suffix = path.suffix.lower()
    inner = Path(path.stem).suffix.lower() if suffix in COMPRESSIONS else suffix
    if inner in _READERS and (inner == suffix or inner in _COMPRESSIBLE):
        return _READERS[inner]
    old = "; an old Excel file must be saved as .xlsx first" if suffix == ".xls" else ""
    raise ValueError(
        f"source={str(path)!r} has no extension that is known; give a file that ends in one of "
        f"{', '.join(_READERS)}, text perhaps with {', '.join(COMPRESSIONS)}{old}"
    )


def _read_excel(path: Path, _: Reading) -> RawTable:
    """Read the first sheet of a workbook, whose first row that is not empty has the names."""
    with pd.ExcelFile(path, engine="openpyxl") as workbook:
        sheets = [str(name) for name in workbook.sheet_names]
        cells = pd.read_excel(workbook, sheet_name=sheets[0], header=None)
    filled = cells.dropna(how="all")
    if filled.empty:
        return RawTable(filled)
    names = checked_names(path, filled.iloc[0])
    rows = filled.iloc[1:].set_axis(names, axis=1).reset_index(drop=True).infer_objects()
    others = counted(len(sheets) - 1, "other sheet")
    notes = (f"Sheet {sheets[0]!r} read, and not the {others}.",) if len(sheets) > 1 else ()
    return RawTable(without_empty_unnamed_columns(rows), notes=notes)


def _read_json(path: Path, reading: Reading, *, lines: bool) -> RawTable:
    # Text stays text here: pandas would turn codes into numbers.
    frame = pd.read_json(
        path,
        lines=lines,
        orient="records",
        dtype=False,
        encoding=reading.encoding or "utf-8-sig",
    )
    return RawTable(frame)


def _read_parquet(path: Path, _: Reading) -> RawTable:
    return RawTable(pd.read_parquet(path))


def _read_feather(path: Path, _: Reading) -> RawTable:
    return RawTable(pd.read_feather(path))


def _in_one_line(name: str, read: _Reader) -> _Reader:
    """Make a reader word whatever goes wrong in one line."""

    def reader(path: Path, reading: Reading) -> RawTable:
        try:
            raw = read(path, reading)
        except PermissionError as error:
            raise ValueError(unreadable(path, error)) from error
        # Damaged files are reported as one or the other.
        except (
            ValueError,
            OSError,
            EOFError,
            KeyError,
            NotImplementedError,
            zipfile.BadZipFile,
        ) as error:
            reason = " ".join(str(error).split())
            raise ValueError(
                f"source={str(path)!r} cannot be read as {name} ({reason}); "
                "write it again, or save the table as .csv"
            ) from error
        names = checked_names(path, raw.frame.columns)
        return raw._replace(frame=raw.frame.set_axis(names, axis=1))

    return reader


_COMMAS_PERHAPS = partial(read_delimited, delimiter=None)
_TABS = partial(read_delimited, delimiter="\t")
_EXCEL = _in_one_line("Excel", _read_excel)
_PARQUET = _in_one_line("Parquet", _read_parquet)
_FEATHER = _in_one_line("Feather", _read_feather)
_JSON_LINES = _in_one_line("JSON lines", partial(_read_json, lines=True))

_READERS: Mapping[str, _Reader] = {
    ".csv": _COMMAS_PERHAPS,
    ".txt": _COMMAS_PERHAPS,
    ".tsv": _TABS,
    ".tab": _TABS,
    ".xlsx": _EXCEL,
    ".xlsm": _EXCEL,
    ".parquet": _PARQUET,
    ".pq": _PARQUET,
    ".feather": _FEATHER,
    ".jsonl": _JSON_LINES,
    ".ndjson": _JSON_LINES,
    ".json": _in_one_line("JSON", partial(_read_json, lines=False)),
}
_COMPRESSIBLE = (".csv", ".txt", ".tsv", ".tab", ".jsonl", ".ndjson", ".json")
