"""Traces in netCDF files: the dataset as it is, and beside it the arrays of the call."""

import io
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from .._base.files import write_atomically
from .provenance import Provenance

FORMAT = 2
"""Number of the form of the file; 1 had no number, and too little to run a trace again."""

_FORMAT, _SOURCE, _CALL, _ARRAYS = "heirloom_format", "source", "call", "arrays"
# The types of netCDF, version 3, which every reader of the format knows. Others go as bytes.
_NATIVE = {"f4", "f8", "i1", "i2", "i4"}


def write_dataset(
    path: str | os.PathLike[str], dataset: xr.Dataset, provenance: Provenance
) -> Path:
    """Write a dataset and how it came about, whole or not at all."""
    variables: dict[str, Any] = {}
    types: dict[str, list[Any]] = {}
    for number, (path_of_array, array) in enumerate(provenance.arrays.items()):
        stored, name = _native(array), f"argument_{number}"
        dimensions = [f"{name}_axis_{axis}" for axis in range(stored.ndim)]
        variables[name] = (dimensions, stored, {"long_name": path_of_array})
        types[path_of_array] = [name, array.dtype.str, list(array.shape)]
    call = {
        "function": provenance.function,
        "arguments": dict(provenance.forms),
        "papers": list(provenance.papers),
        "data": dict(provenance.data),
        "versions": dict(provenance.versions),
    }
    whole = dataset.assign(variables)
    whole.attrs |= {_FORMAT: FORMAT, _CALL: json.dumps(call), _ARRAYS: json.dumps(types)}
    content = whole.to_netcdf(engine="scipy", format="NETCDF3_64BIT")
    return write_atomically(path, bytes(content))


def read_dataset(path: str | os.PathLike[str]) -> tuple[xr.Dataset, Provenance]:
    """Read what :func:`write_dataset` wrote.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If it is no netCDF file, or of another format.
    """
    content = Path(path).read_bytes()
    try:
        with xr.open_dataset(io.BytesIO(content), engine="scipy") as opened:
            whole = opened.load()
    except Exception as error:
        # On a damaged file SciPy and xarray raise anything, from KeyError to AssertionError.
        raise ValueError(f"{path}: not a netCDF file that heirloom can read") from error
    _check_format(path, whole)
    attributes = dict(whole.attrs)
    call, types = json.loads(attributes.pop(_CALL)), json.loads(attributes.pop(_ARRAYS))
    attributes.pop(_FORMAT)
    arrays = {
        path_of_array: _restored(whole[name].values, dtype, shape)
        for path_of_array, (name, dtype, shape) in types.items()
    }
    provenance = Provenance(
        call["function"],
        call["arguments"],
        arrays,
        tuple(call["papers"]),
        call["data"],
        call["versions"],
    )
    dataset = whole.drop_vars([name for name, _, _ in types.values()])
    dataset.attrs = attributes
    return _with_types_of_numpy(dataset), provenance


def _check_format(path: str | os.PathLike[str], dataset: xr.Dataset) -> None:
    found = dataset.attrs.get(_FORMAT)
    if found is None and _SOURCE in dataset.attrs:
        raise ValueError(
            f"{path}: a trace of an older heirloom (format 1; this one reads {FORMAT}), which does "
            "not say by which call it was made: make it again"
        )
    if found is None:
        raise ValueError(f"{path}: a netCDF file of something else, not a trace")
    if int(found) != FORMAT:
        raise ValueError(
            f"{path}: a trace of another heirloom (format {int(found)}; this one reads {FORMAT}): "
            "read it with the version that wrote it, or update heirloom"
        )


def _native(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if array.dtype.str[1:] in _NATIVE and array.dtype.isnative:
        return array
    if array.dtype.kind in "iu" and np.array_equal(array, array.astype(np.int32)):
        return array.astype(np.int32)
    return np.frombuffer(np.ascontiguousarray(array).tobytes(), dtype=np.int8)


def _restored(stored: npt.NDArray[Any], dtype: str, shape: list[int]) -> npt.NDArray[Any]:
    if list(stored.shape) == shape and np.dtype(dtype).kind in "iuf":
        array = stored.astype(dtype)
    else:
        array = np.frombuffer(stored.tobytes(), dtype=dtype).reshape(shape)
    array.flags.writeable = False
    return array


def _with_types_of_numpy(dataset: xr.Dataset) -> xr.Dataset:
    # NetCDF knows neither 64-bit integers nor text of any length as NumPy has them.
    texts = [name for name in dataset.coords if dataset[name].dtype.kind in "SO"]
    numbers = [name for name in dataset.coords if dataset[name].dtype == np.int32]
    return dataset.assign_coords(
        {name: dataset[name].astype(str) for name in texts}
        | {name: dataset[name].astype(np.int64) for name in numbers}
    )
