"""Each breach of a workflow's contract is found, and named in one line."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pytest

from heirloom.testing import ContractError, check_workflow
from heirloom.workflows import (
    Augment,
    Custom,
    FreshMix,
    Mixture,
    Pool,
    Sizes,
    Usage,
    Workflow,
    real,
    synthetic,
)

SHARED = np.random.default_rng(0)


@dataclass(frozen=True)
class LastTwo(Workflow):
    """The last two synthetic datasets: a workflow as a user writes it."""

    name: ClassVar[str] = "last-two"

    def mixture(self, generation: int, sizes: Sizes) -> Mixture:
        recent = [synthetic(s) for s in range(max(1, generation - 1), generation + 1)]
        return Mixture.in_proportion(recent, sizes)


class Plain(Workflow):
    name = "plain"

    def mixture(self, generation: int, sizes: Sizes) -> Mixture:
        return Mixture.whole({synthetic(generation): 1.0}, sizes)


@dataclass(eq=False)
class Changing(Plain):
    length: int = 2


@dataclass(frozen=True)
class Unhashable(LastTwo):
    weights: list[float] = field(default_factory=list)


def altered(**methods: Any) -> Workflow:
    return type("Mine", (LastTwo,), methods)()


def mixing(answer: Callable[[int, Sizes], Any]) -> dict[str, Any]:
    return {"mixture": lambda self, generation, sizes: answer(generation, sizes)}


def by_chance(generation: int, sizes: Sizes) -> Mixture:
    share = SHARED.random()
    return Mixture.whole({real(0): share, synthetic(generation): 1 - share}, sizes)


def all_of_the_first(self: Workflow, sizes: Sizes) -> Pool:
    return Pool(fresh=False, synthetic=True)


@pytest.mark.parametrize(
    "workflow",
    [LastTwo(), Plain(), "augment", Augment(), Custom(lambda t: {synthetic(t): 1.0})],
)
@pytest.mark.parametrize("generations", [1, 8])
def test_a_sound_workflow_passes(workflow: Workflow | str, generations: int) -> None:
    assert check_workflow(workflow, generations=generations) is None


def test_a_schedule_of_weights_is_checked_at_its_own_length() -> None:
    check_workflow(FreshMix([0.1, 0.2, 0.3]), generations=3)
    with pytest.raises(
        ContractError, match=r"FreshMix.mixture: failed with .* weight has 3 entries"
    ):
        check_workflow(FreshMix([0.1, 0.2, 0.3]))


@pytest.mark.parametrize(
    ("workflow", "expected"),
    [
        (altered(**mixing(lambda t, sizes: None)), r"Mine.mixture: failed with .* returned None"),
        (
            altered(**mixing(lambda t, sizes: Mixture.whole({real(0): 0.9}, sizes))),
            "Mine.mixture: failed with .* shares sum to 0.9",
        ),
        (
            altered(**mixing(lambda t, sizes: Mixture.whole({synthetic(t + 1): 1.0}, sizes))),
            "Mine.mixture: failed with .* does not exist",
        ),
        (
            altered(**mixing(by_chance)),
            r"Mine.mixture\(1, sizes\) is .* and then .*; it must be the same at every call",
        ),
        (altered(pool=all_of_the_first), "Mine.pool gives .* at generation 1, and mixture"),
        (
            altered(closed_form=lambda self, sizes: np.ones(sizes.generations + 1)),
            "Mine.closed_form is 1 at generation 1, and the recursion of its mixtures gives 2;",
        ),
        (altered(closed_form=lambda self, sizes: np.ones(3)), "Mine.closed_form has 3 entries"),
        (
            altered(usage=lambda self, sizes: Usage(1, 2, 3, 4, ())),
            r"Mine.usage is Usage.real=1, .* and its mixtures use Usage.real=100, synthetic=500, ",
        ),
        (altered(long_run=lambda self, sizes: 1.0), "Mine.long_run returned 1.0; must return"),
        (altered(mixtures=lambda self, sizes: ()), "Mine.mixtures returned 0 mixtures|failed"),
        (altered(name=None), "Mine.name is None; must be text, in one line"),
        (altered(text="two\nlines"), r"Mine.text is 'two\\nlines'; must be text, in one line"),
        (altered(text="augment"), "Mine.text is 'augment', which is read back as Augment"),
        (altered(paper=1), "Mine.paper is 1; must be a key"),
        (Changing(), "Changing.length can be set; .* declare it with @dataclass.frozen=True"),
        (Unhashable(), r"hash\(Unhashable\): failed with TypeError"),
    ],
)
def test_a_breach_is_named_in_one_line(workflow: Workflow, expected: str) -> None:
    with pytest.raises(ContractError, match=expected) as raised:
        check_workflow(workflow)
    assert "\n" not in str(raised.value)


@dataclass(frozen=True)
class Counted(Workflow):
    """A workflow that pickle does not give back."""

    number: float = 0.0

    name: ClassVar[str] = "counted"

    def mixture(self, generation: int, sizes: Sizes) -> Mixture:
        return Mixture.whole({synthetic(generation): 1.0}, sizes)

    def __reduce__(self) -> Any:
        return Counted, (self.number + 1,)


def test_a_workflow_that_pickle_changes_is_found() -> None:
    with pytest.raises(ContractError, match="Counted comes out of pickle as another workflow"):
        check_workflow(Counted())


def refuse(text: str) -> Workflow:
    def mixture(self: Workflow, generation: int, sizes: Sizes) -> Mixture:
        if not sizes.real[generation]:
            raise (ZeroDivisionError if text == "0" else ValueError)(text)
        return Mixture.whole({real(generation): 1.0}, sizes)

    return altered(mixture=mixture)


def test_a_workflow_may_refuse_generations_without_real_data_in_one_line() -> None:
    check_workflow(refuse("there must be real data at every generation; give n_real 1 or more"))
    for workflow, expected in (
        (refuse("two\nlines"), "Mine.mixture refuses sizes in several lines: two lines"),
        (refuse("0"), "Mine.mixture failed where no real data arrive, with ZeroDivisionError"),
    ):
        with pytest.raises(ContractError, match=expected) as raised:
            check_workflow(workflow)
        assert "\n" not in str(raised.value)


def test_what_is_no_workflow_is_refused() -> None:
    with pytest.raises(ValueError, match="workflow 'agument' is not known"):
        check_workflow("agument")
