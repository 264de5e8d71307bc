"""Whether the methods of a model return what they must."""

import numpy as np

from .._base.nested import arrays_in
from ..models.base import replicated
from .contract_error import ContractError
from .model_trial import ModelTrial, Purpose, equal_weights
from .nested_values import at_replicates, form_of, shapes_of


def check_answers(trial: ModelTrial) -> None:
    """Check two generations, in single and in double precision."""
    for dtype in (np.float64, np.float32):
        random = trial.random(Purpose.REAL, trial.replicates, dtype=dtype)
        real = trial.sample_real(random, trial.rows)
        weights = equal_weights(trial.replicates, trial.rows)
        start = replicated(trial.truth, trial.replicates)
        if trial.sufficient:
            trial.estimate(trial.statistic(real, weights))
        fit = trial.fit(real, weights, start)
        chosen = trial.solved(fit, trial.rows)
        parameters = at_replicates(fit.parameters, chosen)
        first = trial.metrics(parameters)
        synthetic = trial.sample(
            trial.random(Purpose.SYNTHETIC, len(chosen), dtype=dtype), parameters, trial.rows
        )
        _require_rows_alike(trial, real, synthetic)
        again = trial.fit(synthetic, equal_weights(len(chosen), trial.rows), parameters)
        second = trial.metrics(at_replicates(again.parameters, trial.solved(again, trial.rows)))
        if first.keys() != second.keys():
            raise ContractError(
                f"{trial.name}.metrics has the names {sorted(first)} and then {sorted(second)}; "
                "they must be the same at every call"
            )


def _require_rows_alike(trial: ModelTrial, real: object, synthetic: object) -> None:
    forms = [form_of(rows) for rows in (real, synthetic)]
    shapes = [shapes_of(rows, without=2) for rows in (real, synthetic)]
    kinds = [
        ["number" if np.asarray(array).dtype.kind in "biuf" else "other" for array in arrays_in(r)]
        for r in (real, synthetic)
    ]
    if forms[0] != forms[1] or shapes[0] != shapes[1] or kinds[0] != kinds[1]:
        raise ContractError(
            f"{trial.name}.sample_real returned rows of the form {forms[0]} with {shapes[0]} in "
            f"each row, and sample {forms[1]} with {shapes[1]}; real and synthetic rows must be "
            "alike"
        )
