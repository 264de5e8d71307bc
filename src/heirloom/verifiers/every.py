"""Accept what several verifiers all accept."""

from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, PRNGKeyArray, PyTree

from .base import Verdict, Verifier
from .predicate import as_verifier


class Every(Verifier):
    """Accept a row if each of several verifiers accepts it.

    Parameters
    ----------
    *verifiers
        Verifiers, or functions from rows to truth values; one or more. A row on which one of them
        has no verdict has none.

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> import jax, jax.numpy as jnp
    >>> rows = jnp.array([-1.0, 2.0, 9.0])
    >>> both = Every(lambda x: x > 0, lambda x: x < 5)
    >>> both.judge(jax.random.key(0), rows, rows == rows).accepted.tolist()
    [False, True, False]
    """

    verifiers: tuple[Verifier, ...]

    def __init__(self, *verifiers: Any) -> None:
        self.verifiers = several(verifiers, type(self).__name__)

    def judge(self, key: PRNGKeyArray, rows: PyTree, present: Bool[Array, " rows"]) -> Verdict:
        """Judge by each verifier."""
        verdicts = judge_by_each(self.verifiers, key, rows, present)
        accepted = jnp.stack([verdict.accepted for verdict in verdicts]).all(axis=0)
        judged = jnp.stack([verdict.judged for verdict in verdicts]).all(axis=0)
        return Verdict(accepted & judged, judged)

    def candidates(self, rows: int) -> int:
        """Ask the verifier that keeps least."""
        return max(verifier.candidates(rows) for verifier in self.verifiers)


def several(verifiers: tuple[Any, ...], name: str) -> tuple[Verifier, ...]:
    """Take one verifier or more, or raise a ValueError."""
    if not verifiers:
        raise ValueError(f"verifiers: {name}() joins verifiers; give one or more")
    return tuple(as_verifier(verifier) for verifier in verifiers)


def judge_by_each(
    verifiers: tuple[Verifier, ...],
    key: PRNGKeyArray,
    rows: PyTree,
    present: Bool[Array, " rows"],
) -> list[Verdict]:
    """Judge rows by each of several verifiers, with random numbers of its own."""
    keys = jax.random.split(key, len(verifiers))
    pairs = zip(verifiers, keys, strict=True)
    return [verifier.judge(of_verifier, rows, present) for verifier, of_verifier in pairs]
