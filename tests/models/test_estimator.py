import copy
import inspect
import json
import multiprocessing
import operator
import pickle
import warnings
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.compose import TransformedTargetRegressor, make_column_transformer
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import (
    LinearRegression,
    LogisticRegression,
    PoissonRegressor,
    RidgeClassifier,
    RidgeCV,
    SGDRegressor,
)
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

import heirloom as hl
from heirloom._base.random import Random
from heirloom.models import Status
from heirloom.models.base import replicated
from heirloom.models.estimator import Estimator, Predictions
from heirloom.simulation import simulate_paths

TABLE = 200
GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(TABLE, 2))
MEANS = X @ [1.0, -0.5] + 0.3
NUMBERS = MEANS + GENERATOR.normal(size=TABLE)
LABELS = (GENERATOR.random(TABLE) < expit(MEANS)).astype(int)
COUNTS = GENERATOR.poisson(np.exp(0.5 * MEANS)).astype(float)
WORDS = np.array(["low", "middle", "high"], dtype=object)[
    np.digitize(NUMBERS, [-0.5, 1.0], right=True)
]

MODELS = {
    "logistic": lambda: Estimator(LogisticRegression(), X, LABELS, coefficients="coef_"),
    "words": lambda: Estimator(LogisticRegression(), X, WORDS),
    "pipeline": lambda: Estimator(make_pipeline(StandardScaler(), LogisticRegression()), X, LABELS),
    "boosting": lambda: Estimator(
        GradientBoostingClassifier(n_estimators=5, subsample=0.5), X, LABELS
    ),
    "histogram": lambda: Estimator(HistGradientBoostingClassifier(max_iter=5), X, WORDS),
    "forest": lambda: Estimator(RandomForestClassifier(3), X, LABELS),
    "ridge": lambda: Estimator(RidgeCV(), X, NUMBERS),
    "fixed": lambda: Estimator(
        LinearRegression(),
        X,
        truth=MEANS,
        noise=1.0,
        coefficients="coef_",
        true_coefficients=[1.0, -0.5],
        resample=False,
    ),
    "residual": lambda: Estimator(LinearRegression(), X, truth=MEANS, true_noise=1.0),
    "counts": lambda: Estimator(PoissonRegressor(alpha=0), X, COUNTS, noise="poisson"),
    "frame": lambda: Estimator(
        RidgeCV(), pd.DataFrame({"a": X[:, 0], "b": X[:, 1]}), pd.Series(NUMBERS)
    ),
    "sparse": lambda: Estimator(RidgeCV(), sparse.coo_matrix(X), NUMBERS),
}


@pytest.fixture(params=MODELS)
def model(request):
    return MODELS[request.param]()


def _random(replicates, number=0, **settings):
    return Random((7, number), replicates, **settings)


def _equal(replicates, rows):
    return np.broadcast_to(1 / rows, (replicates, rows))


def _fit(model, rows, weights=None):
    replicates, count = rows.number.shape
    weights = _equal(replicates, count) if weights is None else weights
    return model.fit(rows, weights, replicated(model.truth(), replicates))


def _same(first, second):
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)


# -------------------------------------------------------------------------------- the contract


def test_a_fit_has_the_form_of_the_truth_and_no_error_at_it(model):
    fit = _fit(model, model.sample_real(_random(2), 60))
    assert fit.status.dtype == np.int8
    assert fit.status.tolist() == [0, 0]
    for found, true in zip(fit.parameters, model.truth(), strict=True):
        assert (found is None) == (true is None)
        assert found is None or (found.shape == (2, *true.shape) and found.dtype == np.float64)
    at_truth = model.metrics(replicated(model.truth(), 3))
    assert at_truth["error"].tolist() == [0, 0, 0]
    measured = model.metrics(fit.parameters)
    assert set(measured) == set(at_truth)
    assert all(value.shape == (2,) and np.all(value >= 0) for value in measured.values())


def test_the_same_seed_gives_the_same_fits_wherever_a_replicate_is_computed(model):
    def chain(replicates, first, model):
        def random(number):
            return _random(replicates, number, first_replicate=first)

        fit = _fit(model, model.sample_real(random(0), 50))
        return _fit(model, model.sample(random(1), fit.parameters, 50)).parameters

    of_one = chain(1, 3, model)
    _same(of_one, chain(1, 3, pickle.loads(pickle.dumps(model))))


