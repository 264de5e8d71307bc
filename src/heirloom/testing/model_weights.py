"""Whether a fit heeds the weights of its rows."""

from typing import Any

import numpy as np
import numpy.typing as npt

from .._base.nested import map_arrays
from ..models import Fit, Status
from .contract_error import ContractError
from .model_trial import ModelTrial, Purpose, equal_weights
from .nested_values import at_replicates, at_rows, close, shapes_of

_TOLERANCE = 1e-5


def check_weights(trial: ModelTrial) -> None:
    """Check that rows without weight do not count, and that a view of weights is as good."""
    count, rows, half = trial.count, trial.rows, trial.rows // 2
    drawn = trial.sample(trial.random(Purpose.SYNTHETIC), trial.parameters, rows)
    alone = trial.fit(at_rows(drawn, slice(0, half)), equal_weights(count, half), trial.parameters)
    trial.solved(alone, half)
    weights = np.zeros((count, rows))
    weights[:, :half] = 1 / half
    _require_alike(
        trial,
        trial.fit(drawn, weights, trial.parameters),
        alone,
        f"weights on the first {half} of {rows} rows gave another fit than these rows alone; "
        "weight each row by its entry of `weights`, whose sum is 1, in place of counting rows",
    )
    one_row = np.broadcast_to(weights[0], weights.shape)
    _require_alike(
        trial,
        trial.fit(drawn, one_row, trial.parameters),
        alone,
        "weights that are a view of one row for all replicates gave another fit than a copy of "
        "them; do not rely on how `weights` lies in memory",
    )
    _require_alike(
        trial,
        trial.fit(_with_others(drawn, half), weights, trial.parameters),
        alone,
        "other values in rows of weight 0 gave another fit; such rows must not count, whatever "
        "they hold",
    )


def _with_others(rows: Any, half: int) -> Any:
    """Rows of which all behind the first half hold something else."""

    def replaced(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
        other = np.array(array)
        if array.dtype.kind == "f":
            other[:, half:] = 7 - 3 * array[:, half:]
        else:
            # Numbers of categories or of a table's rows stay such numbers.
            other[:, half:] = array[:, :1]
        return other

    return map_arrays(replaced, rows)


def _require_alike(trial: ModelTrial, fit: Fit, alone: Fit, otherwise: str) -> None:
    solved = (fit.status == Status.SOLVED) & (alone.status == Status.SOLVED)
    found, wanted = (at_replicates(f.parameters, solved) for f in (fit, alone))
    alike = np.array_equal(fit.status, alone.status)
    # Parameters may hold an entry for each row, such as the atoms of a distribution.
    if shapes_of(found) == shapes_of(wanted):
        alike = alike and close(found, wanted, _TOLERANCE)
    if alike:
        alike = close(trial.metrics(found), trial.metrics(wanted), _TOLERANCE)
    if not alike:
        raise ContractError(f"{trial.name}.fit: {otherwise}")
