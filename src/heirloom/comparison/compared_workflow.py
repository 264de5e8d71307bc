"""One workflow of a comparison, and the ranking of several."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import special

from .._base.json_form import json_number
from .._base.replicate_statistics import (
    LEVEL,
    differ,
    mean_over_replicates,
    median_with_failures,
    paired_ratio,
    standard_error,
)
from ..workflows import Sizes, Workflow
from ..workflows.trained_on import keeps_rows

MARGIN = 0.25
"""Errors that differ by less than this share of the least are as good."""

Standing: TypeAlias = Literal["least", "as good", "not told apart", "worse", "no answer"]

_Float = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ComparedWorkflow:
    """One line of a comparison.

    Attributes
    ----------
    workflow
        Its text.
    error
        Squared error of the coefficients or frequencies, or Cramér–von Mises distance ∫(F̂ − F)² dF
        of the distribution function: the mean over the last fifth of the generations and over
        replicates that have an answer; nan where none has.
    error_se
        Standard error of that mean.
    error_median
        Median over replicates of the mean over the last fifth of the generations; a replicate
        without an answer counts as infinite, so that it is infinite where half or more have none.
    ratio
        Of the error to that of the baseline, over the replicates in which both have an answer.
    ratio_se
        Its standard error, from the same replicates (they share their real rows and their noise).
    ratio_to_least, ratio_to_least_se
        The same to the error of the first of the ranking.
    failed
        Share of replicates without an answer at one of these generations or more.
    significant
        Whether the difference from the baseline is significant at 5 %, by a t test or a sign test
        on the pairs of replicates (at 2.5 % each; where some have no answer, by a sign test alone,
        which counts those as infinite). None where that cannot be told.
    standing
        Against the first of the ranking, by the same tests (not adjusted for there being several):
        ``"least"`` is the first; ``"as good"`` is not told apart from it, and surely (95 %) within
        25 % of its error; ``"not told apart"`` could be much worse: there are too few replicates to
        say; ``"worse"`` is told apart; ``"no answer"`` has none in half of the replicates or more.
    weight
        Weight of the real data at the last generation, where the workflow has one.
    keeps_rows
        Whether rows of earlier generations must be kept for it.
    """

    workflow: str
    error: float
    error_se: float
    error_median: float
    ratio: float
    ratio_se: float
    ratio_to_least: float
    ratio_to_least_se: float
    failed: float
    significant: bool | None
    standing: Standing
    weight: float | None
    keeps_rows: bool

    def to_json(self) -> dict[str, Any]:
        """Give the line as JSON holds it; numbers that do not exist are None."""
        return {
            "workflow": self.workflow,
            "error": json_number(self.error),
            "error_se": json_number(self.error_se),
            "error_median": json_number(self.error_median),
            "ratio": json_number(self.ratio),
            "ratio_se": json_number(self.ratio_se),
            "ratio_to_least": json_number(self.ratio_to_least),
            "ratio_to_least_se": json_number(self.ratio_to_least_se),
            "failed": self.failed,
            "significant": self.significant,
            "standing": self.standing,
            "weight": self.weight,
            "keeps_rows": self.keeps_rows,
        }


def late_means(values: npt.NDArray[np.floating]) -> _Float:
    """Mean over the last fifth of the generations; (workflows, replicates).

    A replicate without an answer at any of these generations has none: nan is passed on.
    """
    last = max(1, (values.shape[2] - 1) // 5)
    return values[:, :, -last:].astype(np.float64).mean(axis=2)


def ranked_lines(
    late: _Float, baseline: _Float, workflows: tuple[Workflow, ...], sizes: Sizes
) -> tuple[ComparedWorkflow, ...]:
    """Rank workflows by what :func:`late_means` gives, and compare each with the baseline.

    Parameters
    ----------
    late
        (workflows, replicates); nan where there is no answer.
    baseline
        (replicates,): that of the baseline in the same replicates.
    workflows
        In the order of `late`.
    sizes
        Rows of every dataset.
    """
    means, errors = mean_over_replicates(late), standard_error(late)
    medians = np.array([median_with_failures(values) for values in late])
    failed = np.isnan(late).mean(axis=1)
    order = np.lexsort((failed, medians if failed.any() else means))
    least = late[order[0]]
    lines: list[ComparedWorkflow] = []
    for i in order.tolist():
        ratio, ratio_se = paired_ratio(late[i], baseline)
        ratio_to_least, ratio_to_least_se = paired_ratio(late[i], least)
        lines.append(
            ComparedWorkflow(
                workflow=workflows[i].text,
                error=float(means[i]),
                error_se=float(errors[i]),
                error_median=float(medians[i]),
                ratio=ratio,
                ratio_se=ratio_se,
                ratio_to_least=ratio_to_least,
                ratio_to_least_se=ratio_to_least_se,
                failed=float(failed[i]),
                significant=differ(late[i], baseline),
                standing="least"
                if lines == [] and np.isfinite(medians[i])
                else _standing(late[i], least),
                weight=workflows[i].real_weight(sizes),
                keeps_rows=keeps_rows(workflows[i], sizes),
            )
        )
    return tuple(lines)


def _standing(values: _Float, least: _Float) -> Standing:
    if np.isinf(median_with_failures(values)):
        return "no answer"
    if differ(values, least):
        return "worse"
    return "as good" if _surely_near(values, least) else "not told apart"


def _surely_near(values: _Float, least: _Float) -> bool:
    """Whether an error is within the margin of the least with a confidence of 95 %."""
    if np.array_equal(values, least, equal_nan=True):
        return True
    if np.isnan(values).any() or np.isnan(least).any():
        return False
    ratio, error = paired_ratio(values, least)
    quantile = float(special.stdtrit(max(1, values.size - 1), 1 - LEVEL))
    # Not a number, where there is one replicate, is not less.
    return ratio + quantile * error < 1 + MARGIN
