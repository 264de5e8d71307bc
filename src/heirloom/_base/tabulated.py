"""A result that shows itself: as a frame, as text and in a notebook, all from one table."""

import abc
import shutil
import sys
from typing import TYPE_CHECKING

from .result_table import ResultTable

if TYPE_CHECKING:
    import pandas as pd


class Tabulated(abc.ABC):
    """What a result has that states its table.

    A dataclass that subclasses it is made with ``repr=False``: it is printed as its text.
    """

    @abc.abstractmethod
    def table(self) -> ResultTable:
        """State what the result shows: title, columns, rows and notes."""

    def to_frame(self) -> "pd.DataFrame":
        """Give the numbers of the table as a data frame."""
        return self.table().to_frame()

    def to_text(self, width: int | None = None) -> str:
        """Write the result.

        Parameters
        ----------
        width
            Characters in a line. Default: no limit.
        """
        return self.table().to_text(width)

    def __repr__(self) -> str:
        return self.to_text(terminal_width())

    def _repr_html_(self) -> str:
        return self.table().to_html()


def terminal_width() -> int | None:
    """Characters in a line of the terminal; None where output goes elsewhere and stays whole."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None
