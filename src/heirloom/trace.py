"""The one result type: what theory, simulation and a real run return."""

import io
import json
import os
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from ._base.files import write_atomically
from .workflows import Sizes, Workflow

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""The quantiles over replicates that a trace keeps."""

_RESERVED = ("workflow", "generation", "weight", "quantile", "failed")

_Float = npt.NDArray[np.float64]


class Trace:
    """Metrics of every generation of every workflow.

    Attributes
    ----------
    dataset : xarray.Dataset
        Dimensions ``workflow`` and ``generation``, and for quantiles ``quantile``. Each metric
        ``name`` is the mean over the replicates that have an answer; ``name_se`` is its standard
        error and ``name_quantile`` holds quantiles over replicates: collapsing paths are
        heavy-tailed, and a mean alone misleads. ``failed`` is the share of replicates without an
        answer. The coordinate ``weight`` is the weight of real data at the last generation where a
        workflow has one. The attributes hold what is needed to run it again: ``source`` (theory,
        simulation or run) and, as JSON, ``arguments`` and ``versions``.

    Parameters
    ----------
    dataset
        A dataset of that form.

    Examples
    --------
    >>> import heirloom as hl
    >>> trace = hl.theory.predict(
    ...     ["discard", "augment"], n_real=100, n_synthetic=100, generations=2
    ... )
    >>> trace
    Trace(theory: error; discard, augment; generations 0…2)
    >>> trace.to_frame().columns.tolist()
    ['workflow', 'generation', 'weight', 'error']
    """

    def __init__(self, dataset: xr.Dataset) -> None:
        missing = {"workflow", "generation"} - set(map(str, dataset.dims))
        if missing:
            raise ValueError(f"dataset has no dimension {sorted(missing)}: not a trace")
        self.dataset = dataset

    @classmethod
    def of(
        cls,
        workflows: Sequence[Workflow],
        sizes: Sizes,
        means: Mapping[str, _Float],
        *,
        source: str,
        arguments: Mapping[str, Any],
        standard_errors: Mapping[str, _Float] | None = None,
        quantiles: Mapping[str, _Float] | None = None,
        failed: _Float | None = None,
    ) -> "Trace":
        """Build a trace from arrays.

        Parameters
        ----------
        workflows
            The workflows, in the order of the arrays' first axis.
        sizes
            Rows of every dataset.
        means
            For each metric, float64[workflows, generations + 1].
        source
            ``"theory"``, ``"simulation"`` or ``"run"``.
        arguments
            What the call was given, as JSON can hold it.
        standard_errors
            As `means`.
        quantiles
            For each metric, float64[workflows, generations + 1, 5].
        failed
            float64[workflows, generations + 1].

        Raises
        ------
        ValueError
            If two workflows have the same text, or a metric the name of something else.
        """
        texts = [workflow.text for workflow in workflows]
        repeated = sorted({text for text in texts if texts.count(text) > 1})
        if repeated:
            raise ValueError(
                f"two workflows are called {repeated[0]!r}; give each once, and different "
                "functions different names (def in place of lambda, or the label of Custom)"
            )
        for name in means:
            if name in _RESERVED or name.endswith(("_se", "_quantile")):
                raise ValueError(
                    f"metric {name!r}: must not be one of {', '.join(_RESERVED)}, nor end in "
                    "_se or _quantile"
                )
        over = ("workflow", "generation")
        variables: dict[str, Any] = {}
        for name, values in means.items():
            variables[name] = (over, values)
            if standard_errors is not None:
                variables[f"{name}_se"] = (over, standard_errors[name])
            if quantiles is not None:
                variables[f"{name}_quantile"] = ((*over, "quantile"), quantiles[name])
        if failed is not None:
            variables["failed"] = (over, failed)
        coordinates: dict[str, Any] = {
            "workflow": texts,
            "generation": np.arange(sizes.generations + 1),
            "weight": ("workflow", [weight_of(w, sizes) for w in workflows]),
        }
        if quantiles is not None:
            coordinates["quantile"] = list(QUANTILES)
        attributes = {
            "source": source,
            "arguments": json.dumps(dict(arguments)),
            "versions": json.dumps(versions()),
        }
        return cls(xr.Dataset(variables, coords=coordinates, attrs=attributes))

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of the metrics."""
        names = [str(name) for name in self.dataset.data_vars]
        return tuple(n for n in names if n != "failed" and not n.endswith(("_se", "_quantile")))

    @property
    def workflows(self) -> tuple[str, ...]:
        """Texts of the workflows."""
        return tuple(str(text) for text in self.dataset["workflow"].values)

    @property
    def arguments(self) -> dict[str, Any]:
        """What the call was given, and what else says how the trace came about."""
        return json.loads(self.dataset.attrs.get("arguments", "{}"))

    def __repr__(self) -> str:
        return (
            f"Trace({self.dataset.attrs.get('source', 'unknown')}: {', '.join(self.metrics)}; "
            f"{', '.join(self.workflows)}; generations 0…{self.dataset.sizes['generation'] - 1})"
        )

    def to_frame(self) -> "pd.DataFrame":
        """Give a data frame with a row for each workflow and generation.

        Columns: the workflow, the generation and what else describes them; then each metric with
        its standard error and its quantiles, such as ``error_q05``; then ``failed``.
        """
        columns: dict[str, xr.DataArray] = {}
        for name in map(str, self.dataset.data_vars):
            values = self.dataset[name]
            if "quantile" not in values.dims:
                columns[name] = values
                continue
            for quantile in values["quantile"].values:
                column = f"{name.removesuffix('_quantile')}_q{round(100 * quantile):02d}"
                columns[column] = values.sel(quantile=quantile, drop=True)
        frame = xr.Dataset(columns).to_dataframe().reset_index()
        return frame[[*(c for c in frame.columns if c not in columns), *columns]]

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write to a netCDF file, whole or not at all.

        Raises
        ------
        OSError
            If the folder does not exist or cannot be written to.
        """
        content = self.dataset.to_netcdf(engine="scipy", format="NETCDF3_64BIT")
        return write_atomically(path, bytes(content))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Trace":
        """Read from a netCDF file that :meth:`save` wrote.

        Raises
        ------
        OSError
            If the file cannot be read.
        ValueError
            If it holds no trace.
        """
        content = Path(path).read_bytes()
        try:
            with xr.open_dataset(io.BytesIO(content), engine="scipy") as opened:
                dataset = opened.load()
        except Exception as error:
            # On a damaged file SciPy and xarray raise anything, from KeyError to AssertionError.
            raise ValueError(f"{path}: not a netCDF file that heirloom can read") from error
        try:
            trace = cls(dataset)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
        # NetCDF knows neither 64-bit integers nor text of any length as NumPy has them.
        trace.dataset = dataset.assign_coords(
            workflow=dataset["workflow"].astype(str),
            generation=dataset["generation"].astype(np.int64),
        )
        return trace

    def plot(self, metric: str | None = None, *, theory: "Trace | None" = None) -> "Axes":
        """Draw a metric against the generation; see :func:`heirloom.plots.plot_generations`."""
        from .plots import plot_generations

        return plot_generations(self, metric, theory=theory)


def versions() -> dict[str, str]:
    """Versions of heirloom, of Python and of the libraries that its numbers depend on."""
    packages = ("heirloom-ml", "numba", "numpy", "scipy")
    found = {"python": platform.python_version()}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def weight_of(workflow: Workflow, sizes: Sizes) -> float:
    """Weight of real data at the last generation; nan for a workflow that has none."""
    weight = workflow.real_weight(sizes)
    return float("nan") if weight is None else weight
