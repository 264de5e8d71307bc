"""Many cells of one round of verification, each simulated with random numbers of its own."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from ..._base.progress import Report
from ..._base.random import Random, derived_key
from ...models.base import replicated
from ...verifiers import KnowledgeBall
from .model import VerifiedDirections
from .settings import SLACK
from .simulated_loop import Measured

_Float = npt.NDArray[np.float64]

# Candidates for each row after which one gives up; none of the cells comes near it.
_MOST = 2**20


def simulated_landscape(
    model: VerifiedDirections,
    biases: _Float,
    radii: _Float,
    *,
    accepted: int,
    replicates: int,
    seed: int,
    report: Report,
) -> Measured:
    """Simulate one round in each cell, with random numbers of its own.

    Parameters
    ----------
    model
        Whose own bias does not matter.
    biases, radii
        The axes.
    accepted
        Responses a direction.
    replicates
        In each cell.
    seed
        From 0 to 2³² − 1.
    report
        Called with the biases done and their number.

    Returns
    -------
    Measured
        Mean error and its standard error: float64[biases, radii].
    """
    of_landscape = derived_key((seed, 0), 0, 0)

    def row(number: int) -> tuple[_Float, _Float]:
        cells = [
            _cell(
                model,
                biases[number],
                radius,
                accepted=accepted,
                replicates=replicates,
                key=derived_key(of_landscape, number, of_radius),
            )
            for of_radius, radius in enumerate(radii.tolist())
        ]
        means, deviations = zip(*cells, strict=True)
        return np.array(means), np.array(deviations)

    found = _in_order(row, biases.size, report)
    means, deviations = (np.array(part) for part in zip(*found, strict=True))
    return Measured(means, deviations / np.sqrt(replicates))


def _in_order(
    row: Callable[[int], tuple[_Float, _Float]], count: int, report: Report
) -> list[tuple[_Float, _Float]]:
    found: list[tuple[_Float, _Float]] = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        futures = [pool.submit(row, number) for number in range(count)]
        try:
            for future in futures:
                found.append(future.result())
                report(len(found), count)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return found


def _cell(
    model: VerifiedDirections,
    bias: float,
    radius: float,
    *,
    accepted: int,
    replicates: int,
    key: tuple[int, int],
) -> tuple[float, float]:
    """Mean and standard deviation over replicates of the error after one round."""
    of_real, of_synthetic = (
        Random(derived_key(key, number, 0), replicates, dtype=np.float32) for number in (1, 2)
    )
    real, rows = model.shape[0], accepted * len(model.singular_values)
    ball = KnowledgeBall(model.coefficients + bias * model.direction, radius, SLACK)
    start = replicated(model.truth(), replicates)
    first = model.fit(model.sample_real(of_real, real), _equal(replicates, real), start)
    drawn = model.sample_accepted(
        of_synthetic, first.parameters, rows, ball.interval, by_trial=False, most=_MOST * rows
    )
    second = model.fit(drawn.rows, _equal(replicates, rows), first.parameters)
    errors = model.metrics(second.parameters)["error"]
    return float(errors.mean()), float(errors.std(ddof=1))


def _equal(replicates: int, rows: int) -> _Float:
    """Equal weights."""
    return np.broadcast_to(1 / rows, (replicates, rows))
