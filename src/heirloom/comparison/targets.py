"""A target that is predicted from the other columns, by the regression that suits it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from ..models import (
    GeneralisedLinearModel,
    LabelledRows,
    LinearRegression,
    LogisticRegression,
    MultinomialRegression,
    PoissonRegression,
    Random,
    Status,
)
from ..models.base import replicated
from ..tables import (
    EncodedTable,
    Table,
    encode_binary_target,
    encode_class_target,
    encode_count_target,
    encode_numeric_target,
    kind_of_target,
)
from .population import Population
from .question import SQUARED_ERROR, Question
from .separation import reason_without_fit
from .settings import FittedTable

if TYPE_CHECKING:
    pass

SMALL_PENALTY = 0.001
"""λ where none is asked for and maximum likelihood has no fit of the whole table."""

# So many datasets of real rows are tried before a penalty is thought unnecessary.
_PILOTS = 16

# Residuals below this share of the target's standard deviation are rounding.
_LEAST_NOISE = 1e-6

_Array = npt.NDArray[np.float64]
_Fitted: TypeAlias = GeneralisedLinearModel | MultinomialRegression
_Likelihood: TypeAlias = type[GeneralisedLinearModel] | type[MultinomialRegression]


@dataclass(frozen=True, eq=False)
class _Encoded:
    """An encoded table, what its model is called, and how many real rows a dataset has."""

    rows: EncodedTable
    model: str
    title: str
    dataset_rows: int

    def fitted(self, coefficients: _Array, penalty: float = 0.0) -> FittedTable:
        """What the table became, by the coefficients of its fit."""
        return FittedTable(
            title=self.title,
            measure=SQUARED_ERROR,
            model=self.model,
            rows=len(self.rows.response),
            rows_dropped=self.rows.rows_dropped,
            penalty=penalty,
            columns=tuple(self.rows.columns),
            coefficients=coefficients.tolist(),
            labels=tuple(self.rows.labels),
        )


@dataclass(frozen=True)
class _Regression:
    """A kind of regression: how its target is encoded and its whole table fitted."""

    title: str
    encode: Callable[[Table, str, Sequence[str] | None], EncodedTable]
    fit: Callable[[_Encoded, float | None], Population]
    penalised: bool


# By what the target holds: the model, why, and what else is possible.
_CHOSEN = {
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
    "categories": (
        "multinomial",
        "has several classes",
        "for numbers, model='linear' (--model linear) is possible too",
    ),
}


def population_of_target(question: Question, target: str, rows: int) -> Population:
    """Read a table and fit the whole of it by a regression on the other columns.

    Parameters
    ----------
    question
        What was asked of the table.
    target
        The column that is predicted.
    rows
        How many real rows the smallest dataset has.

    Raises
    ------
    ValueError
        If the model is not one for a target, it takes no penalty, the table does not allow it, or
        the full fit does not exist.
    """
    question.check_model("target", tuple(_REGRESSIONS))
    frame = question.read
    chosen, because, otherwise = _CHOSEN[kind_of_target(frame, target)]
    model = question.model or chosen
    regression = _REGRESSIONS[model]
    if question.penalty and not regression.penalised:
        raise ValueError(
            f"penalty={question.penalty!r}: model='{model}' takes none; leave it out, or use "
            "another model"
        )
    encoded = regression.encode(frame, target, question.features)
    title = f"{regression.title} of {target} in {question.table_name}"
    population = regression.fit(_Encoded(encoded, model, title, rows), question.penalty)
    why = f"{regression.title}, because target {target!r} {because}; {otherwise}."
    notes = (*([] if question.model else [why]), *encoded.notes, *population.notes)
    return replace(population, notes=notes)


# ------------------------------------------------------------------------------------- likelihood


def _most_likely(family: _Likelihood, encoded: _Encoded, asked: float | None) -> Population:
    """Fit the whole table by the model's own fit.

    Where no penalty is asked for, and without one the whole table or most datasets of real rows
    have no fit, a small one gives every fit an answer.
    """
    rows = encoded.rows
    penalty = 0.0 if asked is None else float(asked)
    model = _fitted(family, rows, penalty)
    reason = "" if model is not None else f"the whole table has no fit: {reason_without_fit(rows)}"
    if model is not None and asked is None:
        reason = _reason_of_datasets(model, encoded.dataset_rows)
    notes: list[str] = []
    if reason and asked is None:
        penalty = SMALL_PENALTY
        model = _fitted(family, rows, penalty)
        notes.append(
            f"Without a penalty {reason}. So a small one is taken; another is given by penalty "
            "(--penalty), and none may be needed with other columns (features, --features)."
        )
    if model is None:
        raise ValueError(_no_truth(rows.target, penalty, reason))
    if penalty:
        but = "" if family is MultinomialRegression else " (not on the intercept)"
        notes.append(
            f"Every fit has the L2 penalty {penalty:g}{but}, the truth too. A penalised fit is "
            "biased, which the theory for it does not cover: none is drawn."
        )
    return Population(model, encoded.fitted(model.coefficients, penalty), tuple(notes))


def _fitted(family: _Likelihood, encoded: EncodedTable, penalty: float) -> _Fitted | None:
    """The model with the fit of the whole table as its truth; None where there is none."""
    rows, columns = encoded.design.shape
    several = issubclass(family, MultinomialRegression)
    start = np.zeros((len(encoded.labels), columns) if several else columns)
    penalties = np.full(columns, penalty)
    if not several:
        # The intercept, in the first column: the base rate is nobody's prior. (Of several classes
        # one may be missing from a dataset, and without a penalty its intercept has no estimate.)
        penalties[0] = 0.0
    model = family(start, design=encoded.design, penalty=penalties)
    whole_table = LabelledRows(encoded.design[None], encoded.response[None])
    fit = model.fit(whole_table, np.full((1, rows), 1 / rows), start[None])
    if fit.status[0] != Status.SOLVED:
        return None
    return family(
        fit.parameters[0], design=encoded.design, penalty=penalties, responses=encoded.response
    )


def _reason_of_datasets(model: _Fitted, rows: int) -> str:
    """Say how many of a few datasets of real rows have no fit, if most have none."""
    random = Random((0, 0), replicates=_PILOTS)
    weights = np.full((_PILOTS, rows), 1 / rows)
    start = replicated(model.truth(), _PILOTS)
    status = model.fit(model.sample_real(random, rows), weights, start).status
    failed = status[status != Status.SOLVED]
    if len(failed) <= _PILOTS / 2:
        return ""
    why = Status(int(np.bincount(failed).argmax())).message.partition(";")[0]
    return f"{len(failed)} of {_PILOTS} datasets of {rows:,} real rows have no fit: {why}"


def _no_truth(target: str, penalty: float, reason: str) -> str:
    if penalty:
        return (
            f"target '{target}': with the penalty {penalty:g}, too, {reason}; give a larger one "
            "(--penalty), or other columns with features (--features)"
        )
    return (
        f"target '{target}': without a penalty {reason}; give penalty={SMALL_PENALTY:g} (--penalty "
        f"{SMALL_PENALTY:g}), or leave out what is at fault with features (--features)"
    )


# ----------------------------------------------------------------------------------- least squares


def _least_squares(encoded: _Encoded, _: float | None) -> Population:
    rows = encoded.rows
    beta = np.linalg.lstsq(rows.design, rows.response, rcond=None)[0]
    noise = float(np.sqrt(np.mean((rows.response - rows.design @ beta) ** 2)))
    if noise < _LEAST_NOISE:
        raise ValueError(_without_noise(rows))
    model = LinearRegression(
        beta,
        noise_scale=noise,
        design=rows.design,
        responses=rows.response,
        estimate_noise=True,
    )
    fitted = replace(
        encoded.fitted(beta), target_mean=rows.centre, target_sd=rows.scale, noise_scale=noise
    )
    note = (
        f"Target {rows.target!r} is standardised (mean {rows.centre:.4g}, standard deviation "
        f"{rows.scale:.4g}): coefficients and errors are in these units."
    )
    return Population(model, fitted, (note,))


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
    "multinomial": _Regression(
        "Multinomial logistic regression",
        encode_class_target,
        partial(_most_likely, MultinomialRegression),
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
