"""Cross-validation of one weight on real rows: the splits, the score and a single fit."""

import warnings
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.metrics import check_scoring, log_loss
from sklearn.model_selection import RepeatedKFold, RepeatedStratifiedKFold
from sklearn.utils.multiclass import type_of_target

from .._base.parameters import shown
from .row_weights import sample_weights
from .stacked_rows import StackedRows

Split: TypeAlias = tuple[npt.NDArray[np.integer], npt.NDArray[np.integer]]
"""Positions of the training rows, and of the held-out rows, among the real rows."""


def real_splits(
    estimator: Any, rows: StackedRows, *, folds: int, repeats: int, seed: int
) -> tuple[list[Split], tuple[str, ...]]:
    """Split the real rows; note the classes that are too rare to be in every fold."""
    _, y = rows.take(np.arange(rows.n_real))
    splitter = {"n_splits": folds, "n_repeats": repeats, "random_state": seed}
    unstratified = RepeatedKFold(**splitter)
    if not has_classes(estimator, y):
        return list(unstratified.split(np.zeros(rows.n_real))), ()
    labels = np.asarray(y).ravel()
    classes, counts = np.unique(labels, return_counts=True)
    rare = [str(name) for name, count in zip(classes, counts, strict=True) if count < folds]
    if not rare:
        return list(RepeatedStratifiedKFold(**splitter).split(labels, labels)), ()
    note = (
        f"Classes with fewer real rows than the {folds} folds: {', '.join(rare)}; some folds are "
        "scored without them."
    )
    if len(rare) == len(classes):
        return list(unstratified.split(labels)), (note,)
    with warnings.catch_warnings():
        # The note says it.
        warnings.filterwarnings("ignore", "The least populated class", UserWarning)
        return list(RepeatedStratifiedKFold(**splitter).split(labels, labels)), (note,)


def scorer_of(estimator: Any, scoring: Any, rows: StackedRows) -> tuple[Any, str]:
    """Give a function of a fitted estimator, X and y, and its name."""
    if scoring is None:
        if hasattr(estimator, "predict_proba") and has_classes(estimator, rows.y):
            return negative_log_loss, "neg_log_loss"
        scoring = "neg_mean_squared_error" if is_regressor(estimator) else None
    elif not isinstance(scoring, str) and not callable(scoring):
        raise ValueError(
            f"scoring={shown(scoring)}: must be one score, a name or a function of estimator, X "
            "and y"
        )
    try:
        scorer = check_scoring(estimator, scoring=scoring)
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"scoring={shown(scoring)}: is no score for {shown(estimator)}; give a name from "
            "sklearn.metrics.get_scorer_names()"
        ) from error
    name = "score" if scoring is None else getattr(scoring, "__name__", scoring)
    return scorer, str(name)


def has_classes(estimator: Any, y: Any) -> bool:
    """Whether an estimator tells classes apart, and the target has them."""
    if y is None or not is_classifier(estimator):
        return False
    return type_of_target(y) in ("binary", "multiclass")


def negative_log_loss(estimator: Any, X: Any, y: Any) -> float:
    """Score by the classes of the fit; scikit-learn's scorer fails where held-out rows lack one."""
    known, labels = np.asarray(estimator.classes_).tolist(), np.unique(np.asarray(y)).tolist()
    unknown = [str(label) for label in labels if label not in known]
    if unknown:
        raise ValueError(f"class {unknown[0]} is missing from the training rows")
    return -float(log_loss(y, estimator.predict_proba(X), labels=estimator.classes_))


def with_random_state(estimator: Any, seed: int) -> Any:
    """Copy an estimator; what it leaves to chance is decided by the seed."""
    copy: Any = clone(estimator)
    unset = {
        name: seed
        for name, value in copy.get_params(deep=True).items()
        if value is None and (name == "random_state" or name.endswith("__random_state"))
    }
    return copy.set_params(**unset)


def held_out_score(
    estimator: Any, rows: StackedRows, weight: float, split: Split, parameter: str, scorer: Any
) -> float | str:
    """Fit on one side of a split and score on the other; a text says why that failed."""
    train, held_out = split
    row_weights = np.concatenate(sample_weights(len(train), rows.n_synthetic, weight))
    # Rows of weight 0 count for some estimators: in the size of a leaf, or a bandwidth.
    kept = row_weights > 0
    X, y = rows.take(np.concatenate([train, rows.n_real + np.arange(rows.n_synthetic)])[kept])
    held_out_X, held_out_y = rows.take(held_out)
    copy: Any = clone(estimator)
    try:
        copy.fit(X, y, **{parameter: row_weights[kept]})
        score = float(scorer(copy, held_out_X, *(() if y is None else (held_out_y,))))
    except Exception as error:  # noqa: BLE001 (the user's estimator may raise anything)
        lines = str(error).strip().splitlines() or ["no message"]
        return f"{type(error).__name__}: {lines[0]}"
    return score if np.isfinite(score) else f"its score is {score}"
