"""A table as the population that real rows are drawn from."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..models import (
    Categorical,
    EmpiricalCDF,
    GeneralisedLinearModel,
    LabelledRows,
    LinearRegression,
    LogisticRegression,
    Model,
    PoissonRegression,
    Status,
)
from ..tables import (
    EncodedTable,
    Table,
    encode_binary_target,
    encode_categories,
    encode_count_target,
    encode_numbers,
    encode_numeric_target,
    kind_of_column,
    kind_of_target,
    read_table,
)

if TYPE_CHECKING:
    import pandas as pd

# Fits in single precision lose as many digits as the condition number has, and a few hundred rows
# are worse conditioned than the whole table.
_WORST_CONDITION = 3e3

# Residuals below this share of the target's standard deviation are rounding.
_LEAST_NOISE = 1e-6

_PRECISION_NOTE = (
    "Columns are nearly dependent, or nearly determine the target: computed in double precision."
)
_SQUARED_ERROR = "squared error"

_Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Population:
    """A table, and the model whose truth is its full fit.

    Attributes
    ----------
    model
        What is sampled and fitted.
    dtype
        Precision that its fits need: ``"float32"``, or ``"float64"`` where columns are nearly
        dependent or determine the target nearly.
    settings
        What the table became, as JSON holds it; ``title`` and ``measure``, what ``error`` is, for
        pictures.
    notes
        Plain sentences about the model, about what was left out, and about the truth.
    """

    model: Model
    dtype: str
    settings: dict[str, Any]
    notes: tuple[str, ...]


def population_of(
    table: "Table | pd.DataFrame | str | os.PathLike[str]",
    target: str | None,
    *,
    column: str | None,
    model: str | None,
    features: Sequence[str] | None,
    penalty: float,
) -> Population:
    """Read a table and fit the whole of it.

    Parameters
    ----------
    table, target, column, model, features, penalty
        As for :func:`heirloom.compare`.

    Raises
    ------
    ValueError
        If neither or both of target and column are given, the model is not one for it, the table
        does not allow it, or the full fit does not exist.
    """
    check_penalty(penalty)
    if target is not None and column is None:
        _check_model(model, "target", tuple(_REGRESSIONS))
        return _of_target(table, target, model, features, float(penalty))
    if column is not None and target is None:
        if features is not None:
            raise ValueError("features are for target; with column, none are used")
        if penalty:
            raise ValueError(f"penalty={penalty!r}: is for target; a column has none")
        _check_model(model, "column", tuple(_DISTRIBUTIONS))
        return _of_column(table, column, model)
    raise ValueError(
        "give either target (a column with two values, counts or numbers, for a regression) or "
        "column (a column of its own, for its frequencies or its distribution function)"
    )


def _check_model(model: str | None, parameter: str, known: tuple[str, ...]) -> None:
    if model is not None and model not in known:
        raise ValueError(f"model={model!r}: with {parameter}, choose one of {', '.join(known)}")


def check_penalty(penalty: object) -> None:
    """Raise a ValueError if it is not a number, 0 or more."""
    if not isinstance(penalty, (int, float, np.number)) or not 0 <= penalty < np.inf:
        raise ValueError(f"penalty={penalty!r}: must be a number, 0 or more")


def name_of(table: "Table | pd.DataFrame | str | os.PathLike[str]") -> str:
    """Give a table's name or path; ``table`` for a data frame."""
    if isinstance(table, Table):
        return table.name
    return os.fspath(table) if isinstance(table, (str, os.PathLike)) else "table"


# --------------------------------------------------------------------------------------- columns


class _Distribution(NamedTuple):
    """The model of a column, what of it is settings and notes, and the words for its error."""

    model: Model
    settings: dict[str, Any]
    notes: tuple[str, ...]
    title: str
    measure: str


