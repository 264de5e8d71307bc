import json
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest

import heirloom as hl
from heirloom._base.nested import arrays_in, map_arrays
from heirloom._base.random import Random
from heirloom.models import Fit, Status
from heirloom.models.base import finite, fit_of_real_rows, replicated

MODELS = {
    "gaussian_mean": hl.models.GaussianMean([1.0, -1.0], [[2.0, 0.5], [0.5, 1.0]]),
    "categorical": hl.models.Categorical([0.5, 0.3, 0.2]),
    "poisson": hl.models.PoissonRegression([0.5, -0.5]),
    "logistic": hl.models.LogisticRegression([1.0, 1.0]),
    "logistic_table": hl.models.LogisticRegression(
        [0.2, 0.4], design=np.random.default_rng(0).normal(size=(50, 2)), penalty=[0.0, 0.1]
    ),
}
REPLICATES = 3


@pytest.fixture(params=MODELS)
def model(request):
    return MODELS[request.param]


def _truth(model):
    return replicated(model.truth(), REPLICATES)


def _spoiled(array):
    array = array.copy()
    array[:, 50:] = np.nan if array.dtype.kind == "f" else -1
    return array


def test_error_is_zero_at_the_truth_and_metrics_are_numbers(model):
    metrics = model.metrics(_truth(model))
    assert metrics["error"].tolist() == [0, 0, 0]
    for value in metrics.values():
        assert value.shape == (REPLICATES,)
        assert np.all(np.isfinite(value))


def test_rows_of_weight_zero_do_not_count(model):
    rows = model.sample_real(Random((0, 0), REPLICATES), 60)
    weights = np.broadcast_to(np.where(np.arange(60) < 50, 1 / 50, 0), (REPLICATES, 60))
    few = map_arrays(lambda a: a[:, :50], rows)
    fits = [
        model.fit(rows, weights, _truth(model)),
        model.fit(rows, weights.copy(), _truth(model)),
        model.fit(map_arrays(_spoiled, rows), weights, _truth(model)),
        model.fit(few, weights[:, :50], _truth(model)),
    ]
    for fit in fits:
        assert fit.status.tolist() == [Status.SOLVED] * REPLICATES
        np.testing.assert_allclose(fit.parameters, fits[0].parameters, rtol=1e-5, atol=1e-5)


def test_fit_depends_on_weights_as_on_repeated_rows(model):
    rows = model.sample_real(Random((1, 0), REPLICATES), 40)
    weights = np.r_[np.full(20, 2.0), np.full(20, 1.0)] / 60
    repeated = map_arrays(lambda a: np.concatenate([a, a[:, :20]], axis=1), rows)
    start = _truth(model)
    weighted = model.fit(rows, np.broadcast_to(weights, (REPLICATES, 40)), start).parameters
    plain = model.fit(repeated, np.full((REPLICATES, 60), 1 / 60), start).parameters
    np.testing.assert_allclose(weighted, plain, rtol=1e-4, atol=1e-5)


def test_the_same_key_draws_the_same_rows(model):
    first, second = (model.sample(Random((3, 0), REPLICATES), _truth(model), 9) for _ in range(2))
    for a, b in zip(arrays_in(first), arrays_in(second), strict=True):
        np.testing.assert_array_equal(a, b)


def test_describe_is_json(model):
    described = json.loads(json.dumps(model.describe()))
    assert described["model"] == type(model).__name__


def test_describe_gives_large_arrays_by_their_shape():
    assert MODELS["logistic_table"].describe()["design"] == "array of shape (50, 2)"


def test_describe_tells_what_is_public():
    assert MODELS["gaussian_mean"].describe() == {
        "model": "GaussianMean",
        "mean": [1.0, -1.0],
        "covariance": [[2.0, 0.5], [0.5, 1.0]],
    }
    assert hl.models.Bernoulli(0.25).describe() == {"model": "Bernoulli", "probability": 0.25}


def test_every_status_says_what_happened():
    assert all(status.message for status in Status)
    assert all("use" in s.message or "look" in s.message for s in Status if s != Status.SOLVED)


class _Pair(NamedTuple):
    mean: np.ndarray
    spread: np.ndarray


def test_fitted_notices_what_is_not_finite():
    pair = _Pair(np.ones((3, 2)), np.array([1.0, np.inf, np.nan]))
    fit = hl.models.fitted(pair)
    assert fit.parameters is pair
    assert fit.status.dtype == np.int8
    assert fit.status.tolist() == [Status.SOLVED, Status.NOT_FINITE, Status.NOT_FINITE]
    pair.mean[0, 1] = -np.inf
    assert finite(pair).tolist() == [False, False, False]
    assert hl.models.fitted(np.ones(2)).status.tolist() == [Status.SOLVED] * 2


