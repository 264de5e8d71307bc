"""What holds for every verifier, and what each of them accepts."""

import json
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import heirloom as hl
from heirloom.models import LabelledRows
from heirloom.verifiers import (
    AnyOf,
    Every,
    KnowledgeBall,
    Noisy,
    Predicate,
    Score,
    UntilFull,
    Verifier,
    WhatPasses,
    as_selection,
    as_verifier,
)

KEY = jax.random.key(3)
ROWS = LabelledRows(
    jnp.array([[1.0, 0.0], [0.0, 2.0], [3.0, 4.0], [0.0, 0.0], [1.0, 1.0]]),
    jnp.array([1.0, 5.0, 4.0, 0.1, jnp.nan]),
)
BALL = KnowledgeBall([1.0, 1.0], radius=0.5, slack=0.25)

EVERY_VERIFIER: list[Verifier] = [
    BALL,
    KnowledgeBall([1.0, 1.0], 0.5, 0.5, link="logit"),
    Predicate(lambda rows: rows.response > 1),
    Score(lambda rows: rows.response, keep=0.5),
    Score(lambda rows: rows.response, threshold=2.0),
    Noisy(BALL, false_accept=0.3, false_reject=0.2),
    Every(BALL, lambda rows: rows.response > 1),
    AnyOf(BALL, lambda rows: rows.response > 1),
]


def judge(verifier: Verifier, rows: Any = ROWS, present: Any = None) -> list[bool]:
    count = len(jax.tree.leaves(rows)[0])
    there = jnp.ones(count, bool) if present is None else jnp.asarray(present)
    return verifier.judge(KEY, rows, there).accepted.tolist()


def compiled(function: Any) -> Any:
    return jax.jit(lambda rows: Predicate(function).judge(KEY, rows, rows == rows))(jnp.ones(3))


@pytest.mark.parametrize("verifier", EVERY_VERIFIER, ids=lambda v: type(v).__name__)
def test_every_verifier_gives_truth_values_compiles_and_describes_itself(
    verifier: Verifier,
) -> None:
    present = jnp.array([True, True, True, True, False])
    plain = verifier.judge(KEY, ROWS, present)
    compiled = jax.jit(lambda key, rows: verifier.judge(key, rows, present))(KEY, ROWS)
    for verdict in (plain, compiled):
        assert verdict.accepted.dtype == verdict.judged.dtype == jnp.bool_
        assert not np.any(np.asarray(verdict.accepted & ~verdict.judged)[:4])
    assert np.array_equal(plain.accepted[:4], compiled.accepted[:4])
    assert verifier.candidates(10) >= 10
    assert json.loads(json.dumps(verifier.describe()))["name"] == type(verifier).__name__


def test_ball_accepts_what_lies_within_the_radius_and_the_slack() -> None:
    # |y − xᵀθ_c| is 0, 3, 3, 0.1; what is allowed is 0.75, 1.25, 2.75, 0.25.
    assert judge(BALL) == [True, False, False, True, False]
    assert judge(KnowledgeBall([1.0, 1.0], 0.5, 0.5)) == [True, False, True, True, False]
    assert judge(KnowledgeBall([1.0, 1.0], np.inf)) == [True, True, True, False, False]
    assert judge(KnowledgeBall([1.0, 1.0], 0.0, np.inf)) == [True, True, True, True, False]


def test_ball_of_a_logistic_regression_rejects_labels_that_no_model_in_it_explains() -> None:
    design = jnp.array([[2.0], [2.0], [0.1], [0.1]])
    labels = LabelledRows(design, jnp.array([1.0, 0.0, 1.0, 0.0]))
    # xᵀθ ranges over 2 ± 1 and 0.1 ± 0.05: the label 1 is the likelier one everywhere.
    assert judge(KnowledgeBall([1.0], 0.5, 0.5, link="logit"), labels) == [True, False, True, False]
    assert judge(KnowledgeBall([1.0], 1.5, 0.5, link="logit"), labels) == [True, True, True, True]
    # Probability 1/(1 + e) of the label 0 at the near end of the ball.
    assert judge(KnowledgeBall([1.0], 0.5, 0.74, link="logit"), labels)[1]
    assert not judge(KnowledgeBall([1.0], 0.5, 0.73, link="logit"), labels)[1]


@pytest.mark.parametrize(
    ("keep", "count", "kept"),
    [(0.1, 10, 1), (0.1, 500, 50), (0.3, 10, 3), (1.0, 7, 7), (0.5, 3, 1)],
)
def test_score_keeps_the_best_share(keep: float, count: int, kept: int) -> None:
    rows = jax.random.normal(KEY, (count,))
    accepted = np.array(judge(Score(lambda x: x, keep=keep), rows))
    assert accepted.sum() == kept
    assert np.asarray(rows)[accepted].min() >= np.sort(np.asarray(rows))[-kept]
    verifier = Score(lambda x: x, keep=keep)
    assert int(verifier.candidates(kept) * keep + 1e-4) >= kept


