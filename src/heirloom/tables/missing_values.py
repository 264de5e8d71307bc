"""What stands for a missing value."""

import math
from decimal import Decimal

import numpy as np
import pandas as pd
from pandas.api import types

# What people and programs write where a number is missing, in lower case. (pandas knows a few more,
# such as NA and null, when it reads text.)
WORDS_FOR_MISSING = frozenset(
    {
        "?",
        "-",
        "--",
        "---",
        "–",
        "—",
        ".",
        "..",
        "n/a",
        "na",
        "n.a.",
        "n.a",
        "nan",
        "none",
        "null",
        "nil",
        "missing",
        "unknown",
        "unk",
        "undefined",
        "unspecified",
        "not_available",
        "inf",
        "-inf",
        "+inf",
        "infinity",
        "k.a.",
        "#n/a",
        "#value!",
        "#ref!",
        "#div/0!",
        "#num!",
        "#name?",
        "#null!",
        "<na>",
        "not available",
        "not known",
        "no data",
        "no answer",
        "keine angabe",
    }
)


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
    return present.reindex(column.index)


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


def stands_for_missing(text: str) -> bool:
    """Whether a text is a word for a missing value.

    Examples
    --------
    >>> stands_for_missing("Unknown"), stands_for_missing("seldom")
    (True, False)
    """
    return text.strip().lower() in WORDS_FOR_MISSING
