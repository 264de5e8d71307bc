"""Many rounds, against the reference table, simulation, the one round and finer grids."""

import math
import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from heirloom.theory.verification import (
    VerifiedRegression,
    error_bound,
    long_run_error,
    noise_floor,
    one_round_risk,
    published_slack,
    verified_loop,
)
from heirloom.theory.verification.initial_law import initial_law
from heirloom.theory.verification.loop import _moments_of_rounds

DESIGN = np.random.default_rng(12345).normal(size=(100, 8))


def test_reference_table() -> None:
    biased = VerifiedRegression.of(0.5, 1.0, n_initial=50)
    error = verified_loop(biased, n_accepted=100, rounds=30).error
    assert error[[0, 1, 2, 5, 30]] == pytest.approx(
        [0.02, 0.1316, 0.2134, 0.2522, 0.2532], abs=6e-5
    )
    unbiased = VerifiedRegression.of(0.0, 1.0, n_initial=50)
    error = verified_loop(unbiased, n_accepted=100, rounds=60).error
    assert error[-1] == pytest.approx(0.00318, abs=5e-6)


@pytest.mark.parametrize("n", [1, 2, 5, 100])
def test_loop_by_simulation(n: int) -> None:
    rng = np.random.default_rng(n)
    bias, h, mu, rounds = 0.6, 0.8, 3.0, 3
    replicates = 40_000 if n < 100 else 4_000
    setting = VerifiedRegression.of([bias], h, singular_values=[mu])
    loop = verified_loop(setting, n_accepted=n, rounds=rounds)
    d = -bias + rng.normal(size=replicates) / mu
    for k in range(1, rounds + 1):
        low, high = ndtr(-h - d), ndtr(h - d)
        drawn = 1 / (high - low)
        uniform = rng.random((n, replicates))
        d = (d + ndtri(low + (high - low) * uniform)).mean(axis=0)
        for found, expected in [
            (d + bias, loop.mean[k, 0]),
            ((d + bias) ** 2, loop.error[k]),
            (d**2, loop.error_to_center[k]),
            (drawn, 1 / loop.acceptance[k]),
        ]:
            assert abs(found.mean() - expected) < 4 * found.std() / math.sqrt(replicates)


@settings(max_examples=40)
@given(
    st.floats(-2, 2),
    st.floats(0.0, 3.0),
    st.floats(0.05, 1.5),
    st.integers(1, 400),
    st.floats(0.3, 30),
)
def test_first_round_is_the_one_round_risk(
    bias: float, r: float, slack: float, n: int, mu: float
) -> None:
    setting = VerifiedRegression.of([bias, 0.1], r, slack=slack, singular_values=[mu, 5.0])
    loop = verified_loop(setting, n_accepted=n, rounds=1)
    assert loop.error[1] == pytest.approx(one_round_risk(setting, n), rel=1e-9)
    assert loop.error[0] == pytest.approx(setting.baseline, rel=1e-14)


@pytest.mark.parametrize(
    ("h", "n", "bias", "mu"),
    [
        (1e-6, 1, 0.3, 7.0),
        (1e-6, 100, 10.0, 2.0),
        (0.3, 2, 0.3, 7.0),
        (0.3, 8, 10.0, 2.0),
        (1.0, 1, 0.3, 2.0),
        (1.0, 2, 0.3, 7.0),
        (1.0, 8, 2.0, 2.0),
        (1.0, 32, 2.0, 2.0),
        (3.0, 1, 10.0, 7.0),
        (3.0, 4, 0.3, 0.4),
        (3.0, 32, 10.0, 2.0),
        (8.0, 8, 0.3, 7.0),
        (8.0, 100, 10.0, 2.0),
        (15.0, 100, 0.3, 7.0),
    ],
)
def test_twice_the_nodes_change_nothing(h: float, n: int, bias: float, mu: float) -> None:
    setting = VerifiedRegression.of([bias], h, singular_values=[mu])
    law, rows = initial_law(setting), np.array([n, n, n, n + 1.0])
    coarse = np.array(_moments_of_rounds(setting, law, rows))
    fine = np.array(_moments_of_rounds(setting, law, rows, finer=2))
    # At first d is as wide as the real data leave it, and 1/Z may be of infinite mean.
    assert np.all(coarse[0, 2] == fine[0, 2])
    coarse[0, 2] = fine[0, 2] = 0
    tiny = 1e-12 * np.array([h, h**2, 1.0])[:, None]
    assert np.all(np.abs(coarse - fine) <= 1e-9 * np.abs(fine) + tiny)


@pytest.mark.parametrize("h", [0.2, 1.0, 3.0])
@pytest.mark.parametrize("n", [1, 10, 100])
def test_long_run_is_where_the_loop_settles(h: float, n: int) -> None:
    setting = VerifiedRegression.of([0.3, -0.1], h, n_initial=30)
    error = verified_loop(setting, n_accepted=n, rounds=800).error
    assert long_run_error(setting, n) == pytest.approx(error[-1], rel=1e-9)
    assert error[-1] - setting.bias_norm**2 <= noise_floor(setting, n)


