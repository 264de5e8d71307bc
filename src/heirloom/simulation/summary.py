"""From the paths of replicates to means, standard errors and quantiles."""

import warnings
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
        """Give standard errors of the means; nan for fewer than two replicates."""
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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.asarray(np.nanmean(values, axis=1, dtype=np.float64))


def standard_error(values: npt.NDArray[np.floating]) -> _Float:
    """Give the standard error of the mean over axis 1, without nan; nan below two values."""
    count = np.sum(~np.isnan(values), axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        deviation = np.nanstd(values, axis=1, ddof=1, dtype=np.float64)
    return np.where(count > 1, deviation / np.sqrt(np.maximum(count, 1)), np.nan)


def _quantiles(values: npt.NDArray[np.floating]) -> _Float:
    # A workflow at a time: the copies that are sorted are large.
    return np.stack([_quantiles_of_workflow(of_workflow) for of_workflow in values])


def _quantiles_of_workflow(values: npt.NDArray[np.floating]) -> _Float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        double = values.astype(np.float64)
        quantiles = np.nanquantile(double, QUANTILES, axis=0)
        infinite = np.isinf(double).any(axis=0)
        if infinite.any():
            # Between two infinite values there is nothing to interpolate, but nan.
            lower = np.nanquantile(double[:, infinite], QUANTILES, axis=0, method="lower")
            quantiles[:, infinite] = lower
    return np.moveaxis(quantiles, 0, -1)
