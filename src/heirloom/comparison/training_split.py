"""A table split into training and test rows, and the fit of the training rows."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.model_selection import train_test_split

from ..models import Status
from ..models.base import fit_of_real_rows, replicated
from ..models.relabelled_logistic_regression import RelabelledLogisticRegression
from ..tables import EncodedTable, encode_binary_target
from .question import Question
from .settings import FittedSplit, GenerationZero

# Where a plane has the classes on its sides, but for rows with both labels, which lie on it, the
# estimate does not exist, and Newton's method does not converge. (Of 40 fits that did not, a linear
# program found 35 to be separable, so or completely.)
SEPARATED = (Status.SEPARABLE, Status.NOT_CONVERGED)
"""What a fit of separable classes, or of classes that are nearly so, ends in."""

_Float = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SplitRows:
    """A table split into training and test rows, and the fit of the training rows.

    Attributes
    ----------
    model
        With the fit of the training rows as its truth; 0 where there is none.
    fitted
        What the table became.
    notes
        Plain sentences on what was left out, and on the penalty.
    """

    model: RelabelledLogisticRegression
    fitted: FittedSplit
    notes: tuple[str, ...]


def split_rows(question: Question, target: str, *, test_size: float, split_seed: int) -> SplitRows:
    """Read a table, split it and fit generation 0.

    Numbers are standardised by the training rows. An encoded column that is constant there, or a
    linear combination of others, is left out. Where no penalty is asked for there is none:
    separation is what this protocol is to show.

    Parameters
    ----------
    question
        What was asked of the table.
    target, test_size, split_seed
        As for :func:`heirloom.compare`.

    Raises
    ------
    ValueError
        If the table or an argument does not allow it, or a class is missing from the training rows.

    Examples
    --------
    >>> question = Question(table="diabetes", features=["bmi", "bp"])
    >>> split = split_rows(question, "target", test_size=0.3, split_seed=1)
    >>> split.fitted.training_rows, split.fitted.test_rows
    (309, 133)
    """
    penalty = float(question.penalty or 0.0)
    encoded = encode_binary_target(question.read, target, question.features)
    training, test = _split_numbers(len(encoded.response), test_size, split_seed)
    _check_classes(encoded, training)
    kept, notes = _columns_of_training(encoded, training)
    design = _standardised_by(encoded.design[:, kept], training)
    # The intercept, in the first column, is not penalised.
    penalties = np.where(np.arange(design.shape[1]) == 0, 0.0, penalty)
    model, status = _generation_0(encoded, design, training, test, penalties)
    solved = status is Status.SOLVED
    if not solved:
        notes.append(_note_on_generation_0(len(training), design.shape[1] - 1, status))
    if penalty:
        notes.append(
            f"Every fit has the L2 penalty {penalty:g} (not on the intercept), on numbers "
            "standardised by the training rows."
        )
    fitted = FittedSplit(
        title=f"Relabelled rows: logistic regression of {target} in {question.table_name}",
        measure="test log-loss",
        model="logistic",
        rows=len(encoded.response),
        rows_dropped=encoded.rows_dropped,
        penalty=penalty,
        columns=tuple(encoded.columns[i] for i in kept),
        coefficients=np.asarray(model.training.coefficients).tolist() if solved else None,
        labels=tuple(encoded.labels),
        training_rows=len(training),
        test_rows=len(test),
        generation_0=_measured(model) if solved else GenerationZero(),
    )
    return SplitRows(model, fitted, (*encoded.notes, *notes))


def _measured(model: RelabelledLogisticRegression) -> GenerationZero:
    found = model.metrics(replicated(model.truth(), 1))
    return GenerationZero(float(found["log_loss"][0]), float(found["accuracy"][0]))


def _split_numbers(
    rows: int, test_size: float, split_seed: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Give the numbers of the training and of the test rows."""
    if np.ceil(test_size * rows) >= rows:
        raise ValueError(
            f"test_size={test_size!r}: leaves no training row of {rows}; give a smaller share, or "
            "more rows"
        )
    training, test = train_test_split(np.arange(rows), test_size=test_size, random_state=split_seed)
    return np.asarray(training), np.asarray(test)


