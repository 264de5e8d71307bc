"""A column of its own, whose frequencies or distribution function are estimated."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..models import Categorical, EmpiricalCDF
from ..tables import Table, encode_categories, encode_numbers, kind_of_column
from .population import Population
from .question import SQUARED_ERROR, Question
from .settings import FittedTable

if TYPE_CHECKING:
    pass

_NAMES = {"frequencies": "Frequencies", "cdf": "Distribution function"}

# By what the column holds: the model, why, and what else is possible.
_CHOSEN = {
    "numbers": (
        "cdf",
        "holds more than 20 distinct numbers",
        "for 100 or fewer, model='frequencies' (--model frequencies) is possible too",
    ),
    "categories": (
        "frequencies",
        "holds categories, or 20 or fewer distinct numbers",
        "for numbers, model='cdf' (--model cdf) is possible too",
    ),
}


def population_of_column(question: Question, column: str) -> Population:
    """Read a table and estimate one column of it.

    Raises
    ------
    ValueError
        If features or a penalty are asked for, the model is not one for a column, or the table does
        not allow it.
    """
    if question.features is not None:
        raise ValueError("features are for target; with column, none are used")
    if question.penalty:
        raise ValueError(f"penalty={question.penalty!r}: is for target; a column has none")
    question.check_model("column", tuple(_MODELS))
    frame = question.read
    chosen, because, otherwise = _CHOSEN[kind_of_column(frame, column)]
    population = _MODELS[question.model or chosen](frame, column, question.table_name)
    if question.model:
        return population
    why = f"{_NAMES[chosen]}, because column {column!r} {because}; {otherwise}."
    return replace(population, notes=(why, *population.notes))


def _frequencies(frame: Table, column: str, table: str) -> Population:
    encoded = encode_categories(frame, column)
    fitted = FittedTable(
        title=f"{_NAMES['frequencies']} of {column} in {table}",
        measure=SQUARED_ERROR,
        model="frequencies",
        rows=int(encoded.counts.sum()),
        rows_dropped=encoded.rows_dropped,
        categories=tuple(encoded.categories),
    )
    return Population(Categorical(encoded.probabilities), fitted, encoded.notes)


def _distribution_function(frame: Table, column: str, table: str) -> Population:
    encoded = encode_numbers(frame, column)
    # Ranks: only the order of numbers counts.
    ranks = np.unique(encoded.values, return_inverse=True)[1]
    fitted = FittedTable(
        title=f"{_NAMES['cdf']} of {column} in {table}",
        measure="Cramér–von Mises distance",
        model="cdf",
        rows=len(encoded.values),
        rows_dropped=encoded.rows_dropped,
    )
    return Population(EmpiricalCDF(ranks.astype(np.float64)), fitted, encoded.notes)


_MODELS: dict[str, Callable[[Table, str, str], Population]] = {
    "frequencies": _frequencies,
    "cdf": _distribution_function,
}
