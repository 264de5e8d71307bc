"""A table as the population that real rows are drawn from."""

from dataclasses import dataclass

from ..models import Model
from .settings import FittedTable


@dataclass(frozen=True, eq=False)
class Population:
    """A table, and the model whose truth is its full fit.

    Attributes
    ----------
    model
        What is sampled and fitted.
    fitted
        What the table became.
    notes
        Plain sentences about the model, about what was left out, and about the truth.
    """

    model: Model
    fitted: FittedTable
    notes: tuple[str, ...]
