"""Random numbers that remember how they were drawn."""

from typing import Any

import numpy as np

from .._base.random import Random


class WatchedRandom(Random):
    """A stream that remembers whether a generator of NumPy was asked for.

    What that draws depends on the tile: it is no mistake if a replicate has other numbers beside
    others.

    Attributes
    ----------
    drew_by_generator
        Whether :meth:`generator` was called.
    """

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.drew_by_generator = False

    def generator(self) -> np.random.Generator:
        """Generator of NumPy, new at each call."""
        self.drew_by_generator = True
        return super().generator()
