"""From the scores of folds to means, standard errors and the weight that they speak for."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from .cross_validation import Split

_Float = npt.NDArray[np.float64]


def scores_of_weights(
    grid: _Float, scores: _Float, splits: list[Split], optimal: float
) -> pd.DataFrame:
    """Give a line for each weight: its score, and how far that is below the best.

    Parameters
    ----------
    grid
        float64[weights].
    scores
        float64[weights, folds]; nan where there is none.
    splits
        Those that the scores come from.
    optimal
        w*, which decides between equal scores.
    """
    means = scores.mean(axis=1)
    differences = scores[best_score(grid, means, optimal)] - scores
    correction = _correction(splits)
    return pd.DataFrame(
        {
            "weight": grid,
            "score": means,
            "score_se": np.sqrt(correction * scores.var(axis=1, ddof=1)),
            "difference": differences.mean(axis=1),
            "difference_se": np.sqrt(correction * differences.var(axis=1, ddof=1)),
            "failed": np.isnan(scores).sum(axis=1),
        }
    )


def best_score(grid: _Float, means: _Float, optimal: float) -> int:
    """Find the best score; of equal ones that of the weight nearest to theory."""
    # Where there is no score, nan is sorted to the end.
    return int(np.lexsort((np.abs(grid - optimal), -means))[0])


def _correction(splits: list[Split]) -> float:
    """Nadeau and Bengio's factor of the variance over folds: 1/J + held-out / training rows."""
    training = sum(len(train) for train, _ in splits)
    return 1 / len(splits) + sum(len(held_out) for _, held_out in splits) / training


def _within_one_standard_error(scores: pd.DataFrame) -> pd.DataFrame:
    # A weight that failed has nan, which no comparison lets pass.
    return scores[scores["difference"] <= scores["difference_se"]]


def nearest_to_theory(scores: pd.DataFrame, optimal: float) -> float:
    """Find the weight nearest to theory of those within one standard error of the best."""
    within = _within_one_standard_error(scores)
    order = np.lexsort((within["difference"], (within["weight"] - optimal).abs()))
    return float(within["weight"].iloc[int(order[0])])


def note_on_theory(scores: pd.DataFrame, optimal: float) -> str:
    """Say whether the scores speak against theory."""
    scored, theory = scores[scores["failed"] == 0], f"w* = {optimal:.3g}"
    if len(scored) == 1:
        return f"Only the weight {scored['weight'].iloc[0]:.3g} has a score."
    if len(_within_one_standard_error(scores)) == len(scored):
        return (
            "Every weight is within one standard error of the best: the scores cannot tell the "
            f"weights apart, and do not speak against {theory}."
        )
    nearest = nearest_to_theory(scores, optimal)
    if nearest == optimal:
        return (
            f"The scores do not speak against {theory}: it is within one standard error of the "
            "best."
        )
    at_optimal = scored[scored["weight"] == optimal]
    if at_optimal.empty:
        known = f"{theory} has no score"
    else:
        below, error = at_optimal[["difference", "difference_se"]].iloc[0]
        known = (
            f"The scores speak against {theory}: it is {below:.3g} below the best (standard error "
            f"{error:.2g})"
        )
    return f"{known}; of the weights within one standard error, {nearest:.3g} is nearest to it."