def test_score_of_rows_that_are_not_there_does_not_count() -> None:
    rows = jnp.array([1.0, 2.0, 3.0, 100.0, 200.0, 0.5])
    present = [True, True, True, False, False, True]
    accepted = judge(Score(lambda x: x, keep=0.5), rows, present)
    assert [a for a, p in zip(accepted, present, strict=True) if p] == [False, True, True, False]


def test_score_keeps_the_best_share_of_each_class() -> None:
    rows = jnp.arange(12.0)
    of_class = Score(lambda x: x, keep=0.5, classes=lambda x: (x % 3).astype(int))
    accepted = np.array(judge(of_class, rows))
    for number in range(3):
        assert accepted[number::3].tolist() == [False, False, True, True]


def test_score_that_is_not_a_number_is_not_accepted_and_counted() -> None:
    rows = jnp.array([jnp.nan, 1.0, jnp.inf, -jnp.inf])
    for verifier in (Score(lambda x: x, keep=1.0), Score(lambda x: x, threshold=-np.inf)):
        verdict = verifier.judge(KEY, rows, jnp.ones(4, bool))
        assert verdict.judged.tolist() == [False, True, True, True]
        assert verdict.accepted.tolist() == [False, True, True, True]


def test_equal_scores_keep_no_more_than_the_share() -> None:
    assert sum(judge(Score(jnp.zeros_like, keep=0.4), jnp.arange(10.0))) == 4


def test_noisy_verdicts_turn_at_the_stated_rates() -> None:
    rows = jnp.arange(40_000.0)
    good = np.arange(40_000) % 2 == 0
    noisy = Noisy(lambda x: x % 2 == 0, false_accept=0.1, false_reject=0.25)
    accepted = np.array(judge(noisy, rows))
    for rate, expected in ((accepted[good].mean(), 0.75), (accepted[~good].mean(), 0.1)):
        assert abs(rate - expected) < 4 * np.sqrt(expected * (1 - expected) / 20_000)


def test_noise_never_accepts_a_row_without_a_verdict() -> None:
    noisy = Noisy(Score(lambda x: x, threshold=0.0), false_accept=1.0)
    assert judge(noisy, jnp.array([jnp.nan, -1.0])) == [False, True]


def test_every_and_any_of_join_verdicts() -> None:
    rows = jnp.array([-1.0, 2.0, 9.0, jnp.nan])
    score = Score(lambda x: x, threshold=0.0)
    assert judge(Every(score, lambda x: ~(x > 5)), rows) == [False, True, False, False]
    assert judge(AnyOf(score, lambda x: jnp.isnan(x)), rows) == [False, True, True, True]
    assert judge(Every(AnyOf(score, lambda x: x < 0)), rows) == [True, True, True, False]


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
        (lambda: Score(lambda x: x, keep=0.0), "keep=0.0: must be a share"),
        (lambda: Score(lambda x: x, keep=1.1), "keep=1.1: must be a share"),
        (lambda: Score(lambda x: x, threshold=1.0, classes=lambda x: x), "classes="),
        (lambda: Noisy(BALL, false_accept=1.5), "false_accept=1.5: must be a chance"),
        (lambda: Every(), r"Every\(\) joins verifiers; give one"),
        (lambda: as_verifier("ball"), "verifier='ball': must be a verifier"),
        (lambda: as_verifier(KnowledgeBall), "must be a verifier"),
        (lambda: UntilFull(Score(lambda x: x, keep=0.1), cap=5), "judges 10 candidates to accept"),
        (lambda: UntilFull(BALL, cap=0), "cap=0: must be a number of candidates"),
        (lambda: judge(Predicate(lambda rows: rows.response)), "must be one truth value for each"),
        (lambda: judge(Score(lambda rows: 1.0, keep=0.5)), "must be one score for each"),
        (
            lambda: compiled(lambda rows: np.abs(np.asarray(rows)) > 1),
            "is compiled, and so must not ask for the values",
        ),
        (
            lambda: compiled(lambda rows: rows > 1 if rows[0] > 0 else rows < 1),
            "is compiled, and so must not ask for the values",
        ),
        (
            lambda: judge(Predicate(lambda rows: rows.answer > 0)),
            "failed on rows of the model: Attr",
        ),
        (lambda: judge(BALL, jnp.ones(3)), "judges rows with covariates and a response"),
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
