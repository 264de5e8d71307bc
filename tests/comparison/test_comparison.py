import json
import math

import numpy as np
import pandas as pd
import pytest

import heirloom as hl
from heirloom.comparison import Comparison
from heirloom.trace import Trace

WEIGHTED = ["fresh:0.3", "fresh:0.62", "fresh:0.78"]


@pytest.fixture(scope="module")
def votes():
    """A table with three columns: a category, a number and two classes that overlap."""
    generator = np.random.default_rng(7)
    x = generator.normal(size=400)
    label = generator.random(400) < 1 / (1 + np.exp(-x))
    party = generator.choice(["blue", "green", "red"], p=[0.6, 0.3, 0.1], size=400)
    return pd.DataFrame({"party": party, "income": x, "votes": np.where(label, "yes", "no")})


@pytest.fixture(scope="module")
def by_column(votes):
    return hl.compare(
        votes,
        column="party",
        n_real=40,
        n_synthetic=60,
        generations=30,
        replicates=4000,
        seed=3,
        workflows=[*WEIGHTED, "discard"],
    )


def test_frequencies_agree_with_the_exact_law(votes, by_column):
    frequency = votes["party"].value_counts(normalize=True).to_numpy()
    variance = float(np.sum(frequency * (1 - frequency)))
    for line in by_column.workflows:
        # MATH §3: V_t = w²/n + (1 − w)² [(1 − 1/m) V_{t−1} + 1/m], averaged over the last fifth.
        weight = {"real": 1.0, "discard": 0.0}.get(line.workflow, line.weight)
        exact = [1 / 40]
        for _ in range(30):
            carried = (1 - 1 / 60) * exact[-1] + 1 / 60
            exact.append(weight**2 / 40 + (1 - weight) ** 2 * carried)
        z = (line.error - variance * np.mean(exact[-6:])) / line.error_se
        assert abs(z) < 3.5, (line.workflow, z)


def test_theory_overlays_the_trace(by_column):
    trace, theory = by_column.trace.dataset, by_column.theory.dataset
    z = (trace["error"] - theory["error"]) / trace["error_se"]
    assert float(abs(z).max()) < 4.5
    assert trace.sizes["quantile"] == 5


def test_ranking_ratio_and_significance(by_column):
    errors = [line.error for line in by_column.workflows]
    assert errors == sorted(errors)
    assert by_column.workflows[0].workflow == "fresh:0.62"
    assert by_column.workflows[0].standing == "least"
    baseline = next(w for w in by_column.workflows if w.workflow == by_column.baseline)
    assert (baseline.ratio, baseline.ratio_se, baseline.significant) == (1, 0, False)
    for line in by_column.workflows:
        assert line.ratio == pytest.approx(line.error / baseline.error)
        if line is not baseline:
            # Common random numbers: much sharper than two independent errors.
            assert line.significant
        assert not line.failed


def test_json_is_what_the_design_promises(by_column):
    made = json.loads(json.dumps(by_column.to_json(), allow_nan=False))
    assert made["baseline"] == "real"
    assert {"workflow", "error", "error_se", "ratio", "failed"} <= set(made["workflows"][0])
    assert made["settings"]["seed"] == 3
    assert hl.workflows.parse(made["workflows"][0]["workflow"]) == hl.workflows.FreshMix(0.62)


def test_logistic_regression_on_a_table(votes):
    made = hl.compare(
        votes,
        "votes",
        n_real=200,
        generations=20,
        replicates=200,
        workflows=["fresh:optimal", "augment", "discard"],
    )
    names = [line.workflow for line in made.workflows]
    assert (names[0], names[-1]) == ("fresh:optimal", "discard")
    assert made.fitted.columns == ("(intercept)", "party=green", "party=red", "income")
    assert made.fitted.labels == ("no", "yes")
    assert made.theory is not None


def test_multinomial_regression_on_a_table(votes):
    made = hl.compare(
        votes,
        "party",
        features=["income"],
        n_real=400,
        generations=5,
        replicates=60,
        workflows=["fresh:optimal", "discard"],
    )
    assert made.fitted.model == "multinomial"
    assert made.fitted.labels == ("blue", "green", "red")
    assert np.shape(made.fitted.coefficients) == (3, 2)
    assert [line.workflow for line in made.workflows] == ["fresh:optimal", "real", "discard"]
    trace, theory = made.trace.dataset, made.theory.dataset
    off = abs(trace["error"] - theory["error"]) - 0.1 * theory["error"]
    assert float((off / trace["error_se"]).max()) < 3.5
    json.dumps(made.to_json(), allow_nan=False)


