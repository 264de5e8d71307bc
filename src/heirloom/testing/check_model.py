"""A model of one's own, held to the contract of :class:`heirloom.models.Model`."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .._base.parameters import Whole, checked
from ..models import Model
from .contract_error import ContractError, check_description, in_one_line
from .model_accepted import check_accepted
from .model_answers import check_answers
from .model_laws import check_laws
from .model_randomness import check_randomness
from .model_replicates import check_replicates
from .model_statistic import check_statistic
from .model_trial import ModelTrial
from .model_weights import check_weights


@checked(rows=Whole(2), replicates=Whole(2), seed=Whole())
def check_model(model: Model, *, rows: int = 20, replicates: int = 8, seed: int = 0) -> None:
    """Check that a model keeps to its contract, so that a simulation of it means what it says.

    Parameters
    ----------
    model
        An instance, with a truth in which there is chance: rows that are always the same tell
        nothing of the random numbers that are used.
    rows
        Rows of a dataset, 2 or more. Default 20. Give more where so few, or half of them, cannot be
        fitted.
    replicates
        How many replicates are tried side by side, 2 or more. Default 8. Laws are checked with
        thousands.
    seed
        Of the random numbers. Default 0.

    Raises
    ------
    ContractError
        At the first breach, with the method, what it returned, what it must return and what to do.

    Notes
    -----
    What is checked, in this order:

    - every method returns what it must, in single and in double precision; no method writes to what
      it is given;
    - the `random` that is given is the only source of random numbers, and replicates differ;
    - no replicate depends on those beside it;
    - fits heed weights, and a row of weight 0 does not count;
    - of a :class:`~heirloom.models.SufficientModel`, the statistic is a mean over rows, mixtures
      are mixtures of statistics, and draws by law agree with drawn rows;
    - of a model that draws accepted responses, draws by law agree with draws by trial;
    - errors of real rows follow :meth:`~heirloom.models.Model.laws`, exactly where a law is exact,
      and within half of it at fifty times the rows where only the limit is known;
    - :meth:`~heirloom.models.Model.describe` can be written as JSON.

    Examples
    --------
    >>> import heirloom as hl
    >>> hl.testing.check_model(hl.models.Exponential(2.0))
    """
    trial = ModelTrial(model, rows=rows, replicates=replicates, seed=seed)
    for check in _CHECKS:
        check(trial)


def _check_settings(trial: ModelTrial) -> None:
    """Check what a model says of itself."""
    model: Any = trial.model
    _require(trial, "rows_in_place", model.rows_in_place, bool, "True or False")
    at_once = model.replicates_at_once
    if at_once is not None:
        _require(trial, "replicates_at_once", at_once, int, "a whole number, or None")
    if model.paper is not None:
        _require(trial, "paper", model.paper, str, "a key of the bibliography, or None")
    curvature = model.curvature
    if curvature is not None and not np.isfinite(curvature):
        raise ContractError(f"{trial.name}.curvature is {curvature!r}; must be a number, or None")


def _check_describe(trial: ModelTrial) -> None:
    check_description(trial.model.describe, f"{trial.name}.describe", "model")


def _require(trial: ModelTrial, name: str, value: object, kind: type, words: str) -> None:
    if not isinstance(value, kind):
        raise ContractError(f"{trial.name}.{name} is {in_one_line(repr(value))}; must be {words}")


_CHECKS: tuple[Callable[[ModelTrial], None], ...] = (
    _check_settings,
    check_answers,
    check_randomness,
    check_replicates,
    check_weights,
    check_statistic,
    check_accepted,
    check_laws,
    _check_describe,
)
