"""Pictures of a comparison."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..plots import fresh_weights_of, plot_generations, plot_weights
from ..trace import Trace
from .settings import FittedTable

_HEIGHT, _ONE_PANEL, _TWO_PANELS = 4.6, 7.6, 12.5
_FEWEST_WEIGHTS = 3
_HALF = 0.5


def draw_errors(trace: Trace, theory: Trace | None, fitted: FittedTable, ax: Axes | None) -> Axes:
    """Draw the error against the generation, theory dashed."""
    ax = _panels(1)[1][0] if ax is None else ax
    plot_generations(trace, theory=theory, ax=ax)
    ax.set_ylabel(fitted.measure[0].upper() + fitted.measure[1:])
    return ax


def figure_of_population(trace: Trace, theory: Trace | None, fitted: FittedTable) -> Figure:
    """Draw errors against generations, and against the weight where there are enough weights."""
    with_weights = len(fresh_weights_of(trace)) >= _FEWEST_WEIGHTS
    figure, (errors, *beside) = _panels(1 + with_weights)
    draw_errors(trace, theory, fitted, errors)
    for ax in beside:
        plot_weights(trace, theory=theory, ax=ax)
        ax.set_ylabel(errors.get_ylabel())
    figure.suptitle(fitted.title, fontsize="medium")
    return figure


def draw_log_losses(trace: Trace, ax: Axes | None) -> Axes:
    """Draw the test log-loss against the generation, as far as half of the replicates have one."""
    ax = _panels(1)[1][0] if ax is None else ax
    answered = trace.dataset["failed"] < _HALF
    # Weights and names are coordinates, which stay.
    plot_generations(Trace(trace.dataset.where(answered)), "log_loss", ax=ax)
    ax.set_ylabel("Test log-loss")
    generations = int(trace.dataset["generation"].values[-1])
    margin = 0.05 * max(1, generations)
    ax.set_xlim(-margin, generations + margin)
    if not answered.any():
        ax.set_yticks([])
        ax.text(0.5, 0.5, "no model has a fit", ha="center", transform=ax.transAxes)
    if not answered.all():
        ax.set_title("mean of replicates with a fit; × half have none", fontsize="small")
        _mark_ends(ax, _means(ax))
    return ax


def figure_of_relabelling(
    trace: Trace, fitted: FittedTable, separated: Mapping[str, tuple[float, ...]]
) -> Figure:
    """Draw log-losses, and beside them the share of separated replicates, if any are."""
    with_shares = any(max(shares) > 0 for shares in separated.values())
    figure, (losses, *beside) = _panels(1 + with_shares)
    draw_log_losses(trace, losses)
    # In the order of the trace.
    colours = [line.get_color() for line in _means(losses)]
    for ax in beside:
        shares = [separated[workflow] for workflow in trace.workflows]
        _plot_shares(ax, shares, colours, losses.get_xlim())
    figure.suptitle(fitted.title, fontsize="medium")
    return figure


def _panels(number: int) -> tuple[Figure, list[Axes]]:
    figure, axes = plt.subplots(
        1,
        number,
        figsize=(_ONE_PANEL if number == 1 else _TWO_PANELS, _HEIGHT),
        layout="constrained",
        squeeze=False,
    )
    for ax in axes[0]:
        ax.spines[["top", "right"]].set_visible(False)
    return figure, list(axes[0])


def _means(ax: Axes) -> list[Line2D]:
    # Medians are dotted.
    return [line for line in ax.get_lines() if line.get_linestyle() == "-"]


def _mark_ends(ax: Axes, lines: Sequence[Line2D]) -> None:
    for line in lines:
        generations, values = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
        known = np.flatnonzero(np.isfinite(values))
        if 0 < len(known) < len(values):
            end = known[-1]
            ax.plot(generations[end], values[end], "x", color=line.get_color(), ms=7, mew=2)


def _plot_shares(
    ax: Axes,
    shares: Sequence[tuple[float, ...]],
    colours: Sequence[Any],
    limits: tuple[float, float],
) -> None:
    for of_workflow, colour in zip(shares, colours, strict=True):
        ax.plot(np.arange(len(of_workflow)), 100 * np.array(of_workflow), color=colour, lw=1.6)
    ax.set_xlim(limits)
    ax.set_ylim(-2, 102)
    ax.set_xlabel("Generation")
    ax.set_ylabel("Separated replicates, %")
