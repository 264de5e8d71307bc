import json
import math
import pickle

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn import config_context
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.compose import TransformedTargetRegressor, make_column_transformer
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    RandomForestRegressor,
    StackingRegressor,
    VotingRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KernelDensity, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeRegressor

import heirloom as hl

FEW = [0, 0.25, 0.5, 0.75, 1]
QUICK = {"weights": FEW, "repeats": 1, "folds": 3}


def linear_data(seed, rows, bias=0.0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, 2))
    return X, X.sum(axis=1) + bias + rng.normal(size=rows)


def binary_data(seed, rows, sign=1):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, 2))
    return X, (sign * X.sum(axis=1) + rng.logistic(size=rows) > 0).astype(int)


REAL, SYNTHETIC, BIASED = linear_data(0, 60), linear_data(1, 300), linear_data(1, 300, bias=3)


class Failing(RegressorMixin, BaseEstimator):
    """Fails, or predicts nothing that can be scored, on so few rows."""

    def __init__(self, rows=0, value=None):
        self.rows, self.value = rows, value

    def fit(self, X, y, sample_weight=None):
        if len(X) < self.rows and self.value is None:
            raise RuntimeError("too few rows\nand a second line")
        self.mean_ = np.average(y, weights=sample_weight)
        if len(X) < self.rows:
            self.mean_ = self.value
        return self

    def predict(self, X):
        return np.full(len(X), self.mean_)

    def score(self, X, y):
        return -np.mean((y - self.mean_) ** 2)


# ---------------------------------------------------------------------------- what it chooses


def test_biased_generator_gets_little_weight():
    tuned = hl.tune_weight(LinearRegression(), linear_data(0, 100), linear_data(1, 1000, bias=3))
    assert tuned.optimal == pytest.approx(hl.theory.optimal_weight(100, 1000))
    assert tuned.optimal < 0.3
    assert tuned.weight > 0.8
    assert tuned.best > 0.9
    assert tuned.distance == pytest.approx(abs(tuned.weight - tuned.optimal))
    assert tuned.notes[0].startswith("The scores speak against w* = 0.27")


def test_unbiased_generator_is_left_to_theory():
    chosen = [
        hl.tune_weight(
            LinearRegression(),
            linear_data(seed, 50),
            linear_data(100 + seed, 1000),
            weights=[*FEW, "optimal"],
            repeats=1,
        )
        for seed in range(20)
    ]
    at_theory = [tuned for tuned in chosen if tuned.distance == 0]
    assert len(at_theory) >= 14
    assert np.mean([tuned.weight for tuned in chosen]) < 0.4
    assert all("not speak against" in tuned.notes[0] for tuned in at_theory)


def test_best_rule_takes_the_best_score_and_may_differ_from_the_standard_error_rule():
    by_rule = {
        rule: hl.tune_weight(LinearRegression(), REAL, BIASED, rule=rule)
        for rule in ("best", "standard-error")
    }
    best, nearest = by_rule["best"], by_rule["standard-error"]
    pd.testing.assert_frame_equal(best.scores, nearest.scores)
    assert best.weight == best.best == nearest.best
    assert best.weight == best.scores["weight"][best.scores["score"].idxmax()]
    assert abs(nearest.weight - nearest.optimal) < abs(best.weight - best.optimal)
    line = nearest.scores.set_index("weight").loc[nearest.weight]
    assert line["difference"] <= line["difference_se"]


def test_default_grid_has_the_ends_the_optimal_and_the_naive_weight():
    tuned = hl.tune_weight(DummyRegressor(), REAL, SYNTHETIC, repeats=1)
    weights = tuned.scores["weight"].to_numpy()
    assert {0.0, 0.05, 0.95, 1.0, tuned.optimal, 60 / 360} <= set(weights)
    assert len(weights) == 23
    assert np.all(np.diff(weights) > 0)


def test_weights_may_be_named_and_are_tried_once_each():
    tuned = hl.tune_weight(
        DummyRegressor(), REAL, SYNTHETIC, weights=[1, "golden", 0.5, 1.0, "naive"], repeats=1
    )
    expected = [60 / 360, 0.5, (math.sqrt(5) - 1) / 2, 1]
    np.testing.assert_allclose(tuned.scores["weight"], expected)


