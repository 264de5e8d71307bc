"""What a constraint on an argument is."""

import abc
from collections.abc import Iterator
from typing import Generic, NamedTuple, TypeVar

from .values import shown

Value = TypeVar("Value", covariant=True)


class BadValue(NamedTuple):
    """A value that a constraint must refuse.

    Attributes
    ----------
    value
        The value.
    reason
        What is wrong with it, in a few words.
    """

    value: object
    reason: str


class RefusedError(Exception):
    """A value is not allowed; its text, if any, says where in the value that shows."""


class Constraint(abc.ABC, Generic[Value]):
    """What an argument may be, as data: it checks, it words the message, it knows what is wrong.

    Tests find every constraint that is declared, and call the function with each of its bad values.
    """

    @property
    @abc.abstractmethod
    def allowed(self) -> str:
        """What may be given, as it follows "must be"."""

    @property
    @abc.abstractmethod
    def example(self) -> object:
        """A value that is allowed."""

    @abc.abstractmethod
    def read(self, value: object) -> Value:
        """Return the value in the form that code computes with, or raise a `RefusedError`."""

    @abc.abstractmethod
    def bad_values(self) -> Iterator[BadValue]:
        """Values that must be refused."""

    def checked(self, name: str, value: object) -> Value:
        """Return the value in the form that code computes with.

        Parameters
        ----------
        name
            What the argument is called.
        value
            What was given.

        Raises
        ------
        ValueError
            If it is not allowed: in one line the name, the value and what is allowed.
        """
        try:
            return self.read(value)
        except RefusedError as refused:
            where = f", {refused}" if str(refused) else ""
            message = f"{name}={shown(value)}{where}: must be {self.allowed}"
        raise ValueError(message)
