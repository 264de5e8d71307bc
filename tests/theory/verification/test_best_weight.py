"""The best weight beside verified data: limits, the recursion, and a search of its own."""

import json
import math

import numpy as np
import pytest

from heirloom import theory
from heirloom.laws import AcceptedResponsesLaw
from heirloom.theory.verification import published_slack
from heirloom.theory.verification.best_weight import verified_optimal_weight, verified_risk_curve
from heirloom.theory.verification.workflow import predict_verified

SLACK = published_slack(1.0)
SIZES = {"n_real": 100, "n_synthetic": 100, "slack": SLACK}


@pytest.mark.parametrize(
    ("n", "m"), [(100, 100), (5, 5), (10, 1000), (400, 20), (1, 1), (33.5, 70.25)]
)
@pytest.mark.parametrize("bias", [0.0, 3.0])
def test_a_verifier_that_accepts_everything(n: float, m: float, bias: float) -> None:
    found = verified_optimal_weight(
        bias=bias, radius=math.inf, n_real=n, n_synthetic=m, noise_scale=2.0, dimension=3
    )
    weight = theory.optimal_weight(n, m)
    assert found.weight == pytest.approx(weight, abs=1e-6)
    assert found.error_without == pytest.approx(3 * 4 / n, rel=1e-12)
    assert found.error == pytest.approx(weight * 3 * 4 / n, rel=1e-9)
    assert found.error_unverified_best == pytest.approx(found.error, rel=1e-12)


def test_the_golden_ratio() -> None:
    found = verified_optimal_weight(bias=0.0, radius=math.inf, **SIZES)
    assert found.weight == pytest.approx(0.618034, abs=1e-6)


def test_a_wide_interval_is_nearly_none() -> None:
    found = verified_optimal_weight(bias=0.5, radius=9.0, **SIZES)
    assert found.weight == pytest.approx(0.618034, abs=1e-6)


def test_more_bias_needs_more_real_data() -> None:
    found = [
        verified_optimal_weight(bias=bias, radius=0.2, **SIZES) for bias in (0.0, 0.05, 0.2, 1.0, 5)
    ]
    assert np.all(np.diff([f.weight for f in found]) > 0)
    assert np.all(np.diff([f.error for f in found]) > 0)
    assert found[-1].weight > 0.998
    # Weight 1 is among the weights.
    assert all(f.error < f.error_without for f in found)


@pytest.mark.parametrize("radius", [0.0, 0.3, 1.0, 3.0])
@pytest.mark.parametrize("m", [10, 100, 1000])
def test_without_bias_the_least_error_is_the_weight_times_that_of_real_data(
    radius: float, m: int
) -> None:
    """V = w²/n + (1 − w)² g(V) has its least at (1 − w) g(V) = w/n, and there V = w/n."""
    found = verified_optimal_weight(bias=0.0, radius=radius, slack=SLACK, n_real=100, n_synthetic=m)
    assert found.error / found.error_without == pytest.approx(found.weight, abs=1e-6)


def test_a_narrow_interval_about_the_truth_needs_little_real_data() -> None:
    weights = [
        verified_optimal_weight(bias=0.0, radius=radius, **(SIZES | {"slack": 0.0})).weight
        for radius in (0.05, 0.2, 0.5, 1.0)
    ]
    assert np.all(np.diff(weights) > 0)
    assert weights[0] < 0.01


@pytest.mark.parametrize(
    ("bias", "radius", "n", "m"), [(0.0, 0.2, 100, 100), (0.3, 0.5, 20, 50), (1.0, 1.0, 5, 5)]
)
def test_the_curve_is_where_the_loop_ends(bias: float, radius: float, n: int, m: int) -> None:
    half = radius + math.sqrt(2 / math.pi)
    law = AcceptedResponsesLaw(
        np.eye(2),
        np.zeros(2),
        1.0,
        np.full(2, bias / math.sqrt(2) - half),
        np.full(2, bias / math.sqrt(2) + half),
    )
    weights = [0.0, 0.2, 0.7, 1.0]
    trace = predict_verified(
        [f"fresh:{w}" for w in weights], law, n_real=2 * n, n_synthetic=2 * m, generations=150
    )
    setting = {"bias": bias, "radius": radius, "dimension": 2, "n_real": n, "n_synthetic": m}
    setting["slack"] = SLACK
    for generations in (None, 4, 0):
        ends = trace.dataset["error"].values[:, -1 if generations is None else generations]
        curve = verified_risk_curve(weights, **setting, generations=generations)
        np.testing.assert_allclose(curve[1:] * 2 / n, ends[1:], rtol=1e-9)
        # Without real data the loop is followed exactly, and the curve by normal closure.
        assert curve[0] * 2 / n == pytest.approx(ends[0], rel=1e-5 if n > 5 else 3e-3)


