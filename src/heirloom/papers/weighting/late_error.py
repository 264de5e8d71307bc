"""Errors of many weights, averaged over the last generations of every replicate."""

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..._base.progress import Report, progress_report
from ..._base.replicate_statistics import mean_over_replicates, paired_ratio, standard_error
from ...models import Model
from ...simulation import Paths, simulate_paths, trace_of_paths
from ...theory import predict
from ...trace import Trace
from ...workflows import Sizes, Workflow

_Float = npt.NDArray[np.float64]


class LateErrors(NamedTuple):
    """What a comparison of workflows gives.

    Attributes
    ----------
    of_replicates
        float64[workflows, replicates]: the mean over the last generations; nan without an answer.
    of_theory
        float64[workflows]: the same by theory.
    simulation, theory
        All generations.
    """

    of_replicates: _Float
    of_theory: _Float
    simulation: Trace
    theory: Trace

    def means(self) -> _Float:
        """Mean over replicates; float64[workflows]."""
        return mean_over_replicates(self.of_replicates)

    def standard_errors(self) -> _Float:
        """Give their standard errors."""
        return standard_error(self.of_replicates)

    def ratio(self, first: int, second: int) -> tuple[float, float]:
        """Ratio of the means of two workflows, with its standard error over common replicates."""
        return paired_ratio(self.of_replicates[first], self.of_replicates[second])


def late_errors(
    model: Model,
    workflows: Sequence[Workflow],
    sizes: Sizes,
    *,
    metric: str,
    last: int,
    replicates: int,
    seed: int,
    executor: Executor | None,
    progress: bool | Report | None,
    description: str,
    factor: float = 1.0,
) -> LateErrors:
    """Simulate workflows, predict them, and average a metric over the last generations.

    Parameters
    ----------
    model, workflows, sizes
        What is simulated.
    metric
        Which metric.
    last
        Over how many of the last generations.
    replicates, seed, executor, progress
        As for :func:`heirloom.simulate`.
    description
        For the progress bar.
    factor
        What the metric is multiplied by.
    """
    with progress_report(progress, description) as report:
        paths = simulate_paths(
            model,
            workflows,
            sizes,
            replicates=replicates,
            seed=seed,
            executor=executor,
            report=report,
            metrics=[metric],
        )
    if factor != 1.0:
        paths.metrics[metric] *= factor
    theory = predict(
        list(workflows),
        n_real=sizes.real,
        n_synthetic=sizes.synthetic,
        generations=sizes.generations,
        model=model,
    )
    theory.dataset[metric] *= factor
    arguments = {
        "workflows": [workflow.text for workflow in workflows],
        "n_real": sizes.real.tolist(),
        "n_synthetic": sizes.synthetic.tolist(),
        "generations": sizes.generations,
        "replicates": replicates,
        "seed": seed,
        "dtype": "float32",
        "draw": "statistics",
        "last": last,
        "factor": factor,
    }
    return LateErrors(
        of_replicates=_late(paths, metric, last),
        of_theory=np.asarray(theory.dataset[metric][:, -last:].mean("generation")),
        simulation=trace_of_paths(paths, workflows, sizes, model.describe() | arguments),
        theory=theory,
    )


def _late(paths: Paths, metric: str, last: int) -> _Float:
    return paths.metrics[metric][:, :, -last:].astype(np.float64).mean(axis=2)
