"""Accept what at least one of several verifiers accepts."""

from typing import Any

import numpy as np

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
    >>> import numpy as np
    >>> either = AnyOf(lambda x: x < 0, lambda x: x > 5)
    >>> either.judge(np.array([-1.0, 2.0, 9.0]), np.random.default_rng(0)).accepted.tolist()
    [True, False, True]
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
        accepted = [verdict.accepted & verdict.judged for verdict in verdicts]
        judged = [verdict.judged for verdict in verdicts]
        return Verdict(np.logical_or.reduce(accepted), np.logical_or.reduce(judged))

    def candidates(self, rows: int) -> int:
        """As many as the verifier needs that keeps most."""
        return min(verifier.candidates(rows) for verifier in self.verifiers)
