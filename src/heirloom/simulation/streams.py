"""Which random numbers a simulation uses for what."""

from enum import IntEnum
from typing import Any

import numpy as np

from .._base.random import Random, derived_key


class Role(IntEnum):
    """What random numbers are for."""

    REAL = 0
    """Rows of the real data."""
    SYNTHETIC = 1
    """Rows of the synthetic data: those of the first candidates, where there is a verifier."""
    CANDIDATE = 2
    """Rows of further candidates for a verifier."""
    VERDICT = 3
    """Chance in the verdicts of a verifier."""
    SUBSAMPLE = 4
    """Rows that are drawn from the datasets of a mixture."""


class Streams:
    """The random numbers of a tile of replicates, by generation and role.

    Workflows share them: what is drawn for one of them at a generation is there for the next. When
    the next generation begins, the numbers of the last are forgotten.

    Parameters
    ----------
    seed
        Of the simulation.
    first_replicate, replicates
        Number of the tile's first replicate, and how many there are.
    dtype
        Precision of the numbers.
    """

    def __init__(
        self, seed: int, first_replicate: int, replicates: int, dtype: np.dtype[Any]
    ) -> None:
        self.replicates = replicates
        self._seed = seed
        self._first_replicate = first_replicate
        self._dtype = dtype
        self._generation = -1
        self._drawn: dict[Any, Any] = {}

    def begin(self, generation: int) -> None:
        """Begin a generation: its numbers are drawn when they are first asked for."""
        self._generation = generation
        self._drawn = {}

    def stream(self, role: Role, batch: int = 0) -> Random:
        """Stream for a role at the present generation, from its beginning.

        Parameters
        ----------
        role
            What the numbers are for.
        batch
            Number of the batch, where candidates are drawn and judged batch by batch.
        """
        of_generation = derived_key((self._seed, 0), self._generation, int(role))
        return Random(
            derived_key(of_generation, batch, 0),
            self.replicates,
            first_replicate=self._first_replicate,
            dtype=self._dtype,
            # Further candidates may be without end, and no other workflow asks for the same.
            drawn=None if batch else self._drawn,
        )