def test_a_class_that_most_datasets_lack_gets_a_small_penalty(votes):
    rare = votes.assign(party=votes["party"].mask(votes.index < 2, "grey"))
    arguments = {"features": ["income"], "n_real": 50, "generations": 2, "replicates": 10}
    made = hl.compare(rare, "party", workflows=["discard"], **arguments)
    assert made.fitted.penalty == 0.001
    assert any("16 datasets of 50 real rows have no fit" in note for note in made.notes)
    assert all(line.failed == 0 for line in made.workflows)
    without = hl.compare(rare, "party", workflows=["discard"], penalty=0, **arguments)
    assert without.fitted.penalty == 0
    assert without.workflows[0].failed >= 0.5


@pytest.fixture(scope="module")
def prices():
    """A price whose spread grows with the size, and a number of bids with many ties."""
    generator = np.random.default_rng(2)
    size = generator.normal(size=500)
    price = 100 + 30 * size + 40 * (0.2 + size**2) * generator.normal(size=500)
    bids = generator.poisson(np.exp(2.5 + 0.3 * size))
    return pd.DataFrame({"size": size, "price": price, "bids": bids})


@pytest.fixture(scope="module")
def by_price(prices):
    return hl.compare(
        prices,
        "price",
        features=["size"],
        n_real=600,
        generations=10,
        replicates=1000,
        seed=4,
        workflows=["fresh:0.3", "fresh:0.7", "augment", "discard"],
    )


def test_linear_regression_agrees_with_the_limit(by_price):
    # 600 rows for two coefficients: the limit is within a per cent, errors have a standard error
    # of about three.
    trace, theory = by_price.trace.dataset, by_price.theory.dataset
    z = (trace["error"] - theory["error"]) / trace["error_se"]
    assert float(abs(z).max()) < 4


def test_linear_regression_knows_that_real_rows_do_not_follow_the_model(by_price):
    # Were rows of the table as variable as those of the model, theory would be far off.
    trace = by_price.trace.dataset
    naive = 2 * by_price.fitted.noise_scale**2 / 600
    real = trace.sel(workflow="real")
    assert float(abs((real["error"] - naive) / real["error_se"]).min()) > 10


def test_the_distribution_function_agrees_with_the_exact_law(prices):
    made = hl.compare(
        prices,
        column="bids",
        n_real=30,
        n_synthetic=50,
        generations=12,
        replicates=3000,
        seed=6,
        workflows=["fresh:0.6", "augment-subsample", "discard"],
    )
    assert made.fitted.model == "cdf"
    trace, theory = made.trace.dataset, made.theory.dataset
    z = (trace["error"] - theory["error"]) / trace["error_se"]
    assert float(abs(z).max()) < 4
    assert made.plot().get_ylabel() == "Cramér–von Mises distance"


def test_counts_that_are_all_zero_fail_and_are_counted():
    generator = np.random.default_rng(8)
    x = generator.normal(size=400)
    table = pd.DataFrame({"x": x, "y": generator.poisson(np.exp(x - 2))})
    made = hl.compare(table, "y", n_real=12, generations=4, replicates=60, workflows=["discard"])
    assert made.fitted.model == "poisson"
    by_name = {line.workflow: line for line in made.workflows}
    assert 1 > by_name["discard"].failed > by_name["real"].failed > 0
    assert any("every count is 0" in note for note in made.notes)
    assert made.theory is not None


def test_truth_is_the_full_fit(votes):
    from sklearn.linear_model import LogisticRegression

    made = hl.compare(votes, "votes", features=["income"], generations=1, replicates=2)
    income = (votes["income"] - votes["income"].mean()) / votes["income"].std(ddof=0)
    fit = LogisticRegression(C=np.inf, tol=1e-10).fit(income.to_frame(), votes["votes"])
    expected = [fit.intercept_[0], fit.coef_[0, 0]]
    np.testing.assert_allclose(made.fitted.coefficients, expected, rtol=1e-5)


def test_penalty_spares_the_intercept_and_is_stated(votes):
    from sklearn.linear_model import LogisticRegression

    made = hl.compare(votes, "votes", features=["income"], generations=1, replicates=2, penalty=0.5)
    income = (votes["income"] - votes["income"].mean()) / votes["income"].std(ddof=0)
    fit = LogisticRegression(C=1 / (len(votes) * 0.5), tol=1e-10)
    fit.fit(income.to_frame(), votes["votes"])
    expected = [fit.intercept_[0], fit.coef_[0, 0]]
    np.testing.assert_allclose(made.fitted.coefficients, expected, rtol=1e-5)
    assert made.theory is None
    assert any("L2 penalty 0.5" in note for note in made.notes)


def test_failures_are_counted_and_explained(votes):
    made = hl.compare(
        votes,
        "votes",
        features=["income"],
        n_real=40,
        generations=12,
        replicates=60,
        workflows=["discard"],
    )
    by_name = {line.workflow: line for line in made.workflows}
    assert 1 > by_name["discard"].failed > by_name["real"].failed
    assert any("discard" in note and "separable" in note for note in made.notes)
    json.dumps(made.to_json(), allow_nan=False)


