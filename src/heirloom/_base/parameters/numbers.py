"""One number."""

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .constraint import BadValue, Constraint, RefusedError
from .values import number_in

# What is neither a whole number nor a finite one, and not even a number for the most part.
_NO_NUMBERS = (
    BadValue("1", "text"),
    BadValue(None, "None"),
    BadValue(True, "a truth value"),
    BadValue(1j, "a complex number"),
    BadValue(math.nan, "not a number"),
    BadValue([1.0], "a list"),
    BadValue([[1.0, 2.0], [3.0]], "a list of lists"),
    BadValue(np.eye(2), "an array"),
)


@dataclass(frozen=True)
class Whole(Constraint[int]):
    """A whole number, of Python's or NumPy's.

    Parameters
    ----------
    least
        Least value that is allowed. Default 0.
    most
        Greatest; None (default) for any.

    Examples
    --------
    >>> Whole(1).checked("rows", np.int64(3))
    3
    >>> Whole(1).checked("rows", 0)
    Traceback (most recent call last):
    ValueError: rows=0: must be a whole number, 1 or more
    """

    least: int = 0
    most: int | None = None

    @property
    def allowed(self) -> str:
        """The bounds."""
        limits = (
            f"{self.least} or more" if self.most is None else f"from {self.least} to {self.most}"
        )
        return f"a whole number, {limits}"

    @property
    def example(self) -> int:
        """The least."""
        return self.least

    def read(self, value: object) -> int:
        """The number as an int."""
        if not isinstance(value, (int, np.integer)) or isinstance(value, bool):
            raise RefusedError
        number = int(value)
        if number < self.least or (self.most is not None and number > self.most):
            raise RefusedError
        return number

    def bad_values(self) -> Iterator[BadValue]:
        """What is no whole number, and what is beyond the bounds."""
        yield from _NO_NUMBERS
        yield BadValue(float(self.least), "a float")
        yield BadValue(self.least + 0.5, "not whole")
        yield BadValue(math.inf, "infinite")
        yield BadValue(self.least - 1, "too small")
        if self.most is not None:
            yield BadValue(self.most + 1, "too large")


@dataclass(frozen=True, kw_only=True)
class Number(Constraint[float]):
    """A real number of any type, between bounds that are part of the range or not.

    Parameters
    ----------
    least, most
        Least and greatest value that is allowed; None (default) for none.
    above, below
        Instead: what the number must exceed, and what must exceed it.
    finite
        Whether an infinite number is refused where the bounds allow it. Default True.

    Examples
    --------
    >>> Number(above=0).checked("scale", 2)
    2.0
    >>> Number(least=0, most=1).checked("weight", 1.5)
    Traceback (most recent call last):
    ValueError: weight=1.5: must be a number from 0 to 1
    """

    least: float | None = None
    most: float | None = None
    above: float | None = None
    below: float | None = None
    finite: bool = True

    @property
    def allowed(self) -> str:
        """The bounds."""
        low = "" if self.above is None else f" above {self.above:.9g}"
        low = f", {self.least:.9g} or more" if self.least is not None else low
        high = "" if self.below is None else f" below {self.below:.9g}"
        high = f" at most {self.most:.9g}" if self.most is not None else high
        if self.least is not None and self.most is not None:
            return f"a number from {self.least:.9g} to {self.most:.9g}"
        if low and high:
            return f"a number{low} and{high}"
        return f"a finite number{low}{high}" if self.finite else f"a number{low}{high}"

    @property
    def example(self) -> float:
        """A number within the bounds."""
        low = self.above if self.least is None else self.least
        high = self.below if self.most is None else self.most
        if low is None and high is None:
            return 0.0
        if low is None or high is None:
            return low + 1.0 if low is not None else (high or 0.0) - 1.0
        return (low + high) / 2

    def read(self, value: object) -> float:
        """The number as a float."""
        number = number_in(value)
        if number is None or not self.holds(np.array([number]))[0]:
            raise RefusedError
        return number

    def holds(self, numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Which of some floats lie within the bounds."""
        held = np.isfinite(numbers) if self.finite else ~np.isnan(numbers)
        if self.least is not None:
            held &= numbers >= self.least
        if self.most is not None:
            held &= numbers <= self.most
        if self.above is not None:
            held &= numbers > self.above
        if self.below is not None:
            held &= numbers < self.below
        return held

    def bad_values(self) -> Iterator[BadValue]:
        """What is no number, and what is just beyond the bounds."""
        yield from _NO_NUMBERS
        if self.finite:
            yield BadValue(math.inf, "infinite")
            yield BadValue(-math.inf, "infinite, and negative")
            yield BadValue(10**400, "beyond what a float can hold")
        if self.least is not None:
            yield BadValue(math.nextafter(self.least, -math.inf), "too small")
            yield BadValue(-sys.float_info.max, "far too small")
        if self.most is not None:
            yield BadValue(math.nextafter(self.most, math.inf), "too large")
        if self.above is not None:
            yield BadValue(self.above, "on the lower bound")
        if self.below is not None:
            yield BadValue(self.below, "on the upper bound")
