"""A metric against the generation."""

import math
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from .._base.style import OPACITY_OF_BAND, REFERENCE, generation_axis, new_axes, scale_to
from .._base.style import workflow_colours as colours_of
from .series import (
    Drawable,
    Floats,
    chosen_metric,
    dataset_of,
    exactness,
    label_of,
    metric_label,
    metrics_of,
    values_of,
    workflows_of,
)

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from .._base.style import Colour

# So many bands hide each other.
_MANY_LINES = 8
_LEAST_OF_BAND = 0.2
_WIDTH_OF_LEGEND = 30  # letters
# Noise may carry the mean of a few replicates out of the middle half at a generation or two.
_OFTEN_OUTSIDE = 0.1


def plot_generations(
    trace: Drawable,
    metric: str | None = None,
    *,
    theory: Drawable | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw a metric against the generation, a line for each workflow.

    The band around a line is two standard errors of the mean to each side, cut at a fifth of a
    positive mean (a logarithmic axis has no 0); more than eight lines have none, since they would
    hide each other. Theory, where it is given, is dashed. Where the mean leaves the middle half of
    the replicates it is carried by rare ones, and the median over replicates is drawn too, dotted.
    The legend says whether theory is exact, or the limit of large samples.

    Parameters
    ----------
    trace
        What to draw: a trace, or a dataset of that form.
    metric
        Which of its metrics. Default: ``error``, or else the first.
    theory
        A trace to draw dashed, in the same colours, for the workflows and metric that it has.
    ax
        Where to draw. Default: a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the trace has no such metric.

    Examples
    --------
    >>> import heirloom as hl
    >>> trace = hl.theory.predict(
    ...     ["discard", "augment"], n_real=100, n_synthetic=100, generations=9
    ... )
    >>> ax = hl.plots.plot_generations(trace)
    >>> ax.get_xlabel(), ax.get_legend().get_title().get_text()
    ('Generation', 'Theory, limit of large samples')
    """
    dataset = dataset_of(trace)
    metric = chosen_metric(dataset, metric)
    ax = new_axes(ax, width=7.2)
    colours = colours_of(workflows_of(dataset))
    drawn = [_draw_means(ax, dataset, metric, colours), _draw_medians(ax, dataset, metric, colours)]
    if theory is not None:
        drawn.append(_draw_theory(ax, dataset_of(theory), dataset, metric, colours))
    scale_to(ax, np.concatenate(drawn))
    generation_axis(ax, int(dataset["generation"].values[-1]))
    ax.set_ylabel(metric_label(metric))
    _legend_in_order_of_lines(ax, exactness(dataset, metric, workflows_of(dataset)))
    return ax


def _draw_means(
    ax: "Axes", dataset: xr.Dataset, metric: str, colours: "dict[str, Colour]"
) -> Floats:
    generations = dataset["generation"].values
    with_bands = f"{metric}_se" in dataset and len(colours) <= _MANY_LINES
    drawn: list[Floats] = []
    for workflow, colour in colours.items():
        values = values_of(dataset, metric, workflow)
        drawn.append(values)
        ax.plot(generations, values, color=colour, label=label_of(dataset, workflow), lw=1.6)
        if with_bands:
            width = 2 * values_of(dataset, f"{metric}_se", workflow)
            least = np.where(values > 0, _LEAST_OF_BAND * values, -np.inf)
            lower = np.maximum(values - width, least)
            ax.fill_between(
                generations, lower, values + width, color=colour, alpha=OPACITY_OF_BAND, lw=0
            )
    return np.concatenate(drawn)


def _draw_medians(
    ax: "Axes", dataset: xr.Dataset, metric: str, colours: "dict[str, Colour]"
) -> Floats:
    drawn: list[Floats] = []
    for workflow, colour in colours.items():
        median = _median_of_misleading_mean(dataset, metric, workflow)
        if median is not None:
            drawn.append(median)
            ax.plot(dataset["generation"].values, median, ":", color=colour, lw=1.8)
    if drawn:
        ax.plot([], [], ":", color=REFERENCE, lw=1.8, label="median: the typical path")
    return np.concatenate([np.empty(0), *drawn])


def _draw_theory(
    ax: "Axes",
    theory: xr.Dataset,
    dataset: xr.Dataset,
    metric: str,
    colours: "dict[str, Colour]",
) -> Floats:
    generations = dataset["generation"].values
    known = metric in metrics_of(theory)
    of_theory = workflows_of(theory)
    predicted = [w for w in colours if known and w in of_theory]
    drawn: list[Floats] = []
    for workflow in predicted:
        values = values_of(theory, metric, workflow)[: len(generations)]
        drawn.append(values)
        ax.plot(generations[: len(values)], values, "--", color=colours[workflow], lw=1.1)
    where = exactness(theory, metric, predicted) if predicted else ""
    ax.plot([], [], "--", color=REFERENCE, lw=1.1, label=theory_label(where))
    return np.concatenate([np.empty(0), *drawn])


def theory_label(where: str) -> str:
    """Entry of a legend for dashed lines: of the mean, exact or not."""
    return fill(", ".join(part for part in ("theory of the mean", where) if part), _WIDTH_OF_LEGEND)


def _median_of_misleading_mean(dataset: xr.Dataset, metric: str, workflow: str) -> Floats | None:
    """Median over replicates, where the mean leaves the middle half of them; else None."""
    if f"{metric}_quantile" not in dataset:
        return None
    quantiles = dataset[f"{metric}_quantile"].sel(workflow=workflow)
    low, median, high = (
        np.asarray(quantiles.sel(quantile=q).values, dtype=np.float64) for q in (0.25, 0.5, 0.75)
    )
    mean = values_of(dataset, metric, workflow)
    outside = (mean > high) | (mean < low)
    return median if np.mean(outside) > _OFTEN_OUTSIDE else None


def _legend_in_order_of_lines(ax: "Axes", where: str) -> None:
    handles, labels = ax.get_legend_handles_labels()
    ends = [_last_value(handle) for handle in handles]
    order = sorted(range(len(handles)), key=lambda i: -ends[i])
    ax.legend(
        [handles[i] for i in order],
        [labels[i] for i in order],
        loc="center left",
        bbox_to_anchor=(1.01, 0.5),
        frameon=False,
        fontsize="small",
        title=fill(f"Theory, {where}", _WIDTH_OF_LEGEND) if where else None,
        title_fontsize="small",
        alignment="left",
    )


def _last_value(line: "Artist") -> float:
    from matplotlib.lines import Line2D

    if not isinstance(line, Line2D):
        return -math.inf
    values = np.asarray(line.get_ydata(), dtype=np.float64)
    finite = values[np.isfinite(values)]
    return float(finite[-1]) if len(finite) else -math.inf
