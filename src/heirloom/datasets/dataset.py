"""What a built-in dataset is."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Dataset:
    """A dataset that can be loaded by name.

    Attributes
    ----------
    name
        What :func:`heirloom.datasets.load` calls it.
    description
        One line: what its rows are, how many, and what there is to predict.
    load
        Gives a new table at each call.
    """

    name: str
    description: str
    load: Callable[[], pd.DataFrame]
