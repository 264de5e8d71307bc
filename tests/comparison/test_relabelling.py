import json
import math

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

import heirloom as hl
from heirloom.comparison import GenerationZero, RelabelledComparison
from heirloom.comparison.question import Question
from heirloom.comparison.training_split import split_rows
from heirloom.trace import Trace

SEED = 123456


def rows_of_split(table, target, *, penalty=None, test_size=0.3, split_seed=SEED):
    question = Question(table=table, target=target, penalty=penalty)
    return split_rows(question, target, test_size=test_size, split_seed=split_seed)


def _split(name):
    table = hl.datasets.load(name)
    return train_test_split(
        table.drop(columns="target"), table["target"], test_size=0.3, random_state=SEED
    )


@pytest.fixture(scope="module")
def diabetes():
    return hl.compare(
        "diabetes",
        "target",
        protocol="relabel",
        workflows=["discard", "augment", "augment-subsample", "anchor:0.5"],
        replicates=50,
    )


def test_generation_0_is_the_exact_fit_of_the_published_split(diabetes):
    X, test_X, y, test_y = _split("diabetes")
    scaler = StandardScaler().fit(X)
    fit = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(scaler.transform(X), y)
    found = diabetes.fitted.generation_0
    loss = log_loss(test_y, fit.predict_proba(scaler.transform(test_X)))
    assert found.log_loss == pytest.approx(loss, rel=1e-5)
    assert found.accuracy == pytest.approx(fit.score(scaler.transform(test_X), test_y))
    np.testing.assert_allclose(
        diabetes.fitted.coefficients, [fit.intercept_[0], *fit.coef_[0]], atol=1e-4
    )
    # Published: 0.4285, which lbfgs gives at its default tolerance.
    assert found.log_loss == pytest.approx(0.4285, rel=0.006)
    published = LogisticRegression(C=np.inf).fit(X, y)
    assert log_loss(test_y, published.predict_proba(test_X)) == pytest.approx(0.4285, abs=1e-3)


def test_augment_holds_and_discard_separates_as_published(diabetes):
    by_name = {line.workflow: line for line in diabetes.workflows}
    trace = diabetes.trace.dataset["log_loss"].sel(generation=50)
    zeroth = diabetes.fitted.generation_0.log_loss
    assert diabetes.settings.generations == 50
    assert float(trace.sel(workflow="augment")) < 1.1 * zeroth
    assert 1 < by_name["augment"].ratio < by_name["augment-subsample"].ratio < 1.2
    assert by_name["augment"].error == pytest.approx(by_name["augment"].ratio * zeroth)
    assert by_name["augment"].accuracy == pytest.approx(0.81, abs=0.02)
    assert diabetes.workflows[-1].workflow == "discard"
    discard = by_name["discard"]
    assert discard.failed > 0.9
    assert math.isinf(discard.error_median)
    assert discard.significant
    assert discard.standing == "no answer"
    assert "nan" not in str(diabetes)
    assert diabetes.recommended.workflow == "anchor:0.5"


def test_separation_is_counted_generation_by_generation(diabetes):
    by_name = {line.workflow: line for line in diabetes.workflows}
    separated = np.array(by_name["discard"].separated)
    assert separated.shape == (51,)
    assert separated[0] == 0
    assert np.all(np.diff(separated) >= 0)
    failed = diabetes.trace.dataset["failed"].sel(workflow="discard")
    np.testing.assert_allclose(separated, failed)
    first, half = by_name["discard"].first_separated, by_name["discard"].half_separated
    assert separated[first] > 0 == separated[first - 1]
    assert separated[half] >= 0.5 > separated[half - 1]
    assert by_name["augment"].separated == (0.0,) * 51
    assert by_name["augment"].first_separated is by_name["augment"].half_separated is None
    assert any(note.startswith("Separated: ") for note in diabetes.notes)


def test_json_and_folder(diabetes, tmp_path):
    made = json.loads(json.dumps(diabetes.to_json(), allow_nan=False))
    assert made["baseline"] == "generation 0"
    line = made["workflows"][-1]
    assert {"workflow", "error", "error_se", "ratio", "failed", "accuracy"} <= set(line)
    assert len(line["separated"]) == 51
    folder = diabetes.save(tmp_path / "results")
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["comparison.json", "comparison.png", "trace.nc"]
    assert Trace.load(folder / "trace.nc").dataset.equals(diabetes.trace.dataset)


