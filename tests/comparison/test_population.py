"""What a table becomes: the model, its truth, and what is said of it."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression as LeastSquares
from sklearn.linear_model import PoissonRegressor

from heirloom.comparison.columns import population_of_column
from heirloom.comparison.question import Question
from heirloom.comparison.targets import population_of_target
from heirloom.models import (
    Categorical,
    EmpiricalCDF,
    LinearRegression,
    LogisticRegression,
    MultinomialRegression,
    PoissonRegression,
)


@pytest.fixture(scope="module")
def people():
    """Two features, and a target of each kind."""
    generator = np.random.default_rng(11)
    rows = 300
    x, z = generator.normal(size=(2, rows))
    city = generator.choice(["Ely", "Rye", "York"], p=[0.5, 0.3, 0.2], size=rows)
    visits = generator.poisson(np.exp(0.4 + 0.5 * x + 0.4 * (city == "Rye")))
    pay = (
        2000
        + 300 * x
        - 200 * (city == "York")
        + 150 * (1 + np.abs(z)) * generator.normal(size=rows)
    )
    return pd.DataFrame(
        {
            "age": 40 + 9 * x,
            "city": city,
            "visits": visits,
            "pay": pay,
            "ill": np.where(z > 1, "yes", "no"),
        }
    )


def population(table, target=None, *, column=None, model=None, features=None, penalty=None):
    question = Question(table=table, target=target, model=model, features=features, penalty=penalty)
    if column is not None:
        return population_of_column(question, column)
    return population_of_target(question, target, 300)


def standardised(values):
    return (values - values.mean()) / values.std(ddof=0)


def design_of(people):
    return pd.DataFrame(
        {
            "age": standardised(people["age"]),
            "Rye": people["city"] == "Rye",
            "York": people["city"] == "York",
        }
    ).astype(float)


FEATURES = ["age", "city"]


@pytest.mark.parametrize(
    ("target", "family", "model", "note"),
    [
        ("ill", LogisticRegression, "logistic", "because target 'ill' has two values"),
        ("pay", LinearRegression, "linear", "because target 'pay' holds numbers"),
        ("visits", PoissonRegression, "poisson", "because target 'visits' holds small counts"),
        ("city", MultinomialRegression, "multinomial", "because target 'city' has several classes"),
    ],
)
def test_the_model_is_chosen_by_the_target_and_said(people, target, family, model, note):
    features = [name for name in FEATURES if name != target]
    made = population(people, target, features=features)
    assert isinstance(made.model, family)
    assert made.fitted.model == model
    assert note in made.notes[0]
    assert "--model" in made.notes[0]
    assert made.fitted.measure == "squared error"
    asked_for = population(people, target, features=features, model=model)
    assert asked_for.notes == made.notes[1:]
    assert asked_for.fitted == made.fitted
    json.dumps(made.fitted.to_json(), allow_nan=False)


@pytest.mark.parametrize(
    ("column", "family", "model", "measure"),
    [
        ("city", Categorical, "frequencies", "squared error"),
        ("visits", Categorical, "frequencies", "squared error"),
        ("pay", EmpiricalCDF, "cdf", "Cramér–von Mises distance"),
    ],
)
def test_the_model_is_chosen_by_the_column_and_said(people, column, family, model, measure):
    made = population(people, column=column)
    assert isinstance(made.model, family)
    assert made.fitted.model == model
    assert made.fitted.measure == measure
    assert f"because column '{column}' holds" in made.notes[0]
    assert population(people, column=column, model=model).notes == made.notes[1:]


def test_another_model_can_be_asked_for(people):
    assert isinstance(population(people, "visits", model="linear").model, LinearRegression)
    assert isinstance(population(people, column="visits", model="cdf").model, EmpiricalCDF)
    two = people.assign(ill=people["ill"] == "yes")
    assert isinstance(population(two, "ill", model="linear").model, LinearRegression)
    assert isinstance(population(two, "ill", model="poisson").model, PoissonRegression)


def test_linear_truth_is_least_squares_in_standard_units(people):
    made = population(people, "pay", features=FEATURES)
    design, pay = design_of(people), people["pay"]
    fit = LeastSquares().fit(design, standardised(pay))
    fitted = made.fitted
    np.testing.assert_allclose(
        fitted.coefficients, [fit.intercept_, *fit.coef_], rtol=1e-10, atol=1e-13
    )
    residual = standardised(pay) - fit.predict(design)
    assert fitted.noise_scale == pytest.approx(np.sqrt(np.mean(residual**2)))
    back = fitted.target_mean + fitted.target_sd * fit.predict(design)
    np.testing.assert_allclose(back, LeastSquares().fit(design, pay).predict(design))
    assert any("standardised (mean" in note for note in made.notes)


@pytest.mark.parametrize("penalty", [0.0, 0.3])
def test_poisson_truth_is_that_of_scikit_learn(people, penalty):
    made = population(people, "visits", features=FEATURES, penalty=penalty)
    fit = PoissonRegressor(alpha=penalty, tol=1e-10, max_iter=1000)
    fit.fit(design_of(people), people["visits"])
    np.testing.assert_allclose(
        made.fitted.coefficients, [fit.intercept_, *fit.coef_], rtol=1e-5, atol=1e-7
    )
    assert any("L2 penalty" in note for note in made.notes) == bool(penalty)


def test_the_distribution_function_is_that_of_the_column(people):
    values = people["pay"].to_numpy()
    cdf = np.arange(1, len(values) + 1) / len(values)
    made = population(people, column="pay").model
    assert made.row_variance() == pytest.approx(np.mean(cdf * (1 - cdf)))
    for stretched in (1e300 * values, np.exp(values / 1e3)):
        same = population(pd.DataFrame({"pay": stretched}), column="pay").model
        assert same.row_variance() == pytest.approx(made.row_variance())


def test_diabetes_as_scikit_learn_has_it():
    table = load_diabetes(as_frame=True).frame
    made = population(table, "target")
    fit = LeastSquares().fit(
        standardised(table.drop(columns="target")), standardised(table["target"])
    )
    np.testing.assert_allclose(made.fitted.coefficients[1:], fit.coef_, rtol=1e-8)
    assert made.fitted.rows == 442


class TestRefused:
    def refused(self, *arguments, **options):
        with pytest.raises(ValueError, match=r"^(target|column|model|penalty)") as caught:
            population(*arguments, **options)
        message = str(caught.value)
        assert "\n" not in message
        return message

    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            (
                {"target": "pay", "model": "cdf"},
                "choose one of logistic, multinomial",
            ),
            ({"column": "pay", "model": "linear"}, "choose one of frequencies, cdf"),
            ({"target": "pay", "model": "svm"}, "model='svm': with target, choose one of"),
            ({"target": "pay", "model": "logistic"}, "model='linear' (--model linear)"),
            ({"target": "pay", "model": "poisson"}, "counts are whole numbers from 0"),
            (
                {"target": "city", "model": "logistic"},
                "for its frequencies, give column='city' (--column)",
            ),
            ({"target": "city", "model": "linear"}, "numbers are needed"),
            ({"column": "city", "model": "cdf"}, "numbers are needed"),
            ({"column": "pay", "model": "frequencies"}, "use model='cdf' (--model cdf)"),
            ({"target": "pay", "penalty": 0.1}, "penalty=0.1: model='linear' takes none"),
            ({"column": "pay", "penalty": 0.1}, "penalty=0.1: is for target"),
        ],
    )
    def test_a_model_that_does_not_fit(self, people, arguments, expected):
        assert expected in self.refused(people, **arguments)

    def test_a_target_without_noise(self, people):
        exact = people.assign(y=3 * people["age"] - 1)
        message = self.refused(exact, "y", features=FEATURES)
        assert "is computed exactly from the other columns" in message
        assert "--features" in message

    def test_as_many_columns_as_rows(self):
        table = pd.DataFrame(np.random.default_rng(0).normal(size=(5, 6)), columns=list("abcdey"))
        assert "fitted exactly by 5 columns in 5 rows" in self.refused(table, "y")

    @pytest.mark.parametrize("target", [[7] * 3, [7.5, None, None]])
    def test_one_value(self, target):
        table = pd.DataFrame({"x": [1.0, 2, 4], "y": target})
        assert "has 1 distinct value" in self.refused(table, "y")


class TestWithoutAFit:
    @pytest.fixture
    def none_in_ely(self, people):
        return people.assign(visits=people["visits"].where(people["city"] != "Ely", 0))

    def test_a_small_penalty_is_chosen_and_the_level_at_fault_named(self, none_in_ely):
        made = population(none_in_ely, "visits", features=["age", "city"])
        assert made.fitted.penalty == 0.001
        fault, penalty = made.notes[-2:]
        # Ely is the most frequent town, and so the reference that has no column.
        assert "the most frequent city have visits=0" in fault
        assert "the L2 penalty 0.001" in penalty

    def test_no_penalty_on_request_is_refused_with_the_cure(self, none_in_ely):
        with pytest.raises(ValueError, match=r"--penalty 0\.001\), or leave out what is at fault"):
            population(none_in_ely, "visits", features=["age", "city"], penalty=0)

    def test_no_penalty_is_chosen_where_there_is_a_fit(self, people):
        assert population(people, "visits", features=["age"]).fitted.penalty == 0
