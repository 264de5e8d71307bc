import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LinearRegression, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from heirloom.models.unfitted import (
    random_states,
    unfitted_copy,
    weight_parameter,
    with_settings,
)

X, Y = np.arange(8.0).reshape(4, 2), np.array([0.0, 1.0, 1.0, 2.0])

ESTIMATORS = [
    LinearRegression(fit_intercept=False),
    make_pipeline(StandardScaler(), SGDClassifier(alpha=0.5)),
    make_pipeline(StandardScaler(), KNeighborsClassifier()),
    GridSearchCV(make_pipeline(StandardScaler(), LinearRegression()), {}),
]


class Settings:
    """Has settings, as scikit-learn's estimators do, and nothing else of theirs."""

    def __init__(self, parts=(), inner=None, numbers=None):
        self.parts, self.inner, self.numbers = parts, inner, numbers

    def get_params(self, deep=True):
        return {"parts": self.parts, "inner": self.inner, "numbers": self.numbers}


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_a_copy_is_a_clone(estimator):
    assert repr(unfitted_copy(estimator)) == repr(clone(estimator))
    assert type(unfitted_copy(estimator)) is type(estimator)


def test_a_copy_has_learnt_nothing_down_to_its_parts():
    numbers, fitted = np.ones(2), LinearRegression().fit(X, Y)
    ours = Settings([fitted], fitted, numbers)
    copied, cloned = unfitted_copy(ours), clone(ours)
    for one in (copied, cloned):
        assert not hasattr(one.inner, "coef_")
        assert not hasattr(one.parts[0], "coef_")
        assert one.numbers is not numbers
        np.testing.assert_array_equal(one.numbers, numbers)


def test_weights_go_to_the_step_that_predicts_if_it_takes_them():
    taken = [weight_parameter(estimator) for estimator in ESTIMATORS]
    of_pipeline, of_search = "sgdclassifier__sample_weight", "linearregression__sample_weight"
    assert taken == ["sample_weight", of_pipeline, None, of_search]


def test_random_states_of_parts_are_set():
    pipeline = make_pipeline(StandardScaler(), SGDClassifier())
    (name,) = random_states(pipeline)
    assert with_settings(pipeline, {name: 3}).get_params()[name] == 3
