"""``heirloom workflows``: what can be given to ``--workflow``."""

import re

import heirloom as hl

from .._base.result_table import Column, ResultTable
from ..workflows import Workflow, parse
from .options import EXAMPLES, AsJson
from .screen import show_table

_COLUMNS = (
    Column("workflow", "workflow"),
    Column("trains_on", "trains on"),
    Column("arxiv", "arXiv"),
)
_NOTES = (
    "The weight is that of the real data, any number in [0, 1].",
    "Other rules, and models that train on each other, are written in Python: see "
    "heirloom.workflows.Custom and Graph.",
)


def workflows(as_json: AsJson = False) -> None:
    """List the workflows, and what each trains on."""
    listed = [parse(text) for text in EXAMPLES]
    rows = tuple((w.text, w.trains_on, _arxiv(w)) for w in listed)
    show_table(ResultTable("", _COLUMNS, rows, _NOTES), "workflows", as_json=as_json)


def _arxiv(workflow: Workflow) -> str:
    if workflow.paper is None:
        return ""
    found = re.search(r"eprint\s*=\s*\{([^}]+)\}", hl.citation(workflow))
    return found[1] if found else ""