# By what the column holds: the model, why, and what else is possible.
_CHOSEN_FOR_COLUMN = {
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


def _of_column(
    table: "Table | pd.DataFrame | str | os.PathLike[str]", column: str, model: str | None
) -> Population:
    name, frame = name_of(table), read_table(table)
    chosen, because, otherwise = _CHOSEN_FOR_COLUMN[kind_of_column(frame, column)]
    distribution = _DISTRIBUTIONS[model or chosen](frame, column)
    why = f"{distribution.title}, because column {column!r} {because}; {otherwise}."
    settings = {
        "table": name,
        "column": column,
        "model": model or chosen,
        **distribution.settings,
        "title": f"{distribution.title} of {column} in {name}",
        "measure": distribution.measure,
    }
    notes = (*([] if model else [why]), *distribution.notes)
    return Population(distribution.model, "float32", settings, notes)


def _frequencies(table: Table, column: str) -> _Distribution:
    encoded = encode_categories(table, column)
    settings = {
        "rows": int(encoded.counts.sum()),
        "rows_dropped": encoded.rows_dropped,
        "categories": list(encoded.categories),
    }
    model = Categorical(encoded.probabilities)
    return _Distribution(model, settings, encoded.notes, "Frequencies", _SQUARED_ERROR)


def _distribution_function(table: Table, column: str) -> _Distribution:
    encoded = encode_numbers(table, column)
    settings = {"rows": len(encoded.values), "rows_dropped": encoded.rows_dropped}
    # Ranks: only the order of numbers counts, and there are some that single precision cannot hold.
    ranks = np.unique(encoded.values, return_inverse=True)[1]
    model = EmpiricalCDF(ranks.astype(np.float64))
    return _Distribution(
        model, settings, encoded.notes, "Distribution function", "Cramér–von Mises distance"
    )


_DISTRIBUTIONS: dict[str, Callable[[Table, str], _Distribution]] = {
    "frequencies": _frequencies,
    "cdf": _distribution_function,
}


# --------------------------------------------------------------------------------------- targets


class _Regression(NamedTuple):
    """A kind of regression: how its target is encoded and its whole table fitted."""

    title: str
    encode: Callable[[Table, str, Sequence[str] | None], EncodedTable]
    fit: "Callable[[EncodedTable, _Array], _Fit]"
    penalised: bool


class _Fit(NamedTuple):
    """The fit of the whole table.

    ``information`` is that of each row on its linear predictor, and ``settings`` and ``notes`` are
    what is special to the kind of regression.
    """

    model: Model
    coefficients: _Array
    information: _Array
    settings: dict[str, Any]
    notes: tuple[str, ...]


# By what the target holds: the model, why, and what else is possible.
_CHOSEN_FOR_TARGET = {
    "labels": (
        "logistic",
        "has two values",
        "for numbers, model='linear' (--model linear) is possible too",
    ),
    "counts": (
        "poisson",
        "holds small counts",
        "model='linear' (--model linear) is possible too",
    ),
    "numbers": (
        "linear",
        "holds numbers",
        "for counts, model='poisson' (--model poisson) is possible too",
    ),
    # Encoding refuses them, and says what can be done instead.
    "categories": ("logistic", "", ""),
}


def _of_target(
    table: "Table | pd.DataFrame | str | os.PathLike[str]",
    target: str,
    model: str | None,
    features: Sequence[str] | None,
    penalty: float,
) -> Population:
    name, frame = name_of(table), read_table(table)
    chosen, because, otherwise = _CHOSEN_FOR_TARGET[kind_of_target(frame, target)]
    regression = _REGRESSIONS[model or chosen]
    why = f"{regression.title}, because target {target!r} {because}; {otherwise}."
    if penalty and not regression.penalised:
        raise ValueError(
            f"penalty={penalty!r}: model='{model or chosen}' takes none; leave it out, or use "
            "another model"
        )
    encoded = regression.encode(frame, target, features)
    # The intercept, in the first column, is not penalised: the base rate is nobody's prior.
    penalties = np.where(np.arange(encoded.design.shape[1]) == 0, 0.0, penalty)
    fit = regression.fit(encoded, penalties)
    exacting = _needed_precision(encoded.design, fit.information, penalties) > _WORST_CONDITION
    notes = (
        *([] if model else [why]),
        *encoded.notes,
        *fit.notes,
        *([_penalty_note(penalty)] if penalty else []),
        *([_PRECISION_NOTE] if exacting else []),
    )
    settings = {
        "table": name,
        "target": target,
        "model": model or chosen,
        **fit.settings,
        "rows": len(encoded.response),
        "rows_dropped": encoded.rows_dropped,
        "columns": list(encoded.columns),
        "uses": [str(use) for use in encoded.uses],
        "coefficients": fit.coefficients.tolist(),
        "title": f"{regression.title} of {target} in {name}",
        "measure": _SQUARED_ERROR,
    }
    return Population(fit.model, "float64" if exacting else "float32", settings, notes)


def _penalty_note(penalty: float) -> str:
    return (
        f"Every fit has the L2 penalty {penalty:g} (not on the intercept), the truth too. A "
        "penalised fit is biased, which the theory for it does not cover: none is drawn."
    )


def _needed_precision(design: _Array, information: _Array, penalties: _Array) -> float:
    """Condition number of the whole table's information, its diagonal scaled to 1, over the noise.

    The noise is the standard deviation of the predictor that one row leaves, at most 1: the smaller
    it is, the more digits of the estimate there are to lose.
    """
    total = (design * information[:, None]).T @ design / len(design) + np.diag(penalties)
    scale = np.sqrt(np.diag(total))
    condition = float(np.linalg.cond(total / np.outer(scale, scale)))
    return condition * max(1.0, float(np.sqrt(information.mean())))


def _most_likely(
    family: type[GeneralisedLinearModel], encoded: EncodedTable, penalties: _Array
) -> _Fit:
    """Fit the whole table by the model's own fit, in double precision."""
    rows, columns = encoded.design.shape
    model = family(np.zeros(columns), design=encoded.design, penalty=penalties)
    whole_table = LabelledRows(encoded.design[None], encoded.response[None])
    fit = model.fit(whole_table, np.full((1, rows), 1 / rows), np.zeros((1, columns)))
    status, coefficients = Status(int(fit.status[0])), np.asarray(fit.parameters[0])
    information = model.mean_and_variance(encoded.design @ coefficients)[1]
    if status is not Status.SOLVED:
        raise ValueError(
            f"target '{encoded.target}': the whole table has no fit, so that there is no truth: "
            f"{status.message}"
        )
    fitted = family(
        coefficients, design=encoded.design, penalty=penalties, responses=encoded.response
    )
    names = ("negative", "positive")[: len(encoded.labels)]
    return _Fit(
        fitted, coefficients, information, dict(zip(names, encoded.labels, strict=True)), ()
    )


def _least_squares(encoded: EncodedTable, _: _Array) -> _Fit:
    beta = np.linalg.lstsq(encoded.design, encoded.response, rcond=None)[0]
    noise = float(np.sqrt(np.mean((encoded.response - encoded.design @ beta) ** 2)))
    if noise < _LEAST_NOISE:
        raise ValueError(_without_noise(encoded))
    model = LinearRegression(
        beta,
        noise_scale=noise,
        design=encoded.design,
        responses=encoded.response,
        estimate_noise=True,
    )
    settings = {
        "target_mean": encoded.centre,
        "target_sd": encoded.scale,
        "noise_scale": noise,
    }
    note = (
        f"Target {encoded.target!r} is standardised (mean {encoded.centre:.4g}, standard deviation "
        f"{encoded.scale:.4g}): coefficients and errors are in these units."
    )
    return _Fit(model, beta, np.full(len(encoded.response), noise**-2), settings, (note,))


def _without_noise(encoded: EncodedTable) -> str:
    rows, columns = encoded.design.shape
    if rows <= columns:
        return (
            f"target={encoded.target!r} is fitted exactly by {columns} columns in {rows} rows, so "
            "that nothing is left to estimate; give more rows, or fewer columns with features "
            "(--features)"
        )
    return (
        f"target={encoded.target!r} is computed exactly from the other columns, so that nothing is "
        "left to estimate; leave out the columns that it comes from with features (--features)"
    )


_REGRESSIONS = {
    "logistic": _Regression(
        "Logistic regression",
        encode_binary_target,
        partial(_most_likely, LogisticRegression),
        penalised=True,
    ),
    "linear": _Regression(
        "Linear regression", encode_numeric_target, _least_squares, penalised=False
    ),
    "poisson": _Regression(
        "Poisson regression",
        encode_count_target,
        partial(_most_likely, PoissonRegression),
        penalised=True,
    ),
}
