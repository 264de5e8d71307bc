"""What each verifier accepts, and what it refuses."""

import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import heirloom as hl
from heirloom.models.covariates import LabelledRows
from heirloom.verifiers import (
    AnyOf,
    Every,
    KnowledgeBall,
    Noisy,
    Predicate,
    Score,
    UntilFull,
    Verdict,
    Verifier,
    WhatPasses,
    as_selection,
    as_verifier,
)
from heirloom.verifiers.base import checked_verdict, described

ROWS = LabelledRows(
    np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 4.0], [0.0, 0.0], [1.0, 1.0]]),
    np.array([1.0, 5.0, 4.0, 0.1, np.nan]),
)
BALL = KnowledgeBall([1.0, 1.0], radius=0.5, slack=0.25)


def verdict_on(verifier: Verifier, rows: Any = ROWS, seed: int = 3) -> Verdict:
    return verifier.judge(rows, np.random.default_rng(seed))


def judge(verifier: Verifier, rows: Any = ROWS, seed: int = 3) -> list[bool]:
    return verdict_on(verifier, rows, seed).accepted.tolist()


# ------------------------------------------------------------------------ the ball


def test_ball_accepts_what_lies_within_the_radius_and_the_slack() -> None:
    # |y − xᵀθ_c| is 0, 3, 3, 0.1; what is allowed is 0.75, 1.25, 2.75, 0.25.
    assert judge(BALL) == [True, False, False, True, False]
    assert judge(KnowledgeBall([1.0, 1.0], 0.5, 0.5)) == [True, False, True, True, False]
    assert judge(KnowledgeBall([1.0, 1.0], np.inf)) == [True, True, True, False, False]
    assert judge(KnowledgeBall([1.0, 1.0], 0.0, np.inf)) == [True, True, True, True, False]


def test_ball_of_a_logistic_regression_rejects_labels_that_no_model_in_it_explains() -> None:
    design = np.array([[2.0], [2.0], [0.1], [0.1]])
    labels = LabelledRows(design, np.array([1.0, 0.0, 1.0, 0.0]))
    # xᵀθ ranges over 2 ± 1 and 0.1 ± 0.05: the label 1 is the likelier one everywhere.
    assert judge(KnowledgeBall([1.0], 0.5, 0.5, link="logit"), labels) == [True, False, True, False]
    assert judge(KnowledgeBall([1.0], 1.5, 0.5, link="logit"), labels) == [True, True, True, True]
    # Probability 1/(1 + e) of the label 0 at the near end of the ball.
    assert judge(KnowledgeBall([1.0], 0.5, 0.74, link="logit"), labels)[1]
    assert not judge(KnowledgeBall([1.0], 0.5, 0.73, link="logit"), labels)[1]


def test_ball_of_counts_has_means_on_the_logarithmic_scale_be_they_ever_so_large() -> None:
    ball = KnowledgeBall([1.0], 0.5, 1.0, link="log")
    low, high = ball.interval(np.array([[2.0], [0.0], [2000.0]]))
    assert low[:2] == pytest.approx([math.e - 1, 0.0])
    assert high[:2] == pytest.approx([math.e**3 + 1, 2.0])
    assert (low[2], high[2]) == (math.inf, math.inf)
    rows = LabelledRows(np.array([[2.0], [2.0], [2000.0]]), np.array([21.0, 22.0, 1e9]))
    assert judge(ball, rows) == [True, False, False]


def test_ball_judges_rows_of_single_precision_and_views_in_double() -> None:
    # In single precision the row would lie on the border.
    single = LabelledRows(np.float32([[1.0, 0.0]]), np.float32([1.5]))
    assert judge(KnowledgeBall([1.0, 1.0], 0.5 - 1e-9), single) == [False]
    assert judge(KnowledgeBall([1.0, 1.0], 0.5), single) == [True]
    every_other = LabelledRows(ROWS.design.repeat(2, axis=0)[::2], ROWS.response.repeat(2)[::2])
    assert judge(BALL, every_other) == judge(BALL)
    one_row = np.broadcast_to(np.array([1.0, 1.0], np.float32), (4, 2))
    low, high = BALL.interval(one_row)
    assert low.dtype == high.dtype == np.float64
    assert high == pytest.approx([2.25 + math.sqrt(0.5)] * 4)


