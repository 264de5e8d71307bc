import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit

import heirloom as hl
from heirloom._base.random import Random


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
    model = hl.models.LogisticRegression(truth)
    got = model.metrics(np.stack([truth, fitted]))["excess_log_loss"]
    assert got[0] == pytest.approx(0, abs=1e-15)
    assert got[1] == pytest.approx(expected, abs=1e-8, rel=1e-8)


def test_excess_log_loss_over_rows_is_that_of_brute_force():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(3000, 2))
    truth, fitted = np.array([1.0, -0.5]), np.array([0.2, 0.4])
    rows = X[np.linspace(0, 2999, 1024).round().astype(int)]
    probability = expit(rows @ truth)

    def loss(beta):
        u = rows @ beta
        return np.mean(np.logaddexp(0, u) - probability * u)

    metrics = hl.models.LogisticRegression(truth, design=X).metrics(np.stack([truth, fitted]))
    expected = [0, loss(fitted) - loss(truth)]
    assert metrics["excess_log_loss"] == pytest.approx(expected, rel=1e-9, abs=1e-15)
    assert metrics["error"] == pytest.approx([0, 0.64 + 0.81])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_labels_follow_the_model(dtype):
    model = hl.models.LogisticRegression([2.0, -1.0])
    rows = model.sample_real(Random((1, 2), 20, dtype=dtype), 10_000)
    assert rows.design.dtype == rows.response.dtype == dtype
    assert set(np.unique(rows.response)) == {0.0, 1.0}
    # Of each replicate, of all, and at parameters of its own.
    parameters = np.linspace([2.0, -1.0], [-1.0, 0.5], 20)
    drawn = model.sample(Random((1, 3), 20, dtype=dtype), parameters, 10_000)
    for (X, y), beta in ((rows, np.tile([2.0, -1.0], (20, 1))), (drawn, parameters)):
        X = X.astype(float)
        residual = y - expit(np.einsum("rip,rp->ri", X, beta))
        z = np.einsum("rip,ri->rp", X, residual) / np.sqrt(
            np.einsum("rip,ri->rp", X**2, residual**2)
        )
        assert np.all(np.abs(z) < 4.2)
        assert np.all(np.abs(z.sum(axis=0)) < 4 * np.sqrt(20))


@pytest.mark.parametrize("design", [None, np.random.default_rng(0).normal(size=(30, 2))])
def test_workflows_share_covariates_and_the_chance_in_labels(design):
    model = hl.models.LogisticRegression([1.0, 1.0], design=design)
    one = model.sample(Random((1, 2), 8), np.full((8, 2), 1.0), 500)
    other = model.sample(Random((1, 2), 8), np.full((8, 2), 1.01), 500)
    np.testing.assert_array_equal(one.design, other.design)
    # No more labels differ than probabilities do.
    assert 0 < np.mean(one.response != other.response) < 0.01
    assert one.design.swapaxes(1, 2).flags.c_contiguous


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_labels_of_huge_predictors(dtype):
    model = hl.models.LogisticRegression([1.0], design=[[1e6]])
    for sign in (-1.0, 1.0):
        rows = model.sample(Random((1, 2), 3, dtype=dtype), np.full((3, 1), sign), 100)
        assert np.all(rows.response == (sign > 0))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_real_rows_of_a_table_keep_their_labels(dtype):
    X = np.arange(20.0).reshape(20, 1)
    y = (np.arange(20) % 3 == 0).astype(float)
    model = hl.models.LogisticRegression([0.1], design=X, responses=y)
    rows = model.sample_real(Random((1, 2), 4, dtype=dtype), 500)
    np.testing.assert_array_equal(rows.response, y[rows.design[..., 0].astype(int)])
    assert rows.design.dtype == rows.response.dtype == dtype
    counts = np.bincount(rows.design.astype(int).ravel(), minlength=20)
    assert np.all(np.abs(counts - 100) / np.sqrt(95) < 4)


def test_fits_of_one_generation_have_their_row_variance():
    """500 fits on 1,000 rows: a standard error of 6 %, and the limit is off by 2 %."""
    model = hl.models.LogisticRegression([1.0, 1.0])
    rows = model.sample_real(Random((1, 2), 500, dtype=np.float32), 1000)
    weights = np.broadcast_to(np.full(1000, 1e-3), (500, 1000))
    fit = model.fit(rows, weights, np.zeros((500, 2)))
    assert not np.any(fit.status)
    error = model.metrics(fit.parameters)["error"]
    z = (error.mean() - model.row_variance() / 1000) / (error.std() / np.sqrt(500))
    assert abs(z) < 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"coefficients": []}, "coefficients=.* is empty"),
        ({"coefficients": [np.nan]}, "coefficients=.* entry 0 is nan: must be"),
        ({"coefficients": [[1.0, 1.0]]}, r"coefficients=.*, of shape \(1, 2\): must be .* vector"),
        (
            {"coefficients": [1.0, 1.0], "design": np.ones((5, 3))},
            r"design has shape \(5, 3\): must be \(rows, 2\)",
        ),
        (
            {"coefficients": [1.0], "design": np.ones(5)},
            r"design=.*, of shape \(5,\)",
        ),
        (
            {"coefficients": [1.0], "design": np.full((5, 1), np.inf)},
            "design=.* entry 0, 0 is inf",
        ),
        (
            {"coefficients": [1.0], "penalty": -1.0},
            "penalty=-1.0: must be a finite number",
        ),
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
