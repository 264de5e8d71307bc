"""What a paper or the theory says, beside what we get."""

import math
from dataclasses import dataclass
from typing import Any

_STANDARD_ERRORS = 4.0


@dataclass(frozen=True)
class Check:
    """One line of a table of checks.

    Attributes
    ----------
    name
        What is checked: figure, quantity, where.
    relation
        How `got` must stand to `expected`: ``"="``, ``">="`` or ``"<="``.
    expected
        What the paper or the theory says.
    source
        Where that comes from, such as ``"theory, exact"`` or ``"paper"``.
    got
        What came out.
    se
        Standard error of `got`; nan where it has none.
    tolerance
        How far `got` may be off beside four standard errors: for what theory gives in the limit
        only, or the paper by a drawing.
    """

    name: str
    relation: str
    expected: float
    source: str
    got: float
    se: float
    tolerance: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether it holds to four standard errors and the tolerance.

        Four, since a paper has up to two hundred checks: three would fail one in most runs. What
        is infinite or nan fails, unless just that is expected.
        """
        slack = self.tolerance + (0.0 if math.isnan(self.se) else _STANDARD_ERRORS * self.se)
        if self.got == self.expected:
            return True
        if not math.isfinite(self.got) or not math.isfinite(self.expected):
            return False
        too_low, too_high = self.got < self.expected - slack, self.got > self.expected + slack
        wrong = {"=": too_low or too_high, ">=": too_low, "<=": too_high}
        return not wrong[self.relation]

    def to_json(self) -> dict[str, Any]:
        """Give the check as JSON holds it; numbers that do not exist are None."""
        return {
            "name": self.name,
            "relation": self.relation,
            "expected": _finite(self.expected),
            "source": self.source,
            "got": _finite(self.got),
            "se": _finite(self.se),
            "tolerance": self.tolerance,
            "pass": self.passed,
        }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
