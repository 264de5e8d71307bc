"""Mistakes in a user's model: each is said in one line that names the method."""

import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import heirloom as hl
from heirloom.models import Fit, fitted


@dataclass(frozen=True)
class Mean(hl.models.Model):
    """A mean of normal rows, any method of which can be replaced by a mistake."""

    mistakes: Any = ()

    def _or(self, method, right):
        mistakes = dict(self.mistakes)
        return mistakes[method](right) if method in mistakes else right

    def truth(self):
        return np.array(0.0)

    def sample(self, random, parameters, rows):
        return self._or("sample", parameters[:, None] + random.normal(rows))

    def fit(self, rows, weights, start):
        return self._or("fit", fitted(np.sum(weights * rows, axis=1)))

    def metrics(self, parameters):
        return self._or("metrics", {"error": parameters**2})


def _simulate(method, mistake):
    return hl.simulate(
        Mean(((method, mistake),)),
        "discard",
        n_real=5,
        n_synthetic=5,
        generations=2,
        replicates=4,
        seed=0,
    )


@pytest.mark.parametrize(
    ("method", "mistake", "message"),
    [
        ("sample", lambda rows: rows[0], r"Mean.sample_real returned rows of shape \(5,\)"),
        ("sample", lambda rows: rows.T, r"Mean.sample_real returned rows of shape \(5, 4\)"),
        ("sample", lambda rows: None, "Mean.sample_real returned rows of shape None"),
        ("fit", lambda fit: fit.parameters, "Mean.fit returned an array of float64 of shape"),
        ("fit", lambda fit: tuple(fit), r"Mean.fit returned \(array"),
        ("fit", lambda fit: fit._replace(status=0), "Mean.fit returned the status 0; it must"),
        (
            "fit",
            lambda fit: fit._replace(status=np.full_like(fit.status, 99)),
            "returned the status 99; it must be one of heirloom.models.Status",
        ),
        (
            "fit",
            lambda fit: fit._replace(parameters=fit.parameters.mean()),
            r"returned parameters of shape \(\); the first axis must be that of the replicates",
        ),
        (
            "fit",
            lambda fit: Fit((fit.parameters, fit.parameters), fit.status),
            r"returned parameters of another form than truth\(\): 2 arrays in place of 1",
        ),
        ("metrics", lambda metrics: {}, "Mean.metrics returned {}; it must return a dictionary"),
        ("metrics", lambda metrics: metrics["error"], "Mean.metrics returned an array"),
        (
            "metrics",
            lambda metrics: {"error": metrics["error"].mean()},
            "for 'error'; it must be one number for each replicate",
        ),
        (
            "metrics",
            lambda metrics: {"error": np.array(["far"] * len(metrics["error"]))},
            "for 'error'; it must be one number for each replicate",
        ),
    ],
)
def test_a_mistake_is_said_in_one_line(method, mistake, message):
    with pytest.raises(ValueError, match=message) as error:
        _simulate(method, mistake)
    assert "\n" not in str(error.value)


def test_random_numbers_of_ones_own_differ_between_replicates():
    """What calls np.random works, though it is not reproducible: no two replicates are equal."""
    rng = np.random.default_rng(0)
    trace = _simulate("sample", lambda rows: rng.normal(size=rows.shape))
    assert np.all(trace.dataset["error_se"] > 0)


# Here annotations are not checked as they are in the rest of the tests: what a user gets.
WRONG_ARGUMENTS = """
import heirloom as hl
right = dict(workflows="discard", n_real=5, n_synthetic=5, generations=2, replicates=4, seed=0)
wrong = {
    "workflows=None: must be one or several workflows": dict(workflows=None),
    "workflows=3: must be one or several workflows": dict(workflows=3),
    "workflows=Augment: is a class; give a workflow": dict(workflows=hl.workflows.Augment),
    "workflows=<function <lambda>": dict(workflows=lambda t: {}),
    "executor='threads': must be an executor with a method submit": dict(executor="threads"),
    "generations=2, replicates=1000000000000: 1 workflows": dict(replicates=10**12),
    "generations=1000000000: must be a whole number, from 0 to": dict(generations=10**9),
    "generations=10000000, replicates=100000: 1 workflows": dict(
        generations=10**7, replicates=10**5
    ),
    "progress='no': must be True or False, or a function of the work": dict(progress="no"),
    "one replicate needs about": dict(n_real=10**12, draw="rows"),
}
for message, change in wrong.items():
    try:
        hl.simulate(hl.models.GaussianMean([0.0], 1.0), **(right | change))
    except ValueError as error:
        assert str(error).startswith(message), error
        assert len(str(error).splitlines()) == 1
    else:
        raise SystemExit(f"no error: {message}")
"""


def test_wrong_arguments_are_said_in_one_line():
    done = subprocess.run([sys.executable, "-c", WRONG_ARGUMENTS], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_pool_that_is_shut_down_is_said_in_one_line():
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    with pytest.raises(ValueError, match=r"executor=.*: is shut down"):
        hl.simulate(
            Mean(),
            "discard",
            n_real=5,
            n_synthetic=5,
            generations=2,
            replicates=2000,
            seed=0,
            executor=pool,
        )
