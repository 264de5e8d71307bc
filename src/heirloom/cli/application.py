"""The application: its subcommands, in the order in which the help lists them."""

from typing import Annotated

import typer

import heirloom as hl

from .compare import compare
from .datasets import datasets
from .plan import plan
from .reproduce import reproduce
from .weigh import weigh
from .workflows import workflows

#: The Typer application; ``main`` runs it.
app = typer.Typer(
    name="heirloom",
    help="Recursive training on real and synthetic data: what keeps a model from collapsing.",
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for subcommand in (plan, compare, weigh, reproduce, workflows, datasets):
    app.command(subcommand.__name__)(subcommand)


@app.callback(invoke_without_command=True)
def version_option(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", is_eager=True)
    ] = False,
) -> None:
    """Recursive training on real and synthetic data: what keeps a model from collapsing."""
    if version:
        typer.echo(hl.__version__)
        raise typer.Exit
