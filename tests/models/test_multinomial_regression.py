"""Multinomial logistic regression against scikit-learn, two classes, and its limit."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression as Classifier

import heirloom as hl
from heirloom.models import LabelledRows, LogisticRegression, MultinomialRegression, Status

RNG = np.random.default_rng(5)
DESIGN = np.column_stack([np.ones(300), RNG.normal(size=(300, 2))])
TRUTH = np.array([[0.3, 0.8, -0.5], [0.0, -0.4, 0.2], [-0.3, 0.0, 0.7], [0.0, -0.4, -0.4]])


def labels_of(design, coefficients, seed):
    odds = np.exp(design @ coefficients.T)
    below = np.cumsum(odds / odds.sum(axis=1, keepdims=True), axis=1)
    return (np.random.default_rng(seed).random((len(design), 1)) > below).sum(axis=1).astype(float)


def fit_of(design, labels, *, classes=4, weights=None, penalty=0.0):
    model = MultinomialRegression(
        np.zeros((classes, design.shape[1])), design=design, penalty=penalty
    )
    if weights is None:
        weights = np.full(len(labels), 1 / len(labels))
    rows = LabelledRows(design[None], labels[None])
    return model.fit(rows, weights[None], np.zeros((1, classes, design.shape[1])))


@pytest.mark.parametrize("penalty", [0.0, 0.05])
def test_the_fit_is_that_of_scikit_learn(penalty):
    labels = labels_of(DESIGN, TRUTH, 0)
    weights = RNG.random(300)
    weights /= weights.sum()
    fit = fit_of(DESIGN, labels, weights=weights, penalty=[0.0, penalty, penalty])
    expected = Classifier(C=1 / penalty if penalty else np.inf, tol=1e-12, max_iter=10_000)
    expected.fit(DESIGN[:, 1:], labels, sample_weight=weights)
    coefficients = np.column_stack([expected.intercept_, expected.coef_])
    coefficients -= coefficients.mean(axis=0)
    assert fit.status[0] == Status.SOLVED
    np.testing.assert_allclose(fit.parameters[0], coefficients, atol=2e-5)


def test_two_classes_are_logistic_regression():
    labels = labels_of(DESIGN, np.array([[0.0, 0, 0], [0.2, 1.0, -0.5]]), 1)
    weights = np.full((1, 300), 1 / 300)
    binary = LogisticRegression(np.zeros(3), design=DESIGN)
    expected = binary.fit(LabelledRows(DESIGN[None], labels[None]), weights, np.zeros((1, 3)))
    fit = fit_of(DESIGN, labels, classes=2)
    np.testing.assert_allclose(fit.parameters[0, 1], expected.parameters[0] / 2, rtol=1e-8)
    truth = np.array([[0.0, 0, 0], [0.2, 1.0, -0.5]])
    multinomial = MultinomialRegression(truth, design=DESIGN, responses=labels)
    logistic = LogisticRegression(truth[1], design=DESIGN, responses=labels)
    assert multinomial.row_variance() == pytest.approx(logistic.row_variance() / 2)
    synthetic = logistic.synthetic_row_variance()
    assert multinomial.synthetic_row_variance() == pytest.approx(synthetic / 2)
    parameters = truth + np.array([[-0.1, -0.2, 0.1], [0.1, 0.2, -0.1]])
    found = multinomial.metrics(parameters[None])
    binary_found = logistic.metrics((parameters[1] - parameters[0])[None])
    assert found["excess_log_loss"][0] == pytest.approx(binary_found["excess_log_loss"][0])


@pytest.mark.parametrize(
    ("labels", "status"),
    [
        (np.repeat([0.0, 1.0, 2.0], 10), Status.SEPARABLE),
        # One class is apart from two that are not: there is no maximum, and no plane for all.
        (np.r_[np.zeros(10), np.arange(20) % 2 + 1.0], Status.NOT_CONVERGED),
        # One of the classes is missing.
        (np.arange(30) % 2 + 0.0, Status.NOT_CONVERGED),
    ],
)
def test_without_a_maximum_there_is_no_answer(labels, status):
    design = np.column_stack([np.ones(30), np.arange(30) / 30])
    assert fit_of(design, labels, classes=3).status[0] == status
    penalised = fit_of(design, labels, classes=3, penalty=0.01)
    assert penalised.status[0] == Status.SOLVED


def test_dependent_columns_are_singular():
    labels = labels_of(DESIGN, TRUTH, 0)
    twice = np.column_stack([DESIGN, DESIGN[:, 1]])
    assert fit_of(twice, labels).status[0] == Status.SINGULAR


def test_errors_of_a_loop_tend_to_the_limit():
    model = MultinomialRegression(TRUTH, design=DESIGN)
    sizes = {"n_real": 1000, "n_synthetic": 1000, "generations": 2}
    workflows = ["fresh:0.6", "discard"]
    trace = hl.simulate(model, workflows, replicates=200, seed=2, **sizes)
    theory = hl.theory.predict(workflows, model=model, **sizes)
    for metric in ("error", "excess_log_loss"):
        found, expected = trace.dataset[metric], theory.dataset[metric]
        # 1,000 rows for nine coefficients: the limit is within a few per cent.
        off = abs(found - expected) - 0.06 * expected
        assert float((off / trace.dataset[f"{metric}_se"]).max()) < 3


def test_the_order_of_the_classes_does_not_matter():
    labels = labels_of(DESIGN, TRUTH, 0)
    order = np.array([2, 0, 3, 1])
    fit, again = fit_of(DESIGN, labels), fit_of(DESIGN, order[labels.astype(int)].astype(float))
    np.testing.assert_allclose(again.parameters[0][order], fit.parameters[0], rtol=1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"coefficients": [[1.0, 2.0, 3.0]]}, r"coefficients has shape \(1, 3\)"),
        (
            {"coefficients": [1.0, 2.0]},
            r"of shape \(2,\): must be a matrix",
        ),
        (
            {"coefficients": np.full((2, 3), np.inf)},
            "whose entry 0, 0 is inf",
        ),
        ({"design": DESIGN[:, :2]}, "design has shape"),
        ({"penalty": -1.0}, r"penalty=-1.0: must be a finite number, 0 or more"),
        ({"penalty": [1.0, 2.0]}, "penalty has shape"),
        ({"responses": np.full(300, 4.0)}, "whole numbers from 0 to 3"),
    ],
)
def test_wrong_arguments_are_refused(arguments, message):
    given = {"coefficients": TRUTH, "design": DESIGN} | arguments
    with pytest.raises(ValueError, match=message):
        MultinomialRegression(given.pop("coefficients"), **given)
