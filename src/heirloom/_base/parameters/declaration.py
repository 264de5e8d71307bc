"""How a function or a dataclass declares what its arguments may be."""

import functools
import inspect
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from .constraint import Constraint

_Callable = TypeVar("_Callable", bound=Callable[..., Any])
_Class = TypeVar("_Class", bound=type)


def checked(**constraints: Constraint[Any]) -> Callable[[_Callable], _Callable]:
    """Decorate a function, or an ``__init__``, whose arguments are to be checked.

    An argument that is given arrives in the form that its constraint reads it in: a float, an int,
    an array of float64. Defaults are taken as they are.

    Parameters
    ----------
    **constraints
        For the name of each argument what it may be.

    Examples
    --------
    >>> from heirloom._base.parameters import Whole
    >>> @checked(rows=Whole(1))
    ... def half(rows: int) -> float:
    ...     return rows / 2
    >>> half(rows=0)
    Traceback (most recent call last):
    ValueError: rows=0: must be a whole number, 1 or more
    """

    def declare(function: _Callable) -> _Callable:
        signature = inspect.signature(function)
        _require_known(constraints, signature.parameters, function)

        @functools.wraps(function)
        def call(*arguments: Any, **named: Any) -> Any:
            try:
                bound = signature.bind(*arguments, **named)
            except TypeError:
                # Python itself says best what is missing, or is one too many.
                return function(*arguments, **named)
            for name, constraint in constraints.items():
                if name in bound.arguments:
                    bound.arguments[name] = constraint.checked(name, bound.arguments[name])
            return function(*bound.args, **bound.kwargs)

        declared: Any = call
        declared.constraints = MappingProxyType(constraints)
        return declared

    return declare


def checked_fields(**constraints: Constraint[Any]) -> Callable[[_Class], _Class]:
    """Decorate a class, below ``@dataclass``, whose fields are to be checked.

    They are checked before its own ``__post_init__``, and stored in the form that their constraint
    reads them in. What subclasses it is checked likewise.

    Parameters
    ----------
    **constraints
        For the name of each field what it may be.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from heirloom._base.parameters import Whole
    >>> @dataclass(frozen=True)
    ... @checked_fields(length=Whole(1))
    ... class Window:
    ...     length: int
    >>> Window(0)
    Traceback (most recent call last):
    ValueError: length=0: must be a whole number, 1 or more
    """

    def declare(cls: _Class) -> _Class:
        _require_known(constraints, inspect.get_annotations(cls), cls)
        decorated: Any = cls
        own = getattr(cls, "__post_init__", None)

        def __post_init__(self: object) -> None:  # noqa: N807
            for name, constraint in constraints.items():
                value = constraint.checked(name, getattr(self, name))
                object.__setattr__(self, name, value)
            if own is not None:
                own(self)

        declared: Any = __post_init__
        declared.constraints = MappingProxyType(constraints)
        decorated.__post_init__ = declared
        return cls

    return declare


def constraints_of(declared: object) -> Mapping[str, Constraint[Any]]:
    """What a function, or the ``__init__`` or the fields of a class, declares; empty if nothing."""
    if isinstance(declared, type):
        own = vars(declared)
        places = [own.get("__init__"), own.get("__post_init__")]
    else:
        places = [declared]
    found: dict[str, Constraint[Any]] = {}
    for place in places:
        found |= getattr(place, "constraints", {})
    return found


def _require_known(
    constraints: Mapping[str, object], known: Mapping[str, object], declared: Callable[..., Any]
) -> None:
    for name in constraints:
        if name not in known:
            raise TypeError(f"{declared.__qualname__} has no argument {name!r} to be checked")
