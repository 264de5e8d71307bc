"""``heirloom datasets``: the built-in tables."""

from .._base.result_table import Column, ResultTable
from .options import AsJson
from .screen import show_table

_NOTES = ("Try one: heirloom compare diabetes --target target",)


def datasets(as_json: AsJson = False) -> None:
    """List the built-in tables."""
    from .. import datasets as built_in

    columns = (Column("name", "table"), Column("description", "what it holds"))
    table = ResultTable("", columns, tuple(built_in.descriptions().items()), _NOTES)
    show_table(table, "datasets", as_json=as_json)
