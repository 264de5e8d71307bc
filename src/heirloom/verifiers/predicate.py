"""A user's own rule, as a function from rows to truth values."""

from collections.abc import Callable
from typing import Any, cast

import numpy as np

from .._base.parameters import Function, checked, shown
from .base import Verdict, Verifier, called, name_of, row_count


class Predicate(Verifier):
    """Accept the rows of which a function says True.

    Parameters
    ----------
    function
        From the rows of one dataset, as the model's `sample` returns them for one replicate, to one
        truth value for each: an array, a list or a pandas Series. It is ordinary Python, and may
        compare rows with each other. It must not write to them.

    Raises
    ------
    ValueError
        If it is not a function; when it is called, if it does not return a truth value for each
        row.

    Examples
    --------
    >>> import numpy as np
    >>> positive = Predicate(lambda rows: rows > 0)
    >>> positive.judge(np.array([-1.0, 2.0]), np.random.default_rng(0)).accepted.tolist()
    [False, True]
    """

    @checked(function=Function("from rows to truth values"))
    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function

    def judge(self, rows: Any, random: np.random.Generator) -> Verdict:
        """Call the function."""
        accepted, count = called(self.function, rows, "verifier"), row_count(rows)
        if accepted.shape != (count,) or accepted.dtype != np.bool_:
            raise ValueError(
                f"verifier={name_of(self.function)}: returned {accepted.dtype} of shape "
                f"{accepted.shape} for {count} rows; must be one truth value for each"
            )
        return Verdict(accepted, np.ones(count, dtype=bool))


def as_verifier(verifier: Any) -> Verifier:
    """A verifier as it is, or one made of a function from rows to truth values."""
    if isinstance(verifier, Verifier):
        return verifier
    if isinstance(verifier, type) or not callable(verifier):
        raise ValueError(
            f"verifier={shown(verifier)}: must be a verifier, such as "
            "heirloom.verifiers.KnowledgeBall(center, radius), or a function from rows to truth "
            "values"
        )
    return Predicate(cast("Callable[[Any], Any]", verifier))
