"""From a user's table to the arrays that a model needs."""

import csv
import gzip
import importlib
import math
import os
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import TextIOWrapper
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float64, Int64
from pandas.api import types

from heirloom import datasets

__all__ = [
    "EncodedCategories",
    "EncodedNumbers",
    "EncodedTable",
    "encode_binary_target",
    "encode_categories",
    "encode_class_target",
    "encode_count_target",
    "encode_numbers",
    "encode_numeric_target",
    "kind_of_column",
    "kind_of_target",
    "read_table",
]

INTERCEPT = "(intercept)"

# Fewer rows than this, and values that all differ say nothing about what the column is.
MIN_ROWS_FOR_IDENTIFIER = 10

MAX_FEATURE_LEVELS = 100
MAX_CLASSES = 20
MAX_CATEGORIES = 1000
MAX_NUMERIC_CATEGORIES = 100

# Numbers that take more values than this are measurements rather than categories, by default.
MIN_VALUES_OF_A_MEASUREMENT = 21

# Whole numbers that are as small and vary as little are counts, by default.
MAX_MEAN_OF_COUNTS = 30
MAX_DISPERSION_OF_COUNTS = 10

# Models compute in single precision, which holds every whole number up to 2^24.
MAX_COUNT = 1_000_000

# Every integer below is a float of its own.
LARGEST_EXACT = 2**53

# Numbers that differ by less than this share of their size differ by rounding only.
ROUNDING = 1e-12

# A standardised column whose distance from the span of the earlier ones is below this share of its
# length counts as a linear combination of them. The fits solve normal equations, whose condition
# number is that of the design squared, so that a smaller distance could not be told from rounding.
DEPENDENCE = 1e-6

DELIMITERS = {".csv": None, ".csv.gz": None, ".tsv": "\t", ".tsv.gz": "\t"}
PARQUET = (".parquet", ".pq")
EXTENSIONS = (*DELIMITERS, *PARQUET)


# ------------------------------------------------------------------------------------- reading


def read_table(source: pd.DataFrame | str | os.PathLike[str]) -> pd.DataFrame:
    """Read a table.

    Parameters
    ----------
    source : pandas.DataFrame, str or path
        A data frame, which is returned as it is; the name of a built-in dataset
        (:func:`heirloom.datasets.names`), which goes before a file of the same name; or the path
        of a ``.csv``, ``.csv.gz``, ``.tsv``, ``.tsv.gz``, ``.parquet`` or ``.pq`` file. Delimited
        text is UTF-8 with one line of column names; a ``.csv`` whose line of names has no comma may
        be separated by semicolons or tabs.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    FileNotFoundError
        There is neither such a file nor such a dataset.
    ValueError
        The file cannot be read, or is not a table.
    ImportError
        The file is Parquet and pyarrow is not installed.

    Examples
    --------
    >>> read_table("digits").shape
    (1797, 65)
    """
    if isinstance(source, pd.DataFrame):
        return source
    if isinstance(source, str) and source in datasets.names():
        return datasets.load(source)
    path = _existing_file(source)
    table = _read_parquet(path) if _extension(path) in PARQUET else _read_delimited(path)
    if table.columns.empty or table.empty:
        raise ValueError(f"source={str(path)!r} has no rows; give a table with at least one")
    return table


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
        raise ValueError(_unreadable(path, error)) from error
    if path.is_dir():
        raise ValueError(
            f"source={str(path)!r} is a directory; give the path of a file in it "
            f"({', '.join(EXTENSIONS)})"
        )
    return path


def _nothing_found(path: Path) -> str:
    if path.suffix:
        return f"source={str(path)!r} does not exist; give the path of a file that does"
    known = datasets.names()
    return (
        f"source={str(path)!r} is neither a file nor a built-in dataset; give the path of a file, "
        f"or one of {', '.join(known)}{datasets.did_you_mean(str(path), known)}"
    )


def _unreadable(path: Path, error: Exception) -> str:
    reason = getattr(error, "strerror", None) or " ".join(str(error).split())
    return f"source={str(path)!r} cannot be read ({reason}); check the file and its permissions"


