"""How the weights of the rows reach the estimator that predicts."""

import inspect
from typing import Any

from sklearn import get_config
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter


def weight_parameter(estimator: Any) -> str | None:
    """Name the keyword of ``fit`` that takes the weights of the rows, or None if there is none.

    Of a pipeline it is that of the last step, the one that predicts; of an estimator that passes
    its keywords on (a grid search, a transformed target), that of the estimator inside. Where
    scikit-learn's metadata routing is on, the user has said who gets the weights.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn.model_selection import GridSearchCV
    >>> from sklearn.neighbors import KNeighborsRegressor
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> weight_parameter(GridSearchCV(make_pipeline(StandardScaler(), Ridge()), {}))
    'ridge__sample_weight'
    >>> weight_parameter(make_pipeline(StandardScaler(), KNeighborsRegressor())) is None
    True
    """
    if get_config()["enable_metadata_routing"]:
        return "sample_weight"
    if isinstance(estimator, Pipeline):
        return _of_last_step(estimator)
    if has_fit_parameter(estimator, "sample_weight"):
        return "sample_weight"
    return _of_wrapped(estimator) if _passes_keywords_on(estimator) else None


def _of_last_step(pipeline: Any) -> str | None:
    # A scaler takes weights too, but they would not reach a last step that takes none.
    name, last = pipeline.steps[-1]
    inner = None if last in (None, "passthrough") else weight_parameter(last)
    return None if inner is None else f"{name}__{inner}"


def _of_wrapped(estimator: Any) -> str | None:
    for attribute in ("estimator", "regressor"):
        if hasattr(estimator, attribute):
            wrapped = getattr(estimator, attribute)
            # Linear regression is what a transformed target has by default.
            return "sample_weight" if wrapped is None else weight_parameter(wrapped)
    members = [member for _, member in getattr(estimator, "estimators", ()) if member != "drop"]
    taken = {weight_parameter(member) for member in members}
    return "sample_weight" if taken == {"sample_weight"} else None


def _passes_keywords_on(estimator: Any) -> bool:
    parameters = inspect.signature(estimator.fit).parameters.values()
    return any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters)
