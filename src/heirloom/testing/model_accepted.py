"""Whether rows that a model draws in an interval of responses are what a verifier would keep."""

from typing import Any, cast

import numpy as np
import numpy.typing as npt

from ..models import AcceptedRows, DrawsAccepted
from ..models.base import Parameters, replicated
from .comparison_of_means import greatest_by_chance, largest_z_score
from .contract_error import ContractError, attempted, in_one_line
from .model_trial import ModelTrial, Purpose
from .nested_values import at_replicates, form_of, same

_MANY = 1000
_MOST = 10**6
_Numbers = npt.NDArray[np.floating]


def check_accepted(trial: ModelTrial) -> None:
    """Check draws by trial against draws by their law; nothing, where a model has neither."""
    model = trial.model
    if not isinstance(model, DrawsAccepted) or not model.draws_accepted:
        return
    alike = replicated(at_replicates(trial.parameters, 0), _MANY)
    rows = trial.sample(trial.random(Purpose.SYNTHETIC, _MANY), alike, trial.rows)
    low, high = np.quantile(rows.response, [0.1, 0.95])
    drawn = [
        _accepted(trial, purpose, alike, (float(low), float(high)), by_trial=by_trial)
        for purpose, by_trial in ((Purpose.ACCEPTED, False), (Purpose.TRIED, True))
    ]
    for accepted in drawn:
        _require_accepted(trial, accepted, form_of(rows), float(low), float(high))
    by_law, tried = (_means(accepted) for accepted in drawn)
    z = largest_z_score(by_law, tried)
    if z > greatest_by_chance(by_law):
        raise ContractError(
            f"{trial.name}.sample_accepted: responses or numbers of tries by law are {z:.1f} "
            "standard errors from those by trial; the two must agree in law"
        )


def _means(accepted: AcceptedRows) -> tuple[_Numbers, _Numbers]:
    """Mean response and number of tries of the replicates of which every row was accepted."""
    full = np.isfinite(accepted.tries).all(axis=1)
    return accepted.rows.response[full].mean(axis=1), accepted.tries[full].mean(axis=1)


def _accepted(
    trial: ModelTrial,
    purpose: Purpose,
    parameters: Parameters,
    ends: tuple[float, float],
    *,
    by_trial: bool,
) -> AcceptedRows:
    def interval(design: _Numbers) -> tuple[_Numbers, _Numbers]:
        return np.full(len(design), ends[0]), np.full(len(design), ends[1])

    def draw() -> Any:
        drawing = cast(DrawsAccepted, trial.model)
        random = trial.random(purpose, _MANY)
        return attempted(
            lambda: drawing.sample_accepted(
                random, parameters, trial.rows, interval, by_trial=by_trial, most=_MOST
            ),
            f"{trial.name}.sample_accepted",
        )

    first, second = draw(), draw()
    if not isinstance(first, AcceptedRows):
        raise ContractError(
            f"{trial.name}.sample_accepted returned {in_one_line(repr(first))}; it must return "
            "AcceptedRows"
        )
    if not same(first, second):
        raise ContractError(
            f"{trial.name}.sample_accepted: two calls with the same random numbers gave different "
            "rows; use the `random` that it is given, and no other source of random numbers"
        )
    return first


def _require_accepted(
    trial: ModelTrial, accepted: AcceptedRows, form: str, low: float, high: float
) -> None:
    shape = (_MANY, trial.rows)
    if form_of(accepted.rows) != form or accepted.tries.shape != shape:
        raise ContractError(
            f"{trial.name}.sample_accepted returned rows of the form {form_of(accepted.rows)} and "
            f"tries of shape {accepted.tries.shape}; they must be {form} and {shape}"
        )
    known = np.isfinite(accepted.tries)
    tries, response = accepted.tries[known], accepted.rows.response[known]
    # An end of the interval may have been rounded to the precision of the rows.
    rounding = 1e-6 * max(abs(low), abs(high), 1.0)
    if np.any((response < low - rounding) | (response > high + rounding)):
        raise ContractError(
            f"{trial.name}.sample_accepted drew responses outside the interval that it was given"
        )
    if np.any(tries < 1) or np.any(tries % 1):
        raise ContractError(
            f"{trial.name}.sample_accepted: tries must be whole numbers, 1 or more, for the "
            "accepted candidate is one of them"
        )
