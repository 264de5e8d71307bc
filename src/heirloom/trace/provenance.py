"""How a trace came about: the call that made it, completely enough to make it again."""

import inspect
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from .argument_form import (
    ArgumentWriter,
    NotKeptError,
    described_form,
    found_by_name,
    read_form,
)
from .content import sha256_of_table
from .installed import versions

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class NotKept:
    """Stands in :attr:`Trace.arguments` for an argument that cannot be made again.

    Attributes
    ----------
    description
        What it was.
    """

    description: str


@dataclass(frozen=True, eq=False, repr=False)
class Provenance:
    """The call that made a trace.

    Attributes
    ----------
    function
        Where the function is, such as ``heirloom.simulation:simulate``; None where no single call
        makes the trace. It is data: the function is imported when the call is made again.
    forms
        The arguments, as JSON holds them.
    arrays
        The arrays among them, in full.
    papers
        Keys of the papers that the objects among the arguments name.
    data
        SHA-256 of the content of what arguments name, such as a file, by the argument.
    versions
        Of heirloom and of what its numbers depend on.
    """

    function: str | None = None
    forms: Mapping[str, Any] = field(default_factory=dict[str, Any])
    arrays: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict[str, npt.NDArray[Any]])
    papers: tuple[str, ...] = ()
    data: Mapping[str, str] = field(default_factory=dict[str, str])
    versions: Mapping[str, str] = field(default_factory=versions)

    @classmethod
    def of_call(
        cls,
        function: str | None,
        arguments: Mapping[str, Any],
        data: "Mapping[str, pd.DataFrame] | None" = None,
    ) -> "Provenance":
        """Record a call.

        Parameters
        ----------
        function
            Where the function is, ``module:name``; one of heirloom that returns a trace, or a
            result that has one.
        arguments
            What it was given, by name; resolved as far as possible, since the code of a user's
            function cannot be kept. What does not change the result, such as an executor, is left
            out.
        data
            Tables that were read from what arguments name, such as files, by the argument. Their
            hashes are recorded, and a rerun that reads another content is refused.

        Examples
        --------
        >>> call = Provenance.of_call("heirloom.theory:predict", {"generations": 3})
        >>> call.arguments()
        {'generations': 3}
        >>> call
        heirloom.theory:predict(generations=3)
        """
        writer = ArgumentWriter({}, {})
        forms = {name: writer.form(value, name) for name, value in arguments.items()}
        hashes = {name: sha256_of_table(table) for name, table in (data or {}).items()}
        return cls(function, forms, writer.arrays, tuple(writer.papers), hashes)

    def __repr__(self) -> str:
        arguments = ", ".join(f"{name}={self.description(name)}" for name in self.forms)
        return f"{self.function or 'unknown'}({arguments})"

    def arguments(self) -> dict[str, Any]:
        """The arguments; :class:`NotKept` in place of one that cannot be made again."""
        return {name: self._argument(name) for name in self.forms}

    def call(self, given: Mapping[str, Any]) -> Any:
        """Make the call again.

        Parameters
        ----------
        given
            Arguments that are not kept, and such as do not change the result.

        Raises
        ------
        ValueError
            If no function is recorded, or an argument is neither kept nor given.
        """
        arguments = {n: v for n, v in self.arguments().items() if n not in given}
        for name, value in arguments.items():
            if isinstance(value, NotKept):
                raise ValueError(
                    f"{name}: the trace was made with {value.description}, which it does not "
                    f"hold; give it again: rerun({name}=…)"
                )
        made = {n: _called(value) for n, value in arguments.items()}
        return _function(self.function)(**made, **given)

    def differences(self, other: "Provenance") -> list[str]:
        """Names of the arguments in which another call differs."""
        names = {**self.forms, **other.forms}
        return [name for name in names if not self._same(other, name)]

    def description(self, name: str) -> str:
        """An argument in a few words."""
        text = described_form(self.forms[name]) if name in self.forms else "nothing"
        return f"{text} of SHA-256 {self.data[name][:12]}…" if name in self.data else text

    def call_form(self, writer: ArgumentWriter, path: str) -> dict[str, Any]:
        """The call as an argument of another call."""
        writer.papers.update(dict.fromkeys(self.papers))
        writer.arrays.update({f"{path}.{name}": array for name, array in self.arrays.items()})
        return {
            "call": self.function,
            "arguments": dict(self.forms),
            "data": dict(self.data),
            "path": path,
        }

    def _argument(self, name: str) -> Any:
        try:
            return read_form(self.forms[name], self.arrays, self._inner)
        except NotKeptError as error:
            return NotKept(str(error))

    def _inner(self, form: dict[str, Any]) -> "Provenance":
        prefix = f"{form['path']}."
        arrays = {
            name.removeprefix(prefix): array
            for name, array in self.arrays.items()
            if name.startswith(prefix)
        }
        return Provenance(
            form["call"], form["arguments"], arrays, self.papers, form["data"], self.versions
        )

    def _same(self, other: "Provenance", name: str) -> bool:
        forms = (json.dumps(call.forms.get(name), sort_keys=True) for call in (self, other))
        mine, theirs = (
            {key: array for key, array in call.arrays.items() if key.partition(".")[0] == name}
            for call in (self, other)
        )
        return (
            len(set(forms)) == 1
            and self.data.get(name) == other.data.get(name)
            and mine.keys() == theirs.keys()
            and all(_identical(mine[key], theirs[key]) for key in mine)
        )


def _identical(mine: npt.NDArray[Any], theirs: npt.NDArray[Any]) -> bool:
    alike = mine.dtype == theirs.dtype and mine.shape == theirs.shape
    return alike and np.ascontiguousarray(mine).tobytes() == np.ascontiguousarray(theirs).tobytes()


def _called(value: Any) -> Any:
    """An argument; a trace among them is made again by its own call."""
    if isinstance(value, Provenance):
        return value.call({})
    if isinstance(value, dict):
        return {key: _called(part) for key, part in cast("dict[Any, Any]", value).items()}
    return value


def _function(name: str | None) -> Any:
    if name is None:
        raise ValueError("the trace does not say by which call it was made, and cannot be rerun")
    try:
        function = found_by_name(name)
    except NotKeptError as error:
        raise ValueError(f"the trace was made with {error}, and cannot be rerun") from None
    # A file is data, of unknown origin maybe: it calls nothing but what makes a trace.
    if not _makes_trace(function):
        raise ValueError(f"the trace was made with {name}, which makes no trace")
    return function


def _makes_trace(function: Any) -> bool:
    made = getattr(function, "__annotations__", {}).get("return")
    if isinstance(made, str):
        made = inspect.unwrap(function).__globals__.get(made)
    fields = getattr(made, "__dataclass_fields__", {})
    return isinstance(made, type) and (hasattr(made, "rerun") or "trace" in fields)
