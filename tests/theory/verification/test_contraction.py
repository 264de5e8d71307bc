"""The contraction and the bound, against the printed figures and against simulation."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from heirloom.theory.verification import (
    VerifiedRegression,
    accepted_squared_norm,
    contraction_rate,
    error_bound,
    noise_floor,
    published_slack,
    random_design_bound,
    random_design_contraction_rate,
    verified_loop,
)


@pytest.mark.parametrize(("r", "rate"), [(0.2, 0.290), (0.5, 0.446), (1.0, 0.693), (2.0, 0.955)])
def test_published_rates(r: float, rate: float) -> None:
    assert contraction_rate(r, published_slack(1.0)) == pytest.approx(rate, abs=5e-4)


@given(st.floats(0.05, 8), st.floats(0.1, 10))
def test_rate_is_the_printed_formula(h: float, noise_scale: float) -> None:
    printed = 1 - 2 * h * norm.pdf(h) / (2 * norm.cdf(h) - 1)
    rate = contraction_rate(0.75 * h * noise_scale, 0.25 * h * noise_scale, noise_scale)
    assert rate == pytest.approx(printed, abs=1e-13)


def test_rates_at_the_ends() -> None:
    assert contraction_rate(0.0) == 0.0
    assert contraction_rate(math.inf) == 1.0
    assert contraction_rate(1e-4) == pytest.approx(1e-8 / 3, rel=1e-6)


def test_bound_is_the_printed_sum() -> None:
    setting = VerifiedRegression.of(0.4, 0.5, slack=0.3, noise_scale=2.0, n_initial=9, dimension=3)
    n = np.array([10, 20, 40])
    rate = contraction_rate(0.5, 0.3, 2.0)
    # n_j of the paper, j from 0, is that of round j + 1.
    printed = [
        rate ** (2 * k) * (3 * 4 / 9 + 0.16)
        + 3 * 4 * sum(rate ** (2 * (k - j) - 1) / n[j] for j in range(k))
        for k in range(4)
    ]
    assert error_bound(setting, n, 3) == pytest.approx(printed, rel=1e-13)
    assert error_bound(setting, lambda k: 10 * 2 ** (k - 1), 3) == pytest.approx(printed, rel=1e-13)


@settings(max_examples=40)
@given(
    st.floats(0, 2),
    st.floats(0.05, 4),
    st.integers(1, 300),
    st.integers(1, 100),
)
def test_bound_holds_in_orthogonal_designs(bias: float, h: float, n: int, n_initial: int) -> None:
    setting = VerifiedRegression.of(bias, h, n_initial=n_initial, dimension=2)
    exact = verified_loop(setting, n_accepted=n, rounds=8).error_to_center
    assert np.all(exact <= error_bound(setting, n, 8) * (1 + 1e-10))


def test_floor_is_where_the_bound_settles() -> None:
    setting = VerifiedRegression.of(0.4, 0.5, slack=0.3, n_initial=9, dimension=3)
    assert error_bound(setting, 50, 200)[-1] == pytest.approx(noise_floor(setting, 50), rel=1e-12)
    everything = VerifiedRegression.of(0.4, math.inf, n_initial=9)
    assert noise_floor(everything, 50) == math.inf


def test_random_designs_have_more_noise() -> None:
    """r = 0, σ_c = σ, p = 4: exact over printed bound 2.0 at n = 10, 1.34 at 20, 1.06 at 100."""
    setting = VerifiedRegression.of(0.0, 0.0, slack=1.0, n_initial=10**9, dimension=4)
    for n, ratio in [(10, 2.0), (20, 1.34), (100, 1.06)]:
        bounds = random_design_bound(setting, n, 1)[1] / error_bound(setting, n, 1)[1]
        assert bounds == pytest.approx(ratio, abs=0.01)
    assert random_design_bound(setting, 5, 1)[1] == math.inf


def test_accepted_rows_are_longer() -> None:
    assert accepted_squared_norm(4, 0.5, 0.5) == pytest.approx(1.072, abs=5e-4)
    assert accepted_squared_norm(4, 0.0, 1.0) == pytest.approx(1.0, rel=1e-12)
    assert accepted_squared_norm(4, math.inf) == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize(("p", "away"), [(1, 0.7), (2, 0.0), (4, 1.0)])
def test_random_designs_by_simulation(p: int, away: float) -> None:
    rng = np.random.default_rng(7)
    radius, slack, n = 0.5, 0.3, 400_000
    x, noise = rng.normal(size=(n, p)), rng.normal(size=n)
    length = np.linalg.norm(x, axis=1)

    def accepted(distance: float) -> tuple[np.ndarray, np.ndarray]:
        y = distance * x[:, 0] + noise
        kept = np.abs(y) <= radius * length + slack
        return x[kept], y[kept]

    squares = (accepted(away)[0] ** 2).sum(axis=1) / p
    expected = accepted_squared_norm(p, radius, slack, distance=away)
    assert abs(squares.mean() - expected) < 4 * squares.std() / math.sqrt(len(squares))
    # The fit on accepted pairs, a little away from the verifier: F(d) = ρd + O(d³).
    rows, y = accepted(0.1)
    slope, error = (rows[:, 0] @ y) / (rows[:, 0] @ rows[:, 0]) / 0.1, 0.1 * math.sqrt(len(rows))
    assert abs(slope - random_design_contraction_rate(p, radius, slack)) < 4 / error + 1e-2


def test_bad_arguments() -> None:
    setting = VerifiedRegression.of(0.4, 0.5, n_initial=9)
    with pytest.raises(ValueError, match="n_accepted=0: must be above 0"):
        noise_floor(setting, 0)
    with pytest.raises(ValueError, match=r"n_accepted=0: must be a whole number of rows"):
        error_bound(setting, 0, 3)
    with pytest.raises(ValueError, match="rounds=-1: must be a whole number"):
        error_bound(setting, 1, -1)
    with pytest.raises(ValueError, match=r"distance=-1\.0: must be"):
        accepted_squared_norm(4, 0.5, distance=-1.0)
    with pytest.raises(ValueError, match="dimension=0: must be"):
        random_design_contraction_rate(0, 0.5)
