"""A user's own rule, as a function from rows to truth values."""

from collections.abc import Callable
from typing import Any, cast

import jax.numpy as jnp
from jaxtyping import Array, Bool, PRNGKeyArray, PyTree

from ..workflows.schedule import shown
from .base import Verdict, Verifier, called


class Predicate(Verifier):
    """Accept the rows of which a function says True.

    Parameters
    ----------
    function
        From rows, as the model's `sample` returns them, to one truth value a row. It is compiled:
        ``jax.numpy``, and no Python ``if`` on values. A new function is compiled anew, even of the
        same text: make it once.

    Raises
    ------
    ValueError
        If it is not a function; when it is called, if it does not return a truth value for each
        row.

    Examples
    --------
    >>> import jax, jax.numpy as jnp
    >>> positive = Predicate(lambda rows: rows > 0)
    >>> rows = jnp.array([-1.0, 2.0])
    >>> positive.judge(jax.random.key(0), rows, rows == rows).accepted.tolist()
    [False, True]
    """

    function: Callable[[PyTree], Bool[Array, " rows"]]

    def __init__(self, function: Callable[[PyTree], Bool[Array, " rows"]]) -> None:
        if not callable(function):
            raise ValueError(
                f"function={shown(function)}: must be a function from rows to truth values"
            )
        self.function = function

    def judge(self, key: PRNGKeyArray, rows: PyTree, present: Bool[Array, " rows"]) -> Verdict:
        """Call the function."""
        accepted = called(self.function, rows, "verifier")
        if accepted.shape != present.shape or accepted.dtype != jnp.bool_:
            raise ValueError(
                f"verifier={_name(self.function)}: returned {accepted.dtype} of shape "
                f"{accepted.shape} for {present.shape[0]} rows; must be one truth value for each"
            )
        return Verdict(accepted, present)


def as_verifier(verifier: Any) -> Verifier:
    """Take a verifier, or make one of a function from rows to truth values."""
    if isinstance(verifier, Verifier):
        return verifier
    if isinstance(verifier, type) or not callable(verifier):
        raise ValueError(
            f"verifier={shown(verifier)}: must be a verifier, such as "
            "heirloom.verifiers.KnowledgeBall(center, radius), or a function from rows to truth "
            "values"
        )
    return Predicate(cast(Callable[[PyTree], Bool[Array, " rows"]], verifier))


def _name(function: object) -> str:
    return getattr(function, "__name__", type(function).__name__)
