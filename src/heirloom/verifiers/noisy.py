"""A verifier that errs."""

from typing import Any

import numpy as np

from .._base.parameters import Number, checked
from .base import Verdict, Verifier, checked_verdict, row_count
from .predicate import as_verifier


class Noisy(Verifier):
    """Turn verdicts around by chance: a verifier with known error rates.

    Parameters
    ----------
    verifier
        The verifier that would not err, or a function from rows to truth values.
    false_accept
        Chance that a row which it rejects is accepted, in [0, 1]. Default 0.
    false_reject
        Chance that a row which it accepts is rejected, in [0, 1]. Default 0.

    Raises
    ------
    ValueError
        If a rate is out of range.

    Notes
    -----
    A row without a verdict stays without one, and is not accepted. Rates are estimated from a
    labelled sample by :func:`heirloom.audit`.

    Examples
    --------
    >>> import heirloom as hl
    >>> ball = hl.verifiers.KnowledgeBall([1.0], radius=0.2)
    >>> hl.verifiers.Noisy(ball, false_accept=0.1).describe()["false_accept"]
    0.1
    """

    @checked(false_accept=Number(least=0, most=1), false_reject=Number(least=0, most=1))
    def __init__(
        self, verifier: Any, *, false_accept: float = 0.0, false_reject: float = 0.0
    ) -> None:
        self.verifier = as_verifier(verifier)
        self.false_accept, self.false_reject = float(false_accept), float(false_reject)

    @property
    def by_row(self) -> bool:
        """Whether the verifier itself judges a row by itself: errors are independent."""
        return self.verifier.by_row

    def judge(self, rows: Any, random: np.random.Generator) -> Verdict:
        """Judge, and turn verdicts around by chance."""
        accepted, judged = checked_verdict(self.verifier, rows, row_count(rows), random)
        chance = np.where(accepted, 1 - self.false_reject, self.false_accept)
        return Verdict(judged & (random.random(len(accepted)) < chance), judged)

    def candidates(self, rows: int) -> int:
        """As many as the verifier itself needs."""
        return self.verifier.candidates(rows)
