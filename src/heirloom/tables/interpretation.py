"""What became of a column when it was read."""

from typing import NamedTuple

import pandas as pd


class Interpretation(NamedTuple):
    """What became of a column.

    Attributes
    ----------
    column
        Its values.
    conversion
        What was read as something else; empty where nothing was.
    remedy
        How to have it otherwise; perhaps empty.
    refusal
        Why the column cannot be used as it is; empty where it can.
    """

    column: pd.Series
    conversion: str = ""
    remedy: str = ""
    refusal: str = ""
