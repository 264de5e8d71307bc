"""What the values of any column stand for: text, dates, numbers that are codes."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float64
from pandas.api import types

from .interpretation import Interpretation
from .levels import are_many, is_numeric, number_text
from .missing_codes import codes_in
from .sentences import counted
from .text_columns import TextColumn, interpreted_text
from .written_dates import days_of

_SECONDS_PER_DAY = 86_400


def interpreted(
    column: pd.Series, text: TextColumn | None, *, decimal: str | None, missing_is_known: bool
) -> Interpretation:
    """Take a column for what it stands for.

    Parameters
    ----------
    column
        As :func:`tidied` gives it. One that pandas declares categorical stays so.
    text
        The same parted, where it is text.
    decimal
        The mark of decimals where either would do; None for the point.
    missing_is_known
        Whether the user has said what stands for a missing value. No number is then taken for one.
    """
    if isinstance(column.dtype, pd.CategoricalDtype) or types.is_bool_dtype(column):
        return Interpretation(column)
    if text is not None:
        read = interpreted_text(text, decimal)
    elif types.is_datetime64_any_dtype(column) or types.is_timedelta64_dtype(column):
        read = _of_dates(column)
    elif isinstance(column.dtype, pd.PeriodDtype):
        read = _of_dates(column.dt.to_timestamp())
    else:
        read = Interpretation(column)
    return _without_codes(read, missing_is_known=missing_is_known)


def _of_dates(column: pd.Series) -> Interpretation:
    """Turn dates and durations that take many values into days; a few are categories."""
    if not are_many(column.nunique(), int(column.count())):
        return Interpretation(column)
    if types.is_timedelta64_dtype(column):
        days = column.dt.total_seconds() / _SECONDS_PER_DAY
        return Interpretation(days, "durations read as numbers of days")
    return Interpretation(days_of(column), "dates read as numbers of days")


def _without_codes(read: Interpretation, *, missing_is_known: bool) -> Interpretation:
    """Take codes for missing values out of a column of numbers, or say that there may be some."""
    column = read.column
    if not is_numeric(column) or types.is_bool_dtype(column):
        return read
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    codes = codes_in(values[np.isfinite(values)])
    kept = (*codes.certain, *codes.possible) if missing_is_known else codes.possible
    gone = () if missing_is_known else codes.certain
    said, remedies = [read.conversion], [read.remedy]
    if gone:
        said.append(f"{_rows_with(values, gone)} taken as missing, being far from all other values")
        remedies.append("missing=() (--missing '') keeps it")
        column = column.mask(np.isin(values, gone))
    if kept:
        code = number_text(kept[0])
        said.append(f"{_rows_with(values, kept)} taken as it is, though far from all other values")
        remedies.append(f"missing=[{code}] (--missing {code}) takes it as missing")
    return read._replace(column=column, conversion=_joined(said), remedy=_joined(remedies))


def _rows_with(values: Float64[np.ndarray, "rows"], codes: Sequence[float]) -> str:
    texts = ", ".join(number_text(code) for code in codes)
    return f"{texts} in {counted(int(np.isin(values, codes).sum()), 'row')}"


def _joined(parts: Sequence[str]) -> str:
    return "; ".join(part for part in parts if part)
