"""Values as users give them: numbers of every type, and how a message shows them."""

from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

_LONGEST = 80


def numbers_in(value: Any) -> npt.NDArray[np.float64] | None:
    """Read a number or an array of numbers; None for anything else, be it text or True.

    Examples
    --------
    >>> numbers_in([1, 2.5])
    array([1. , 2.5])
    >>> numbers_in("1") is None
    True
    """
    try:
        values = np.asarray(value)
        if values.dtype.kind == "O" and all(_is_real(entry) for entry in values.flat):
            return values.astype(np.float64)
    except (TypeError, ValueError, OverflowError):  # a ValueError: rows of different lengths
        return None
    return values.astype(np.float64, copy=False) if values.dtype.kind in "iuf" else None


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


def _is_real(value: object) -> bool:
    return isinstance(value, (Real, Decimal)) and not isinstance(value, (bool, np.bool_))
