"""Arguments of a call as JSON and arrays, and back.

A trace is to say by which call it was made, completely enough to make that call again. Numbers and
text are kept as they are, arrays in full, beside the JSON; an object is its class and its state, as
Python's own protocol (``__reduce_ex__``) gives them to pickle. Unlike pickle, nothing that is read
can run code: only classes and functions of heirloom and scikit-learn are looked up, and a class is
given its state without a call of its constructor. What is left is described: users' own functions
and classes, whose code no file holds, and tables, which are known by the hash of their content.
"""

import importlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import NoneType
from typing import Any, Protocol, cast, runtime_checkable

import numpy as np
import numpy.typing as npt

from .content import sha256_of_table

_TRUSTED = ("heirloom", "sklearn")
_LONGEST_SHOWN = 80


class NotKeptError(ValueError):
    """An argument that its form describes, and from which it cannot be made again."""


@runtime_checkable
class IsCall(Protocol):
    """What was made by a call that is known, and stands for that call in its own arguments."""

    def call_form(self, writer: "ArgumentWriter", path: str) -> dict[str, Any]:
        """The call, as JSON holds it; its arrays go to the writer, under `path`."""
        ...


@dataclass(frozen=True)
class ArgumentWriter:
    """Writes arguments as JSON, and gathers their arrays.

    Attributes
    ----------
    arrays
        By the name that the JSON gives them.
    papers
        Keys of the papers that the objects among the arguments name.
    """

    arrays: dict[str, npt.NDArray[Any]]
    papers: dict[str, None]

    def form(self, value: Any, path: str) -> Any:
        """An argument as JSON holds it.

        Parameters
        ----------
        value
            The argument.
        path
            Where it stands, such as ``model.design``; its arrays are called by it.
        """
        # Exactly these types: a member of an enumeration is a whole number too, and more.
        if type(value) in (bool, int, str, NoneType):
            return value
        if isinstance(value, np.generic):
            return {"scalar": self.form(value.item(), path), "dtype": value.dtype.str}
        if isinstance(value, float):
            return value if math.isfinite(value) else {"number": str(value)}
        if isinstance(value, np.ndarray):
            return self._array(value, path)
        if isinstance(value, np.dtype):
            return {"dtype": value.str}
        if isinstance(value, type) and issubclass(value, np.generic):
            return {"scalar_type": value.__name__}
        if isinstance(value, IsCall):
            return value.call_form(self, path)
        if isinstance(value, type) or _is_function(value):
            return {"name": _name(value)}
        if hasattr(value, "iloc"):
            return {"table": list(value.shape), "sha256": sha256_of_table(value)}
        if isinstance(value, (list, tuple, Mapping)):
            return self._collection(value, path)
        return self._object(value, path)

    def _array(self, value: npt.NDArray[Any], path: str) -> dict[str, Any]:
        if value.dtype == object:
            return {"objects": self.form(value.tolist(), path)}
        if value.ndim == 0 or value.size == 0:
            small = self.form(value.tolist(), path)
            return {"values": small, "dtype": value.dtype.str, "shape": list(value.shape)}
        self.arrays[path] = value
        return {"array": path}

    def _collection(self, value: Any, path: str) -> Any:
        if isinstance(value, Mapping):
            entries = cast("Mapping[Any, Any]", value).items()
            if all(isinstance(key, str) for key, _ in entries):
                return {"mapping": {k: self.form(v, f"{path}.{k}") for k, v in entries}}
            pairs = [[k, v] for k, v in entries]
            return {"pairs": self.form(pairs, path)}
        items = [self.form(part, f"{path}.{i}") for i, part in enumerate(value)]
        if type(value) is list:
            return items
        if type(value) is tuple:
            return {"tuple": items}
        return {"tuple": items, "class": _name(type(value))}

    def _object(self, value: Any, path: str) -> dict[str, Any]:
        paper = getattr(value, "paper", None)
        if isinstance(paper, str):
            self.papers[paper] = None
        kind = cast("type[Any]", type(value))
        found = _class_and_state(value) if _is_trusted(kind.__module__) else None
        if found is None:
            # As models and verifiers describe themselves; a repr might hold the place in memory.
            settings = value.describe() if hasattr(value, "describe") else None
            known = settings if isinstance(settings, dict) else None
            return {"described": _name(kind), "settings": self.form(known, path)}
        new, state = found
        form: dict[str, Any] = {"object": _name(kind)}
        if new:
            form["new"] = [self.form(part, f"{path}.{i}") for i, part in enumerate(new)]
        if state:
            form["state"] = {k: self.form(v, f"{path}.{k}") for k, v in state.items()}
        return form