def test_rows_of_weight_zero_do_not_count(model):
    rows = model.sample_real(_random(2), 60)
    weights = np.where(np.arange(60) < 50, 1 / 50, 0.0) * np.ones((2, 1))
    few = type(rows)(*(None if part is None else part[:, :50] for part in rows))
    spoiled = rows.response.copy()
    spoiled[:, 50:] = spoiled[:, :1]
    whole = _fit(model, rows._replace(response=spoiled), weights).parameters
    _same(whole, _fit(model, few).parameters)


def test_the_estimator_and_what_is_given_are_left_as_they_are(model):
    before = repr(model.estimator), copy.deepcopy(vars(model.estimator))
    rows = model.sample_real(_random(1), 40)
    weights = _equal(1, 40)
    for array in (*rows, *replicated(model.truth(), 1)):
        if array is not None and array.flags.writeable:
            array.flags.writeable = False
    model.fit(rows, weights, replicated(model.truth(), 1))
    assert repr(model.estimator) == before[0]
    assert set(vars(model.estimator)) == set(before[1])


def test_describe_is_json(model):
    described = json.loads(json.dumps(model.describe()))
    assert described["model"] == "Estimator"
    assert described["design"] == "table of shape (200, 2)"
    assert type(model.estimator).__name__ in described["estimator"]


def test_a_replicate_is_a_task_of_its_own(model):
    assert model.replicates_at_once == 1
    assert model.laws() == {}


# ------------------------------------------------------------------------------------- the rows


def test_real_rows_are_rows_of_the_table_with_their_own_responses():
    model = Estimator(LogisticRegression(), X, WORDS)
    rows = model.sample_real(_random(50), 400)
    np.testing.assert_array_equal(rows.design, X[rows.number])
    np.testing.assert_array_equal(rows.response, WORDS[rows.number].astype(str))
    counts = np.bincount(rows.number.ravel(), minlength=TABLE)
    chi_square = np.sum((counts - counts.mean()) ** 2 / counts.mean())
    assert abs(chi_square - (TABLE - 1)) < 4 * np.sqrt(2 * TABLE)


def test_a_fixed_design_comes_in_order_and_over_again():
    model = Estimator(LinearRegression(), X, NUMBERS, resample=False)
    assert model.rows_in_place
    real, synthetic = model.sample_real(_random(2), 250), _synthetic(model, _random(2), 250)
    expected = np.arange(250) % TABLE
    for rows in (real, synthetic):
        np.testing.assert_array_equal(rows.number, [expected, expected])
        np.testing.assert_array_equal(rows.design[1], X[expected])
    np.testing.assert_array_equal(real.response[0], NUMBERS[expected])


def _synthetic(model, random, rows):
    return model.sample(random, replicated(model.truth(), random.replicates), rows)


def test_labels_follow_their_probabilities():
    truth = np.array([[0.2, 0.5, 0.3], [0.0, 1.0, 0.0], [0.9, 0.0, 0.1]])
    # Three rows would be too few to fit.
    model = Estimator(GaussianNB(), np.tile(np.eye(3), (5, 1)), truth=np.tile(truth, (5, 1)))
    rows = model.sample_real(_random(400, dtype=np.float32), 60)
    for number in range(3):
        drawn = rows.response[rows.number % 3 == number]
        shares = np.array([np.mean(drawn == label) for label in range(3)])
        deviation = np.sqrt(truth[number] * (1 - truth[number]) / len(drawn))
        assert np.all(np.abs(shares - truth[number]) <= 4 * deviation)


def test_one_number_for_a_row_is_the_probability_of_label_1():
    model = Estimator(LogisticRegression(), X, truth=expit(MEANS))
    np.testing.assert_allclose(model.truth().prediction[:, 1], expit(MEANS))
    drawn = model.sample_real(_random(500), 100)
    z = (drawn.response - expit(MEANS)[drawn.number]).sum() / np.sqrt(
        np.sum(expit(MEANS) * expit(-MEANS)) / TABLE * drawn.response.size
    )
    assert abs(z) < 4


def test_normal_responses_have_the_scale_of_the_noise():
    model = Estimator(LinearRegression(), X, truth=MEANS, noise=2.0)
    rows = model.sample_real(_random(100), 200)
    residual = (rows.response - MEANS[rows.number]) / 2
    assert abs(residual.mean()) * np.sqrt(residual.size) < 4
    assert abs(np.mean(residual**2) - 1) * np.sqrt(residual.size / 2) < 4


