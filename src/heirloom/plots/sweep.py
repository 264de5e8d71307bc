"""A metric against what several calls differ in."""

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from .._base.style import MARKERS, REFERENCE, new_axes, scale_to, workflow_colours
from .generations import theory_label
from .series import (
    Drawable,
    Floats,
    chosen_metric,
    dataset_of,
    exactness,
    late_values,
    metric_label,
    shortened,
    workflows_of,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_sweep(
    trace: Drawable,
    metric: str | None = None,
    *,
    last: int | None = None,
    theory: Drawable | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw a metric at the last generations against the axis of a sweep, a line per workflow.

    Parameters
    ----------
    trace
        What :func:`heirloom.trace.sweep` gives, or a dataset of that form.
    metric
        Which of its metrics. Default: ``error``, or else the first.
    last
        The metric is averaged over so many last generations. Default: the last fifth.
    theory
        A sweep over the same axis to draw dashed.
    ax
        Where to draw. Default: a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the trace has no such metric, or no axis of a sweep or several.

    Notes
    -----
    Bars are two standard errors to each side, as in :func:`plot_weights`.

    Examples
    --------
    >>> import heirloom as hl
    >>> rows = (20, 50, 100)
    >>> traces = {
    ...     n: hl.theory.predict("fresh:optimal", n_real=n, n_synthetic=100, generations=9)
    ...     for n in rows
    ... }
    >>> swept = hl.trace.sweep("n_real", traces, label="Real rows per generation")
    >>> hl.plots.plot_sweep(swept).get_xlabel()
    'Real rows per generation'
    """
    dataset = dataset_of(trace)
    metric = chosen_metric(dataset, metric)
    axis = _axis_of(dataset, metric)
    ax = new_axes(ax, width=5.6)
    places = dataset[axis].values
    drawn: list[Floats] = []
    for number, (workflow, colour) in enumerate(workflow_colours(workflows_of(dataset)).items()):
        values = _late(dataset, metric, workflow, last)
        drawn.append(values)
        bars = (
            2 * _late(dataset, f"{metric}_se", workflow, last)
            if f"{metric}_se" in dataset
            else None
        )
        style = f"{MARKERS[number % len(MARKERS)]}-"
        name = shortened(workflow)
        ax.errorbar(places, values, yerr=bars, fmt=style, color=colour, ms=3.5, lw=1, label=name)
        if theory is not None:
            predicted = _late(dataset_of(theory), metric, workflow, last)
            drawn.append(predicted)
            ax.plot(places, predicted, "--", color=colour, lw=1.1)
    if theory is not None:
        where = exactness(dataset_of(theory), metric, workflows_of(dataset))
        ax.plot([], [], "--", color=REFERENCE, lw=1.1, label=theory_label(where))
    scale_to(ax, np.concatenate(drawn))
    ax.set_xlabel(dataset[axis].attrs.get("long_name", axis))
    ax.set_ylabel(metric_label(metric))
    ax.legend(frameon=False, fontsize="small")
    return ax


def _axis_of(dataset: xr.Dataset, metric: str) -> str:
    axes = [str(dim) for dim in dataset[metric].dims if dim not in ("workflow", "generation")]
    if len(axes) != 1:
        raise ValueError(
            f"trace has {len(axes)} axes beside workflow and generation: must be one, such as "
            "heirloom.trace.sweep makes"
        )
    return axes[0]


def _late(dataset: xr.Dataset, variable: str, workflow: str, last: int | None) -> Floats:
    late = late_values(dataset, variable, last).sel(workflow=workflow)
    return np.asarray(late.values, dtype=np.float64)
