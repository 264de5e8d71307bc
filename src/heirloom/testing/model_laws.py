"""Whether the errors of a model follow the laws that it states."""

import math
from typing import Any, cast, get_args

import numpy as np
import numpy.typing as npt

from ..laws import ErrorLaw, ErrorTerm, Law
from ..models import Status
from ..models.base import replicated
from .comparison_of_means import greatest_by_chance
from .contract_error import ContractError, in_one_line
from .model_trial import ModelTrial, Purpose, equal_weights
from .nested_values import SQUARE_OF_ROUNDING

_MANY = 4000
_FEWER = 500
_LARGE = 50
# The limit of large samples is not the law at any sample size; what it is wrong by is a factor
# where a variance is forgotten, or summed over too many coordinates.
_ALLOWED_OF_LIMIT = 0.5


def check_laws(trial: ModelTrial) -> None:
    """Compare the error of a fit of real rows with what the laws say of it."""
    for name in ("row_variance", "synthetic_row_variance"):
        _require_variance(trial, name, trial.call(name))
    laws = trial.call("laws")
    if not isinstance(laws, dict) or not all(isinstance(v, get_args(Law)) for v in laws.values()):
        raise ContractError(
            f"{trial.name}.laws returned {in_one_line(repr(laws))}; it must return a dictionary "
            "from names of metrics to laws of heirloom.laws"
        )
    unknown = set(laws) - set(trial.metrics(trial.parameters))
    if unknown:
        raise ContractError(
            f"{trial.name}.laws has {sorted(unknown)}, which `metrics` does not measure"
        )
    for name, law in cast("dict[str, Law]", laws).items():
        if isinstance(law, ErrorLaw):
            _check_error_law(trial, name, law)


def _check_error_law(trial: ModelTrial, name: str, law: ErrorLaw) -> None:
    if law.exact:
        lost = max(term.lost for term in law.exact)
        rows = _multiple(max(trial.rows, 4 * lost), law.multiple_of)
        _require_error(trial, name, law.exact, rows, _MANY, allowed=0.0)
    elif law.limit.scale > 0:
        rows = _multiple(_LARGE * trial.rows, law.multiple_of)
        _require_error(trial, name, (law.limit,), rows, _FEWER, allowed=_ALLOWED_OF_LIMIT)


def _require_error(
    trial: ModelTrial,
    name: str,
    terms: tuple[ErrorTerm, ...],
    rows: int,
    replicates: int,
    *,
    allowed: float,
) -> None:
    errors = _errors_of_real_rows(trial, name, rows, replicates)
    if errors is None:
        return
    expected = sum(term.scale / (rows - term.lost) for term in terms)
    mean, se = float(errors.mean()), float(errors.std(ddof=1)) / math.sqrt(replicates)
    off = abs(mean - expected)
    if off > greatest_by_chance(errors) * se + allowed * expected + SQUARE_OF_ROUNDING:
        raise ContractError(
            f"{trial.name}.laws: {name!r} of {rows} real rows is {mean:.4g} ± {se:.2g} on average, "
            f"and {'in the limit' if allowed else 'by the law'} {expected:.4g}; correct "
            "`row_variance` or `laws`"
        )


def _errors_of_real_rows(
    trial: ModelTrial, name: str, rows: int, replicates: int
) -> npt.NDArray[np.floating] | None:
    """A metric of fits of real rows; None where some failed, and the others are no fair sample."""
    real = trial.sample_real(trial.random(Purpose.LIMIT, replicates), rows)
    start = replicated(trial.truth, replicates)
    fit = trial.fit(real, equal_weights(replicates, rows), start)
    if np.any(fit.status != Status.SOLVED):
        return None
    errors = trial.metrics(fit.parameters)[name]
    return errors if np.isfinite(errors).all() else None


def _multiple(rows: int, of: int) -> int:
    return math.ceil(rows / of) * of


def _require_variance(trial: ModelTrial, name: str, variance: Any) -> None:
    number = isinstance(variance, (int, float, np.number)) and not isinstance(variance, bool)
    if variance is not None and not (number and 0 <= variance < math.inf):
        raise ContractError(
            f"{trial.name}.{name} returned {in_one_line(repr(variance))}; it must be a finite "
            "number, 0 or more, or None if it is not known"
        )
