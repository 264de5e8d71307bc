"""What a workflow says of its own long run."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class LongRunLaw:
    """What the relative risk of a workflow tends to, by a formula of its own.

    The limit is ``constant`` + ``factor`` · ψ₁(``argument``) with the trigamma function ψ₁, which
    theory evaluates (workflows need NumPy alone).

    Attributes
    ----------
    constant
        Infinite where the workflow collapses.
    exponent
        The risk grows, or its distance to the limit falls, as t to this power. Default −inf: the
        approach is geometric.
    step
        What a generation adds to the risk in the long run, where it grows in proportion to t.
        Default 0.
    factor, argument
        Of the trigamma function. Default: none of it.

    Examples
    --------
    >>> LongRunLaw.of_growth(0.5)
    LongRunLaw(constant=inf, exponent=1.0, step=0.5, factor=0.0, argument=1.0)
    """

    constant: float
    exponent: float = -math.inf
    step: float = 0.0
    factor: float = 0.0
    argument: float = 1.0

    @classmethod
    def of_growth(cls, step: float) -> "LongRunLaw":
        """Give the law of a risk to which every generation adds the same, for ever."""
        return cls(math.inf, exponent=1.0, step=step)
