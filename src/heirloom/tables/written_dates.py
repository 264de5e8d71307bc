"""Dates, and times of day, that are written as text."""

import math
import re
from collections.abc import Sequence
from datetime import datetime
from itertools import product
from typing import NamedTuple

import pandas as pd

_ISO = re.compile(r"\d{4}-\d{2}(?:-\d{2})?(?:[T ]\d{2}:\d{2}.*)?")

# The day or the month first: told apart by numbers above 12, or not at all.
_DAY_OR_MONTH_FIRST = ("%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d/%m/%y", "%m/%d/%y")
_DAYS = (
    "%Y/%m/%d",
    "%d.%m.%Y",
    "%d.%m.%y",
    "%d %b %Y",
    "%d %B %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%b %d %Y",
    *_DAY_OR_MONTH_FIRST,
)
_TIMES_OF_DAY = ("%H:%M", "%H:%M:%S")
_TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")

# As many texts are asked for their form; the first may be none.
_TRIED = 20

_DAY = pd.Timedelta(days=1)


class WrittenDates(NamedTuple):
    """What a set of texts says in dates.

    Attributes
    ----------
    days
        Days from 1970-01-01, by text; texts that are no dates are left out. Times of day are those
        of one day.
    ambiguous
        Whether day and month cannot be told apart; there are no `days` then.
    """

    days: dict[str, float]
    ambiguous: bool = False


def dates_written(texts: Sequence[str]) -> WrittenDates:
    """Read texts as dates, all by the form that reads the most.

    Parameters
    ----------
    texts : sequence of str
        Distinct texts.

    Returns
    -------
    WrittenDates
        Empty unless half of the texts are dates.

    Examples
    --------
    >>> dates_written(["02.01.1970", "31.01.1970"]).days
    {'02.01.1970': 1.0, '31.01.1970': 30.0}
    >>> dates_written(["01/02/1970", "03/04/1970"])
    WrittenDates(days={}, ambiguous=True)
    """
    stripped = [text.strip() for text in texts]
    forms = dict.fromkeys(form for text in stripped[:_TRIED] for form in _forms(text))
    read = [_dates(stripped, form) for form in forms]
    most = max((dates.notna().sum() for dates in read), default=0)
    if 2 * most < max(1, len(texts)):
        return WrittenDates({})
    best, *others = (dates for dates in read if dates.notna().sum() == most)
    if any(not dates.equals(best) for dates in others):
        return WrittenDates({}, ambiguous=True)
    days = zip(texts, days_of(best).tolist(), strict=True)
    return WrittenDates({text: day for text, day in days if not math.isnan(day)})


def days_of(dates: pd.Series) -> pd.Series:
    """Turn dates into days from 1970-01-01, in universal time where they have a zone."""
    zoned = pd.to_datetime(dates, utc=True).dt.tz_localize(None)
    return (zoned - pd.Timestamp(0)) / _DAY


def _forms(text: str) -> list[str]:
    """Return the forms that fit one text."""
    if _ISO.fullmatch(text):
        return ["ISO8601"]
    forms = [day + time for day, time in product(_DAYS, _TIMES)]
    return [form for form in (*forms, *_TIMES_OF_DAY) if _fits(text, form)]


def _fits(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)
    except ValueError:
        return False
    return True


def _dates(texts: list[str], form: str) -> pd.Series:
    """Read texts by a form; what does not have it is missing."""
    return pd.Series(pd.to_datetime(texts, format=form, utc=True, errors="coerce"))
