"""``heirloom workflows``: what can be given to ``--workflow``."""

import re

import heirloom as hl

from .._base.result_table import Column, ResultTable
from ..workflows import Workflow
from .options import AsJson
from .screen import show_table
from .workflow_texts import offered, summary, syntax

_COLUMNS = (
    Column("workflow", "workflow"),
    Column("summary", "what it is"),
    Column("arxiv", "arXiv"),
)
_NOTES = (
    "A weight is that of the real data: a number in [0, 1], numbers with commas between, golden, "
    "optimal, naive or schedule, such as fresh:0.6 or fresh:optimal.",
    "Other rules, and models that train on each other, are written in Python: see "
    "heirloom.workflows.Custom and Graph.",
)


def workflows(as_json: AsJson = False) -> None:
    """List the workflows that --workflow takes."""
    rows = tuple((syntax(kind), summary(kind), _arxiv(kind)) for kind in offered())
    show_table(ResultTable("", _COLUMNS, rows, _NOTES), "workflows", as_json=as_json)


def _arxiv(kind: type[Workflow]) -> str:
    if kind.paper is None:
        return ""
    found = re.search(r"eprint\s*=\s*\{([^}]+)\}", hl.citation(kind))
    return found[1] if found else ""