def test_estimated_noise_is_that_of_its_own_replicate():
    model = Estimator(LinearRegression(), X, truth=MEANS, true_noise=1.0)
    parameters = Predictions(np.broadcast_to(MEANS, (2, TABLE)), None, np.array([0.0, 4.0]))
    rows = model.sample(_random(2), parameters, 5000)
    residual = rows.response - MEANS[rows.number]
    np.testing.assert_allclose(residual[0], 0, atol=1e-12)
    assert residual[1].std() == pytest.approx(2, rel=0.05)


def test_counts_have_the_predicted_mean_and_none_of_a_negative_one():
    model = Estimator(PoissonRegressor(), X, truth=np.exp(MEANS), noise="poisson")
    rows = model.sample_real(_random(100), 200)
    mean = np.exp(MEANS)[rows.number]
    assert np.all(rows.response == np.round(rows.response))
    assert abs((rows.response - mean).sum()) / np.sqrt(mean.sum()) < 4
    negative = replicated(model.truth()._replace(prediction=np.full(TABLE, -1.0)), 2)
    assert not np.any(model.sample(_random(2), negative, 30).response)


def test_workflows_share_noise():
    model = Estimator(LinearRegression(), X, truth=MEANS, noise=1.0)
    shifted = replicated(model.truth()._replace(prediction=MEANS + 5), 2)
    first = _synthetic(model, _random(2), 40)
    np.testing.assert_allclose(model.sample(_random(2), shifted, 40).response, first.response + 5)


# -------------------------------------------------------------------------------------- the fit


def test_weights_have_mean_one_over_the_rows_that_count():
    seen = []

    class Recording(LinearRegression):
        def fit(self, X, y, sample_weight=None):
            seen.append((len(y), sample_weight))
            return super().fit(X, y, sample_weight=sample_weight)

    model = Estimator(Recording(), X, NUMBERS)
    weights = np.array([[0.5, 0.5, 0, 0, 0], [0.1, 0.2, 0.3, 0.4, 0.0]])
    _fit(model, model.sample_real(_random(2), 5), weights)
    assert [count for count, _ in seen] == [TABLE, 2, 4]
    np.testing.assert_allclose(seen[1][1], [1, 1])
    np.testing.assert_allclose(seen[2][1], [0.4, 0.8, 1.2, 1.6])


def test_weights_count_as_repeated_rows():
    model = Estimator(LogisticRegression(C=np.inf, tol=1e-10), X, LABELS)
    rows = model.sample_real(_random(3), 60)
    weights = np.r_[np.full(20, 2.0), np.full(40, 1.0)] / 80 * np.ones((3, 1))
    again = type(rows)(*(np.concatenate([part, part[:, :20]], axis=1) for part in rows))
    np.testing.assert_allclose(
        _fit(model, rows, weights).parameters.prediction,
        _fit(model, again).parameters.prediction,
        atol=1e-5,
    )


def test_predictions_and_coefficients_are_those_of_scikit_learn():
    model = Estimator(RidgeCV(), X, NUMBERS, coefficients="coef_")
    rows = model.sample_real(_random(2), 80)
    weights = np.random.default_rng(1).dirichlet(np.ones(80), size=2)
    found = _fit(model, rows, weights).parameters
    for r in range(2):
        own = RidgeCV().fit(rows.design[r], rows.response[r], sample_weight=80 * weights[r])
        np.testing.assert_allclose(found.prediction[r], own.predict(X))
        np.testing.assert_allclose(found.coefficients[r], own.coef_)
        residual = rows.response[r] - own.predict(rows.design[r])
        np.testing.assert_allclose(found.noise_variance[r], weights[r] @ residual**2)


def test_the_truth_is_the_fit_of_the_whole_table():
    model = Estimator(RidgeCV(), X, NUMBERS, coefficients=operator.attrgetter("coef_"))
    own = RidgeCV().fit(X, NUMBERS)
    np.testing.assert_allclose(model.truth().prediction, own.predict(X))
    np.testing.assert_allclose(model.truth().coefficients, own.coef_)


def test_metrics_are_what_they_say():
    model = Estimator(LogisticRegression(), X, WORDS, coefficients="coef_")
    fit = _fit(model, model.sample_real(_random(2), 100)).parameters
    true, found = model.truth(), fit.prediction[0]
    measured = {name: value[0] for name, value in model.metrics(fit).items()}
    divergence = np.sum(true.prediction * np.log(true.prediction / found), axis=1)
    np.testing.assert_allclose(
        [measured["error"], measured["prediction_error"], measured["excess_log_loss"]],
        [
            np.sum((fit.coefficients[0] - true.coefficients) ** 2),
            np.mean(np.sum((found - true.prediction) ** 2, axis=1)),
            divergence.mean(),
        ],
    )
    assert set(measured) == {"error", "prediction_error", "excess_log_loss"}


