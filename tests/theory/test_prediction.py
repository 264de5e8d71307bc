"""Predictions as traces, and the law that is exact at every sample size."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from heirloom import theory
from heirloom.workflows import Augment, AugmentSubsample, Discard, FreshMix, Workflow


def errors(
    workflow: Workflow | str,
    *,
    n: int,
    m: int,
    generations: int,
    curvature: float | None,
    variance: float = 1.0,
) -> np.ndarray:
    trace = theory.predict(
        workflow,
        n_real=n,
        n_synthetic=m,
        generations=generations,
        curvature=curvature,
        variance=variance,
    )
    return trace.dataset["error"].values[0]


@pytest.mark.parametrize(
    ("n", "curvature", "weight"),
    [
        (5, -1.0, 0.59629),
        (20, -1.0, 0.61272),
        (100, -1.0, 0.61698),
        (5, 1.0, 0.63849),
        (20, 1.0, 0.62327),
        (100, 1.0, 0.61909),
    ],
)
def test_best_weights_of_finite_samples(n: int, curvature: float, weight: float) -> None:
    def settled(w: float) -> float:
        return errors(FreshMix(float(w)), n=n, m=n, generations=60, curvature=curvature)[-1]

    found = minimize_scalar(settled, bounds=(0.4, 0.8), method="bounded", options={"xatol": 1e-9})
    assert found.x == pytest.approx(weight, abs=6e-6)
    # c w² + (1 − c + k) w − k = 0, and the least error is w/n.
    c, k = 1 + curvature / n, 1.0
    assert c * found.x**2 + (1 - c + k) * found.x - k == pytest.approx(0, abs=1e-6)
    assert found.fun == pytest.approx(found.x / n, rel=1e-6)


@given(
    st.integers(1, 100),
    st.integers(1, 100),
    st.floats(0, 1),
    st.sampled_from([-1.0, 0.0, 0.3, 1.0]),
)
def test_fresh_data_obey_the_recursion(n: int, m: int, w: float, v2: float) -> None:
    expected = [1 / n]
    for _ in range(10):
        expected.append(w**2 / n + (1 - w) ** 2 * ((1 + v2 / m) * expected[-1] + 1 / m))
    found = errors(FreshMix(w), n=n, m=m, generations=10, curvature=v2)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("n", [1, 5, 100])
def test_discarded_frequencies(n: int) -> None:
    p = np.array([0.2, 0.3, 0.5])
    variance = float(np.sum(p * (1 - p)))
    found = errors(Discard(), n=n, m=n, generations=50, curvature=-1.0, variance=variance)
    t = np.arange(51)
    np.testing.assert_allclose(found, variance * (1 - (1 - 1 / n) ** (t + 1)), rtol=1e-12)


def test_discarded_empirical_cdf() -> None:
    found = errors(Discard(), n=10, m=10, generations=5, curvature=-1.0, variance=1 / 6)
    np.testing.assert_allclose(found, (1 - 0.9 ** np.arange(1, 7)) / 6, rtol=1e-12)


# Rows that are 0 or 1, few of them, at every generation: what the exact law says of draws from the
# pool is not its limit, and a simulation of the rows themselves can tell.


def simulated_risk(
    n: int, m: int, generations: int, draw: str, replicates: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Mean squared error of a frequency (p = 0.3) over n₀ = n rows, and its standard error."""
    rng = np.random.default_rng(seed)
    p = 0.3
    pool = rng.random((replicates, n)) < p
    estimates = [pool.mean(axis=1)]
    for _ in range(generations):
        new = rng.random((replicates, m)) < estimates[-1][:, None]
        pool = np.concatenate([pool, new], axis=1)
        if draw == "whole":
            estimates.append(pool.mean(axis=1))
            continue
        if draw == "replacement":
            chosen = rng.integers(pool.shape[1], size=(replicates, n))
        else:
            chosen = np.argsort(rng.random(pool.shape), axis=1)[:, :n]
        estimates.append(np.take_along_axis(pool, chosen, axis=1).mean(axis=1))
    squared = (np.array(estimates) - p) ** 2 / (p * (1 - p))
    return squared.mean(axis=1), squared.std(axis=1) / math.sqrt(replicates)


