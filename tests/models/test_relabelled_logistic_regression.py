import json

import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

import heirloom as hl
from heirloom._base.random import Random
from heirloom.models import Status
from heirloom.models.relabelled_logistic_regression import (
    LabelWeights,
    RelabelledLogisticRegression,
    RelabelledRows,
)

ROWS = 40


def _table(rows, seed):
    generator = np.random.default_rng(seed)
    X = np.column_stack([np.ones(rows), generator.normal(size=(rows, 2))])
    return X, (generator.random(rows) < expit(X @ [0.2, 1.0, -0.5])).astype(float)


def _fit(X, y, weights=None):
    fit = LogisticRegression(C=np.inf, fit_intercept=False, tol=1e-12, max_iter=1000)
    return fit.fit(X, y, weights).coef_[0]


@pytest.fixture(scope="module")
def model():
    (X, y), (test_X, test_y) = _table(ROWS, 1), _table(60, 2)
    return RelabelledLogisticRegression(_fit(X, y), X, y, test_design=test_X, test_responses=test_y)


def _uniform(rows):
    return np.full((1, rows), 1 / rows)


def _real(model, rows=ROWS):
    return model.sample_real(Random((1, 2), 1), rows)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_real_data_are_the_training_rows_and_labels_are_drawn_on_the_same(model, dtype):
    real = model.sample_real(Random((1, 2), 3, dtype=dtype), ROWS)
    np.testing.assert_array_equal(real.number, np.tile(np.arange(ROWS), (3, 1)))
    np.testing.assert_array_equal(real.response, np.tile(model.training.responses, (3, 1)))
    truth = np.broadcast_to(model.truth(), (4000, 3))
    drawn = model.sample(Random((1, 2), 4000, dtype=dtype), truth, ROWS).response
    assert real.response.dtype == drawn.dtype == dtype
    mean = expit(model.training.design @ model.truth())
    z = (drawn.mean(axis=0) - mean) / np.sqrt(mean * (1 - mean) / 4000)
    assert np.abs(z).max() < 4


def test_datasets_are_no_larger_than_the_training_set(model):
    assert _real(model, 3).response.shape == (1, 3)
    for sample in (
        model.sample_real,
        lambda random, rows: model.sample(random, model.truth()[None], rows),
    ):
        with pytest.raises(ValueError, match=r"^a dataset of 41 rows.*n_synthetic=40$"):
            sample(Random((1, 2), 1), ROWS + 1)


def test_fit_is_maximum_likelihood(model):
    own = model.fit(_real(model), _uniform(ROWS), model.truth()[None])
    assert own.status.tolist() == [Status.SOLVED]
    np.testing.assert_allclose(own.parameters[0], model.truth(), atol=1e-5)


def test_fit_of_a_pool_is_the_fit_of_all_its_rows(model):
    # A subsample: some rows more than once, with both labels, and others not at all.
    generator = np.random.default_rng(3)
    number, response = generator.integers(0, 30, (4, 90)), generator.integers(0, 2, (4, 90))
    weights = generator.random((4, 90))
    weights[:, :10] = 0
    weights /= weights.sum(axis=1, keepdims=True)
    rows = RelabelledRows(number, response.astype(float))
    fit = model.fit(rows, weights, np.tile(model.truth(), (4, 1)))
    for r in range(4):
        expected = _fit(model.training.design[number[r]], response[r], 90 * weights[r])
        np.testing.assert_allclose(fit.parameters[r], expected, atol=1e-5)


def test_weights_of_fewer_rows_are_those_of_the_first(model):
    rows = _real(model, 10)
    direct = model.statistic(rows, _uniform(10))
    gathered = model.statistic(RelabelledRows(rows.number + 0, rows.response), _uniform(10))
    for a, b in zip(direct, gathered, strict=True):
        np.testing.assert_array_equal(a, b)
        assert a.shape == (1, ROWS)
    assert np.sum(direct) == pytest.approx(1)


def test_a_row_with_both_labels_keeps_the_classes_together(model):
    plane = model.training.design @ [0.0, 1.0, 1.0]
    positive = np.where(plane > 0, 1 / ROWS, 0.0)
    negative = 1 / ROWS - positive
    separable = model.estimate(LabelWeights(negative[None], positive[None]))
    assert separable.status.tolist() == [Status.SEPARABLE]
    both = (plane > np.quantile(plane, 0.1)) & (plane < np.quantile(plane, 0.9))
    negative[both] = positive[both] = 1 / (2 * ROWS)
    mixed = model.estimate(LabelWeights(negative[None], positive[None]))
    assert mixed.status.tolist() == [Status.SOLVED]
    X, rows = model.training.design, np.arange(ROWS)
    expected = _fit(
        X[np.concatenate([rows, rows])],
        np.repeat([0, 1], ROWS),
        ROWS * np.concatenate([negative, positive]),
    )
    np.testing.assert_allclose(mixed.parameters[0], expected, atol=1e-4)


def test_statistics_that_are_not_finite_have_a_status(model):
    weights = np.full((2, ROWS), 1 / (2 * ROWS))
    spoiled = weights.copy()
    spoiled[1] = np.nan
    fit = model.estimate(LabelWeights(weights, spoiled))
    assert fit.status[0] == Status.SOLVED
    assert fit.status[1] != Status.SOLVED


