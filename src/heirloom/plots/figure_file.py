"""A figure in a file that is whole or not there at all."""

import io
import os
from pathlib import Path
from typing import cast

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .._base.files import write_atomically


def figure_of(ax: Axes) -> Figure:
    """Give the figure that axes are in."""
    return cast(Figure, ax.figure)


def write_figure(path: str | os.PathLike[str], figure: Figure) -> Path:
    """Write a figure as the ending of the file's name says, and close it.

    Parameters
    ----------
    path
        A file such as ``risk.png``, ``risk.pdf`` or ``risk.svg``; its folder must exist.
    figure
        The figure; it is closed.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    buffer = io.BytesIO()
    figure.savefig(buffer, format=Path(path).suffix.lower()[1:], dpi=150)
    plt.close(figure)
    return write_atomically(path, buffer.getvalue())