def test_a_failed_fit_harms_only_what_is_made_of_it(votes):
    made = hl.compare(
        votes,
        "votes",
        features=["income"],
        n_real=12,
        generations=15,
        replicates=300,
        workflows=["real:accumulate", "discard"],
    )
    failed = made.trace.dataset["failed"]
    of_real = failed.sel(workflow="real").values
    # Each generation is a fit of its own on fresh rows: the share does not grow.
    assert of_real[0] > 0.02
    spread = np.sqrt(of_real.mean() * (1 - of_real.mean()) / 300)
    assert np.abs(of_real - of_real.mean()).max() < 4 * spread
    assert failed.sel(workflow="real:accumulate").values[-1] == 0
    assert np.all(np.diff(failed.sel(workflow="discard").values) >= 0)


def test_survivors_of_a_collapse_do_not_win(votes):
    made = hl.compare(
        votes,
        "votes",
        features=["income"],
        n_real=15,
        generations=20,
        replicates=200,
        workflows=["real:accumulate", "fresh:optimal", "discard"],
    )
    by_name = {line.workflow: line for line in made.workflows}
    assert made.workflows[0].workflow == "real:accumulate"
    assert made.workflows[-1].workflow == "discard"
    assert by_name["discard"].failed > 0.5
    assert math.isinf(by_name["discard"].error_median)
    assert by_name["discard"].significant
    assert made.to_json()["workflows"][-1]["error_median"] is None


def test_one_category_is_an_answer():
    table = pd.DataFrame({"only": ["a"] * 9})
    made = hl.compare(
        table, column="only", n_real=5, generations=2, replicates=4, workflows=["discard"]
    )
    assert all(line.error == 0 for line in made.workflows)


@pytest.mark.parametrize("near", [1e-2, 1e-4])
def test_nearly_dependent_columns_are_no_failure(near):
    generator = np.random.default_rng(1)
    x = generator.normal(size=600)
    table = pd.DataFrame({"x": x, "z": x + near * generator.normal(size=600)})
    table["y"] = (generator.random(600) < 0.5).astype(int)
    made = hl.compare(
        table, "y", n_real=300, generations=2, replicates=40, workflows=["fresh:optimal"]
    )
    assert all(line.failed == 0 for line in made.workflows)


def test_everything_failed_is_an_answer_too(votes):
    made = hl.compare(votes, "votes", n_real=2, generations=3, replicates=5, workflows=["discard"])
    assert all(math.isnan(line.error) and line.failed == 1 for line in made.workflows)
    assert not any(line.significant for line in made.workflows)
    assert {line.standing for line in made.workflows} == {"no answer"}
    assert made.recommended is None
    assert made.advice[0].startswith("No workflow has an answer")
    assert "- Use: none of these." in str(made)
    made.plot()
    made.figure()
    assert made.to_json()["workflows"][0]["error"] is None


def test_a_table_without_a_fit_gets_a_small_penalty_and_is_told_why():
    table = pd.DataFrame({"x": range(1, 30, 2), "y": [0] * 7 + [1] * 8})
    table["x"] += 0.25
    quick = {"n_real": 10, "generations": 1, "replicates": 2, "workflows": ["discard"]}
    made = hl.compare(table, "y", **quick)
    assert made.fitted.penalty == 0.001
    assert any("x alone tells the labels apart" in note for note in made.notes)
    assert hl.compare(table, "y", penalty=0.1, **quick).fitted.penalty == 0.1
    with pytest.raises(ValueError, match=r"x alone tells the labels apart; give penalty=0\.001"):
        hl.compare(table, "y", penalty=0, **quick)


def test_more_real_rows_than_the_table_has_are_noted(votes):
    quick = {"generations": 1, "replicates": 2, "workflows": ["discard"]}
    few = hl.compare(votes, column="party", **quick)
    assert "500 real rows are drawn at a time, with replacement, from a table of 400" in str(few)
    assert "(--rows 400) or less" in str(few)
    enough = hl.compare(votes, column="party", n_real=400, **quick)
    assert not any("drawn at a time" in note for note in enough.notes)


def test_few_replicates_do_not_tell_apart_and_say_so(votes):
    quick = {"n_real": 100, "generations": 20, "replicates": 3, "seed": 2}
    made = hl.compare(votes, column="party", workflows=["discard", "fresh:0.6"], **quick)
    undecided = [line for line in made.workflows if line.standing == "not told apart"]
    assert undecided
    assert any("3 replicates are too few to say" in sentence for sentence in made.advice)
    assert "not told apart from the least: too few replicates" in str(made)
    assert "as good" not in {line.standing for line in made.workflows}


