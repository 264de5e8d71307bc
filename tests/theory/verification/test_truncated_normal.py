"""Accepted responses, against adaptive quadrature and against the printed formulas."""

import math
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from heirloom.theory.verification import accepted_moments
from heirloom.theory.verification.truncated_normal import accepted_density

distances = st.floats(-6, 6)
half_widths = st.floats(0.05, 8)


def by_quadrature(d: float, h: float) -> list[float]:
    """Mean, variance and third central moment, the density relative to its maximum."""
    mode = min(abs(d), h) * (-1 if d < 0 else 1)
    scale = min(1.0, h, 1 / (1e-300 + max(abs(d) - h, 1e-9)))
    low, high = max(-h, mode - 45 * scale), min(h, mode + 45 * scale)

    def density(y: float) -> float:
        return math.exp(-(y - mode) * (y + mode - 2 * d) / 2)

    def integral(power: int, center: float) -> float:
        # Steep at the edge: in pieces.
        edges = np.linspace(low, high, 25)
        pieces = [
            quad(lambda y: (y - center) ** power * density(y), a, b, epsabs=0, epsrel=1e-13)[0]
            for a, b in pairwise(edges)
        ]
        return math.fsum(pieces)

    mass = integral(0, 0.0)
    mean = mode + integral(1, mode) / mass
    return [mean, integral(2, mean) / mass, integral(3, mean) / mass]


@pytest.mark.parametrize("h", [1e-6, 1e-2, 0.3, 1.0, 2.5, 8.0])
@pytest.mark.parametrize("d", [0.1, -0.7, 1.0, 3.0, 12.0, 40.0, -300.0])
# The odd moments of a nearly symmetric density cancel in adaptive quadrature.
@pytest.mark.filterwarnings("ignore::scipy.integrate.IntegrationWarning")
def test_moments_by_quadrature(d: float, h: float) -> None:
    found = accepted_moments(d, h)
    mean, variance, third = by_quadrature(d, h)
    sd = math.sqrt(variance)
    assert found.mean == pytest.approx(mean, rel=1e-11, abs=1e-12 * sd)
    assert found.variance == pytest.approx(variance, rel=1e-10)
    assert found.third == pytest.approx(third, rel=1e-9, abs=1e-12 * sd**3)


@given(distances, half_widths)
def test_moments_are_the_printed_formulas(d: float, h: float) -> None:
    a, b = -h - d, h - d
    Z = norm.cdf(b) - norm.cdf(a) if d < 0 else norm.sf(a) - norm.sf(b)
    pa, pb = norm.pdf(a), norm.pdf(b)
    noise = -(pb - pa) / Z
    variance = 1 - (b * pb - a * pa) / Z - noise**2
    skew = (
        ((b**2 - 1) * pb - (a**2 - 1) * pa) / (2 * Z)
        + 3 * (pb - pa) * (b * pb - a * pa) / (2 * Z**2)
        + ((pb - pa) / Z) ** 3
    )
    found = accepted_moments(d, h)
    tail = 1e-11 * (1 + abs(d)) ** 4 / min(h, 1.0) ** 2
    assert found.probability == pytest.approx(Z, rel=1e-9)
    assert found.mean - d == pytest.approx(noise, abs=tail)
    assert found.variance == pytest.approx(variance, abs=tail)
    assert found.third == pytest.approx(-2 * skew, abs=10 * tail)


@given(distances, half_widths)
def test_the_next_moment_is_the_derivative(d: float, h: float) -> None:
    step = 1e-3
    at = accepted_moments(d + step * np.array([-2, -1, 0, 1, 2]), h)

    def slope(values: npt.NDArray[np.float64]) -> float:
        return float(values @ np.array([1, -8, 0, 8, -1]) / (12 * step))

    assert slope(at.mean) == pytest.approx(at.variance[2], abs=1e-9)
    assert slope(at.variance) == pytest.approx(at.third[2], abs=1e-9)


@given(st.floats(0, 500), st.floats(1e-6, 100))
def test_moments_are_odd_and_even_in_the_distance(d: float, h: float) -> None:
    here, there = accepted_moments(d, h), accepted_moments(-d, h)
    sd = math.sqrt(here.variance)
    assert there.mean == pytest.approx(-here.mean, rel=1e-14, abs=1e-15 * sd)
    assert there.variance == pytest.approx(here.variance, rel=1e-14)
    assert there.third == pytest.approx(-here.third, rel=1e-12, abs=1e-14 * sd**3)
    assert abs(here.mean) <= h
    # F contracts, the fastest variance being at the centre.
    assert here.variance <= accepted_moments(0.0, h).variance * (1 + 1e-12)
    assert here.third <= 1e-13


def test_extremes() -> None:
    assert [float(m) for m in accepted_moments(2.0, np.inf)] == [1.0, 2.0, 1.0, 0.0]
    assert [float(m) for m in accepted_moments(2.0, 0.0)] == [0.0, 0.0, 0.0, 0.0]
    far = accepted_moments(500.0, 1.0)
    # An exponential with rate d − h at the edge.
    assert 1 - far.mean == pytest.approx(1 / 499, rel=1e-4)
    assert far.variance == pytest.approx(1 / 499**2, rel=1e-4)
    # A uniform.
    narrow = accepted_moments(0.5, 1e-6)
    assert narrow.mean == pytest.approx(0.5e-12 / 3, rel=1e-11)
    assert narrow.variance == pytest.approx(1e-12 / 3, rel=1e-11)
    assert narrow.third == pytest.approx(-2 / 15 * 0.5 * 1e-24, rel=1e-9)


def test_log_probability_far_out() -> None:
    log_probability = accepted_density(np.array([60.0, 300.0]), 1.0).log_probability
    assert log_probability == pytest.approx(norm.logcdf([-59.0, -299.0]), rel=1e-14)


def test_moments_broadcast() -> None:
    grid = accepted_moments(np.linspace(-1, 1, 5)[:, None], np.array([0.0, 1.0, np.inf]))
    assert grid.mean.shape == (5, 3)
    assert grid.mean[4, 1] == accepted_moments(1.0, 1.0).mean


@pytest.mark.parametrize(
    ("d", "h", "message"),
    [
        (np.inf, 1.0, "distance=inf: must be finite"),
        (0.0, -1.0, "half_width=-1.0: must be 0 or more"),
        (0.0, np.nan, "half_width=nan: must be 0 or more"),
    ],
)
def test_bad_arguments(d: float, h: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        accepted_moments(d, h)
