"""Arrays, alone or in named tuples: what rows, parameters and statistics are made of."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast


def arrays_in(nested: Any) -> Iterator[Any]:
    """Arrays of a nested value, in order.

    Parameters
    ----------
    nested
        An array or a number; or a tuple, named or not, a list or a mapping of such.

    Examples
    --------
    >>> list(arrays_in((1, {"a": 2, "b": [3]})))
    [1, 2, 3]
    """
    if isinstance(nested, Mapping):
        for part in cast("Mapping[Any, Any]", nested).values():
            yield from arrays_in(part)
    elif isinstance(nested, (tuple, list)):
        for part in cast("tuple[Any, ...]", nested):
            yield from arrays_in(part)
    elif nested is not None:
        yield nested


def map_arrays(function: Callable[..., Any], first: Any, *others: Any) -> Any:
    """Apply a function to the arrays of nested values of one form; the result has that form.

    Examples
    --------
    >>> map_arrays(lambda a, b: a + b, (1, {"x": 2}), (10, {"x": 20}))
    (11, {'x': 22})
    """
    if isinstance(first, Mapping):
        named = cast("Mapping[Any, Any]", first)
        return {k: map_arrays(function, v, *(o[k] for o in others)) for k, v in named.items()}
    if isinstance(first, (tuple, list)):
        parts = zip(cast("tuple[Any, ...]", first), *others, strict=True)
        mapped = [map_arrays(function, *part) for part in parts]
        if hasattr(first, "_fields"):  # a named tuple
            return cast(Any, type(first))(*mapped)
        return cast(Any, type(first))(mapped)
    return None if first is None else function(first, *others)
