"""From the paths of replicates to means, standard errors and quantiles."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._base.replicate_statistics import (
    mean_over_replicates,
    of_each_workflow,
    standard_error,
)
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


def _quantiles(values: npt.NDArray[np.floating]) -> _Float:
    return of_each_workflow(_quantiles_of_workflow, values)


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
