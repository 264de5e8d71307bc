"""What is raised where a contract is broken."""

import json
from collections.abc import Callable
from typing import Any, TypeVar, cast

_LONGEST = 240

_Answer = TypeVar("_Answer")


class ContractError(AssertionError):
    """A model, a verifier or a workflow breaks its contract; the message says how, in one line."""


def attempted(call: Callable[[], Any], named: str) -> Any:
    """What a call returns; a ContractError that names it where it fails.

    Parameters
    ----------
    call
        Calls what a user wrote.
    named
        What is called, such as ``"NormalScale.fit"``.
    """
    try:
        return call()
    except ContractError:
        raise
    except Exception as error:
        shown = in_one_line(f"{type(error).__name__}: {error}")
        if "read-only" in str(error) or "readonly" in str(error):
            raise ContractError(
                f"{named}: writes to what it is given, which cannot be written to ({shown}); work "
                "on a copy"
            ) from error
        raise ContractError(f"{named}: failed with {shown}") from error


def in_contract(check: Callable[[], _Answer], renamed: tuple[str, str] = ("", "")) -> _Answer:
    """What a check returns; its ValueError as a ContractError.

    Parameters
    ----------
    check
        Raises a ValueError that says what is wrong, in one line.
    renamed
        What the message calls something, and what to call it here. Default: the same.
    """
    try:
        return check()
    except ValueError as error:
        raise ContractError(in_one_line(str(error).replace(*renamed))) from None


def in_one_line(value: object) -> str:
    """A value for a message: on one line, and shortened."""
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def check_description(call: Callable[[], Any], named: str, entry: str) -> None:
    """Check that a description can be written as JSON, and says what it describes.

    Parameters
    ----------
    call
        Describes.
    named
        What is called, for messages.
    entry
        The key that names the class.
    """
    description = attempted(call, named)
    entries = cast("dict[str, Any]", description if isinstance(description, dict) else {})
    if not isinstance(entries.get(entry), str):
        raise ContractError(
            f"{named} returned {in_one_line(repr(description))}; it must return a dictionary with "
            f"the name of the class under {entry!r}"
        )
    try:
        json.dumps(entries, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ContractError(
            f"{named} returned {in_one_line(repr(entries))}, which JSON does not hold ({error}); "
            "it must be made of text, finite numbers, truth values, None, lists and dictionaries"
        ) from None
