"""What every workflow keeps to, and what is special to each."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import heirloom.theory
from heirloom.workflows import (
    AnchorMix,
    Augment,
    AugmentSubsample,
    Custom,
    Dataset,
    Discard,
    FreshMix,
    Graph,
    GraphMember,
    Mixture,
    RealOnly,
    Sizes,
    Workflow,
    as_workflow,
    parse,
    real,
    synthetic,
)
from heirloom.workflows.base import OFFERED

ALL = [
    *(
        parse(text)
        for offered in OFFERED
        if offered.syntax is not None
        for text in offered.examples or (offered.name,)
    ),
    Custom(lambda t: {synthetic(t): 1.0}),
    FreshMix(lambda t: 1 / t),
    *Graph({"a": "discard", "b": "augment"}, sources={"a": "b", "b": {"a": 0.3, "b": 0.7}}).members,
]
SIZES = Sizes.of(n_real=30, n_synthetic=lambda t: 10 * t, generations=5, n_initial=20)

every_workflow = pytest.mark.parametrize("workflow", ALL, ids=lambda w: w.text)


@every_workflow
def test_mixtures_are_proper(workflow: Workflow) -> None:
    mixtures = workflow.mixtures(SIZES)
    assert len(mixtures) == 6
    assert mixtures[0].datasets == (real(0),)
    for t, mixture in enumerate(mixtures):
        assert mixture.shares.dtype == mixture.rows.dtype == np.float64
        assert mixture.shares.sum() == pytest.approx(1, abs=1e-12)
        assert (mixture.shares > 0).all()
        assert all(0 <= d.generation <= t for d in mixture.datasets)
        assert all(0 < rows <= SIZES.rows(d) for d, _, rows in mixture)


@every_workflow
def test_what_is_described_is_told_in_one_line(workflow: Workflow) -> None:
    assert type(workflow).__name__ in repr(workflow)
    assert workflow.text.startswith(type(workflow).name)
    for text in (repr(workflow), workflow.text, repr(workflow.mixtures(SIZES)[5])):
        assert "\n" not in text


@every_workflow
def test_it_is_immutable_and_hashable(workflow: Workflow) -> None:
    assert hash(workflow) == hash(workflow)
    with pytest.raises(AttributeError):
        workflow.extra = 1


@pytest.mark.parametrize(
    "workflow",
    [w for w in ALL if "lambda" not in w.text and not isinstance(w, GraphMember)],
    ids=lambda w: w.text,
)
def test_its_text_is_read_back(workflow: Workflow) -> None:
    again = parse(workflow.text)
    assert again == workflow
    assert hash(again) == hash(workflow)
    assert as_workflow(workflow.text) == as_workflow(workflow)


weights = st.one_of(
    st.floats(0, 1),
    st.lists(st.floats(0, 1), min_size=1, max_size=5),
    st.sampled_from(["golden", "optimal", "naive", "schedule"]),
)


@given(weights, st.sampled_from([FreshMix, AnchorMix]))
def test_every_weight_is_read_back(
    weight: float | list[float] | str, kind: type[FreshMix | AnchorMix]
) -> None:
    workflow = kind(weight)
    assert parse(workflow.text) == workflow
    assert parse(f"  {workflow.text}\n") == workflow
    assert hash(parse(workflow.text)) == hash(workflow)


def test_weights_that_are_the_same_make_the_same_workflow() -> None:
    same = [FreshMix(1), FreshMix(1.0), FreshMix(np.float64(1)), FreshMix(np.array(1.0))]
    assert len(set(same)) == 1
    assert FreshMix([0.5, 0.25]) == FreshMix((0.5, 0.25)) == FreshMix(np.array([0.5, 0.25]))
    assert FreshMix([0.5]) != FreshMix(0.5)
    assert FreshMix(0.5) != AnchorMix(0.5)
    assert repr(FreshMix(np.float64(0.5))) == "FreshMix(weight=0.5)"


def test_an_array_of_weights_is_copied() -> None:
    given = np.array([0.5, 0.25])
    workflow = FreshMix(given)
    given[:] = 0
    assert workflow.weight == (0.5, 0.25)


@pytest.mark.parametrize(
    ("text", "workflow"),
    [
        ("replace", Discard()),
        ("accumulate", Augment()),
        ("accumulate-subsample", AugmentSubsample()),
        ("accumulate-subsample:replacement", AugmentSubsample(replacement=True)),
        ("real: accumulate", RealOnly(accumulate=True)),
        ("fresh:1", FreshMix(1.0)),
        ("fresh:0.5,", FreshMix([0.5])),
        ("fresh: 0.5, 0.25 ", FreshMix([0.5, 0.25])),
    ],
)
def test_other_texts(text: str, workflow: Workflow) -> None:
    assert parse(text) == workflow


# ------------------------------------------------------------------------ one by one

EQUAL = Sizes.of(n_real=100, n_synthetic=100, generations=4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("discard", {synthetic(3): (1.0, 100)}),
        ("augment", dict.fromkeys((real(0), *map(synthetic, (1, 2, 3))), (0.25, 100))),
        ("augment-subsample", dict.fromkeys((real(0), *map(synthetic, (1, 2, 3))), (0.25, 25))),
        ("fresh:0.75", {real(3): (0.75, 100), synthetic(3): (0.25, 100)}),
        ("fresh:0.1,0.2,0.75,0.3", {real(3): (0.75, 100), synthetic(3): (0.25, 100)}),
        ("fresh:1,0.1,0.2,0.75,0.3", {real(3): (0.75, 100), synthetic(3): (0.25, 100)}),
        ("fresh:0", {synthetic(3): (1.0, 100)}),
        ("fresh:1", {real(3): (1.0, 100)}),
        ("fresh:naive", {real(3): (0.5, 100), synthetic(3): (0.5, 100)}),
        ("anchor:0.75", {real(0): (0.75, 100), synthetic(3): (0.25, 100)}),
        ("anchor:schedule", {real(0): (1.0, 100)}),
        (
            "accumulate-all",
            dict.fromkeys((*map(real, (0, 1, 2, 3)), *map(synthetic, (1, 2, 3))), (1 / 7, 100)),
        ),
        ("real", {real(3): (1.0, 100)}),
        ("real:accumulate", {real(s): (0.25, 100) for s in range(4)}),
    ],
)
def test_mixture_of_generation_3(text: str, expected: dict) -> None:
    found = {d: (share, rows) for d, share, rows in parse(text).mixtures(EQUAL)[3]}
    assert found.keys() == expected.keys()
    for dataset, portion in expected.items():
        assert found[dataset] == pytest.approx(portion, rel=1e-14), dataset


def test_golden_is_the_golden_ratio_whatever_the_sizes() -> None:
    mixture = FreshMix("golden").mixtures(SIZES)[2]
    assert mixture.shares[0] == pytest.approx((math.sqrt(5) - 1) / 2)


def test_a_function_of_t_is_called_with_the_generations_it_is_for() -> None:
    called: list[int] = []

    def weight(t: int) -> float:
        called.append(t)
        return 1 / t

    mixtures = FreshMix(weight).mixtures(EQUAL)
    assert sorted(set(called)) == [1, 2, 3, 4]
    assert [m.shares[0] for m in mixtures[1:]] == pytest.approx([1, 1 / 2, 1 / 3, 1 / 4])


def test_a_callable_that_cannot_be_hashed_is_a_weight_too() -> None:
    class Decay(dict):
        def __call__(self, t: int) -> float:
            return 1 / t

    assert FreshMix(Decay()).mixtures(EQUAL)[2].shares[0] == 0.5


def test_generations_without_synthetic_rows_are_left_out_of_a_pool() -> None:
    sizes = Sizes.of(n_real=10, n_synthetic=[10, 0, 20], generations=3)
    assert Augment().mixtures(sizes)[3].datasets == (real(0), synthetic(1), synthetic(3))


# ------------------------------------------------------------------------ custom rules


def fade(t: int, sizes: Sizes) -> dict[Dataset, float]:
    return {real(0): sizes.initial / 100, synthetic(t): 1 - sizes.initial / 100}


@pytest.mark.parametrize(
    ("rule", "share"),
    [
        (fade, 1.0),
        (lambda t: {real(0): 0.25, synthetic(t): 0.75}, 0.25),
        (lambda t, share=0.5: {real(0): share, synthetic(t): 1 - share}, 0.5),
        (lambda t, *, share=0.5: {real(0): share, synthetic(t): 1 - share}, 0.5),
        ({t: {real(0): 0.75, synthetic(t): 0.25} for t in range(1, 5)}.get, 0.75),
        ({t: {real(0): 0.75, synthetic(t): 0.25} for t in range(1, 5)}.__getitem__, 0.75),
        (lambda t: {real(0): (0.5, 30), synthetic(t): (0.5, 100)}, 0.5),
        (lambda t: {real(0): 1, synthetic(t): 0}, 1.0),
    ],
)
def test_rules_are_called_with_what_they_require(rule: Callable, share: float) -> None:
    for t, mixture in enumerate(Custom(rule).mixtures(EQUAL)[1:], start=1):
        assert mixture.datasets in ((real(0), synthetic(t)), (real(0),))
        assert mixture.shares[0] == share


def test_the_rows_that_a_rule_asks_for() -> None:
    workflow = Custom(lambda t: {real(0): (0.5, 30), synthetic(t): 0.5})
    mixture = workflow.mixtures(EQUAL)[1]
    assert mixture.rows.tolist() == [30, 100]
    assert mixture.subsamples(EQUAL)
    assert not Augment().mixtures(EQUAL)[1].subsamples(EQUAL)


def test_custom_is_called_what_it_is_called() -> None:
    assert Custom(fade).text == "custom:fade"
    assert Custom(fade, label="slow").text == "custom:slow"
    assert Custom(lambda t: {}).text == "custom:lambda"
    assert Custom(fade) == Custom(fade) != Custom(fade, label="slow")


def test_a_subclass_needs_no_registration() -> None:
    class LastTwo(Workflow):
        name = "last-two"

        def mixture(self, generation: int, sizes: Sizes) -> Mixture:
            recent = [synthetic(s) for s in range(max(1, generation - 1), generation + 1)]
            return Mixture.in_proportion(recent, sizes)

    assert LastTwo().mixtures(EQUAL)[3].datasets == (synthetic(2), synthetic(3))
    assert LastTwo().text == "last-two"
    assert LastTwo.paper is None
    assert as_workflow(workflow := LastTwo()) is workflow


# ------------------------------------------------------------------------ sizes


def test_sizes_of_numbers_arrays_and_functions() -> None:
    sizes = Sizes.of(n_real=[5, 6], n_synthetic=lambda t: 7.0 * t, generations=2, n_initial=4)
    assert sizes.real.tolist() == [4, 5, 6]
    assert sizes.synthetic.tolist() == [0, 7, 14]
    assert (sizes.generations, sizes.initial) == (2, 4)
    assert sizes.rows(synthetic(2)) == 14
    assert sizes.rows_of([real(1), synthetic(1)]).tolist() == [5.0, 7.0]
    assert Sizes.of(n_real=[5, 6, 7], n_synthetic=1, generations=2).real.tolist() == [5, 6, 7]


def test_the_value_at_generation_0_is_asked_for_only_where_it_is_needed() -> None:
    n = 100
    sizes = Sizes.of(
        n_real=lambda t: n // t, n_synthetic=lambda t: n // t, generations=2, n_initial=9
    )
    assert sizes.real.tolist() == [9, 100, 50]
    assert Sizes.of(n_real=lambda t: t + 1, n_synthetic=1, generations=2).initial == 1


def test_sizes_cannot_be_changed_and_are_told_apart() -> None:
    sizes = Sizes.of(n_real=1, n_synthetic=1, generations=1)
    with pytest.raises(ValueError, match="read-only"):
        sizes.real[0] = 2
    assert len({sizes, Sizes.of(n_real=1, n_synthetic=1, generations=1)}) == 2


def test_no_generation_but_the_first() -> None:
    sizes = Sizes.of(n_real=3, n_synthetic=[], generations=0)
    for workflow in ALL:
        assert [m.datasets for m in workflow.mixtures(sizes)] == [(real(0),)]


def test_datasets_know_their_parents() -> None:
    assert (real(3).parent, synthetic(3).parent) == (None, 2)
    assert repr((real(0), synthetic(1))) == "(real[0], synthetic[1])"
    assert len({real(1), real(1), synthetic(1)}) == 2


def test_a_subclass_that_mixes_otherwise_is_not_followed_as_a_pool() -> None:
    class Forgetful(Augment):
        def mixture(self, generation: int, sizes: Sizes) -> Mixture:
            return Mixture.whole({synthetic(generation): 1.0}, sizes)

    sizes = {"n_real": 10, "n_synthetic": 10, "generations": 3}
    assert Augment().lineage(Sizes.of(**sizes)).pool is not None
    assert Forgetful().lineage(Sizes.of(**sizes)).pool is None
    np.testing.assert_allclose(
        heirloom.theory.relative_risk(Forgetful(), **sizes), [1.0, 2.0, 3.0, 4.0]
    )
