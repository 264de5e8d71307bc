"""From the numbers of rows alone to a ranking, a weight and advice."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from .._base.parameters import Whole
from ..theory import optimal_weight, relative_risk
from ..theory.weights import optimal_schedule
from ..trace import Trace
from ..workflows import (
    AccumulateAll,
    AnchorMix,
    Arrivals,
    AtArrivals,
    Augment,
    AugmentSubsample,
    Discard,
    FreshMix,
    RealOnly,
    Workflow,
)
from .ranking import Costs, RankedWorkflow, Ranking, rank, with_front
from .verification import VerifierPlan, plan_verifier


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
    every
        q: fresh real data arrive at every q-th generation.
    optimal_weight
        Constant weight of the real data, where they arrive, with the least stationary risk.
    weights
        float64[generations + 1]: the best weight for each generation; entry 0 is 1. Where real
        data arrive at every q-th generation, those of the models that are trained there.
    workflows
        Every workflow, least relative risk first.
    advice
        Plain sentences.
    ranking
        What the workflows were ranked by: sizes and costs.
    verification
        What a verifier of the given bias and radius is good for; None if none was given.
    """

    n_real: int
    n_synthetic: int
    n_initial: int
    generations: int
    fresh: bool | None
    keep: bool | None
    every: int
    optimal_weight: float
    weights: npt.NDArray[np.float64]
    workflows: tuple[RankedWorkflow, ...]
    advice: tuple[str, ...]
    ranking: Ranking
    verification: VerifierPlan | None = None

    @property
    def recommended(self) -> RankedWorkflow:
        """The first of the ranking that the user's data allow, or of all if they allow none."""
        possible = (line for line in self.workflows if line.possible)
        return next(possible, self.workflows[0])

    def trace(self) -> Trace:
        """Relative risk of every workflow at every generation, as a trace."""
        return self.ranking.trace()

    def to_json(self) -> dict[str, Any]:
        """Give the plan as JSON holds it; infinite numbers are None."""
        return {
            "n_real": self.n_real,
            "n_synthetic": self.n_synthetic,
            "n_initial": self.n_initial,
            "generations": self.generations,
            "fresh": self.fresh,
            "keep": self.keep,
            "every": self.every,
            "costs": self.ranking.to_json()["costs"],
            "optimal_weight": self.optimal_weight,
            "weights": self.weights.tolist(),
            "recommended": self.recommended.workflow.text,
            "workflows": [line.to_json() for line in self.workflows],
            "advice": list(self.advice),
            "verification": None if self.verification is None else self.verification.to_json(),
        }


def plan(
    *,
    n_real: int,
    n_synthetic: int,
    n_initial: int | None = None,
    generations: int = 20,
    fresh: bool | None = None,
    keep: bool | None = None,
    every: int = 1,
    workflows: Sequence[Workflow | str] | None = None,
    cost_real: float = 0.0,
    cost_synthetic: float = 0.0,
    cost_trained: float = 0.0,
    compute: str = "epochs",
    verifier_bias: float | None = None,
    verifier_radius: float | None = None,
    verifier_slack: float | None = None,
    coefficients: int | None = None,
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
    every
        q: fresh real rows arrive at every q-th generation. Default 1: at each.
    workflows
        Which to rank. Default: the named ones that suit.
    cost_real, cost_synthetic, cost_trained, compute
        As for :func:`heirloom.rank`.
    verifier_bias, verifier_radius
        How far a verifier's knowledge centre is from the truth, and the radius of the ball that it
        knows, in standard deviations of the noise: say for how many rounds it is of use, and with
        how many accepted rows (linear regression, arXiv 2510.16657). Default: no verifier.
    verifier_slack
        σ_c, what it allows for the noise. Default √(2/π), as published.
    coefficients
        Number of coefficients of the regression that the verifier judges. Default 1.

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
        ("every", every),
    ):
        if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < 1:
            raise ValueError(f"{name}={value!r}: must be a whole number, 1 or more")
    for name, choice in (("fresh", fresh), ("keep", keep)):
        if choice not in (True, False, None):
            raise ValueError(f"{name}={choice!r}: must be True, False or None")
    reused = fresh is False
    if reused and every > 1:
        raise ValueError(f"every={every}: is for fresh real rows; reused ones do not arrive again")
    if every > generations:
        raise ValueError(
            f"every={every}: no real rows arrive within {generations} generations; give more "
            "generations, at best a multiple"
        )
    # NumPy's integers are no JSON.
    verification = _verification(
        verifier_bias,
        verifier_radius,
        verifier_slack,
        coefficients,
        sizes=(int(n_real), int(n_synthetic), int(n_initial)),
        generations=int(generations),
        fresh=not reused and every == 1,
    )
    situation = _Situation(
        n_real=int(n_real),
        n_synthetic=int(n_synthetic),
        n_initial=int(n_initial),
        generations=int(generations),
        fresh=fresh,
        keep=keep,
        every=int(every),
    )
    best = situation.best_weight
    ranking = rank(
        _candidates(best, situation) if workflows is None else workflows,
        **situation.sizes,
        generations=situation.generations,
        cost_real=cost_real,
        cost_synthetic=cost_synthetic,
        cost_trained=cost_trained,
        compute=compute,
        last=situation.every,
    )
    # Who names workflows that need old data has them, unless it is said that they are not kept.
    has_old = keep is True or (keep is None and workflows is not None)
    # The front leaves out what the user cannot do, and not what was not asked about.
    able = [situation.allows(line.needs, keep is not False) for line in ranking.workflows]
    fronted = with_front(
        [replace(line, possible=can) for line, can in zip(ranking.workflows, able, strict=True)]
    )
    lines = tuple(replace(line, possible=situation.allows(line.needs, has_old)) for line in fronted)
    weights = optimal_schedule(
        **situation.sizes, generations=situation.generations, at_arrivals=situation.every > 1
    )
    return Plan(
        n_real=situation.n_real,
        n_synthetic=situation.n_synthetic,
        n_initial=situation.n_initial,
        generations=situation.generations,
        fresh=fresh,
        keep=keep,
        every=situation.every,
        optimal_weight=best,
        weights=np.ones_like(weights) if reused else weights,
        workflows=lines,
        advice=_advice(lines, situation, named=workflows is None, costs=ranking.costs),
        ranking=replace(ranking, workflows=lines),
        verification=verification,
    )


