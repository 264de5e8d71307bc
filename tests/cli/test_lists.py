"""``heirloom workflows``, ``heirloom datasets``, help and completion."""

import json

import pytest

from heirloom import datasets, workflows
from heirloom.workflows import parse


def test_every_workflow_is_listed_as_the_command_reads_it(run):
    listed = json.loads(run("workflows", "--json")[1])["workflows"]
    classes = {type(parse(line["workflow"])) for line in listed}
    offered = {
        kind
        for kind in map(vars(workflows).get, workflows.__all__)
        if isinstance(kind, type) and issubclass(kind, workflows.Workflow)
    }
    # A function and a graph are no text.
    made_in_python = {workflows.Workflow, workflows.Custom, workflows.GraphMember}
    assert classes == offered - made_in_python
    assert all(line["trains_on"] for line in listed)


def test_workflows_are_explained(run):
    status, out, _ = run("workflows")
    assert status == 0
    assert "the last model's output alone" in out
    assert "2410.22812" in out


def test_datasets_are_listed(run):
    assert all(name in run("datasets")[1] for name in datasets.names())
    assert len(json.loads(run("datasets", "--json")[1])["datasets"]) == len(datasets.names())


@pytest.mark.parametrize("command", [(), ("plan",), ("weigh",), ("workflows",)])
def test_help_has_a_short_name(run, command):
    status, out, err = run(*command, "-h")
    assert (status, err) == (0, "")
    assert out == run(*command, "--help")[1]


@pytest.mark.parametrize(
    ("words", "position", "completed"),
    [
        ("heirloom w", 1, ["weigh", "workflows"]),
        ("heirloom plan --compute s", 3, ["steps"]),
        ("heirloom plan --workflow aug", 3, ["augment", "augment-subsample"]),
        ("heirloom compare bre", 2, ["breast_cancer"]),
    ],
)
def test_the_shell_completes(run, monkeypatch, words, position, completed):
    monkeypatch.setenv("_HEIRLOOM_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(position))
    assert run()[1].split() == completed
