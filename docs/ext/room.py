"""The directive ``room``: a summary table of all that a module offers, then each entry.

.. code-block:: markdown

    ```{eval-rst}
    .. room:: heirloom.workflows
    ```

The names and their order are those of the module's ``__all__``, so that a new workflow, model or
verifier appears without an edit of the page; where there is none, what the module defines is
listed. The docstring of the module comes first.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from typing import TYPE_CHECKING, Any

from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective
from sphinx.util.parsing import nested_parse_to_nodes

if TYPE_CHECKING:
    from types import ModuleType

    from docutils import nodes
    from sphinx.application import Sphinx

_LONGEST_VALUE = 80


def offered_names(module: ModuleType) -> list[str]:
    """Return the ``__all__`` of a module, or else what is defined in it and public."""
    if hasattr(module, "__all__"):
        return list(module.__all__)
    return [
        name
        for name, thing in vars(module).items()
        if not name.startswith("_") and getattr(thing, "__module__", None) == module.__name__
    ]


def autodoc_directive(thing: object) -> str:
    """Return the autodoc directive that suits an object."""
    if isinstance(thing, type):
        return "autoexception" if issubclass(thing, BaseException) else "autoclass"
    # A compiled or dispatching function is an object around the function that was written.
    return "autofunction" if inspect.isroutine(inspect.unwrap(thing)) else "autodata"


def home_of(module: ModuleType, name: str) -> str:
    """Return the path below a module at which data is defined, where its docstring stands.

    Data that a package takes from one of its files does not know where it comes from.
    """
    thing = getattr(module, name)
    if inspect.isroutine(inspect.unwrap(thing)) or isinstance(thing, type):
        return f"{module.__name__}.{name}"
    files = [path for path in sorted(sys.modules) if path.startswith(f"{module.__name__}.")]
    homes = [path for path in files if vars(sys.modules[path]).get(name) is thing]
    return f"{homes[0] if homes else module.__name__}.{name}"


class Room(SphinxDirective):
    """Summary and reference of one module."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Write the reStructuredText of the module's reference and parse it."""
        path = self.arguments[0]
        module = importlib.import_module(path)
        names = offered_names(module)
        lines = [f".. automodule:: {path}", "   :no-members:", "", f".. currentmodule:: {path}", ""]
        if len(names) > 1:
            lines += [".. autosummary::", "   :nosignatures:", ""]
            homes = [home_of(module, name).removeprefix(f"{path}.") for name in names]
            lines += [*(f"   ~{home}" for home in homes), ""]
        for name in names:
            directive = autodoc_directive(getattr(module, name))
            lines += [f".. {directive}:: {home_of(module, name)}"]
            if directive == "autodata" and len(repr(getattr(module, name))) > _LONGEST_VALUE:
                lines += ["   :no-value:"]
            lines += [""]
        place = self.get_source_info()
        return nested_parse_to_nodes(self.state, StringList(lines, items=[place] * len(lines)))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("room", Room)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