def test_degrees_of_freedom_make_the_residual_variance_unbiased():
    model = Estimator(LinearRegression(), X, truth=MEANS, true_noise=1.5, degrees_of_freedom=3)
    variance = _fit(model, model.sample_real(_random(2000), 12)).parameters.noise_variance
    assert abs(variance.mean() - 2.25) / (variance.std() / np.sqrt(2000)) < 4


def test_random_states_are_set_by_the_data_and_only_where_they_are_open():
    class Remembering(BaseEstimator, RegressorMixin):
        seeds = []  # noqa: RUF012 (copies share it)

        def __init__(self, random_state=None, inner=None):
            self.random_state, self.inner = random_state, inner

        def fit(self, X, y, sample_weight=None):
            inner = None if self.inner is None else self.inner.random_state
            self.seeds.append((self.random_state, inner))
            self.mean_ = np.average(y, weights=sample_weight)
            return self

        def predict(self, X):
            return np.full(len(X), self.mean_)

    model = Estimator(Remembering(inner=SGDRegressor()), X, NUMBERS)
    Remembering.seeds.clear()
    rows = model.sample_real(_random(2), 20)
    _fit(model, rows)
    first = list(Remembering.seeds)
    _fit(model, rows)
    assert Remembering.seeds[2:] == first
    assert len({*first[0], *first[1]}) == 4
    assert all(0 <= seed < 2**31 for seeds in first for seed in seeds)
    Remembering.seeds.clear()
    _fit(Estimator(Remembering(3), X, NUMBERS), rows)
    assert set(Remembering.seeds) == {(3, None)}


def test_objects_without_settings_are_copied_deeply():
    class Plain:
        random_state = None
        seen: tuple[int, ...] = ()

        def fit(self, X, y, sample_weight):
            self.seen = (*self.seen, len(y))
            self.slope = np.linalg.lstsq(X * sample_weight[:, None], y * sample_weight)[0]

        def predict(self, X):
            # Many predict a column.
            return (X @ self.slope)[:, None]

    plain = Plain()
    model = Estimator(plain, X, NUMBERS, coefficients="seen")
    fit = _fit(model, model.sample_real(_random(2), 30))
    np.testing.assert_array_equal(fit.parameters.coefficients, [[30], [30]])
    assert plain.seen == ()
    assert plain.random_state is None


@pytest.mark.parametrize(
    ("estimator", "parameter"),
    [
        (make_pipeline(StandardScaler(), RidgeCV()), "ridgecv__sample_weight"),
        (GridSearchCV(RidgeCV(), {"fit_intercept": [True, False]}), "sample_weight"),
        (TransformedTargetRegressor(), "sample_weight"),
        (make_pipeline(GridSearchCV(SGDRegressor(), {})), "gridsearchcv__sample_weight"),
    ],
)
def test_weights_find_their_way(estimator, parameter):
    model = Estimator(estimator, X, NUMBERS)
    assert model.weight_parameter == parameter
    rows = model.sample_real(_random(1), 60)
    weights = np.where(rows.number == rows.number[0, 0], 10.0, 0.1)
    weighted = _fit(model, rows, weights / weights.sum()).parameters.prediction
    assert np.abs(weighted - _fit(model, rows).parameters.prediction).max() > 0.01


def test_votes_take_weights():
    votes = VotingClassifier([("a", LogisticRegression()), ("b", GaussianNB())], voting="soft")
    assert Estimator(votes, X, LABELS).weight_parameter == "sample_weight"


def test_a_parameter_of_one_step_can_be_named():
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    model = Estimator(pipeline, X, LABELS, weight_parameter="standardscaler__sample_weight")
    assert _fit(model, model.sample_real(_random(1), 60)).status.tolist() == [Status.SOLVED]


def test_a_frame_of_text_goes_through_a_pipeline():
    frame = pd.DataFrame({"x": X[:, 0], "level": WORDS}, index=np.arange(TABLE)[::-1])
    pipeline = make_pipeline(
        make_column_transformer(
            (OneHotEncoder(handle_unknown="ignore"), ["level"]), remainder="passthrough"
        ),
        RidgeCV(),
    )
    model = Estimator(pipeline, frame, NUMBERS, coefficients=lambda fitted: fitted[-1].alpha_)
    rows = model.sample_real(_random(2), 50)
    assert rows.design is None
    found = _fit(model, rows).parameters
    own = copy.deepcopy(pipeline).fit(frame.iloc[rows.number[1]], rows.response[1])
    np.testing.assert_allclose(found.prediction[1], own.predict(frame))


