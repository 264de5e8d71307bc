"""The simulator against exact theory, and its promises on seeds, executors and messages."""

import importlib.util
import subprocess
import sys
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

import heirloom as hl
from heirloom.models import Status
from heirloom.simulation import simulate_paths
from heirloom.workflows import Custom, Mixture, Sizes, as_workflow, real, synthetic

GAUSSIAN = hl.models.GaussianMean([1.0, -1.0], [[2.0, 0.5], [0.5, 1.0]])
CATEGORICAL = hl.models.Categorical([0.6, 0.3, 0.1])
WORKFLOWS = [
    "discard",
    "augment",
    "augment-subsample",
    "augment-subsample:replacement",
    "fresh:0",
    "fresh:0.4",
    "fresh:schedule",
    "fresh:1",
    "anchor:0",
    "anchor:0.5",
    "anchor:1",
    "accumulate-all",
    "real",
    "real:accumulate",
]


def _few_of_each(t):
    return {real(0): (0.3, 9), real(t): (0.2, 5), synthetic(t): (0.5, 7)}


def _few_of_each_with_replacement(t):
    shares = np.array([0.4, 0.6])
    return Mixture((real(0), synthetic(t)), shares, np.array([20.0, 6.0]), replacement=True)


CUSTOM = [
    Custom(_few_of_each, label="few"),
    Custom(_few_of_each_with_replacement, label="few-replaced"),
]
# n₀ ≠ n ≠ m, and rows that grow and shrink.
GROWING = {
    "n_real": [8, 11, 5, 9],
    "n_synthetic": [10, 7, 20, 8],
    "generations": 4,
    "n_initial": 12,
}


def _z_scores(trace, theory):
    standard_error = trace.dataset["error_se"].values
    assert np.all(standard_error > 0)
    return (trace.dataset["error"].values - theory.dataset["error"].values) / standard_error


FEW_WORKFLOWS = ["fresh:0.4", "accumulate-all"]


@pytest.mark.parametrize(
    ("model", "draw", "listed"),
    [
        (GAUSSIAN, "statistics", [*WORKFLOWS, *CUSTOM]),
        # One workflow of every kind: those of a kind run in the same program.
        (CATEGORICAL, "statistics", [*FEW_WORKFLOWS, "anchor:0.5", "augment-subsample", CUSTOM[0]]),
        (GAUSSIAN, "rows", FEW_WORKFLOWS),
        (CATEGORICAL, "rows", FEW_WORKFLOWS),
    ],
    ids=["statistics-gaussian", "statistics-categorical", "rows-gaussian", "rows-categorical"],
)
def test_error_is_that_of_exact_theory_under_every_workflow(model, draw, listed):
    # 4,000 replicates: standard errors of 1.6 to 3 %; a wrong size, share or draw is off by 10 or
    # more.
    trace = hl.simulate(model, listed, replicates=4000, seed=8, draw=draw, **GROWING)
    theory = hl.theory.predict(
        listed, variance=model.row_variance(), curvature=model.curvature, **GROWING
    )
    z = _z_scores(trace, theory)
    assert np.abs(z).max() < 4.2, dict(zip(trace.workflows, np.abs(z).max(axis=1), strict=True))
    assert np.mean(z[:, 1:] ** 2) < 2


def test_schedules_of_one_size_agree_with_the_published_closed_forms():
    trace = hl.simulate(
        hl.models.GaussianMean([0.0], 1.0),
        ["discard", "augment"],
        n_real=30,
        n_synthetic=30,
        generations=9,
        replicates=20_000,
        seed=3,
    )
    at_nine = trace.dataset["error"].sel(generation=9).values * 30
    np.testing.assert_allclose(at_nine, [10, np.sum(1 / np.arange(1, 11) ** 2)], rtol=0.04)


def test_draws_of_statistics_and_of_rows_agree_in_law():
    # As do those of a categorical model, among its own tests.
    sizes = Sizes.of(n_real=9, n_synthetic=6, generations=3)
    paths = [
        simulate_paths(
            GAUSSIAN, [as_workflow("fresh:0.5")], sizes, replicates=6000, seed=seed, draw=draw
        )
        for seed, draw in ((1, "statistics"), (2, "rows"))
    ]
    for name in paths[0].metrics:
        # Two sorted samples of 6,000: 1.95 √(2/6000) is exceeded once in a thousand.
        first, second = (np.round(p.metrics[name][0, :, 3], 5) for p in paths)
        grid = np.union1d(first, second)
        gaps = [
            np.searchsorted(np.sort(sample), grid, side="right") / 6000
            for sample in (first, second)
        ]
        assert np.abs(gaps[0] - gaps[1]).max() < 1.95 * np.sqrt(2 / 6000), name


