"""The weight of the real data by cross-validation on real rows."""

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from sklearn import get_config
from sklearn.utils import get_tags
from sklearn.utils.parallel import Parallel, delayed

from .._base.parameters import Choice, Whole, checked, shown
from ..models.unfitted import weight_parameter
from ..workflows.weight import optimal_fresh_weight
from .cross_validation import held_out_score, real_splits, scorer_of, with_random_state
from .fold_scores import best_score, nearest_to_theory, note_on_theory, scores_of_weights
from .row_weights import share_of_real
from .stacked_rows import StackedRows
from .tuned_weight import TunedWeight

RULES = ("standard-error", "best")

_STEPS = 20

_Float = npt.NDArray[np.float64]


@checked(
    folds=Whole(2, 2**32 - 1),
    repeats=Whole(1, 2**32 - 1),
    seed=Whole(0, 2**32 - 1),
    rule=Choice(*RULES),
)
def tune_weight(
    estimator: Any,
    real: Any,
    synthetic: Any,
    *,
    weights: Sequence[float | str] | _Float | None = None,
    scoring: Any = None,
    folds: int = 5,
    repeats: int = 3,
    rule: str = "standard-error",
    seed: int = 0,
    n_jobs: int | None = None,
) -> TunedWeight:
    r"""Choose the weight of the real data by cross-validation on real rows.

    For a generator that may be biased, or an estimator for which the theory's assumptions fail. In
    each fold and for each weight w, the estimator is fitted on the other folds' real rows and all
    synthetic rows, the real ones with the share w of the total weight, and scored on the fold's
    real rows, unweighted. Every weight meets the same folds.

    .. important::

       The real rows must be rows that **the generator has not seen**. Synthetic rows of a generator
       that was fitted on these same rows carry no information beyond them, yet they remember the
       rows that are held out, and cross-validation takes that for merit: the weight comes out too
       small. In a loop with fresh real data, the new rows are unseen by the last model. With one
       table only, split it first, fit the generator on the one part and tune on the other.

    Parameters
    ----------
    estimator
        A scikit-learn estimator whose ``fit`` takes ``sample_weight``. In a pipeline the last step
        gets the weights, and the steps before it see the rows unweighted; a grid search or a
        transformed target passes them on. (A grid search chooses its own parameters on real and
        synthetic rows together.) With scikit-learn's metadata routing on, the weights go where
        ``set_fit_request`` sends them. Where a ``random_state`` is None, `seed` sets it, the same
        for every weight.
    real, synthetic
        Pairs (X, y) of arrays or data frames; X alone where the estimator needs no target.
        Categories that only one of two data frames knows are common to both.
    weights
        The weights to try: numbers in [0, 1], ``"optimal"``, ``"golden"`` or ``"naive"``. Default:
        0, 0.05, …, 1, w* and n/(n + m). At 0 the fit is on synthetic rows alone, at 1 on real rows
        alone: rows of weight 0 are left out.
    scoring
        As in scikit-learn: a name, or a function of estimator, X and y; higher is better. Default:
        the negative log-loss of a classifier with ``predict_proba``, the negative mean squared
        error of a regressor, else the estimator's own ``score``.
    folds
        2 or more, and no more than real rows. A classifier's are stratified. Default 5.
    repeats
        So often the real rows are split anew. Default 3.
    rule
        ``"standard-error"`` (default): of the weights within one standard error of the best score,
        the one nearest to w*: theory, unless the data speak against it. ``"best"``: the best score;
        for a generator that is known to be biased (see the notes).
    seed
        From 0 to 2³² − 1. Default 0.
    n_jobs
        Fits at the same time, as in scikit-learn.

    Returns
    -------
    TunedWeight

    Raises
    ------
    ValueError
        If an argument is wrong, the estimator takes no weights, or no weight could be scored.

    See Also
    --------
    sample_weights : The weights of the rows where theory applies.

    Notes
    -----
    **It tunes one generation.** The score is that of the next fit, on these real rows and this
    generator; w* is best for a loop in the long run. Even where theory holds, the two differ. Let
    the generator be unbiased, fitted on n₀ other real rows; then the best weight of one generation
    is that of a Kalman filter's first step,

    .. math:: w_1 = \frac{1/n_0 + 1/m}{1/n + 1/n_0 + 1/m},

    2/3 where n₀ = n = m, and n/(n + m) where the generator has learned from far more rows than
    there are here. In a loop the weights of :func:`heirloom.theory.optimal_schedule` go on from
    there and tend to w*. A biased generator changes with every generation too: tune again.

    **The standard error** is that of the mean *difference* from the best score over all J = folds ·
    repeats held-out folds, corrected for training sets that overlap: the variance of the
    differences times 1/J + (held-out rows)/(training rows) (Nadeau and Bengio, *Inference for the
    Generalization Error*, Machine Learning 52, 2003). It is an approximation; no unbiased estimate
    of that variance exists. Least squares with four coefficients and an unbiased generator, n = n₀,
    three repeats: the mean square of ``difference_se`` over the variance of the difference from the
    score at w*, by weight (400 repetitions, so that each is known to a tenth of itself):

    ====================  ====  ====  ====  ====
    rows                  0     0.1   0.9   1
    ====================  ====  ====  ====  ====
    n = 200, m = 2000     0.32  0.38  1.9   2.4
    n = 200, m = 200      0.38  0.46  3.4   4.9
    ====================  ====  ====  ====  ====

    It errs to the safe side for weights above w*, and is too small for weights below. Folds train
    on n (1 − 1/folds) real rows, for which the best weight is somewhat smaller than for n.

    **Which rule.** Least squares with four coefficients, n = n₀ = 200, m = 2000, n · (squared error
    of the coefficients), means over 400 repetitions with two repeats and steps of 0.1, ± their
    standard errors:

    ====================  ==============  ===========  =============  ===========
    generator             standard-error  best         at w*          real only
    ====================  ==============  ===========  =============  ===========
    unbiased              2.85 ± 0.10     2.90 ± 0.11  2.85 ± 0.10    4.29 ± 0.16
    targets 0.3 too high  8.37 ± 0.23     4.21 ± 0.15  11.75 ± 0.25   4.26 ± 0.15
    targets 1 too high    11.82 ± 0.39    4.19 ± 0.14  110.77 ± 0.86  4.09 ± 0.14
    ====================  ==============  ===========  =============  ===========

    (``docs/measured/tune_weight.py`` makes both tables.) The standard-error rule costs nothing
    where theory holds, and escapes the worst where it does not; the best score costs little, and
    gives up a biased generator sooner.

    **The total weight** of the rows is their number at every w, 0 and 1 included, so that a penalty
    beside the loss acts the same at each. That is how :meth:`TunedWeight.sample_weights` weighs
    them too.

    **A fit that fails**, or whose score is not finite, puts its weight out; it is counted and
    noted. With the default log-loss, a class that the training rows lack and the held-out rows have
    is such a failure.

    Examples
    --------
    A generator whose targets are too large by 2:

    >>> import numpy as np
    >>> import heirloom as hl
    >>> from sklearn.linear_model import LinearRegression
    >>> rng = np.random.default_rng(0)
    >>> real_X, synthetic_X = rng.normal(size=(100, 2)), rng.normal(size=(1000, 2))
    >>> real_y = real_X.sum(axis=1) + rng.normal(size=100)
    >>> synthetic_y = synthetic_X.sum(axis=1) + 2 + rng.normal(size=1000)
    >>> tuned = hl.tune_weight(LinearRegression(), (real_X, real_y), (synthetic_X, synthetic_y))
    >>> round(tuned.optimal, 2), tuned.weight
    (0.27, 0.85)
    """
    parameter = _parameter_of(estimator)
    rows = StackedRows.of(real, synthetic)
    _require_enough(estimator, rows, folds)
    grid = _grid(weights, rows)
    splits, notes = real_splits(estimator, rows, folds=folds, repeats=repeats, seed=seed)
    scorer, name = scorer_of(estimator, scoring, rows)
    seeds = np.random.SeedSequence(seed).generate_state(len(splits)).tolist()
    copies = [with_random_state(estimator, state) for state in seeds]
    outcomes: list[float | str] = list(
        cast(Any, Parallel)(n_jobs=n_jobs)(
            delayed(held_out_score)(copy, rows, weight, split, parameter, scorer)
            for weight in grid.tolist()
            for copy, split in zip(copies, splits, strict=True)
        )
    )
    by_weight = [outcomes[i : i + len(splits)] for i in range(0, len(outcomes), len(splits))]
    optimal = optimal_fresh_weight(rows.n_real, rows.n_synthetic)
    scores = scores_of_weights(grid, _numbers(estimator, by_weight), splits, optimal)
    best = float(grid[best_score(grid, scores["score"].to_numpy(), optimal)])
    weight = best if rule == "best" else nearest_to_theory(scores, optimal)
    return TunedWeight(
        weight=weight,
        optimal=optimal,
        distance=abs(weight - optimal),
        best=best,
        scores=scores,
        n_real=rows.n_real,
        n_synthetic=rows.n_synthetic,
        rule=rule,
        scoring=name,
        folds=folds,
        repeats=repeats,
        seed=seed,
        notes=(note_on_theory(scores, optimal), *notes, *_notes_on_failures(grid, by_weight)),
    )