# ------------------------------------------------------------------------------------- failures


def _with_labels(model, labels):
    rows = model.sample_real(_random(1), len(labels))
    return rows._replace(response=np.array([labels], dtype=rows.response.dtype))


def test_one_class_alone_is_predicted_for_certain_or_counted():
    labels = np.ones(20)
    tree = Estimator(DecisionTreeClassifier(), X, LABELS)
    fit = _fit(tree, _with_labels(tree, labels))
    assert fit.status.tolist() == [Status.SOLVED]
    np.testing.assert_array_equal(fit.parameters.prediction[0], np.tile([0.0, 1.0], (TABLE, 1)))
    assert np.isinf(tree.metrics(fit.parameters)["excess_log_loss"][0])
    logistic = Estimator(LogisticRegression(), X, LABELS)
    assert _fit(logistic, _with_labels(logistic, labels)).status.tolist() == [Status.SEPARABLE]


def test_a_class_that_is_missing_has_probability_zero():
    model = Estimator(LogisticRegression(), X, WORDS)
    fit = _fit(model, _with_labels(model, ["low", "high"] * 10))
    assert fit.status.tolist() == [Status.SOLVED]
    # high, low, middle
    assert not fit.parameters.prediction[0, :, 2].any()
    np.testing.assert_allclose(fit.parameters.prediction[0].sum(axis=1), 1)
    # Its coefficients are those of two classes.
    measured = Estimator(LogisticRegression(), X, WORDS, coefficients="coef_")
    fit = _fit(measured, _with_labels(measured, ["low", "high"] * 10))
    assert fit.status.tolist() == [Status.SEPARABLE]


def test_counts_that_are_all_zero_are_counted():
    class Picky(PoissonRegressor):
        def fit(self, X, y, sample_weight=None):
            if not y.any():
                raise ValueError("no counts")
            return super().fit(X, y, sample_weight)

    model = Estimator(Picky(), X, COUNTS, noise="poisson")
    rows = model.sample_real(_random(2), 20)
    rows.response[1] = 0
    assert _fit(model, rows).status.tolist() == [Status.SOLVED, Status.SEPARABLE]


class Sometimes(BaseEstimator, RegressorMixin):
    """Fails as it is told, but not on the whole table."""

    def __init__(self, failure=None, entries=1):
        self.failure, self.entries = failure, entries

    def fit(self, X, y, sample_weight=None):
        self.fails_ = len(y) < TABLE
        if self.fails_ and isinstance(self.failure, Exception):
            raise self.failure
        self.coef_ = np.ones(self.entries if self.fails_ else 1)
        if self.fails_ and self.failure == "coefficients":
            self.coef_ = np.array([np.nan])
        return self

    def predict(self, X):
        wrong = self.fails_ and self.failure == "predictions"
        return np.full(len(X), np.inf if wrong else 1.0)


@pytest.mark.parametrize(
    "failure",
    [
        ValueError("no"),
        RuntimeError("no"),
        np.linalg.LinAlgError("no"),
        ZeroDivisionError(),
        NotFittedError("no"),
        "predictions",
        "coefficients",
    ],
)
def test_fits_that_fail_are_counted_and_hold_what_they_started_from(failure):
    model = Estimator(Sometimes(failure), X, NUMBERS, coefficients="coef_")
    fit = _fit(model, model.sample_real(_random(2), 20))
    assert fit.status.tolist() == [Status.NOT_FINITE] * 2
    _same(fit.parameters, replicated(model.truth(), 2))


@pytest.mark.parametrize("mistake", [TypeError("no"), AttributeError("no"), NameError("no")])
def test_mistakes_are_not_counted_but_shown(mistake):
    model = Estimator(Sometimes(mistake), X, NUMBERS)
    with pytest.raises(type(mistake), match="no"):
        _fit(model, model.sample_real(_random(2), 20))


def test_coefficients_must_be_as_many_in_every_fit():
    model = Estimator(Sometimes(entries=3), X, NUMBERS, coefficients="coef_")
    with pytest.raises(ValueError, match="coefficients: 3 in a replicate, and 1 of the truth"):
        _fit(model, model.sample_real(_random(2), 20))


