"""Columns of text: what they say, in numbers, in dates or in words."""

import math
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandas.api import types

from .interpretation import Interpretation
from .levels import are_many, number_text
from .missing_values import stands_for_missing
from .sentences import counted, listed
from .tidying import as_float
from .written_dates import dates_written
from .written_numbers import (
    WrittenNumber,
    WrittenNumbers,
    numbers_written,
    parts_written,
    units_written,
)

# What is written in more is a code, such as 12A, rather than a quantity.
_MAX_UNITS = 5


class TextColumn(NamedTuple):
    """A column of text.

    Attributes
    ----------
    column
        Its values.
    texts
        The distinct texts that say something.
    words
        The distinct texts that stand for a missing value.
    parts
        Those of the texts that may be numbers.
    given
        The numbers that stand among the texts, as a spreadsheet may have them.
    """

    column: pd.Series
    texts: list[str]
    words: list[str]
    parts: list[WrittenNumber]
    given: dict[object, float]


def text_column(column: pd.Series) -> TextColumn | None:
    """Part the values of a column of text, perhaps with numbers among them; None for another."""
    if isinstance(column.dtype, pd.CategoricalDtype) or not (
        types.is_object_dtype(column) or types.is_string_dtype(column)
    ):
        return None
    distinct = column.dropna()
    if types.is_object_dtype(column) and not all(map(_is_text_or_number, distinct)):
        return None
    distinct = distinct.unique().tolist()
    strings = [value for value in distinct if isinstance(value, str)]
    if not strings:
        return None
    texts = [text for text in strings if not stands_for_missing(text)]
    words = [text for text in strings if stands_for_missing(text)]
    return TextColumn(
        column,
        texts,
        words,
        parts_written(texts),
        {value: as_float(value) for value in distinct if not isinstance(value, str)},
    )


def _is_text_or_number(value: object) -> bool:
    number = isinstance(value, int | float | np.integer | np.floating | Decimal)
    return isinstance(value, str) or (number and not isinstance(value, bool))


def decimal_mark(texts: Iterable[TextColumn | None]) -> str | None:
    """Find the mark of decimals that every column of numbers written as text agrees with.

    Returns
    -------
    {".", ","} or None
        None where no column tells, or where they contradict each other.
    """
    marks = {mark for text in texts if text and (mark := _mark_of(text)) is not None}
    return marks.pop() if len(marks) == 1 else None


def _mark_of(text: TextColumn) -> str | None:
    read = numbers_written(text.parts)
    return None if read.other_mark or len(read.values) < len(text.texts) else read.decimal


def interpreted_text(text: TextColumn, decimal: str | None) -> Interpretation:
    """Take text for what it says.

    Parameters
    ----------
    text
    decimal
        The mark of decimals where either would do; None for the point.
    """
    numbers = numbers_written(text.parts, decimal)
    units = _units(text)
    if _is_all_numbers(text, numbers) and (not text.given or len(units) == 1):
        return Interpretation(
            _whole_where_plain(text, _replaced(text, numbers.values)),
            _on_numbers(numbers, text.words),
            "" if decimal or not numbers.other_mark else _on_other_mark(numbers),
        )
    if not are_many(len(text.texts) + len(text.given), int(text.column.count())):
        return _of_words(text)
    if 1 < len(units) <= _MAX_UNITS:
        return Interpretation(text.column, refusal=_on_units(list(units.values())))
    if _are_most(text, numbers.values):
        return Interpretation(text.column, refusal=_on_strays(text, "numbers", numbers.values))
    return _of_dates(text)


def _is_all_numbers(text: TextColumn, numbers: WrittenNumbers) -> bool:
    some = bool(numbers.values or text.given)
    return some and len(numbers.values) == len(text.texts)


def _of_dates(text: TextColumn) -> Interpretation:
    dates = dates_written(text.texts)
    if dates.ambiguous:
        return Interpretation(text.column, refusal=_on_ambiguous_dates(text.texts[0]))
    if not dates.days or not _are_most(text, dates.days):
        return _of_words(text)
    if text.given or len(dates.days) < len(text.texts):
        return Interpretation(text.column, refusal=_on_strays(text, "dates", dates.days))
    said = f"dates such as {text.texts[0]!r} read as numbers of days{_and_missing(text.words)}"
    return Interpretation(_replaced(text, dates.days), said)


