"""The same seed gives the same bytes wherever the work is done, and it ends when it is asked to."""

import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

import heirloom as hl
from heirloom.simulation import simulate_paths
from heirloom.workflows import Sizes, as_workflow

SIZES = Sizes.of(n_real=20, n_synthetic=20, generations=2)
WORKFLOWS = [as_workflow(text) for text in ("fresh:0.5", "augment-subsample", "discard")]
MODELS = {
    "kernels": hl.models.LogisticRegression([1.0, 1.0]),
    "generators": hl.models.Gamma(2.0, shape=3.0),
    "statistics": hl.models.Gaussian([0.0, 0.0], np.eye(2)),
}


def _paths(model, **options):
    return simulate_paths(model, WORKFLOWS, SIZES, replicates=1100, seed=4, **options)


def _assert_same(first, second):
    np.testing.assert_array_equal(first.status, second.status)
    for name, values in first.metrics.items():
        assert values.tobytes() == second.metrics[name].tobytes()


@pytest.mark.parametrize("name", MODELS)
def test_threads_and_block_sizes(name):
    model = MODELS[name]
    whole = _paths(model)
    for block_size in (1, 700, 10**6):
        _assert_same(whole, _paths(model, block_size=block_size))
    for workers in (1, 2, 5):
        with ThreadPoolExecutor(workers) as executor:
            _assert_same(whole, _paths(model, executor=executor))


@pytest.mark.parametrize("method", ["spawn", "fork", "forkserver"])
def test_processes(method):
    with ProcessPoolExecutor(2, mp_context=get_context(method)) as executor:
        for model in MODELS.values():
            _assert_same(_paths(model), _paths(model, executor=executor))


def test_loky():
    from joblib.externals.loky import ProcessPoolExecutor as Loky

    pool = Loky(1)
    try:
        _assert_same(_paths(MODELS["statistics"]), _paths(MODELS["statistics"], executor=pool))
    finally:
        pool.shutdown()


def test_dask():
    distributed = pytest.importorskip("distributed")
    model = MODELS["kernels"]
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        _assert_same(_paths(model), _paths(model, executor=client, block_size=300))


LONG = """
import heirloom as hl
model = hl.models.{model}
print("begun", flush=True)
hl.simulate(
    model, {workflow!r}, n_real={rows}, n_synthetic={rows}, generations={generations},
    replicates=200_000, seed=0, progress=False, {more}
)
"""


@pytest.mark.parametrize(
    ("model", "workflow", "rows", "generations", "more"),
    [
        ("LogisticRegression([1.0, 1.0])", "fresh:0.5", 10_000, 50, ""),
        ("LogisticRegression([1.0, 1.0])", "augment", 100, 2000, ""),
        ("GaussianMean([0.0], 1.0)", "augment", 100, 20_000, ""),
        (
            "GaussianMean([0.0], 1.0)",
            "discard",
            1000,
            50,
            "verifier=lambda rows: rows[:, 0] > 3.2",
        ),
    ],
    ids=["many-rows", "many-generations", "statistics", "verifier-that-accepts-little"],
)
def test_an_interruption_ends_the_work_within_a_second(model, workflow, rows, generations, more):
    script = LONG.format(
        model=model, workflow=workflow, rows=rows, generations=generations, more=more
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    time.sleep(4)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    # Within a second on a machine with nothing else to do; here others may be at work.
    _, errors = process.communicate(timeout=10)
    assert process.returncode == -signal.SIGINT or "KeyboardInterrupt" in errors
