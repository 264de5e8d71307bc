"""A metric over the two axes of a sweep."""

from typing import TYPE_CHECKING

import xarray as xr

from .._base.style import BELOW_AND_ABOVE, new_axes
from .series import Drawable, chosen_metric, dataset_of, metric_label, workflows_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TICKS = (0.25, 0.5, 1.0, 2.0, 4.0)


def plot_landscape(
    trace: Drawable,
    metric: str | None = None,
    *,
    workflow: str | None = None,
    label: str | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw a metric at the last generation over that of generation 0, by two axes of a sweep.

    Blue is better than generation 0, red worse; the scale ends at a quarter and at four times.

    Parameters
    ----------
    trace
        A sweep of sweeps, or a dataset of that form; the first of its axes is drawn upwards.
    metric
        Which of its metrics. Default: ``error``, or else the first.
    workflow
        Under which workflow. Default: the first.
    label
        Of the scale of colours. Default: by the metric.
    ax
        Where to draw. Default: a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the trace has no such metric, or not two axes of a sweep.

    Examples
    --------
    >>> import heirloom as hl
    >>> def risk(real, synthetic):
    ...     sizes = {"n_real": real, "n_synthetic": synthetic, "generations": 9}
    ...     return hl.theory.predict("fresh:optimal", **sizes)
    >>> traces = {
    ...     real: hl.trace.sweep("n_synthetic", {m: risk(real, m) for m in (10, 100)})
    ...     for real in (20, 50)
    ... }
    >>> hl.plots.plot_landscape(hl.trace.sweep("n_real", traces)).get_ylabel()
    'n_real'
    """
    from matplotlib.colors import LogNorm
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    dataset = dataset_of(trace)
    metric = chosen_metric(dataset, metric)
    ratio = _over_generation_0(dataset, metric, workflow or workflows_of(dataset)[0])
    ax = new_axes(ax, width=5.6)
    vertical, horizontal = map(str, ratio.dims)
    x, y = ratio[horizontal].values, ratio[vertical].values
    norm = LogNorm(_TICKS[0], _TICKS[-1])
    mesh = ax.pcolormesh(x, y, ratio.values, norm=norm, cmap=BELOW_AND_ABOVE, shading="nearest")
    label = f"{metric_label(metric)} over that of generation 0" if label is None else label
    bar = ax.figure.colorbar(mesh, ax=ax, extend="both", label=label)
    bar.ax.yaxis.set_major_locator(FixedLocator(_TICKS))
    bar.ax.yaxis.set_minor_locator(NullLocator())
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    # However large the cells, the axes end at the outermost places.
    ax.set_xlim(x[0], x[-1])
    ax.set_ylim(y[0], y[-1])
    ax.set_xlabel(dataset[horizontal].attrs.get("long_name", horizontal))
    ax.set_ylabel(dataset[vertical].attrs.get("long_name", vertical))
    return ax


def _over_generation_0(dataset: xr.Dataset, metric: str, workflow: str) -> xr.DataArray:
    values = dataset[metric].sel(workflow=workflow)
    if values.ndim != 3:
        raise ValueError(
            f"trace has {values.ndim - 1} axes beside workflow and generation: must be two, such "
            "as a heirloom.trace.sweep of sweeps has"
        )
    return values.isel(generation=-1) / values.isel(generation=0)
