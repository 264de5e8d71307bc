"""What the command prints: results on standard output, everything else on standard error."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import typer

from .._base.result_table import ResultTable
from .._base.tabulated import terminal_width

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@runtime_checkable
class Shown(Protocol):
    """A result that says of itself what is printed."""

    def to_text(self, width: int | None = None) -> str:
        """Write it in lines of so many characters; None: without a limit."""
        ...

    def to_json(self) -> dict[str, Any]:
        """Give it as JSON holds it."""
        ...


def show(result: Shown, *, as_json: bool) -> None:
    """Print a result, as text or as one JSON object."""
    if as_json:
        print_json(result.to_json())
    else:
        typer.echo(result.to_text(terminal_width()))


@runtime_checkable
class Kept(Shown, Protocol):
    """A result that can be kept in a folder as well."""

    def save(self, folder: Path) -> Path:
        """Write it into a new folder."""
        ...


def deliver(
    result: Kept,
    drawn: "Callable[[], Figure]",
    *,
    out: Path | None,
    figure: Path | None,
    as_json: bool,
) -> None:
    """Write a result and its figure where the user wants them, print it, and say what was written.

    Parameters
    ----------
    result
        What was asked for.
    drawn
        Gives its figure.
    out, figure, as_json
        Options of the command.
    """
    if out is not None:
        result.save(out)
    if figure is not None:
        # Matplotlib takes long to import.
        from ..plots.figure_file import write_figure

        write_figure(figure, drawn())
    show(result, as_json=as_json)
    if out is not None:
        tell_written(out, *sorted(path.name for path in out.iterdir()))
    if figure is not None:
        tell_written(figure)


def show_table(table: ResultTable, name: str, *, as_json: bool) -> None:
    """Print a table, as text or as one JSON object that has its rows below a name."""
    if as_json:
        keys = [column.name for column in table.columns]
        print_json({name: [dict(zip(keys, row, strict=True)) for row in table.rows]})
    else:
        typer.echo(table.to_text(terminal_width()))


def print_json(value: dict[str, Any]) -> None:
    """Print one JSON object, and nothing else."""
    typer.echo(json.dumps(value, allow_nan=False))


def tell(message: str) -> None:
    """Print a message on standard error."""
    typer.echo(message, err=True)


def tell_written(path: object, *names: str) -> None:
    """Say on standard error what was written."""
    tell(f"Written to {path}{': ' if names else ''}{', '.join(names)}")
