"""Whether all chance in a model comes from the random numbers that it is given."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .._base.nested import arrays_in
from ..models.base import replicated
from .contract_error import ContractError
from .model_trial import ModelTrial, Purpose, equal_weights
from .nested_values import at_replicates, same
from .watched_random import WatchedRandom

_REMEDY = "use the `random` that it is given, and no other source of random numbers"


def check_randomness(trial: ModelTrial) -> None:
    """Check that numbers of one key give one answer, and those of another key another."""
    parameters = trial.parameters

    def synthetic(random: WatchedRandom) -> Any:
        return trial.sample(random, parameters, trial.rows)

    _require_same(trial, "sample", synthetic)
    _require_same(trial, "sample_real", lambda random: trial.sample_real(random, trial.rows))
    if same(synthetic(trial.random(Purpose.SYNTHETIC)), synthetic(trial.random(Purpose.ANOTHER))):
        raise ContractError(
            f"{trial.name}.sample: random numbers of another key gave the same rows; {_REMEDY}"
        )
    alike = replicated(at_replicates(parameters, 0), trial.count)
    rows = trial.sample(trial.random(Purpose.SYNTHETIC), alike, trial.rows)
    if same(at_replicates(rows, slice(0, 1)), at_replicates(rows, slice(1, 2))):
        raise ContractError(
            f"{trial.name}.sample: two replicates got the same rows; draw an array with a first "
            "axis of replicates, as random.normal(rows) does, of shape (R, rows)"
        )
    _require_no_chance(trial)
    if trial.model.rows_in_place and not _some_same(rows, synthetic(trial.random(Purpose.ANOTHER))):
        raise ContractError(
            f"{trial.name}.rows_in_place is True, and no part of the rows is the same in every "
            "sample; row i must have the same covariates in all of them, or return False"
        )


def _require_same(trial: ModelTrial, method: str, draw: Callable[[WatchedRandom], Any]) -> None:
    first, second = draw(trial.random(Purpose.SYNTHETIC)), draw(trial.random(Purpose.SYNTHETIC))
    if not same(first, second):
        raise ContractError(
            f"{trial.name}.{method}: two calls with the same random numbers gave different rows; "
            f"{_REMEDY}"
        )


def _require_no_chance(trial: ModelTrial) -> None:
    weights = equal_weights(trial.count, trial.rows)
    rows = trial.sample(trial.random(Purpose.SYNTHETIC), trial.parameters, trial.rows)
    fits = [trial.fit(rows, weights, trial.parameters) for _ in range(2)]
    if not same(*fits):
        raise ContractError(
            f"{trial.name}.fit: two fits of the same rows differ; use no random numbers there, or "
            "a generator that the rows seed"
        )
    if not same(*[trial.metrics(trial.parameters) for _ in range(2)]):
        raise ContractError(
            f"{trial.name}.metrics: two calls with the same parameters differ; use no random "
            "numbers there"
        )


def _some_same(first: Any, second: Any) -> bool:
    pairs = zip(arrays_in(first), arrays_in(second), strict=True)
    return any(np.array_equal(a[:1], a[1:2]) and np.array_equal(a, b) for a, b in pairs)