def test_growing_rows_lead_to_the_verifier_and_never_to_the_truth() -> None:
    setting = VerifiedRegression.of(0.3, 0.5, slack=published_slack(1.0), design=DESIGN)
    loop = verified_loop(setting, n_accepted=lambda k: 100 * 2**k, rounds=20)
    assert np.all(np.diff(loop.error_to_center) < 0)
    assert loop.error[-1] == pytest.approx(0.09, rel=1e-4)
    assert np.all(
        loop.error_to_center <= error_bound(setting, lambda k: 100 * 2**k, 20) * (1 + 1e-12)
    )


def test_schedules_are_the_same_however_they_are_given() -> None:
    setting = VerifiedRegression.of(0.3, 0.5, n_initial=20, dimension=2)
    errors = [
        verified_loop(setting, n_accepted=n, rounds=4).error
        for n in ([10, 20, 10, 20], lambda k: 10 if k % 2 else 20, np.array([0, 10, 20, 10, 20]))
    ]
    assert np.all(errors[0] == errors[1])
    assert np.all(errors[0] == errors[2])


def test_directions_are_independent() -> None:
    both = VerifiedRegression.of([0.3, -0.8], 0.5, singular_values=[4.0, 9.0])
    loop = verified_loop(both, n_accepted=10, rounds=5)
    for j, (bias, mu) in enumerate([(0.3, 4.0), (-0.8, 9.0)]):
        one = VerifiedRegression.of([bias], 0.5, singular_values=[mu])
        alone = verified_loop(one, n_accepted=10, rounds=5)
        assert loop.mean[:, j] == pytest.approx(alone.mean[:, 0], rel=1e-9, abs=1e-12)
        assert loop.variance[:, j] == pytest.approx(alone.variance[:, 0], rel=1e-9)


def test_units_do_not_matter() -> None:
    one = VerifiedRegression.of(0.3, 0.5, slack=0.2, n_initial=20)
    ten = VerifiedRegression.of(3.0, 5.0, slack=2.0, noise_scale=10.0, n_initial=20)
    errors = [verified_loop(setting, n_accepted=7, rounds=5).error for setting in (one, ten)]
    assert errors[1] == pytest.approx(100 * errors[0], rel=1e-11)


def test_a_verifier_that_accepts_everything_is_a_random_walk() -> None:
    setting = VerifiedRegression.of(0.3, math.inf, n_initial=20, dimension=2)
    loop = verified_loop(setting, n_accepted=[10, 40], rounds=2)
    assert loop.error == pytest.approx([0.1, 0.3, 0.35], rel=1e-14)
    assert loop.acceptance[1:].tolist() == [1.0, 1.0]
    assert long_run_error(setting, 10) == math.inf
    # And one that accepts nearly everything is nearly one.
    near = VerifiedRegression.of(0.3, 30.0, n_initial=20, dimension=2)
    assert verified_loop(near, n_accepted=[10, 40], rounds=2).error == pytest.approx(
        loop.error, rel=1e-11
    )


def test_far_models_draw_many_responses() -> None:
    far = VerifiedRegression.of([8.0], 1.0, singular_values=[2.0])
    acceptance = verified_loop(far, n_accepted=5, rounds=2).acceptance
    assert 0 < acceptance[1] < 1e-10
    assert acceptance[2] > 0.1
    # 1/Z grows as exp(d²/2): its mean is infinite where d_0 has variance 1.
    wide = VerifiedRegression.of([0.0], 1.0, singular_values=[1.0])
    assert verified_loop(wide, n_accepted=5, rounds=1).acceptance[1] == 0


@pytest.mark.parametrize(("n", "limit"), [(100, 0.3), (lambda k: 100 * k, 4.0)])
def test_speed(n: int | Callable[[int], int], limit: float) -> None:
    setting = VerifiedRegression.of(np.linspace(-0.2, 0.3, 8), 0.5, slack=0.8, design=DESIGN)
    took = []
    for _ in range(2):
        start = time.process_time()
        verified_loop(setting, n_accepted=n, rounds=60)
        took.append(time.process_time() - start)
    # Five times the time on a quiet machine: others may be at work here.
    assert min(took) < 5 * limit


def test_no_rounds() -> None:
    setting = VerifiedRegression.of(0.3, 0.5, n_initial=20)
    loop = verified_loop(setting, n_accepted=10, rounds=0)
    assert loop.error == pytest.approx([0.05])
    assert loop.error_to_center == pytest.approx([0.14])
    assert np.isnan(loop.acceptance).tolist() == [True]


def test_bad_arguments() -> None:
    setting = VerifiedRegression.of(0.3, 0.5, n_initial=20)
    with pytest.raises(ValueError, match="n_accepted=0: must be a whole number of rows, 1 or more"):
        verified_loop(setting, n_accepted=0, rounds=3)
    with pytest.raises(ValueError, match=r"n_accepted=2.5: must be"):
        verified_loop(setting, n_accepted=np.array([1.0, 2.5]), rounds=2)
    with pytest.raises(ValueError, match="n_accepted has 1 entries"):
        verified_loop(setting, n_accepted=[3], rounds=3)
    nothing = VerifiedRegression.of(0.3, 0.0, n_initial=20)
    with pytest.raises(ValueError, match="radius=0, slack=0: must not both be 0"):
        verified_loop(nothing, n_accepted=3, rounds=3)
    with pytest.raises(ValueError, match="radius=0, slack=0: must not both be 0"):
        long_run_error(nothing, 3)
