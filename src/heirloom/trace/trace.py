"""The one result type: what theory, simulation and a real run return."""

import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from ..plots.series import exactness, metrics_of, workflows_of
from ..workflows import Sizes, Workflow
from .argument_form import ArgumentWriter
from .dataset import DIMENSIONS, dataset_of_metrics
from .frame import frame_of
from .provenance import Provenance
from .storage import read_dataset, write_dataset

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_MANY_PLACES = 8

_Float = npt.NDArray[np.float64]


class Trace:
    """Metrics of every generation of every workflow, and the call that made them.

    Attributes
    ----------
    dataset : xarray.Dataset
        Dimensions ``workflow`` and ``generation``; where they were asked for, ``replicate``; and
        the axes of a sweep. Each metric ``name`` is the mean over the replicates that have an
        answer; ``name_se`` is its standard error and ``name_quantile`` holds quantiles over
        replicates: collapsing paths are heavy-tailed, and a mean alone misleads.
        ``name_replicate`` holds every replicate. Of theory, ``name_exact`` says at which
        generations it is exact, rather than the limit of large samples. ``failed`` is the share of
        replicates without an answer, ``failures`` the share lost to each kind of failure by the
        last generation. The coordinate ``weight`` is the weight of real data at the last generation
        where a workflow has one. The attribute ``source`` is theory, simulation or run.
    provenance : Provenance
        The call that made it, with its arguments in full, and versions.

    Parameters
    ----------
    dataset
        A dataset of that form.
    provenance
        The call that made it. Default: unknown, and the trace cannot be rerun.

    Examples
    --------
    >>> import heirloom as hl
    >>> trace = hl.theory.predict(
    ...     ["discard", "augment"], n_real=100, n_synthetic=100, generations=2
    ... )
    >>> trace
    Trace(theory: error; discard, augment; generations 0…2; limit of large samples)
    >>> trace.to_frame().columns.tolist()
    ['workflow', 'generation', 'weight', 'error', 'error_exact']
    >>> trace.rerun().dataset.identical(trace.dataset)
    True
    """

    def __init__(self, dataset: xr.Dataset, provenance: Provenance | None = None) -> None:
        missing = {"workflow", "generation"} - set(map(str, dataset.dims))
        if missing:
            raise ValueError(f"dataset has no dimension {sorted(missing)}: not a trace")
        self.dataset = dataset
        self.provenance = Provenance() if provenance is None else provenance

    @classmethod
    def of(
        cls,
        workflows: Sequence[Workflow],
        sizes: Sizes,
        means: Mapping[str, _Float],
        *,
        source: str,
        arguments: Mapping[str, Any],
        function: str | None = None,
        standard_errors: Mapping[str, _Float] | None = None,
        quantiles: Mapping[str, _Float] | None = None,
        replicates: Mapping[str, npt.NDArray[np.floating]] | None = None,
        exact: Mapping[str, npt.NDArray[np.bool_]] | None = None,
        failed: _Float | None = None,
        failures: Sequence[Mapping[str, float]] = (),
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
        arguments, function
            The call that makes it; see :meth:`Provenance.of_call`. Default: no function, and what
            is noted is not enough to run it again.
        standard_errors
            As `means`.
        quantiles
            For each metric, float64[workflows, generations + 1, 5].
        replicates
            For each metric, float[workflows, replicates, generations + 1]. Default: not kept.
        exact
            For each metric, bool[workflows, generations + 1]: where theory is exact.
        failed
            float64[workflows, generations + 1].
        failures
            For each workflow, the share of replicates lost to each kind of failure, by its name.

        Raises
        ------
        ValueError
            If two workflows have the same text, or a metric the name of something else.
        """
        dataset = dataset_of_metrics(
            workflows,
            sizes,
            means,
            source=source,
            standard_errors=standard_errors,
            quantiles=quantiles,
            replicates=replicates,
            exact=exact,
            failed=failed,
            failures=failures,
        )
        call = Provenance.of_call(function, arguments)
        of_workflows = Provenance.of_call(None, {"workflows": list(workflows)}).papers
        papers = dict.fromkeys((*call.papers, *of_workflows))
        return cls(dataset, replace(call, papers=tuple(papers)))

    def made_by(
        self,
        function: str,
        arguments: Mapping[str, Any],
        data: "Mapping[str, pd.DataFrame] | None" = None,
        papers: Sequence[str] = (),
    ) -> "Trace":
        """Give the same trace with another call as its provenance.

        For a function that makes its trace by another one.

        Parameters
        ----------
        function, arguments, data
            As for :meth:`Provenance.of_call`.
        papers
            Keys of papers beside those that the objects of both calls name.
        """
        call = Provenance.of_call(function, arguments, data)
        every = dict.fromkeys((*papers, *self.provenance.papers, *call.papers))
        return Trace(self.dataset, replace(call, papers=tuple(every)))

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of the metrics."""
        return metrics_of(self.dataset)

    @property
    def workflows(self) -> tuple[str, ...]:
        """Texts of the workflows."""
        return workflows_of(self.dataset)

    @property
    def axes(self) -> tuple[str, ...]:
        """Names of the axes of a sweep; most traces have none."""
        return tuple(str(dim) for dim in self.dataset.dims if dim not in DIMENSIONS)

    @property
    def arguments(self) -> dict[str, Any]:
        """What the call was given, whole; :class:`NotKept` in place of a user's own code."""
        return self.provenance.arguments()

    @property
    def failures(self) -> dict[str, dict[str, float]]:
        """For each workflow, the share of replicates lost to each kind of failure that occurred."""
        if "failures" not in self.dataset:
            return {workflow: {} for workflow in self.workflows}
        shares = self.dataset["failures"]
        return {
            workflow: {
                str(kind): float(share)
                for kind, share in zip(shares["status"].values, of_workflow.values, strict=True)
                if share > 0
            }
            for workflow, of_workflow in zip(self.workflows, shares, strict=True)
        }

    @property
    def exact(self) -> dict[str, list[str]]:
        """For each metric of a theory, the workflows under which it is exact at all generations."""
        return {
            metric: [
                workflow
                for workflow in self.workflows
                if bool(self.dataset[f"{metric}_exact"].sel(workflow=workflow).all())
            ]
            for metric in self.metrics
            if f"{metric}_exact" in self.dataset
        }

    def __repr__(self) -> str:
        parts = [
            f"{self.dataset.attrs.get('source', 'unknown')}: {', '.join(self.metrics)}",
            ", ".join(self.workflows),
            f"generations 0…{self.dataset.sizes['generation'] - 1}",
            *(f"{axis} {_listed(self.dataset[axis].values)}" for axis in self.axes),
        ]
        if "replicate" in self.dataset.dims:
            parts.append(f"{self.dataset.sizes['replicate']} replicates kept")
        return f"Trace({'; '.join([*parts, *self._exactness()])})"

    def _exactness(self) -> list[str]:
        """Where a theory is exact, for all metrics in one part or for each in its own."""
        found = {m: exactness(self.dataset, m, self.workflows) for m in self.metrics}
        if len(set(found.values())) == 1:
            return [where for where in found.values() if where][:1]
        return [f"{metric} {where}" for metric, where in found.items() if where]

    def to_frame(self) -> "pd.DataFrame":
        """Give a data frame with a row for each workflow and generation.

        Columns: the workflow, the generation and what else describes them; then each metric with
        its standard error and its quantiles, such as ``error_q05``, or whether it is exact; then
        ``failed``.
        """
        return frame_of(self.dataset)

    def rerun(self, **given: Any) -> "Trace":
        """Make the call again that made this trace, also after loading it from a file.

        With the same versions, on one kind of processor, every number is the same to the last bit.

        Parameters
        ----------
        given
            Arguments that a trace does not hold: functions and classes of one's own, and tables,
            of which it knows the hash; and such as do not change the result, as ``executor``.

        Returns
        -------
        Trace

        Raises
        ------
        ValueError
            If the call is not recorded, if an argument of it is neither held nor given, or if what
            was given is not what the trace was made with.

        Examples
        --------
        >>> import heirloom as hl
        >>> sizes = {"n_real": 9, "n_synthetic": 9, "generations": 3, "replicates": 5, "seed": 1}
        >>> trace = hl.simulate(hl.models.Poisson(2.0), "discard", **sizes)
        >>> trace.rerun(progress=False).dataset.identical(trace.dataset)
        True
        """
        made = self.provenance.call(given)
        again: Trace = made if isinstance(made, Trace) else made.trace
        _require_same(self.provenance, again.provenance)
        _warn_of_versions(self.provenance, again.provenance)
        return again

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write to a netCDF file, whole or not at all.

        Raises
        ------
        OSError
            If the folder does not exist or cannot be written to.
        """
        return write_dataset(path, self.dataset, self.provenance)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Trace":
        """Read from a netCDF file that :meth:`save` wrote.

        Raises
        ------
        OSError
            If the file cannot be read.
        ValueError
            If it holds no trace, or one of another format.
        """
        return cls(*read_dataset(path))

    def plot(
        self,
        metric: str | None = None,
        *,
        theory: "Trace | None" = None,
        ax: "Axes | None" = None,
    ) -> "Axes":
        """Draw a metric against the generation; of a sweep, against its axis, or over its two.

        See :func:`heirloom.plots.plot_generations`, :func:`heirloom.plots.plot_sweep` and
        :func:`heirloom.plots.plot_landscape`, which has no place for a theory.
        """
        from ..plots import plot_generations, plot_landscape, plot_sweep

        if len(self.axes) == 2 and theory is None:
            return plot_landscape(self.dataset, metric, ax=ax)
        draw = plot_sweep if self.axes else plot_generations
        return draw(self.dataset, metric, theory=None if theory is None else theory.dataset, ax=ax)

    def call_form(self, writer: ArgumentWriter, path: str) -> dict[str, Any]:
        """The call that made it, as an argument of another call."""
        return self.provenance.call_form(writer, path)


def _require_same(recorded: Provenance, made: Provenance) -> None:
    for name in recorded.differences(made):
        raise ValueError(
            f"{name}: the trace was made with {recorded.description(name)}, not with "
            f"{made.description(name)}; give what it was made with, or make the call itself"
        )


def _warn_of_versions(recorded: Provenance, made: Provenance) -> None:
    names = {**recorded.versions, **made.versions}
    pairs = {name: (recorded.versions.get(name), made.versions.get(name)) for name in names}
    changed = [f"{name} {old} → {new}" for name, (old, new) in pairs.items() if old != new]
    if changed:
        # At the line that calls rerun.
        warnings.warn(f"rerun with other versions: {', '.join(changed)}", stacklevel=3)


def _listed(places: npt.NDArray[Any]) -> str:
    if len(places) > _MANY_PLACES:
        return f"{places[0]}…{places[-1]} ({len(places)} of them)"
    return ", ".join(map(str, places))
