"""Exact laws against what does not use them: moments of Wishart matrices, entry by entry."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.special import psi

import heirloom as hl
from heirloom import theory
from heirloom.workflows import (
    AccumulateAll,
    Augment,
    Custom,
    FreshMix,
    Graph,
    Sizes,
    real,
    synthetic,
)

IDENTITY = np.eye(2)
CORRELATED = np.array([[2.0, 0.6], [0.6, 0.5]])
OF_THREE = np.array([[1.0, 0.3, 0.0], [0.3, 2.0, -0.5], [0.0, -0.5, 0.7]])
GOLDEN = (math.sqrt(5) - 1) / 2


def predicted(model, workflow, metric, **sizes):
    return theory.predict(workflow, model=model, **sizes).dataset[metric].values[0]


def gaussian(covariance):
    return hl.models.Gaussian(np.zeros(len(covariance)), covariance)


def error_entry_by_entry(workflow, covariance, sizes):
    """E‖S_t − Σ‖² from E[X ⊗ Y] for all covariances X, Y that there are.

    Given Σ, E[S_ij S_kl] is Σ_ij Σ_kl + (Σ_ik Σ_jl + Σ_il Σ_jk)/(rows − 1).
    """
    p = len(covariance)
    names, moments = ["truth"], np.einsum("ij,kl->ijkl", covariance, covariance)[None, None]

    def append(name, combination, own=None):
        nonlocal moments
        size = len(names)
        cross = np.tensordot(combination, moments, axes=(0, 0))  # with all that there are
        grown = np.zeros((size + 1, size + 1, p, p, p, p))
        grown[:size, :size] = moments
        grown[size, :size] = cross
        grown[:size, size] = cross.transpose(0, 3, 4, 1, 2)
        grown[size, size] = np.tensordot(combination, cross, axes=(0, 0)) if own is None else own
        moments = grown
        names.append(name)

    def selector(shares):
        return np.array([shares.get(name, 0.0) for name in names])

    errors = []
    for t, mixture in enumerate(workflow.mixtures(sizes)):
        for dataset in mixture.datasets:
            if dataset in names:
                continue
            parent = "truth" if dataset.parent is None else dataset.parent
            at = names.index(parent)
            square = moments[at, at]
            freedom = sizes.rows(dataset) - 1
            exchanged = np.einsum("ikjl->ijkl", square) + np.einsum("iljk->ijkl", square)
            append(dataset, selector({parent: 1.0}), square + exchanged / freedom)
        append(t, selector(dict(zip(mixture.datasets, mixture.shares.tolist(), strict=True))))
        errors.append(np.einsum("ijij->", moments[-1, -1]) - np.sum(covariance**2))
    return np.array(errors)


def test_what_a_model_does_not_read_does_not_spoil_its_exactness():
    """One model of a graph draws rows, where the law of a covariance ends; the other does not."""
    model = hl.models.Gaussian([0.0], [[1.0]])
    graph = Graph({"a": "augment-subsample", "b": "real"}, sources={"a": "a", "b": "a"})
    sizes = {"n_real": 5, "n_synthetic": 5, "generations": 3}
    found = hl.theory.predict(graph.members, **sizes, model=model)
    alone = hl.theory.predict("real", **sizes, model=model)
    np.testing.assert_allclose(
        found.dataset["covariance_error"][1], alone.dataset["covariance_error"][0]
    )
    assert found.exact["covariance_error"] == ["graph:b"]


def window(t):
    recent = [synthetic(s) for s in range(max(1, t - 2), t + 1)]
    return {real(0): 0.2, real(t): 0.3} | {d: 0.5 / len(recent) for d in recent}


@pytest.mark.parametrize("covariance", [CORRELATED, OF_THREE, np.array([[3.0]])])
@pytest.mark.parametrize(
    "workflow",
    [Augment(), AccumulateAll(), Custom(window), FreshMix(0.3), hl.workflows.AnchorMix(0.4)],
    ids=lambda workflow: workflow.text,
)
def test_covariances_of_every_workflow_entry_by_entry(workflow, covariance):
    arguments = {"n_real": 7, "n_synthetic": 5, "generations": 6, "n_initial": 9}
    found = predicted(gaussian(covariance), workflow, "covariance_error", **arguments)
    expected = error_entry_by_entry(workflow, covariance, Sizes.of(**arguments))
    np.testing.assert_allclose(found, expected, rtol=1e-10)


@settings(max_examples=20)
@given(st.floats(0, 1), st.integers(2, 200), st.integers(2, 200))
def test_covariances_of_fresh_data_obey_two_scalar_recursions(w, n, m):
    covariance = CORRELATED
    trace, square = np.trace(covariance), np.sum(covariance**2)
    values = []
    for curvature, truth in ((2, 2 * square + trace**2), (-1, trace**2 - square)):
        found = [truth * (1 + curvature / (n - 1))]
        for _ in range(8):
            of_real, of_synthetic = 1 + curvature / (n - 1), 1 + curvature / (m - 1)
            found.append(
                w**2 * of_real * truth
                + 2 * w * (1 - w) * truth
                + (1 - w) ** 2 * of_synthetic * found[-1]
            )
        values.append(np.array(found))
    expected = (values[0] - values[1]) / 3 - square
    sizes = {"n_real": n, "n_synthetic": m, "generations": 8}
    found = predicted(gaussian(covariance), FreshMix(w), "covariance_error", **sizes)
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-10 * square)


@pytest.mark.parametrize(("w", "printed"), [(0.3, 0.0700636), (GOLDEN, 0.0375647)])
def test_stationary_errors_of_a_hundred_rows(w, printed):
    sizes = {"n_real": 100, "n_synthetic": 100, "generations": 300}
    found = predicted(gaussian(IDENTITY), FreshMix(w), "covariance_error", **sizes)[-1]
    assert found == pytest.approx(printed, abs=6e-8)


@pytest.mark.parametrize(("n", "best"), [(100, 0.6198), (20, 0.6272)])
def test_best_weight_of_a_covariance(n, best):
    def settled(w):
        sizes = {"n_real": n, "n_synthetic": n, "generations": 60}
        return predicted(gaussian(IDENTITY), FreshMix(float(w)), "covariance_error", **sizes)[-1]

    found = minimize_scalar(settled, bounds=(0.5, 0.8), method="bounded", options={"xatol": 1e-7})
    assert found.x == pytest.approx(best, abs=6e-5)


@pytest.mark.parametrize(("w", "settles"), [(0.3, True), (0.287, False)])
def test_a_little_real_data_leaves_a_covariance_without_a_stationary_error(w, settles):
    # m = 3: the bound is 1 − (1 + 2/2)^(−1/2) = 0.2929.
    sizes = {"n_real": 20, "n_synthetic": 3, "generations": 600}
    found = predicted(gaussian(IDENTITY), FreshMix(w), "covariance_error", **sizes)
    assert (found[-1] < 1.01 * found[-100]) == settles
    assert not np.any(np.isnan(found))


def test_discarded_covariances_explode_in_the_mean_and_collapse_in_the_logarithm():
    model = gaussian(IDENTITY)
    sizes = {"n_real": 100, "n_synthetic": 100, "generations": 50}
    t = np.arange(51)
    error = predicted(model, "discard", "covariance_error", **sizes)
    exact = (8 * (1 + 2 / 99) ** (t + 1) - 2 * (1 - 1 / 99) ** (t + 1)) / 3 - 2
    np.testing.assert_allclose(error, exact, rtol=1e-10)
    printed = [0.060606, 0.122232, 0.726673, 4.998206]
    np.testing.assert_allclose(error[[0, 1, 10, 50]], printed, atol=6e-7)
    log_det = predicted(model, "discard", "log_det", **sizes)
    step = np.sum(psi(np.array([99, 98]) / 2)) + 2 * math.log(2 / 99)
    np.testing.assert_allclose(log_det, (t + 1) * step, rtol=1e-12)
    np.testing.assert_allclose(log_det[[0, 50]], [-0.030526, -1.556835], atol=6e-7)


def test_the_logarithm_of_a_determinant_follows_one_dataset_only():
    sizes = {"n_real": 10, "n_synthetic": 20, "generations": 3, "n_initial": 30}
    model = gaussian(CORRELATED)
    truth = math.log(np.linalg.det(CORRELATED))

    def step(rows):
        return np.sum(psi((rows - np.arange(1, 3)) / 2)) + 2 * math.log(2 / (rows - 1))

    found = predicted(model, "real", "log_det", **sizes)
    np.testing.assert_allclose(found, truth + np.array([step(30), *[step(10)] * 3]), rtol=1e-12)
    found = predicted(model, "discard", "log_det", **sizes)
    np.testing.assert_allclose(found, truth + step(30) + step(20) * np.arange(4), rtol=1e-12)
    found = predicted(model, "fresh:0.5", "log_det", **sizes)
    np.testing.assert_array_equal(np.isnan(found), [False, True, True, True])
    few = {"n_real": 10, "n_synthetic": 2, "generations": 3}
    assert predicted(model, "discard", "log_det", **few)[1:].tolist() == [-np.inf] * 3
    assert not np.isfinite(predicted(gaussian(np.ones((2, 2))), "real", "log_det", **few)).any()


def test_a_single_row_has_no_covariance():
    sizes = {"n_real": 5, "n_synthetic": 1, "generations": 3}
    found = predicted(gaussian(IDENTITY), "discard", "covariance_error", **sizes)
    np.testing.assert_array_equal(np.isinf(found), [False, True, True, True])
    of_mean = predicted(gaussian(IDENTITY), "discard", "mean_error", **sizes)
    np.testing.assert_array_equal(np.isinf(of_mean), [False, True, True, True])
    for metric in ("mean_error", "covariance_error"):
        few = {"n_real": 5, "n_synthetic": 1, "model": gaussian(IDENTITY), "metric": metric}
        assert theory.stationary_error(0.5, **few) == np.inf


def test_explosions_past_the_largest_number_are_infinite():
    sizes = {"n_real": 3, "n_synthetic": 3, "generations": 1200}
    found = predicted(gaussian(OF_THREE), "discard", "covariance_error", **sizes)
    assert found[-1] == np.inf
    assert not np.any(np.isnan(found))


@pytest.mark.parametrize(("n", "m", "p"), [(10, 8, 3), (100, 100, 2), (5, 6, 3)])
def test_discarded_least_squares(n, m, p):
    model = hl.models.LinearRegression(np.ones(p), noise_scale=2.0, estimate_noise=True)
    sizes = {"n_real": n, "n_synthetic": m, "generations": 10}
    t = np.arange(11)
    exact = 4 * p * (1 / (n - p - 1) + t / (m - p - 1))
    for metric in ("error", "excess_risk"):
        np.testing.assert_allclose(predicted(model, "discard", metric, **sizes), exact, rtol=1e-12)
    noise = 16 * ((1 + 2 / (n - p)) * (1 + 2 / (m - p)) ** t - 1)
    np.testing.assert_allclose(
        predicted(model, "discard", "noise_error", **sizes), noise, rtol=1e-10
    )


def test_least_squares_on_few_rows_have_no_expected_error():
    model = hl.models.LinearRegression(np.ones(3), estimate_noise=True)
    sizes = {"n_real": 4, "n_synthetic": 3, "generations": 2, "n_initial": 5}
    assert predicted(model, "real", "error", **sizes).tolist() == [3.0, np.inf, np.inf]
    noise = predicted(model, "discard", "noise_error", **sizes)
    np.testing.assert_array_equal(np.isinf(noise), [False, True, True])


def test_exactness_is_stated_where_it_holds():
    workflows = ["discard", "fresh:0.3", "augment", "augment-subsample"]
    sizes = {"n_real": 20, "n_synthetic": 20, "generations": 3}

    def exact(model, metric):
        return theory.predict(workflows, model=model, **sizes).exact[metric]

    whole = workflows[:3]
    assert exact(gaussian(IDENTITY), "covariance_error") == whole
    assert exact(gaussian(IDENTITY), "mean_error") == whole
    assert exact(hl.models.EmpiricalCDF(), "error") == workflows
    assert exact(hl.models.LinearRegression([1.0]), "error") == ["discard"]
    rows = np.random.default_rng(0).normal(size=(10, 2))
    fixed = hl.models.LinearRegression([1.0, 1.0], design=rows, resample=False)
    assert exact(fixed, "error") == whole
    odd = hl.models.LinearRegression([1.0, 1.0], design=rows[:9], resample=False)
    assert exact(odd, "error") == []
    assert exact(hl.models.PoissonRegression([1.0]), "error") == []


def test_a_dataset_that_is_too_small_spoils_what_uses_it_alone():
    model = hl.models.LinearRegression([1.0, 1.0])
    sizes = {"n_real": 100, "n_synthetic": 100, "generations": 3, "n_initial": 3}
    real = predicted(model, "real", "error", **sizes)
    np.testing.assert_allclose(real, [np.inf, 2 / 97, 2 / 97, 2 / 97], rtol=1e-12)
    assert np.all(np.isinf(predicted(model, "discard", "error", **sizes)))


def test_generation_0_is_exact_under_every_workflow():
    model = hl.models.LinearRegression([1.0, 1.0])
    for workflow in ("real", "fresh:0.9", "augment", "augment-subsample"):
        found = predicted(model, workflow, "error", n_real=6, n_synthetic=6, generations=2)
        assert found[0] == pytest.approx(2 / 3, rel=1e-12)


@pytest.mark.filterwarnings("ignore:.*replicates had failed")
@pytest.mark.parametrize("workflow", ["discard", "augment", "fresh:0.5", "anchor:0.5"])
def test_a_single_row_leaves_no_finite_error_of_a_gaussian(workflow: str) -> None:
    """The fit fails for want of a covariance, and with it the mean."""
    gaussian = hl.models.Gaussian([0.0], [[1.0]])
    sizes = {"n_real": 5, "n_synthetic": 1, "generations": 2}
    trace = hl.theory.predict(workflow, **sizes, model=gaussian)
    simulated = hl.simulate(gaussian, workflow, **sizes, replicates=20, seed=1)
    np.testing.assert_array_equal(simulated.dataset["failed"].values[0], [0, 1, 1])
    for name in ("mean_error", "covariance_error"):
        predicted = trace.dataset[name].values[0]
        assert np.isfinite(predicted[0])
        assert np.all(np.isinf(predicted[1:]))
    assert np.isnan(trace.dataset["log_det"].values[0, 1:]).all()


def test_rows_drawn_from_single_rows_count_as_one_dataset() -> None:
    gaussian = hl.models.Gaussian([0.0], [[1.0]])
    sizes = {"n_real": 5, "n_synthetic": 1, "generations": 2}
    trace = hl.theory.predict("augment-subsample", **sizes, model=gaussian)
    assert np.isfinite(trace.dataset["mean_error"].values).all()
