"""One style for every figure: which colour means what, and how axes look.

A workflow has the same colour in every figure, whatever else is drawn there: it follows from its
text alone. Matplotlib is imported where it is called, since it takes long.
"""

import math
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Colour: TypeAlias = str | tuple[float, ...]

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Okabe and Ito's colours, told apart by colour-blind readers too: blue, vermilion, green, pink,
orange and sky blue. For series that are no workflows, in their order."""

MARKERS = "os^Dv<>"
"""Markers of those series, in the same order."""

LINE_STYLES = ("-", "--", "-.", ":")
"""Lines of theories that share a colour."""

MEASURED, MARKED, GOLDEN = PALETTE[0], PALETTE[1], PALETTE[4]
"""What was measured against a weight; the weight that is best or chosen; the weight of theory."""

REFERENCE = "0.4"
"""What everything is compared with, and entries of a legend that stand for all colours."""

BELOW_AND_ABOVE = "RdBu_r"
"""Colour map of ratios: blue below 1, red above."""

OPACITY_OF_BAND = 0.18
"""Opacity of a band around a line."""

# Kinds of workflows that are often drawn together are far apart.
_OF_WORKFLOW = {
    "discard": "#D55E00",
    "augment": "#0072B2",
    "augment-subsample": "#56B4E9",
    "accumulate-all": "#882255",
    "real": "#000000",
    "real:accumulate": "#8C6D31",
    "fresh:optimal": "#009E73",
    "fresh:golden": "#E69F00",
    "fresh:naive": "#CC79A7",
    "fresh:schedule": "#999933",
}
# Of a weight that is a number, the colour is a place on a scale: from teal to light green, and from
# purple to orange. (Farther down both are blue, as other workflows are; farther up too pale.)
_SCALE_OF_WEIGHT = {"fresh": ("viridis", 0.40, 0.94), "anchor": ("plasma", 0.20, 0.85)}
# For all others, of Paul Tol's schemes.
_OTHERS = (
    *("#6A3D9A", "#44AA99", "#AA4499", "#332288", "#DDCC77"),
    *("#CC6677", "#661100", "#888888", "#117733"),
)

_LOG_SCALE_RATIO = 8.0
_DECADES = 100.0
_MOST_TICKS = 8


def workflow_colours(workflows: Sequence[str]) -> dict[str, Colour]:
    """Colour of each workflow, by its text.

    Those that have no colour of their own take one of nine by a hash of their text, and the next
    one where a workflow before them in the same figure has it.

    Parameters
    ----------
    workflows
        Texts of the workflows of a figure.

    Examples
    --------
    >>> workflow_colours(["augment", "discard"])
    {'augment': '#0072B2', 'discard': '#D55E00'}
    >>> workflow_colours(["window:3"]) == workflow_colours(["window:3"])
    True
    """
    colours: dict[str, Colour] = {}
    for workflow in workflows:
        own = _own_colour(workflow)
        colours[workflow] = _other_colour(workflow, colours) if own is None else own
    return colours


def new_axes(ax: "Axes | None", *, width: float) -> "Axes":
    """The given axes; without, those of a new figure, `width` inches wide."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    _, new = plt.subplots(figsize=(width, 4.2), layout="constrained")
    new.spines[["top", "right"]].set_visible(False)
    return new


def scale_to(ax: "Axes", values: npt.NDArray[np.float64]) -> None:
    """Make the vertical axis logarithmic if positive values differ eightfold."""
    positive = values[np.isfinite(values) & (values > 0)]
    if positive.size and differ_much(positive):
        use_log_axis(ax, positive)


def differ_much(positive: npt.NDArray[np.float64]) -> bool:
    """Whether positive values differ so much that they belong on a logarithmic axis: eightfold."""
    return bool(positive.max() >= _LOG_SCALE_RATIO * positive.min())


def use_log_axis(ax: "Axes", values: npt.NDArray[np.float64]) -> None:
    """Make the vertical axis logarithmic, with plain numbers at its ticks, for positive values."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    plain = FuncFormatter(lambda value, _: f"{value:g}")
    ax.set_yscale("log")
    ax.yaxis.set_major_formatter(plain)
    # Within two decades a log axis has hardly a tick of its own.
    few = values.max() < _DECADES * values.min()
    ax.yaxis.set_minor_locator(LogLocator(subs=(2.0, 5.0) if few else range(2, 10)))
    ax.yaxis.set_minor_formatter(plain if few else NullFormatter())


def generation_axis(ax: "Axes", last: int) -> None:
    """Label the horizontal axis, with ticks at whole generations from 0 to the last."""
    from matplotlib.ticker import FixedLocator

    ax.xaxis.set_major_locator(FixedLocator(generation_ticks(last)))
    ax.set_xlabel("Generation")


def generation_ticks(last: int) -> list[int]:
    """Whole generations to mark on an axis, 0 and the last among them.

    Examples
    --------
    >>> generation_ticks(30), generation_ticks(48)
    ([0, 5, 10, 15, 20, 25, 30], [0, 10, 20, 30, 40, 48])
    """
    magnitude = 10 ** max(0, math.floor(math.log10(max(last, 1))) - 1)
    steps = (factor * magnitude for factor in (1, 2, 5, 10, 20, 50))
    step = next(step for step in steps if last / step < _MOST_TICKS)
    # A tick next to the last would run into it.
    return [*range(0, last - step // 2, step), last] if last else [0]


def _own_colour(workflow: str) -> Colour | None:
    if workflow in _OF_WORKFLOW:
        return _OF_WORKFLOW[workflow]
    name, _, argument = workflow.partition(":")
    try:
        weight = float(argument)
    except ValueError:
        return None
    if name not in _SCALE_OF_WEIGHT:
        return None
    from matplotlib import colormaps

    scale, first, last = _SCALE_OF_WEIGHT[name]
    return tuple(map(float, colormaps[scale](first + (last - first) * weight)))


def _other_colour(workflow: str, taken: dict[str, Colour]) -> Colour:
    start = zlib.crc32(workflow.encode())
    free = [_OTHERS[(start + k) % len(_OTHERS)] for k in range(len(_OTHERS))]
    return next((colour for colour in free if colour not in taken.values()), free[0])
