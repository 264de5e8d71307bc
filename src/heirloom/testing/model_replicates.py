"""Whether a replicate depends on those that are simulated beside it."""

import numpy as np

from .contract_error import ContractError
from .model_trial import ModelTrial, Purpose
from .nested_values import at_replicates, close, joined

_TOLERANCE = 1e-6


def check_replicates(trial: ModelTrial) -> None:
    """Check that replicates of two parts are those of the whole.

    Rows that a model draws by a generator of NumPy may differ, since it yields one number after
    another; their fits and metrics may not.
    """
    parts = [slice(0, trial.count // 2), slice(trial.count // 2, trial.count)]
    random = trial.random(Purpose.SYNTHETIC)
    rows = trial.sample(random, trial.parameters, trial.rows)
    if not random.drew_by_generator:
        drawn = [
            trial.sample(
                trial.random(Purpose.SYNTHETIC, part.stop - part.start, first=part.start),
                at_replicates(trial.parameters, part),
                trial.rows,
            )
            for part in parts
        ]
        _require_close(trial, "sample", joined(*drawn, axis=0), rows)
    weights = _weights_that_differ(trial.count, trial.rows)
    whole = trial.fit(rows, weights, trial.parameters)
    fits = [
        trial.fit(at_replicates(rows, part), weights[part], at_replicates(trial.parameters, part))
        for part in parts
    ]
    status = np.concatenate([fit.status for fit in fits])
    _require_close(trial, "fit", status, whole.status)
    solved = whole.status == 0
    parameters = at_replicates(joined(*[fit.parameters for fit in fits], axis=0), solved)
    _require_close(trial, "fit", parameters, at_replicates(whole.parameters, solved))
    metrics = [trial.metrics(at_replicates(trial.parameters, part)) for part in parts]
    _require_close(trial, "metrics", joined(*metrics, axis=0), trial.metrics(trial.parameters))


def _weights_that_differ(replicates: int, rows: int) -> np.ndarray:
    """Weights that rise with the rows, in each replicate faster than in the one before."""
    rising = np.arange(1, rows + 1) ** np.linspace(0, 1, replicates)[:, None]
    return rising / rising.sum(axis=1, keepdims=True)


def _require_close(trial: ModelTrial, method: str, parts: object, whole: object) -> None:
    if not close(parts, whole, _TOLERANCE):
        raise ContractError(
            f"{trial.name}.{method}: a replicate comes out differently beside others; keep the "
            "first axis, that of replicates, apart from all others, and the random numbers of each "
            "its own"
        )