@pytest.mark.parametrize(
    ("workflow", "draw"),
    [
        (Augment(), "whole"),
        (AugmentSubsample(), "without"),
        (AugmentSubsample(replacement=True), "replacement"),
    ],
)
def test_the_exact_law_of_five_rows(workflow: Workflow, draw: str) -> None:
    """200,000 replicates: a standard error of 0.3 %, while the limit is off by 5 % and more."""
    n, m, generations = 5, 3, 4
    mean, se = simulated_risk(n, m, generations, draw, replicates=200_000, seed=7)
    exact = errors(workflow, n=n, m=m, generations=generations, curvature=-1.0)
    limit = errors(workflow, n=n, m=m, generations=generations, curvature=None)
    assert np.abs((mean - exact) / se).max() < 3.5
    assert np.abs((mean - limit) / se)[1:].min() > 10


def test_a_prediction_is_the_relative_risk_in_units_of_the_initial_error() -> None:
    sizes = {"n_real": 30, "n_synthetic": 20, "generations": 6, "n_initial": 50}
    texts = ["discard", "augment-subsample", "fresh:optimal"]
    trace = theory.predict(texts, variance=4.0, **sizes)
    assert trace.workflows[:2] == ("discard", "augment-subsample")
    assert trace.metrics == ("error",)
    assert dict(trace.dataset.sizes) == {"workflow": 3, "generation": 7}
    for text, error in zip(texts, trace.dataset["error"].values, strict=True):
        np.testing.assert_allclose(
            error, 4.0 / 50 * theory.relative_risk(text, **sizes), rtol=1e-12
        )


def test_a_pool_of_one_row_is_drawn_as_it_is() -> None:
    found = errors(AugmentSubsample(replacement=True), n=1, m=0, generations=3, curvature=-1.0)
    np.testing.assert_array_equal(found, np.ones(4))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"workflows": []}, r"workflows=\[\]: give at least one"),
        ({"variance": -1.0}, "variance=-1.0: must be 0 or more, and finite"),
        ({"variance": math.nan}, "variance=nan: must be 0 or more"),
        ({"variance": math.inf}, "variance=inf: must be 0 or more"),
        ({"curvature": math.nan}, "curvature=nan: must be a finite number, or None"),
        ({"curvature": math.inf}, "curvature=inf: must be a finite number"),
    ],
)
def test_what_is_refused(arguments: dict, message: str) -> None:
    given = {"workflows": "discard", "n_real": 5, "n_synthetic": 5, "generations": 2} | arguments
    with pytest.raises(ValueError, match=message):
        theory.predict(**given)


def test_synthetic_rows_of_another_variance_than_real_rows():
    # FreshMix: V_t = w² V_real/n + (1 − w)² (V_{t−1} + V_synthetic/m).
    weight, n, m, v_real, v_synthetic = 0.3, 40, 70, 3.0, 2.0
    exact = [v_real / n]
    for _ in range(6):
        exact.append(weight**2 * v_real / n + (1 - weight) ** 2 * (exact[-1] + v_synthetic / m))
    trace = theory.predict(
        f"fresh:{weight}",
        n_real=n,
        n_synthetic=m,
        generations=6,
        variance=v_real,
        synthetic_variance=v_synthetic,
    )
    np.testing.assert_allclose(trace.dataset["error"][0], exact, rtol=1e-12)


def test_synthetic_variance_must_not_be_negative():
    with pytest.raises(ValueError, match=r"^synthetic_variance=-1.0: must be 0 or more"):
        theory.predict("real", n_real=1, n_synthetic=1, generations=1, synthetic_variance=-1.0)
