"""What a comparison comes to, in sentences."""

import math
from dataclasses import replace

from heirloom.comparison import ComparedWorkflow
from heirloom.comparison.advice import advice_on, recommended

FIRST = ComparedWorkflow(
    workflow="real:accumulate",
    error=0.1,
    error_se=0.01,
    error_median=0.1,
    ratio=0.5,
    ratio_se=0.05,
    ratio_to_least=1.0,
    ratio_to_least_se=0.0,
    failed=0.0,
    significant=True,
    standing="least",
    weight=None,
    keeps_rows=True,
)
FRESH = replace(
    FIRST,
    workflow="fresh:0.6",
    ratio=0.8,
    ratio_to_least=1.6,
    ratio_to_least_se=0.1,
    standing="worse",
    keeps_rows=False,
)
REAL = replace(
    FRESH, workflow="real", ratio=1.0, ratio_se=0.0, significant=False, ratio_to_least=2.0
)
DISCARD = replace(FRESH, workflow="discard", ratio=21.0, ratio_se=3.0, ratio_to_least=42.0)


def advice(*lines, replicates=200):
    return advice_on(lines, baseline="fresh real rows alone (real)", replicates=replicates)


def test_what_to_use_what_else_and_what_not():
    assert advice(FIRST, FRESH, REAL, DISCARD) == (
        "Its error is 0.5 ± 0.05 times that of fresh real rows alone (real).",
        "Where no rows of earlier generations can be kept: fresh:0.6, with 0.8 ± 0.05 times the "
        "error of fresh real rows alone (real).",
        "Worse than fresh real rows alone (real): discard (21 times its error).",
    )


def test_much_worse_but_not_told_apart_asks_for_replicates():
    undecided = replace(
        DISCARD, significant=False, standing="not told apart", ratio_to_least_se=30.0
    )
    (_, sentence) = advice(FIRST, undecided, replicates=10)
    assert sentence == (
        "Not told apart from it: discard (42 ± 30 times its error). 10 replicates are too few to "
        "say; give more (replicates, --replicates)."
    )


def test_as_good_is_said_with_its_margin():
    near = replace(FRESH, workflow="accumulate-all", standing="as good", keeps_rows=True)
    assert "As good, within 25 % of its error: accumulate-all." in advice(FIRST, near)


def test_the_baseline_may_be_the_least():
    least = replace(REAL, standing="least", ratio_to_least=1.0)
    assert advice(least, DISCARD)[0] == (
        "No workflow has less error than fresh real rows alone (real)."
    )


def test_a_baseline_without_an_answer_is_no_number():
    alone = replace(FIRST, ratio=math.nan, ratio_se=math.nan, failed=0.1)
    gone = replace(REAL, ratio=math.nan, ratio_se=math.nan, failed=1.0, standing="no answer")
    sentences = advice(alone, gone)
    assert sentences[0] == (
        "No replicate has an answer both for it and for fresh real rows alone (real)."
    )
    assert "nan" not in " ".join(sentences)


def test_nothing_is_recommended_without_answers():
    gone = replace(FIRST, standing="no answer", failed=1.0)
    assert recommended([gone]) is None
    (sentence,) = advice(gone)
    assert "--penalty 0.001" in sentence