def _check_classes(encoded: EncodedTable, training: npt.NDArray[np.int64]) -> None:
    found = np.unique(encoded.response[training])
    if len(found) < 2:
        raise ValueError(
            f"target '{encoded.target}': all {len(training)} training rows are "
            f"'{encoded.labels[int(found[0])]}', so that there is nothing to fit; give more rows, "
            "a smaller test_size or another split_seed"
        )


def _columns_of_training(
    encoded: EncodedTable, training: npt.NDArray[np.int64]
) -> tuple[list[int], list[str]]:
    """Find the columns that the training rows can tell apart, and say what is left out."""
    columns = encoded.design[training, 1:]
    if not np.ptp(columns, axis=0).any():
        raise ValueError(
            f"target '{encoded.target}': every feature has one value only in the {len(training)} "
            "training rows; give more rows, or other columns with features (--features)"
        )
    # Encoded again, by the same rules; names of the columns are their positions.
    positions = [str(i) for i in range(1, encoded.design.shape[1])]
    again = encode_binary_target(
        pd.DataFrame(columns, columns=positions).assign(label=encoded.response[training]), "label"
    )
    notes = [
        f"Encoded column{'s' * (len(left_out) > 1)} "
        f"{', '.join(repr(encoded.columns[int(i)]) for i in left_out)} left out: {why}."
        for left_out, why in (
            (again.constant, "the same value in every training row, whatever test rows have"),
            (again.dependent, "a linear combination of the columns before, in the training rows"),
        )
        if left_out
    ]
    return [0, *(int(i) for i in again.columns[1:])], notes


def _standardised_by(design: _Float, training: npt.NDArray[np.int64]) -> _Float:
    """Standardise columns by some of the rows, but for those of 0 and 1."""
    rows = design[training]
    of_levels = np.all((design == 0) | (design == 1), axis=0)
    centre = np.where(of_levels, 0.0, rows.mean(axis=0))
    scale = np.where(of_levels, 1.0, rows.std(axis=0))
    return (design - centre) / scale


def _generation_0(
    encoded: EncodedTable,
    design: _Float,
    training: npt.NDArray[np.int64],
    test: npt.NDArray[np.int64],
    penalties: _Float,
) -> tuple[RelabelledLogisticRegression, Status]:
    def with_coefficients(coefficients: _Float) -> RelabelledLogisticRegression:
        return RelabelledLogisticRegression(
            coefficients,
            design[training],
            encoded.response[training],
            test_design=design[test],
            test_responses=encoded.response[test],
            penalty=penalties,
        )

    rows = len(training)
    model = with_coefficients(np.zeros(design.shape[1]))
    fit = fit_of_real_rows(model, rows)
    status, coefficients = Status(int(fit.status[0])), np.asarray(fit.parameters[0])
    if status in SEPARATED:
        # A result and no error: the simulation finds the same, and counts it.
        return model, status
    if status is not Status.SOLVED:
        raise ValueError(
            f"target '{encoded.target}': the {rows} training rows have no maximum likelihood "
            f"estimate at generation 0, so that no label can be drawn: "
            f"{status.message.partition(';')[0]}; give a penalty, such as 0.001 (--penalty), or "
            "fewer columns with features (--features)"
        )
    return with_coefficients(coefficients), status


def _note_on_generation_0(rows: int, columns: int, status: Status) -> str:
    separable = f"the classes are separable by the {columns} encoded columns"
    why = separable if status is Status.SEPARABLE else "the classes are separable, or hardly not"
    return (
        f"Separated from the start: the {rows} training rows have no maximum likelihood estimate "
        f"at generation 0, since {why}, and so no label can be drawn; give a penalty, such as "
        "0.001 (--penalty), or fewer columns with features (--features)."
    )