@pytest.mark.slow
def test_logistic_error_is_the_limit_at_large_samples():
    # At n = 4,000 the limit is 0.3 % away, beside standard errors of 2 to 3 %.
    model = hl.models.LogisticRegression([1.0, 1.0])
    sizes = {"n_real": 4000, "n_synthetic": 4000, "generations": 3}
    workflows = ["fresh:0.3", "fresh:optimal", "discard", "augment-subsample"]
    trace = hl.simulate(model, workflows, replicates=1500, seed=5, **sizes)
    theory = hl.theory.predict(workflows, variance=model.row_variance(), **sizes)
    assert np.abs(_z_scores(trace, theory)).max() < 4
    assert np.all(trace.dataset["failed"] == 0)


def test_logistic_error_at_a_hundred_rows_is_above_the_limit():
    # 11 % at the stationary state of the best weight; of real data alone more. Averages over
    # generations 5 to 20 of 3,000 replicates have standard errors below 1 %.
    model = hl.models.LogisticRegression([1.0, 1.0])
    sizes = {"n_real": 100, "n_synthetic": 100, "generations": 20}
    workflows = ["fresh:optimal", "fresh:1"]
    trace = hl.simulate(model, workflows, replicates=3000, seed=6, **sizes)
    theory = hl.theory.predict(workflows, variance=model.row_variance(), **sizes)
    ratio = (trace.dataset["error"] / theory.dataset["error"]).sel(generation=slice(5, None))
    np.testing.assert_allclose(ratio.mean("generation"), [1.11, 1.19], atol=0.03)


def test_logistic_error_over_a_table_is_the_limit():
    rng = np.random.default_rng(0)
    design = np.column_stack([np.ones(300), rng.normal(size=(300, 2))])
    model = hl.models.LogisticRegression([0.2, 0.5, -0.5], design=design)
    sizes = {"n_real": 3000, "n_synthetic": 3000, "generations": 2}
    trace = hl.simulate(model, "fresh:0.5", replicates=1000, seed=8, **sizes)
    theory = hl.theory.predict("fresh:0.5", variance=model.row_variance(), **sizes)
    assert np.abs(_z_scores(trace, theory)).max() < 4


def test_failures_are_counted_and_never_an_unexplained_nan():
    sizes = Sizes.of(n_real=20, n_synthetic=20, generations=15)
    workflow = as_workflow("discard")
    model = hl.models.LogisticRegression([1.0, 1.0])
    paths = simulate_paths(model, [workflow], sizes, replicates=400, seed=0)
    status = paths.status[0]
    for values in paths.metrics.values():
        np.testing.assert_array_equal(np.isnan(values[0]), status != Status.SOLVED)
    # Once a replicate has failed it stays failed, for the first reason.
    failed = status != Status.SOLVED
    assert np.all(np.diff(failed.astype(int), axis=1) >= 0)
    assert all(len(set(path[path != 0].tolist())) <= 1 for path in status)
    trace = hl.simulation.trace_of_paths(paths, [workflow], sizes, {})
    share = trace.dataset["failed"].values[0]
    assert 0 < share[1] < share[-1] < 1
    assert np.all(np.isfinite(trace.dataset["error"]))
    failures = trace.failures["discard"]
    assert "SEPARABLE" in failures
    assert sum(failures.values()) == pytest.approx(share[-1])


def test_all_replicates_may_fail():
    model = hl.models.LogisticRegression([1.0, 1.0, 1.0])
    with pytest.warns(
        UserWarning,
        match="discard: all 5 replicates had failed by generation 1, most of them with SINGULAR",
    ) as warned:
        trace = hl.simulate(
            model, "discard", n_real=2, n_synthetic=2, generations=1, replicates=5, seed=0
        )
    assert "\n" not in str(warned[0].message)
    assert np.all(trace.dataset["failed"] == 1)
    assert np.all(np.isnan(trace.dataset["error"]))


def _assert_same(first, second):
    np.testing.assert_array_equal(first.status, second.status)
    for name, values in first.metrics.items():
        np.testing.assert_array_equal(values, second.metrics[name])


@pytest.mark.parametrize(
    "model", [GAUSSIAN, hl.models.LogisticRegression([1.0, 1.0])], ids=["gaussian", "logistic"]
)
def test_same_seed_same_result_to_the_last_bit(model):
    sizes = Sizes.of(n_real=100, n_synthetic=100, generations=3)
    # Thirty weights make tiles small, so that few replicates already fill several.
    workflows = [as_workflow(f"fresh:{w:.3f}") for w in np.linspace(0.2, 0.8, 30)]

    def run(replicates, **options):
        return simulate_paths(model, workflows, sizes, replicates=replicates, seed=9, **options)

    whole = run(1100)
    for options in ({"block_size": 1}, {"block_size": 700}, {"block_size": 10**6}):
        _assert_same(whole, run(1100, **options))
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(5) as five:
        _assert_same(whole, run(1100, executor=one))
        _assert_same(whole, run(1100, executor=five))
    # More replicates leave the first ones as they are.
    few = run(37)
    np.testing.assert_array_equal(few.metrics["error"], whole.metrics["error"][:, :37])
    other = simulate_paths(model, workflows, sizes, replicates=37, seed=10)
    assert not np.any(other.metrics["error"] == few.metrics["error"])


