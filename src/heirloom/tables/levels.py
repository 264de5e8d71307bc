"""The distinct values of a column."""

import numpy as np
import pandas as pd
from jaxtyping import Int64
from pandas.api import types

# Numbers that take as many values are measurements rather than categories, by default.
MIN_VALUES_OF_A_MEASUREMENT = 21

# So are values that differ in every second row, from as many on.
_FEW_VALUES = 10

# Every integer below is a float of its own.
LARGEST_EXACT = 2**53


def levels_of(present: pd.Series) -> tuple[list[str], Int64[np.ndarray, "rows"]]:
    """Return the sorted distinct values of a column as text, and the position of each row's.

    Numbers sort as numbers, ordered categories as declared, and all else as text.
    """
    if isinstance(present.dtype, pd.CategoricalDtype):
        if not present.cat.ordered:
            return levels_of(present.astype(present.cat.categories.dtype))
        declared = present.cat.remove_unused_categories().cat
        labels = [str(level) for level in declared.categories]
        return labels, declared.codes.to_numpy(dtype=np.int64)
    if types.is_numeric_dtype(present):
        values, codes = np.unique(present.to_numpy(), return_inverse=True)
        return [number_text(value) for value in values.tolist()], codes.astype(np.int64)
    codes, labels = pd.factorize(np.array(texts_of(present), dtype=object), sort=True)
    return list(labels), codes.astype(np.int64)


def are_many(values: int, rows: int) -> bool:
    """Whether a column with as many distinct values in as many rows measures something.

    Examples
    --------
    >>> are_many(21, 1000), are_many(20, 1000), are_many(10, 20), are_many(9, 9)
    (True, False, True, False)
    """
    return values >= min(MIN_VALUES_OF_A_MEASUREMENT, max(_FEW_VALUES, rows / 2))


def texts_of(column: pd.Series) -> list[str]:
    """Write every value as text."""
    return [str(value) for value in column]


def number_text(value: object) -> str:
    """Write a number as a person would: integers without a fraction."""
    # Integers are read as floats where a value is missing among them: 1.0 is written 1 nonetheless.
    if isinstance(value, float) and value.is_integer() and abs(value) < LARGEST_EXACT:
        return str(int(value))
    return str(value)


def is_numeric(column: pd.Series) -> bool:
    """Whether a column holds real numbers, or booleans."""
    return types.is_numeric_dtype(column) and not types.is_complex_dtype(column)