def _verification(
    bias: float | None,
    radius: float | None,
    slack: float | None,
    coefficients: int | None,
    *,
    sizes: tuple[int, int, int],
    generations: int,
    fresh: bool,
) -> VerifierPlan | None:
    if bias is None or radius is None:
        given = {
            "verifier_bias": bias,
            "verifier_radius": radius,
            "verifier_slack": slack,
            "coefficients": coefficients,
        }
        named = [name for name, value in given.items() if value is not None]
        if named:
            raise ValueError(
                f"{', '.join(named)}: describe a verifier by verifier_bias and verifier_radius, "
                "both"
            )
        return None
    n_real, n_synthetic, n_initial = sizes
    return plan_verifier(
        bias,
        radius,
        slack=slack,
        coefficients=1 if coefficients is None else Whole(1).checked("coefficients", coefficients),
        n_real=n_real,
        n_synthetic=n_synthetic,
        n_initial=n_initial,
        generations=generations,
        fresh=fresh,
    )


@dataclass(frozen=True)
class _Situation:
    """What the user has."""

    n_real: int
    n_synthetic: int
    n_initial: int
    generations: int
    fresh: bool | None
    keep: bool | None
    every: int

    @property
    def sizes(self) -> dict[str, Any]:
        """Rows, as theory takes them."""
        arriving = self.n_real if self.every == 1 else Arrivals(self.n_real, self.every)
        return {"n_real": arriving, "n_synthetic": self.n_synthetic, "n_initial": self.n_initial}

    @property
    def best_weight(self) -> float:
        """Constant weight of the real data, where they arrive, with the least stationary risk."""
        return 1.0 if self.fresh is False else optimal_weight(self.n_real, self.n_synthetic)

    def allows(self, needs: tuple[str, ...], has_old: bool) -> bool:
        """Whether the user has what a workflow needs."""
        if self.fresh is False and needs == ("old real data",):
            # To use the initial real data again is what "reused" means.
            return True
        if self.fresh is False and "fresh real data" in needs:
            return False
        return has_old or not {"old real data", "old synthetic data"} & set(needs)


def _candidates(best: float, situation: _Situation) -> tuple[Workflow, ...]:
    reused = situation.fresh is False
    weighted: tuple[Workflow, ...] = (
        FreshMix(best),
        FreshMix("schedule"),
        FreshMix("naive"),
        AnchorMix(0.5),
    )
    if reused:
        weighted = (AnchorMix(1.0), AnchorMix(0.5), AnchorMix("naive"))
    elif situation.every > 1:
        weighted = (AtArrivals(FreshMix("optimal")), *weighted[1:])
    return (
        *weighted,
        Discard(),
        Augment(),
        AugmentSubsample(),
        *(() if reused else (AccumulateAll(), RealOnly(), RealOnly(accumulate=True))),
    )


