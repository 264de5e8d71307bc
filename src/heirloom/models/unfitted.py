"""What is asked of an object with scikit-learn's interface before it is fitted.

Objects are asked, and not scikit-learn, so that those of other libraries will do.
"""

import copy
import inspect
from typing import Any, cast


def unfitted_copy(estimator: Any) -> Any:
    """Copy of an estimator without what it has learnt, as ``sklearn.base.clone`` makes it.

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> hasattr(unfitted_copy(LinearRegression().fit([[0], [1]], [0, 1])), "coef_")
    False
    """
    if isinstance(estimator, type):
        return estimator
    if type(estimator) in (list, tuple, set, frozenset):
        return type(estimator)(unfitted_copy(part) for part in estimator)
    if hasattr(estimator, "__sklearn_clone__"):
        return estimator.__sklearn_clone__()
    if hasattr(estimator, "get_params"):
        settings = cast("dict[str, Any]", estimator.get_params(deep=False))
        return type(estimator)(**{name: unfitted_copy(value) for name, value in settings.items()})
    return copy.deepcopy(estimator)


def weight_parameter(estimator: Any) -> str | None:
    """Keyword of ``fit`` that takes the weights of the rows; None if there is none.

    Of a pipeline it is that of the last step, the one that predicts; of an estimator that passes
    its keywords on (a grid search, a transformed target), that of the estimator inside.

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
    steps = getattr(estimator, "steps", None)
    if isinstance(steps, list):
        return _of_last_step(cast("list[Any]", steps))
    parameters = inspect.signature(estimator.fit).parameters
    if "sample_weight" in parameters:
        return "sample_weight"
    keywords = inspect.Parameter.VAR_KEYWORD
    passes_on = any(parameter.kind is keywords for parameter in parameters.values())
    return _of_wrapped(estimator) if passes_on else None


def random_states(estimator: Any) -> list[str]:
    """Names of the settings that leave the random numbers of a fit to chance.

    Examples
    --------
    >>> from sklearn.linear_model import SGDRegressor
    >>> from sklearn.pipeline import make_pipeline
    >>> random_states(make_pipeline(SGDRegressor()))
    ['sgdregressor__random_state']
    >>> random_states(SGDRegressor(random_state=0))
    []
    """
    if hasattr(estimator, "get_params"):
        settings = cast("dict[str, Any]", estimator.get_params(deep=True))
    else:
        settings = {"random_state": getattr(estimator, "random_state", 0)}
    is_state = {n for n in settings if n == "random_state" or n.endswith("__random_state")}
    return sorted(name for name in is_state if settings[name] is None)


def with_settings(estimator: Any, settings: dict[str, Any]) -> Any:
    """The same estimator, after its settings of these names have been changed."""
    if hasattr(estimator, "set_params"):
        return estimator.set_params(**settings)
    for name, value in settings.items():
        setattr(estimator, name, value)
    return estimator


def _of_last_step(steps: list[Any]) -> str | None:
    # A scaler takes weights too, but they would not reach a last step that takes none.
    name, last = steps[-1]
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