def test_figure_shows_the_share_of_separated_replicates(diabetes):
    losses, shares = diabetes.figure().axes
    assert losses.get_ylabel() == "Test log-loss"
    assert shares.get_ylabel() == "Separated replicates, %"
    discard = shares.get_lines()[0].get_ydata()
    line = next(w for w in diabetes.workflows if w.workflow == "discard")
    np.testing.assert_allclose(discard, 100 * np.array(line.separated))
    # The line of the log-loss ends before half have separated.
    loss = losses.get_lines()[0].get_ydata()
    assert np.isnan(loss[line.half_separated])
    assert np.isfinite(loss[line.half_separated - 1])


def test_same_seed_same_result_and_one_panel_where_nothing_separates():
    arguments = {"protocol": "relabel", "generations": 3, "replicates": 10, "seed": 5}
    first, again = (hl.compare("diabetes", "target", **arguments) for _ in range(2))
    assert isinstance(first, RelabelledComparison)
    assert first.to_json() == again.to_json()
    assert first.settings.workflows == ("discard", "augment", "augment-subsample")
    assert len(first.figure().axes) == 1
    assert first.theory is None


def test_breast_cancer_is_separable_at_generation_0():
    X, _, y, _ = _split("breast_cancer")
    rows = np.column_stack([np.ones(len(X)), StandardScaler().fit_transform(X)])
    side = np.where(y == 1, 1, -1)[:, None] * rows
    plane = linprog(np.zeros(31), A_ub=-side, b_ub=-np.ones(len(X)), bounds=[(None, None)] * 31)
    assert plane.status == 0
    made = hl.compare(
        "breast_cancer",
        "target",
        workflows=["discard", "augment"],
        protocol="relabel",
        generations=3,
        replicates=5,
    )
    assert made.fitted.generation_0 == GenerationZero(None, None)
    assert made.fitted.coefficients is None
    for line in made.workflows:
        assert line.separated == (1.0,) * 4
        assert line.first_separated == line.half_separated == 0
        assert line.failed == 1
        assert math.isnan(line.error)
        assert line.standing == "no answer"
    assert any("the 398 training rows have no maximum" in note for note in made.notes)
    json.dumps(made.to_json(), allow_nan=False)
    made.plot()


@pytest.mark.slow
def test_breast_cancer_separates_soon_with_fewer_columns():
    columns = ["radius", "texture", "smoothness", "compactness", "concavity", "symmetry"]
    columns += ["fractal dimension"]  # more columns than are unrolled, which takes long to compile
    made = hl.compare(
        "breast_cancer",
        "target",
        features=[*(f"mean {name}" for name in columns), "worst radius"],
        protocol="relabel",
        generations=12,
        replicates=30,
    )
    by_name = {line.workflow: line for line in made.workflows}
    assert made.workflows[0].workflow == "augment"
    assert by_name["discard"].half_separated <= 10
    assert 0 < by_name["augment-subsample"].failed < by_name["discard"].failed
    assert by_name["augment"].failed == 0


def test_penalty_is_on_numbers_standardised_by_the_training_rows():
    made = rows_of_split("breast_cancer", "target", penalty=0.01)
    X, test_X, y, test_y = _split("breast_cancer")
    scaler = StandardScaler().fit(X)
    fit = LogisticRegression(C=1 / (len(X) * 0.01), tol=1e-10, max_iter=5000)
    fit.fit(scaler.transform(X), y)
    loss = log_loss(test_y, fit.predict_proba(scaler.transform(test_X)))
    assert made.fitted.generation_0.log_loss == pytest.approx(loss, rel=1e-5)
    assert any("standardised by the training rows" in note for note in made.notes)


@pytest.fixture
def votes():
    """A table with a category that one row has, a number and two classes that overlap."""
    generator = np.random.default_rng(7)
    x = generator.normal(size=120)
    label = generator.random(120) < 1 / (1 + np.exp(-x))
    party = generator.choice(["blue", "green"], size=120)
    return pd.DataFrame({"party": party, "income": x, "votes": np.where(label, "yes", "no")})


