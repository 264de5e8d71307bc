"""Drawing with replacement from the pool, decided by a simulation of the rows.

The table in the literature has 2 H₂(t + 1) for t >= 1. That is the law where generation 0, too, is
fitted on a draw with replacement of its rows. Where generation 0 is fitted on the initial real data
as they are, which is heirloom's definition of every workflow, it is 2 H₂(t + 1) − 1/4.
"""

import math

import numpy as np
import pytest

from heirloom import theory

ROWS = 200
GENERATIONS = 3
REPLICATES = 40_000


def simulated_variances(*, bootstrap_at_start: bool, seed: int) -> np.ndarray:
    """n₀ times the mean squared error of the mean of normal rows, generation by generation."""
    rng = np.random.default_rng(seed)
    squares = np.zeros(GENERATIONS + 1)
    block = 2000
    for _ in range(REPLICATES // block):
        pool = rng.standard_normal((block, ROWS))
        for t in range(GENERATIONS + 1):
            if t > 0:
                new = mean[:, None] + rng.standard_normal((block, ROWS))
                pool = np.concatenate([pool, new], axis=1)
            drawn = pool
            if t > 0 or bootstrap_at_start:
                chosen = rng.integers(pool.shape[1], size=(block, ROWS))
                drawn = np.take_along_axis(pool, chosen, axis=1)
            mean = drawn.mean(axis=1)
            squares[t] += np.sum(mean**2)
    return ROWS * squares / REPLICATES


def z_scores(found: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """The mean squared error of a normal error is a scaled χ²: its relative s.e. is √(2/R)."""
    return (found / expected - 1) / math.sqrt(2 / REPLICATES)


HARMONIC = np.cumsum(1 / np.arange(1.0, GENERATIONS + 2) ** 2)


def test_generation_0_on_the_whole_real_data() -> None:
    """At t = 1 the two laws are 2.25 and 2.5: 40,000 replicates hold them 14 s.e. apart."""
    found = simulated_variances(bootstrap_at_start=False, seed=20)
    sizes = {"n_real": ROWS, "n_synthetic": ROWS, "generations": GENERATIONS}
    limit = theory.relative_risk("augment-subsample:replacement", **sizes)
    np.testing.assert_allclose(limit[1:], 2 * HARMONIC[1:] - 0.25, rtol=1e-12)
    exact = theory.predict("augment-subsample:replacement", curvature=0.0, **sizes)
    exact_risk = ROWS * exact.dataset["error"].values[0]
    np.testing.assert_allclose(exact_risk, limit, rtol=0.003)
    assert np.abs(z_scores(found, exact_risk)).max() < 3.5
    assert z_scores(found, 2 * HARMONIC)[1:].max() < -8


def test_generation_0_on_a_draw_with_replacement() -> None:
    found = simulated_variances(bootstrap_at_start=True, seed=21)
    assert np.abs(z_scores(found, 2 * HARMONIC)).max() < 3.5
    assert z_scores(found, 2 * HARMONIC - 0.25)[1:].min() > 8


@pytest.mark.parametrize("generation", [1, 2, 3])
def test_the_two_laws_by_hand(generation: int) -> None:
    """The pool's mean is a sum of independent noises; write down the coefficient of each.

    With N = t + 1 datasets of equal size, the error of the pool after t steps is

        e_0 + Σ_{s=1..t} (e_s + b_{s−1})/(s + 1)  and that of the model adds its own draw b_t,

    in which b_0 is 0 where generation 0 is fitted on its rows as they are.
    """
    coefficients = [1 / (s + 1) ** 2 for s in range(1, generation + 1)]
    whole = 1 + sum(coefficients) + sum(coefficients[1:]) + 1
    assert whole == pytest.approx(2 * HARMONIC[generation] - 0.25)
    assert whole + coefficients[0] == pytest.approx(2 * HARMONIC[generation])
