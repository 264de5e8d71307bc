"""The best weights, against formulas of their own and against numerical minimisation."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

import heirloom as hl
from heirloom import theory
from heirloom.workflows import FreshMix

GOLDEN = 2 / (1 + math.sqrt(5))

ratios = st.floats(1e-3, 1e3)


def best_weight(k: float) -> float:
    """The formula of arXiv 2502.18049 as it is printed."""
    return (math.sqrt(k**2 + 4 * k) - k) / 2


@pytest.mark.parametrize(
    ("n", "m", "weight"),
    [
        (1, 1, GOLDEN),
        (100, 100, GOLDEN),
        (1, 2, 0.5),
        (1, 6, 1 / 3),
        (4, 3, 2 / 3),
        (10, 0, 1.0),
        (1, 100, 0.0951249219725039),
    ],
)
def test_optimal_weight(n: float, m: float, weight: float) -> None:
    assert theory.optimal_weight(n, m) == pytest.approx(weight, rel=1e-14)


@given(ratios)
def test_optimal_weight_is_the_printed_formula(k: float) -> None:
    assert theory.optimal_weight(k, 1) == pytest.approx(best_weight(k), rel=1e-9)


@pytest.mark.parametrize("k", [1e-30, 1e30])
def test_optimal_weight_loses_no_digits_at_extreme_ratios(k: float) -> None:
    """w* → √k for small k and 1 − 1/k for large k; the printed formula gives 0 for k = 1e30."""
    expected = math.sqrt(k) if k < 1 else 1.0
    assert theory.optimal_weight(k, 1.0) == pytest.approx(expected, rel=1e-12)


@given(ratios)
def test_optimal_weight_minimises_the_stationary_risk(k: float) -> None:
    def risk(w: float) -> float:
        return float(theory.stationary_risk(w, n_real=k, n_synthetic=1.0))

    found = minimize_scalar(risk, bounds=(0, 1), method="bounded", options={"xatol": 1e-12})
    best = theory.optimal_weight(k, 1.0)
    assert found.x == pytest.approx(best, abs=1e-6)
    assert risk(best) <= found.fun * (1 + 1e-12)
    # There the risk is w* times that of the real rows alone.
    assert risk(best) == pytest.approx(best, rel=1e-12)


@given(ratios)
def test_naive_weight_has_its_ratio(k: float) -> None:
    ratio = float(theory.stationary_risk(k / (1 + k), n_real=k, n_synthetic=1.0))
    assert ratio == pytest.approx((1 + k) / (2 + k), rel=1e-12)
    assert ratio > 0.5 - 1e-12


def test_optimal_beats_naive_fivefold_at_one_to_a_hundred() -> None:
    sizes = {"n_real": 10, "n_synthetic": 1000}
    naive = theory.long_run_risk(FreshMix("naive"), **sizes)
    optimal = theory.long_run_risk(FreshMix("optimal"), **sizes)
    assert naive / optimal == pytest.approx(5.3, abs=0.05)


def test_stationary_risk_keeps_the_shape_of_its_weights() -> None:
    grid = np.linspace(0, 1, 6).reshape(2, 3)
    risk = theory.stationary_risk(grid, n_real=3, n_synthetic=2)
    assert risk.shape == (2, 3)
    assert risk[0, 0] == np.inf
    assert risk[1, 2] == 1.0
    assert theory.stationary_risk(0.5, n_real=1, n_synthetic=1).shape == ()


@settings(max_examples=30)
@given(ratios, st.floats(0.1, 1.0))
def test_stationary_risk_is_where_the_recursion_settles(k: float, w: float) -> None:
    n, m = round(1000 * k) + 1, 1000
    risk = theory.relative_risk(FreshMix(w), n_real=n, n_synthetic=m, generations=200)
    assert risk[-1] == pytest.approx(
        float(theory.stationary_risk(w, n_real=n, n_synthetic=m)), rel=1e-9
    )


def test_stationary_risk_without_synthetic_rows() -> None:
    risk = theory.stationary_risk([0.0, 0.5, 1.0], n_real=5, n_synthetic=0)
    np.testing.assert_array_equal(risk, [np.inf, np.inf, 1.0])


# ------------------------------------------------------------------------------- the schedule


def test_schedule_runs_through_ratios_of_fibonacci_numbers() -> None:
    a, b = 1, 1
    ratios = []
    for _ in range(21):
        ratios.append(Fraction(a, b))
        a, b = a + b, a + 2 * b
    assert ratios[1:5] == [Fraction(2, 3), Fraction(5, 8), Fraction(13, 21), Fraction(34, 55)]
    schedule = theory.optimal_schedule(n_real=7, n_synthetic=7, generations=20)
    np.testing.assert_allclose(schedule, [float(r) for r in ratios], rtol=1e-14)
    assert schedule[-1] == pytest.approx(GOLDEN, rel=1e-14)


def risks(text: str, n: int, m: int, generations: int) -> np.ndarray:
    return theory.relative_risk(text, n_real=n, n_synthetic=m, generations=generations)


@pytest.mark.parametrize(
    ("n", "m", "losses"),
    [
        # In per cent, as published.
        (10, 100, {1: "25.8", 2: "24.2", 3: "16.6", 5: "5.7", 10: "0.26"}),
        (10, 10, {1: "1", 2: "0.2", 3: "0", 10: "0"}),
    ],
)
def test_what_a_constant_weight_loses(n: int, m: int, losses: dict[int, str]) -> None:
    loss = 100 * (risks("fresh:optimal", n, m, 10) / risks("fresh:schedule", n, m, 10) - 1)
    decimals = {t: len(text.partition(".")[2]) for t, text in losses.items()}
    assert {t: f"{loss[t]:.{decimals[t]}f}" for t in losses} == losses


def test_the_schedule_is_that_of_fresh_schedule() -> None:
    sizes = {
        "n_real": [5, 0, 7, 9],
        "n_synthetic": [3, 8, 0, 30],
        "generations": 4,
        "n_initial": 2,
    }
    schedule = theory.optimal_schedule(**sizes)
    assert schedule[0] == 1.0
    assert schedule[2] == 0.0
    assert schedule[3] == 1.0
    np.testing.assert_array_equal(
        theory.relative_risk(FreshMix(schedule), **sizes),
        theory.relative_risk("fresh:schedule", **sizes),
    )


def test_the_schedule_is_the_callers_own() -> None:
    sizes = {"n_real": 1, "n_synthetic": 1, "generations": 2}
    first = theory.optimal_schedule(**sizes)
    first[:] = 0.0
    assert theory.optimal_schedule(**sizes)[1] == pytest.approx(2 / 3)


@given(
    st.integers(1, 50),
    st.lists(
        st.tuples(st.integers(1, 50), st.integers(1, 50), st.floats(0, 1)), min_size=1, max_size=8
    ),
)
def test_no_weights_beat_the_schedule_at_any_generation(
    n_initial: int, later: list[tuple[int, int, float]]
) -> None:
    n, m, weights = zip(*later, strict=True)
    sizes = {
        "n_real": n,
        "n_synthetic": m,
        "generations": len(later),
        "n_initial": n_initial,
    }
    best = theory.relative_risk("fresh:schedule", **sizes)
    other = theory.relative_risk(FreshMix(weights), **sizes)
    assert np.all(best <= other * (1 + 1e-12))
    # In units of one row the risk is the weight over the fresh rows: w_t = n_t V_t.
    np.testing.assert_allclose(
        best[1:] / n_initial, theory.optimal_schedule(**sizes)[1:] / n, rtol=1e-12
    )


def test_the_optimal_weight_follows_the_sizes_of_each_generation() -> None:
    n, m = [10, 20, 40], [40, 20, 10]
    sizes = {"n_real": n, "n_synthetic": m, "generations": 3, "n_initial": 10}
    weights = [best_weight(a / b) for a, b in zip(n, m, strict=True)]
    np.testing.assert_allclose(
        theory.relative_risk("fresh:optimal", **sizes),
        theory.relative_risk(FreshMix(weights), **sizes),
        rtol=1e-12,
    )


def test_the_naive_weight_counts_every_row_the_same() -> None:
    sizes = {"n_real": [1, 2, 3], "n_synthetic": [3, 2, 1], "generations": 3, "n_initial": 4}
    for text, weights in (
        ("fresh", [0.25, 0.5, 0.75]),
        ("anchor", [4 / 7, 4 / 6, 4 / 5]),
    ):
        given = f"{text}:" + ",".join(map(str, weights))
        np.testing.assert_allclose(
            theory.relative_risk(f"{text}:naive", **sizes),
            theory.relative_risk(given, **sizes),
            rtol=1e-12,
        )


def test_keeping_all_real_data_beats_every_weight_of_the_last_batch() -> None:
    best = risks("fresh:schedule", 10, 10, 20)
    assert np.all(risks("real:accumulate", 10, 10, 20)[2:] < best[2:])


def test_reused_real_data_need_no_synthetic_data() -> None:
    risk = [risks(f"anchor:{w}", 10, 10, 20)[-1] for w in (0.2, 0.618, 0.9, 1.0)]
    assert risk == sorted(risk, reverse=True)
    assert risk[-1] == 1.0


# ------------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("n", "m", "message"),
    [
        (0, 1, "n_real=0: must be more than 0 rows, and finite"),
        (-1, 1, "n_real=-1: must be more than 0 rows"),
        (math.nan, 1, "n_real=nan: must be more than 0 rows"),
        (math.inf, 1, "n_real=inf: must be more than 0 rows"),
        (1, -1, "n_synthetic=-1: must be 0 or more rows, and finite"),
        (1, math.nan, "n_synthetic=nan: must be 0 or more rows"),
        (1, math.inf, "n_synthetic=inf: must be 0 or more rows"),
    ],
)
def test_rows_out_of_range(n: float, m: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        theory.optimal_weight(n, m)
    with pytest.raises(ValueError, match=message):
        theory.stationary_risk(0.5, n_real=n, n_synthetic=m)


@pytest.mark.parametrize("weight", [-0.1, 1.1, math.nan, [0.5, 2.0]])
def test_weights_out_of_range(weight: float) -> None:
    with pytest.raises(ValueError, match=r"weight=.*: must lie in \[0, 1\]"):
        theory.stationary_risk(weight, n_real=1, n_synthetic=1)


def test_a_generation_without_rows_has_no_schedule() -> None:
    expected = "n_real=0 and n_synthetic=0 at generation 2: one must be 1 or more"
    with pytest.raises(ValueError, match=expected):
        theory.optimal_schedule(n_real=[1, 0], n_synthetic=[1, 0], generations=2, n_initial=1)


# Weights that are exact at every sample size, by the law of a model.

GAUSSIAN = hl.models.Gaussian([0.0, 0.0], np.eye(2))


@pytest.mark.parametrize("n", [5, 20, 100])
@pytest.mark.parametrize("m", [4, 20, 1000])
@pytest.mark.parametrize(
    ("model", "metric"),
    [
        (hl.models.Categorical([0.2, 0.8]), None),
        (hl.models.EmpiricalCDF(), None),
        (GAUSSIAN, "covariance_error"),
        (GAUSSIAN, "mean_error"),
        (hl.models.Gaussian([0.0, 1.0], [[2.0, 0.5], [0.5, 1.0]]), "covariance_error"),
        (hl.models.Gaussian(0.0, 3.0), "covariance_error"),
    ],
)
def test_the_exact_weight_has_the_least_settled_error(n, m, model, metric):
    def settled(w):
        return theory.stationary_error(w, n_real=n, n_synthetic=m, model=model, metric=metric)

    best = theory.optimal_weight(n, m, model=model, metric=metric)
    assert theory.critical_weight(m, model=model, metric=metric) < best <= 1
    for step in (1e-3, 1e-2):
        assert settled(best) <= settled(min(best + step, 1.0))
        assert settled(best) <= settled(best - step)


@pytest.mark.parametrize(("n", "m"), [(5, 5), (20, 100), (100, 20)])
@pytest.mark.parametrize("weight", [0.3, 0.6, 1.0])
def test_settled_errors_are_where_predictions_settle(n, m, weight):
    for model in (GAUSSIAN, hl.models.Categorical([0.2, 0.8]), hl.models.LinearRegression([1.0])):
        predicted = theory.predict(
            f"fresh:{weight}", n_real=n, n_synthetic=m, generations=300, model=model
        )
        for metric in set(predicted.metrics) - {"log_det"}:
            settled = theory.stationary_error(
                weight, n_real=n, n_synthetic=m, model=model, metric=metric
            )
            # A linear regression on fresh data alone is exact, and a mixture is not.
            if not (weight == 1.0 and isinstance(model, hl.models.LinearRegression)):
                assert predicted.dataset[metric][0, -1] == pytest.approx(float(settled), rel=1e-9)


@pytest.mark.parametrize(
    ("m", "expected"),
    [(20, 1 - (1 + 2 / 19) ** -0.5), (3, 1 - 2**-0.5), (1000, 1 - (1 + 2 / 999) ** -0.5)],
)
def test_below_the_critical_weight_a_covariance_explodes(m, expected):
    critical = theory.critical_weight(m, model=GAUSSIAN, metric="covariance_error")
    assert critical == pytest.approx(expected, rel=1e-12)

    def settled(w):
        return float(
            theory.stationary_error(
                w, n_real=m, n_synthetic=m, model=GAUSSIAN, metric="covariance_error"
            )
        )

    assert settled(critical * 0.999) == math.inf
    assert settled(critical) > 1e12  # infinite, but for rounding
    assert math.isfinite(settled(critical * 1.001))
    predicted = theory.predict(
        f"fresh:{critical * 0.9}", n_real=m, n_synthetic=m, generations=4000, model=GAUSSIAN
    ).dataset["covariance_error"][0]
    assert predicted[4000] > 1.5 * predicted[2000] or np.isinf(predicted[4000])


def test_reference_values_of_a_covariance():
    def best(model, n, m, metric="covariance_error"):
        return theory.optimal_weight(n, m, model=model, metric=metric)

    assert best(GAUSSIAN, 100, 100) == pytest.approx(0.6198, abs=5e-5)
    assert best(GAUSSIAN, 20, 20) == pytest.approx(0.6272, abs=5e-5)
    # One column: c = 1 + 2/(m − 1) and k = (n − 1)/(m − 1).
    w, c, k = best(hl.models.Gaussian(0.0, 1.0), 30, 12), 1 + 2 / 11, 29 / 11
    assert c * w**2 + (1 - c + k) * w - k == pytest.approx(0, abs=1e-12)
    assert best(GAUSSIAN, 20, 20, "mean_error") == pytest.approx(theory.optimal_weight(20, 20))


def test_weights_where_only_the_limit_is_known():
    model = hl.models.LogisticRegression([1.0, 1.0])
    assert theory.optimal_weight(100, 50, model=model) == pytest.approx(
        theory.optimal_weight(100, 50), rel=1e-12
    )
    assert theory.critical_weight(10, model=model) == 0


def test_edges_of_exact_weights():
    assert theory.optimal_weight(10, 0, model=GAUSSIAN, metric="covariance_error") == 1
    with pytest.raises(ValueError, match="too few rows for the error to be finite"):
        theory.optimal_weight(10, 1, model=GAUSSIAN, metric="covariance_error")
    with pytest.raises(
        ValueError,
        match="metric=None: name one of the errors of Gaussian whose law theory knows: mean",
    ):
        theory.optimal_weight(10, 10, model=GAUSSIAN)
    with pytest.raises(ValueError, match="metric='log_det': name one of the errors"):
        theory.stationary_error(0.5, n_real=9, n_synthetic=9, model=GAUSSIAN, metric="log_det")
    at_all = {"n_real": 10, "n_synthetic": 0, "model": GAUSSIAN, "metric": "covariance_error"}
    assert theory.stationary_error([0.5, 1.0], **at_all)[0] == math.inf
    assert math.isfinite(theory.stationary_error([0.5, 1.0], **at_all)[1])