def _test_rows(rows):
    return train_test_split(np.arange(rows), test_size=0.3, random_state=SEED)[1].tolist()


def test_columns_that_training_rows_do_not_tell_apart_are_left_out(votes):
    one, two, three, *_ = _test_rows(120)
    votes.loc[one, "party"] = "red"
    votes["late"] = (np.arange(120) == two).astype(float)
    votes["twice"] = np.where(np.arange(120) == three, 9.0, 2 * votes["income"])
    made = rows_of_split(votes, "votes")
    assert made.fitted.columns in (
        ("(intercept)", "party=green", "income"),
        ("(intercept)", "party=blue", "income"),
    )
    left_out = [note for note in made.notes if note.startswith("Encoded column")]
    assert "'party=red', 'late' left out: the same value in every training row" in left_out[0]
    assert "'twice' left out: a linear combination" in left_out[1]
    assert np.isfinite(made.fitted.generation_0.log_loss)


def test_rows_with_missing_values_are_left_out_before_the_split(votes):
    votes.loc[:19, "income"] = np.nan
    made = rows_of_split(votes, "votes", test_size=0.25)
    assert (made.fitted.training_rows, made.fitted.test_rows) == (75, 25)
    assert any(note.startswith("20 of 120 rows left out") for note in made.notes)


def test_split_seed_changes_the_split(votes):
    losses = {
        seed: rows_of_split(votes, "votes", split_seed=seed).fitted.generation_0
        for seed in (SEED, 1)
    }
    assert losses[SEED] != losses[1]


def test_a_class_that_is_missing_from_the_training_rows_is_refused():
    table = pd.DataFrame({"x": np.linspace(0, 1, 30) ** 2, "y": 0})
    table.loc[_test_rows(30)[0], "y"] = 1
    with pytest.raises(ValueError, match=r"^target 'y': all 21 training rows are '0'"):
        hl.compare(table, "y", protocol="relabel")


def test_features_of_one_value_in_the_training_rows_are_refused():
    table = pd.DataFrame({"x": np.zeros(30), "y": np.arange(30) % 2})
    table.loc[_test_rows(30)[0], "x"] = 1
    with pytest.raises(ValueError, match="every feature has one value only in the 21 training"):
        hl.compare(table, "y", protocol="relabel")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"protocol": "relable"}, "^protocol='relable': choose one of population, relabel$"),
        ({"target": None}, "^target: protocol='relabel' needs one"),
        ({"column": "party"}, "^column='party': is for protocol='population'"),
        ({"n_real": 20}, "^n_real=20: is for protocol='population'"),
        ({"model": "linear"}, "^model='linear': protocol='relabel' takes logistic alone"),
        ({"target": "party", "workflows": ["fresh:0.5"]}, "^workflow 'fresh:0.5' takes fresh"),
        ({"workflows": ["real"]}, "^workflow 'real' takes fresh real rows"),
        ({"workflows": ["real:accumulate"]}, "^workflow 'real:accumulate' takes fresh real rows"),
        ({"workflows": ["accumulate-all"]}, "^workflow 'accumulate-all' takes fresh real rows"),
        ({"workflows": ["augment", "augment"]}, "given twice"),
        ({"workflows": []}, "^workflows is empty"),
        ({"test_size": 0.0}, "^test_size=0.0: must be a share"),
        ({"test_size": 1}, "^test_size=1: must be a share"),
        ({"test_size": math.nan}, "^test_size=nan: must be a share"),
        ({"test_size": 0.999}, "^test_size=0.999: leaves no training row of 120"),
        ({"split_seed": -1}, "^split_seed=-1: must be a whole number"),
        ({"penalty": -1.0}, "^penalty=-1.0"),
        ({"generations": -1}, "generations=-1"),
        ({"replicates": 0}, "replicates=0"),
        ({"protocol": "population", "test_size": 0.3}, "^test_size=0.3: is for protocol='relabel'"),
        ({"protocol": "population", "split_seed": 1}, "^split_seed=1: is for protocol='relabel'"),
    ],
)
def test_wrong_arguments_are_refused_in_one_line(votes, arguments, message):
    with pytest.raises(ValueError, match=message) as caught:
        hl.compare(votes, **({"target": "votes", "protocol": "relabel"} | arguments))
    assert "\n" not in str(caught.value)