def test_ball_copies_its_center() -> None:
    center = np.array([1.0, 1.0])
    ball = KnowledgeBall(center, 0.5, 0.25)
    center[:] = 9.0
    assert judge(ball) == judge(BALL)


# ------------------------------------------------------------------------ scores


@pytest.mark.parametrize(
    ("keep", "count", "kept"),
    [(0.1, 10, 1), (0.1, 500, 50), (0.3, 10, 3), (1.0, 7, 7), (0.5, 3, 1)],
)
def test_score_keeps_the_best_share(keep: float, count: int, kept: int) -> None:
    rows = np.random.default_rng(3).standard_normal(count)
    verifier = Score(lambda x: x, keep=keep)
    accepted = np.array(judge(verifier, rows))
    assert accepted.sum() == kept
    assert rows[accepted].min() >= np.sort(rows)[-kept]
    assert int(verifier.candidates(kept) * keep + 1e-4) >= kept


def test_score_keeps_the_best_share_of_each_class() -> None:
    rows = np.arange(12.0)
    of_class = Score(lambda x: x, keep=0.5, classes=lambda x: (x % 3).astype(int))
    accepted = np.array(judge(of_class, rows))
    for number in range(3):
        assert accepted[number::3].tolist() == [False, False, True, True]


def test_what_is_due_to_a_class_is_right_on_average_and_in_all() -> None:
    # 30, 5 and 1 rows, of which 6, 1 and 0.2 are due.
    rows = np.arange(36.0)
    classes = np.repeat([0, 1, 2], [30, 5, 1])
    verifier = Score(lambda x: x, keep=0.2, classes=lambda _: classes)
    accepted = np.array([judge(verifier, rows, seed) for seed in range(2000)])
    kept = np.stack([accepted[:, classes == c].sum(axis=1) for c in range(3)], axis=1)
    assert (kept[:, 0] == 6).all()
    assert (kept[:, 1] == 1).all()
    assert set(kept[:, 2]) == {0, 1}
    assert abs(kept[:, 2].mean() - 0.2) < 4 * math.sqrt(0.2 * 0.8 / 2000)


def test_score_that_is_not_a_number_is_not_accepted_and_counted() -> None:
    rows = np.array([np.nan, 1.0, np.inf, -np.inf])
    for verifier in (Score(lambda x: x, keep=1.0), Score(lambda x: x, threshold=-np.inf)):
        verdict = verdict_on(verifier, rows)
        assert verdict.judged.tolist() == [False, True, True, True]
        assert verdict.accepted.tolist() == [False, True, True, True]


def test_equal_scores_keep_no_more_than_the_share() -> None:
    assert sum(judge(Score(np.zeros_like, keep=0.4), np.arange(10.0))) == 4


def test_scores_may_be_whole_numbers_or_truth_values() -> None:
    rows = np.arange(4.0)
    assert judge(Score(lambda x: x > 2, keep=0.25), rows) == [False, False, False, True]
    counts = Score(lambda x: x.astype(np.uint8), threshold=2)
    assert judge(counts, rows) == [False, False, True, True]


# ------------------------------------------------------------------------ verdicts of others


def test_noisy_verdicts_turn_at_the_stated_rates() -> None:
    rows = np.arange(40_000.0)
    good = np.arange(40_000) % 2 == 0
    noisy = Noisy(lambda x: x % 2 == 0, false_accept=0.1, false_reject=0.25)
    accepted = np.array(judge(noisy, rows))
    for rate, expected in ((accepted[good].mean(), 0.75), (accepted[~good].mean(), 0.1)):
        assert abs(rate - expected) < 4 * np.sqrt(expected * (1 - expected) / 20_000)


def test_noise_never_accepts_a_row_without_a_verdict() -> None:
    noisy = Noisy(Score(lambda x: x, threshold=0.0), false_accept=1.0)
    assert judge(noisy, np.array([np.nan, -1.0])) == [False, True]


