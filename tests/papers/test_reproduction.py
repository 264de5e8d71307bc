"""The reproduction of papers: what is chosen, written and refused, and every quick check."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from heirloom import datasets
from heirloom.papers import PAPERS, Check, Outcome, Reproduction, reproduce, reproduced_trace
from heirloom.papers.weighting import adult
from heirloom.papers.weighting.settings import ADULT, ADULT_COLUMNS, FRESH_DATA, UNEQUAL_SIZES
from heirloom.trace import Trace


def test_every_figure_of_the_paper_is_there():
    panels = [experiment.figure for experiment in PAPERS["weighting"]]
    letters = {"7": "abcdef", "8": "abcdef", "9": "abcdef", "10": "abcd"}
    assert panels == [number + letter for number, of in letters.items() for letter in of]


def test_the_paper_scale_has_the_published_sizes():
    fresh = FRESH_DATA["paper"]
    assert (fresh.rows, fresh.columns, fresh.generations + 1, fresh.last) == (100, 2, 200, 50)
    assert fresh.replicates == 2000
    np.testing.assert_allclose(fresh.weights, np.arange(0.20, 0.79, 0.02))
    np.testing.assert_allclose(UNEQUAL_SIZES["paper"].ratios, np.arange(0.01, 0.2, 0.02))
    assert (ADULT["paper"].rows, ADULT["paper"].generations, ADULT["paper"].last) == (500, 100, 20)


@pytest.mark.slow
def test_every_quick_check_passes():
    reproduction = reproduce("weighting")
    failed = [check.name for check in reproduction.checks if not check.passed]
    assert failed == []
    assert len(reproduction.outcomes) == 22
    assert all(outcome.checks for outcome in reproduction.outcomes.values())


def test_a_reproduction_is_written_whole(tmp_path):
    reported: list[tuple[int, int]] = []
    reproduction = reproduce(
        "weighting", figures=["8a"], progress=lambda done, work: reported.append((done, work))
    )
    folder = reproduction.save(tmp_path / "out")
    assert sorted(path.name for path in folder.iterdir()) == [
        "8a-simulation.nc",
        "8a-theory.nc",
        "figure-8.png",
        "reproduction.json",
    ]
    written = json.loads((folder / "reproduction.json").read_text())
    assert written["passed"] is True
    assert written["settings"]["8a"]["replicates"] == FRESH_DATA["quick"].replicates
    assert set(written["checks"][0]) >= {"name", "expected", "got", "se", "pass"}
    trace = Trace.load(folder / "8a-simulation.nc")
    assert len(trace.workflows) == len(FRESH_DATA["quick"].weights)
    assert trace.arguments["figure"] == "8a"
    assert trace.provenance.papers == ("he2025golden",)
    assert reported[-1] == (1000, 1000)
    assert reported == sorted(reported)


def test_a_trace_of_a_figure_is_reproduced(tmp_path):
    reproduction = reproduce("verification", figures=["landscape.theory"])
    trace = reproduction.outcomes["landscape.theory"].traces["theory"]
    loaded = Trace.load(trace.save(tmp_path / "trace.nc"))
    assert loaded.rerun().dataset.identical(trace.dataset)
    assert loaded.exact == {"error": ["discard"]}
    with pytest.raises(ValueError, match=r"name='simulation': figure .* has theory"):
        reproduced_trace("verification", "landscape.theory", "simulation")


def test_a_figure_is_all_of_its_panels_once():
    chosen = reproduce("weighting", figures=["8a", "8a"])
    assert list(chosen.outcomes) == ["8a"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"paper": "weights"}, "paper='weights': must be one of weighting"),
        ({"figures": ["11"]}, "figure='11': the paper 'weighting' has 7a, 7b"),
        ({"figures": ["8g"]}, "figure='8g': the paper"),
        ({"figures": [""]}, "figure='': the paper"),
        ({"scale": "large"}, "scale='large': must be one of quick, paper"),
    ],
)
def test_what_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        reproduce(**{"paper": "weighting", **arguments})


def test_a_failed_check_fails_the_reproduction():
    def nothing(_):
        return None

    good = Check("a", "=", 1.0, "theory", 1.0, 0.1)
    bad = replace(good, got=2.0)
    of_good, of_bad = Outcome((good,), {}, nothing), Outcome((good, bad), {}, nothing)
    assert Reproduction("weighting", "quick", 0, {"8a": of_good}).passed
    failed = Reproduction("weighting", "quick", 0, {"8a": of_good, "8b": of_bad})
    assert not failed.passed
    assert [line["pass"] for line in failed.to_json()["checks"]] == [True, True, False]


def test_frequencies_of_adult_keep_the_question_mark():
    table = datasets.load("adult")
    categories = [table[column.name].nunique() for column in ADULT_COLUMNS]
    assert len(table) == 48_842
    assert categories == [9, 16, 7]


def test_income_is_fitted_on_the_whole_standardised_table():
    model = adult._income_model()
    assert model.design.shape == (48_842, 6)
    np.testing.assert_allclose(model.design[:, 1:].mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(model.design[:, 1:].std(axis=0), 1)
    # The score of the maximum likelihood fit vanishes.
    mean = 1 / (1 + np.exp(-model.design @ model.coefficients))
    score = (model.responses - mean) @ model.design / len(mean)
    np.testing.assert_allclose(score, 0, atol=1e-6)
    assert math.isclose(model.responses.mean(), 0.2393, abs_tol=1e-4)
