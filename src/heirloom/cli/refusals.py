"""Messages name the option that was typed, not the argument of a Python function."""

import re
from collections.abc import Generator
from contextlib import contextmanager

import typer


class Refused(typer.BadParameter):
    """What was typed is not allowed.

    Parameters
    ----------
    message
        Says all: the option, its value, what is allowed and what to do.
    """

    def format_message(self) -> str:
        """Give the message as it is."""
        return self.message


class RefusedValue(Refused):
    """A value is not allowed; its option is named in front of the message.

    Parameters
    ----------
    given
        What was typed.
    allowed
        What is allowed, and what to do.
    """

    def __init__(self, given: object, allowed: str) -> None:
        super().__init__(allowed)
        self.given = given

    def format_message(self) -> str:
        """Write ``--option=value: what is allowed``."""
        # Typer tells which parameter it was while the error passes by.
        name = "value" if self.param is None else self.param.opts[0]
        shown = name if name.startswith("-") else name.upper()
        return f"{shown}={self.given}: {self.message}"


@contextmanager
def options_in_errors(**options: str) -> Generator[None]:
    """Write options in the place of the parameters of the Python function that is called.

    A parameter whose name has an underscore is replaced wherever it stands, one that is an ordinary
    word only where its value follows (``penalty=2``).

    Examples
    --------
    >>> with options_in_errors(n_real="--rows"):
    ...     raise ValueError("n_real=0: must be 1 or more")
    Traceback (most recent call last):
    ...
    ValueError: --rows=0: must be 1 or more
    """
    try:
        yield
    except ValueError as error:
        names = "|".join(options)
        unmistakable = "|".join(name for name in options if "_" in name) or "(?!)"
        # In quotation marks stands what the user wrote: a column may have such a name.
        parameters = rf"(?<!['\w-])(?:(?:{unmistakable})(?!['\w])|(?:{names})(?==))"
        message = re.sub(parameters, lambda found: options[found[0]], str(error))
        raise ValueError(message) from error
