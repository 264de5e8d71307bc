"""Columns with one kind of missing value, and objects as what they are."""

import datetime as dt
import math
from decimal import Decimal

import numpy as np
import pandas as pd
from pandas.api import types


def tidied(column: pd.Series) -> pd.Series:
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
        present = present.map(as_float).astype(np.float64)
        present = present[np.isfinite(present)]
    elif kind == "boolean":
        # The nullable type, because a missing value would turn bool back into object.
        present = present.astype("boolean")
    elif kind not in {"string", "integer", "floating", "mixed-integer"}:
        present = _tidied_dates(present)
    return present.reindex(column.index)


def _tidied_dates(present: pd.Series) -> pd.Series:
    """Turn Python's dates into pandas', and into text where they stand among text, as times do."""
    kinds = {_kind_of(value) for value in present}
    if kinds == {dt.date}:
        return pd.to_datetime(present)
    if dt.time in kinds or kinds == {dt.date, str}:
        return present.map(str)
    return present


def _kind_of(value: object) -> type:
    return next((kind for kind in (dt.date, dt.time, str) if isinstance(value, kind)), object)


def as_float(value: float | Decimal) -> float:
    """Turn a number of any kind into a float, infinite where it is too large."""
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _is_missing(value: object) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return isinstance(value, float | np.floating | Decimal) and math.isinf(value)
