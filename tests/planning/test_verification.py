import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import heirloom as hl

SIZES: dict[str, Any] = {"n_real": 100, "n_synthetic": 100, "generations": 20}


def plan(bias: float, radius: float, **arguments: Any) -> Any:
    made = hl.plan(verifier_bias=bias, verifier_radius=radius, **(SIZES | arguments))
    assert made.verification is not None
    return made.verification


@pytest.mark.parametrize(
    ("bias", "radius", "name", "advice"),
    [
        (0.0, 0.2, "unbiased", "use it for"),
        (0.05, 0.2, "mildly biased", "use it for 1 round, with 100 accepted rows (about"),
        (0.02, 1.0, "mildly biased", "100 accepted rows are too few"),
        (0.5, 0.2, "strongly biased", "do not use it, it is worse"),
        (0.0, math.inf, "unbiased", "accepts nearly every row: it takes no noise out"),
    ],
)
def test_the_regime_is_said_in_plain_words(
    bias: float, radius: float, name: str, advice: str
) -> None:
    made = plan(bias, radius)
    assert made.regime.name == name
    assert advice in made.advice[0]
    assert json.loads(json.dumps(made.to_json()))["name"] == name


def test_one_coefficient_is_the_exact_loop() -> None:
    made = plan(0.05, 0.2)
    setting = hl.theory.VerifiedRegression.of(
        0.05, 0.2, slack=math.sqrt(2 / math.pi), n_initial=100
    )
    loop = hl.theory.verified_loop(setting, n_accepted=100, rounds=20)
    np.testing.assert_allclose(made.regime.errors, loop.error)
    assert made.acceptance == loop.acceptance[1]
    assert made.break_even_rows == hl.theory.break_even_rows(setting)


def test_rows_of_several_coefficients_are_as_long_as_standardised_covariates() -> None:
    # Rows √p v_j, m/p accepted each, in a simulation of the coefficients themselves.
    p, sizes = 4, {"n_real": 40, "n_synthetic": 80, "n_initial": 40, "generations": 3}
    made = plan(0.2, 0.3, coefficients=p, **sizes)
    model = hl.models.LinearRegression(np.zeros(p), design=math.sqrt(p) * np.eye(p), resample=False)
    ball = hl.verifiers.KnowledgeBall(np.full(p, 0.1), 0.3, math.sqrt(2 / math.pi))
    found = hl.simulate(
        model, "discard", verifier=ball, replicates=4000, seed=2, **sizes
    ).dataset.isel(workflow=0)
    z = (found["error"].values - made.regime.errors) / found["error_se"].values
    assert np.all(np.abs(z) < 4)


def test_numbers_are_in_the_units_of_the_coefficients() -> None:
    sizes = {"n_real": 400, "n_synthetic": 400, "n_initial": 400}
    made = plan(0.0, 0.2, coefficients=4, **sizes)
    assert made.regime.baseline == pytest.approx(4 / 400)
    assert made.weight.error_without == pytest.approx(4 / 400)
    even = plan(made.regime.break_even_bias, 0.2, coefficients=4, **sizes).regime
    assert even.errors[1] == pytest.approx(even.baseline)


def test_a_weight_goes_with_fresh_data_alone() -> None:
    assert plan(0.05, 0.2).weight.weight == pytest.approx(0.3501, abs=1e-3)
    assert "give the real rows the weight 0.35" in plan(0.05, 0.2).advice[-2]
    assert "leave the verifier out" in plan(0.5, 0.2).advice[-2]
    assert plan(0.05, 0.2, fresh=False).weight is None
    assert plan(0.05, 0.2, every=5).weight is None


def test_a_plan_without_a_verifier_says_nothing_of_one() -> None:
    made = hl.plan(**SIZES)
    assert made.verification is None
    assert made.to_json()["verification"] is None


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: hl.plan(verifier_bias=0.1, **SIZES), "verifier_bias and verifier_radius, both"),
        (lambda: hl.plan(coefficients=2, **SIZES), "coefficients: describe a verifier"),
        (lambda: plan(-0.1, 0.2), "verifier_bias=-0.1: must be a number, 0 or more"),
        (lambda: plan(0.1, math.nan), "verifier_radius=nan: must be"),
        (lambda: plan(math.inf, 0.1), "must be finite"),
        (lambda: plan(0.1, 0.0, verifier_slack=0.0), "such a verifier accepts nothing"),
        (lambda: plan(0.1, 0.2, coefficients=200), "n_initial=100: must be 200 or more"),
        (lambda: plan(0.1, 0.2, coefficients=0), "coefficients=0: must be a whole number"),
    ],
)
def test_a_wrong_argument_is_refused_in_one_line(wrong: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message) as raised:
        wrong()
    assert "\n" not in str(raised.value)


def test_advice_says_that_rows_are_taken_to_be_orthogonal() -> None:
    # E(X'X)^-1 of normal rows is I / (n - p - 1), that of orthogonal ones I / n.
    assert "of the 100 real rows alone is 1.05 times" in plan(0.05, 0.2, coefficients=4).advice[-1]
    few = plan(0.05, 0.2, coefficients=4, n_real=5, n_synthetic=5, n_initial=5)
    assert "5 rows at random hardly determine 4 coefficients" in few.advice[-1]


def test_a_plan_for_a_verifier_shows_itself() -> None:
    made = plan(0.05, 0.2)
    frame = made.to_frame().set_index("quantity")["value"]
    assert frame["rounds to use it"] == made.regime.stopping_round
    assert made.advice[0] in str(made)
    assert "<table>" in made._repr_html_()
