"""Comparisons and parts of nested arrays."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from .._base.nested import arrays_in, map_arrays

# What is left of an error that is 0, in units of parameters that are not far from 1.
SQUARE_OF_ROUNDING = 1e-20


def form_of(nested: Any, *, without: int = 0) -> str:
    """The form of a nested value in words: its tuples by their names, its arrays by their axes.

    Parameters
    ----------
    nested
        An array, or a named tuple of such.
    without
        How many of the first axes of each array are not counted. Default 0.

    Examples
    --------
    >>> form_of((np.zeros((3, 2)), None), without=1)
    'tuple(1 axis, None)'
    """
    if nested is None:
        return "None"
    if isinstance(nested, Mapping):
        named = cast("Mapping[Any, Any]", nested)
        parts = [f"{key!r}: {form_of(part, without=without)}" for key, part in named.items()]
        return f"{{{', '.join(parts)}}}"
    if isinstance(nested, (tuple, list)):
        parts = [form_of(part, without=without) for part in cast("tuple[Any, ...]", nested)]
        return f"{type(nested).__name__}({', '.join(parts)})"
    axes = np.ndim(nested) - without
    return f"{axes} {'axis' if axes == 1 else 'axes'}"


def shapes_of(nested: Any, *, without: int = 0) -> list[tuple[int, ...]]:
    """Shapes of the arrays of a nested value, but for so many of the first axes."""
    return [np.shape(array)[without:] for array in arrays_in(nested)]


def numpy_arrays_in(nested: Any) -> Iterator[npt.NDArray[Any]]:
    """Arrays of a nested value, and nothing else that it holds."""
    return (array for array in arrays_in(nested) if isinstance(array, np.ndarray))


def at_replicates(nested: Any, chosen: Any) -> Any:
    """A nested value at some of the replicates."""
    return map_arrays(lambda array: array[chosen], nested)


def at_rows(nested: Any, chosen: slice) -> Any:
    """Nested rows at some of the rows of each replicate."""
    return map_arrays(lambda array: array[:, chosen], nested)


def joined(*parts: Any, axis: int) -> Any:
    """Nested values behind one another along an axis."""
    return map_arrays(lambda *arrays: np.concatenate(arrays, axis=axis), *parts)


def same(first: Any, second: Any) -> bool:
    """Whether two nested values hold the same arrays, entry by entry; nan is the same as nan."""
    pairs = list(zip(arrays_in(first), arrays_in(second), strict=False))
    alike = form_of(first) == form_of(second)
    return alike and all(_same(np.asarray(a), np.asarray(b)) for a, b in pairs)


def close(first: Any, second: Any, tolerance: float) -> bool:
    """Whether two nested values differ by no more than rounding.

    Parameters
    ----------
    first, second
        What is compared.
    tolerance
        What is allowed, relative to the largest entry of each array.
    """
    pairs = list(zip(arrays_in(first), arrays_in(second), strict=False))
    alike = form_of(first) == form_of(second)
    return alike and all(_close(np.asarray(a), np.asarray(b), tolerance) for a, b in pairs)


def _same(first: npt.NDArray[Any], second: npt.NDArray[Any]) -> bool:
    return np.array_equal(first, second, equal_nan=first.dtype.kind == second.dtype.kind == "f")


def _close(first: npt.NDArray[Any], second: npt.NDArray[Any], tolerance: float) -> bool:
    if first.shape != second.shape:
        return False
    if first.dtype.kind not in "biuf" or second.dtype.kind not in "biuf":
        return _same(first, second)
    a, b = first.astype(np.float64), second.astype(np.float64)
    sizes = np.abs(b[np.isfinite(b)])
    largest = max(float(sizes.max(initial=0.0)), SQUARE_OF_ROUNDING)
    return np.allclose(a, b, rtol=0, atol=tolerance * largest, equal_nan=True)
