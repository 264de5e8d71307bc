"""Values as users give them: numbers of every type, and how a message shows them."""

from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

_LONGEST = 80


def numbers_in(value: Any, *, truth_values: bool = False) -> npt.NDArray[np.float64] | None:
    """Read a number or an array of numbers; None for anything else, be it text or True.

    Parameters
    ----------
    value
        What was given.
    truth_values
        Whether those in an array are numbers, 0 and 1, as in the columns of a table. Default False.

    Examples
    --------
    >>> numbers_in([1, 2.5])
    array([1. , 2.5])
    >>> numbers_in("1") is None
    True
    """
    try:
        values = np.asarray(value)
        if values.dtype.kind == "O":
            real = all(_is_real(entry, truth_values) for entry in values.flat)
            return values.astype(np.float64) if real else None
    except (TypeError, ValueError, OverflowError):  # a ValueError: rows of different lengths
        return None
    kinds = "iufb" if truth_values and values.ndim else "iuf"
    return values.astype(np.float64, copy=False) if values.dtype.kind in kinds else None


def number_in(value: Any) -> float | None:
    """Read one number; None for anything else.

    Examples
    --------
    >>> number_in(3), number_in([3]), number_in(True)
    (3.0, None, None)
    """
    values = numbers_in(value)
    return None if values is None or values.ndim else float(values)


def shown(value: object) -> str:
    """Write a value for an error message: on one line, and shortened.

    Examples
    --------
    >>> shown(np.eye(2)), shown(np.eye(200))
    ('array([[1., 0.], [0., 1.]])', 'array of shape (200, 200)')
    """
    if isinstance(value, np.ndarray) and value.size > _LONGEST:
        return f"array of shape {value.shape}"
    text = " ".join(repr(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _is_real(value: object, truth_values: bool) -> bool:
    if isinstance(value, (bool, np.bool_)):
        return truth_values
    return isinstance(value, (Real, Decimal))
