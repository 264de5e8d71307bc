"""Every verifier that heirloom offers keeps to the contract that it holds a user's verifier to."""

import inspect
import json
import pickle

import numpy as np
import pytest

from heirloom import verifiers
from heirloom.models.covariates import LabelledRows
from heirloom.testing import check_verifier
from heirloom.verifiers import (
    AnyOf,
    Every,
    KnowledgeBall,
    Noisy,
    Predicate,
    Score,
    Selection,
    UntilFull,
    Verifier,
    WhatPasses,
)

BALL = KnowledgeBall([1.0, 1.0], radius=0.5, slack=0.25)


def draw_rows(dtype: type[np.floating]) -> LabelledRows:
    random = np.random.default_rng(0)
    design = random.standard_normal((40, 2)).astype(dtype)
    response = (design.sum(axis=1) + random.standard_normal(40)).astype(dtype)
    response[3] = np.nan
    return LabelledRows(design, response)


def response(rows: LabelledRows) -> np.ndarray:
    return rows.response


def large(rows: LabelledRows) -> np.ndarray:
    return rows.response > 1


def sign(rows: LabelledRows) -> np.ndarray:
    return (rows.design[:, 0] > 0).astype(int)


EXAMPLES: dict[type[Verifier], list[Verifier]] = {
    AnyOf: [AnyOf(BALL, large), AnyOf(BALL, Noisy(BALL, false_accept=0.2))],
    Every: [Every(BALL, large), Every(BALL, Noisy(BALL, false_reject=0.2))],
    KnowledgeBall: [BALL, KnowledgeBall([1.0, 1.0], np.inf, 0.5, link="logit")],
    Noisy: [Noisy(BALL, false_accept=0.3, false_reject=0.2), Noisy(BALL)],
    Predicate: [Predicate(large)],
    Score: [
        Score(response, keep=0.3),
        Score(response, threshold=2.0),
        Score(response, keep=0.3, classes=sign),
    ],
}
ALL = [verifier for examples in EXAMPLES.values() for verifier in examples]

every_verifier = pytest.mark.parametrize("verifier", ALL, ids=lambda v: type(v).__name__)


def offered(kind: type) -> set[type]:
    named = [getattr(verifiers, name) for name in verifiers.__all__]
    return {
        thing
        for thing in named
        if inspect.isclass(thing) and issubclass(thing, kind) and not inspect.isabstract(thing)
    }


def test_every_verifier_that_the_package_offers_has_examples() -> None:
    assert offered(Verifier) == set(EXAMPLES)


@every_verifier
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_it_keeps_to_the_contract(verifier: Verifier, dtype: type[np.floating]) -> None:
    rows = draw_rows(dtype)
    check_verifier(verifier, rows)
    assert verifier.describe()["name"] == type(verifier).__name__
    views = LabelledRows(np.asfortranarray(rows.design)[::-1], rows.response[::-1])
    check_verifier(verifier, views)


@every_verifier
def test_it_can_be_sent_to_another_process(verifier: Verifier) -> None:
    again = pickle.loads(pickle.dumps(verifier))
    assert again.describe() == verifier.describe()
    verdicts = [v.judge(draw_rows(np.float64), np.random.default_rng(1)) for v in (again, verifier)]
    assert np.array_equal(verdicts[0], verdicts[1])


@pytest.mark.parametrize("kind", sorted(offered(Selection), key=lambda kind: kind.__name__))
@every_verifier
def test_every_selection_takes_it(kind: type[UntilFull | WhatPasses], verifier: Verifier) -> None:
    selection = kind(verifier)
    assert selection.verifier is verifier
    described = json.loads(json.dumps(selection.describe(), allow_nan=False))
    assert {"name", "kept"} <= set(described)
    check_verifier(selection, draw_rows(np.float64))
