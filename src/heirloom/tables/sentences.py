"""Words that messages and notes share."""

from collections.abc import Sequence


def counted(number: int, noun: str) -> str:
    """Write a number of things: ``1 row``, ``2 rows``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(values: Sequence[str], *, at_most: int = 5) -> str:
    """Write the first few values, each in quotation marks and on one line."""
    more = ", …" if len(values) > at_most else ""
    return ", ".join(repr(value) for value in values[:at_most]) + more


def named(noun: str, names: Sequence[str]) -> str:
    """Begin a sentence about one thing or several: ``Columns 'a', 'b'``."""
    return f"{noun.capitalize()}{'' if len(names) == 1 else 's'} {listed(names)}"