def test_equal_scores_are_decided_by_theory():
    same = (np.zeros((20, 1)), np.ones(20))
    for rule in ("best", "standard-error"):
        tuned = hl.tune_weight(DummyRegressor(), same, same, rule=rule)
        assert tuned.weight == tuned.best == tuned.optimal
    assert "cannot tell the weights apart" in tuned.notes[0]


# ------------------------------------------------------------------------------ what it scores


@settings(max_examples=20)
@given(seed=st.integers(0, 1000), bias=st.floats(-3, 3), folds=st.integers(2, 5))
def test_scores_of_a_mean_are_those_of_hand_made_folds(seed, bias, folds):
    rng = np.random.default_rng(seed)
    real, synthetic = rng.normal(size=23), rng.normal(bias, 1, size=17)
    tuned = hl.tune_weight(
        DummyRegressor(),
        (np.arange(23.0)[:, None], real),
        (np.zeros((17, 1)), synthetic),
        weights=FEW,
        folds=folds,
        repeats=2,
        seed=seed,
        scoring=lambda fitted, X, y: -np.mean((y - fitted.constant_.item()) ** 2),
    )
    from sklearn.model_selection import RepeatedKFold

    splits = list(RepeatedKFold(n_splits=folds, n_repeats=2, random_state=seed).split(real))
    by_hand = np.array(
        [
            [
                -np.mean((real[out] - w * real[train].mean() - (1 - w) * synthetic.mean()) ** 2)
                for train, out in splits
            ]
            for w in FEW
        ]
    )
    np.testing.assert_allclose(tuned.scores["score"], by_hand.mean(axis=1), atol=1e-12)
    differences = by_hand[by_hand.mean(axis=1).argmax()] - by_hand
    ratio = 1 / (folds - 1)
    errors = np.sqrt((1 / (2 * folds) + ratio) * differences.var(axis=1, ddof=1))
    np.testing.assert_allclose(tuned.scores["difference"], differences.mean(axis=1), atol=1e-12)
    np.testing.assert_allclose(tuned.scores["difference_se"], errors, atol=1e-12)


def test_ends_are_fits_on_one_kind_of_rows_alone():
    seen = []

    def count(fitted, X, y):
        seen.append(fitted.n_rows_)
        return 0.0

    class Counting(DummyRegressor):
        def fit(self, X, y, sample_weight=None):
            self.n_rows_ = len(X)
            assert np.all(sample_weight > 0)
            return super().fit(X, y, sample_weight=sample_weight)

    hl.tune_weight(
        Counting(), REAL, SYNTHETIC, weights=[0, 0.5, 1], folds=3, repeats=1, scoring=count
    )
    assert seen == [300] * 3 + [340] * 3 + [40] * 3


def test_total_weight_is_the_number_of_rows_at_every_weight():
    totals = []

    def total(fitted, X, y):
        totals.append(fitted.total_)
        return 0.0

    class Summing(DummyRegressor):
        def fit(self, X, y, sample_weight=None):
            self.total_ = float(np.sum(sample_weight))
            return super().fit(X, y, sample_weight=sample_weight)

    hl.tune_weight(Summing(), REAL, SYNTHETIC, **QUICK, scoring=total)
    np.testing.assert_allclose(totals, 340)


@pytest.mark.parametrize(
    ("estimator", "scoring", "name"),
    [
        (LinearRegression(), None, "neg_mean_squared_error"),
        (LinearRegression(), "r2", "r2"),
        (LinearRegression(), lambda fitted, X, y: 1.0, "<lambda>"),
        (GridSearchCV(Ridge(), {"alpha": [0.1, 1]}, cv=2), None, "neg_mean_squared_error"),
    ],
)
def test_score_of_a_regressor(estimator, scoring, name):
    assert hl.tune_weight(estimator, REAL, SYNTHETIC, **QUICK, scoring=scoring).scoring == name


def test_classifier_is_scored_by_its_log_loss():
    tuned = hl.tune_weight(
        LogisticRegression(), binary_data(0, 80), binary_data(1, 400, sign=-1), repeats=1
    )
    assert tuned.scoring == "neg_log_loss"
    assert tuned.best > 0.8
    assert np.all(tuned.scores["score"] < 0)


