"""Keep the rows of the best scores."""

import math
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Bool, Float, Int

from .._base.parameters import Function, Number, Optional, checked, shown
from .base import Verdict, Verifier, called, name_of, row_count

# A share such as 0.1 of a multiple of ten must not lose a row to rounding.
_ROUNDING = 1e-4


class Score(Verifier):
    """Accept rows by a score: the best share of them, or those that reach a threshold.

    Parameters
    ----------
    function
        From the rows of one dataset, as the model's `sample` returns them for one replicate, to one
        number for each; the higher, the better. A row whose score is not a number is not accepted,
        and is counted as not judged.
    keep
        The share to keep, in (0, 1]: the best ⌊share × rows⌋ of each batch. Where m rows are
        asked for, a batch has ⌈m/share⌉.
    threshold
        Instead: the least score that is accepted.
    classes
        With `keep`, a function from rows to whole numbers: the best share of each class is kept,
        as of each digit in arXiv 2510.16657; what is due to a class is rounded up or down by
        chance. Default: rows are all of one class.

    Raises
    ------
    ValueError
        If not just one of `keep` and `threshold` is given, or one is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> rows = np.array([3.0, 1.0, np.nan, 2.0])
    >>> Score(lambda x: x, keep=0.5).judge(rows, np.random.default_rng(0)).accepted.tolist()
    [True, False, False, True]
    """

    paper: ClassVar[str | None] = "yi2025escaping"

    @checked(
        function=Function("from rows to scores"),
        keep=Optional(Number(above=0, most=1)),
        threshold=Optional(Number(finite=False)),
        classes=Optional(Function("from rows to whole numbers")),
    )
    def __init__(
        self,
        function: Callable[[Any], Any],
        *,
        keep: float | None = None,
        threshold: float | None = None,
        classes: Callable[[Any], Any] | None = None,
    ) -> None:
        if (keep is None) == (threshold is None):
            raise ValueError(
                f"keep={shown(keep)}, threshold={shown(threshold)}: give one of the two"
            )
        if classes is not None and keep is None:
            raise ValueError(f"classes={name_of(classes)}: goes with keep; leave one of them out")
        self.function = function
        self.keep = keep
        self.threshold = threshold
        self.classes = classes

    def judge(self, rows: Any, random: np.random.Generator) -> Verdict:
        """Score the rows, and compare the scores with the threshold or with each other."""
        scores = self._scores_of(rows)
        judged = ~np.isnan(scores)
        if self.threshold is not None:
            return Verdict(judged & (scores >= self.threshold), judged)
        # What a class is due is rounded at one random point for all, so that each has its share in
        # expectation, be it ever so rare; of all rows the best ⌊share × rows⌋ are kept.
        point = _ROUNDING if self.classes is None else random.random()
        best = _best(scores, self._classes_of(rows), self.keep or 1.0, point)
        return Verdict(judged & best, judged)

    def candidates(self, rows: int) -> int:
        """How many rows hold so many of the best share."""
        return rows if self.keep is None else math.ceil(rows / self.keep - _ROUNDING)

    def _scores_of(self, rows: Any) -> Float[np.ndarray, " rows"]:
        scores, count = called(self.function, rows, "function"), row_count(rows)
        if scores.shape != (count,) or scores.dtype.kind not in "biuf":
            raise ValueError(
                f"verifier=Score: the function returned {scores.dtype} of shape {scores.shape} for "
                f"{count} rows; must be one score for each"
            )
        return scores.astype(np.float64)

    def _classes_of(self, rows: Any) -> Int[np.ndarray, " rows"]:
        count = row_count(rows)
        if self.classes is None:
            return np.zeros(count, dtype=np.int64)
        classes = called(self.classes, rows, "classes")
        if classes.shape != (count,) or classes.dtype.kind not in "iu":
            raise ValueError(
                f"verifier=Score: classes returned {classes.dtype} of shape {classes.shape} for "
                f"{count} rows; must be one whole number for each"
            )
        return classes


def _best(
    scores: Float[np.ndarray, " rows"],
    classes: Int[np.ndarray, " rows"],
    share: float,
    point: float,
) -> Bool[np.ndarray, " rows"]:
    """Whether a row is among the best share of its class; scores that are no number come last.

    The classes lie one after the other on a line, on which a row has the length `share`. A class
    keeps as many rows as points k − `point`, with k a whole number, lie on its part of the line.
    """
    order = np.lexsort((-scores, classes))
    in_order = classes[order]
    before = np.searchsorted(in_order, in_order, side="left")
    through = np.searchsorted(in_order, in_order, side="right")
    due = np.floor(share * through + point) - np.floor(share * before + point)
    best = np.empty(len(scores), dtype=bool)
    best[order] = np.arange(len(scores)) - before < due
    return best
