"""Where datasets are kept: every one while it is needed, and no longer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heirloom.theory.slot_plan import SlotPlan
from heirloom.workflows import Arrivals, Custom, Dataset, Lineage, Sizes, parse, real, synthetic


def sizes_of(generations: int) -> Sizes:
    return Sizes.of(n_real=10, n_synthetic=10, generations=generations)


def slots_of(text: str, generations: int) -> SlotPlan:
    """Of the mixtures one by one, though it may train on a pool."""
    sizes = sizes_of(generations)
    return SlotPlan.of(Lineage.of_one_model(parse(text).mixtures(sizes), sizes))


@pytest.mark.parametrize("generations", [5, 300])
@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("discard", 1),
        ("fresh:0.5", 2),
        ("fresh:0", 1),
        ("fresh:1", 1),
        ("anchor:0.5", 2),
        ("anchor:1", 1),
        ("real", 1),
        ("window:1", 1),
        ("window:2", 2),
        ("window:5", 5),
    ],
)
def test_bounded_workflows_need_bounded_slots(text: str, slots: int, generations: int) -> None:
    assert slots_of(text, generations).count == slots


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("augment", 41),
        ("augment-subsample", 41),
        ("accumulate-all", 81),
        ("real:accumulate", 41),
    ],
)
def test_workflows_that_keep_everything_have_a_slot_for_everything(text: str, slots: int) -> None:
    assert slots_of(text, 40).count == slots


@given(st.data())
def test_no_two_live_datasets_share_a_slot(data: st.DataObject) -> None:
    generations = data.draw(st.integers(1, 12))
    choice = {
        t: data.draw(st.sets(st.integers(0, 2 * t), min_size=1, max_size=5))
        for t in range(1, generations + 1)
    }

    def rule(t: int) -> dict[Dataset, float]:
        chosen = [real(i) if i <= t else synthetic(i - t) for i in sorted(choice[t])]
        return dict.fromkeys(chosen, 1 / len(chosen))

    lineage = Custom(rule).lineage(sizes_of(generations))
    plan = SlotPlan.of(lineage)
    last_use = {d: t for t, mixture in enumerate(lineage.mixtures) for d in mixture.datasets}
    holder: dict[int, Dataset] = {}
    most_live = 0
    for t, mixture in enumerate(lineage.mixtures):
        for dataset, slot in plan.births[t]:
            assert dataset.generation == t
            assert slot not in holder or last_use[holder[slot]] < t
            holder[slot] = dataset
        # Every dataset that is used lies where its fit looks for it.
        for dataset, slot in zip(mixture.datasets, plan.sources[t], strict=True):
            assert holder[slot] == dataset
        most_live = max(most_live, sum(last_use[d] >= t for d in holder.values()))
    assert plan.count == most_live
    assert plan.held == (None,) * len(lineage)


def test_a_model_that_is_kept_has_a_slot_until_it_is_replaced() -> None:
    sizes = Sizes.of(n_real=Arrivals(10, 3), n_synthetic=10, generations=8)
    plan = SlotPlan.of(parse("at-arrivals:subsample:7:augment").lineage(sizes))
    # Generations 1 and 2 have the mixture of generation 0, of which no row is drawn.
    kept = [t for t, slot in enumerate(plan.held) if slot is not None]
    assert kept == [3, 6]
    for arrival in kept:
        assert plan.sources[arrival + 1] == plan.sources[arrival + 2] == (plan.held[arrival],)