def test_metrics_are_those_of_the_test_rows(model):
    parameters = np.array([0.3, 2.0, -1.0])
    measured = model.metrics(np.stack([parameters, np.zeros(3)]))
    assert all(values.shape == (2,) for values in measured.values())
    mean = expit(model.test_design @ parameters)
    assert measured["log_loss"][0] == pytest.approx(log_loss(model.test_responses, mean))
    assert measured["log_loss"][1] == pytest.approx(np.log(2))
    right = np.mean((mean > 0.5) == model.test_responses)
    assert measured["accuracy"][0] == pytest.approx(right)
    distance = np.sum((parameters - model.truth()) ** 2)
    assert measured["error"][0] == pytest.approx(distance)


def test_log_loss_of_a_model_that_is_sure_is_finite(model):
    sure = np.array([0.0, 1e6, -1e6])
    loss = float(model.metrics(sure[None])["log_loss"][0])
    predictor = model.test_design @ sure
    expected = np.mean(np.maximum(np.where(model.test_responses > 0, -predictor, predictor), 0))
    assert loss == pytest.approx(expected, rel=1e-5)


def test_penalty_spares_what_it_does_not_name(model):
    arguments = {"test_design": model.test_design, "test_responses": model.test_responses}
    X, y = model.training.design, model.training.responses
    penalised = RelabelledLogisticRegression(
        np.zeros(3), X, y, penalty=[0.0, 0.1, 0.1], **arguments
    )
    fit = penalised.fit(_real(penalised), _uniform(ROWS), penalised.truth()[None])
    expected = LogisticRegression(C=1 / (ROWS * 0.1), tol=1e-12).fit(X[:, 1:], y)
    np.testing.assert_allclose(
        fit.parameters[0], [expected.intercept_[0], *expected.coef_[0]], atol=1e-5
    )


@pytest.fixture(scope="module")
def simulated(model):
    return hl.simulate(
        model,
        ["discard", "augment", "augment-subsample"],
        n_initial=ROWS,
        n_real=0,
        n_synthetic=ROWS,
        generations=2,
        replicates=2000,
        seed=4,
        dtype=np.float64,
    )


REPLAYS = 2000


def _newton(X, y):
    """Fit many tables, one for each entry of the first axis."""
    beta = np.zeros((len(X), X.shape[2]))
    for _ in range(12):
        mean = expit((X @ beta[:, :, None])[:, :, 0])
        transposed = X.swapaxes(1, 2)
        information = (transposed * (mean * (1 - mean))[:, None]) @ X + 1e-9 * np.eye(X.shape[2])
        beta = beta + np.linalg.solve(information, transposed @ (y - mean)[:, :, None])[:, :, 0]
    return beta


def _replay(model, workflow, generations, generator):
    """Run replicates row by row; give the test log-loss at the end, infinite without a fit."""
    X = model.training.design
    beta = np.tile(model.truth(), (REPLAYS, 1))
    pool = [np.tile(model.training.responses, (REPLAYS, 1))]
    lost = np.zeros(REPLAYS, dtype=bool)
    for _ in range(generations):
        pool.append((generator.random((REPLAYS, ROWS)) < expit(beta @ X.T)).astype(float))
        labels = np.concatenate(pool[-1:] if workflow == "discard" else pool, axis=1)
        number = np.tile(np.arange(labels.shape[1]), (REPLAYS, 1))
        if workflow == "augment-subsample":
            number = generator.permuted(number, axis=1)[:, :ROWS]
        beta = _newton(X[number % ROWS], np.take_along_axis(labels, number, axis=1))
        lost |= ~(np.abs(beta).max(axis=1) <= 50)
        beta[lost] = 0
    margin = (2 * model.test_responses - 1) * (beta @ model.test_design.T)
    return np.where(lost, np.inf, np.logaddexp(0, -margin).mean(axis=1))


@pytest.mark.parametrize("workflow", ["discard", "augment", "augment-subsample"])
def test_simulation_agrees_with_a_replay_row_by_row(model, simulated, workflow):
    """2,000 of each: the median of the one is between the 44 and 56 % quantiles of the other."""
    dataset = simulated.dataset.sel(workflow=workflow, generation=2)
    # The median: fits that are all but separable carry the mean.
    losses = _replay(model, workflow, 2, np.random.default_rng(5))
    below = np.mean(losses < float(dataset["log_loss_quantile"].sel(quantile=0.5)))
    assert float(dataset["failed"]) < 0.01
    assert abs(below - 0.5) < 4 * 0.5 * np.sqrt(1 / REPLAYS + 1 / 2000)


def test_workflows_share_generation_0(simulated):
    zeroth = simulated.dataset.sel(generation=0)
    np.testing.assert_allclose(zeroth["log_loss"], zeroth["log_loss"][0], rtol=1e-9)
    assert np.all(zeroth["log_loss_se"] < 1e-12)
    assert np.all(zeroth["error"] < 1e-9)


def test_description_is_json(model):
    described = json.loads(json.dumps(model.describe()))
    assert described["model"] == "RelabelledLogisticRegression"
    assert described["test_rows"] == 60
    assert model.laws() == {}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"test_design": np.ones((4, 2))}, r"^test_design has shape \(4, 2\)"),
        ({"test_responses": np.ones(3)}, r"^test_responses has shape \(3,\)"),
        ({"test_responses": np.full(4, 2.0)}, "^test_responses: must be 0 or 1"),
        ({"responses": np.full(ROWS, 2.0)}, "^responses: must be 0 or 1"),
        ({"penalty": -1.0}, "penalty"),
    ],
)
def test_wrong_arguments_are_refused(model, arguments, message):
    given = {
        "coefficients": np.zeros(3),
        "design": model.training.design,
        "responses": model.training.responses,
        "test_design": np.ones((4, 3)),
        "test_responses": np.ones(4),
    }
    with pytest.raises(ValueError, match=message):
        RelabelledLogisticRegression(**(given | arguments))
