"""Accept what several verifiers all accept."""

from typing import Any

import numpy as np

from .base import Verdict, Verifier, checked_verdict, row_count
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
    >>> import numpy as np
    >>> both = Every(lambda x: x > 0, lambda x: x < 5)
    >>> both.judge(np.array([-1.0, 2.0, 9.0]), np.random.default_rng(0)).accepted.tolist()
    [False, True, False]
    """

    def __init__(self, *verifiers: Any) -> None:
        self.verifiers = several(verifiers, type(self).__name__)

    @property
    def by_row(self) -> bool:
        """Whether each of the verifiers judges a row by itself."""
        return all(verifier.by_row for verifier in self.verifiers)

    def judge(self, rows: Any, random: np.random.Generator) -> Verdict:
        """Judge by each verifier."""
        verdicts = judge_by_each(self.verifiers, rows, random)
        accepted = np.logical_and.reduce([verdict.accepted for verdict in verdicts])
        judged = np.logical_and.reduce([verdict.judged for verdict in verdicts])
        return Verdict(accepted & judged, judged)

    def candidates(self, rows: int) -> int:
        """As many as the verifier needs that keeps least."""
        return max(verifier.candidates(rows) for verifier in self.verifiers)


def several(verifiers: tuple[Any, ...], name: str) -> tuple[Verifier, ...]:
    """One verifier or more; a ValueError if there is none."""
    if not verifiers:
        raise ValueError(f"verifiers: {name}() joins verifiers; give one or more")
    return tuple(as_verifier(verifier) for verifier in verifiers)


def judge_by_each(
    verifiers: tuple[Verifier, ...], rows: Any, random: np.random.Generator
) -> list[Verdict]:
    """Verdicts of several verifiers, each with random numbers of its own."""
    count = row_count(rows)
    return [checked_verdict(verifier, rows, count, random) for verifier in verifiers]
