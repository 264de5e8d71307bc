"""Options that several subcommands share, and how what is typed is read.

What can be refused by what was typed alone is refused here, before anything slow is imported.
"""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from .._base.files import require_new_folder
from ..workflows import Workflow, parse
from .refusals import Refused, RefusedValue, options_in_errors
from .workflow_texts import examples, offered

# More is more than an array can have.
_MOST = 2**63 - 1

FIGURE_KINDS = (".png", ".pdf", ".svg")
"""What the name of a figure's file may end in."""


def whole_number(least: int = 0, most: int = _MOST) -> Callable[[str | int], int]:
    """Give the reader of a whole number from `least` to `most`."""
    bounds = f", {least} or more" if most == _MOST else f" from {least} to {most:,}"

    def read(text: str | int) -> int:
        try:
            value = int(text)
        except ValueError:
            raise RefusedValue(text, f"must be a whole number{bounds}") from None
        if not least <= value <= most:
            raise RefusedValue(text, f"must be a whole number{bounds}")
        return value

    return read


def number(least: float = -math.inf) -> Callable[[str | float], float]:
    """Give the reader of a number, `least` or more."""
    bounds = "" if math.isinf(least) else f", {least:g} or more"

    def read(text: str | float) -> float:
        try:
            value = float(text)
        except ValueError:
            raise RefusedValue(text, f"must be a number{bounds}") from None
        # Not a number fails the comparison, too.
        if not value >= least:
            raise RefusedValue(text, f"must be a number{bounds}")
        return value

    return read


def one_of(*choices: str) -> Any:
    """Give reader, description and completion of an option that is one of a few words."""

    def read(text: str) -> str:
        if text not in choices:
            raise RefusedValue(text, f"choose one of {', '.join(choices)}")
        return text

    return {"parser": read, "metavar": "|".join(choices), "autocompletion": starting(choices)}


def starting(words: Sequence[str]) -> Callable[[str], list[str]]:
    """Give the completion of a word that is one of several."""

    def complete(incomplete: str) -> list[str]:
        return [word for word in words if word.startswith(incomplete)]

    return complete


def either(yes: bool, no: bool, options: tuple[str, str]) -> bool | None:
    """Read two options of which one may be given; None where neither is."""
    if yes and no:
        raise Refused(f"{' and '.join(options)} contradict each other; give one of them")
    return yes if yes or no else None


def _read_workflow(text: str | Workflow) -> Workflow:
    if isinstance(text, Workflow):
        return text
    try:
        return parse(text)
    except ValueError as error:
        raise Refused(str(error)) from None


def _read_new_folder(text: str | Path) -> Path:
    try:
        with options_in_errors(out="--out"):
            return require_new_folder(text)
    except ValueError as error:
        raise Refused(str(error)) from None


def _read_figure(text: str | Path) -> Path:
    path = read_file(text)
    if path.suffix.lower() not in FIGURE_KINDS:
        raise RefusedValue(text, f"the name must end in {', '.join(FIGURE_KINDS)}")
    return path


def read_file(text: str | Path) -> Path:
    """Read the path of a file to write, in a folder that exists."""
    path = Path(text)
    if not path.parent.is_dir() or path.is_dir():
        raise RefusedValue(text, "name a file in a folder that exists")
    return path


AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Seed = Annotated[
    int,
    typer.Option(
        "--seed",
        parser=whole_number(0, 2**32 - 1),
        metavar="INTEGER",
        help="Same seed, same result.",
    ),
]
Workflows = Annotated[
    list[Workflow] | None,
    typer.Option(
        "--workflow",
        parser=_read_workflow,
        metavar="WORKFLOW",
        autocompletion=starting([text for kind in offered() for text in examples(kind)]),
        help="Such as discard, augment, fresh:0.6, anchor:0.5, window:5 (`heirloom workflows` "
        "lists all); may be given again. Default: the named ones.",
    ),
]
Figure = Annotated[
    Path | None,
    typer.Option(
        "--figure",
        parser=_read_figure,
        metavar="FILE",
        help="Draw what was found to this PNG, PDF or SVG file.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        parser=_read_new_folder,
        metavar="DIR",
        help="Write all that was found, with its figure, to a new folder.",
    ),
]
