"""The directive ``commands``: the help of a Typer application and of each of its commands.

.. code-block:: markdown

    ```{commands} heirloom.cli:app heirloom
    ```

The first argument is where the application lives, the second the name that the user types. What
is printed is what ``--help`` prints, so that the page cannot fall behind the command.
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Any
from unittest import mock

import typer
from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from typer.testing import CliRunner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

# Plain text, eighty columns, whatever terminal the documentation is built in.
_TERMINAL = {"COLUMNS": "80", "TERMINAL_WIDTH": "80", "NO_COLOR": "1", "TERM": "dumb"}


def subcommands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words that lead to each command, the application itself first."""
    yield path
    for name, child in getattr(command, "commands", {}).items():
        if not child.hidden:
            yield from subcommands(child, (*path, name))


class Commands(SphinxDirective):
    """Help texts of a command line."""

    required_arguments = 2

    def run(self) -> list[nodes.Node]:
        """Ask the application for each of its help texts."""
        module, _, attribute = self.arguments[0].partition(":")
        program = self.arguments[1]
        application: typer.Typer = getattr(importlib.import_module(module), attribute)
        found: list[nodes.Node] = []
        for path in subcommands(typer.main.get_command(application)):
            title = " ".join((program, *path))
            with mock.patch.dict(os.environ, _TERMINAL):
                result = CliRunner().invoke(application, [*path, "--help"], prog_name=program)
            if result.exit_code != 0:
                raise self.error(f"`{title} --help` failed: {result.output}")
            section = nodes.section(ids=[nodes.make_id(title)], names=[title])
            text = "\n".join(line.rstrip() for line in result.output.strip().splitlines())
            section += nodes.title("", "", nodes.literal("", title))
            section += nodes.literal_block(text, text, language="text")
            self.state.document.note_explicit_target(section)
            found.append(section)
        return found


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("commands", Commands)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