def test_same_seed_same_result_for_an_estimator_that_draws():
    forest = RandomForestRegressor(n_estimators=3)
    first, second, other = (
        hl.tune_weight(forest, REAL, SYNTHETIC, **QUICK, seed=seed) for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(first.scores, second.scores)
    assert not first.scores.equals(other.scores)
    assert forest.random_state is None


def test_two_workers_give_what_one_gives():
    one, two = (
        hl.tune_weight(DecisionTreeRegressor(), REAL, SYNTHETIC, **QUICK, n_jobs=n) for n in (1, 2)
    )
    pd.testing.assert_frame_equal(one.scores, two.scores)


def test_rows_that_the_generator_has_seen_make_synthetic_rows_look_good():
    """Why the docstring asks for unseen rows: the copies hold the rows that are held out."""
    rng = np.random.default_rng(0)
    X = rng.uniform(-3, 3, size=(200, 1))
    y = np.sin(X[:, 0]) + rng.normal(size=200)
    tree = DecisionTreeRegressor(min_samples_leaf=2)
    halves = {"seen": slice(0, 100), "unseen": slice(100, 200)}
    copied = rng.integers(100, size=1000)
    best = {
        name: hl.tune_weight(
            tree,
            (X[half], y[half]),
            (X[:100][copied], y[:100][copied]),
            weights=np.linspace(0, 1, 9),
            rule="best",
        ).best
        for name, half in halves.items()
    }
    assert best["seen"] < 0.5 < best["unseen"]


# ------------------------------------------------------------------------ what it can be given


@pytest.mark.parametrize(
    "estimator",
    [
        make_pipeline(StandardScaler(), Ridge()),
        make_pipeline("passthrough", make_pipeline(StandardScaler(), Ridge())),
        GridSearchCV(make_pipeline(StandardScaler(), Ridge()), {"ridge__alpha": [1, 10]}, cv=2),
        make_pipeline(StandardScaler(), GridSearchCV(Ridge(), {"alpha": [1, 10]}, cv=2)),
        TransformedTargetRegressor(Ridge(), func=np.arcsinh, inverse_func=np.sinh),
        TransformedTargetRegressor(transformer=StandardScaler()),
        TransformedTargetRegressor(make_pipeline(StandardScaler(), Ridge())),
        VotingRegressor([("a", Ridge()), ("b", LinearRegression())]),
        StackingRegressor([("a", Ridge()), ("b", "drop")], final_estimator=Ridge(), cv=2),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_weights_reach_the_estimator_inside(estimator):
    tuned = hl.tune_weight(estimator, REAL, BIASED, **QUICK)
    assert tuned.scores["failed"].sum() == 0
    # Were the weights lost, all but the ends would score the same.
    inner = tuned.scores["score"].iloc[1:-1]
    assert inner.is_monotonic_increasing
    assert inner.is_unique
    assert tuned.weight >= 0.75


def test_pipeline_scores_as_its_last_step():
    alone, within = (
        hl.tune_weight(estimator, REAL, BIASED, **QUICK)
        for estimator in (LinearRegression(), make_pipeline(StandardScaler(), LinearRegression()))
    )
    np.testing.assert_allclose(alone.scores["score"], within.scores["score"])


def test_metadata_routing_is_followed():
    with config_context(enable_metadata_routing=True):
        routed = make_pipeline(
            StandardScaler().set_fit_request(sample_weight=False),
            LinearRegression().set_fit_request(sample_weight=True),
        )
        tuned = hl.tune_weight(routed, REAL, BIASED, **QUICK)
    plain = hl.tune_weight(LinearRegression(), REAL, BIASED, **QUICK)
    np.testing.assert_allclose(tuned.scores["score"], plain.scores["score"])


def frame(seed, rows, colours):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "size": rng.normal(size=rows),
            "colour": pd.Categorical(rng.choice(colours, size=rows)),
            "text": rng.choice(["x", "y"], size=rows),
        },
        index=rng.permutation(rows) + 7,
    )
    y = pd.Series(np.where(X["size"] + rng.logistic(size=rows) > 0, "yes", "no"), index=X.index)
    return X, y


def test_data_frames_with_categories_that_only_one_of_them_has():
    real, synthetic = frame(0, 60, ["red", "green"]), frame(1, 200, ["green", "blue"])
    encoder = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["colour", "text"]), remainder="passthrough"
    )
    tuned = hl.tune_weight(make_pipeline(encoder, LogisticRegression()), real, synthetic, **QUICK)
    assert tuned.scores["failed"].sum() == 0
    shuffled = (synthetic[0][["text", "colour", "size"]], synthetic[1])
    again = hl.tune_weight(make_pipeline(encoder, LogisticRegression()), real, shuffled, **QUICK)
    pd.testing.assert_frame_equal(tuned.scores, again.scores)


