"""Sample until as many rows have passed the verifier as were asked for."""

from typing import Any

import numpy as np
from jaxtyping import Float

from .._base.parameters import Number, checked
from .base import ResponseInterval
from .predicate import as_verifier
from .selection import Selection


class UntilFull(Selection):
    """Sample until exactly m rows have passed: what a bare ``verifier=`` means.

    Parameters
    ----------
    verifier
        A verifier, or a function from rows to truth values.
    cap
        Most candidates that are sampled for each row asked for, on average over the dataset; from
        1 to 2²⁰. Default 1000. A dataset that is not full by then has failed, and the generation
        that would use it has no answer.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> import heirloom as hl
    >>> hl.verifiers.UntilFull(lambda rows: rows > 0, cap=20).describe()
    {'name': 'Predicate', 'function': '<lambda>', 'kept': 'until full', 'cap': 20.0}
    """

    @checked(cap=Number(least=1, most=2**20))
    def __init__(self, verifier: Any, *, cap: float = 1000) -> None:
        self.verifier = as_verifier(verifier)
        needed = self.verifier.candidates(1)
        if needed > cap:
            raise ValueError(
                f"cap={cap:g}: {type(self.verifier).__name__} judges {needed:,} candidates to "
                "accept one; raise the cap to as many"
            )
        self.cap = float(cap)

    def interval(
        self, design: Float[np.ndarray, "rows p"]
    ) -> tuple[Float[np.ndarray, " rows"], Float[np.ndarray, " rows"]]:
        """Least and greatest response that the verifier accepts, where it knows an interval."""
        if not isinstance(self.verifier, ResponseInterval):
            raise ValueError(
                f"verifier={type(self.verifier).__name__}: theory knows verifiers that accept an "
                "interval of responses, such as heirloom.verifiers.KnowledgeBall; simulate others"
            )
        return self.verifier.interval(design)

    def describe(self) -> dict[str, Any]:
        """What it is, in a form that JSON holds."""
        return self.verifier.describe() | {"kept": "until full", "cap": self.cap}


def as_selection(verifier: Any) -> Selection:
    """A selection as it is; of a verifier or a function from rows to truth values, `UntilFull`."""
    return verifier if isinstance(verifier, Selection) else UntilFull(verifier)
