"""Whether the sufficient statistic of a model is what its rows say."""

from typing import Any

import numpy as np

from .._base.nested import map_arrays
from ..models import Fit, Status, SufficientModel
from ..models.base import Statistic, replicated
from .comparison_of_means import greatest_by_chance, largest_z_score
from .contract_error import ContractError
from .model_trial import ModelTrial, Purpose, equal_weights
from .nested_values import at_replicates, close, same

_TOLERANCE = 1e-6
_MANY = 4000


def check_statistic(trial: ModelTrial) -> None:
    """Check the statistic of rows, of mixtures and by its law; nothing, where there is none."""
    model = trial.model
    if not isinstance(model, SufficientModel):
        return
    rows = trial.sample(trial.random(Purpose.SYNTHETIC), trial.parameters, trial.rows)
    weights = equal_weights(trial.count, trial.rows)
    statistic = trial.statistic(rows, weights)
    _check_estimate(trial, statistic, trial.fit(rows, weights, trial.parameters))
    _check_mixtures(trial, statistic)
    if model.has_law:
        _check_law(trial)


def _check_estimate(trial: ModelTrial, statistic: Statistic, fit: Fit) -> None:
    estimate = trial.estimate(statistic)
    solved = fit.status == Status.SOLVED
    found, wanted = (at_replicates(f.parameters, solved) for f in (estimate, fit))
    if not np.array_equal(estimate.status, fit.status) or not close(found, wanted, _TOLERANCE):
        raise ContractError(
            f"{trial.name}.fit differs from estimate(statistic(rows, weights)); they must agree, "
            "as they do unless `fit` is overridden"
        )
    missing = trial.estimate(map_arrays(_without_first, statistic))
    others = np.array_equal(missing.status[1:], estimate.status[1:])
    if missing.status[0] == Status.SOLVED or not others:
        raise ContractError(
            f"{trial.name}.estimate: a statistic that is nan in one replicate must leave that one "
            f"unsolved and the others as they are; the statuses are {missing.status.tolist()}"
        )


def _without_first(array: Any) -> Any:
    """The statistic of replicates of which the first is not known."""
    values = np.array(array, dtype=np.float64)
    values[0] = np.nan
    return values


def _check_mixtures(trial: ModelTrial, statistic: Statistic) -> None:
    if not same(trial.mixed([statistic], np.ones((1, 1))), statistic):
        raise ContractError(
            f"{trial.name}.mixed: of one dataset with the share 1, its statistic must come back as "
            "it is"
        )
    other = trial.statistic(
        trial.sample(trial.random(Purpose.ANOTHER), trial.parameters, trial.rows),
        equal_weights(trial.count, trial.rows),
    )
    unknown = map_arrays(lambda array: np.full(array.shape, np.nan), other)
    shares = np.array([[0.25], [0.75]])
    each = np.repeat(shares, trial.count, axis=1)
    whole = np.array([[1.0], [0.0]])
    for found, wanted, otherwise in (
        (([statistic, statistic], shares), ([statistic], np.ones((1, 1))), "a dataset and itself"),
        (([other, statistic], shares[::-1]), ([statistic, other], shares), "two in another order"),
        (([statistic, other], each), ([statistic, other], shares), "shares of each replicate"),
        (([statistic, unknown], whole), ([statistic], np.ones((1, 1))), "one that has no share"),
    ):
        if not _alike(trial, trial.mixed(*found), trial.mixed(*wanted)):
            raise ContractError(
                f"{trial.name}.mixed: a mixture of {otherwise} gave another estimate; it must be "
                "the sum of the statistics, each times its share, and what has no share must not "
                "count"
            )


def _alike(trial: ModelTrial, found: Statistic, wanted: Statistic) -> bool:
    """Whether two statistics lead to the same estimates, whatever their own form."""
    fits = trial.estimate(found), trial.estimate(wanted)
    if not np.array_equal(fits[0].status, fits[1].status):
        return False
    return close(_metrics_of(trial, found), _metrics_of(trial, wanted), _TOLERANCE)


def _metrics_of(trial: ModelTrial, statistic: Statistic) -> dict[str, Any]:
    fit = trial.estimate(statistic)
    return trial.metrics(at_replicates(fit.parameters, trial.solved(fit, trial.rows)))


def _check_law(trial: ModelTrial) -> None:
    alike = replicated(at_replicates(trial.parameters, 0), _MANY)
    weights = equal_weights(_MANY, trial.rows)
    by_law, by_rows = (trial.random(p, _MANY) for p in (Purpose.BY_LAW, Purpose.BY_ROWS))
    drawn = trial.sample_statistic(by_law, alike, trial.rows)
    again = trial.sample_statistic(trial.random(Purpose.BY_LAW, _MANY), alike, trial.rows)
    if not same(drawn, again):
        raise ContractError(
            f"{trial.name}.sample_statistic: two calls with the same random numbers gave different "
            "statistics; use the `random` that it is given, and no other source of random numbers"
        )
    rows = trial.sample(by_rows, alike, trial.rows)
    _require_one_law(trial, "sample_statistic", drawn, trial.statistic(rows, weights))
    real = trial.sample_real_statistic(trial.random(Purpose.REAL_BY_LAW, _MANY), trial.rows)
    rows = trial.sample_real(trial.random(Purpose.REAL_BY_ROWS, _MANY), trial.rows)
    _require_one_law(trial, "sample_real_statistic", real, trial.statistic(rows, weights))


def _require_one_law(trial: ModelTrial, method: str, drawn: Statistic, of_rows: Statistic) -> None:
    _require_one_mean(trial, method, "the statistic", drawn, of_rows)
    # A square of the distance from the truth tells a wrong variance, too.
    by_law, by_rows = _metrics_of(trial, drawn), _metrics_of(trial, of_rows)
    for name in by_law:
        finite = _finite(by_law[name]), _finite(by_rows[name])
        _require_one_mean(trial, method, f"the metric {name!r}", *finite)


def _finite(values: Any) -> Any:
    return values[np.isfinite(values)]


def _require_one_mean(trial: ModelTrial, method: str, what: str, drawn: Any, of_rows: Any) -> None:
    z = largest_z_score(drawn, of_rows)
    if z > greatest_by_chance(drawn):
        raise ContractError(
            f"{trial.name}.{method}: the mean of {what} is {z:.1f} standard errors from that of "
            f"drawn rows, at {trial.rows} rows; the two must agree in law, or has_law be False"
        )