def _extension(path: Path) -> str:
    # The longest one that fits: .csv.gz ends in no other.
    for extension in EXTENSIONS:
        if path.name.lower().endswith(extension):
            return extension
    raise ValueError(
        f"source={str(path)!r} has no extension that is known; give a file that ends in one of "
        f"{', '.join(EXTENSIONS)}"
    )


def _read_parquet(path: Path) -> pd.DataFrame:
    try:
        importlib.import_module("pyarrow")
    except ImportError as error:
        raise ImportError(
            f"source={str(path)!r} is Parquet, which needs pyarrow; "
            "run: pip install 'heirloom-ml[parquet]'"
        ) from error
    try:
        table = pd.read_parquet(path, engine="pyarrow")
    except PermissionError as error:
        raise ValueError(_unreadable(path, error)) from error
    # ArrowInvalid is a ValueError; damaged pages are reported as OSError, odd types otherwise.
    except (ValueError, OSError, NotImplementedError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(
            f"source={str(path)!r} cannot be read as Parquet ({reason}); "
            "write it again, or save the table as .csv"
        ) from error
    return table.set_axis(_checked_names(path, map(str, table.columns)), axis=1)


def _read_delimited(path: Path) -> pd.DataFrame:
    try:
        with _open_text(path) as file:
            delimiter = DELIMITERS[_extension(path)] or _delimiter(file)
            names = _checked_records(path, file, delimiter)
        with _open_text(path) as file:
            table = pd.read_csv(
                file,
                sep=delimiter,
                header=0,
                names=names,
                index_col=False,
                skipinitialspace=True,
                low_memory=False,
            )
    except UnicodeDecodeError as error:
        raise ValueError(
            f"source={str(path)!r} is not UTF-8 text (byte {error.object[error.start]:#04x}: "
            f"{error.reason}); save it again as UTF-8"
        ) from error
    except (csv.Error, pd.errors.ParserError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(
            f"source={str(path)!r} cannot be read as delimited text ({reason}); "
            "look for a quotation mark that is not closed"
        ) from error
    # EOFError and zlib.error: a .gz file that is cut short or damaged.
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(_unreadable(path, error)) from error
    return _without_empty_unnamed_columns(table)


def _open_text(path: Path) -> TextIOWrapper:
    # utf-8-sig: spreadsheets put a byte-order mark in front. newline="": csv sees to line ends.
    if path.name.lower().endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _delimiter(file: TextIOWrapper) -> str:
    """Find the delimiter in the line of names, and leave the file at its start."""
    header = next((line for line in file if line.strip()), "")
    file.seek(0)
    unquoted = re.sub(r'"[^"]*"', "", header)
    return next((candidate for candidate in ",;\t" if candidate in unquoted), ",")


def _checked_records(path: Path, file: TextIOWrapper, delimiter: str) -> list[str]:
    """Return the column names, once every record is known to have as many fields.

    pandas alone would fill short records with missing values, and read long ones as if the first
    column had no name.
    """
    reader = csv.reader(file, delimiter=delimiter, skipinitialspace=True)
    records = (record for record in reader if not _is_blank(record))
    header = next(records, None)
    if header is None:
        raise ValueError(f"source={str(path)!r} is empty; give a table with a line of column names")
    names = _checked_names(path, header)
    for record in records:
        if len(record) != len(names):
            raise ValueError(
                f"source={str(path)!r} has {_counted(len(record), 'field')} in line "
                f"{reader.line_num} and {_counted(len(names), 'column name')}; "
                f"give every row one field for each column, and quote text that holds {delimiter!r}"
            )
    return names


def _is_blank(record: Sequence[str]) -> bool:
    return not record or (len(record) == 1 and not record[0].strip())


def _checked_names(path: Path, header: Iterable[str]) -> list[str]:
    stripped = [name.strip() for name in header]
    names = [name or _unnamed(position) for position, name in enumerate(stripped)]
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise ValueError(
            f"source={str(path)!r} has more than one column named {_listed(repeated)}; "
            "give each column a name of its own"
        )
    return names


def _unnamed(position: int) -> str:
    return f"Unnamed: {position}"


def _without_empty_unnamed_columns(table: pd.DataFrame) -> pd.DataFrame:
    """Drop what a delimiter at the end of each line leaves behind: no name, no values."""
    return table.drop(
        columns=[
            name
            for position, name in enumerate(table.columns)
            if name == _unnamed(position) and table[name].isna().all()
        ]
    )


# -------------------------------------------------------------------------------------- targets


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
    dependent : tuple of str
        Encoded columns left out because they are linear combinations of earlier ones.
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
    dependent: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """One sentence for each kind of thing that was left out; empty where nothing was."""
        notes = list(_notes_on_rows(self.rows_dropped, len(self.response)))
        if self.identifiers:
            notes.append(
                f"{_left_out('column', self.identifiers)}: no two rows have the same value, "
                "which tells rows apart and predicts nothing."
            )
        if self.constant:
            notes.append(
                f"{_left_out('column', self.constant)}: the same value in every row that is used."
            )
        if self.dependent:
            notes.append(
                f"{_left_out('encoded column', self.dependent)}: "
                "a linear combination of the columns before."
            )
        return tuple(notes)


def encode_binary_target(
    table: pd.DataFrame, target: str, features: Sequence[str] | None = None
) -> EncodedTable:
    """Encode a table for a model with a binary target.

    Numbers (and booleans, as 0 and 1) are standardised over the rows that are used: mean 0,
    standard deviation 1, as by scikit-learn's ``StandardScaler``. Categories become one column of
    0 and 1 for each level but the most frequent, which is the reference. Rows with a missing value
    (none, not a number, empty text, infinite) are left out, and so are columns that carry no
    information; :attr:`EncodedTable.notes` says which.

    Parameters
    ----------
    table : pandas.DataFrame
    target : str
        Column with two distinct values. The one that sorts last is positive.
    features : sequence of str, optional
        Columns to use; by default all but the target.

    Returns
    -------
    EncodedTable

    Raises
    ------
    ValueError
        A column is not in the table, the target does not have two values, a category has more than
        100 levels, or no feature or fewer than two rows are left.

    Notes
    -----
    With ten rows or more, a column is an identifier if it holds no numbers and all its values
    differ, or if it holds integers that number the rows, in whatever order. An encoded column is a
    linear combination of the earlier ones if standardising it, and taking from it what they
    explain, leaves less than 1e-6 of its length.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {
    ...         "age": [30, 40, None, 50],
    ...         "job": ["cook", "baker", "cook", "cook"],
    ...         "ill": ["no", "yes", "no", "yes"],
    ...     }
    ... )
    >>> encoded = encode_binary_target(table, "ill")
    >>> encoded.columns
    ('(intercept)', 'age', 'job=baker')
    >>> encoded.response
    array([0., 1., 1.])
    >>> encoded.labels
    ('no', 'yes')
    >>> encoded.notes
    ('1 of 4 rows left out: a value is missing in a column that is used.',)
    """
    return _encoded_table(table, target, features, _check_binary, _of_labels)


def encode_class_target(
    table: pd.DataFrame, target: str, features: Sequence[str] | None = None
) -> EncodedTable:
    """Encode a table for a model with a target of several classes.

    Parameters
    ----------
    table : pandas.DataFrame
    target : str
        Column with 2 to 20 distinct values.
    features : sequence of str, optional
        As for :func:`encode_binary_target`.

    Returns
    -------
    EncodedTable
        The response holds the positions of the classes among `labels`, which are sorted.

    Raises
    ------
    ValueError
        As by :func:`encode_binary_target`; the target has fewer than 2 classes, or more than 20.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"age": [30, 40, 60], "job": ["cook", "baker", "nurse"]})
    >>> encoded = encode_class_target(table, "job")
    >>> encoded.labels, encoded.response
    (('baker', 'cook', 'nurse'), array([1., 0., 2.]))
    """
    return _encoded_table(table, target, features, _check_classes, _of_labels)


def encode_numeric_target(
    table: pd.DataFrame, target: str, features: Sequence[str] | None = None
) -> EncodedTable:
    """Encode a table for a model with a numeric target, which is standardised too.

    Parameters
    ----------
    table : pandas.DataFrame
    target : str
        Column of numbers (or booleans, as 0 and 1) that are not all the same.
    features : sequence of str, optional
        As for :func:`encode_binary_target`.

    Returns
    -------
    EncodedTable

    Raises
    ------
    ValueError
        As by :func:`encode_binary_target`; the target holds no numbers, or one only.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"age": [30, 40, 60], "pay": [1000, 3000, 2000]})
    >>> encoded = encode_numeric_target(table, "pay")
    >>> encoded.centre + encoded.scale * encoded.response
    array([1000., 3000., 2000.])
    """
    return _encoded_table(table, target, features, _check_varying, _of_numbers)


def encode_count_target(
    table: pd.DataFrame, target: str, features: Sequence[str] | None = None
) -> EncodedTable:
    """Encode a table for a model with a target that counts.

    Parameters
    ----------
    table : pandas.DataFrame
    target : str
        Column of whole numbers from 0 to 1,000,000 that are not all the same.
    features : sequence of str, optional
        As for :func:`encode_binary_target`.

    Returns
    -------
    EncodedTable

    Raises
    ------
    ValueError
        As by :func:`encode_numeric_target`; the target holds what is no such count.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"age": [30, 40, 60], "visits": [2, 0, 1]})
    >>> encode_count_target(table, "visits").response
    array([2., 0., 1.])
    """
    return _encoded_table(table, target, features, _check_counts, _of_counts)


class _Response(NamedTuple):
    values: Float64[np.ndarray, "rows"]
    labels: tuple[str, ...] = ()
    centre: float = 0.0
    scale: float = 1.0


def _encoded_table(
    table: pd.DataFrame,
    target: str,
    features: Sequence[str] | None,
    check: Callable[[str, pd.Series], None],
    respond: Callable[[pd.Series], _Response],
) -> EncodedTable:
    """Encode the features, and the target as `respond` does once `check` has nothing against it."""
    table = _with_text_names(table)
    names = _feature_names(table, target, features)
    outcome = _tidied(table[target])
    check(target, outcome.dropna())

    candidates = {name: _tidied(table[name]) for name in names}
    numbering = {name for name, column in candidates.items() if _is_identifier(column)}
    used = {name: column for name, column in candidates.items() if name not in numbering}

    complete = _complete_rows([outcome, *used.values()])
    _check_rows(table, complete, used)
    outcome = outcome[complete]
    if _is_constant(outcome):
        raise ValueError(
            f"target={target!r} has one value only ({_levels(outcome)[0][0]!r}) in the "
            f"{_counted(len(outcome), 'row')} without missing values; fill in missing values, or "
            "use fewer columns with features (--features)"
        )
    response = respond(outcome)

    # Leaving rows out can empty a column of information that it had.
    used = {name: column[complete] for name, column in used.items()}
    constant = {name for name, column in used.items() if _is_constant(column)}
    numbering |= {name for name, column in used.items() if _is_text_identifier(column)}
    useful = [name for name in used if name not in constant | numbering]
    if not useful:
        raise ValueError(
            f"features={names!r} hold nothing to learn from: each is constant or an identifier; "
            "name other columns (--features)"
        )

    columns, encoded = _encoded({name: used[name] for name in useful})
    independent = _independent_columns(encoded)
    kept = [name for name, keep in zip(columns, independent, strict=True) if keep]
    dropped = [name for name, keep in zip(columns, independent, strict=True) if not keep]
    return EncodedTable(
        design=np.column_stack([np.ones(len(encoded)), encoded[:, independent]]),
        response=response.values,
        columns=(INTERCEPT, *kept),
        target=target,
        labels=response.labels,
        centre=response.centre,
        scale=response.scale,
        rows_dropped=len(table) - len(outcome),
        constant=tuple(name for name in names if name in constant),
        identifiers=tuple(name for name in names if name in numbering),
        dependent=tuple(dropped),
    )


def _of_labels(outcome: pd.Series) -> _Response:
    labels, codes = _levels(outcome)
    return _Response(codes.astype(np.float64), labels=tuple(labels))


def _of_numbers(outcome: pd.Series) -> _Response:
    scaled, exponent = _scaled(outcome), _exponent(outcome.to_numpy(dtype=np.float64))
    return _Response(
        _standardised(scaled[:, None])[:, 0],
        centre=float(np.ldexp(scaled.mean(), exponent)),
        scale=float(np.ldexp(scaled.std(), exponent)),
    )


def _of_counts(outcome: pd.Series) -> _Response:
    return _Response(outcome.to_numpy(dtype=np.float64))


def _with_text_names(table: pd.DataFrame) -> pd.DataFrame:
    """Give the table text for column names and a plain index; no values are copied."""
    names = [str(name) for name in table.columns]
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise ValueError(
            f"table has more than one column named {_listed(repeated)}; "
            "give each column a name of its own"
        )
    return table.set_axis(names, axis=1).reset_index(drop=True)


def _check_column(table: pd.DataFrame, parameter: str, name: str) -> None:
    if name not in table.columns:
        suggestion = datasets.did_you_mean(name, table.columns)
        raise ValueError(
            f"{parameter}={name!r} is not a column of the table; "
            f"choose one of {_listed(list(table.columns))}{suggestion}"
        )


def _feature_names(table: pd.DataFrame, target: str, features: Sequence[str] | None) -> list[str]:
    _check_column(table, "target", target)
    if features is None:
        names = [name for name in table.columns if name != target]
    elif isinstance(features, str):
        raise ValueError(f"features={features!r} is one text; give a list, such as [{features!r}]")
    else:
        names = list(features)
    if not names:
        raise ValueError("features names no column; give at least one besides the target")
    for name in names:
        _check_column(table, "features", name)
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise ValueError(f"features names {_listed(repeated)} more than once; name a column once")
    if target in names:
        raise ValueError(f"features holds the target {target!r}; leave it out (--features)")
    return names


def _check_binary(target: str, outcome: pd.Series) -> None:
    labels, _ = _levels(outcome)
    _check_several(target, labels)
    if len(labels) > 2:
        raise ValueError(
            f"target={target!r} has {_distinct(labels)}; a binary target has two: choose another "
            f"column, or recode this one{_other_way(target, labels, outcome)}"
        )


def _check_classes(target: str, outcome: pd.Series) -> None:
    labels, _ = _levels(outcome)
    _check_several(target, labels)
    if len(labels) > MAX_CLASSES:
        raise ValueError(
            f"target={target!r} has {_distinct(labels)}, and at most {MAX_CLASSES} are allowed as "
            "classes; merge rare ones, or choose another column"
            f"{_other_way(target, labels, outcome)}"
        )


def _check_several(target: str, labels: Sequence[str], *, differ: bool = True) -> None:
    if len(labels) < 2 or not differ:
        by_rounding = "" if differ else ", which differ by rounding only"
        raise ValueError(
            f"target={target!r} has {_distinct(labels)}{by_rounding}; a target needs two or more: "
            "choose another column"
        )


def _distinct(labels: Sequence[str]) -> str:
    shown = f" ({_listed(labels)})" if labels else ""
    return f"{_counted(len(labels), 'distinct value')}{shown}"


def _other_way(target: str, labels: Sequence[str], outcome: pd.Series) -> str:
    """Say what can be done with a target of more than two values."""
    if _is_numeric(outcome):
        return "; for numbers, there is model='linear' (--model linear)"
    stray = pd.to_numeric(pd.Series(labels), errors="coerce").isna().tolist()
    if sum(stray) <= len(stray) / 2:
        others = _listed([label for label, odd in zip(labels, stray, strict=True) if odd])
        return f"; {f'all but {others}' if others else 'all'} are numbers written as text"
    return f"; for its frequencies, give column={target!r} (--column)"


def _check_varying(target: str, outcome: pd.Series) -> None:
    _check_numbers("target", target, outcome)
    labels, _ = _levels(outcome)
    _check_several(target, labels, differ=len(labels) < 2 or not _is_constant(outcome))


def _check_counts(target: str, outcome: pd.Series) -> None:
    _check_varying(target, outcome)
    values = outcome.to_numpy(dtype=np.float64)
    wrong = values[(values < 0) | (values != np.floor(values)) | (values > MAX_COUNT)]
    if wrong.size:
        raise ValueError(
            f"target={target!r} holds {_number_text(float(wrong[0]))}, and counts are whole "
            f"numbers from 0 to {MAX_COUNT:,}; recode it, or use model='linear' (--model linear)"
        )


def _check_numbers(parameter: str, name: str, present: pd.Series) -> None:
    if not _is_numeric(present) and not present.empty:
        raise ValueError(
            f"{parameter}={name!r} holds {_listed(_levels(present)[0])}, and numbers are needed; "
            "convert it, or name another column"
        )


def _check_rows(
    table: pd.DataFrame, complete: Bool[np.ndarray, "rows"], used: dict[str, pd.Series]
) -> None:
    rows = int(complete.sum())
    if rows >= 2:
        return
    missing = {name: int(column.isna().sum()) for name, column in used.items()}
    worst = max(missing, key=lambda name: missing[name], default=None)
    blame = f" (column {worst!r} alone lacks {missing[worst]})" if worst and missing[worst] else ""
    raise ValueError(
        f"table has {rows} of {_counted(len(table), 'row')} without missing values{blame}, "
        "and at least 2 are needed; "
        "fill them in, or use fewer columns with features (--features)"
    )


# ------------------------------------------------------------------------------------ categories


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
    """

    column: str
    categories: tuple[str, ...]
    counts: Int64[np.ndarray, "categories"]
    probabilities: Float64[np.ndarray, "categories"]
    rows_dropped: int

    @property
    def notes(self) -> tuple[str, ...]:
        """A sentence on the rows that were left out; empty where none were."""
        return _notes_on_rows(self.rows_dropped, int(self.counts.sum()))


def encode_categories(table: pd.DataFrame, column: str) -> EncodedCategories:
    """Count the categories of one column.

    Parameters
    ----------
    table : pandas.DataFrame
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
    present = _present(table, column)
    categories, codes = _levels(present)
    if _is_numeric(present) and len(categories) > MAX_NUMERIC_CATEGORIES:
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
    return EncodedCategories(
        column=column,
        categories=tuple(categories),
        counts=counts,
        probabilities=counts / counts.sum(),
        rows_dropped=len(table) - len(present),
    )


def _present(table: pd.DataFrame, column: str) -> pd.Series:
    table = _with_text_names(table)
    _check_column(table, "column", column)
    present = _tidied(table[column]).dropna()
    if present.empty:
        raise ValueError(
            f"column={column!r} has no value in any of {_counted(len(table), 'row')}; "
            "name another column"
        )
    return present


# --------------------------------------------------------------------------------------- numbers


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
    """

    column: str
    values: Float64[np.ndarray, "rows"]
    rows_dropped: int

    @property
    def notes(self) -> tuple[str, ...]:
        """A sentence on the rows that were left out; empty where none were."""
        return _notes_on_rows(self.rows_dropped, len(self.values))


def encode_numbers(table: pd.DataFrame, column: str) -> EncodedNumbers:
    """Take the numbers of one column.

    Parameters
    ----------
    table : pandas.DataFrame
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
    present = _present(table, column)
    _check_numbers("column", column, present)
    values = present.to_numpy(dtype=np.float64)
    return EncodedNumbers(column=column, values=values, rows_dropped=len(table) - len(values))


# ----------------------------------------------------------------------------------------- kinds


def kind_of_target(
    table: pd.DataFrame, target: str
) -> Literal["labels", "counts", "numbers", "categories"]:
    """Say what a target holds.

    Parameters
    ----------
    table : pandas.DataFrame
    target : str

    Returns
    -------
    str
        ``"labels"``: two distinct values. ``"counts"``: whole numbers, the least of them 0, with a
        mean below 30 and a variance of at most 10 times the mean. ``"numbers"``: others.
        ``"categories"``: what is left.

    Raises
    ------
    ValueError
        The column is not in the table.

    Examples
    --------
    >>> import pandas as pd
    >>> kind_of_target(pd.DataFrame({"visits": [2, 0, 1]}), "visits")
    'counts'
    """
    table = _with_text_names(table)
    _check_column(table, "target", target)
    present = _tidied(table[target]).dropna()
    labels, _ = _levels(present)
    if len(labels) == 2:
        return "labels"
    if not _is_numeric(present) or len(labels) < 2:
        return "categories"
    return "counts" if _look_like_counts(present.to_numpy(dtype=np.float64)) else "numbers"


def kind_of_column(table: pd.DataFrame, column: str) -> Literal["numbers", "categories"]:
    """Say what a column holds.

    Parameters
    ----------
    table : pandas.DataFrame
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
    present = _present(table, column)
    measured = len(_levels(present)[0]) >= MIN_VALUES_OF_A_MEASUREMENT
    return "numbers" if measured and _is_numeric(present) else "categories"


def _look_like_counts(values: Float64[np.ndarray, "rows"]) -> bool:
    if values.min() != 0 or values.max() > MAX_COUNT or np.any(values != np.floor(values)):
        return False
    mean = values.mean()
    return bool(mean < MAX_MEAN_OF_COUNTS and values.var() <= MAX_DISPERSION_OF_COUNTS * mean)


# --------------------------------------------------------------------------------- single columns


def _tidied(column: pd.Series) -> pd.Series:
    """Turn every kind of missing value into one that pandas knows, and objects into what they are.

    A column that pandas declares categorical stays so, whatever its categories are.
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        missing = [level for level in column.cat.categories if _is_missing(level)]
        return column.cat.remove_categories(missing)
    if types.is_object_dtype(column):
        return _tidied_objects(column)
    if types.is_string_dtype(column):
        return column.mask(column.str.strip().eq("").fillna(value=False).astype(bool))
    if types.is_float_dtype(column):
        return column.mask(np.isinf(column.to_numpy(dtype=np.float64, na_value=np.nan)))
    return column


def _tidied_objects(column: pd.Series) -> pd.Series:
    present = column[~column.map(_is_missing).astype(bool)].dropna().infer_objects()
    kind = types.infer_dtype(present)
    if kind in {"decimal", "mixed-integer-float"}:
        present = present.map(_float).astype(np.float64)
        present = present[np.isfinite(present)]
    elif kind == "boolean":
        # The nullable type, because a missing value would turn bool back into object.
        present = present.astype("boolean")
    return present.reindex(column.index)


def _float(value: float | Decimal) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _is_numeric(column: pd.Series) -> bool:
    return types.is_numeric_dtype(column) and not types.is_complex_dtype(column)


def _is_missing(value: object) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return isinstance(value, float | np.floating | Decimal) and math.isinf(value)


def _complete_rows(columns: Sequence[pd.Series]) -> Bool[np.ndarray, "rows"]:
    return np.logical_and.reduce([column.notna().to_numpy(dtype=bool) for column in columns])


def _levels(present: pd.Series) -> tuple[list[str], Int64[np.ndarray, "rows"]]:
    """Return the sorted distinct values of a column as text, and the position of each row's.

    Numbers sort as numbers, ordered categories as declared, and all else as text.
    """
    if isinstance(present.dtype, pd.CategoricalDtype):
        if not present.cat.ordered:
            return _levels(present.astype(present.cat.categories.dtype))
        declared = present.cat.remove_unused_categories().cat
        labels = [str(level) for level in declared.categories]
        return labels, declared.codes.to_numpy(dtype=np.int64)
    if types.is_numeric_dtype(present):
        values, codes = np.unique(present.to_numpy(), return_inverse=True)
        return [_number_text(value) for value in values.tolist()], codes.astype(np.int64)
    codes, labels = pd.factorize(np.array(_texts(present), dtype=object), sort=True)
    return list(labels), codes.astype(np.int64)


def _texts(column: pd.Series) -> list[str]:
    return [str(value) for value in column]


def _number_text(value: object) -> str:
    # Integers are read as floats where a value is missing among them: 1.0 is written 1 nonetheless.
    if isinstance(value, float) and value.is_integer() and abs(value) < LARGEST_EXACT:
        return str(int(value))
    return str(value)


def _is_identifier(column: pd.Series) -> bool:
    """Whether the values, where there are any, tell rows apart rather than describe them."""
    return _is_text_identifier(column) or _is_row_number(column.dropna())


def _is_text_identifier(column: pd.Series) -> bool:
    if types.is_numeric_dtype(column):
        return False
    present = column.dropna()
    return len(present) >= MIN_ROWS_FOR_IDENTIFIER and len(set(_texts(present))) == len(present)


def _is_row_number(present: pd.Series) -> bool:
    if len(present) < MIN_ROWS_FOR_IDENTIFIER or not types.is_integer_dtype(present):
        return False
    span = int(present.max()) - int(present.min())
    return span == len(present) - 1 and bool(present.is_unique)


def _is_constant(column: pd.Series) -> bool:
    if not types.is_numeric_dtype(column):
        return len(set(_texts(column))) == 1
    values = _scaled(column)
    return bool(np.ptp(values) <= ROUNDING * np.abs(values).max())


def _scaled(column: pd.Series) -> Float64[np.ndarray, "rows"]:
    """Return the numbers divided by a power of two, so that their squares cannot overflow."""
    values = column.to_numpy(dtype=np.float64)
    return np.ldexp(values, -_exponent(values))


def _exponent(values: Float64[np.ndarray, "rows"]) -> int:
    return int(np.frexp(np.abs(values).max())[1])


# -------------------------------------------------------------------------------- encoded columns


def _encoded(used: dict[str, pd.Series]) -> tuple[list[str], Float64[np.ndarray, "rows columns"]]:
    names: list[str] = []
    blocks: list[Float64[np.ndarray, "rows columns"]] = []
    for name, column in used.items():
        if types.is_numeric_dtype(column):
            names.append(name)
            blocks.append(_standardised(_scaled(column)[:, None]))
        else:
            levels, block = _one_hot(name, column)
            names.extend(f"{name}={level}" for level in levels)
            blocks.append(block)
    return names, np.hstack(blocks)


def _one_hot(name: str, column: pd.Series) -> tuple[list[str], Float64[np.ndarray, "rows columns"]]:
    """Return the levels but the reference, most frequent first, and their columns of 0 and 1."""
    labels, codes = _levels(column)
    if len(labels) > MAX_FEATURE_LEVELS:
        raise ValueError(
            f"features hold the category {name!r} with {len(labels)} levels, and at most "
            f"{MAX_FEATURE_LEVELS} are allowed; merge rare levels, or name the columns to use "
            "without it (--features)"
        )
    # Stable: levels that are equally frequent stay sorted.
    levels = np.argsort(-np.bincount(codes), kind="stable")[1:]
    return [labels[level] for level in levels], (codes[:, None] == levels).astype(np.float64)


def _standardised(
    columns: Float64[np.ndarray, "rows columns"],
) -> Float64[np.ndarray, "rows columns"]:
    centred = columns - columns.mean(axis=0)
    # Again, because the mean of large numbers is rounded.
    centred -= centred.mean(axis=0)
    return centred / centred.std(axis=0)


def _independent_columns(
    columns: Float64[np.ndarray, "rows columns"],
) -> Bool[np.ndarray, "columns"]:
    """Which columns are no linear combination of the earlier ones and a constant.

    Gram-Schmidt from the first column to the last, without pivoting, so that of a dependent set
    the last is dropped. It runs on the triangular factor, whose columns have the lengths and angles
    of the standardised ones but no more entries than there are columns, and it projects twice,
    which keeps the basis orthogonal to rounding.
    """
    factor = np.linalg.qr(_standardised(columns), mode="r")
    factor /= np.linalg.norm(factor, axis=0)
    basis = np.zeros_like(factor)
    independent = np.zeros(factor.shape[1], dtype=bool)
    rank = 0
    for position, column in enumerate(factor.T):
        known = basis[:, :rank]
        rest = column - known @ (known.T @ column)
        rest -= known @ (known.T @ rest)
        distance = np.linalg.norm(rest)
        if distance > DEPENDENCE:
            basis[:, rank] = rest / distance
            independent[position] = True
            rank += 1
    return independent


# -------------------------------------------------------------------------------------- sentences


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _listed(values: Sequence[str], *, at_most: int = 5) -> str:
    """Write the first few values, each in quotation marks and on one line."""
    more = ", …" if len(values) > at_most else ""
    return ", ".join(repr(value) for value in values[:at_most]) + more


def _left_out(noun: str, names: Sequence[str]) -> str:
    return f"{noun.capitalize()}{'' if len(names) == 1 else 's'} {_listed(names)} left out"


def _notes_on_rows(dropped: int, used: int) -> tuple[str, ...]:
    if not dropped:
        return ()
    return (
        f"{dropped} of {dropped + used} rows left out: a value is missing in a column that is "
        "used.",
    )