def _advice(
    ranked: tuple[RankedWorkflow, ...], situation: _Situation, *, named: bool, costs: Costs
) -> tuple[str, ...]:
    by_text = {line.workflow.text: line for line in ranked}
    sentences: list[str] = []
    if named and situation.fresh is False:
        sentences = _advice_on_reused(by_text, situation.generations)
    elif named and situation.every > 1:
        sentences = _advice_on_arrivals(by_text, situation)
    elif named:
        sentences = _advice_on_fresh(by_text, situation)
    if costs.given:
        sentences.append(_advice_on_costs(ranked))
    return (*sentences, *_advice_on_collapse(ranked))


def _advice_on_arrivals(by_text: dict[str, RankedWorkflow], situation: _Situation) -> list[str]:
    n, m, q = situation.n_real, situation.n_synthetic, situation.every
    best = situation.best_weight
    kept = by_text["at-arrivals:fresh:optimal"]
    sentences = [
        f"Train where real rows arrive, at every {q} generations, and keep the model between "
        f"(at-arrivals): weight {best:.4g} for the {n:,} real rows and {1 - best:.4g} for {m:,} "
        f"synthetic ones. In the long run that has relative risk {kept.limit:.4g}.",
        f"Training on synthetic rows alone between arrivals adds {situation.n_initial / m:.4g} to "
        "the relative risk at every generation, and no information: even the best weights for "
        f"that (fresh:schedule) average {by_text['fresh:schedule'].relative_risk:.4g}.",
    ]
    all_real = by_text["real:accumulate"].relative_risk
    if all_real < kept.relative_risk and situation.keep:
        sentences.insert(
            0,
            "Keep all real data and train on them alone: with no synthetic row they have relative "
            f"risk {all_real:.4g}.",
        )
    elif all_real < kept.relative_risk:
        sentences.append(
            "If old real data can be kept (--keep), keep them: with no synthetic row they have "
            f"{all_real:.4g}."
        )
    if situation.fresh is None:
        sentences.append("This takes the real rows that arrive to be new (--fresh).")
    return sentences


def _advice_on_costs(ranked: tuple[RankedWorkflow, ...]) -> str:
    front = sorted((line for line in ranked if line.efficient), key=lambda line: line.cost)
    listed = "; ".join(
        f"{line.workflow.text} at cost {line.cost:,.4g} has risk {line.relative_risk:.4g}"
        for line in front
    )
    return f"Nothing is both cheaper and better than these: {listed}."


def _advice_on_fresh(by_text: dict[str, RankedWorkflow], situation: _Situation) -> list[str]:
    n, m, generations = situation.n_real, situation.n_synthetic, situation.generations
    best, keep = situation.best_weight, situation.keep
    weighted = by_text[FreshMix(best).text]
    naive = by_text["fresh:naive"]
    sentences = [
        f"Give the {n:,} fresh real rows the weight {best:.4g} and the {m:,} synthetic rows "
        f"{1 - best:.4g}: in the long run that is as good as {n / best:,.0f} fresh real rows, so "
        f"the synthetic rows are worth {n / best - n:,.0f} real ones"
        + _advice_on_the_horizon(weighted, by_text["fresh:schedule"], generations),
        f"Counting every row the same (weight {naive.weight:.3g}) ends at "
        f"{naive.relative_risk / weighted.relative_risk:.3f} times the risk.",
        _advice_on_first_generations(situation.sizes, best),
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
    if situation.fresh is None:
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


def _advice_on_first_generations(sizes: dict[str, Any], best: float) -> str:
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


def _advice_on_collapse(ranked: tuple[RankedWorkflow, ...]) -> list[str]:
    discard = next((line for line in ranked if line.workflow == Discard()), None)
    others = [line for line in ranked if line.collapses and line is not discard]
    # What is extrapolated has grown over four horizons, which is said, and no proof.
    sentences = [
        f"{line.workflow.text} collapses: its relative risk is {line.relative_risk:.4g} at the "
        f"horizon and grows without bound ({line.long_run.pace}"
        f"{'' if line.long_run.exact else ', extrapolated'})."
        for line in others
    ]
    if discard is not None:
        sentences.append(
            "Training on the last model's output alone (discard) collapses: its relative risk is "
            f"{discard.relative_risk:.4g} at the horizon and grows without bound."
        )
    return sentences
