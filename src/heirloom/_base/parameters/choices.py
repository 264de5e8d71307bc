"""A name, a truth value, a function, an object of a class, or one of two such."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from .constraint import BadValue, Constraint, RefusedError

_First = TypeVar("_First")
_Second = TypeVar("_Second")


@dataclass(frozen=True, init=False)
class Choice(Constraint[str]):
    """One of a few names.

    Parameters
    ----------
    *names
        Those that are allowed, two or more.

    Examples
    --------
    >>> Choice("mean", "median").checked("estimator", "mode")
    Traceback (most recent call last):
    ValueError: estimator='mode': must be one of mean, median
    """

    names: tuple[str, ...]

    def __init__(self, *names: str) -> None:
        object.__setattr__(self, "names", names)

    @property
    def allowed(self) -> str:
        """The names."""
        return f"one of {', '.join(self.names)}"

    @property
    def example(self) -> str:
        """The first."""
        return self.names[0]

    def read(self, value: object) -> str:
        """The name."""
        if not isinstance(value, str) or value not in self.names:
            raise RefusedError
        return value

    def bad_values(self) -> Iterator[BadValue]:
        """Other names, and what is no name."""
        yield BadValue(None, "None")
        yield BadValue(0, "a number")
        yield BadValue("", "no name")
        yield BadValue(f"{self.names[0]} ", "a name and a blank")
        yield BadValue([self.names[0]], "a list")
        yield BadValue(np.array(self.names), "an array of names")


@dataclass(frozen=True)
class Flag(Constraint[bool]):
    """True or False.

    Examples
    --------
    >>> Flag().checked("resample", "no")
    Traceback (most recent call last):
    ValueError: resample='no': must be True or False
    """

    @property
    def allowed(self) -> str:
        """Both."""
        return "True or False"

    @property
    def example(self) -> bool:
        """True."""
        return True

    def read(self, value: object) -> bool:
        """The truth value, of Python's type."""
        if not isinstance(value, (bool, np.bool_)):
            raise RefusedError
        return bool(value)

    def bad_values(self) -> Iterator[BadValue]:
        """What Python would take for a truth value, though it is none."""
        yield BadValue("no", "text")
        yield BadValue(2, "a number")
        yield BadValue(None, "None")
        yield BadValue([True], "a list")


@dataclass(frozen=True)
class Function(Constraint[Callable[..., Any]]):
    """A function, or any other object that can be called; a class is none.

    Parameters
    ----------
    purpose
        What it does, as it follows "a function": "from rows to scores".

    Examples
    --------
    >>> Function("from rows to scores").checked("function", 3)
    Traceback (most recent call last):
    ValueError: function=3: must be a function from rows to scores
    """

    purpose: str

    @property
    def allowed(self) -> str:
        """A function, and what it does."""
        return f"a function {self.purpose}"

    @property
    def example(self) -> Callable[..., Any]:
        """A function that returns its argument."""
        return _itself

    def read(self, value: object) -> Callable[..., Any]:
        """The function."""
        if not callable(value) or isinstance(value, type):
            raise RefusedError
        return value

    def bad_values(self) -> Iterator[BadValue]:
        """What cannot be called, and a class."""
        yield BadValue(None, "None")
        yield BadValue(3, "a number")
        yield BadValue("f", "a name")
        yield BadValue(int, "a class")


@dataclass(frozen=True)
class Instance(Constraint[_First], Generic[_First]):
    """An object of a class.

    Parameters
    ----------
    of
        The class, which may be a protocol that can be checked at run time.
    described
        What it is, and how one comes by it: "a model, such as heirloom.models.Categorical".

    Examples
    --------
    >>> Instance(dict, "a dictionary, such as {'a': 1}").checked("sources", 3)
    Traceback (most recent call last):
    ValueError: sources=3: must be a dictionary, such as {'a': 1}
    """

    of: type[_First]
    described: str

    @property
    def allowed(self) -> str:
        """As it is described."""
        return self.described

    @property
    def example(self) -> object:
        """None, as there is no telling how an object is made."""
        return None

    def read(self, value: object) -> _First:
        """The object."""
        if isinstance(value, type) or not isinstance(value, self.of):
            raise RefusedError
        return value

    def bad_values(self) -> Iterator[BadValue]:
        """Objects of other classes, and the class itself."""
        yield BadValue(None, "None")
        yield BadValue(object(), "of no class in particular")
        yield BadValue(self.of, "the class itself")


@dataclass(frozen=True)
class Optional(Constraint[_First | None], Generic[_First]):
    """None, or what another constraint allows.

    Parameters
    ----------
    other
        What is allowed beside None.

    Examples
    --------
    >>> from heirloom._base.parameters import Whole
    >>> Optional(Whole(1)).checked("block_size", None) is None
    True
    """

    other: Constraint[_First]

    @property
    def allowed(self) -> str:
        """What the other allows: None is what leaving it out gives, and needs no mention."""
        return self.other.allowed

    @property
    def example(self) -> object:
        """None."""
        return None

    def read(self, value: object) -> _First | None:
        """None, or the value as the other constraint reads it."""
        return None if value is None else self.other.read(value)

    def bad_values(self) -> Iterator[BadValue]:
        """Those of the other, but None."""
        return (bad for bad in self.other.bad_values() if bad.value is not None)


@dataclass(frozen=True)
class Either(Constraint[_First | _Second], Generic[_First, _Second]):
    """What one of two constraints allows.

    Parameters
    ----------
    first, second
        Either suffices; the first is asked first.

    Examples
    --------
    >>> either = Either(Flag(), Function("of the work done and all work"))
    >>> either.checked("progress", "yes")
    Traceback (most recent call last):
    ValueError: progress='yes': must be True or False, or a function of the work done and all work
    """

    first: Constraint[_First]
    second: Constraint[_Second]

    @property
    def allowed(self) -> str:
        """What the first allows, and what the second does."""
        return f"{self.first.allowed}, or {self.second.allowed}"

    @property
    def example(self) -> object:
        """That of the first."""
        return self.first.example

    def read(self, value: object) -> _First | _Second:
        """The value as one of the two reads it."""
        try:
            return self.first.read(value)
        except RefusedError:
            return self.second.read(value)

    def bad_values(self) -> Iterator[BadValue]:
        """Those of each that the other refuses too."""
        for one, other in ((self.first, self.second), (self.second, self.first)):
            for bad in one.bad_values():
                try:
                    other.read(bad.value)
                except RefusedError:
                    yield bad


def _itself(value: Any) -> Any:
    return value
