"""A trace as a table of rows."""

from typing import TYPE_CHECKING

import xarray as xr

if TYPE_CHECKING:
    import pandas as pd


def frame_of(dataset: xr.Dataset) -> "pd.DataFrame":
    """A data frame with a row for each workflow and generation, and place on an axis of a sweep.

    Quantiles are columns of their own; single replicates are left to the dataset.
    """
    columns: dict[str, xr.DataArray] = {}
    for name in map(str, dataset.data_vars):
        values = dataset[name]
        if "quantile" in values.dims:
            for quantile in values["quantile"].values:
                column = f"{name.removesuffix('_quantile')}_q{round(100 * quantile):02d}"
                columns[column] = values.sel(quantile=quantile, drop=True)
        elif "generation" in values.dims and "replicate" not in values.dims:
            columns[name] = values
    over = [dim for dim in dataset.dims if dim not in ("quantile", "replicate", "status")]
    frame = xr.Dataset(columns).to_dataframe(dim_order=over).reset_index()
    return frame[[*(c for c in frame.columns if c not in columns), *columns]]
