"""A metric against the weight of the real data."""

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from .._base.style import GOLDEN, MARKED, MEASURED, REFERENCE, new_axes, scale_to
from ..workflows.weight import GOLDEN_WEIGHT
from .series import (
    Drawable,
    Floats,
    chosen_metric,
    dataset_of,
    exactness,
    late_values,
    metric_label,
    metrics_of,
    workflows_of,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FEWEST_WEIGHTS = 3


def plot_weights(
    trace: Drawable,
    metric: str | None = None,
    *,
    last: int | None = None,
    theory: Drawable | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw a metric against the weight of the real data; mark its least and the golden ratio.

    Parameters
    ----------
    trace
        A trace, or a dataset of that form; workflows that have no weight are left out.
    metric
        Which of its metrics. Default: ``error``, or else the first.
    last
        The metric is averaged over so many last generations. Default: the last fifth.
    theory
        A trace to draw dashed.
    ax
        Where to draw. Default: a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the trace has no such metric, or fewer than three weights.

    Notes
    -----
    Bars are two standard errors to each side. Errors of neighbouring generations are correlated;
    the mean of their standard errors, which is drawn, is what the standard error of their mean
    cannot exceed.

    Examples
    --------
    >>> import heirloom as hl
    >>> trace = hl.theory.predict(
    ...     [f"fresh:0.{w}" for w in range(2, 9)], n_real=100, n_synthetic=100, generations=50
    ... )
    >>> hl.plots.plot_weights(trace).get_xlabel()
    'Weight of the real data'
    """
    dataset = dataset_of(trace)
    metric = chosen_metric(dataset, metric)
    names = fresh_weights_of(dataset)
    if len(names) < _FEWEST_WEIGHTS:
        raise ValueError(
            f"trace has {len(names)} workflows fresh:WEIGHT: {_FEWEST_WEIGHTS} or more are needed "
            "to draw a metric against the weight"
        )
    ax = new_axes(ax, width=5.6)
    weights = np.asarray(dataset["weight"].sel(workflow=names), dtype=np.float64)
    values = _late(dataset, metric, names, last)
    if f"{metric}_se" in dataset:
        bars = 2 * _late(dataset, f"{metric}_se", names, last)
        ax.errorbar(weights, values, yerr=bars, fmt="none", ecolor=MEASURED, alpha=0.5, lw=1)
    where = exactness(dataset, metric, names)
    of_line = f"theory: {where}" if where else "measured"
    ax.plot(weights, values, "o-", color=MEASURED, ms=3.5, lw=1, label=of_line)
    if theory is not None:
        _draw_theory(ax, dataset_of(theory), metric, names, weights, last)
    if np.isfinite(values).any():
        best = int(np.nanargmin(values))
        label = f"least: {weights[best]:.3g}"
        ax.plot(weights[best], values[best], "v", color=MARKED, ms=9, label=label)
    ax.axvline(
        GOLDEN_WEIGHT, color=GOLDEN, lw=1, ls=":", label=f"golden ratio: {GOLDEN_WEIGHT:.3f}"
    )
    scale_to(ax, values)
    ax.set_xlabel("Weight of the real data")
    ax.set_ylabel(metric_label(metric))
    ax.legend(loc="upper right", frameon=False, fontsize="small")
    return ax


def fresh_weights_of(trace: Drawable) -> list[str]:
    """Name the workflows that mix fresh real data, in the order of their weights.

    Parameters
    ----------
    trace
        A trace, or a dataset of that form.

    Examples
    --------
    >>> import heirloom as hl
    >>> sizes = {"n_real": 100, "n_synthetic": 100, "generations": 3}
    >>> fresh_weights_of(hl.theory.predict(["fresh:0.9", "fresh:0.2", "discard"], **sizes))
    ['fresh:0.2', 'fresh:0.9']
    """
    dataset = dataset_of(trace)
    names = [name for name in workflows_of(dataset) if name.startswith("fresh:")]
    return sorted(names, key=lambda name: float(dataset["weight"].sel(workflow=name)))


def _draw_theory(
    ax: "Axes",
    theory: xr.Dataset,
    metric: str,
    names: list[str],
    weights: Floats,
    last: int | None,
) -> None:
    if metric not in metrics_of(theory) or not set(names) <= set(workflows_of(theory)):
        return
    where = exactness(theory, metric, names)
    label = f"theory: {where}" if where else "theory"
    predicted = _late(theory, metric, names, last)
    ax.plot(weights, predicted, "--", color=REFERENCE, lw=1.2, label=label)


def _late(dataset: xr.Dataset, variable: str, names: list[str], last: int | None) -> Floats:
    late = late_values(dataset, variable, last).sel(workflow=names)
    return np.asarray(late.values, dtype=np.float64)
