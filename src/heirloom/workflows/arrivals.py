"""Real data that do not arrive at every generation."""

from dataclasses import dataclass

from .._base.parameters import Whole, checked_fields


@dataclass(frozen=True)
@checked_fields(rows=Whole(1), every=Whole(1))
class Arrivals:
    """A schedule of sizes: so many rows at every q-th generation, and none between.

    Give it as ``n_real`` (or ``n_synthetic``) wherever sizes are asked for.

    Parameters
    ----------
    rows
        Rows of each arrival, and of generation 0; 1 or more.
    every
        q, 1 or more.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> from heirloom.workflows import Sizes
    >>> Sizes.of(n_real=Arrivals(100, every=3), n_synthetic=50, generations=6).real
    array([100,   0,   0, 100,   0,   0, 100])
    """

    rows: int
    every: int

    def __call__(self, generation: int) -> int:
        """Give the rows that arrive at a generation."""
        return 0 if generation % self.every else self.rows