def _parameter_of(estimator: Any) -> str:
    if isinstance(estimator, type) or not hasattr(estimator, "fit"):
        raise ValueError(
            f"estimator={shown(estimator)}: must be a scikit-learn estimator, such as "
            "LogisticRegression()"
        )
    # Where scikit-learn's metadata routing is on, the user has said who gets the weights.
    routed = get_config()["enable_metadata_routing"]
    parameter = "sample_weight" if routed else weight_parameter(estimator)
    if parameter is None:
        raise ValueError(
            f"estimator={shown(estimator)}: its fit takes no sample_weight (in a pipeline, that of "
            "the last step); choose an estimator that does"
        )
    return parameter


def _require_enough(estimator: Any, rows: StackedRows, folds: int) -> None:
    if folds > rows.n_real:
        raise ValueError(
            f"folds={folds}: must be no more than the real rows, and there are {rows.n_real}"
        )
    if rows.y is None and get_tags(estimator).target_tags.required:
        raise ValueError(f"real has no target, and {shown(estimator)} needs one; give pairs (X, y)")


def _grid(weights: Any, rows: StackedRows) -> _Float:
    """Give the weights to try, each once, least first."""
    if weights is None:
        weights = [*(step / _STEPS for step in range(_STEPS + 1)), "optimal", "naive"]
    if (
        not isinstance(weights, (Sequence, np.ndarray))
        or isinstance(weights, str)
        or not len(weights)
    ):
        raise ValueError(
            f"weights={shown(weights)}: must be a list of numbers in [0, 1] or names, such as "
            "[0, 0.5, 'optimal', 1]"
        )
    try:
        shares = [share_of_real(weight, rows.n_real, rows.n_synthetic) for weight in weights]
    except ValueError as error:
        raise ValueError(f"weights={shown(weights)}: {error}") from None
    return np.unique(np.array(shares, dtype=np.float64))


def _numbers(estimator: Any, by_weight: list[list[float | str]]) -> _Float:
    """Give the scores, nan where there is none; raise a ValueError if no weight has them all."""
    if all(_failures(outcomes) for outcomes in by_weight):
        raise ValueError(
            f"estimator={shown(estimator)}: no weight has a score in every fold; the fit at the "
            f"largest failed with {_failures(by_weight[-1])[0]}"
        )
    return np.array(
        [
            [np.nan if isinstance(outcome, str) else outcome for outcome in line]
            for line in by_weight
        ]
    )


def _failures(outcomes: list[float | str]) -> list[str]:
    return [outcome for outcome in outcomes if isinstance(outcome, str)]


def _notes_on_failures(grid: _Float, by_weight: list[list[float | str]]) -> tuple[str, ...]:
    failed = [
        (f"{weight:.3g}", _failures(outcomes))
        for weight, outcomes in zip(grid, by_weight, strict=True)
        if _failures(outcomes)
    ]
    if not failed:
        return ()
    folds = sum(len(reasons) for _, reasons in failed)
    return (
        f"Out, for want of a score in {folds} of {len(failed) * len(by_weight[0])} folds: "
        f"{', '.join(weight for weight, _ in failed)} ({failed[0][1][0]}).",
    )