def test_replicated_parameters_are_the_same_for_all():
    pair = replicated(_Pair(np.array([1.0, 2.0]), np.array(3.0)), 4)
    assert pair.mean.tolist() == [[1, 2]] * 4
    assert pair.spread.tolist() == [3] * 4
    with pytest.raises(ValueError, match="read-only"):
        pair.mean[0, 0] = 5


class _PairModel(hl.models.SufficientModel):
    """A statistic of two arrays."""

    def truth(self):
        return np.zeros(())

    def sample(self, random, parameters, rows):
        return parameters[:, None] + random.normal(rows)

    def statistic(self, rows, weights):
        return _Pair(np.sum(weights * rows, axis=1), rows[:, :2])

    def sample_statistic(self, random, parameters, rows):
        return _Pair(parameters + random.normal(), np.zeros((random.replicates, 2)))

    def estimate(self, statistic):
        return hl.models.fitted(statistic.mean)

    def metrics(self, parameters):
        return {"error": parameters**2}


def _pair(mean):
    return _Pair(np.array(mean), np.stack([mean, np.negative(mean)], axis=1))


def test_mixed_statistics_are_sums_by_share():
    first, second = _pair([1.0, 2.0, 3.0]), _pair([10.0, 20.0, 30.0])
    found = _PairModel().mixed([first, second], np.array([[0.25], [0.75]]))
    assert isinstance(found, _Pair)
    np.testing.assert_allclose(found.mean, [7.75, 15.5, 23.25])
    np.testing.assert_allclose(found.spread[:, 1], [-7.75, -15.5, -23.25])


def test_shares_may_differ_between_replicates():
    shares = np.array([[1.0, 0.5, 0.0], [0.0, 0.5, 1.0]])
    found = _PairModel().mixed([_pair([1.0, 2.0, 3.0]), _pair([10.0, 20.0, 30.0])], shares)
    np.testing.assert_allclose(found.mean, [1, 11, 30])
    np.testing.assert_allclose(found.spread[:, 0], [1, 11, 30])


def test_what_has_no_share_may_be_no_number():
    shares = np.array([[1.0, 0.5, 0.0], [0.0, 0.5, 1.0]])
    lacking = _pair([np.nan, 2.0, np.inf]), _pair([np.inf, np.nan, 30.0])
    found = _PairModel().mixed([lacking[1], lacking[0]], shares[::-1]).mean
    assert np.isnan(found[:2]).all()
    assert found[2] == 30
    found = _PairModel().mixed([_pair([np.nan, 1.0]), _pair([5.0, 7.0])], np.array([[0.0], [1.0]]))
    np.testing.assert_array_equal(found.mean, [5, 7])


def test_one_dataset_is_its_own_mixture():
    pair = _pair([1.0, 2.0])
    assert _PairModel().mixed([pair], np.ones((1, 1))) is pair


def test_a_sufficient_model_fits_its_statistic():
    model, random = _PairModel(), Random((0, 0), 4)
    rows = model.sample_real(random, 10)
    weights = np.broadcast_to(0.1, (4, 10))
    fit = model.fit(rows, weights, replicated(model.truth(), 4))
    np.testing.assert_allclose(fit.parameters, rows.mean(axis=1))
    assert model.has_law
    assert model.sample_real_statistic(random, 10).mean.shape == (4,)


def test_the_fit_of_real_rows_is_that_of_one_replicate():
    fit = fit_of_real_rows(MODELS["gaussian_mean"], 1_000_000)
    assert fit.parameters.shape == (1, 2)
    assert np.all(np.abs(fit.parameters - [1, -1]) < 0.006)  # 4 standard errors


@dataclass(frozen=True)
class _NormalScale(hl.models.Model):
    scale: float

    def truth(self):
        return np.array(self.scale)

    def sample(self, random, parameters, rows):
        return parameters[:, None] * random.normal(rows)

    def fit(self, rows, weights, start) -> Fit:
        return hl.models.fitted(np.sqrt(np.sum(weights * rows**2, axis=1)))

    def metrics(self, parameters):
        return {"error": (parameters - self.scale) ** 2}


def test_a_dataclass_is_a_model():
    """1,000 paths: the variance of the estimate is σ²/(2n) in the limit."""
    model = _NormalScale(2.0)
    assert model.describe() == {"model": "_NormalScale", "scale": 2.0}
    assert model.laws() == {}
    assert model.row_variance() is None
    arguments = {"n_real": 500, "n_synthetic": 500, "generations": 3, "seed": 0}
    trace = hl.simulate(model, ["discard", "augment"], replicates=1000, **arguments).dataset
    expected = (
        4
        / (2 * 500)
        * hl.theory.relative_risk("discard", n_real=500, n_synthetic=500, generations=3)
    )
    assert float(np.abs((trace["error"][0] - expected) / trace["error_se"][0]).max()) < 4