@pytest.mark.parametrize("as_text", [True, False])
def test_categorical_columns_stay_so(as_text):
    real, synthetic = frame(0, 60, ["red", "green"]), frame(1, 200, ["green", "blue"])
    columns = ["size", "colour"]
    of_synthetic = synthetic[0][columns]
    if as_text:
        of_synthetic = of_synthetic.assign(colour=of_synthetic["colour"].astype(object))
    boosting = HistGradientBoostingClassifier(categorical_features="from_dtype", max_iter=3)
    tuned = hl.tune_weight(
        boosting, (real[0][columns], real[1]), (of_synthetic, synthetic[1].to_numpy()), **QUICK
    )
    assert tuned.scores["failed"].sum() == 0


def test_arrays_data_frames_lists_and_sparse_matrices_give_the_same():
    def shapes(pair):
        X, y = pair
        return {
            "array": (X, y),
            "frame": (pd.DataFrame(X, columns=["a", "b"]), pd.Series(y)),
            "list": (X.tolist(), y.tolist()),
            "sparse": (sparse.csr_matrix(X), y),
        }

    real, synthetic = shapes(REAL), shapes(BIASED)
    scores = [
        hl.tune_weight(Ridge(solver="sparse_cg", tol=1e-10), real[n], synthetic[n], **QUICK).scores
        for n in real
    ]
    for other in scores[1:]:
        np.testing.assert_allclose(other["score"], scores[0]["score"], rtol=1e-5)


# scikit-learn warns that the grid search cannot weigh what KernelDensity.score says of its folds.
@pytest.mark.filterwarnings("ignore:The scoring KernelDensity.score:UserWarning")
def test_estimator_without_a_target():
    rng = np.random.default_rng(0)
    real, synthetic = rng.normal(size=(60, 1)), rng.normal(3, 1, size=(300, 1))
    for density in (
        KernelDensity(bandwidth=0.5),
        GridSearchCV(KernelDensity(), {"bandwidth": [0.5, 1]}, cv=2),
    ):
        tuned = hl.tune_weight(density, real, synthetic, repeats=1, folds=3)
        assert tuned.scoring == "score"
        assert tuned.weight > 0.75


def test_missing_covariates_are_the_estimators_concern():
    X, y = binary_data(0, 60)
    with_missing = np.where(np.random.default_rng(0).random(X.shape) < 0.1, np.nan, X)
    boosting = HistGradientBoostingClassifier(max_iter=3)
    tuned = hl.tune_weight(boosting, (with_missing, y), binary_data(1, 200), **QUICK)
    assert tuned.scores["failed"].sum() == 0
    with pytest.raises(ValueError, match=r"^estimator=.*no weight has a score .* contains NaN"):
        hl.tune_weight(LogisticRegression(), (with_missing, y), binary_data(1, 200), **QUICK)


# ------------------------------------------------------------------------------- what goes wrong


def test_weight_at_which_fits_fail_is_out_counted_and_noted():
    tuned = hl.tune_weight(Failing(rows=100), REAL, BIASED, weights=[0, 0.5, 1], folds=3, repeats=1)
    assert tuned.scores["failed"].tolist() == [0, 0, 3]
    assert tuned.scores.iloc[2, 1:5].isna().all()
    assert tuned.scores.iloc[:2].notna().all(axis=None)
    assert tuned.best == 0.5
    assert tuned.notes[-1] == (
        "Out, for want of a score in 3 of 3 folds: 1 (RuntimeError: too few rows)."
    )


