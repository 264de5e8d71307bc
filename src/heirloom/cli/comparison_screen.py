"""How a comparison is printed."""

import math
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import typer
from rich.console import Console
from rich.table import Table

from ..workflows.short_text import short_text

if TYPE_CHECKING:
    from ..planning import Comparison, RelabelledWorkflow


def print_comparison(comparison: "Comparison") -> None:
    """Print a table of the workflows, and what is to be said of them."""
    if comparison.settings["protocol"] == "relabel":
        _print_relabelled(comparison)
    else:
        _print_population(comparison)


def _print_population(comparison: "Comparison") -> None:
    console = _console()
    settings = comparison.settings
    console.print(
        f"{settings['title']}: {settings['rows']:,} rows as the population; "
        f"{settings['n_real']:,} real and {settings['n_synthetic']:,} synthetic rows a generation, "
        f"{settings['generations']} generations, {settings['replicates']:,} replicates\n",
        highlight=False,
        markup=False,
    )
    table = Table(box=None, pad_edge=False)
    table.add_column("workflow", no_wrap=True)
    any_failed = any(line.failed for line in comparison.workflows)
    columns = (
        settings["measure"],
        "± se",
        *["median"] * any_failed,
        "ratio to real",
        "± se",
        "failed",
    )
    for name in columns:
        table.add_column(name, justify="right")
    table.add_column("")
    for line in comparison.workflows:
        table.add_row(
            short_text(line.workflow),
            _number(line.error),
            _number(line.error_se, 2),
            *[_number(line.error_median)] * any_failed,
            _number(line.ratio),
            _number(line.ratio_se, 2),
            _share(line.failed),
            _remark(comparison, line),
        )
    _print_table(console, table)
    console.print(
        "\nError: mean over the last fifth of the generations and over replicates; n.s.: its "
        "difference from the baseline is not significant (5 %).",
        highlight=False,
    )
    if any_failed:
        console.print(_ON_FAILURES, highlight=False)
    for note in comparison.notes:
        console.print(f"- {note}", highlight=False, markup=False)


def _generation_0(measured: dict[str, float | None]) -> str:
    loss, accuracy = measured["log_loss"], measured["accuracy"]
    if loss is None or accuracy is None:
        return "Generation 0: separated, without a maximum likelihood estimate"
    return f"Generation 0: test log-loss {_number(loss)}, accuracy {_number(accuracy)}"


def _print_relabelled(comparison: "Comparison") -> None:
    console = _console()
    settings, zeroth = comparison.settings, comparison.settings["generation_0"]
    console.print(
        f"{settings['title']}: {settings['training_rows']:,} training and "
        f"{settings['test_rows']:,} test rows; {settings['generations']} generations, "
        f"{settings['replicates']:,} replicates\n{_generation_0(zeroth)}\n",
        highlight=False,
        markup=False,
    )
    table = Table(box=None, pad_edge=False)
    table.add_column("workflow", no_wrap=True)
    any_failed = any(line.failed for line in comparison.workflows)
    lines = cast("Sequence[RelabelledWorkflow]", comparison.workflows)
    any_separated = any(line.first_separated is not None for line in lines)
    columns = (
        settings["measure"],
        "± se",
        *["median"] * any_failed,
        "ratio",
        "± se",
        "accuracy",
        *["failed"] * any_failed,
        *["separated", "first", "half by"] * any_separated,
    )
    for name in columns:
        table.add_column(name, justify="right")
    table.add_column("")
    for line in lines:
        separation = (
            _share(line.separated[-1]),
            "" if line.first_separated is None else str(line.first_separated),
            "" if line.half_separated is None else str(line.half_separated),
        )
        table.add_row(
            short_text(line.workflow),
            _number(line.error),
            _number(line.error_se, 2),
            *[_number(line.error_median)] * any_failed,
            _number(line.ratio),
            _number(line.ratio_se, 2),
            _number(line.accuracy),
            *[_share(line.failed)] * any_failed,
            *separation * any_separated,
            _remark(comparison, line),
        )
    _print_table(console, table)
    console.print(
        "\nTest log-loss and accuracy: mean over the last fifth of the generations and over "
        "replicates; ratio: to generation 0; n.s.: the difference from it is not significant "
        "(5 %).",
        highlight=False,
    )
    if any_separated:
        console.print(
            "separated: share of replicates at the last generation; first, half by: the first "
            "generation at which any, and half of them, are.",
            highlight=False,
        )
    if any_failed:
        console.print(_ON_FAILURES, highlight=False)
    for note in comparison.notes:
        console.print(f"- {note}", highlight=False, markup=False)


_ON_FAILURES = (
    "Some replicates have no answer. Errors and ratios are over those that have one, and look "
    "better than they are; the ranking is by the median, which counts the others as infinite."
)


def _remark(comparison: "Comparison", line: Any) -> str:
    if line.workflow == comparison.baseline:
        return "baseline"
    remarks = ["least" if line is comparison.workflows[0] else "as good as the least"]
    return ", ".join(remarks * bool(line.best) + ["n.s."] * (line.significant is False))


def _share(share: float) -> str:
    return f"{100 * share:.3g} %" if share else ""


def _number(value: float, digits: int = 4) -> str:
    if math.isinf(value):
        return "infinite"
    return "none" if math.isnan(value) else f"{value:.{digits}g}"


def _console() -> Console:
    # Piped output keeps whole lines rather than wrap at eighty columns.
    # A workflow's text, such as subsample:100:augment, is no emoji.
    return Console(width=None if sys.stdout.isatty() else 1000, emoji=False)


def _print_table(console: Console, table: Table) -> None:
    with console.capture() as captured:
        console.print(table)
    typer.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))
