"""Models that call LAPACK: two threads in it at once would wait for each other for ever."""

import subprocess
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import pytest

import heirloom as hl
from heirloom.simulation.serial import calls_lapack


class Regression(hl.models.Model):
    """Least squares by `jnp.linalg.solve`, as a user would write it."""

    coefficients: jax.Array

    def truth(self):
        return self.coefficients

    def sample(self, key, parameters, rows):
        of_design, of_noise = jax.random.split(key)
        design = jax.random.normal(of_design, (rows, len(self.coefficients)))
        return design, design @ parameters + jax.random.normal(of_noise, (rows,))

    def fit(self, rows, weights, start):
        design, response = rows
        weighted = design * weights[:, None]
        return hl.models.fitted(jnp.linalg.solve(weighted.T @ design, weighted.T @ response))

    def metrics(self, parameters):
        return {"error": jnp.sum((parameters - self.coefficients) ** 2)}


def test_finds_calls_inside_inner_programs():
    assert calls_lapack(Regression(jnp.ones(3)))


@pytest.mark.parametrize(
    "model",
    [
        hl.models.GaussianMean([0.0], 1.0),
        hl.models.Categorical([0.5, 0.5]),
        hl.models.LogisticRegression([1.0, 1.0]),
        hl.models.LogisticRegression([1.0] * 20),
    ],
)
def test_ours_run_side_by_side(model):
    assert not calls_lapack(model)


def test_a_model_that_calls_lapack_comes_to_an_end():
    script = (
        "import jax.numpy as jnp, heirloom as hl\n"
        "from tests.simulation.test_serial import Regression\n"
        "trace = hl.simulate(Regression(jnp.ones(12)), 'discard', n_real=40, n_synthetic=40,"
        " generations=10, replicates=2000, seed=0, block_size=64)\n"
        "print(float(trace.dataset['error'][0, -1]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        cwd=Path(__file__).parents[2],
    )
    # p [1/(n₀ − p − 1) + t/(m − p − 1)] at t = 10.
    assert float(done.stdout) == pytest.approx(12 * 11 / 27, rel=0.05)