def test_too_few_rows_for_a_residual_variance():
    model = Estimator(LinearRegression(), X, NUMBERS, degrees_of_freedom=3)
    rows = model.sample_real(_random(1), 3)
    assert _fit(model, rows).status.tolist() == [Status.TOO_FEW_ROWS]


def test_warnings_of_replicates_are_not_shown_and_filters_stay_as_they_were():
    class Warns(LinearRegression):
        def fit(self, X, y, sample_weight=None):
            if len(y) < TABLE:
                warnings.warn("again and again", stacklevel=1)
            return super().fit(X, y, sample_weight)

    model = Estimator(Warns(), X, NUMBERS)
    before = list(warnings.filters)
    assert _fit(model, model.sample_real(_random(2), 20)).status.tolist() == [0, 0]
    assert warnings.filters == before


# ----------------------------------------------------------------------------- through simulate

SIZES = {"n_real": 100, "n_synthetic": 60, "generations": 2}
WORKFLOWS = ["fresh:0.6", "augment-subsample"]


def _z_scores(first, second, metric, other):
    """Of all workflows, at the last generation."""
    one, two = first.dataset.isel(generation=-1), second.dataset.isel(generation=-1)
    variance = one[f"{metric}_se"] ** 2 + two[f"{other}_se"] ** 2
    return ((one[metric] - two[other]) / np.sqrt(variance)).values


@pytest.mark.parametrize("with_responses", [False, True])
def test_agrees_with_logistic_regression(with_responses):
    labels = LABELS if with_responses else None
    own_fit = LogisticRegression(C=np.inf, fit_intercept=False, tol=1e-8)
    beta = own_fit.fit(X, LABELS).coef_[0] if with_responses else np.array([1.0, -0.5])
    given = {} if with_responses else {"truth": expit(X @ beta), "true_coefficients": beta}
    model = Estimator(own_fit, X, labels, coefficients="coef_", **given)
    textbook = hl.models.LogisticRegression(beta, design=X, responses=labels)
    ours = hl.simulate(model, WORKFLOWS, replicates=100, seed=7, **SIZES)
    exact = hl.simulate(textbook, WORKFLOWS, replicates=4000, seed=2, **SIZES)
    assert not ours.dataset["failed"].any()
    assert np.abs(_z_scores(ours, exact, "error", "error")).max() < 3.5
    # The mean divergence is the excess log-loss of the model of the truth.
    assert np.abs(_z_scores(ours, exact, "excess_log_loss", "excess_log_loss")).max() < 3.5


def test_agrees_with_linear_regression_on_a_fixed_design():
    beta = np.array([1.0, -0.5])
    model = Estimator(
        LinearRegression(fit_intercept=False),
        X[:60],
        truth=X[:60] @ beta,
        noise=1.5,
        coefficients="coef_",
        true_coefficients=beta,
        resample=False,
    )
    textbook = hl.models.LinearRegression(beta, noise_scale=1.5, design=X[:60], resample=False)
    sizes = {"n_real": 60, "n_synthetic": 120, "generations": 2}
    ours = hl.simulate(model, ["discard", "fresh:0.6"], replicates=150, seed=1, **sizes)
    exact = hl.theory.predict(["discard", "fresh:0.6"], model=textbook, **sizes).dataset
    found = ours.dataset
    z = (found["error"] - exact["error"]).values / found["error_se"].values
    assert np.abs(z).max() < 3.5
    drawn = hl.simulate(textbook, ["discard", "fresh:0.6"], replicates=4000, seed=2, **sizes)
    assert np.abs(_z_scores(ours, drawn, "prediction_error", "excess_risk")).max() < 3.5


def test_processes_and_threads_give_the_same_as_one_after_the_other():
    model = Estimator(RandomForestClassifier(3), X, LABELS)
    sizes = {"n_real": 30, "n_synthetic": 30, "generations": 2, "replicates": 6, "seed": 3}
    alone = hl.simulate(model, ["fresh:0.6", "augment"], **sizes).dataset
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as processes, ThreadPoolExecutor(3) as threads:
        for executor in (processes, threads):
            found = hl.simulate(model, ["fresh:0.6", "augment"], executor=executor, **sizes).dataset
            for name in alone.data_vars:
                np.testing.assert_array_equal(found[name].values, alone[name].values)


