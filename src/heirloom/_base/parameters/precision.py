"""The precision of floating point numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .constraint import BadValue, Constraint, RefusedError

_ALLOWED = (np.dtype(np.float32), np.dtype(np.float64))


@dataclass(frozen=True)
class Precision(Constraint[np.dtype[Any]]):
    """Single or double precision, as NumPy names them.

    Examples
    --------
    >>> Precision().checked("dtype", "float32")
    dtype('float32')
    >>> Precision().checked("dtype", int)
    Traceback (most recent call last):
    ValueError: dtype=<class 'int'>: must be float32 or float64
    """

    @property
    def allowed(self) -> str:
        """Their names."""
        return "float32 or float64"

    @property
    def example(self) -> np.dtype[Any]:
        """Double precision."""
        return np.dtype(np.float64)

    def read(self, value: Any) -> np.dtype[Any]:
        """The precision as NumPy's object."""
        try:
            precision = np.dtype(value)
        except (TypeError, ValueError):
            raise RefusedError from None
        if precision not in _ALLOWED:
            raise RefusedError
        return precision

    def bad_values(self) -> Iterator[BadValue]:
        """Other types, and what is no type."""
        yield BadValue(int, "whole numbers")
        yield BadValue("float16", "half precision")
        yield BadValue("flaot", "no type")
        yield BadValue(3, "a number")
        yield BadValue(["float32"], "a list")
