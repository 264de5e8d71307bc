"""Accept what at least one of several verifiers accepts."""

from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Bool, PRNGKeyArray, PyTree

from .base import Verdict, Verifier
from .every import judge_by_each, several


class AnyOf(Verifier):
    """Accept a row if one of several verifiers accepts it.

    Parameters
    ----------
    *verifiers
        Verifiers, or functions from rows to truth values; one or more. A row on which none of them
        has a verdict has none.

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> import jax, jax.numpy as jnp
    >>> rows = jnp.array([-1.0, 2.0, 9.0])
    >>> either = AnyOf(lambda x: x < 0, lambda x: x > 5)
    >>> either.judge(jax.random.key(0), rows, rows == rows).accepted.tolist()
    [True, False, True]
    """

    verifiers: tuple[Verifier, ...]

    def __init__(self, *verifiers: Any) -> None:
        self.verifiers = several(verifiers, type(self).__name__)

    def judge(self, key: PRNGKeyArray, rows: PyTree, present: Bool[Array, " rows"]) -> Verdict:
        """Judge by each verifier."""
        verdicts = judge_by_each(self.verifiers, key, rows, present)
        accepted = jnp.stack([verdict.accepted & verdict.judged for verdict in verdicts])
        judged = jnp.stack([verdict.judged for verdict in verdicts])
        return Verdict(accepted.any(axis=0), judged.any(axis=0))

    def candidates(self, rows: int) -> int:
        """Ask the verifier that keeps most."""
        return min(verifier.candidates(rows) for verifier in self.verifiers)