def test_blocks_run_in_other_processes():
    sizes = Sizes.of(n_real=20, n_synthetic=20, generations=2)
    model = hl.models.LogisticRegression([1.0, 1.0], design=np.eye(2).repeat(30, axis=0) - 0.4)
    # A rule need not travel: what does is arrays.
    workflows = [as_workflow("fresh:0.5"), Custom(lambda t: {synthetic(t): 1.0}, label="own")]
    here = simulate_paths(model, workflows, sizes, replicates=40, seed=0)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        there = simulate_paths(model, workflows, sizes, replicates=40, seed=0, executor=executor)
    _assert_same(here, there)


def test_a_workflow_gives_the_same_alone_and_in_company():
    sizes = {"n_real": 30, "n_synthetic": 20, "generations": 4, "replicates": 300, "seed": 2}
    for model in (GAUSSIAN, hl.models.LogisticRegression([1.0, 1.0], penalty=0.01)):
        alone = hl.simulate(model, "fresh:0.5", **sizes)
        among = hl.simulate(model, ["fresh:0.1", "fresh:0.5", "fresh:0.9", "discard"], **sizes)
        np.testing.assert_allclose(
            among.dataset["error"].sel(workflow="fresh:0.5"),
            alone.dataset["error"].sel(workflow="fresh:0.5"),
            rtol=1e-5,
        )


def test_more_generations_leave_the_first_ones_as_they_are():
    sizes = {"n_real": 30, "n_synthetic": 20, "replicates": 200, "seed": 2}
    workflows = ["fresh:0.5", "augment"]
    short = hl.simulate(GAUSSIAN, workflows, generations=3, **sizes).dataset["error"]
    long = hl.simulate(GAUSSIAN, workflows, generations=6, **sizes).dataset["error"]
    np.testing.assert_allclose(long[:, :4], short, rtol=1e-5)


def test_workflows_share_their_random_numbers():
    sizes = Sizes.of(n_real=30, n_synthetic=30, generations=2)
    workflows = [as_workflow(w) for w in ("fresh:1", "real", "anchor:0.5", "augment")]
    error = simulate_paths(GAUSSIAN, workflows, sizes, replicates=50, seed=0).metrics["error"]
    np.testing.assert_allclose(error[:, :, 0], error[:1, :, 0].repeat(4, axis=0), rtol=1e-5)
    np.testing.assert_allclose(error[0], error[1], rtol=1e-5)
    # At the first generation augment is anchor:0.5, since sizes are equal.
    np.testing.assert_allclose(error[2, :, 1], error[3, :, 1], rtol=1e-4)


def test_generation_zero_alone():
    trace = hl.simulate(
        GAUSSIAN, ["discard"], n_real=10, n_synthetic=10, generations=0, replicates=9, seed=0
    )
    assert trace.dataset["error"].shape == (1, 1)


def test_precision_is_as_asked():
    sizes = Sizes.of(n_real=30, n_synthetic=30, generations=2)
    errors = {}
    logistic = hl.models.LogisticRegression([1.0, 1.0])
    for dtype, models in ((np.float64, (CATEGORICAL, logistic)), (np.float32, (CATEGORICAL,))):
        for model in models:
            paths = simulate_paths(
                model, [as_workflow("augment-subsample")], sizes, replicates=20, seed=0, dtype=dtype
            )
            assert {values.dtype for values in paths.metrics.values()} == {np.dtype(dtype)}
            errors[dtype, type(model)] = paths.metrics["error"]
    # In float64 the frequencies of 30 rows are sums of thirtieths far beyond float32.
    squares = errors[np.float64, hl.models.Categorical] * 900
    np.testing.assert_allclose(squares, squares.round(), atol=1e-11)


