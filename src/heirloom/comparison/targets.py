"""A target that is predicted from the other columns, by the regression that suits it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..models import (
    GeneralisedLinearModel,
    LabelledRows,
    LinearRegression,
    LogisticRegression,
    PoissonRegression,
    Status,
)
from ..tables import (
    EncodedTable,
    Table,
    encode_binary_target,
    encode_count_target,
    encode_numeric_target,
    kind_of_target,
    read_table,
)
from .population import Population
from .question import SQUARED_ERROR, Question
from .separation import reason_without_fit
from .settings import FittedTable

if TYPE_CHECKING:
    pass

SMALL_PENALTY = 0.001
"""λ where none is asked for and maximum likelihood has no fit of the whole table."""

# Residuals below this share of the target's standard deviation are rounding.
_LEAST_NOISE = 1e-6

_Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Encoded:
    """An encoded table, and what it and its target are called."""

    rows: EncodedTable
    model: str
    title: str

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
            coefficients=tuple(coefficients.tolist()),
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
    # Encoding refuses them, and says what can be done instead.
    "categories": ("logistic", "", ""),
}


def population_of_target(question: Question, target: str) -> Population:
    """Read a table and fit the whole of it by a regression on the other columns.

    Raises
    ------
    ValueError
        If the model is not one for a target, it takes no penalty, the table does not allow it, or
        the full fit does not exist.
    """
    question.check_model("target", tuple(_REGRESSIONS))
    frame = read_table(question.table)
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
    population = regression.fit(_Encoded(encoded, model, title), question.penalty)
    why = f"{regression.title}, because target {target!r} {because}; {otherwise}."
    notes = (*([] if question.model else [why]), *encoded.notes, *population.notes)
    return replace(population, notes=notes)


# ------------------------------------------------------------------------------------- likelihood


def _most_likely(
    family: type[GeneralisedLinearModel], encoded: _Encoded, asked: float | None
) -> Population:
    """Fit the whole table by the model's own fit.

    Where no penalty is asked for and there is no fit without, a small one gives every fit an
    answer.
    """
    penalty = 0.0 if asked is None else float(asked)
    coefficients, status = _fit_of_all(family, encoded.rows, penalty)
    notes: list[str] = []
    if status is not Status.SOLVED:
        reason = reason_without_fit(encoded.rows)
        if asked is not None:
            raise ValueError(_no_truth(encoded.rows.target, penalty, reason))
        penalty = SMALL_PENALTY
        coefficients, status = _fit_of_all(family, encoded.rows, penalty)
        if status is not Status.SOLVED:
            raise ValueError(_no_truth(encoded.rows.target, penalty, reason))
        notes.append(
            f"Without a penalty the whole table has no fit: {reason}. So a small one is taken; "
            f"another is given by penalty (--penalty), and none is needed without what is at "
            "fault (features, --features)."
        )
    if penalty:
        notes.append(
            f"Every fit has the L2 penalty {penalty:g} (not on the intercept), the truth too. A "
            "penalised fit is biased, which the theory for it does not cover: none is drawn."
        )
    fitted = family(
        coefficients,
        design=encoded.rows.design,
        penalty=_penalties(encoded.rows, penalty),
        responses=encoded.rows.response,
    )
    return Population(fitted, encoded.fitted(coefficients, penalty), tuple(notes))


def _penalties(encoded: EncodedTable, penalty: float) -> _Array:
    # The intercept, in the first column, is not penalised: the base rate is nobody's prior.
    return np.where(np.arange(encoded.design.shape[1]) == 0, 0.0, penalty)


def _fit_of_all(
    family: type[GeneralisedLinearModel], encoded: EncodedTable, penalty: float
) -> tuple[_Array, Status]:
    rows, columns = encoded.design.shape
    penalties = _penalties(encoded, penalty)
    model = family(np.zeros(columns), design=encoded.design, penalty=penalties)
    whole_table = LabelledRows(encoded.design[None], encoded.response[None])
    fit = model.fit(whole_table, np.full((1, rows), 1 / rows), np.zeros((1, columns)))
    return np.asarray(fit.parameters[0]), Status(int(fit.status[0]))


def _no_truth(target: str, penalty: float, reason: str) -> str:
    if penalty:
        return (
            f"target '{target}': the whole table has no fit with the penalty {penalty:g}: "
            f"{reason}; give a larger one (--penalty), or other columns with features (--features)"
        )
    return (
        f"target '{target}': without a penalty the whole table has no fit, so that there is no "
        f"truth: {reason}; give penalty={SMALL_PENALTY:g} (--penalty {SMALL_PENALTY:g}), or leave "
        "out what is at fault with features (--features)"
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