@pytest.mark.parametrize("generations", [1, 3, None])
def test_no_weight_of_a_fine_grid_is_better(generations: int | None) -> None:
    bias = np.array([0.1, -0.4, 0.0])
    setting = {"bias": bias, "radius": 0.4, "noise_scale": 1.5, "generations": generations}
    found = verified_optimal_weight(**setting, **SIZES)
    weights = np.linspace(0, 1, 201)
    curve = verified_risk_curve(weights, **setting, **SIZES)
    assert found.error / found.error_without <= curve.min() + 1e-12
    assert found.weight == pytest.approx(weights[np.argmin(curve)], abs=5e-3)


def test_the_first_generation_of_weights() -> None:
    """Without a verifier V_1 = w²/n + (1 − w)²(1/n + 1/m): w = 2/3 where n = m."""
    found = verified_optimal_weight(bias=0.7, radius=math.inf, generations=1, **SIZES)
    assert found.weight == pytest.approx(2 / 3, abs=1e-7)
    assert found.error == pytest.approx(2 / 300, rel=1e-12)


def test_units_and_the_sign_of_the_bias_change_nothing() -> None:
    first = verified_optimal_weight(bias=0.3, radius=0.4, **(SIZES | {"slack": 0.5}))
    second = verified_optimal_weight(
        bias=[-0.9], radius=1.2, noise_scale=3.0, **(SIZES | {"slack": 1.5})
    )
    assert second.weight == pytest.approx(first.weight, abs=1e-7)
    assert second.error == pytest.approx(9 * first.error, rel=1e-9)


def test_where_the_interval_hardly_holds_the_loop() -> None:
    """Half-width 3: at weight 0 plain repetition takes hundreds of generations."""
    setting = {"bias": 0.3, "radius": 3.0, "slack": 0.0, "n_real": 20, "n_synthetic": 20}
    settled = verified_risk_curve([0.0, 0.01], **setting)
    followed = verified_risk_curve([0.0, 0.01], **setting, generations=1000)
    np.testing.assert_allclose(settled, followed, rtol=1e-8)


def test_shapes_and_json() -> None:
    curve = verified_risk_curve([[0.1, 0.2], [0.3, 1.0]], bias=0.0, radius=0.2, **SIZES)
    assert curve.shape == (2, 2)
    assert curve.dtype == np.float64
    assert curve[1, 1] == 1.0
    assert verified_risk_curve(0.5, bias=0.0, radius=0.2, **SIZES).shape == ()
    assert verified_risk_curve(0.0, bias=0.0, radius=math.inf, **SIZES) == math.inf
    found = verified_optimal_weight(bias=0.0, radius=0.2, **SIZES)
    assert json.loads(json.dumps(found.to_json()))["weight"] == found.weight


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"bias": math.nan}, "bias=nan: must be a finite number"),
        ({"bias": [[0.1]]}, "bias=.*: must be a finite number, or a vector of them"),
        ({"bias": [0.1, 0.2], "dimension": 3}, "dimension=3: must be 2"),
        ({"dimension": 0}, "dimension=0: must be a whole number, 1 or more"),
        ({"radius": -1.0}, "radius=-1.0: must be a number, 0 or more"),
        ({"radius": math.nan}, "radius=nan: must be a number, 0 or more"),
        ({"slack": -0.1}, "slack=-0.1: must be a finite number, 0 or more"),
        ({"radius": 0.0, "slack": 0.0}, "the verifier accepts no response"),
        ({"noise_scale": 0.0}, "noise_scale=0.0: must be a finite number above 0"),
        ({"n_real": 0}, "n_real=0: must be a finite number above 0"),
        ({"n_synthetic": math.inf}, "n_synthetic=inf: must be a finite number above 0"),
        ({"generations": -1}, "generations=-1: must be a whole number"),
    ],
)
def test_what_is_refused(changed: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        verified_optimal_weight(**({"bias": 0.1, "radius": 0.2} | SIZES | changed))


def test_weights_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match=r"weights=.*: must lie in \[0, 1\]"):
        verified_risk_curve([0.5, 1.5], bias=0.1, radius=0.2, **SIZES)
