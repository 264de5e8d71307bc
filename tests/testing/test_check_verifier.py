"""Each breach of a verifier's contract is found, and named in one line."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from heirloom.models import LabelledRows
from heirloom.testing import ContractError, check_verifier
from heirloom.verifiers import Noisy, Predicate, UntilFull, Verdict, Verifier

ROWS = LabelledRows(np.linspace(-1, 1, 20).reshape(10, 2), np.linspace(2, -2, 10))
SHARED = np.random.default_rng(0)


class Positive(Verifier):
    """Accepts what is positive, row by row."""

    by_row = True

    def judge(self, rows: Any, random: np.random.Generator) -> Verdict:
        return Verdict(rows.response > 0, np.isfinite(rows.response))


def altered(**methods: Any) -> Verifier:
    return type("Mine", (Positive,), methods)()


def verdict_of(accepted: Any, judged: Any = None) -> Any:
    return lambda self, rows, random: Verdict(
        accepted(rows.response), np.ones(len(rows.response), bool) if judged is None else judged
    )


def first_of_their_kind(y: Any) -> Any:
    first = np.zeros(len(y), dtype=bool)
    first[np.unique(y, return_index=True)[1]] = True
    return first


def noisily_the_better_half(self: Any, rows: Any, random: np.random.Generator) -> Verdict:
    y = rows.response
    accepted = (y > np.median(y)) ^ (random.random(len(y)) < 0.2)
    return Verdict(accepted, np.ones(len(y), bool))


def write_to_rows(self: Any, rows: Any, random: Any) -> Verdict:
    rows.response[:] = 0
    return Positive.judge(self, rows, random)


@pytest.mark.parametrize(
    "verifier",
    [
        Positive(),
        altered(judge=verdict_of(lambda y: pd.Series(y > 0))),
        lambda rows: rows.response > 0,
        UntilFull(Positive()),
        Noisy(Positive(), false_accept=0.5),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_a_sound_verifier_passes(verifier: Any, seed: int) -> None:
    assert check_verifier(verifier, ROWS, seed=seed) is None


def test_rows_may_be_an_array_a_table_or_a_list() -> None:
    check_verifier(lambda rows: rows > 0, ROWS.response)
    check_verifier(lambda rows: rows["a"] > 1, pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}))
    check_verifier(lambda texts: [len(text) > 1 for text in texts], ["a", "bc"])
    by_text = altered(
        judge=lambda self, rows, random: Verdict(*[np.array(["b" in t for t in rows])] * 2)
    )
    check_verifier(by_text, ["a", "bc", "b"])


@pytest.mark.parametrize(
    ("methods", "expected"),
    [
        ({"judge": lambda self, rows, random: rows.response > 0}, "judge must return a Verdict"),
        ({"judge": verdict_of(lambda y: y)}, "judge must return a Verdict, of one truth value for"),
        ({"judge": verdict_of(lambda y: y[:3] > 0)}, "for each of the 10 rows"),
        (
            {"judge": verdict_of(lambda y: y > 0, np.zeros(10, bool))},
            "Mine.judge accepts 5 rows on which it has no verdict; what is accepted must be judged",
        ),
        (
            {"judge": verdict_of(lambda y: SHARED.random(len(y)) > 0.5)},
            "two calls with the same random numbers gave different verdicts; use the `random`",
        ),
        ({"judge": write_to_rows}, "Mine.judge: writes to the rows that it judges; work on a copy"),
        ({"judge": verdict_of(lambda y: y > y.mean() + 1)}, "Mine.by_row is True, and a row has"),
        ({"judge": verdict_of(lambda y: np.arange(len(y)) > 2)}, "Mine.by_row is True, and a row"),
        ({"judge": verdict_of(first_of_their_kind)}, "Mine.by_row is True, and a row"),
        ({"judge": verdict_of(lambda y: y > -5 if len(y) <= 10 else y > 0)}, "Mine.by_row is True"),
        ({"judge": noisily_the_better_half}, "Mine.by_row is True, and a row"),
        ({"judge": verdict_of(lambda y: 1 / 0)}, "Mine.judge: failed with ZeroDivisionError"),
        ({"by_row": None}, "Mine.by_row is None; must be True or False"),
        ({"candidates": lambda self, rows: rows - 1}, r"candidates\(1\) is 0; must be a whole"),
        ({"candidates": lambda self, rows: 2.0 * rows}, r"candidates\(1\) is 2.0; must be a whole"),
        (
            {"candidates": lambda self, rows: min(rows, 5)},
            r"candidates\(10\) is 5; must be a whole",
        ),
        ({"describe": lambda self: {"cap": 1}}, "Mine.describe returned .* under 'name'"),
        ({"describe": lambda self: {"name": "Mine", "cap": math.inf}}, "JSON does not hold"),
    ],
)
def test_a_breach_is_named_in_one_line(methods: dict[str, Any], expected: str) -> None:
    with pytest.raises(ContractError, match=expected) as raised:
        check_verifier(altered(**methods), ROWS)
    assert "\n" not in str(raised.value)


def test_what_is_no_verifier_is_refused() -> None:
    with pytest.raises(ValueError, match="verifier='ball': must be a verifier"):
        check_verifier("ball", ROWS)


def test_a_rule_that_fails_is_named() -> None:
    with pytest.raises(ContractError, match=r"Predicate.judge: failed with .*verifier=<lambda>"):
        check_verifier(Predicate(lambda rows: rows.answer), ROWS)


def test_a_list_or_a_table_that_is_written_to_is_found() -> None:
    def shorten(texts: list[str]) -> list[bool]:
        texts[0] = ""
        return [True for _ in texts]

    def mark(rows: pd.DataFrame) -> "pd.Series[bool]":
        rows["seen"] = True
        return rows["a"] > 0

    for rule, rows in ((shorten, ["a", "b"]), (mark, pd.DataFrame({"a": [1, 2]}))):
        with pytest.raises(ContractError, match="writes to the rows that it judges"):
            check_verifier(rule, rows)
