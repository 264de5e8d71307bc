"""Weighted Newton against scikit-learn, SciPy and linear programming."""

from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import linprog, minimize
from sklearn.linear_model import LogisticRegression as Reference

import heirloom as hl
from heirloom.models import Status

FAILED = {Status.SEPARABLE, Status.NOT_CONVERGED, Status.SINGULAR}


@cache
def _fitter(columns):
    model = hl.models.LogisticRegression(np.zeros(columns))

    def fit(design, response, weights, penalty, start):
        from heirloom.models.newton import newton

        def separated(predictor):
            side = 2 * response - 1
            apart = jnp.all(jnp.where(weights > 0, side * predictor > 0, True))
            return apart & ~jnp.any(penalty > 0)

        return newton(model.mean_and_variance, separated, design, response, weights, penalty, start)

    return model, jax.jit(jax.vmap(fit))


def _fit(design, response, weights=None, penalty=0.0, start=0.0, dtype=np.float64):
    """Fit problems of shape (problems, rows, columns), side by side."""
    problems, rows, columns = design.shape
    weights = np.full((problems, rows), 1 / rows) if weights is None else weights
    penalty = np.broadcast_to(penalty, (problems, columns))
    start = np.broadcast_to(start, (problems, columns))
    with jax.enable_x64(dtype is np.float64):
        given = (design, response, weights, penalty, start)
        fit = _fitter(columns)[1](*(jnp.asarray(a, dtype) for a in given))
        return np.asarray(fit.parameters), np.asarray(fit.status)


def _problems(seed, problems, rows, columns, scale=1.0):
    rng = np.random.default_rng(seed)
    design = rng.normal(size=(problems, rows, columns))
    truth = scale * rng.normal(size=(problems, columns)) / np.sqrt(columns)
    response = rng.uniform(size=(problems, rows)) < 1 / (
        1 + np.exp(-np.einsum("rnp,rp->rn", design, truth))
    )
    return design, response.astype(float), truth, rng


def _is_separable(design, response):
    sided = design * (2 * response - 1)[:, None]
    answer = linprog(-sided.sum(axis=0), A_ub=-sided, b_ub=np.zeros(len(sided)), bounds=[(-1, 1)])
    return -answer.fun > 1e-7


@pytest.mark.parametrize("columns", [1, 2, 8, 9, 40])
def test_agrees_with_scikit_learn(columns):
    design, response, _, rng = _problems(columns, 10, 30 + 12 * columns, columns)
    weights = rng.exponential(size=response.shape) * (rng.uniform(size=response.shape) < 0.8)
    weights /= weights.sum(axis=1, keepdims=True)
    start = 20 * rng.normal(size=(10, columns))
    got, status = _fit(design, response, weights, start=start)
    np.testing.assert_array_equal(status, Status.SOLVED)
    single, status = _fit(design, response, weights, start=start, dtype=np.float32)
    np.testing.assert_array_equal(status, Status.SOLVED)
    for X, y, w, mine, rough in zip(design, response, weights, got, single, strict=True):
        reference = Reference(
            C=np.inf, fit_intercept=False, solver="newton-cholesky", tol=1e-12, max_iter=200
        ).fit(X, y, sample_weight=w * len(y))
        scale = np.abs(mine).max()
        np.testing.assert_allclose(mine, reference.coef_[0], atol=1e-7 * scale)
        np.testing.assert_allclose(rough, mine, atol=3e-4 * scale)


@pytest.mark.parametrize("columns", [5, 40])
def test_agrees_with_scikit_learn_with_a_penalty_and_a_free_intercept(columns):
    design, response, _, rng = _problems(100 + columns, 8, 60, columns)
    design[:, :, 0] = 1
    strength = 0.03
    penalty = np.r_[0.0, np.full(columns - 1, strength)]
    got, status = _fit(design, response, penalty=penalty, start=5 * rng.normal(size=(8, columns)))
    np.testing.assert_array_equal(status, Status.SOLVED)
    for X, y, mine in zip(design, response, got, strict=True):
        reference = Reference(
            C=1 / (len(y) * strength), solver="newton-cholesky", tol=1e-12, max_iter=200
        ).fit(X[:, 1:], y)
        expected = np.r_[reference.intercept_, reference.coef_[0]]
        np.testing.assert_allclose(mine, expected, atol=1e-7 * np.abs(expected).max())