def test_the_verdict_is_data_and_words(by_column):
    assert by_column.recommended is by_column.workflows[0]
    assert by_column.to_json()["recommended"] == "fresh:0.62"
    text = str(by_column)
    assert "- Use: fresh:0.62." in text
    assert "Worse than fresh real rows alone (real): discard (" in text
    assert by_column.names["discard"] == "the last model's synthetic rows"
    assert "fresh:0.62 trains on 62 % fresh real rows, 38 % the last model's" in text


def test_the_best_that_keeps_no_old_rows_is_named(votes):
    made = hl.compare(votes, column="party", n_real=50, replicates=400)
    assert made.workflows[0].workflow == "real:accumulate"
    assert made.workflows[0].keeps_rows
    (sentence,) = (s for s in made.advice if s.startswith("Where no rows of earlier generations"))
    assert "can be kept: fresh:optimal, with 0." in sentence


def test_equivalents_are_as_good(votes):
    made = hl.compare(
        votes, column="party", n_real=50, replicates=400, workflows=["fresh:0.62", "fresh:0.6"]
    )
    first, second, _ = made.workflows
    assert (first.standing, second.standing) == ("least", "as good")
    assert "within 25 % of its error" in " ".join(made.advice)


def test_it_prints_itself_everywhere_from_one_table(by_column):
    frame = by_column.to_frame()
    assert frame["workflow"].tolist() == [line.workflow for line in by_column.workflows]
    assert frame["error"].tolist() == [line.error for line in by_column.workflows]
    assert "<td" in by_column._repr_html_()
    assert by_column.table().to_text() == str(by_column)


def test_plot_draws_on_given_axes(by_column):
    import matplotlib.pyplot as plt

    _, ax = plt.subplots()
    assert by_column.plot(ax=ax) is ax
    assert ax.get_lines()
    assert len(by_column.figure().axes) == 2
    plt.close("all")


@pytest.mark.parametrize("which", ["by_column", "by_price"])
def test_save_writes_a_whole_folder_once(which, request, tmp_path):
    comparison = request.getfixturevalue(which)
    folder = comparison.save(tmp_path / "new" / "results")
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["comparison.json", "comparison.png", "theory.nc", "trace.nc"]
    assert Trace.load(folder / "trace.nc").dataset.equals(comparison.trace.dataset)
    assert json.loads((folder / "comparison.json").read_text())["baseline"] == "real"
    with pytest.raises(ValueError, match="exists and is not empty: name a new folder"):
        comparison.save(folder)
    with pytest.raises(ValueError, match="is a file: name a new folder"):
        comparison.save(folder / "trace.nc")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["results"]


def test_a_failing_save_leaves_nothing(by_column, tmp_path, monkeypatch):
    def fail(self, path):
        raise OSError("disk full")

    monkeypatch.setattr(Comparison, "_save_figure", fail)
    with pytest.raises(OSError, match="disk full"):
        by_column.save(tmp_path / "results")
    assert list(tmp_path.iterdir()) == []


def test_same_seed_same_result(votes):
    sizes = {"n_real": 30, "generations": 4, "replicates": 20}
    arguments = {"features": ["income"], "workflows": ["fresh:0.5"], **sizes}
    first, again = (hl.compare(votes, "votes", **arguments, seed=5) for _ in range(2))
    assert first.to_json() == again.to_json()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "give either target"),
        ({"target": "votes", "column": "party"}, "give either target"),
        ({"column": "party", "features": ["income"]}, "features are for target"),
        ({"column": "party", "penalty": 1.0}, "penalty=1.0: is for target"),
        ({"target": "votes", "penalty": -1.0}, "penalty=-1.0: must be a finite number, 0 or more"),
        (
            {"target": "votes", "penalty": math.nan},
            "penalty=nan: must be a finite number, 0 or more",
        ),
        ({"target": "income", "penalty": 1.0}, "model='linear' takes none"),
        (
            {"target": "votes", "model": "cdf"},
            "choose one of logistic, multinomial",
        ),
        ({"target": "vote"}, "vote"),
        ({"target": "party", "model": "logistic"}, "party"),
        ({"target": "votes", "workflows": ["augmnt"]}, "did you mean 'augment'"),
        ({"target": "votes", "workflows": ["fresh:1.2"]}, "must lie in"),
        ({"target": "votes", "n_real": 0}, "n_real=0: must be a whole number, 1 or more"),
        ({"target": "votes", "replicates": 0}, "replicates=0"),
        ({"target": "votes", "generations": -1}, "generations=-1"),
    ],
)
def test_wrong_arguments_are_refused_in_one_line(votes, arguments, message):
    with pytest.raises(ValueError, match=message) as caught:
        hl.compare(votes, **arguments)
    assert "\n" not in str(caught.value)
