"""Workflows in words and in short."""

import pytest

from heirloom.workflows import Arrivals, Sizes, parse
from heirloom.workflows.short_text import short_text
from heirloom.workflows.trained_on import trained_on

EQUAL = Sizes.of(n_real=100, n_synthetic=100, generations=9)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("discard", "the last model's synthetic rows"),
        ("real", "fresh real rows"),
        ("real:accumulate", "all real rows so far"),
        ("anchor:0.25", "25 % the initial real rows, 75 % the last model's synthetic rows"),
        ("accumulate-all", "52.6 % all real rows so far, 47.4 % all synthetic rows so far"),
        (
            "augment-subsample",
            "100 rows drawn from 10 % the initial real rows, 90 % all synthetic rows so far",
        ),
        ("window:2", "synthetic rows of 2 generations"),
    ],
)
def test_what_a_workflow_trains_on(text, words):
    assert trained_on(parse(text), EQUAL) == words


def test_real_rows_that_did_not_arrive_are_not_missed():
    sizes = Sizes.of(n_real=Arrivals(100, 3), n_synthetic=100, generations=9)
    assert trained_on(parse("real:accumulate"), sizes) == "all real rows so far"
    assert trained_on(parse("fresh:0.5"), sizes, 6).startswith("50 % fresh real rows")


def test_before_the_first_generation_there_are_the_initial_rows():
    sizes = Sizes.of(n_real=100, n_synthetic=100, generations=0)
    assert trained_on(parse("augment"), sizes) == "the initial real rows"


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("fresh:5.477225574901905e-05", "fresh:5.477e-05"),
        ("fresh:0.1234567,0.5", "fresh:0.1235,0.5"),
        ("subsample:100000:augment", "subsample:100000:augment"),
        ("custom:half", "custom:half"),
    ],
)
def test_long_numbers_are_shortened(text, short):
    assert short_text(text) == short
