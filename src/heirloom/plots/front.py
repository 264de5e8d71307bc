"""Relative risk against cost."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from .._base.style import differ_much, new_axes, scale_to, workflow_colours
from .series import shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_front(
    points: Mapping[str, tuple[float, float]], front: Sequence[str], *, ax: "Axes | None" = None
) -> "Axes":
    """Draw relative risk against cost, and the Pareto front of the two.

    Parameters
    ----------
    points
        For each workflow, its cost and its relative risk.
    front
        Those that no other beats in both.
    ax
        Where to draw. Default: a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> plot_front({"discard": (1, 3), "augment": (2, 1.5)}, ["augment"]).get_xlabel()
    'Cost'
    """
    ax = new_axes(ax, width=7.2)
    steps = sorted(points[name] for name in front)
    ax.step(*zip(*steps, strict=True), where="post", color="0.6", lw=1.1, label="Pareto front")
    for name, colour in workflow_colours(list(points)).items():
        face = colour if name in front else "none"
        ax.plot(*points[name], "o", ms=7, mfc=face, mec=colour, ls="none", label=shortened(name))
    costs, risks = np.array(list(points.values()), dtype=np.float64).T
    scale_to(ax, risks)
    if costs.min() > 0 and differ_much(costs):
        ax.set_xscale("log")
    ax.set_xlabel("Cost")
    ax.set_ylabel("Relative risk")
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize="small")
    return ax
