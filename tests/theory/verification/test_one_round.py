"""One round, against the printed figures, adaptive quadrature and Theorem 3.1 as it is printed."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from heirloom.theory.verification import (
    VerifiedRegression,
    accepted_moments,
    break_even_bias,
    break_even_radius,
    break_even_rows,
    landscape,
    one_round_risk,
    published_slack,
)

DESIGN = np.random.default_rng(12345).normal(size=(100, 8))
SLACK = published_slack(1.0)


@pytest.mark.parametrize("method", ["exact", "first-order"])
@pytest.mark.parametrize("r", [0.05, 0.1, 0.2, 0.5])
def test_published_break_even_bias(r: float, method: str) -> None:
    setting = VerifiedRegression.of(0.0, r, slack=SLACK, design=DESIGN)
    bias = break_even_bias(setting, 100, method)
    assert 0.315 < bias < 0.335
    at = VerifiedRegression.of(bias, r, slack=SLACK, design=DESIGN)
    assert one_round_risk(at, 100, method) == pytest.approx(setting.baseline, rel=1e-10)


@given(st.floats(-3, 3), st.floats(0.05, 5), st.floats(0.3, 20), st.integers(1, 200))
@settings(max_examples=25)
def test_exact_risk_by_quadrature(bias: float, h: float, mu: float, n: int) -> None:
    def integrand(z: float) -> float:
        moments = accepted_moments(-bias + z / mu, h)
        return float(norm.pdf(z) * ((moments.mean + bias) ** 2 + moments.variance / n))

    expected = quad(integrand, -9, 9, points=[-3, 0, 3], epsabs=0, epsrel=1e-11, limit=200)[0]
    setting = VerifiedRegression.of([bias], h, singular_values=[mu])
    assert one_round_risk(setting, n) == pytest.approx(expected, rel=1e-10)


def test_first_order_is_the_limit_of_much_real_data() -> None:
    """The difference to the exact risk falls as the variance of what is left out: as 1/n₀²."""
    gaps = []
    for n_initial in (100, 200, 400):
        setting = VerifiedRegression.of(0.4, 0.7, n_initial=n_initial)
        # Without the variance of the mean, of which the theorem keeps the leading term alone.
        exact, first = (one_round_risk(setting, math.inf, m) for m in ("exact", "first-order"))
        gaps.append(exact - first)
    assert gaps[0] / gaps[1] == pytest.approx(4, rel=0.05)
    assert gaps[1] / gaps[2] == pytest.approx(4, rel=0.05)


def test_first_order_is_the_printed_theorem() -> None:
    mu = np.linalg.svd(DESIGN, compute_uv=False)
    bias, r, n = np.linspace(-0.2, 0.3, 8), 0.3, 60
    total = 0.0
    for c, m in zip(bias, mu, strict=True):
        a, b = -(r + SLACK) + c, r + SLACK + c
        Z, pa, pb = norm.cdf(b) - norm.cdf(a), norm.pdf(a), norm.pdf(b)
        m1 = -(pb - pa) / Z
        m2 = 1 - (b * pb - a * pa) / Z - m1**2
        skew = (
            ((b**2 - 1) * pb - (a**2 - 1) * pa) / (2 * Z)
            + 3 * (pb - pa) * (b * pb - a * pa) / (2 * Z**2)
            + ((pb - pa) / Z) ** 3
        )
        total += m2 / n + m1**2 + (m2**2 - 2 * m1 * skew) / m**2
    setting = VerifiedRegression.of(bias, r, slack=SLACK, singular_values=mu)
    assert one_round_risk(setting, n, "first-order") == pytest.approx(total, rel=1e-11)


@pytest.mark.parametrize("method", ["exact", "first-order"])
def test_landscape_is_the_risk_of_its_cells(method: str) -> None:
    mu = np.linalg.svd(DESIGN, compute_uv=False)
    biases, radii = np.array([0.0, 0.1, 1.0, 40.0]), np.array([0.0, 0.3, 2.0, 30.0, np.inf])
    risks = landscape(
        biases, radii, 50, singular_values=mu, slack=0.4, noise_scale=2.0, method=method
    )
    for i, bias in enumerate(biases):
        for j, radius in enumerate(radii):
            setting = VerifiedRegression.of(
                bias, radius, slack=0.4, noise_scale=2.0, singular_values=mu
            )
            assert risks[i, j] == pytest.approx(one_round_risk(setting, 50, method), rel=1e-10)


def test_landscape_without_tolerance_is_the_bias() -> None:
    risks = landscape([0.0, 0.5], [0.0], 50, singular_values=[5.0, 5.0])
    assert risks[:, 0] == pytest.approx([0.0, 0.25], abs=1e-12)
    assert landscape([], [1.0], 50, singular_values=[5.0]).shape == (0, 1)


def test_published_break_even_rows() -> None:
    """15.85 and 35.1 at c√n₀ = 0 and 1 are exact; the formula of the centre gives 15.90, 35.27."""
    for c, exact, centre in [(0.0, 15.85, 15.904), (1.0, 35.1, 35.267), (1.5, math.inf, math.inf)]:
        setting = VerifiedRegression.of(c / math.sqrt(50), 1.0, n_initial=50)
        assert break_even_rows(setting) == pytest.approx(exact, abs=0.01)
        assert break_even_rows(setting, "center") == pytest.approx(centre, abs=0.001)
        assert math.isinf(break_even_rows(setting, "first-order")) == (c == 1.5)


@pytest.mark.parametrize("method", ["exact", "first-order"])
def test_break_even_rows_break_even(method: str) -> None:
    setting = VerifiedRegression.of([0.1, -0.2], 0.7, noise_scale=1.5, singular_values=[3.0, 6.0])
    rows = break_even_rows(setting, method)
    assert one_round_risk(setting, rows, method) == pytest.approx(setting.baseline, rel=1e-12)


def test_break_even_of_a_single_direction_of_bias() -> None:
    """All the bias in one direction: the norm is that of the direction given."""
    setting = VerifiedRegression.of([0.01, 0.0], 0.5, singular_values=[10.0, 10.0])
    bias = break_even_bias(setting, 100)
    at = VerifiedRegression.of([bias, 0.0], 0.5, singular_values=[10.0, 10.0])
    assert one_round_risk(at, 100) == pytest.approx(setting.baseline, rel=1e-10)


def test_break_even_radius() -> None:
    setting = VerifiedRegression.of(0.1, 0.5, n_initial=100, dimension=8)
    radius = break_even_radius(setting, 100)
    for factor, better in [(0.99, True), (1.01, False)]:
        at = VerifiedRegression.of(0.1, factor * radius, n_initial=100, dimension=8)
        assert (one_round_risk(at, 100) < setting.baseline) == better
    strongly_biased = VerifiedRegression.of(2.0, 0.5, n_initial=100, dimension=8)
    assert math.isnan(break_even_radius(strongly_biased, 100))


def test_nothing_helps_where_everything_is_accepted() -> None:
    setting = VerifiedRegression.of(0.1, math.inf, n_initial=100)
    assert break_even_bias(setting, 100) == 0
    assert break_even_bias(setting, math.inf) == 0
    assert break_even_rows(setting) == math.inf
    assert one_round_risk(setting, 100) == pytest.approx(0.02, rel=1e-12)


def test_bad_arguments() -> None:
    setting = VerifiedRegression.of(0.1, 1.0, n_initial=100)
    with pytest.raises(ValueError, match=r"n_accepted=0\.0: must be above 0"):
        one_round_risk(setting, 0.0)
    with pytest.raises(ValueError, match=r"n_accepted=nan: must be above 0"):
        break_even_bias(setting, math.nan)
    with pytest.raises(ValueError, match=r"biases=.*: must be a vector"):
        landscape([-1.0], [1.0], 100, singular_values=[1.0])
    with pytest.raises(ValueError, match=r"biases=inf: must be finite"):
        landscape([np.inf], [1.0], 100, singular_values=[1.0])
