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
from typing import TYPE_CHECKING, Any

from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective
from sphinx.util.parsing import nested_parse_to_nodes

if TYPE_CHECKING:
    from types import ModuleType

    from docutils import nodes
    from sphinx.application import Sphinx


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
            lines += [*(f"   {name}" for name in names), ""]
        for name in names:
            lines += [f".. {autodoc_directive(getattr(module, name))}:: {path}.{name}", ""]
        place = self.get_source_info()
        return nested_parse_to_nodes(self.state, StringList(lines, items=[place] * len(lines)))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("room", Room)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
