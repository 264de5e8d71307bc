"""From the paths of replicates to means, standard errors and quantiles."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..models import Status
from ..trace import QUANTILES

_Float = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Paths:
    """Every replicate of a simulation.

    Attributes
    ----------
    metrics
        For each metric, an array of shape (workflows, replicates, generations + 1); nan where a
        replicate has no answer.
    status
        int8 of that shape: the :class:`~heirloom.models.Status` of each generation.
    """

    metrics: dict[str, npt.NDArray[np.floating]]
    status: npt.NDArray[np.int8]

    def means(self) -> dict[str, _Float]:
        """Mean over the replicates that have an answer; (workflows, generations + 1)."""
        return {name: mean_over_replicates(v) for name, v in self.metrics.items()}

    def standard_errors(self) -> dict[str, _Float]:
        """Standard errors of the means; nan for fewer than two replicates."""
        return {name: standard_error(v) for name, v in self.metrics.items()}

    def quantiles(self) -> dict[str, _Float]:
        """Quantiles over replicates; (workflows, generations + 1, quantiles)."""
        return {name: _quantiles(v) for name, v in self.metrics.items()}

    def failed(self) -> _Float:
        """Share of replicates without an answer; (workflows, generations + 1)."""
        return np.mean(self.status != Status.SOLVED, axis=1)

    def failures(self) -> list[dict[str, float]]:
        """For each workflow, the share of replicates that ended in each kind of failure."""
        final = self.status[:, :, -1]
        return [
            {s.name: float(np.mean(row == s)) for s in Status if s and np.any(row == s)}
            for row in final
        ]


def mean_over_replicates(values: npt.NDArray[np.floating]) -> _Float:
    """Mean over axis 1, in float64, without nan; nan where nothing is left."""
    return _of_each_workflow(lambda v: np.nanmean(v, axis=0), values)


def standard_error(values: npt.NDArray[np.floating]) -> _Float:
    """Standard error of the mean over axis 1, without nan; nan below two values."""
    return _of_each_workflow(_standard_error_of_workflow, values)


def _standard_error_of_workflow(values: _Float) -> _Float:
    count = np.sum(~np.isnan(values), axis=0)
    deviation = np.nanstd(values, axis=0, ddof=1)
    return np.where(count > 1, deviation / np.sqrt(np.maximum(count, 1)), np.nan)


def _of_each_workflow(
    summary: Callable[[_Float], _Float], values: npt.NDArray[np.floating]
) -> _Float:
    # A workflow at a time, since the copies in double precision are large.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.stack([summary(of_workflow.astype(np.float64)) for of_workflow in values])


def _quantiles(values: npt.NDArray[np.floating]) -> _Float:
    return _of_each_workflow(_quantiles_of_workflow, values)


def _quantiles_of_workflow(values: _Float) -> _Float:
    quantiles = np.empty((len(QUANTILES), values.shape[1]))
    # NumPy leaves nan out column by column, which takes most of the time where there is none.
    lacking = np.isnan(values).any(axis=0)
    quantiles[:, ~lacking] = np.quantile(values[:, ~lacking], QUANTILES, axis=0)
    if lacking.any():
        quantiles[:, lacking] = np.nanquantile(values[:, lacking], QUANTILES, axis=0)
    infinite = np.isinf(values).any(axis=0)
    if infinite.any():
        # Between two infinite values there is nothing to interpolate, but nan.
        lower = np.nanquantile(values[:, infinite], QUANTILES, axis=0, method="lower")
        quantiles[:, infinite] = lower
    return np.moveaxis(quantiles, 0, -1)
