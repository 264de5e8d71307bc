"""Every workflow that heirloom offers keeps to the contract that it holds a user's workflow to."""

import dataclasses
import inspect
import pickle

import pytest

from heirloom import workflows
from heirloom.testing import check_workflow
from heirloom.workflows import (
    Custom,
    Dataset,
    FreshMix,
    Graph,
    GraphMember,
    Workflow,
    parse,
    real,
    synthetic,
)
from heirloom.workflows.base import OFFERED


def halves(t: int) -> dict[Dataset, float]:
    return {real(0): 0.5, synthetic(t): 0.5}


def falling(t: int) -> float:
    return 1 / t


def texts_of(offered: type[Workflow]) -> tuple[str, ...]:
    """What a workflow gives for examples, which stands for its name alone where it gives none."""
    return () if offered.syntax is None else offered.examples or (offered.name,)


# A rule, a function or a graph is more than a line of text, and a lambda is in no module.
MORE_THAN_TEXT = [
    Custom(halves),
    Custom(lambda t: {synthetic(t): 1.0}),
    FreshMix(falling),
    FreshMix(lambda t: 1 / t),
    *Graph({"a": "discard", "b": "augment"}, sources={"a": "b", "b": {"a": 0.3, "b": 0.7}}).members,
]
ALL = [
    *(parse(text) for offered in OFFERED for text in texts_of(offered)),
    *MORE_THAN_TEXT,
]
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
    assert offered == {type(workflow) for workflow in ALL} == set(OFFERED)


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


@pytest.mark.parametrize("offered", OFFERED, ids=lambda w: w.__name__)
def test_it_says_how_it_is_written(offered: type[Workflow]) -> None:
    texts = texts_of(offered)
    assert all(type(parse(text)) is offered for text in texts)
    for other in offered.other_names:
        assert type(parse(texts[0].replace(offered.name, other))) is offered
    if offered.syntax is not None:
        assert (offered.syntax or offered.name).startswith(offered.name)


@every_workflow
def test_it_is_a_frozen_dataclass_that_can_be_sent_to_another_process(workflow: Workflow) -> None:
    assert dataclasses.is_dataclass(workflow)
    if "lambda" not in workflow.text:
        assert pickle.loads(pickle.dumps(workflow)) == workflow
