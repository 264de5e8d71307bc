import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import heirloom as hl
from heirloom.planning import plan, ranking


def line_of(made, text):
    return next(line for line in made.workflows if line.workflow.text.startswith(text))


def test_names_the_golden_ratio_where_real_and_synthetic_rows_are_equally_many():
    made = plan(n_real=100, n_synthetic=100, generations=50)
    assert made.optimal_weight == pytest.approx((math.sqrt(5) - 1) / 2, abs=1e-12)
    assert line_of(made, "fresh:0.618").relative_risk == pytest.approx(0.618034, abs=1e-6)


def test_optimal_weight_with_many_synthetic_rows():
    assert plan(n_real=100, n_synthetic=10_000).optimal_weight == pytest.approx(0.0951, abs=5e-5)


# Every example follows a dozen workflows into the long run.
@settings(max_examples=9)
@given(
    n_real=st.integers(1, 10_000),
    n_synthetic=st.integers(1, 10_000),
    n_initial=st.integers(1, 10_000),
    generations=st.integers(1, 12),
    fresh=st.sampled_from([True, False, None]),
    keep=st.sampled_from([True, False, None]),
)
def test_ranking_is_that_of_theory_and_the_recommended_is_possible(
    n_real, n_synthetic, n_initial, generations, fresh, keep
):
    made = plan(
        n_real=n_real,
        n_synthetic=n_synthetic,
        n_initial=n_initial,
        generations=generations,
        fresh=fresh,
        keep=keep,
    )
    possible = [line.possible for line in made.workflows]
    assert possible == sorted(possible, reverse=True)
    for able in (True, False):
        risks = [line.relative_risk for line in made.workflows if line.possible is able]
        # Six digits tell workflows apart.
        assert np.all(np.diff(risks) >= -1e-5 * np.array(risks[1:]))
    for line in made.workflows:
        exact = hl.theory.relative_risk(
            line.workflow,
            n_real=n_real,
            n_synthetic=n_synthetic,
            n_initial=n_initial,
            generations=generations,
        )
        assert line.relative_risk == pytest.approx(exact[-1])
        assert line.effective_rows == pytest.approx(n_initial / exact[-1])
    assert made.recommended.possible
    assert made.weights[0] == 1


def test_effective_rows_say_what_synthetic_rows_are_worth():
    made = plan(n_real=100, n_synthetic=100, generations=100)
    assert line_of(made, "fresh:0.618").effective_rows == pytest.approx(161.8, abs=0.05)
    assert any("worth 62 real ones" in sentence for sentence in made.advice)


@pytest.mark.parametrize(
    ("fresh", "keep", "recommended"),
    [
        (True, True, "real:accumulate"),
        (True, False, "fresh:0.618"),
        (None, None, "fresh:0.618"),
        (False, None, "anchor:1.0"),
        (False, True, "anchor:1.0"),
    ],
)
def test_recommendation_depends_on_what_the_user_has(fresh, keep, recommended):
    made = plan(n_real=100, n_synthetic=100, generations=50, fresh=fresh, keep=keep)
    assert made.recommended.workflow.text.startswith(recommended)


def test_reused_real_data_get_no_golden_ratio():
    made = plan(n_real=100, n_synthetic=100, fresh=False)
    assert made.optimal_weight == 1
    assert np.all(made.weights == 1)
    assert not any(line.workflow.text.startswith("fresh") for line in made.workflows)
    assert "worth 0 real rows" in made.advice[0]
    assert any("never passes 1.333" in s and "1.645" in s for s in made.advice)


def test_advice_says_when_keeping_real_data_beats_weighting():
    kept = plan(n_real=100, n_synthetic=100, fresh=True, keep=True).advice
    assert kept[0].startswith("Keep all real data")
    unsaid = plan(n_real=100, n_synthetic=100).advice
    assert any("If old real data can be kept (--keep)" in sentence for sentence in unsaid)
    assert any("ask with --reused" in sentence for sentence in unsaid)


def test_where_real_rows_arrive_now_and_then_the_model_is_kept_between(monkeypatch):
    # The long run does not depend on what the user can keep: two plans share it.
    monkeypatch.setattr(ranking, "long_run", cache(ranking.long_run))
    for every in (2, 70):
        made = plan(
            n_real=100, n_synthetic=100, every=every, generations=4 * every, fresh=True, keep=False
        )
        assert made.recommended.workflow.text == "at-arrivals:fresh:optimal"
        assert made.recommended.limit == pytest.approx(made.optimal_weight)
        assert not any("real:accumulate collapses" in sentence for sentence in made.advice)
        assert made.advice[0].startswith(f"Train where real rows arrive, at every {every} ")
    kept = plan(n_real=100, n_synthetic=100, every=2, fresh=True, keep=True)
    assert kept.advice[0].startswith("Keep all real data")


def test_the_front_is_of_what_the_user_can_do():
    made = plan(
        n_real=100, n_synthetic=100, fresh=True, keep=False, cost_trained=1.0, cost_real=1.0
    )
    assert all(line.possible for line in made.workflows if line.efficient)
    assert line_of(made, "discard").efficient
    assert not line_of(made, "augment-subsample").efficient


def test_the_front_is_of_all_where_nothing_was_said_of_old_data():
    made = plan(n_real=100, n_synthetic=100, cost_trained=0.01, cost_real=1.0)
    assert line_of(made, "augment-subsample").efficient
    assert not line_of(made, "augment-subsample").possible
    assert not line_of(made, "discard").efficient


def test_an_arrival_beyond_the_horizon_is_refused_by_name():
    with pytest.raises(ValueError, match=r"^every=10: no real rows arrive within 5 generations"):
        plan(n_real=100, n_synthetic=100, every=10, generations=5)


def test_discard_collapses():
    line = line_of(plan(n_real=10, n_synthetic=10, generations=5), "discard")
    assert line.collapses
    assert line.relative_risk == pytest.approx(6)


def test_json_has_null_for_infinite_and_names_what_the_design_asks():
    made = plan(n_real=100, n_synthetic=100).to_json()
    by_name = {line["workflow"]: line for line in made["workflows"]}
    assert by_name["discard"]["limit"] is None
    assert by_name["discard"]["collapses"] is True
    assert {"workflow", "relative_risk", "limit", "weight"} <= set(by_name["augment"])
    assert made["weights"][1] == pytest.approx(2 / 3)


@pytest.mark.parametrize("name", ["n_real", "n_synthetic", "n_initial", "generations"])
@pytest.mark.parametrize("value", [0, -1])
def test_wrong_numbers_are_refused_by_name(name, value):
    arguments = {"n_real": 10, "n_synthetic": 10, "n_initial": 10, "generations": 5}
    with pytest.raises(ValueError, match=f"^{name}={value}: must be a whole number, 1 or more$"):
        plan(**(arguments | {name: value}))