def test_every_and_any_of_join_verdicts() -> None:
    rows = np.array([-1.0, 2.0, 9.0, np.nan])
    score = Score(lambda x: x, threshold=0.0)
    assert judge(Every(score, lambda x: ~(x > 5)), rows) == [False, True, False, False]
    assert judge(AnyOf(score, lambda x: np.isnan(x)), rows) == [False, True, True, True]
    assert judge(Every(AnyOf(score, lambda x: x < 0)), rows) == [True, True, True, False]


def test_errors_of_joined_verifiers_are_independent() -> None:
    rows = np.arange(40_000.0)
    coin = Noisy(lambda x: x >= 0, false_reject=0.5)
    share = np.mean(judge(Every(coin, coin), rows))
    assert abs(share - 0.25) < 4 * math.sqrt(0.25 * 0.75 / 40_000)


def test_a_row_is_judged_by_itself_where_all_parts_do_so() -> None:
    rule = Predicate(lambda rows: rows.response > 1)
    assert BALL.by_row
    assert Noisy(BALL).by_row
    assert Every(BALL, Noisy(BALL)).by_row
    assert AnyOf(BALL).by_row
    assert not rule.by_row
    assert not Score(lambda rows: rows.response, threshold=1.0).by_row
    assert not any(v.by_row for v in (Noisy(rule), Every(BALL, rule), AnyOf(rule, BALL)))


# ------------------------------------------------------------------------ a user's own rule


def above_the_median(rows: LabelledRows) -> "pd.Series[bool]":
    frame = pd.DataFrame({"response": rows.response}).fillna(0.0)
    return frame["response"] > frame["response"].median()


def test_a_rule_may_use_pandas_and_compare_rows() -> None:
    assert judge(Predicate(above_the_median)) == [False, True, True, False, False]
    assert judge(Every(BALL, above_the_median)) == [False, False, False, False, False]


def test_a_rule_may_be_a_classifier_of_scikit_learn() -> None:
    classifier = LogisticRegression().fit([[-1.0], [1.0]], [False, True])
    assert judge(Predicate(classifier.predict), np.array([[-3.0], [2.0]])) == [False, True]
    sure = Score(lambda rows: classifier.predict_proba(rows)[:, 1], threshold=0.7)
    assert judge(sure, np.float32([[-3.0], [2.0], [0.1]])) == [False, True, False]


def test_a_rule_may_return_a_list_and_be_shown_a_table_or_texts() -> None:
    assert judge(Predicate(lambda rows: [y > 1 for y in rows.response]))[:2] == [False, True]
    table = pd.DataFrame({"age": [3, 70]})
    assert judge(Predicate(lambda rows: rows["age"] > 18), table) == [False, True]
    assert judge(Predicate(lambda texts: ["!" not in text for text in texts]), ["a", "b!"]) == [
        True,
        False,
    ]


def test_verifiers_can_be_pickled_where_their_functions_can() -> None:
    joined = AnyOf(Every(BALL, above_the_median), Noisy(Score(above_the_median, keep=0.5)))
    for selection in (UntilFull(joined, cap=7), WhatPasses(joined)):
        again = pickle.loads(pickle.dumps(selection))
        assert again.describe() == selection.describe()
        assert judge(again.verifier) == judge(joined)


def test_what_a_verifier_of_ones_own_returns_is_read_as_arrays() -> None:
    class Positive(Verifier):
        def judge(self, rows: Any, random: np.random.Generator) -> Verdict:
            series = pd.Series(rows)
            return Verdict(series > 0, series < 5)

    verdict = checked_verdict(Positive(), np.array([-1.0, 1.0, 9.0]), 3, np.random.default_rng(0))
    assert verdict.accepted.tolist() == [False, True, False]
    assert judge(Every(Positive()), np.array([-1.0, 1.0, 9.0])) == [False, True, False]


