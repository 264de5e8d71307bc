"""Traces that differ in one thing, as one trace with an axis for it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from .provenance import Provenance
from .trace import Trace


def sweep(axis: str, traces: Mapping[Any, Trace], *, label: str | None = None) -> Trace:
    """Put traces together along an axis.

    Parameters
    ----------
    axis
        What they differ in, such as ``n_real``: the name of the new dimension.
    traces
        The traces, by their place on the axis: numbers or texts. All have the same workflows and
        generations.
    label
        What figures write at the axis. Default: its name.

    Returns
    -------
    Trace
        With the dimension `axis` before the others. :meth:`Trace.rerun` makes each part again.

    Raises
    ------
    ValueError
        If there are no traces, their workflows or generations differ, or the name is taken.

    Examples
    --------
    >>> import heirloom as hl
    >>> traces = {
    ...     n: hl.theory.predict("fresh:optimal", n_real=n, n_synthetic=100, generations=9)
    ...     for n in (50, 100)
    ... }
    >>> sweep("n_real", traces)
    Trace(theory: error; fresh:optimal; generations 0…9; n_real 50, 100; limit of large samples)
    """
    parts = list(traces.values())
    if not parts:
        raise ValueError("traces is empty: give one or more")
    first = parts[0].dataset
    if axis in first.variables:
        raise ValueError(f"axis='{axis}': the traces have one of that name; choose another")
    for part in parts:
        for dimension in ("workflow", "generation"):
            if not np.array_equal(part.dataset[dimension], first[dimension]):
                raise ValueError(f"traces differ in their {dimension}s: give some of the same")
    places = xr.DataArray(
        np.array(list(traces)), dims=axis, attrs={} if label is None else {"long_name": label}
    )
    whole = xr.concat(
        [part.dataset for part in parts],
        dim=axis,
        data_vars="all",
        coords=["weight"],
        compat="override",
        join="outer",
        combine_attrs="drop_conflicts",
    ).assign_coords({axis: places})
    provenance = Provenance.of_call(
        "heirloom.trace:sweep", {"axis": axis, "traces": dict(traces), "label": label}
    )
    return Trace(whole, provenance)
