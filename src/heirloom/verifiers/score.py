"""Keep the rows of the best scores."""

import math
from collections.abc import Callable
from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray, PyTree

from ..workflows.schedule import number_in, shown
from .base import Verdict, Verifier, called

# A share such as 0.1 of a multiple of ten must not lose a row to rounding.
_ROUNDING = 1e-4


class Score(Verifier):
    """Accept rows by a score: the best share of them, or those that reach a threshold.

    Parameters
    ----------
    function
        From rows, as the model's `sample` returns them, to one number a row; the higher, the
        better. A row whose score is not a number is not accepted, and is counted as not judged.
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
    >>> import jax, jax.numpy as jnp
    >>> rows = jnp.array([3.0, 1.0, jnp.nan, 2.0])
    >>> everything = jnp.ones(4, bool)
    >>> Score(lambda x: x, keep=0.5).judge(jax.random.key(0), rows, everything).accepted.tolist()
    [True, False, False, True]
    """

    function: Callable[[PyTree], Float[Array, " rows"]]
    keep: float | None = eqx.field(static=True)
    threshold: Float[Array | np.ndarray, ""] | None
    classes: Callable[[PyTree], Int[Array, " rows"]] | None

    paper: ClassVar[str | None] = "yi2025escaping"

    def __init__(
        self,
        function: Callable[[PyTree], Float[Array, " rows"]],
        *,
        keep: float | None = None,
        threshold: float | None = None,
        classes: Callable[[PyTree], Int[Array, " rows"]] | None = None,
    ) -> None:
        if not callable(function):
            raise ValueError(f"function={shown(function)}: must be a function from rows to scores")
        if (keep is None) == (threshold is None):
            raise ValueError(
                f"keep={shown(keep)}, threshold={shown(threshold)}: give one of the two"
            )
        share, least = number_in(keep), number_in(threshold)
        if keep is not None and (share is None or not 0 < share <= 1):
            raise ValueError(f"keep={shown(keep)}: must be a share, above 0 and at most 1")
        if threshold is not None and (least is None or math.isnan(least)):
            raise ValueError(f"threshold={shown(threshold)}: must be a number")
        if classes is not None and (keep is None or not callable(classes)):
            raise ValueError(
                f"classes={shown(classes)}: must be a function from rows to whole numbers, and "
                "goes with keep"
            )
        self.function = function
        self.keep = share
        self.threshold = None if least is None else np.asarray(least, dtype=np.float64)
        self.classes = classes

    def judge(self, key: PRNGKeyArray, rows: PyTree, present: Bool[Array, " rows"]) -> Verdict:
        """Score the rows, and compare the scores with the threshold or with each other."""
        scores = called(self.function, rows, "function").astype(jnp.result_type(float))
        if scores.shape != present.shape:
            raise ValueError(
                f"verifier=Score: the function returned an array of shape {scores.shape} for "
                f"{present.shape[0]} rows; must be one score for each"
            )
        judged = present & ~jnp.isnan(scores)
        if self.threshold is not None:
            return Verdict(judged & (scores >= self.threshold), judged)
        place, before, through = _places(scores, judged, present, self._classes_of(rows, present))
        # Of all rows ⌊share × rows⌋. What a class is due is rounded at one random point for all,
        # so that each has its share in expectation, be it ever so rare.
        point = _ROUNDING if self.classes is None else jax.random.uniform(key, (), scores.dtype)
        due = [
            jnp.floor((self.keep or 1.0) * number.astype(scores.dtype) + point)
            for number in (before, through)
        ]
        kept = place < due[1] - due[0]
        return Verdict(judged & kept, judged)

    def candidates(self, rows: int) -> int:
        """Say how many rows hold so many of the best share."""
        return rows if self.keep is None else math.ceil(rows / self.keep - _ROUNDING)

    def _classes_of(self, rows: PyTree, present: Bool[Array, " rows"]) -> Int[Array, " rows"]:
        if self.classes is None:
            return jnp.zeros(present.shape, int)
        classes = called(self.classes, rows, "classes")
        if classes.shape != present.shape or not jnp.issubdtype(classes.dtype, jnp.integer):
            raise ValueError(
                f"verifier=Score: classes returned {classes.dtype} of shape {classes.shape} for "
                f"{present.shape[0]} rows; must be one whole number for each"
            )
        return classes


def _places(
    scores: Float[Array, " rows"],
    judged: Bool[Array, " rows"],
    present: Bool[Array, " rows"],
    classes: Int[Array, " rows"],
) -> tuple[Int[Array, " rows"], Int[Array, " rows"], Int[Array, " rows"]]:
    """Place of each row in its class, from 0; rows of the classes before it, and with it."""
    # Rows that are not there come after all others; those without a verdict after their class.
    order = jnp.lexsort((jnp.where(judged, -scores, jnp.inf), ~judged, classes, ~present))
    group = jnp.cumsum(_differs(classes[order]) | _differs(present[order]))
    first = jnp.searchsorted(group, group, side="left")
    last = jnp.searchsorted(group, group, side="right")
    numbers = jnp.arange(len(scores))
    back = jnp.zeros_like(numbers).at[order].set(numbers)
    return (numbers - first)[back], first[back], last[back]


def _differs(values: Array) -> Bool[Array, " rows"]:
    return jnp.concatenate([jnp.zeros(1, bool), values[1:] != values[:-1]])
