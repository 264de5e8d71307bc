"""What many calls need alike, sent to another process once and unpacked there once."""

import pickle
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")

# Values that a process keeps at the same time: those of the calls that run in it.
_KEPT = 4


class Shared(Generic[Value]):
    """A value that is pickled once, however many calls take it along.

    In its own process it is the object itself. Another process unpacks it at the first call, and
    keeps it for the others: it is found again by the hash of its content. Functions and classes
    of ``__main__``, those of a notebook say, are sent with it.

    Parameters
    ----------
    value
        What is shared.
    parts
        What of it a user has given, by the name of the argument, for the message that says which
        of them cannot be pickled.

    Examples
    --------
    >>> shared = Shared([1, 2])
    >>> pickle.loads(pickle.dumps(shared)).value
    [1, 2]
    """

    def __init__(self, value: Value, parts: Mapping[str, object] | None = None) -> None:
        self._own = [value]
        self._parts = dict(parts or {})

    @property
    def value(self) -> Value:
        """The value, the same object at every call.

        Raises
        ------
        ValueError
            If it came from another process and cannot be unpacked here.
        """
        return self._own[0] if self._own else _unpacked_here(self.packed)

    @cached_property
    def packed(self) -> "Packed":
        """The value as bytes.

        Raises
        ------
        ValueError
            If it cannot be pickled; the message names the part that cannot.
        """
        try:
            content = _pickled(self._own[0])
        except Exception as error:
            raise ValueError(_which_fails(self._parts, error)) from error
        return Packed(sha256(content).hexdigest(), content, tuple(self._parts))

    def __getstate__(self) -> dict[str, Any]:
        return {"packed": self.packed, "_own": [], "_parts": {}}


@dataclass(frozen=True)
class Packed:
    """A value as bytes; those of the same content are equal.

    Attributes
    ----------
    digest
        Hash of the content.
    content
        The value, pickled.
    parts
        Names of the arguments that it is made of, for messages.
    """

    digest: str
    content: bytes = field(compare=False, repr=False)
    parts: tuple[str, ...] = field(compare=False)


def _unpacked_here(packed: Packed) -> Any:
    try:
        return _unpacked(packed)
    except Exception as error:
        raise ValueError(
            f"{' or '.join(packed.parts)}: cannot be unpacked in another process "
            f"({_in_short(error)}); put its code into a module that can be imported there, or "
            "leave executor out to run in threads"
        ) from error


@lru_cache(maxsize=_KEPT)
def _unpacked(packed: Packed) -> Any:
    return pickle.loads(packed.content)


def _pickled(value: object) -> bytes:
    # Here, since most never send anything to another process, and importing it takes time.
    import cloudpickle

    return cloudpickle.dumps(value)


def _which_fails(parts: Mapping[str, object], error: Exception) -> str:
    """Message that names the part that cannot be pickled, and what to do."""
    wrong = {name: part for name, part in parts.items() if not _can_be_pickled(part)} or parts
    named = " or ".join(f"{name}={type(part).__name__}" for name, part in wrong.items())
    return (
        f"{named}: cannot be sent to another process ({_in_short(error)}); make it without open "
        "files, locks, connections and generators, or leave executor out to run in threads"
    )


def _can_be_pickled(part: object) -> bool:
    with suppress(Exception):
        _pickled(part)
        return True
    return False


def _in_short(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