@pytest.mark.parametrize("columns", [3, 12])
def test_agrees_with_scipy(columns):
    design, response, _, rng = _problems(7, 6, 200, columns)
    weights = rng.dirichlet(np.ones(200), size=6)
    strengths = np.repeat([0.0, 0.01, 0.5], 2)
    got, _ = _fit(design, response, weights, penalty=strengths[:, None])
    for X, y, w, strength, mine in zip(design, response, weights, strengths, got, strict=True):

        def loss(b, X=X, y=y, w=w, strength=strength):
            u = X @ b
            gradient = X.T @ (w * (1 / (1 + np.exp(-u)) - y)) + strength * b
            return w @ (np.logaddexp(0, u) - y * u) + 0.5 * strength * b @ b, gradient

        best = minimize(loss, np.zeros(columns), jac=True, method="BFGS", options={"gtol": 1e-10})
        np.testing.assert_allclose(mine, best.x, atol=1e-6)
        assert loss(mine)[0] <= best.fun + 1e-14


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("rows", "columns", "scale", "far"),
    [(30, 2, 6.0, 3.0), (12, 2, 1.0, 0.0), (60, 10, 3.0, 1.0), (1000, 2, 11.0, 30.0)],
)
def test_fails_if_and_only_if_the_classes_are_separable(rows, columns, scale, far, dtype):
    design, response, _, rng = _problems(3, 250, rows, columns, scale)
    start = far * rng.normal(size=(250, columns))
    got, status = _fit(design, response, start=start, dtype=dtype)
    separable = np.array([_is_separable(*p) for p in zip(design, response, strict=True)])
    np.testing.assert_array_equal(status != Status.SOLVED, separable)
    assert set(status.tolist()) <= FAILED | {Status.SOLVED}
    assert np.all(np.isfinite(got))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("start", [0.0, 30.0, 300.0])
@pytest.mark.parametrize(("rows", "columns"), [(100, 2), (30, 3), (200, 12)])
def test_quasi_complete_separation_is_never_taken_for_an_estimate(rows, columns, start, dtype):
    # A rare attribute, of whose bearers all have y = 1: its coefficient tends to infinity.
    design, response, _, rng = _problems(5, 100, rows, columns, 0.0)
    design[:, :, 0] = 1
    design[:, :, 1] = rng.uniform(size=response.shape) < 0.2
    response = np.where(design[:, :, 1] > 0, 1.0, response)
    first = np.zeros(columns)
    first[1] = start
    for size in (1.0, 1e4):
        at_size = design * np.where(np.arange(columns) == 1, size, 1)
        _, status = _fit(at_size, response, start=first / size, dtype=dtype)
        assert set(status.tolist()) <= FAILED


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("columns", [3, 12])
def test_degenerate_problems_have_a_status(columns, dtype):
    design, response, _, _ = _problems(11, 4, 100, columns)
    one_class = np.ones_like(response)
    with_intercept = design.copy()
    with_intercept[:, :, 0] = 1
    _, status = _fit(with_intercept, one_class, dtype=dtype)
    assert set(status.tolist()) == {Status.SEPARABLE}
    # A penalty on the slopes alone leaves the intercept free to run away.
    penalty = np.r_[0.0, np.ones(columns - 1)]
    _, status = _fit(with_intercept, one_class, penalty=penalty, dtype=dtype)
    assert set(status.tolist()) == {Status.NOT_CONVERGED}
    _, status = _fit(with_intercept, one_class, penalty=1.0, dtype=dtype)
    assert set(status.tolist()) == {Status.SOLVED}

    twice = design.copy()
    twice[:, :, 1] = twice[:, :, 0]
    absent = design.copy()
    absent[:, :, -1] = 0
    for singular in (twice, absent):
        got, status = _fit(singular, response, start=0.3, dtype=dtype)
        assert set(status.tolist()) == {Status.SINGULAR}
        assert np.all(np.isfinite(got))
        _, status = _fit(singular, response, penalty=0.1, dtype=dtype)
        assert set(status.tolist()) == {Status.SOLVED}

    few = design[:, : columns - 1]
    _, status = _fit(few, response[:, : columns - 1], dtype=dtype)
    assert set(status.tolist()) <= FAILED


@pytest.mark.parametrize("columns", [3, 12])
@pytest.mark.parametrize("size", [1e-8, 1e8])
def test_the_scale_of_a_column_does_not_matter(columns, size):
    design, response, _, _ = _problems(13, 6, 150, columns)
    scales = np.where(np.arange(columns) == 1, size, 1.0)
    expected, _ = _fit(design, response)
    for dtype, tolerance in ((np.float64, 1e-7), (np.float32, 3e-4)):
        got, status = _fit(design * scales, response, dtype=dtype)
        np.testing.assert_array_equal(status, Status.SOLVED)
        np.testing.assert_allclose(got * scales, expected, atol=tolerance * np.abs(expected).max())


def test_an_all_one_sided_weight_does_not_hide_separation():
    design = np.array([[[1.0], [2.0], [-1.0], [3.0]]])
    response = np.array([[1.0, 1.0, 0.0, 0.0]])  # only the last row overlaps
    _, status = _fit(design, response, np.array([[0.5, 0.25, 0.25, 0.0]]))
    assert status[0] == Status.SEPARABLE
    _, status = _fit(design, response)
    assert status[0] == Status.SOLVED