def test_replicates_do_not_depend_on_how_many_there_are():
    model = Estimator(RidgeCV(), X, NUMBERS)
    sizes = hl.workflows.Sizes.of(n_real=30, n_synthetic=30, generations=3)
    few, many = (
        simulate_paths(model, [hl.workflows.Augment()], sizes, replicates=count, seed=4)
        for count in (2, 5)
    )
    np.testing.assert_array_equal(few.metrics["error"], many.metrics["error"][:, :2])


def test_a_verifier_sees_covariates_and_labels():
    seen = []

    def accepted(rows):
        seen.append((rows.design.shape[1], sorted(set(rows.response.tolist()))))
        return rows.response != "middle"

    model = Estimator(LogisticRegression(), X, WORDS)
    trace = hl.simulate(model, "discard", verifier=accepted, replicates=3, seed=0, **SIZES)
    assert {columns for columns, _ in seen} == {2}
    assert {label for _, labels in seen for label in labels} == {"high", "low", "middle"}
    # What is fitted at generation 1 has no label in the middle, and draws none.
    assert np.all(trace.dataset["acceptance"].values[0, 1] < 1)
    np.testing.assert_allclose(trace.dataset["acceptance"].values[0, 2:], 1)


def test_failures_are_counted():
    # Of four labels, all are one class in every eighth dataset.
    truth = np.full(TABLE, 0.5)
    model = Estimator(LogisticRegression(), X, truth=truth)
    sizes = {"n_real": 4, "n_synthetic": 4, "generations": 0, "replicates": 200, "seed": 0}
    failed = hl.simulate(model, "real", **sizes).dataset["failed"].values[0]
    # One class alone has the probability 1/8.
    z = (failed[0] - 1 / 8) / np.sqrt(1 / 8 * 7 / 8 / 200)
    assert abs(z) < 4


# ------------------------------------------------------------------------------- wrong arguments

WRONG = {
    "estimator=<class 'sklearn.linear_model._base.LinearRegression'>: must be an object that fits "
    "and predicts, such as LogisticRegression()": lambda: Estimator(LinearRegression, X, NUMBERS),
    "estimator=3: must be an object that fits and predicts, such as LogisticRegression()": (
        lambda: Estimator(3, X, NUMBERS)
    ),
    "estimator=KNeighborsRegressor(): its fit takes no sample_weight (in a pipeline, that of the "
    "last step); choose one that does, or name its keyword by weight_parameter": (
        lambda: Estimator(KNeighborsRegressor(), X, NUMBERS)
    ),
    "estimator=KNeighborsRegressor(): fails on the whole table: TypeError: "
    "KNeighborsRegressor.fit() got an unexpected keyword argument 'w'": (
        lambda: Estimator(KNeighborsRegressor(), X, NUMBERS, weight_parameter="w")
    ),
    "estimator=RidgeClassifier(): fails on the whole table: ValueError: a classifier must have "
    "predict_proba, from which labels are drawn": lambda: Estimator(RidgeClassifier(), X, LABELS),
    "responses: must be numbers, and none may be missing; labels need a classifier with "
    "predict_proba": lambda: Estimator(LinearSVC(), X, WORDS),
    "responses, truth: give one of the two": lambda: Estimator(RidgeCV(), X),
    "design has shape (200,): must be a table, of one row or more": (
        lambda: Estimator(RidgeCV(), MEANS, NUMBERS)
    ),
    "responses has shape (3,): must have an entry for each of the 200 rows of design": (
        lambda: Estimator(RidgeCV(), X, [1, 2, 3])
    ),
    "responses is empty, or has entries that are no finite numbers": (
        lambda: Estimator(RidgeCV(), X, np.full(TABLE, np.nan))
    ),
    "responses: must be all numbers or all text, and none may be missing": (
        lambda: Estimator(LogisticRegression(), X, np.array([None, *WORDS[1:]]))
    ),
    "responses: all are 1; a classifier needs two classes or more": (
        lambda: Estimator(LogisticRegression(), X, np.ones(TABLE, int))
    ),
    "truth has shape (3,): must be the mean of each of the 200 rows": (
        lambda: Estimator(RidgeCV(), X, truth=[1, 2, 3], noise=1)
    ),
    "truth has shape (3,): must be the probability of label 1, or those of two labels or more, for "
    "each of the 200 rows of design": (
        lambda: Estimator(LogisticRegression(), X, truth=[0.1, 0.2, 0.3])
    ),
    "truth: must be probabilities, whose sum over labels is 1": (
        lambda: Estimator(LogisticRegression(), X, truth=MEANS)
    ),
    "truth has entries below 0: the mean of a count is 0 or more": (
        lambda: Estimator(PoissonRegressor(), X, truth=MEANS, noise="poisson")
    ),
    "noise=1: is for regressors; labels are drawn from predict_proba": (
        lambda: Estimator(LogisticRegression(), X, LABELS, noise=1)
    ),
    "noise='laplace': must be a number, 'residual' or 'poisson'": (
        lambda: Estimator(RidgeCV(), X, NUMBERS, noise="laplace")
    ),
    "noise=-1: must be a finite number, 0 or more": (
        lambda: Estimator(RidgeCV(), X, NUMBERS, noise=-1)
    ),
    "noise='residual': with truth, give the true_noise of real responses too, or a number for "
    "noise": lambda: Estimator(RidgeCV(), X, truth=MEANS),
    "true_noise: is for truth, where noise is 'residual'; leave it out": (
        lambda: Estimator(RidgeCV(), X, truth=MEANS, noise=1, true_noise=1)
    ),
    "degrees_of_freedom: is for noise='residual', of a regressor": (
        lambda: Estimator(RidgeCV(), X, truth=MEANS, noise=1, degrees_of_freedom=2)
    ),
    "degrees_of_freedom=200: must be fewer than the 200 rows of design": (
        lambda: Estimator(RidgeCV(), X, NUMBERS, degrees_of_freedom=TABLE)
    ),
    "estimator=RidgeCV(): fails on the whole table: AttributeError: 'RidgeCV' object "
    "has no attribute 'beta'": lambda: Estimator(RidgeCV(), X, NUMBERS, coefficients="beta"),
    "coefficients: with truth, give the true_coefficients too": (
        lambda: Estimator(RidgeCV(), X, truth=MEANS, noise=1, coefficients="coef_")
    ),
    "true_coefficients: is for coefficients, where truth is given; leave it out": (
        lambda: Estimator(RidgeCV(), X, NUMBERS, true_coefficients=[1, 2])
    ),
    "true_coefficients has 1 entries: the fitted estimator has 2 coefficients": (
        lambda: Estimator(
            RidgeCV(), X, truth=MEANS, noise=1, coefficients="coef_", true_coefficients=[1]
        )
    ),
}


