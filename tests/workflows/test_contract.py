"""Every workflow that heirloom offers keeps to the contract that it holds a user's workflow to."""

import dataclasses
import inspect
import pickle

import pytest

from heirloom import workflows
from heirloom.testing import check_workflow
from heirloom.workflows import (
    AccumulateAll,
    AnchorMix,
    AtArrivals,
    Augment,
    AugmentSubsample,
    Custom,
    Dataset,
    Discard,
    FreshMix,
    Graph,
    GraphMember,
    RealOnly,
    Subsample,
    Window,
    Workflow,
    parse,
    real,
    synthetic,
)


def halves(t: int) -> dict[Dataset, float]:
    return {real(0): 0.5, synthetic(t): 0.5}


def falling(t: int) -> float:
    return 1 / t


EXAMPLES: dict[type[Workflow], list[Workflow]] = {
    AccumulateAll: [AccumulateAll()],
    AnchorMix: [AnchorMix(0.0), AnchorMix(0.3), AnchorMix("naive"), AnchorMix("optimal")],
    AtArrivals: [AtArrivals(FreshMix("optimal"))],
    Augment: [Augment()],
    AugmentSubsample: [AugmentSubsample(), AugmentSubsample(replacement=True)],
    Custom: [Custom(halves), Custom(lambda t: {synthetic(t): 1.0})],
    Discard: [Discard()],
    FreshMix: [
        *map(FreshMix, (0.0, 1.0, "golden", "optimal", "naive", "schedule", falling)),
        FreshMix([0.1, 0.2, 0.3, 0.4, 0.5]),
        FreshMix(lambda t: 1 / t),
    ],
    GraphMember: [
        *Graph(
            {"a": "discard", "b": "augment"}, sources={"a": "b", "b": {"a": 0.3, "b": 0.7}}
        ).members
    ],
    RealOnly: [RealOnly(), RealOnly(accumulate=True)],
    Subsample: [Subsample(AccumulateAll(), 15), Subsample(Window(2), 25, replacement=True)],
    Window: [Window(1), Window(3), Window(2, keep_initial=True)],
}
ALL = [workflow for examples in EXAMPLES.values() for workflow in examples]
# A rule, a function or a graph is more than a line of text, and a lambda is in no module.
UNREADABLE = (Custom, GraphMember)

every_workflow = pytest.mark.parametrize("workflow", ALL, ids=lambda w: w.text)


def test_every_workflow_that_the_package_offers_has_examples() -> None:
    offered = {
        value
        for name in workflows.__all__
        if inspect.isclass(value := getattr(workflows, name))
        and issubclass(value, Workflow)
        and not inspect.isabstract(value)
    }
    assert offered == set(EXAMPLES)


@every_workflow
def test_it_keeps_to_the_contract(workflow: Workflow) -> None:
    check_workflow(workflow)


@every_workflow
def test_its_text_is_read_back_unless_it_is_more_than_text(workflow: Workflow) -> None:
    if isinstance(workflow, UNREADABLE) or callable(getattr(workflow, "weight", None)):
        with pytest.raises(ValueError, match="workflow"):
            parse(workflow.text)
    else:
        assert parse(workflow.text) == workflow


@every_workflow
def test_it_is_a_frozen_dataclass_that_can_be_sent_to_another_process(workflow: Workflow) -> None:
    assert dataclasses.is_dataclass(workflow)
    if "lambda" not in workflow.text:
        assert pickle.loads(pickle.dumps(workflow)) == workflow
