"""The dataset of a trace, from arrays."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from ..plots.series import NO_METRICS, OF_A_METRIC
from ..workflows import Sizes, Workflow

DIMENSIONS = ("workflow", "generation", "quantile", "replicate", "status")
"""Dimensions that every trace may have; others are axes of a sweep."""

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""The quantiles over replicates that a trace keeps."""

_RESERVED = (*DIMENSIONS, "weight", *NO_METRICS)

_Float = npt.NDArray[np.float64]


def dataset_of_metrics(
    workflows: Sequence[Workflow],
    sizes: Sizes,
    means: Mapping[str, _Float],
    *,
    source: str,
    standard_errors: Mapping[str, _Float] | None,
    quantiles: Mapping[str, _Float] | None,
    replicates: Mapping[str, npt.NDArray[np.floating]] | None,
    exact: Mapping[str, npt.NDArray[np.bool_]] | None,
    failed: _Float | None,
    failures: Sequence[Mapping[str, float]],
) -> xr.Dataset:
    """Name the dimensions of arrays; parameters as for :meth:`Trace.of`."""
    texts = _distinct_texts(workflows)
    over = ("workflow", "generation")
    more = {
        "se": (over, standard_errors),
        "quantile": ((*over, "quantile"), quantiles),
        "replicate": (("workflow", "replicate", "generation"), replicates),
        "exact": (over, exact),
    }
    variables: dict[str, Any] = {}
    for name, values in means.items():
        _check_name(name)
        variables[name] = (over, values)
        for suffix, (dimensions, of_metrics) in more.items():
            if of_metrics is not None and name in of_metrics:
                variables[f"{name}_{suffix}"] = (dimensions, of_metrics[name])
    if failed is not None:
        variables["failed"] = (over, failed)
    coordinates: dict[str, Any] = {
        "workflow": texts,
        "generation": np.arange(sizes.generations + 1),
        "weight": ("workflow", [weight_of(w, sizes) for w in workflows]),
    }
    kinds = list(dict.fromkeys(kind for of_workflow in failures for kind in of_workflow))
    if kinds:
        shares = [[of_workflow.get(kind, 0.0) for kind in kinds] for of_workflow in failures]
        variables["failures"] = (("workflow", "status"), np.array(shares))
        coordinates["status"] = kinds
    if quantiles is not None:
        coordinates["quantile"] = list(QUANTILES)
    return xr.Dataset(variables, coords=coordinates, attrs={"source": source})


def weight_of(workflow: Workflow, sizes: Sizes) -> float:
    """Weight of real data at the last generation; nan for a workflow that has none."""
    weight = workflow.real_weight(sizes)
    return float("nan") if weight is None else weight


def _distinct_texts(workflows: Sequence[Workflow]) -> list[str]:
    texts = [workflow.text for workflow in workflows]
    repeated = sorted({text for text in texts if texts.count(text) > 1})
    if repeated:
        raise ValueError(
            f"two workflows are called {repeated[0]!r}; give each once, and different "
            "functions different names (def in place of lambda, or the label of Custom)"
        )
    return texts


def _check_name(metric: str) -> None:
    if metric in _RESERVED or metric.endswith(OF_A_METRIC):
        raise ValueError(
            f"metric {metric!r}: must not be one of {', '.join(_RESERVED)}, nor end in "
            f"{', '.join(OF_A_METRIC[:-1])} or {OF_A_METRIC[-1]}"
        )
