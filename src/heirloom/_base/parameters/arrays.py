"""An array of numbers."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from .constraint import BadValue, Constraint, RefusedError
from .numbers import Number
from .values import numbers_in

_KINDS = {1: "a vector", 2: "a matrix", 3: "an array of three axes"}


@dataclass(frozen=True, kw_only=True)
class Array(Constraint[npt.NDArray[np.float64]]):
    """An array of numbers; truth values in it are 0 and 1.

    Parameters
    ----------
    axes
        How many axes it may have, such as ``(0, 1)`` for a number or a vector.
    entries
        What each of its entries may be. Default: a finite number.
    empty
        Whether there may be no entry at all. Default False.

    Examples
    --------
    >>> Array(axes=(1,)).checked("center", [1, 2])
    array([1., 2.])
    >>> Array(axes=(1,)).checked("center", [1.0, np.nan])
    Traceback (most recent call last):
    ValueError: center=[1.0, nan], whose entry 1 is nan: must be a vector of finite numbers
    """

    axes: tuple[int, ...]
    entries: Number = field(default_factory=Number)
    empty: bool = False

    @property
    def allowed(self) -> str:
        """How many axes, and what stands there."""
        arrays = " or ".join(_KINDS[axes] for axes in self.axes if axes)
        if 0 in self.axes:
            return f"{self.entries.allowed}, or {arrays} of them"
        return f"{arrays} of {self.entries.allowed.removeprefix('a ').replace('number', 'numbers')}"

    @property
    def example(self) -> npt.NDArray[np.float64]:
        """A single entry."""
        return np.full((1,) * self.axes[-1], self.entries.example)

    def read(self, value: object) -> npt.NDArray[np.float64]:
        """The array in double precision; the same one where it is already."""
        numbers = numbers_in(value, truth_values=True)
        if numbers is None:
            raise RefusedError
        if numbers.ndim not in self.axes:
            raise RefusedError(f"of shape {numbers.shape}" if numbers.ndim else "")
        if not (numbers.size or self.empty):
            raise RefusedError("which is empty")
        wrong = ~self.entries.holds(np.atleast_1d(numbers))
        if wrong.any():
            place = np.unravel_index(int(np.argmax(wrong)), numbers.shape)
            at = ", ".join(str(int(index)) for index in place)
            raise RefusedError(f"whose entry {at} is {numbers[place]:g}" if place else "")
        return numbers

    def bad_values(self) -> Iterator[BadValue]:
        """What is no array of numbers, has other axes, is empty or holds what it must not."""
        yield BadValue("x", "text")
        yield BadValue(["x"], "texts")
        yield BadValue(None, "None")
        yield BadValue([1j], "complex numbers")
        yield BadValue([[1.0, 2.0], [3.0]], "a list of lists of different lengths")
        yield BadValue(np.full((1,) * (max(self.axes) + 1), self.entries.example), "too many axes")
        if max(self.axes) > 0 and not self.empty:
            yield BadValue(np.empty((0,) * max(self.axes)), "empty")
        if min(self.axes) > 0:
            yield BadValue(self.entries.example, "a number")
        shape = (1,) * max(self.axes)
        for bad in self.entries.bad_values():
            if isinstance(bad.value, float):
                yield BadValue(np.full(shape, bad.value), f"with an entry that is {bad.reason}")
