"""What the model of an estimator takes; what is wrong with an argument is said in one line."""

from typing import Any, cast

import numpy as np
import numpy.typing as npt

from .._base.parameters import Number, shown
from .unfitted import weight_parameter

_Array = npt.NDArray[Any]
_Float = npt.NDArray[np.float64]

_PURPOSES = {
    "true_noise": "truth, where noise is 'residual'",
    "true_coefficients": "coefficients, where truth is given",
}


def validate_estimator(estimator: Any, parameter: str | None) -> str:
    """Return the keyword of ``fit`` that takes the weights, or raise a ValueError."""
    predicts = hasattr(estimator, "predict") or hasattr(estimator, "predict_proba")
    if isinstance(estimator, type) or not hasattr(estimator, "fit") or not predicts:
        raise ValueError(
            f"estimator={shown(estimator)}: must be an object that fits and predicts, such as "
            "LogisticRegression()"
        )
    found = parameter or weight_parameter(estimator)
    if found is None:
        raise ValueError(
            f"estimator={shown(estimator)}: its fit takes no sample_weight (in a pipeline, that of "
            "the last step); choose one that does, or name its keyword by weight_parameter"
        )
    return found


def validate_table(design: Any) -> Any:
    """Return a data frame, a sparse matrix or an array, of floats if of numbers, or raise."""
    if hasattr(design, "iloc"):
        table = design
    elif hasattr(design, "tocsr"):
        table = design.tocsr()
    else:
        table = np.asarray(design)
        if table.dtype.kind in "biuf":
            table = table.astype(np.float64)
    if len(table.shape) != 2 or 0 in table.shape:
        raise ValueError(
            f"design has shape {tuple(table.shape)}: must be a table, of one row or more"
        )
    return table


def validate_table_responses(responses: Any, table: int, *, are_labels: bool) -> _Array:
    """Return numbers or text, one for each row of the table, or raise a ValueError."""
    values = np.asarray(responses)
    if values.shape != (table,):
        raise ValueError(
            f"responses has shape {values.shape}: must have an entry for each of the {table} rows "
            "of design"
        )
    if values.dtype.kind == "O":
        parts = cast("list[Any]", values.tolist())
        # Of text and numbers together NumPy would make text.
        if len({isinstance(part, str) for part in parts}) == 1:
            values = np.array(parts)
    allowed = "biufU" if are_labels else "biuf"
    if values.dtype.kind not in allowed:
        raise ValueError(
            "responses: must be all numbers or all text, and none may be missing"
            if are_labels
            else "responses: must be numbers, and none may be missing; labels need a classifier "
            "with predict_proba"
        )
    if not are_labels:
        return finite_numbers("responses", values)
    if values.dtype.kind == "f" and not np.all(np.isfinite(values)):
        raise ValueError("responses has entries that are not finite")
    if len(np.unique(values)) < 2:
        raise ValueError(f"responses: all are {values[0]}; a classifier needs two classes or more")
    return values


def validate_truth(truth: Any, table: int, noise: float | str | None) -> _Float:
    """Return true predictions for each row of the table, or raise a ValueError."""
    values = finite_numbers("truth", np.asarray(truth))
    if noise is not None:
        if values.shape != (table,):
            raise ValueError(
                f"truth has shape {values.shape}: must be the mean of each of the {table} rows"
            )
        if noise == "poisson" and np.any(values < 0):
            raise ValueError("truth has entries below 0: the mean of a count is 0 or more")
        return values
    if values.ndim == 1:
        values = np.stack([1 - values, values], axis=1)
    if values.ndim != 2 or len(values) != table or values.shape[1] < 2:
        raise ValueError(
            f"truth has shape {np.shape(truth)}: must be the probability of label 1, or those of "
            f"two labels or more, for each of the {table} rows of design"
        )
    if np.any(values < 0) or not np.allclose(values.sum(axis=1), 1, atol=1e-6):
        raise ValueError("truth: must be probabilities, whose sum over labels is 1")
    return values


def validate_noise(noise: object, *, is_classifier: bool) -> float | str | None:
    """Return a standard deviation or the name of a law, None for labels, or raise a ValueError."""
    if is_classifier:
        if noise is not None:
            raise ValueError(
                f"noise={shown(noise)}: is for regressors; labels are drawn from predict_proba"
            )
        return None
    if noise is None or isinstance(noise, str):
        if noise not in (None, "residual", "poisson"):
            raise ValueError(f"noise={noise!r}: must be a number, 'residual' or 'poisson'")
        return noise or "residual"
    return Number(least=0).checked("noise", noise)


def validate_measure(coefficients: Any) -> Any:
    """Return a name, a function or None, or raise a ValueError."""
    if coefficients is None or isinstance(coefficients, str) or callable(coefficients):
        return coefficients
    raise ValueError(
        f"coefficients={shown(coefficients)}: must be the name of an attribute of the fitted "
        "estimator, such as 'coef_', or a function of it"
    )


def finite_numbers(name: str, values: _Array) -> _Float:
    """Return numbers as floats, or raise a ValueError."""
    if values.dtype.kind not in "biuf" or not values.size or not np.all(np.isfinite(values)):
        raise ValueError(f"{name} is empty, or has entries that are no finite numbers")
    return values.astype(np.float64)


def refuse(**arguments: object) -> None:
    """Raise a ValueError if one of the arguments, which are of no use here, is given."""
    for name, value in arguments.items():
        if value is not None:
            raise ValueError(f"{name}: is for {_PURPOSES[name]}; leave it out")