def _own_model():
    path = Path(__file__).with_name("own_model.py")
    spec = importlib.util.spec_from_file_location("own_model", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Exponential(2.0)


def test_a_model_of_ones_own_runs_through_every_kind_of_workflow():
    model = _own_model()
    workflows = ["discard", "augment-subsample", "augment", "fresh:0.6", CUSTOM[0]]
    sizes = {"n_real": 12, "n_synthetic": 9, "generations": 3}
    trace = hl.simulate(model, workflows, replicates=6000, seed=4, **sizes)
    theory = hl.theory.predict(workflows, variance=4.0, curvature=1.0, **sizes)
    assert np.abs(_z_scores(trace, theory)).max() < 4.2
    assert trace.arguments["model"].description == "Exponential, which is your own code"


def test_progress_rises_to_all_work():
    calls = []
    hl.simulate(
        GAUSSIAN,
        ["fresh:0.5", "fresh:0.6", "discard"],
        n_real=200,
        n_synthetic=200,
        generations=1,
        replicates=3000,
        seed=0,
        block_size=500,
        progress=lambda done, total: calls.append((done, total)),
    )
    done, totals = zip(*calls, strict=True)
    # Of 3,000 replicates: two fits on 400 rows, one on 200 and three on the first 200.
    assert set(totals) == {3000 * (2 * 600 + 400)}
    assert done[-1] == totals[0]
    assert list(done) == sorted(set(done))


@pytest.mark.parametrize("failure", [KeyboardInterrupt, RuntimeError])
def test_an_interruption_comes_through_and_leaves_no_thread(failure):
    def stop(done, total):
        raise failure("stop")

    before = set(threading.enumerate())
    with pytest.raises(failure, match="stop"):
        hl.simulate(
            GAUSSIAN,
            "discard",
            n_real=20,
            n_synthetic=20,
            generations=2,
            replicates=50_000,
            seed=0,
            progress=stop,
        )
    assert set(threading.enumerate()) <= before


class _Broken(hl.models.GaussianMean):
    def estimate(self, statistic):
        raise ArithmeticError("this model cannot be fitted")


def test_an_error_in_a_worker_comes_through():
    with pytest.raises(ArithmeticError, match="cannot be fitted"):
        hl.simulate(
            _Broken([0.0], 1.0),
            "discard",
            n_real=9,
            n_synthetic=9,
            generations=1,
            replicates=9,
            seed=0,
        )


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"workflows": []}, "workflows is empty: name one or more"),
        ({"workflows": "dicard"}, "workflow 'dicard' is not known; did you mean 'discard'"),
        ({"workflows": ["discard", "discard"]}, "called .discard.; give each once"),
        ({"replicates": 0}, "replicates=0: must be a whole number, 1 or more"),
        ({"replicates": True}, "replicates=True: must be a whole number"),
        ({"seed": -1}, "seed=-1: must be a whole number, from 0 to 4294967295"),
        ({"seed": 2**32}, "seed=4294967296: must be"),
        ({"block_size": 0}, "block_size=0: must be a whole number, 1 or more"),
        ({"dtype": int}, "dtype=.*int.*: must be float32 or float64"),
        ({"dtype": "flaot"}, "dtype='flaot': must be float32 or float64"),
        ({"draw": "row"}, "draw='row': must be one of statistics, rows"),
        ({"n_synthetic": 0}, "synthetic.* has no rows but takes part"),
    ],
)
def test_wrong_arguments_are_named(wrong, message):
    right = {
        "workflows": "discard",
        "n_real": 9,
        "n_synthetic": 9,
        "generations": 1,
        "replicates": 2,
        "seed": 0,
    }
    with pytest.raises(ValueError, match=message) as error:
        hl.simulate(GAUSSIAN, **(right | wrong))
    assert "\n" not in str(error.value)


# Here annotations are not checked as they are in the rest of the tests: what a user gets.
UNCHECKED = """
import sys
from concurrent.futures import Future
import numpy as np
import heirloom as hl
assert "numba" not in sys.modules
model = hl.models.GaussianMean([0.0], 1.0)
right = dict(n_real=9, n_synthetic=9, generations=1, replicates=2, seed=0)
wrong = {
    "model='m': must be a model": dict(model="m"),
    "workflow=3: must be a workflow": dict(workflows=[3]),
    "replicates=1.5: must be a whole number, 1 or more": dict(replicates=1.5),
    "replicates='2': must be a whole number": dict(replicates="2"),
    "seed=0.0: must be a whole number": dict(seed=0.0),
    "block_size=2.0: must be a whole number": dict(block_size=2.0),
}
for message, change in wrong.items():
    try:
        hl.simulate(**(dict(model=model, workflows="discard") | right | change))
    except ValueError as error:
        assert str(error).startswith(message), error
    else:
        raise SystemExit(f"no error: {message}")
plain = hl.simulate(model, "discard", **right)
numpy = hl.simulate(model, "discard", **(right | dict(replicates=np.int64(2), seed=np.uint32(0))))
assert numpy.dataset.identical(plain.dataset)
class Immediately:  # the least that an executor must do
    def submit(self, function, *arguments):
        future = Future()
        future.set_result(function(*arguments))
        return future
there = hl.simulate(model, "discard", executor=Immediately(), **right)
assert there.dataset.identical(plain.dataset)
"""


def test_messages_and_numpy_integers_without_annotation_checks():
    done = subprocess.run([sys.executable, "-c", UNCHECKED], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