@pytest.mark.parametrize("message", WRONG)
def test_what_is_wrong_is_said_in_one_line(message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 (the whole message is compared)
        WRONG[message]()
    assert str(caught.value) == message


def test_the_truth_is_given_once():
    with pytest.raises(ValueError, match="responses, truth: give one of the two"):
        Estimator(RidgeCV(), X, NUMBERS, truth=MEANS)


def test_what_is_measured_has_a_name_or_is_a_function():
    with pytest.raises(ValueError, match="coefficients=3: must be the name of an attribute of"):
        inspect.unwrap(Estimator.__init__)(
            object.__new__(Estimator), RidgeCV(), X, NUMBERS, coefficients=3
        )


def test_an_estimator_that_predicts_several_numbers_is_refused():
    class Several(LinearRegression):
        def predict(self, X):
            return np.ones((len(X), 2))

    with pytest.raises(ValueError, match=r"predictions of shape \(200, 2\): must be a number"):
        Estimator(Several(), X, NUMBERS)


def test_an_estimator_of_several_targets_is_refused():
    class Several(LogisticRegression):
        def predict_proba(self, X):
            return [super().predict_proba(X)] * 2

    with pytest.raises(ValueError, match=r"probabilities of shape \(2, 200, 2\): must be one for"):
        Estimator(Several(), X, LABELS)


def test_predictions_of_the_table_must_be_finite():
    class Infinite(BaseEstimator, ClassifierMixin):
        def fit(self, X, y, sample_weight=None):
            self.classes_ = np.unique(y)
            return self

        def predict_proba(self, X):
            return np.full((len(X), 2), np.nan)

    with pytest.raises(ValueError, match="its predictions of the table are not all finite"):
        Estimator(Infinite(), X, LABELS)


def test_trees_of_missing_values_are_welcome():
    gaps = np.where(GENERATOR.random(X.shape) < 0.1, np.nan, X)
    model = Estimator(HistGradientBoostingRegressor(max_iter=3), gaps, NUMBERS)
    assert _fit(model, model.sample_real(_random(2), 80)).status.tolist() == [0, 0]
    assert Estimator(DecisionTreeRegressor(), gaps, NUMBERS).responses is not None