def read_form(
    form: Any, arrays: Mapping[str, npt.NDArray[Any]], call: Callable[[dict[str, Any]], Any]
) -> Any:
    """The argument that was written.

    Parameters
    ----------
    form
        What :class:`ArgumentWriter` wrote.
    arrays
        Its arrays.
    call
        Makes what is given by a call of its own.

    Raises
    ------
    NotKeptError
        If it is, or holds, what cannot be made again; the message says what.
    """

    def read(part: Any) -> Any:
        return read_form(part, arrays, call)

    match form:
        case list():
            return [read(part) for part in cast("list[Any]", form)]
        case {"number": text}:
            return float(text)
        case {"scalar": value, "dtype": dtype}:
            return np.dtype(dtype).type(read(value))
        case {"values": values, "dtype": dtype, "shape": shape}:
            return np.array(read(values), dtype=dtype).reshape(shape)
        case {"array": name}:
            return arrays[name]
        case {"objects": values}:
            return np.array(read(values), dtype=object)
        case {"dtype": name}:
            return np.dtype(name)
        case {"scalar_type": name}:
            return np.dtype(name).type
        case {"call": _}:
            return call(form)
        case {"name": name}:
            return found_by_name(name)
        case {"mapping": entries}:
            return {key: read(part) for key, part in entries.items()}
        case {"pairs": pairs}:
            return dict(read(pairs))
        case {"tuple": items, "class": name}:
            return found_by_name(name)._make(map(read, items))
        case {"tuple": items}:
            return tuple(map(read, items))
        case {"object": name}:
            new = [read(part) for part in form.get("new", [])]
            state = {key: read(part) for key, part in form.get("state", {}).items()}
            return _made(found_by_name(name), new, state)
        case {"table": shape, "sha256": _}:
            raise NotKeptError(
                f"a table of {' by '.join(map(str, shape))}, known by its hash alone"
            )
        case {"described": name}:
            raise NotKeptError(f"{name.rpartition(':')[2]}, which is your own code")
        case _:
            return form


def described_form(form: Any) -> str:
    """An argument in a few words.

    Examples
    --------
    >>> described_form(
    ...     {"object": "heirloom.workflows.fresh_mix:FreshMix", "state": {"weight": 0.5}}
    ... )
    'FreshMix(weight=0.5)'
    """
    text = _description(form)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."


def _description(form: Any) -> str:
    match form:
        case list():
            return f"[{', '.join(map(_description, cast('list[Any]', form)))}]"
        case {"object": name} | {"described": name}:
            settings = form.get("state") or (form.get("settings") or {}).get("mapping", {})
            public = {key: part for key, part in settings.items() if not key.startswith("_")}
            inner = ", ".join(f"{key}={_description(part)}" for key, part in public.items())
            return f"{name.rpartition(':')[2]}({inner})"
        case {"name": name}:
            return str(name).rpartition(":")[2]
        case {"array": _}:
            return "array(…)"
        case {"table": shape}:
            return f"table of {' by '.join(map(str, shape))}"
        case {"tuple": items} | {"objects": items}:
            return _description(items)
        case {"mapping": entries}:
            return (
                f"{{{', '.join(f'{key}: {_description(part)}' for key, part in entries.items())}}}"
            )
        case {"call": name}:
            return f"trace of {name}"
        case dict():
            return str(next(iter(cast("dict[str, Any]", form).values())))
        case _:
            return repr(form)


def _is_function(value: object) -> bool:
    return callable(value) and hasattr(value, "__qualname__")


def _name(thing: Any) -> str:
    return f"{thing.__module__}:{thing.__qualname__}"


def _is_trusted(module: str) -> bool:
    return module.partition(".")[0] in _TRUSTED


def found_by_name(name: str) -> Any:
    """A class or function by its name, if it is of a package that may be read from a file."""
    module, _, path = name.partition(":")
    if not _is_trusted(module):
        raise NotKeptError(f"{path}, which is your own code")
    try:
        found: Any = importlib.import_module(module)
        for part in path.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError):
        raise NotKeptError(f"{path} of {module}, which this version does not have") from None
    # A name may lead through a module to what that module has imported.
    if not _is_trusted(str(getattr(found, "__module__", ""))):
        raise NotKeptError(f"{name}, which is no class or function of heirloom's")
    return found


def _class_and_state(value: Any) -> tuple[tuple[Any, ...], dict[str, Any]] | None:
    """What a class is made with anew, and the state that it is then given; None if unknown."""
    try:
        reduced = cast("tuple[Any, ...]", value.__reduce_ex__(2))
    except TypeError:  # a lock, a socket, a generator
        return None
    padding: Any = (None, None, None)
    made, arguments, state, *rest = (*reduced, *padding)[:5]
    if getattr(made, "__name__", "") != "__newobj__" or any(part is not None for part in rest):
        return None
    if state is not None and not isinstance(state, dict):
        return None
    kind = type(value)
    # What was worked out and can be again depends on what the object was used for before.
    kept = {
        name: part
        for name, part in cast("dict[str, Any]", state or {}).items()
        if not isinstance(getattr(kind, name, None), cached_property)
    }
    return arguments[1:], kept


def _made(kind: type[Any], new: list[Any], state: dict[str, Any]) -> Any:
    made: Any = kind.__new__(kind, *new)
    if hasattr(made, "__setstate__"):
        made.__setstate__(state)
    else:
        made.__dict__.update(state)
    return made
