"""What a comparison comes to, in sentences."""

import math
from collections.abc import Sequence

from .._base.result_table import number_text
from .compared_workflow import MARGIN, ComparedWorkflow

_PENALTY = "a penalty (penalty=0.001, --penalty 0.001)"


def recommended(lines: Sequence[ComparedWorkflow]) -> ComparedWorkflow | None:
    """The first of the ranking; None if half of its replicates or more have no answer."""
    return lines[0] if lines[0].standing == "least" else None


def advice_on(
    lines: Sequence[ComparedWorkflow], *, baseline: str, replicates: int
) -> tuple[str, ...]:
    """Say which workflow to use, which others will do, and which not.

    Parameters
    ----------
    lines
        Least error first.
    baseline
        What the ratios are to, in words.
    replicates
        How many there were.
    """
    first = recommended(lines)
    if first is None:
        return (
            "No workflow has an answer in more than half of the replicates: give more rows, fewer "
            f"columns (features, --features) or {_PENALTY}.",
        )
    rest = lines[1:]
    sentences = [
        _against_baseline(first, baseline),
        _without_old_rows(lines, first, baseline),
        _within_the_margin([line for line in rest if line.standing == "as good"]),
        _not_told_apart([line for line in rest if line.standing == "not told apart"], replicates),
        _worse([line for line in rest if _surely_worse(line)], baseline),
        _without_answers(lines),
    ]
    return tuple(sentence for sentence in sentences if sentence)


def _against_baseline(first: ComparedWorkflow, baseline: str) -> str:
    if math.isnan(first.ratio):
        return f"No replicate has an answer both for it and for {baseline}."
    if first.ratio == 1 and first.ratio_se == 0:
        return f"No workflow has less error than {baseline}."
    told = "" if first.significant else ", which the replicates do not tell apart from 1"
    return f"Its error is {_times(first.ratio, first.ratio_se)} that of {baseline}{told}."


def _without_old_rows(
    lines: Sequence[ComparedWorkflow], first: ComparedWorkflow, baseline: str
) -> str:
    """Name the best of those that need no rows of earlier generations, if it beats the baseline."""
    line = next((line for line in lines if not line.keeps_rows), first)
    # A ratio that is not a number is not less.
    if line is first or not line.significant or not line.ratio < 1:
        return ""
    return (
        f"Where no rows of earlier generations can be kept: {line.workflow}, with "
        f"{_times(line.ratio, line.ratio_se)} the error of {baseline}."
    )


def _within_the_margin(lines: Sequence[ComparedWorkflow]) -> str:
    if not lines:
        return ""
    return f"As good, within {100 * MARGIN:.0f} % of its error: {_names(lines)}."


def _not_told_apart(lines: Sequence[ComparedWorkflow], replicates: int) -> str:
    if not lines:
        return ""
    named = ", ".join(
        line.workflow
        if math.isnan(line.ratio_to_least)
        else f"{line.workflow} ({_times(line.ratio_to_least, line.ratio_to_least_se)} its error)"
        for line in lines
    )
    return (
        f"Not told apart from it: {named}. {replicates:,} replicates are too few to say; give more "
        "(replicates, --replicates)."
    )


def _surely_worse(line: ComparedWorkflow) -> bool:
    return bool(line.significant) and (line.ratio > 1 or line.standing == "no answer")


def _worse(lines: Sequence[ComparedWorkflow], baseline: str) -> str:
    if not lines:
        return ""
    named = ", ".join(
        f"{line.workflow} (no answer in {100 * line.failed:.3g} % of replicates)"
        if line.standing == "no answer"
        else f"{line.workflow} ({_number(line.ratio)} times its error)"
        for line in lines
    )
    return f"Worse than {baseline}: {named}."


def _without_answers(lines: Sequence[ComparedWorkflow]) -> str:
    if not any(line.failed for line in lines):
        return ""
    return (
        "Some replicates have no answer. Errors and ratios are over those that have one, and look "
        "better than they are; the ranking is by the median, which counts the others as infinite."
    )


def _times(ratio: float, error: float) -> str:
    about = "" if math.isnan(error) else f" ± {number_text(error, '.2g')}"
    return f"{_number(ratio)}{about} times"


def _number(ratio: float) -> str:
    return number_text(ratio, ".3g")


def _names(lines: Sequence[ComparedWorkflow]) -> str:
    return ", ".join(line.workflow for line in lines)
