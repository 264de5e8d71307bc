"""A table as the population that real rows are drawn from."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
from scipy.special import expit

from ..models import Categorical, LabelledRows, LogisticRegression, Model, Status
from .table import EncodedTable, encode_binary_target, encode_categories, read_table

if TYPE_CHECKING:
    import pandas as pd

# Fits in single precision lose as many digits as the condition number has, and a few hundred rows
# are worse conditioned than the whole table.
_WORST_CONDITION = 3e3


@dataclass(frozen=True, eq=False)
class Population:
    """A table, and the model whose truth is its full fit.

    Attributes
    ----------
    model
        What is sampled and fitted.
    dtype
        Precision that its fits need: ``"float32"``, or ``"float64"`` where columns are nearly
        dependent.
    variance
        Variance of the estimator per real row, summed over coordinates, for theory; None where
        theory says nothing of this model.
    settings
        What the table became, as JSON holds it; ``title`` for pictures.
    notes
        Plain sentences about what was left out, and about the truth.
    """

    model: Model
    dtype: str
    variance: float | None
    settings: dict[str, Any]
    notes: tuple[str, ...]


def population_of(
    table: "pd.DataFrame | str | os.PathLike[str]",
    target: str | None,
    *,
    column: str | None,
    features: Sequence[str] | None,
    penalty: float,
) -> Population:
    """Read a table and fit the whole of it.

    Parameters
    ----------
    table, target, column, features, penalty
        As for :func:`heirloom.compare`.

    Raises
    ------
    ValueError
        If neither or both of target and column are given, the table does not allow it, or the full
        fit does not exist.
    """
    if not isinstance(penalty, (int, float, np.number)) or not 0 <= penalty < np.inf:
        raise ValueError(f"penalty={penalty!r}: must be a number, 0 or more")
    if target is not None and column is None:
        encoded = encode_binary_target(read_table(table), target, features)
        return _of_target(encoded, _name_of(table), float(penalty))
    if column is not None and target is None:
        if features is not None:
            raise ValueError("features are for target; with column, none are used")
        if penalty:
            raise ValueError(f"penalty={penalty!r}: is for target; frequencies have none")
        return _of_column(read_table(table), _name_of(table), column)
    raise ValueError(
        "give either target (a column with two values, for a regression) or column (a categorical "
        "column, for its frequencies)"
    )


def _name_of(table: "pd.DataFrame | str | os.PathLike[str]") -> str:
    return os.fspath(table) if isinstance(table, (str, os.PathLike)) else "table"


def _of_column(table: "pd.DataFrame", name: str, column: str) -> Population:
    encoded = encode_categories(table, column)
    model = Categorical(encoded.probabilities)
    settings = {
        "table": name,
        "column": column,
        "rows": int(encoded.counts.sum()),
        "rows_dropped": encoded.rows_dropped,
        "categories": list(encoded.categories),
        "title": f"Frequencies of {column} in {name}",
    }
    return Population(model, "float32", model.row_variance(), settings, encoded.notes)


def _of_target(encoded: EncodedTable, name: str, penalty: float) -> Population:
    # The intercept, in the first column, is not penalised: the base rate is nobody's prior.
    penalties = np.where(np.arange(encoded.design.shape[1]) == 0, 0.0, penalty)
    coefficients = _full_fit(encoded, penalties)
    model = LogisticRegression(
        coefficients, design=encoded.design, penalty=penalties, responses=encoded.response
    )
    settings = {
        "table": name,
        "target": encoded.target,
        "positive": encoded.positive,
        "negative": encoded.negative,
        "rows": len(encoded.response),
        "rows_dropped": encoded.rows_dropped,
        "columns": list(encoded.columns),
        "coefficients": coefficients.tolist(),
        "title": f"Logistic regression of {encoded.target} in {name}",
    }
    notes = list(encoded.notes)
    if penalty:
        notes.append(
            f"Every fit has the L2 penalty {penalty:g} (not on the intercept), the truth too. A "
            "penalised fit is biased, which the theory for it does not cover: none is drawn."
        )
    dtype = "float32"
    if _condition(encoded, coefficients, penalties) > _WORST_CONDITION:
        dtype = "float64"
        notes.append("Columns are nearly dependent: computed in double precision.")
    return Population(model, dtype, model.row_variance(), settings, tuple(notes))


def _condition(
    encoded: EncodedTable,
    coefficients: npt.NDArray[np.float64],
    penalties: npt.NDArray[np.float64],
) -> float:
    """Condition number of the information of the whole table, its diagonal scaled to 1."""
    mean = expit(encoded.design @ coefficients)
    weighted = encoded.design * (mean * (1 - mean))[:, None]
    information = weighted.T @ encoded.design / len(mean) + np.diag(penalties)
    scale = np.sqrt(np.diag(information))
    return float(np.linalg.cond(information / np.outer(scale, scale)))


def _full_fit(encoded: EncodedTable, penalties: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    rows, columns = encoded.design.shape
    model = LogisticRegression(np.zeros(columns), design=encoded.design, penalty=penalties)
    with jax.enable_x64(True):
        fit = eqx.filter_jit(model.fit)(
            LabelledRows(jnp.asarray(encoded.design), jnp.asarray(encoded.response)),
            jnp.full(rows, 1 / rows),
            jnp.zeros(columns),
        )
        status, coefficients = Status(int(fit.status)), np.asarray(fit.parameters)
    if status is not Status.SOLVED:
        raise ValueError(
            f"target '{encoded.target}': the whole table has no fit, so that there is no truth: "
            f"{status.message}"
        )
    return coefficients
