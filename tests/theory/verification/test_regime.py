"""The three regimes, and when to stop."""

import json
import math

import numpy as np
import pytest

from heirloom.theory.verification import (
    VerificationRegime,
    published_slack,
    verification_regime,
)

SLACK = published_slack(1.0)
EXAMPLE = {"n_initial": 100, "dimension": 8, "slack": SLACK}


def regime(bias: float, n: int = 100, radius: float = 0.5) -> VerificationRegime:
    return verification_regime(bias, radius, n_accepted=n, **EXAMPLE)


def test_mildly_biased() -> None:
    found = regime(0.2)
    assert found.name == "mildly biased"
    assert found.stopping_round == 1
    assert (
        found.gain
        == pytest.approx(found.errors[0] / found.errors[1])
        == pytest.approx(1.255, abs=1e-3)
    )
    assert found.long_run == pytest.approx(found.errors[-1] / found.baseline, rel=1e-9)
    assert found.accepted_rows_total == 800
    assert found.explanation == (
        "The verifier is mildly biased: use it for 1 round with 100 accepted rows a direction, "
        "which divides the error by 1.26, then stop. In the long run the error would be 1.06 times "
        "that of the real data alone."
    )


def test_strongly_biased() -> None:
    found = regime(0.5)
    assert found.name == "strongly biased"
    assert (found.stopping_round, found.gain, found.accepted_rows_total) == (0, 1.0, 0)
    assert "do not use it" in found.explanation
    assert found.long_run == pytest.approx(found.errors[-1] / found.baseline, rel=1e-9)


def test_unbiased_keeps_improving_while_rows_grow() -> None:
    found = verification_regime(0.0, 0.5, n_accepted=lambda k: 100 * k, rounds=20, **EXAMPLE)
    assert (found.name, found.stopping_round) == ("unbiased", 20)
    assert found.long_run == 0
    assert "keep falling" in found.explanation
    assert found.accepted_rows_total == 8 * 100 * 210


def test_unbiased_settles_with_constant_rows() -> None:
    found = regime(0.0)
    assert found.name == "unbiased"
    # It is not for rounding that the rounds go on.
    assert 3 <= found.stopping_round <= 12
    assert found.long_run == pytest.approx(1 / found.gain, rel=1e-5)


def test_unbiased_needs_enough_rows() -> None:
    found = regime(0.0, n=50)
    assert found.name == "unbiased"
    assert found.stopping_round == 0
    assert 50 < found.break_even_rows < 100
    assert f"beats them from {math.ceil(found.break_even_rows)} accepted rows" in found.explanation


@pytest.mark.parametrize("factor", [0.9, 1.1])
def test_break_even_bias_separates_the_regimes(factor: float) -> None:
    edge = regime(0.2).break_even_bias
    assert regime(factor * edge).stopping_round == (1 if factor < 1 else 0)


def test_long_run_of_growing_rows_is_the_bias() -> None:
    found = verification_regime(0.2, 0.5, n_accepted=lambda k: 100 * k, rounds=5, **EXAMPLE)
    assert found.long_run == pytest.approx(0.04 / 0.08)
    bounded = verification_regime(
        0.2, 0.5, n_accepted=lambda k: min(100 * k, 500), rounds=40, **EXAMPLE
    )
    assert bounded.long_run == pytest.approx(bounded.errors[-1] / bounded.baseline, rel=1e-9)


def test_accepting_everything_never_helps() -> None:
    found = verification_regime(0.0, math.inf, n_accepted=100, **EXAMPLE)
    assert (found.stopping_round, found.long_run) == (0, math.inf)
    assert found.break_even_rows == math.inf
    growing = verification_regime(0.0, math.inf, n_accepted=lambda k: 100 * k, **EXAMPLE)
    assert math.isnan(growing.long_run)
    assert "In the long run" not in growing.explanation


def test_settings_are_those_of_the_real_data() -> None:
    design = np.random.default_rng(12345).normal(size=(100, 8))
    found = verification_regime(0.2, 0.5, n_accepted=100, slack=SLACK, design=design, rounds=3)
    assert found.baseline == pytest.approx(0.08374, abs=5e-6)
    assert len(found.errors) == 4
    assert found.contraction_rate == pytest.approx(0.446, abs=5e-4)


def test_to_json() -> None:
    found = verification_regime(0.0, math.inf, n_accepted=100, rounds=3, **EXAMPLE)
    held = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert held["long_run"] is None
    assert held["name"] == "unbiased"
    assert held["errors"] == found.errors.tolist()


def test_bad_arguments() -> None:
    with pytest.raises(ValueError, match="rounds=0: must be 1 or more"):
        verification_regime(0.1, 0.5, n_accepted=100, rounds=0, **EXAMPLE)
    with pytest.raises(ValueError, match="radius=0, slack=0"):
        verification_regime(0.1, 0.0, n_accepted=100, **(EXAMPLE | {"slack": 0.0}))


def test_a_short_horizon_promises_no_more_than_the_next_round_holds() -> None:
    # Round 2 is worse than round 1, also for who asks for one round alone.
    short, longer = (
        verification_regime(0.1, 0.2, n_accepted=100, n_initial=100, slack=SLACK, rounds=rounds)
        for rounds in (1, 2)
    )
    assert longer.errors[2] > longer.errors[1]
    assert (short.stopping_round, longer.stopping_round) == (1, 1)
    assert not short.falls_on
    assert "keep falling" not in short.explanation
    assert "then stop" in short.explanation


def test_what_passes_nearly_everything_is_no_verifier() -> None:
    for radius in (6.0, 20.0, math.inf):
        found = verification_regime(0.1, radius, n_accepted=100, **EXAMPLE)
        assert found.passes_nearly_all
        assert "as good as none" in found.explanation
    assert not regime(0.1).passes_nearly_all
