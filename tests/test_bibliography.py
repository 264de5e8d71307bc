import re

import pytest

import heirloom as hl
from heirloom import models, verifiers, workflows

SIZES = {"n_real": 9, "n_synthetic": 9, "generations": 2}


def keys(*things):
    return re.findall(r"^@\w+\{([^,]+),", hl.citation(*things), flags=re.MULTILINE)


@pytest.mark.parametrize(
    "thing",
    [
        getattr(room, name)
        for room in (workflows, models, verifiers)
        for name in room.__all__
        if isinstance(getattr(getattr(room, name), "paper", None), str)
    ],
)
def test_every_paper_is_in_the_bibliography(thing):
    entry = hl.citation(thing)
    assert entry.startswith("@")
    assert thing.paper in entry
    assert entry.count("{") == entry.count("}")


@pytest.mark.parametrize("text", ["discard", "fresh:0.6", "augment"])
def test_a_workflow_may_be_a_text(text):
    assert keys(text) == [workflows.parse(text).paper]


@pytest.mark.parametrize(
    ("theorem", "expected"),
    [
        (hl.theory.optimal_weight, ["he2025golden"]),
        (hl.theory.limit_covariance, ["dey2024universality"]),
        (hl.theory.one_round_risk, ["yi2025escaping"]),
        (hl.theory.relative_risk, ["he2025golden", "dey2024universality"]),
    ],
)
def test_a_theorem_names_its_paper_in_its_docstring(theorem, expected):
    assert keys(theorem) == expected


def test_a_paper_by_its_key_or_number():
    assert keys("2410.22812") == keys("arXiv:2410.22812") == keys("dey2024universality")


def test_without_anything_it_is_heirlooms_own():
    entry = hl.citation()
    assert entry.startswith("@software{heirloom,")
    assert f"version = {{{hl.trace.versions()['heirloom-ml']}}}" in entry
    assert entry.count("{") == entry.count("}")


def test_a_trace_rests_on_every_paper_of_its_call(tmp_path):
    model, ball = models.LinearRegression([1.0]), verifiers.KnowledgeBall([1.0], 0.5)
    call = {"model": model, "workflows": ["augment", "real"], "verifier": ball}
    trace = hl.simulate(**call, **SIZES, replicates=3, seed=0)
    expected = ["he2025golden", "dey2024universality", "yi2025escaping"]
    assert keys(trace) == expected
    assert keys(hl.Trace.load(trace.save(tmp_path / "trace.nc"))) == expected
    # Or what the call is given, before it is made.
    assert keys(model, "augment", ball) == expected


def test_a_comparison_rests_on_the_papers_of_its_workflows():
    comparison = hl.compare(
        "breast_cancer",
        column="target",
        workflows=["augment"],
        n_real=9,
        generations=1,
        replicates=2,
    )
    assert "dey2024universality" in keys(comparison)


def test_a_result_that_has_a_trace_rests_on_its_papers():
    ranking = hl.rank(["discard", "fresh:optimal"], **SIZES)
    assert set(keys(ranking)) == {"he2025golden", "dey2024universality"}


@pytest.mark.parametrize("thing", [3, hl.simulate, "accumulate-all", workflows.AccumulateAll])
def test_what_names_no_paper_is_refused(thing):
    with pytest.raises(ValueError, match="names no paper"):
        hl.citation(thing)


def test_a_text_that_is_nothing_is_refused():
    with pytest.raises(ValueError, match="workflow 'dscard' is not known; did you mean 'discard'"):
        hl.citation("dscard")


def test_an_unknown_key_is_refused():
    class Other:
        paper = "nobody2099"

    with pytest.raises(ValueError, match=r"'nobody2099'.*not in heirloom's bibliography"):
        hl.citation(Other())
