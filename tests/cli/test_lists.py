"""``heirloom workflows``, ``heirloom datasets``, help and completion."""

import json

import pytest

from heirloom import datasets
from heirloom.cli.workflow_texts import offered
from heirloom.workflows import parse


def test_every_workflow_is_listed_that_the_command_reads(run):
    listed = json.loads(run("workflows", "--json")[1])["workflows"]
    names = [line["workflow"].split(":")[0].split("[")[0] for line in listed]
    assert sorted(names) == sorted(kind.name for kind in offered())
    # A message of the parser names them, too.
    with pytest.raises(ValueError, match="not known") as refused:
        parse("nothing")
    assert all(name in str(refused.value) for name in names)
    assert all(line["summary"] for line in listed)


def test_workflows_are_explained(run):
    status, out, _ = run("workflows")
    assert status == 0
    assert "Each generation is fitted on synthetic data alone" in out
    assert "2410.22812" in out
    assert ":class:" not in out


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
    assert set(completed) <= set(run()[1].split())
