"""What is asked of a table, whatever the protocol."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from .._base.parameters import Number, Optional, Whole, checked_fields
from ..tables import Table, read_table
from ..workflows import Workflow, as_workflow

if TYPE_CHECKING:
    import pandas as pd

SQUARED_ERROR = "squared error"


@dataclass(frozen=True, kw_only=True, eq=False)
@checked_fields(replicates=Whole(1), seed=Whole(0, 2**32 - 1), penalty=Optional(Number(least=0)))
class Question:
    """What is asked of a table, whatever the protocol.

    Attributes
    ----------
    table, target, model, features, workflows, generations, replicates, seed, penalty
        As for :func:`heirloom.compare`.

    Raises
    ------
    ValueError
        If a number is none, or out of range.
    """

    table: "Table | pd.DataFrame | str | os.PathLike[str]"
    target: str | None = None
    model: str | None = None
    features: Sequence[str] | None = None
    workflows: Sequence[Workflow | str] | Workflow | str | None = None
    generations: int | None = None
    replicates: int = 200
    seed: int = 0
    penalty: float | None = None

    @cached_property
    def read(self) -> Table:
        """The table, read once."""
        return read_table(self.table)

    @property
    def table_name(self) -> str:
        """Name or path of the table; ``table`` for a data frame."""
        table = self.table
        if isinstance(table, Table):
            return table.name
        return os.fspath(table) if isinstance(table, (str, os.PathLike)) else "table"

    @property
    def asked_features(self) -> tuple[str, ...] | None:
        """The features as a tuple; None for all."""
        return None if self.features is None else tuple(self.features)

    def resolved_workflows(self, default: Sequence[str]) -> tuple[Workflow, ...]:
        """Read the workflows, each of which must be given once.

        Raises
        ------
        ValueError
            If one is unknown, or given twice.
        """
        given = default if self.workflows is None else self.workflows
        listed = [given] if isinstance(given, (Workflow, str)) else given
        resolved = [as_workflow(workflow) for workflow in listed]
        for workflow in resolved:
            if resolved.count(workflow) > 1:
                raise ValueError(f"workflow '{workflow.text}' is given twice; give each once")
        return tuple(resolved)

    def check_model(self, parameter: str, known: tuple[str, ...]) -> None:
        """Raise a ValueError if a model is asked for that is not among those known."""
        if self.model is not None and self.model not in known:
            raise ValueError(
                f"model={self.model!r}: with {parameter}, choose one of {', '.join(known)}"
            )
