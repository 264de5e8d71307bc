"""From the numbers of rows alone to a ranking, a weight and advice."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..theory import long_run_risk, optimal_weight, predict, relative_risk
from ..theory.weights import optimal_schedule
from ..trace import Trace
from ..workflows import (
    AccumulateAll,
    AnchorMix,
    Augment,
    AugmentSubsample,
    Discard,
    FreshMix,
    RealOnly,
    Sizes,
    Workflow,
)
from .json_form import json_number


@dataclass(frozen=True)
class RankedWorkflow:
    """One line of a plan.

    Attributes
    ----------
    workflow
        The workflow.
    relative_risk
        Limiting risk at the last generation over that of generation 0.
    limit
        What it tends to; infinite where the workflow collapses.
    effective_rows
        How many independent real rows would estimate as well as the last generation does.
    weight
        Weight of the real data, where the workflow has one (a schedule's at the last generation).
    needs
        What the user must have: ``"fresh real data"``, ``"old real data"``,
        ``"old synthetic data"``.
    possible
        Whether the user has what it needs; what was not said is taken to be so: the real data
        fresh, and old data not kept.
    """

    workflow: Workflow
    relative_risk: float
    limit: float
    effective_rows: float
    weight: float | None
    needs: tuple[str, ...]
    possible: bool

    @property
    def collapses(self) -> bool:
        """Whether the risk grows without bound."""
        return math.isinf(self.limit)


@dataclass(frozen=True, eq=False)
class Plan:
    """What to do with so many real and synthetic rows a generation.

    Attributes
    ----------
    n_real, n_synthetic, n_initial, generations
        What was asked.
    fresh, keep
        Whether the real data are fresh at each generation, and old data can be kept; None if not
        said.
    optimal_weight
        Constant weight of the real data with the least stationary risk.
    weights
        float64[generations + 1]: the best weight for each generation; entry 0 is 1.
    workflows
        Every workflow, least relative risk first.
    advice
        Plain sentences.
    """

    n_real: int
    n_synthetic: int
    n_initial: int
    generations: int
    fresh: bool | None
    keep: bool | None
    optimal_weight: float
    weights: npt.NDArray[np.float64]
    workflows: tuple[RankedWorkflow, ...]
    advice: tuple[str, ...]

    @property
    def recommended(self) -> RankedWorkflow:
        """The first of the ranking that the user's data allow."""
        return next(line for line in self.workflows if line.possible)

    def trace(self) -> Trace:
        """Relative risk of every workflow at every generation, as a trace."""
        return predict(
            [line.workflow for line in self.workflows],
            n_real=self.n_real,
            n_synthetic=self.n_synthetic,
            generations=self.generations,
            n_initial=self.n_initial,
            variance=float(self.n_initial),
        )

    def to_json(self) -> dict[str, Any]:
        """Give the plan as JSON holds it; infinite numbers are None."""
        return {
            "n_real": self.n_real,
            "n_synthetic": self.n_synthetic,
            "n_initial": self.n_initial,
            "generations": self.generations,
            "fresh": self.fresh,
            "keep": self.keep,
            "optimal_weight": self.optimal_weight,
            "weights": self.weights.tolist(),
            "recommended": self.recommended.workflow.text,
            "workflows": [
                {
                    "workflow": line.workflow.text,
                    "relative_risk": json_number(line.relative_risk),
                    "limit": json_number(line.limit),
                    "weight": line.weight,
                    "effective_rows": json_number(line.effective_rows),
                    "collapses": line.collapses,
                    "needs": list(line.needs),
                    "possible": line.possible,
                }
                for line in self.workflows
            ],
            "advice": list(self.advice),
        }


def plan(
    *,
    n_real: int,
    n_synthetic: int,
    n_initial: int | None = None,
    generations: int = 20,
    fresh: bool | None = None,
    keep: bool | None = None,
) -> Plan:
    """Rank every workflow by exact relative risk, and say what to do.

    Parameters
    ----------
    n_real
        n, real rows at each generation; 1 or more.
    n_synthetic
        m, synthetic rows at each generation; 1 or more.
    n_initial
        n₀, rows of the initial real data. Default: `n_real`.
    generations
        T, the horizon at which workflows are compared; 1 or more. Default 20.
    fresh
        True: the real rows are new at each generation. False: the same initial rows are used again.
        None (default): not said; the plan takes them to be fresh, and says so.
    keep
        Whether old data can be kept. None (default): not said; the plan covers both.

    Returns
    -------
    Plan

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> import heirloom as hl
    >>> plan = hl.plan(n_real=100, n_synthetic=100, generations=50, fresh=True, keep=False)
    >>> round(plan.optimal_weight, 6), round(plan.recommended.effective_rows)
    (0.618034, 162)
    """
    n_initial = n_real if n_initial is None else n_initial
    for name, value in (
        ("n_real", n_real),
        ("n_synthetic", n_synthetic),
        ("n_initial", n_initial),
        ("generations", generations),
    ):
        if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < 1:
            raise ValueError(f"{name}={value!r}: must be a whole number, 1 or more")
    for name, choice in (("fresh", fresh), ("keep", keep)):
        if choice not in (True, False, None):
            raise ValueError(f"{name}={choice!r}: must be True, False or None")
    # NumPy's integers are no JSON.
    n_real, n_synthetic, n_initial = int(n_real), int(n_synthetic), int(n_initial)
    generations = int(generations)
    sizes = {"n_real": n_real, "n_synthetic": n_synthetic, "n_initial": n_initial}
    reused = fresh is False
    best = 1.0 if reused else optimal_weight(n_real, n_synthetic)
    ranked = _rank(_candidates(best, reused), sizes, generations, fresh, keep)
    weights = (
        np.ones(generations + 1) if reused else optimal_schedule(**sizes, generations=generations)
    )
    return Plan(
        n_real=n_real,
        n_synthetic=n_synthetic,
        n_initial=n_initial,
        generations=generations,
        fresh=fresh,
        keep=keep,
        optimal_weight=best,
        weights=weights,
        workflows=ranked,
        advice=_advice(ranked, sizes, generations, fresh, keep, best),
    )


def _candidates(best: float, reused: bool) -> tuple[Workflow, ...]:
    weighted: tuple[Workflow, ...] = (
        (AnchorMix(1.0), AnchorMix(0.5), AnchorMix("naive"))
        if reused
        else (FreshMix(best), FreshMix("schedule"), FreshMix("naive"), AnchorMix(0.5))
    )
    return (
        *weighted,
        Discard(),
        Augment(),
        AugmentSubsample(),
        *(() if reused else (AccumulateAll(), RealOnly(), RealOnly(accumulate=True))),
    )


def _rank(
    workflows: tuple[Workflow, ...],
    sizes: dict[str, int],
    generations: int,
    fresh: bool | None,
    keep: bool | None,
) -> tuple[RankedWorkflow, ...]:
    lines = [_line(workflow, sizes, generations, fresh, keep) for workflow in workflows]
    # Of two that are equal to rounding, the one whose weight is a number comes first.
    return tuple(
        sorted(lines, key=lambda line: (float(f"{line.relative_risk:.12g}"), _is_rule(line)))
    )


def _is_rule(line: RankedWorkflow) -> bool:
    return isinstance(getattr(line.workflow, "weight", None), str)


def _line(
    workflow: Workflow,
    sizes: dict[str, int],
    generations: int,
    fresh: bool | None,
    keep: bool | None,
) -> RankedWorkflow:
    risk = float(relative_risk(workflow, **sizes, generations=generations)[-1])
    needs = _needs(workflow)
    possible = not (fresh is False and "fresh real data" in needs) and not (
        keep is not True and ("old real data" in needs or "old synthetic data" in needs)
    )
    if fresh is False and needs == ("old real data",):
        # To use the initial real data again is what "reused" means.
        possible = True
    return RankedWorkflow(
        workflow=workflow,
        relative_risk=risk,
        limit=long_run_risk(workflow, **sizes),
        effective_rows=sizes["n_initial"] / risk,
        weight=_weight_at(workflow, sizes, generations),
        needs=needs,
        possible=possible,
    )


def _needs(workflow: Workflow) -> tuple[str, ...]:
    if isinstance(workflow, FreshMix) or workflow == RealOnly():
        return ("fresh real data",)
    if isinstance(workflow, AccumulateAll):
        return ("fresh real data", "old real data", "old synthetic data")
    if isinstance(workflow, RealOnly):
        return ("fresh real data", "old real data")
    if isinstance(workflow, (Augment, AugmentSubsample)):
        return ("old real data", "old synthetic data")
    return ("old real data",) if isinstance(workflow, AnchorMix) else ()


def _weight_at(workflow: Workflow, sizes: dict[str, int], generations: int) -> float | None:
    if not isinstance(workflow, (FreshMix, AnchorMix)):
        return None
    return workflow.mixture(generations, Sizes.of(**sizes, generations=generations)).real_share


def _advice(
    ranked: tuple[RankedWorkflow, ...],
    sizes: dict[str, int],
    generations: int,
    fresh: bool | None,
    keep: bool | None,
    best: float,
) -> tuple[str, ...]:
    by_text = {line.workflow.text: line for line in ranked}
    sentences = (
        _advice_on_reused(by_text, generations)
        if fresh is False
        else _advice_on_fresh(by_text, sizes, generations, fresh, keep, best)
    )
    return (*sentences, _advice_on_collapse(by_text["discard"]))


def _advice_on_fresh(
    by_text: dict[str, RankedWorkflow],
    sizes: dict[str, int],
    generations: int,
    fresh: bool | None,
    keep: bool | None,
    best: float,
) -> list[str]:
    n, m = sizes["n_real"], sizes["n_synthetic"]
    weighted = by_text[FreshMix(best).text]
    naive = by_text["fresh:naive"]
    sentences = [
        f"Give the {n:,} fresh real rows the weight {best:.4g} and the {m:,} synthetic rows "
        f"{1 - best:.4g}: in the long run that is as good as {n / best:,.0f} fresh real rows, so "
        f"the synthetic rows are worth {n / best - n:,.0f} real ones"
        + _advice_on_the_horizon(weighted, by_text["fresh:schedule"], generations),
        f"Counting every row the same (weight {naive.weight:.3g}) ends at "
        f"{naive.relative_risk / weighted.relative_risk:.3f} times the risk.",
        _advice_on_first_generations(sizes, best),
    ]
    kept = by_text["real:accumulate"].relative_risk
    if kept < weighted.relative_risk:
        all_real = (
            f"all real rows ever collected, with no synthetic row, have relative risk {kept:.3g} "
            f"after {generations} generations, below the {weighted.relative_risk:.3g} of every "
            "weighting of the last batch."
        )
        if keep:
            sentences.insert(0, f"Keep all real data and train on them alone: {all_real}")
        elif keep is None:
            sentences.append(f"If old real data can be kept (--keep), keep them: {all_real}")
        else:
            sentences.append(f"Not being able to keep old real data is costly: {all_real}")
    if fresh is None:
        sentences.append(
            "This takes the real rows to be fresh at every generation (--fresh). If the same real "
            "rows are used again and again, the weight does not apply: ask with --reused."
        )
    return sentences


def _advice_on_the_horizon(
    weighted: RankedWorkflow, schedule: RankedWorkflow, generations: int
) -> str:
    if weighted.relative_risk < 1.01 * schedule.relative_risk:
        return "."
    return (
        f"; but {generations} generations are too few for that: weight each generation by its own "
        f"best weight (fresh:schedule), which is then worth {schedule.effective_rows:,.0f} real "
        f"rows, the constant weight {weighted.effective_rows:,.0f}."
    )


def _advice_on_first_generations(sizes: dict[str, int], best: float) -> str:
    schedule = optimal_schedule(**sizes, generations=1)[1]
    constant = relative_risk(FreshMix(best), **sizes, generations=1)[1]
    scheduled = relative_risk("fresh:schedule", **sizes, generations=1)[1]
    return (
        f"Now, at generation 1, the best weight is {schedule:.4g} (fresh:schedule, which tends to "
        f"{best:.4g}); the constant weight has {100 * (constant / scheduled - 1):.1f} % more risk "
        "there."
    )


def _advice_on_reused(by_text: dict[str, RankedWorkflow], generations: int) -> list[str]:
    augment, half = by_text["augment"], by_text["anchor:0.5"]
    return [
        "Leave the synthetic rows out (weight 1): where the same real rows are used again, rows "
        "that a model fitted on them made add noise and no information; they are worth 0 real "
        "rows.",
        "If synthetic rows must be trained on, keep the real data among them: half the weight on "
        f"the real data (anchor:0.5) has relative risk {half.relative_risk:.4g} after "
        f"{generations} generations and never passes {half.limit:.4g}; the real data and all "
        f"synthetic data so far (augment) {augment.relative_risk:.4g} and {augment.limit:.4g}.",
        "The golden ratio is for real data that are fresh at every generation.",
    ]


def _advice_on_collapse(discard: RankedWorkflow) -> str:
    return (
        "Training on the last model's output alone (discard) collapses: its relative risk is "
        f"{discard.relative_risk:.4g} at the horizon and grows without bound."
    )