def test_theorys_weight_may_be_among_those_that_failed_or_were_not_tried():
    tuned = hl.tune_weight(Failing(rows=100), REAL, BIASED, weights=[0, 1], folds=3, repeats=1)
    assert tuned.weight == 0
    assert tuned.notes[0] == "Only the weight 0 has a score."
    untried = hl.tune_weight(LinearRegression(), REAL, BIASED, **QUICK)
    assert untried.notes[0].startswith("w* = 0.358 has no score; of the weights within")


@pytest.mark.parametrize("value", [math.inf, math.nan])
def test_score_that_is_not_finite_is_a_failure(value):
    tuned = hl.tune_weight(
        Failing(rows=100, value=value),
        REAL,
        BIASED,
        **QUICK,
        scoring=lambda fitted, X, y: fitted.score(X, y),
    )
    assert tuned.scores["failed"].tolist() == [0, 0, 0, 0, 3]
    assert "its score is" in tuned.notes[-1]
    json.dumps(tuned.to_json(), allow_nan=False)


def test_class_that_training_rows_lack_puts_the_weight_out():
    X, y = binary_data(0, 60)
    y = y.astype(object)
    y[:] = np.where(y == 1, "yes", "no")
    y[3] = "rare"
    synthetic_X, synthetic_y = binary_data(1, 200)
    synthetic_y = np.where(synthetic_y == 1, "yes", "no").astype(object)
    synthetic_y[:20] = "rare"
    tuned = hl.tune_weight(LogisticRegression(), (X, y), (synthetic_X, synthetic_y), **QUICK)
    assert tuned.scores["failed"].tolist() == [0, 0, 0, 0, 1]
    assert any("fewer real rows than the 3 folds: rare" in note for note in tuned.notes)
    assert "class rare is missing from the training rows" in tuned.notes[-1]


def test_class_that_only_synthetic_rows_have_is_no_failure():
    synthetic_X, synthetic_y = binary_data(1, 200)
    synthetic_y[:20] = 2
    tuned = hl.tune_weight(
        LogisticRegression(), binary_data(0, 60), (synthetic_X, synthetic_y), **QUICK
    )
    assert tuned.scores["failed"].sum() == 0


def test_every_class_rarer_than_folds():
    X = np.arange(4.0)[:, None]
    tuned = hl.tune_weight(
        DummyClassifier(strategy="prior"),
        (X, [0, 1, 0, 1]),
        (X, [0, 1, 1, 1]),
        weights=FEW,
        folds=3,
    )
    assert tuned.scores["failed"].iloc[0] == 0
    assert any("fewer real rows" in note for note in tuned.notes)


def test_all_fits_fail():
    with pytest.raises(ValueError, match=r"no weight has a score .* RuntimeError: too few rows$"):
        hl.tune_weight(Failing(rows=10**6), REAL, SYNTHETIC, **QUICK)


X, Y = REAL


