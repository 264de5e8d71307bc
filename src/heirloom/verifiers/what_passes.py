"""Keep as many rows as pass the verifier."""

from typing import Any

from .predicate import as_verifier
from .selection import Selection


class WhatPasses(Selection):
    """Sample m rows, and keep those that pass, however many they are.

    Shares in proportion to rows (augment, accumulate-all, naive weights) then follow the rows that
    passed; a weight stays as it is, and so do the shares of a graph's several sources. A dataset of
    which nothing passes takes no part where others are used in proportion to their rows; else the
    generation has no answer.

    Parameters
    ----------
    verifier
        A verifier, or a function from rows to truth values.

    Examples
    --------
    >>> import heirloom as hl
    >>> trace = hl.simulate(
    ...     hl.models.GaussianMean([0.0], 1.0),
    ...     "fresh:naive",
    ...     verifier=hl.verifiers.WhatPasses(lambda rows: abs(rows[:, 0]) < 1),
    ...     n_real=50,
    ...     n_synthetic=50,
    ...     generations=2,
    ...     replicates=64,
    ...     seed=1,
    ... )
    >>> trace.dataset["acceptance"].round(1).values.tolist()
    [[nan, 0.7, 0.7]]
    """

    def __init__(self, verifier: Any) -> None:
        self.verifier = as_verifier(verifier)

    def describe(self) -> dict[str, Any]:
        """What it is, in a form that JSON holds."""
        return self.verifier.describe() | {"kept": "what passes"}
