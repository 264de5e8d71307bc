import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit

import heirloom as hl


def _mean_over_normal(function):
    def weighted(z):
        return function(z) * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)

    return quad(weighted, -12, 12, limit=1000, points=[0.0])[0]


def _information_inverse_trace(beta):
    length = np.linalg.norm(beta)

    def slope(z):
        return expit(length * z) * expit(-length * z)

    across = _mean_over_normal(slope)
    along = _mean_over_normal(lambda z: z * z * slope(z))
    return (len(beta) - 1) / across + 1 / along


@pytest.mark.parametrize("beta", [[1.0, 1.0], [0.0, 0.0, 0.0], [0.3], [8.0, -6.0], [60.0]])
def test_row_variance_is_the_trace_of_the_inverse_information(beta):
    expected = _information_inverse_trace(beta)
    assert hl.models.LogisticRegression(beta).row_variance() == pytest.approx(expected, rel=1e-6)


def test_row_variance_over_a_table_is_the_sandwich():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 3))
    beta = np.array([0.5, -1.0, 0.2])
    y = (rng.uniform(size=80) < 0.5).astype(float)
    mean = expit(X @ beta)
    information = (X.T * (mean * (1 - mean))) @ X / 80
    bread = np.linalg.inv(information)
    of_table = (X.T * (y - mean) ** 2) @ X / 80
    for responses, score in ((None, information), (y, of_table)):
        model = hl.models.LogisticRegression(beta, design=X, responses=responses)
        assert model.row_variance() == pytest.approx(np.trace(bread @ score @ bread))
        # Synthetic rows have labels from the model, whatever labels real rows have.
        assert model.synthetic_row_variance() == pytest.approx(np.trace(bread))


def test_row_variance_is_unknown_where_the_error_is_not_a_variance():
    X = np.random.default_rng(0).normal(size=(80, 3))
    assert hl.models.LogisticRegression([1.0], penalty=0.1).row_variance() is None
    dependent = np.column_stack([X, X[:, 0]])
    assert hl.models.LogisticRegression([1.0] * 4, design=dependent).row_variance() is None


@pytest.mark.parametrize("scale", [0.0, 0.5, 1.0, 5.0, 20.0, 300.0])
def test_excess_log_loss_over_normal_covariates(scale):
    truth = np.array([1.0, 0.5])
    fitted = truth + scale * np.array([0.8, -0.6])
    length, at_truth = np.linalg.norm(fitted), np.linalg.norm(truth)
    slope = _mean_over_normal(lambda z: expit(at_truth * z) * expit(-at_truth * z))
    expected = (
        _mean_over_normal(lambda z: np.logaddexp(0, length * z))
        - _mean_over_normal(lambda z: np.logaddexp(0, at_truth * z))
        - slope * truth @ (fitted - truth)
    )
    with jax.enable_x64(True):
        model = hl.models.LogisticRegression(truth)
        got = float(model.metrics(jnp.asarray(fitted))["excess_log_loss"])
    assert got == pytest.approx(expected, abs=1e-8, rel=1e-8)


def test_excess_log_loss_over_rows_is_that_of_brute_force():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(3000, 2))
    truth, fitted = np.array([1.0, -0.5]), np.array([0.2, 0.4])
    rows = X[np.linspace(0, 2999, 1024).round().astype(int)]
    probability = expit(rows @ truth)

    def loss(beta):
        u = rows @ beta
        return np.mean(np.logaddexp(0, u) - probability * u)

    metrics = hl.models.LogisticRegression(truth, design=X).metrics(jnp.asarray(fitted))
    assert float(metrics["excess_log_loss"]) == pytest.approx(loss(fitted) - loss(truth), rel=1e-5)
    assert float(metrics["error"]) == pytest.approx(0.64 + 0.81)


def test_labels_follow_the_model():
    model = hl.models.LogisticRegression([2.0, -1.0])
    rows = model.sample_real(jax.random.key(0), 200_000)
    X, y = np.asarray(rows.design), np.asarray(rows.response)
    assert set(np.unique(y)) == {0.0, 1.0}
    residual = y - expit(X @ [2.0, -1.0])
    z = (X.T @ residual) / np.sqrt(np.sum((X * residual[:, None]) ** 2, axis=0))
    assert np.all(np.abs(z) < 4)


def test_real_rows_of_a_table_keep_their_labels():
    X = np.arange(20.0).reshape(20, 1)
    y = (np.arange(20) % 3 == 0).astype(float)
    model = hl.models.LogisticRegression([0.1], design=X, responses=y)
    rows = model.sample_real(jax.random.key(0), 500)
    np.testing.assert_array_equal(rows.response, y[np.asarray(rows.design[:, 0]).astype(int)])
    assert len(np.unique(rows.design)) == 20


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"coefficients": []}, "coefficients is empty"),
        ({"coefficients": [np.nan]}, "coefficients .* not finite"),
        ({"coefficients": [[1.0, 1.0]]}, r"coefficients has shape \(1, 2\): must be a vector"),
        (
            {"coefficients": [1.0, 1.0], "design": np.ones((5, 3))},
            r"design has shape \(5, 3\): must be \(rows, 2\)",
        ),
        ({"coefficients": [1.0], "design": np.ones(5)}, r"design has shape \(5,\)"),
        ({"coefficients": [1.0], "design": np.full((5, 1), np.inf)}, "design .* not finite"),
        ({"coefficients": [1.0], "penalty": -1.0}, "penalty=.*must be 0 or more"),
        ({"coefficients": [1.0], "penalty": [1.0, 2.0]}, "penalty has shape .* 1 entries"),
        ({"coefficients": [1.0], "responses": [1.0]}, "responses has shape .* each row of design"),
        (
            {"coefficients": [1.0], "design": np.ones((2, 1)), "responses": [1.0, 2.0]},
            "responses: must be 0 or 1",
        ),
    ],
)
def test_wrong_parameters_are_named(arguments, message):
    with pytest.raises(ValueError, match=message) as error:
        hl.models.LogisticRegression(**arguments)
    assert "\n" not in str(error.value)
