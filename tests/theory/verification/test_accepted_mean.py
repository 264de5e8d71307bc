"""The law of the mean of n responses, against its cumulants and against simulation."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from heirloom.theory.verification import accepted_mean_rule, accepted_moments
from heirloom.theory.verification.accepted_mean import AcceptedMean
from heirloom.theory.verification.truncated_normal import accepted_density


@settings(max_examples=60)
@given(
    st.floats(-200, 200),
    st.floats(1e-6, 30),
    st.integers(1, 10**6),
    st.integers(4, 20),
)
def test_first_moments(d: float, h: float, n: int, nodes: int) -> None:
    one = accepted_moments(d, h)
    rule = accepted_mean_rule(d, h, n, nodes=nodes)
    z = (rule.nodes - one.mean) * math.sqrt(n / one.variance)
    assert rule.weights.sum() == pytest.approx(1.0, rel=1e-13)
    assert rule.weights @ z == pytest.approx(0.0, abs=1e-8)
    assert rule.weights @ z**2 == pytest.approx(1.0, rel=1e-8)
    skewness = float(one.third / one.variance**1.5) / math.sqrt(n)
    assert rule.weights @ z**3 == pytest.approx(skewness, abs=1e-7)


@pytest.mark.parametrize("n", [1, 2, 3, 7, 100, 1023])
@pytest.mark.parametrize(("d", "h"), [(0.0, 1.0), (0.7, 1.0), (5.0, 2.0), (1.0, 6.0)])
def test_exact_for_polynomials(d: float, h: float, n: int) -> None:
    """Moments to degree 2Q − 1 from cumulants, which add."""
    nodes, degree = 6, 11
    density = accepted_density(d, h)
    one = accepted_moments(d, h)
    sd = math.sqrt(one.variance)
    y = (density.origin + density.nodes - one.mean) / sd
    raw = [float(density.weights @ y**k) for k in range(degree + 1)]
    cumulants = [0.0] * (degree + 1)
    for k in range(1, degree + 1):
        earlier = sum(math.comb(k - 1, j - 1) * cumulants[j] * raw[k - j] for j in range(1, k))
        cumulants[k] = raw[k] - earlier
    scaled = [c * n ** (1 - k / 2) for k, c in enumerate(cumulants)]
    expected = [1.0]
    for k in range(1, degree + 1):
        terms = (math.comb(k - 1, j - 1) * scaled[j] * expected[k - j] for j in range(1, k + 1))
        expected.append(sum(terms))
    rule = accepted_mean_rule(d, h, n, nodes=nodes)
    z = (rule.nodes - one.mean) / sd * math.sqrt(n)
    for k in range(degree + 1):
        assert rule.weights @ z**k == pytest.approx(expected[k], rel=1e-8, abs=1e-8)


def test_batches_are_as_one_by_one() -> None:
    d = np.linspace(-3, 3, 6).reshape(2, 3)
    batch = accepted_mean_rule(d, 1.5, 12)
    assert batch.nodes.shape == (2, 3, 16)
    alone = accepted_mean_rule(d[1, 2], 1.5, 12)
    assert batch.nodes[1, 2] == pytest.approx(alone.nodes, rel=1e-12)
    assert batch.weights[1, 2] == pytest.approx(alone.weights, rel=1e-9)


def test_numbers_of_responses_share_their_powers() -> None:
    means = AcceptedMean(np.array([0.3]), 1.0, 8)
    for n in (5, 100, 1):
        alone = accepted_mean_rule(0.3, 1.0, n, nodes=8)
        assert means.rule(n).nodes[0] == pytest.approx(alone.nodes, rel=1e-14)
    assert means.response().nodes.shape == (1, 64)


def test_without_tolerance_the_mean_is_the_verifiers() -> None:
    rule = accepted_mean_rule(3.0, 0.0, 10)
    assert np.all(rule.nodes == 0)
    assert rule.weights.sum() == pytest.approx(1.0)


def test_by_simulation() -> None:
    rng = np.random.default_rng(3)
    d, h, n = 0.8, 1.2, 5
    low, high = ndtr(-h - d), ndtr(h - d)
    means = (d + ndtri(low + (high - low) * rng.random((200_000, n)))).mean(axis=1)
    rule = accepted_mean_rule(d, h, n)
    for function in (np.cosh, np.sin, lambda y: np.exp(-(y**2))):
        values = function(means)
        z = (values.mean() - rule.weights @ function(rule.nodes)) / (
            values.std() / math.sqrt(len(values))
        )
        assert abs(z) < 4


def test_bad_arguments() -> None:
    with pytest.raises(ValueError, match="nodes=1: must be a whole number, from 2 to 32"):
        accepted_mean_rule(0.0, 1.0, 10, nodes=1)
    with pytest.raises(ValueError, match="nodes=40: must be a whole number, from 2 to 32"):
        accepted_mean_rule(0.0, 1.0, 10, nodes=40)
    with pytest.raises(ValueError, match="n_accepted=0: must be a whole number, 1 or more"):
        accepted_mean_rule(0.0, 1.0, 0)