@pytest.mark.parametrize(
    ("estimator", "message"),
    [
        (KNeighborsRegressor(), r"^estimator=KNeighborsRegressor\(\): its fit takes no sample_w"),
        (make_pipeline(StandardScaler(), KNeighborsRegressor()), r"its fit takes no sample_weight"),
        (GridSearchCV(KNeighborsRegressor(), {}), r"its fit takes no sample_weight"),
        (VotingRegressor([("a", KNeighborsRegressor())]), r"its fit takes no sample_weight"),
        (make_pipeline("passthrough"), r"its fit takes no sample_weight"),
        (LinearRegression, r"^estimator=<class .*must be a scikit-learn estimator"),
        ("LinearRegression", r"^estimator='LinearRegression': must be a scikit-learn estimator"),
    ],
)
def test_estimators_that_cannot_be_weighted_are_refused(estimator, message):
    with pytest.raises(ValueError, match=message) as caught:
        hl.tune_weight(estimator, REAL, SYNTHETIC)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("real", "synthetic", "message"),
    [
        (X, X, r"^real has no target, and LinearRegression\(\) needs one"),
        (REAL, X, r"^synthetic has no target, the other has one"),
        ((X, Y, Y), SYNTHETIC, r"^real is a tuple of 3: give the pair"),
        ((X, Y[:-1]), SYNTHETIC, r"^real: X has 60 rows and y 59"),
        (REAL, (X[:, :1], Y), r"^synthetic: X has rows of shape \(1,\), those of real have \(2,\)"),
        (REAL, (X[:0], Y[:0]), r"^synthetic: X has no rows"),
        (REAL, (pd.DataFrame(X), Y), r"^X is a ndarray in real and a DataFrame in synthetic"),
        (
            (pd.DataFrame(X, columns=["a", "b"]), Y),
            (pd.DataFrame(X, columns=["a", "c"]), Y),
            r"^synthetic: X must have the columns of real, .*missing \['b'\], not in real \['c'\]$",
        ),
        (REAL, (X, Y.astype(str)), r"^synthetic: y is <U\d+, that of real is float64"),
        ((X, np.where(Y > 1, np.nan, Y)), SYNTHETIC, r"^real: y has \d+ missing values"),
        ((3, 4), SYNTHETIC, r"^real: X=3: must be an array"),
        (([[1], [2, 3]], [1, 2]), SYNTHETIC, r"^real: X is no table"),
    ],
)
def test_data_that_do_not_fit_together_are_refused(real, synthetic, message):
    with pytest.raises(ValueError, match=message) as caught:
        hl.tune_weight(LinearRegression(), real, synthetic)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"folds": 1}, r"^folds=1: must be a whole number, from 2"),
        ({"folds": 61}, r"^folds=61: must be no more than the real rows, and there are 60"),
        ({"repeats": 0}, r"^repeats=0: must be a whole number, from 1"),
        ({"seed": -1}, r"^seed=-1: must be a whole number, from 0"),
        ({"rule": "1se"}, r"^rule='1se': must be one of standard-error, best"),
        ({"weights": []}, r"^weights=\[\]: must be a list"),
        ({"weights": [0.5, 2]}, r"^weights=\[0.5, 2\]: weight=2: must be a number in"),
        ({"weights": ["schedule"]}, r"^weights=\['schedule'\]: weight='schedule'"),
        ({"scoring": "no_score"}, r"^scoring='no_score': is no score .*get_scorer_names"),
        ({"scoring": "accuracy_score"}, r"^scoring='accuracy_score': is no score"),
        ({"scoring": ["r2"]}, r"^scoring=\['r2'\]: must be one score"),
    ],
)
def test_wrong_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message) as caught:
        hl.tune_weight(LinearRegression(), REAL, SYNTHETIC, **arguments)
    assert "\n" not in str(caught.value)


# ------------------------------------------------------------------------------------- the result


def test_result_weighs_all_rows():
    tuned = hl.tune_weight(LinearRegression(), REAL, BIASED, **QUICK)
    for rows, expected in zip(
        tuned.sample_weights(), hl.sample_weights(60, 300, tuned.weight), strict=True
    ):
        np.testing.assert_array_equal(rows, expected)


def test_json_names_what_was_found():
    tuned = hl.tune_weight(LinearRegression(), REAL, BIASED, **QUICK)
    found = json.loads(json.dumps(tuned.to_json(), allow_nan=False))
    assert found["weight"] == tuned.weight
    assert found["notes"] == list(tuned.notes)
    assert [line["weight"] for line in found["scores"]] == FEW
    assert set(found["scores"][0]) == set(tuned.scores.columns)


def test_result_can_be_pickled():
    tuned = hl.tune_weight(LinearRegression(), REAL, BIASED, **QUICK)
    assert pickle.loads(pickle.dumps(tuned)).to_json() == tuned.to_json()


def test_plot_marks_theory_the_chosen_weight_and_failures():
    tuned = hl.tune_weight(Failing(rows=100), REAL, BIASED, **QUICK)
    ax = tuned.plot()
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["best score", "theory, w*: 0.358", f"chosen: {tuned.weight:.3g}", "failed"]
    assert ax.get_ylabel() == "Score on held-out real rows (neg_mean_squared_error)"
    plt.close(ax.figure)
    _, given_ax = plt.subplots()
    assert tuned.plot(ax=given_ax) is given_ax
    plt.close(given_ax.figure)
