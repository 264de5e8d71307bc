"""How a ranking shows itself: what persuades first, and nothing clipped in a narrow terminal."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from .._base.result_table import Column, ResultTable
from ..workflows import Sizes, Workflow
from ..workflows.short_text import short_text
from ..workflows.trained_on import trained_on

if TYPE_CHECKING:
    from .ranking import RankedWorkflow

_ROWS = ("real_rows", "generated_rows", "trained_rows")
_PHRASE = "trains_on"
# Columns that go where even wrapped headings do not fit, in this order.
_LEAST_MISSED = ("limit", "efficient", "weight")


def ranking_table(
    lines: "Sequence[RankedWorkflow]",
    sizes: Sizes,
    *,
    title: str,
    notes: tuple[str, ...],
    costs: bool,
    remark: "Callable[[RankedWorkflow], str]",
) -> ResultTable:
    """State a ranking.

    Parameters
    ----------
    lines
        Its lines, in their order.
    sizes
        Rows of every dataset.
    title, notes
        The sentences above and below.
    costs
        Whether rows cost anything.
    remark
        What is said of a line, such as that the user cannot have it.
    """
    columns: list[tuple[Column, Callable[[RankedWorkflow], Any]]] = [
        (Column("workflow", "workflow", short_text), lambda line: line.workflow.text),
        (Column("effective_rows", "worth real rows", _rows), lambda line: line.effective_rows),
        (Column("relative_risk", "risk", ".4g"), lambda line: line.relative_risk),
        (Column("limit", "long run", _limit), lambda line: line.limit),
        (Column("weight", "weight", _weight), lambda line: line.weight),
        (Column("real_rows", "real", ","), lambda line: line.real_rows),
        (Column("generated_rows", "generated", ","), lambda line: line.generated_rows),
        (Column("trained_rows", "trained", ","), lambda line: line.trained_rows),
    ]
    if costs:
        columns += [
            (Column("cost", "cost", ",.6g"), lambda line: line.cost),
            (Column("efficient", "front", _on_front), lambda line: line.efficient),
        ]
    columns += [
        (Column("remark", "", ""), remark),
        (Column("needs", "needs", ""), _needs),
        (Column(_PHRASE, "trains on", ""), lambda line: phrase(line.workflow, sizes)),
    ]
    return ResultTable(
        title,
        tuple(column for column, _ in columns),
        tuple(tuple(value(line) for _, value in columns) for line in lines),
        notes,
    )


def phrase(workflow: Workflow, sizes: Sizes) -> str:
    """Say what a workflow trains on in the end, where real rows arrive if any do."""
    arrivals = np.flatnonzero(sizes.real[1:]) + 1
    return trained_on(workflow, sizes, int(arrivals[-1]) if arrivals.size else None)


def ranking_text(table: ResultTable, width: int | None) -> str:
    """Write a ranking; in a narrow terminal with fewer columns, and the phrases below.

    A data frame and JSON have what is left out.
    """
    shown = _without_empty(table)
    if width is None or _width_of(shown) <= width:
        return shown.to_text(width)
    shown = _without(shown, *_ROWS, "needs")
    if _width_of(shown) <= width:
        return shown.to_text(width)
    grid = _without(replace(shown, notes=()), _PHRASE)
    for name in _LEAST_MISSED:
        if max(len(line) for line in grid.to_text(width).splitlines()) > width:
            grid = _without(grid, name)
    phrases = replace(_only(shown, "workflow", _PHRASE), title="").to_text(width)
    return f"{grid.to_text(width)}\n\n{phrases}"


def counted(count: int, noun: str) -> str:
    """Write a count with its noun.

    Examples
    --------
    >>> counted(1, "generation"), counted(1200, "row")
    ('1 generation', '1,200 rows')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _width_of(table: ResultTable) -> int:
    grid = replace(table, title="", notes=()).to_text()
    return max(len(line) for line in grid.splitlines())


def _without_empty(table: ResultTable) -> ResultTable:
    texts = table.texts()
    empty = [c.name for i, c in enumerate(table.columns) if not any(row[i] for row in texts)]
    return _without(table, *empty)


def _without(table: ResultTable, *names: str) -> ResultTable:
    return _only(table, *(c.name for c in table.columns if c.name not in names))


def _only(table: ResultTable, *names: str) -> ResultTable:
    kept = [i for i, column in enumerate(table.columns) if column.name in names]
    return replace(
        table,
        columns=tuple(table.columns[i] for i in kept),
        rows=tuple(tuple(row[i] for i in kept) for row in table.rows),
    )


def _rows(rows: float) -> str:
    return f"{rows:,.0f}" if rows >= 10 else f"{rows:.2g}"


def _limit(limit: float) -> str:
    if math.isinf(limit):
        return "collapses"
    return "unknown" if math.isnan(limit) else f"{limit:.4g}"


def _weight(weight: float | None) -> str:
    return "" if weight is None else f"{weight:.4g}"


def _on_front(efficient: bool) -> str:
    return "front" if efficient else ""


def _needs(line: "RankedWorkflow") -> str:
    return ", ".join(need.removesuffix(" data") for need in line.needs)
