"""Many cells of one round, simulated by one compiled program."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
from jaxtyping import Array, Float, PRNGKeyArray

from ...simulation.progress import Report
from ...verifiers import KnowledgeBall
from .model import VerifiedDirections
from .simulated_loop import Measured

_Float = npt.NDArray[np.float64]


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
    numbers = np.arange(biases.size * radii.size, dtype=np.uint32).reshape(biases.size, radii.size)
    key = jax.random.key(seed)

    def row(number: int) -> tuple[_Float, _Float]:
        mean, deviation = _row(
            model,
            model.verifier(0.0),
            key,
            jnp.asarray(numbers[number]),
            jnp.float32(biases[number]),
            jnp.asarray(radii, jnp.float32),
            rows=accepted * len(model.singular_values),
            replicates=replicates,
        )
        return np.asarray(mean, np.float64), np.asarray(deviation, np.float64)

    found = _in_order(row, biases.size, report)
    means, deviations = (np.array(part) for part in zip(*found, strict=True))
    return Measured(means, deviations / np.sqrt(replicates))


def _in_order(
    row: Callable[[int], tuple[_Float, _Float]], count: int, report: Report
) -> list[tuple[_Float, _Float]]:
    # The first by itself: threads that began together would each compile the program.
    found = [row(0)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        futures = [pool.submit(row, number) for number in range(1, count)]
        try:
            for future in futures:
                found.append(future.result())
                report(len(found), count)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return found


# Compiled in less time, as simulations are. (Equinox passes on what jax.jit takes, undeclared.)
@eqx.filter_jit(  # pyright: ignore[reportCallIssue, reportUntypedFunctionDecorator]
    compiler_options={"xla_backend_optimization_level": 1}
)
def _row(
    model: VerifiedDirections,
    ball: KnowledgeBall,
    key: PRNGKeyArray,
    numbers: Array,
    bias: Float[Array, ""],
    radii: Float[Array, " radii"],
    *,
    rows: int,
    replicates: int,
) -> tuple[Float[Array, " radii"], Float[Array, " radii"]]:
    """Means and standard deviations of the error in the cells of one bias."""
    center = jnp.asarray(model.coefficients) + bias * jnp.asarray(model.direction)
    real = model.shape[0]

    def cell(of_cell: tuple[Array, Float[Array, ""]]) -> tuple[Array, Array]:
        number, radius = of_cell
        verifier = eqx.tree_at(lambda own: (own.center, own.radius), ball, (center, radius))

        def replicate(own: PRNGKeyArray) -> Float[Array, ""]:
            of_real, of_synthetic = jax.random.split(own)
            start = model.truth()
            first = model.fit(model.sample_real(of_real, real), jnp.full(real, 1 / real), start)
            drawn = model.sample_accepted(of_synthetic, first.parameters, rows, verifier.interval)
            second = model.fit(drawn.rows, jnp.full(rows, 1 / rows), first.parameters)
            return model.metrics(second.parameters)["error"]

        keys = jax.random.split(jax.random.fold_in(key, number), replicates)
        errors = jax.vmap(replicate)(keys)
        return errors.mean(), errors.std(ddof=1)

    return jax.lax.map(cell, (numbers, radii))
