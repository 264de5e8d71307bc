import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import heirloom as hl
from heirloom.models import Status

MODELS = {
    "gaussian_mean": hl.models.GaussianMean([1.0, -1.0], [[2.0, 0.5], [0.5, 1.0]]),
    "categorical": hl.models.Categorical([0.5, 0.3, 0.2]),
    "poisson": hl.models.PoissonRegression([0.5, -0.5]),
    "logistic": hl.models.LogisticRegression([1.0, 1.0]),
    "logistic_table": hl.models.LogisticRegression(
        [0.2, 0.4], design=np.random.default_rng(0).normal(size=(50, 2)), penalty=[0.0, 0.1]
    ),
}


@pytest.fixture(params=MODELS)
def model(request):
    return MODELS[request.param]


def test_error_is_zero_at_the_truth_and_metrics_are_numbers(model):
    metrics = model.metrics(model.truth())
    assert float(metrics["error"]) == 0
    assert all(np.isfinite(value) and value.shape == () for value in metrics.values())


def test_rows_of_weight_zero_do_not_count(model):
    rows = model.sample_real(jax.random.key(0), 60)
    weights = jnp.where(jnp.arange(60) < 50, 1 / 50, 0)
    spoiled = jax.tree.map(lambda a: a.at[50:].set(jnp.asarray(0, a.dtype)), rows)
    few = jax.tree.map(lambda a: a[:50], rows)
    fits = [
        model.fit(rows, weights, model.truth()),
        model.fit(spoiled, weights, model.truth()),
        model.fit(few, weights[:50], model.truth()),
    ]
    for fit in fits:
        assert int(fit.status) == Status.SOLVED
        np.testing.assert_allclose(fit.parameters, fits[0].parameters, rtol=1e-5, atol=1e-5)


def test_fit_depends_on_weights_as_on_repeated_rows(model):
    rows = model.sample_real(jax.random.key(1), 40)
    weights = jnp.asarray(np.r_[np.full(20, 2.0), np.full(20, 1.0)] / 60)
    repeated = jax.tree.map(lambda a: jnp.concatenate([a, a[:20]]), rows)
    weighted = model.fit(rows, weights, model.truth()).parameters
    plain = model.fit(repeated, jnp.full(60, 1 / 60), model.truth()).parameters
    np.testing.assert_allclose(weighted, plain, rtol=1e-4, atol=1e-5)


def test_the_same_key_draws_the_same_rows(model):
    first, second = (model.sample(jax.random.key(3), model.truth(), 9) for _ in range(2))
    assert jax.tree.all(jax.tree.map(lambda a, b: bool(jnp.all(a == b)), first, second))


def test_describe_is_json(model):
    described = json.loads(json.dumps(model.describe()))
    assert described["model"] == type(model).__name__


def test_describe_gives_large_arrays_by_their_shape():
    assert MODELS["logistic_table"].describe()["design"] == "array of shape (50, 2)"


def test_every_status_says_what_happened():
    assert all(status.message for status in Status)
    assert all("use" in s.message or "look" in s.message for s in Status if s != Status.SOLVED)


def test_fitted_notices_what_is_not_finite():
    fit = hl.models.fitted({"a": jnp.ones(2), "b": jnp.array(jnp.inf)})
    assert int(fit.status) == Status.NOT_FINITE
    assert int(hl.models.fitted(jnp.ones(2)).status) == Status.SOLVED
