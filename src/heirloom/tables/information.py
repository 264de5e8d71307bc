"""Columns that carry no information: constant ones, and those that tell rows apart."""

import numpy as np
import pandas as pd
from pandas.api import types

from .levels import texts_of
from .scaling import scaled

# Fewer rows than this, and values that all differ say nothing about what the column is.
MIN_ROWS_FOR_IDENTIFIER = 10

# Numbers that differ by less than this share of their size differ by rounding only.
ROUNDING = 1e-12


def is_identifier(column: pd.Series) -> bool:
    """Whether the values, where there are any, tell rows apart rather than describe them."""
    return is_text_identifier(column) or _is_row_number(column.dropna())


def is_text_identifier(column: pd.Series) -> bool:
    """Whether a column holds no numbers and all its values differ."""
    if types.is_numeric_dtype(column):
        return False
    present = column.dropna()
    return len(present) >= MIN_ROWS_FOR_IDENTIFIER and len(set(texts_of(present))) == len(present)


def _is_row_number(present: pd.Series) -> bool:
    if len(present) < MIN_ROWS_FOR_IDENTIFIER or not types.is_integer_dtype(present):
        return False
    span = int(present.max()) - int(present.min())
    return span == len(present) - 1 and bool(present.is_unique)


def is_constant(column: pd.Series) -> bool:
    """Whether one value fills the column, but for rounding."""
    if not types.is_numeric_dtype(column):
        return len(set(texts_of(column))) == 1
    values = scaled(column)
    return bool(np.ptp(values) <= ROUNDING * np.abs(values).max())
