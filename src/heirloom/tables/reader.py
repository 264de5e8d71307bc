"""From a file, a name or a data frame to a table whose values are what they stand for."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd
from pandas.api import types

from .. import datasets
from .columns import interpreted
from .file_formats import read_file
from .raw_table import RawTable
from .reading import Reading
from .sentences import listed
from .table import Table, check_name
from .text_columns import decimal_mark, text_column
from .tidying import tidied


def read_table(
    source: Table | pd.DataFrame | str | os.PathLike[str], reading: Reading | None = None
) -> Table:
    """Read a table.

    Parameters
    ----------
    source : Table, pandas.DataFrame, str or path
        A table, which is returned as it is; a data frame; the name of a built-in dataset
        (:func:`heirloom.datasets.names`), which goes before a file of the same name, and is taken
        as it is published; or the path of a file: delimited text (``.csv``, ``.txt``, ``.tsv``,
        ``.tab``), JSON lines or an array of records (``.jsonl``, ``.ndjson``, ``.json``), each
        perhaps with ``.gz``, ``.bz2``, ``.xz`` or ``.zip``; the first sheet of an Excel workbook
        (``.xlsx``, ``.xlsm``); Parquet (``.parquet``, ``.pq``) or Feather (``.feather``). Lines in
        front of delimited text that are blank or begin with ``#`` are no part of it.
    reading : Reading, optional
        What the user says of it. Default: nothing. (For what is no table yet.)

    Returns
    -------
    Table
        Text that says numbers (``3,5``, ``$1,204.20``, ``3.5 %``, ``12 kg``) is read as numbers;
        dates and durations that take more than 20 values, or one in every second row, are read as
        days; words and codes
        for missing values are missing. :attr:`Table.conversions` says so of every column.

    Raises
    ------
    FileNotFoundError
        There is neither such a file nor such a dataset.
    ValueError
        The file cannot be read, or is not a table, or `reading` names a column that is not there.

    Examples
    --------
    >>> read_table("digits").frame.shape
    (1797, 65)
    >>> import pandas as pd
    >>> table = read_table(pd.DataFrame({"price": ["3,50 €", "1.204,20 €", "unknown"]}))
    >>> table.frame["price"].tolist()
    [3.5, 1204.2, nan]
    >>> table.conversions
    {'price': "text such as '1.204,20 €' read as numbers (1204.2), and 'unknown' as missing"}
    """
    if isinstance(source, Table):
        return source
    known = Reading() if reading is None else reading
    if isinstance(source, pd.DataFrame):
        return _interpreted(RawTable(source), known)
    if isinstance(source, str) and source in datasets.names():
        frame = _as_said(with_text_names(datasets.load(source)), known)
        columns = {name: tidied(frame[name]) for name in frame.columns}
        return Table(_frame_of(columns, frame), name=source)
    return _interpreted(read_file(source, known), known, os.fspath(source))


def with_text_names(frame: pd.DataFrame) -> pd.DataFrame:
    """Give a data frame text for column names and a plain index; no values are copied."""
    names = [str(name) for name in frame.columns]
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise ValueError(
            f"table has more than one column named {listed(repeated)}; "
            "give each column a name of its own"
        )
    return frame.set_axis(names, axis=1).reset_index(drop=True)


def _interpreted(raw: RawTable, reading: Reading, name: str = "table") -> Table:
    frame = _as_said(with_text_names(raw.frame), reading)
    columns = {column: tidied(frame[column]) for column in frame.columns}
    texts = {column: text_column(columns[column]) for column in columns}
    decimal = reading.decimal or raw.decimal or decimal_mark(texts.values())
    known = reading.missing is not None
    read = {
        column: interpreted(columns[column], texts[column], decimal=decimal, missing_is_known=known)
        for column in columns
    }
    return Table(
        _frame_of({name: found.column for name, found in read.items()}, frame),
        {name: found.conversion for name, found in read.items() if found.conversion},
        {name: found.remedy for name, found in read.items() if found.remedy},
        {name: found.refusal for name, found in read.items() if found.refusal},
        raw.notes,
        name,
    )


def _frame_of(columns: Mapping[str, pd.Series], like: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(dict(columns), index=like.index)


def _as_said(frame: pd.DataFrame, reading: Reading) -> pd.DataFrame:
    """Do what the user says: leave columns out, take values as missing, have categories."""
    for parameter, names in (("drop", reading.drop), ("categorical", reading.categorical)):
        for name in names:
            check_name(frame, parameter, name)
    frame = frame.drop(columns=list(reading.drop))
    if reading.missing:
        columns = {name: _without(frame[name], reading.missing) for name in frame.columns}
        frame = _frame_of(columns, frame)
    return frame.astype({name: "category" for name in reading.categorical if name in frame})


def _without(column: pd.Series, missing: Sequence[str | float]) -> pd.Series:
    """Take values as missing: texts that are the same, and numbers of the same value."""
    texts = {str(value).strip() for value in missing}
    if isinstance(column.dtype, pd.CategoricalDtype):
        gone = [level for level in column.cat.categories if str(level).strip() in texts]
        return column.cat.remove_categories(gone)
    if types.is_numeric_dtype(column):
        numbers = pd.to_numeric(pd.Series(sorted(texts), dtype=str), errors="coerce").dropna()
        return column.mask(column.isin(numbers.tolist()))
    return column.mask(column.map(lambda value: str(value).strip() in texts).astype(bool))
