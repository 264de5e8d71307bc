import json
import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import heirloom as hl
from heirloom.planning.auditing import Rate
from heirloom.verifiers import Noisy, Predicate


@given(errors=st.integers(0, 60), extra=st.integers(0, 60), confidence=st.floats(0.5, 0.999))
def test_intervals_are_clopper_and_pearsons(errors: int, extra: int, confidence: float) -> None:
    trials = errors + extra
    rate = Rate.of(errors, trials, confidence)
    if trials == 0:
        assert (rate.low, rate.high) == (0, 1)
        assert math.isnan(rate.estimate)
        return
    exact = stats.binomtest(errors, trials).proportion_ci(confidence, method="exact")
    assert rate.low == pytest.approx(exact.low, abs=1e-9)
    assert rate.high == pytest.approx(exact.high, abs=1e-9)
    assert rate.low <= rate.estimate <= rate.high


@pytest.mark.parametrize("chance", [0.02, 0.1, 0.5])
def test_intervals_cover_the_rate_at_least_as_often_as_they_say(chance: float) -> None:
    trials = 40
    errors = np.arange(trials + 1)
    rates = [Rate.of(int(k), trials, 0.9) for k in errors]
    covers = np.array([rate.low <= chance <= rate.high for rate in rates])
    assert stats.binom.pmf(errors, trials, chance)[covers].sum() >= 0.9


def test_an_audit_counts_errors_of_both_kinds() -> None:
    good = np.array([True, True, True, False, False])
    accepted = np.array([1, 0, 1, 1, 0])
    found = hl.audit(accepted, good)
    assert (found.false_accept.errors, found.false_accept.trials) == (1, 2)
    assert (found.false_reject.errors, found.false_reject.trials) == (1, 3)
    assert json.loads(json.dumps(found.to_json()))["false_reject"]["estimate"] == pytest.approx(
        1 / 3
    )
    assert not found.informative


def test_a_verifier_that_tells_good_from_bad_is_informative() -> None:
    good = np.arange(400) % 2 == 0
    assert hl.audit(good, good).informative
    assert not hl.audit(~good, good).informative
    assert not hl.audit(np.arange(400) % 3 == 0, good).informative


def test_share_of_good_rows_is_bayes_rule() -> None:
    good = np.arange(200) < 100
    accepted = np.where(good, np.arange(200) < 90, np.arange(200) < 120)
    found = hl.audit(accepted, good)
    estimate, low, high = found.good_share(0.5)
    assert estimate == pytest.approx(0.9 / (0.9 + 0.2))
    assert low < estimate < high
    assert found.good_share(1.0) == (1, 1, 1)
    assert found.good_share(0.0) == (0, 0, 0)


def test_estimated_rates_make_a_noisy_verifier() -> None:
    good = np.arange(40) < 20
    accepted = np.where(good, np.arange(40) < 18, np.arange(40) < 25)
    noisy = hl.audit(accepted, good).noisy(Predicate(lambda rows: rows > 0))
    assert isinstance(noisy, Noisy)
    assert float(noisy.false_reject) == pytest.approx(0.1)
    assert float(noisy.false_accept) == pytest.approx(0.25)
    with pytest.raises(ValueError, match="no bad row to estimate it from"):
        hl.audit([True], [True]).noisy(lambda rows: rows > 0)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: hl.audit([True], [True, False]), "accepted has 1 entries and good 2"),
        (lambda: hl.audit([], []), "accepted=.*must be truth values"),
        (lambda: hl.audit([0.5], [True]), "accepted=.*must be truth values"),
        (lambda: hl.audit([True], [np.nan]), "good=.*must be truth values"),
        (lambda: hl.audit(["yes"], [True]), "accepted=.*must be truth values"),
        (lambda: hl.audit([True], [True], confidence=1.0), "confidence=1.0: must lie"),
        (lambda: hl.audit([True], [True]).good_share(2), "before=2: must be a share"),
    ],
)
def test_a_wrong_argument_is_refused_in_one_line(wrong: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message) as raised:
        wrong()
    assert "\n" not in str(raised.value)


def test_series_are_paired_by_their_index():
    accepted = pd.Series([True, True, False, False], index=list("abcd"))
    good = pd.Series([True, False, False, True], index=list("abcd"))
    in_order = hl.audit(accepted, good)
    assert hl.audit(accepted, good.iloc[::-1]) == in_order
    assert (in_order.false_accept.errors, in_order.false_reject.errors) == (1, 1)
    assert hl.audit(accepted, good.to_numpy()) == in_order


@pytest.mark.parametrize("index", [list("abce"), list("abca"), list("abcde")])
def test_series_that_cannot_be_paired_are_refused(index):
    accepted = pd.Series([True, True, False, False], index=list("abcd"))
    with pytest.raises(ValueError, match="Series with different indices"):
        hl.audit(accepted, pd.Series([True] * len(index), index=index))