def test_settings_are_described_in_a_form_that_json_holds() -> None:
    assert described((1.5, math.inf, [np.float64(-math.inf)])) == [1.5, "inf", ["-inf"]]
    assert described(np.array([1.0, np.nan])) == [1.0, "nan"]
    assert described(np.zeros(65)) == "array of shape (65,)"
    ball = KnowledgeBall([1.0], math.inf).describe()
    assert ball == {
        "name": "KnowledgeBall",
        "center": [1.0],
        "radius": "inf",
        "slack": 0.0,
        "link": "identity",
    }


# ------------------------------------------------------------------------ messages


def numbers_in_objects(rows: LabelledRows) -> Any:
    return np.array([True] * len(rows.response), dtype=object)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: KnowledgeBall([1.0], -0.1), "radius=-0.1: must be a number, 0 or more"),
        (lambda: KnowledgeBall([1.0], float("nan")), "radius=nan: must be"),
        (lambda: KnowledgeBall([1.0], 0.1, slack=-1), "slack=-1: must be"),
        (lambda: KnowledgeBall([np.nan], 0.1), "center="),
        (lambda: KnowledgeBall([[1.0]], 0.1), "center="),
        (lambda: KnowledgeBall([1.0], 0.1, link="probit"), "link='probit': must be one of"),
        (lambda: Score(lambda x: x), "keep=None, threshold=None: give one"),
        (lambda: Score(lambda x: x, keep=0.0), "keep=0.0: must be a number above 0 and at most 1"),
        (lambda: Score(lambda x: x, keep=1.1), "keep=1.1: must be a number above 0 and at most 1"),
        (lambda: Score(lambda x: x, threshold=1.0, classes=lambda x: x), "classes="),
        (lambda: Noisy(BALL, false_accept=1.5), "false_accept=1.5: must be a number from 0 to 1"),
        (lambda: Every(), r"Every\(\) joins verifiers; give one"),
        (lambda: as_verifier("ball"), "verifier='ball': must be a verifier"),
        (lambda: as_verifier(KnowledgeBall), "must be a verifier"),
        (lambda: UntilFull(Score(lambda x: x, keep=0.1), cap=5), "judges 10 candidates to accept"),
        (lambda: UntilFull(BALL, cap=0), "cap=0: must be a number from 1 to 1048576"),
        (lambda: judge(Predicate(lambda rows: rows.response)), "must be one truth value for each"),
        (
            lambda: judge(Predicate(numbers_in_objects)),
            r"verifier=numbers_in_objects: returned object of shape \(5,\) for 5 rows",
        ),
        (lambda: judge(Score(lambda rows: 1.0, keep=0.5)), "must be one score for each"),
        (lambda: judge(Score(lambda _: list("abcde"), keep=0.5)), "must be one score for each"),
        (
            lambda: judge(
                Score(lambda rows: rows.response, keep=0.5, classes=lambda rows: rows.response)
            ),
            "classes returned float64 .* must be one whole number for each",
        ),
        (
            lambda: judge(Predicate(lambda rows: rows.response > 1 if rows.response else None)),
            "verifier=<lambda>: failed on rows of the model: ValueError",
        ),
        (
            lambda: judge(Predicate(lambda rows: rows.answer > 0)),
            "failed on rows of the model: Attr",
        ),
        (
            lambda: judge(Every(BALL, lambda rows: rows.answer > 0)),
            "^verifier=<lambda>: failed on rows of the model: Attr",
        ),
        (lambda: judge(BALL, np.ones(3)), "judges rows with covariates and a response"),
        (lambda: judge(KnowledgeBall([1.0], 1.0)), "give an entry for each"),
    ],
)
def test_a_wrong_argument_is_refused_in_one_line(wrong: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message) as raised:
        wrong()
    assert "\n" not in str(raised.value)


def test_selections_take_verifiers_and_functions() -> None:
    assert isinstance(as_selection(BALL), UntilFull)
    assert isinstance(as_selection(lambda rows: rows > 0).verifier, Predicate)
    passing = WhatPasses(BALL)
    assert as_selection(passing) is passing
    assert passing.describe()["kept"] == "what passes"


def test_the_ball_is_cited() -> None:
    assert "2510.16657" in hl.citation(BALL)
