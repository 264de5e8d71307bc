"""What figures read from a dataset of metrics: its series, and what they are called."""

import math
from collections.abc import Sequence
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
import numpy.typing as npt
import xarray as xr

Floats: TypeAlias = npt.NDArray[np.float64]


@runtime_checkable
class HasDataset(Protocol):
    """A result that holds its metrics as a dataset, as a trace does."""

    @property
    def dataset(self) -> xr.Dataset:
        """Dimensions workflow and generation."""
        ...


Drawable: TypeAlias = xr.Dataset | HasDataset
"""A dataset of metrics with the dimensions workflow and generation, or a result that has one."""

OF_A_METRIC = ("_se", "_quantile", "_replicate", "_exact")
"""What a variable ends in that says more of a metric."""

NO_METRICS = ("failed", "failures")
"""Variables that belong to no metric."""


def dataset_of(drawable: Drawable) -> xr.Dataset:
    """The dataset itself."""
    return drawable if isinstance(drawable, xr.Dataset) else drawable.dataset


def metrics_of(dataset: xr.Dataset) -> tuple[str, ...]:
    """Names of the metrics.

    Examples
    --------
    >>> metrics_of(xr.Dataset({"error": 1.0, "error_se": 0.1, "failed": 0.0}))
    ('error',)
    """
    names = (str(name) for name in dataset.data_vars)
    return tuple(n for n in names if n not in NO_METRICS and not n.endswith(OF_A_METRIC))


def chosen_metric(dataset: xr.Dataset, metric: str | None) -> str:
    """A metric as it was asked for, by default ``error`` or else the first; or a ValueError."""
    metrics = metrics_of(dataset)
    if metric is None:
        return "error" if "error" in metrics else metrics[0]
    if metric not in metrics:
        raise ValueError(f"metric='{metric}': the trace has {', '.join(metrics)}")
    return metric


def workflows_of(dataset: xr.Dataset) -> tuple[str, ...]:
    """Texts of the workflows."""
    return tuple(str(text) for text in np.atleast_1d(dataset["workflow"].values))


def values_of(dataset: xr.Dataset, variable: str, workflow: str) -> Floats:
    """A variable under one workflow, as an array."""
    return np.asarray(dataset[variable].sel(workflow=workflow).values, dtype=np.float64)


def late_values(dataset: xr.Dataset, variable: str, last: int | None) -> xr.DataArray:
    """Mean of a variable over so many last generations; by default the last fifth."""
    count = last or max(1, (dataset.sizes["generation"] - 1) // 5)
    return dataset[variable].isel(generation=slice(-count, None)).mean("generation", skipna=False)


def exactness(dataset: xr.Dataset, metric: str, workflows: Sequence[str]) -> str:
    """Where predictions of a metric are exact, in a few words; empty if that is not known.

    Examples
    --------
    >>> over = ("workflow", "generation")
    >>> exact = {"error_exact": (over, [[True, True], [True, False]])}
    >>> theory = xr.Dataset(exact, coords={"workflow": ["discard", "augment"]})
    >>> exactness(theory, "error", ["discard"]), exactness(theory, "error", ["augment"])
    ('exact', 'exact up to generation 0, then limit of large samples')
    >>> exactness(theory, "error", ["discard", "augment"])
    'exact for discard; else limit of large samples'
    """
    if f"{metric}_exact" not in dataset:
        return ""
    exact = dataset[f"{metric}_exact"].sel(workflow=list(workflows)).astype(bool)
    if metric in dataset:  # what is not known is not drawn
        exact = exact | np.isnan(dataset[metric].sel(workflow=list(workflows)))
    axes = [dim for dim in exact.dims if dim not in ("workflow", "generation")]
    exact = exact.all(axes).transpose("workflow", "generation")
    if exact.all():
        return "exact"
    if not exact.any():
        return "limit of large samples"
    if len(workflows) == 1 and exact.values[0, 0]:
        last = int(np.argmin(exact.values[0])) - 1
        return f"exact up to generation {last}, then limit of large samples"
    everywhere = exact.all("generation").values.tolist()
    whole, others = (
        [shortened(w) for w, of_w in zip(workflows, everywhere, strict=True) if of_w is wanted]
        for wanted in (True, False)
    )
    if not whole:
        return "exact at some generations, else limit of large samples"
    if len(others) < len(whole):
        return f"exact; limit of large samples for {', '.join(others)}"
    return f"exact for {', '.join(whole)}; else limit of large samples"


def label_of(dataset: xr.Dataset, workflow: str) -> str:
    """A workflow for a legend: with its weight, where that has a name."""
    argument = workflow.partition(":")[2]
    if argument in ("golden", "optimal", "naive") and dataset["weight"].dims == ("workflow",):
        weight = float(dataset["weight"].sel(workflow=workflow))
        return workflow if math.isnan(weight) else f"{workflow} ({weight:.3g})"
    return shortened(workflow)


def shortened(workflow: str) -> str:
    """A workflow whose weight, which may have seventeen digits, is written with three.

    Examples
    --------
    >>> shortened("fresh:0.6180339887498948")
    'fresh:0.618'
    """
    name, _, argument = workflow.partition(":")
    try:
        return f"{name}:{float(argument):.3g}"
    except ValueError:
        return workflow


def metric_label(metric: str) -> str:
    """A metric for the label of an axis."""
    return {"error": "Squared error"}.get(metric, metric.replace("_", " ").capitalize())
