"""Where datasets are kept: every one while it is needed, and no longer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heirloom.workflows import Custom, Dataset, Sizes, parse, real, synthetic
from heirloom.workflows.retention import SHELVES, Retention, shelf_of


def sizes_of(generations: int) -> Sizes:
    return Sizes.of(n_real=10, n_synthetic=10, generations=generations)


@pytest.mark.parametrize("generations", [5, 300])
@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("discard", (1, 0, 1)),
        ("fresh:0.5", (1, 1, 1)),
        ("fresh:0", (1, 0, 1)),
        ("fresh:1", (1, 1, 0)),
        ("anchor:0.5", (1, 0, 1)),
        ("anchor:1", (1, 0, 0)),
        ("real", (1, 1, 0)),
    ],
)
def test_bounded_workflows_need_bounded_places(
    text: str, places: tuple[int, int, int], generations: int
) -> None:
    assert Retention.of(parse(text).mixtures(sizes_of(generations))).sizes == places


@pytest.mark.parametrize("window", [1, 2, 7])
def test_a_window_needs_as_many_places_as_it_is_long(window: int) -> None:
    def recent(t: int) -> dict[Dataset, float]:
        last = [synthetic(s) for s in range(max(1, t - window + 1), t + 1)]
        return dict.fromkeys(last, 1 / len(last))

    assert Retention.of(Custom(recent).mixtures(sizes_of(100))).sizes == (1, 0, window)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("augment", (1, 0, 40)),
        ("augment-subsample", (1, 0, 40)),
        ("accumulate-all", (1, 40, 40)),
        ("real:accumulate", (1, 40, 0)),
    ],
)
def test_workflows_that_keep_everything_have_a_place_for_everything(
    text: str, places: tuple[int, int, int]
) -> None:
    assert Retention.of(parse(text).mixtures(sizes_of(40))).sizes == places


@given(st.data())
def test_no_two_live_datasets_share_a_place(data: st.DataObject) -> None:
    generations = data.draw(st.integers(1, 12))
    choice = {
        t: data.draw(st.sets(st.integers(0, 2 * t), min_size=1, max_size=5))
        for t in range(1, generations + 1)
    }

    def rule(t: int) -> dict[Dataset, float]:
        chosen = [real(i) if i <= t else synthetic(i - t) for i in sorted(choice[t])]
        return dict.fromkeys(chosen, 1 / len(chosen))

    mixtures = Custom(rule).mixtures(sizes_of(generations))
    retention = Retention.of(mixtures)
    last_use = {d: t for t, mixture in enumerate(mixtures) for d in mixture.datasets}
    holder: dict[tuple[str, int], Dataset] = {}
    live_at_most = dict.fromkeys(SHELVES, 0)
    for t, mixture in enumerate(mixtures):
        for dataset, place in retention.births[t]:
            assert dataset.generation == t
            at = shelf_of(dataset), place
            assert at not in holder or last_use[holder[at]] < t
            holder[at] = dataset
        # Every dataset that is used lies where its generation looks for it.
        for dataset, place in zip(mixture.datasets, retention.places[t], strict=True):
            assert holder[shelf_of(dataset), place] == dataset
        for shelf in SHELVES:
            live = [d for (s, _), d in holder.items() if s == shelf and last_use[d] >= t]
            live_at_most[shelf] = max(live_at_most[shelf], len(live))
    assert retention.sizes == tuple(live_at_most.values())


def test_workflows_that_differ_in_shares_alone_have_the_same_retention() -> None:
    sizes = sizes_of(9)
    of = {w: Retention.of(parse(f"fresh:{w}").mixtures(sizes)) for w in (0.2, 0.7, "schedule", 0)}
    assert of[0.2] == of[0.7] == of["schedule"] != of[0]
    assert hash(of[0.2]) == hash(of[0.7])