def _units(text: TextColumn) -> dict[str, str]:
    """List the units of all values, each with an example; none where some are no numbers."""
    if len(text.parts) < len(text.texts):
        return {}
    units = units_written(text.parts)
    if text.given:
        units.setdefault("", number_text(next(iter(text.given))))
    return units


def _are_most(text: TextColumn, values: Mapping[str, float]) -> bool:
    """Whether most rows have a value, and the values are so many that they are measurements."""
    known, present = [*values, *text.given], text.column.dropna()
    return are_many(len(known), len(present)) and bool(present.isin(known).mean() >= 0.5)


def _replaced(text: TextColumn, values: Mapping[str, float]) -> pd.Series:
    numbers = text.column.map({**values, **text.given}).astype(np.float64)
    return numbers.replace([math.inf, -math.inf], math.nan)


def _whole_where_plain(text: TextColumn, numbers: pd.Series) -> pd.Series:
    """Make integers of what is written as whole numbers and nothing else, as pandas would."""
    plain = all(map(str.isdecimal, text.texts)) and numbers.notna().all()
    whole = bool(plain and (numbers == numbers.round()).all())
    return numbers.astype(np.int64) if whole else numbers


def _of_words(text: TextColumn) -> Interpretation:
    """Leave text as it is, with a word on what may stand for a missing value."""
    if not text.words or not text.texts:
        return Interpretation(text.column)
    kind = "a category" if len(text.words) == 1 else "categories"
    return Interpretation(
        text.column,
        f"{listed(text.words)} taken as {kind} like any other",
        f"missing={text.words!r} (--missing '{text.words[0]}') leaves out the rows with it",
    )


# -------------------------------------------------------------------------------------- sentences


def _on_numbers(read: WrittenNumbers, words: Sequence[str]) -> str:
    if not read.values:
        return f"{listed(words)} read as missing"
    example = _example(read)
    value = number_text(read.values[example])
    said = f"text such as {example!r} read as numbers"
    return said + (f" ({value})" if value != example else "") + _and_missing(words)


def _on_other_mark(read: WrittenNumbers) -> str:
    """Say what the other mark of decimals would read, where it would be something else."""
    example = _example(read)
    other = "," if read.decimal == "." else "."
    otherwise = numbers_written(parts_written([example]), other).values[example]
    if otherwise == read.values[example]:
        return ""
    return f"decimal={other!r} (--decimal '{other}') reads {number_text(otherwise)}"


def _example(read: WrittenNumbers) -> str:
    # The longest has most of what makes it text.
    return max(read.values, key=len)


def _and_missing(words: Sequence[str]) -> str:
    return f", and {listed(words)} as missing" if words else ""


def _on_strays(text: TextColumn, kind: str, values: Mapping[str, float]) -> str:
    strays = [word for word in text.texts if word not in values]
    if kind == "dates":
        strays += [number_text(number) for number in text.given.values()]
    rows = counted(int(text.column.map(str).isin(strays).sum()), "row")
    example = next(iter(values), None) or number_text(next(iter(text.given.values())))
    return (
        f"holds {kind}, such as {example!r}, but {listed(strays)} in {rows}; say that these are "
        f"missing values with missing={strays[:5]!r} (--missing '{strays[0]}'), correct them, or "
        "take the column for categories with categorical (--categorical); drop (--drop) leaves it "
        "out"
    )


def _on_units(examples: Sequence[str]) -> str:
    return (
        f"holds numbers in different units, such as {listed(examples)}; convert them to one, or "
        "leave the column out with drop (--drop)"
    )


def _on_ambiguous_dates(example: str) -> str:
    return (
        f"holds dates such as {example!r}, whose day and month cannot be told apart; write them as "
        "2020-12-31, or leave the column out with drop (--drop)"
    )
