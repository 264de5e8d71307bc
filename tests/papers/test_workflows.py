"""The reproduction of the workflows papers: what it has, and every quick check."""

import json

import numpy as np
import pytest

from heirloom._base.random import Random
from heirloom.models import Location
from heirloom.models.base import replicated
from heirloom.papers import PAPERS, reproduce
from heirloom.papers.workflows.joint import MeanAndMedian, MeanMakesData
from heirloom.papers.workflows.limit import harmonic
from heirloom.papers.workflows.relative_risk import RelativeRisk
from heirloom.papers.workflows.settings import (
    BREAST_CANCER,
    BREAST_CANCER_COLUMNS,
    DIABETES,
    LIMIT,
    LOGISTIC,
)
from heirloom.papers.workflows.tables import SplitTable

FIGURES = [
    "limit",
    "joint",
    "estimators",
    "exponential_families",
    "departures",
    "logistic",
    "diabetes",
    "breast_cancer",
    "linear",
]


def test_figures_have_names():
    assert [experiment.figure for experiment in PAPERS["workflows"]] == FIGURES


def test_the_paper_scale_has_the_published_sizes():
    assert (LIMIT["paper"].generations + 1, LIMIT["paper"].paths) == (100, 1_000_000)
    logistic = LOGISTIC["paper"]
    assert (logistic.rows, logistic.generations, logistic.replicates) == (10_000, 50, 10_000)
    assert DIABETES["paper"].generations == BREAST_CANCER["paper"].generations == 50


@pytest.mark.slow
def test_every_quick_check_passes():
    reproduction = reproduce("workflows")
    assert [check.name for check in reproduction.checks if not check.passed] == []
    assert list(reproduction.outcomes) == FIGURES
    assert all(outcome.checks for outcome in reproduction.outcomes.values())


def test_a_figure_with_a_name_is_written_under_it(tmp_path):
    reproduction = reproduce("workflows", figures=["limit"])
    assert reproduction.passed
    folder = reproduction.save(tmp_path / "out")
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["figure-limit.png", "limit-paths.nc", "reproduction.json"]
    written = json.loads((folder / "reproduction.json").read_text())
    assert written["settings"]["limit"]["generations"] == 99


def test_the_title_of_a_figure_with_a_name_does_not_repeat_it():
    import matplotlib.pyplot as plt

    (figure,) = reproduce("workflows", figures=["limit"]).plot().values()
    assert figure.axes[0].get_title() == "The limit of large samples, exactly and by paths"
    plt.close(figure)


def test_the_same_seed_gives_the_same_paths():
    first, again, other = (
        reproduce("workflows", figures=["limit"], seed=seed).outcomes["limit"].traces["paths"]
        for seed in (3, 3, 4)
    )
    assert first.dataset.equals(again.dataset)
    assert not first.dataset.equals(other.dataset)


@pytest.mark.parametrize("figure", ["limi", "1", "limita"])
def test_a_figure_that_is_not_there_is_refused(figure):
    with pytest.raises(ValueError, match=r"the paper 'workflows' has limit, joint, .*linear$"):
        reproduce("workflows", figures=[figure])


def test_relative_risk_is_a_ratio_of_means_with_the_error_of_repetitions():
    random = np.random.default_rng(0)
    found = []
    for _ in range(400):
        initial = random.normal(size=200)
        late = initial + random.normal(size=200)
        found.append(RelativeRisk.of(np.column_stack([initial, late]) ** 2))
    values = np.array([risk.values for risk in found])
    np.testing.assert_array_equal(values[:, 0], 1)
    spread = values[:, 1].std()
    assert values[:, 1].mean() == pytest.approx(2, abs=4 * spread / 20 + 0.02)
    assert np.mean([risk.standard_errors[1] for risk in found]) == pytest.approx(spread, rel=0.1)


def test_replicates_without_an_answer_do_not_count():
    errors = np.array([[1.0, 2.0], [3.0, np.nan], [5.0, 4.0]])
    assert RelativeRisk.of(errors).values[1] == 1.0


def test_harmonic_numbers_tend_to_the_limit():
    np.testing.assert_allclose(harmonic(3), [1, 1.25, 1.25 + 1 / 9])
    assert harmonic(10**6)[-1] == pytest.approx(np.pi**2 / 6, abs=2e-6)


def test_the_mean_makes_the_data_and_both_are_taken():
    model = MeanMakesData()
    away = MeanAndMedian(np.array([5.0]), np.array([-5.0]))
    rows = model.sample(Random((1, 2), 1), away, 101)
    own = Location("normal").sample(Random((1, 2), 1), np.array([5.0]), 101)
    np.testing.assert_allclose(rows, own)
    fit = model.fit(rows, np.full((1, 101), 1 / 101), replicated(model.truth(), 1))
    np.testing.assert_allclose(fit.parameters.mean, np.mean(rows), rtol=1e-5)
    np.testing.assert_allclose(fit.parameters.median, np.median(rows), rtol=1e-6)


def test_the_split_is_the_published_one():
    table = SplitTable.of("diabetes")
    assert (table.training.shape, table.test.shape) == ((309, 10), (133, 10))
    assert table.published_log_loss() == pytest.approx(0.4285, abs=1e-4)
    assert not table.is_separable()
    training, test = table.designs
    np.testing.assert_allclose(training[:, 1:].mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(training[:, 1:].std(axis=0), 1)
    np.testing.assert_array_equal(test[:, 0], 1)


def test_thirty_columns_separate_the_tumours_and_seven_do_not():
    assert SplitTable.of("breast_cancer").is_separable()
    assert not SplitTable.of("breast_cancer", BREAST_CANCER_COLUMNS).is_separable()
