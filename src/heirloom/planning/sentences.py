"""The sentences of a plan."""

from typing import Any

from ..theory import relative_risk
from ..theory.weights import optimal_schedule
from ..workflows import Discard, FreshMix
from ..workflows.short_text import short_text
from .ranking import Costs, RankedWorkflow
from .ranking_table import counted
from .situation import Situation


def sentences_on(
    ranked: tuple[RankedWorkflow, ...], situation: Situation, *, named: bool, costs: Costs
) -> tuple[str, ...]:
    """Say what to do.

    Parameters
    ----------
    ranked
        Every workflow.
    situation
        What the user has.
    named
        Whether the workflows are those that the situation suggests.
    costs
        What rows cost.
    """
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


def _advice_on_arrivals(by_text: dict[str, RankedWorkflow], situation: Situation) -> list[str]:
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
        f"{short_text(line.workflow.text)} at cost {line.cost:,.4g} has risk "
        f"{line.relative_risk:.4g}"
        for line in front
    )
    return f"Nothing is both cheaper and better than these: {listed}."


def _advice_on_fresh(by_text: dict[str, RankedWorkflow], situation: Situation) -> list[str]:
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
    # No weights of a batch and of the last model's output are better than those of the schedule.
    weightings = by_text["fresh:schedule"].relative_risk
    if kept < weightings:
        all_real = (
            f"all real rows ever collected, with no synthetic row, have relative risk {kept:.3g} "
            f"after {counted(generations, 'generation')}; no weighting of the last batch has less "
            f"than {weightings:.3g}."
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
        f"; but {counted(generations, 'generation')} {'is' if generations == 1 else 'are'} too few "
        "for that: weight each generation by its own "
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
        f"{short_text(line.workflow.text)} collapses: its relative risk is "
        f"{line.relative_risk:.4g} at the horizon and grows without bound ({line.long_run.pace}"
        f"{'' if line.long_run.exact else ', extrapolated'})."
        for line in others
    ]
    if discard is not None:
        sentences.append(
            "Training on the last model's output alone (discard) collapses: its relative risk is "
            f"{discard.relative_risk:.4g} at the horizon and grows without bound."
        )
    return sentences
