"""Weighted Newton against scikit-learn, SciPy and linear programming."""

import numpy as np
import pytest
from scipy.optimize import linprog, minimize
from sklearn.linear_model import LogisticRegression as Reference

from heirloom.models.base import Status
from heirloom.models.newton import Family, newton

FAILED = {Status.SEPARABLE, Status.NOT_CONVERGED, Status.SINGULAR}


def _fit(
    design,
    response,
    weights=None,
    penalty=0.0,
    start=0.0,
    dtype=np.float64,
    family=Family.LOGISTIC,
    **others,
):
    """Fit problems of shape (problems, rows, columns)."""
    problems, rows, columns = design.shape
    weights = np.full((problems, rows), 1 / rows) if weights is None else weights
    penalty = np.broadcast_to(np.asarray(penalty, float), (columns,))
    start = np.broadcast_to(np.asarray(start, float), (problems, columns))
    rows_in = design.astype(dtype), response.astype(dtype)
    fit = newton(family, *rows_in, weights, penalty, start, **others)
    assert fit.parameters.dtype == np.float64
    return fit.parameters, fit.status


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
    parts = [slice(2 * k, 2 * k + 2) for k in range(3)]
    got = np.concatenate(
        [_fit(design[k], response[k], weights[k], penalty=strengths[k][0])[0] for k in parts]
    )
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


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("family", list(Family))
def test_rows_of_weight_0_do_not_count_whatever_they_hold(family, dtype):
    design, response, _, rng = _problems(17, 6, 120, 3)
    whole = design[:, :90].copy(), response[:, :90].copy()
    weights = rng.dirichlet(np.ones(90), size=6)
    expected, _ = _fit(*whole, weights, family=family, dtype=dtype)
    # Other rows for each replicate, and a replicate that has none to spare.
    for spoiled in (np.nan, np.inf, 1e30):
        wide, labels, wide_weights = (np.zeros((6, 120, *a.shape[2:])) for a in (*whole, weights))
        wide[:], labels[:] = spoiled, spoiled
        for r in range(6):
            kept = np.sort(rng.permutation(120)[:90])
            wide[r, kept], labels[r, kept], wide_weights[r, kept] = (
                whole[0][r],
                whole[1][r],
                weights[r],
            )
        got, status = _fit(wide, labels, wide_weights, family=family, dtype=dtype)
        np.testing.assert_array_equal(status, Status.SOLVED)
        np.testing.assert_allclose(got, expected, rtol=1e-6 if dtype == np.float64 else 1e-4)


def test_replicates_may_share_weights_and_a_design():
    design, response, _, rng = _problems(19, 5, 80, 2)
    weights = rng.dirichlet(np.ones(80))
    weights[:3] = 0
    weights /= weights.sum()
    shared = np.broadcast_to(weights, response.shape)
    expected, _ = _fit(design, response, shared.copy())
    np.testing.assert_array_equal(_fit(design, response, shared)[0], expected)
    same = np.broadcast_to(design[0], design.shape)
    assert same.astype(float, copy=False).strides[0] == 0
    fits = [
        newton(Family.LOGISTIC, d, response, shared, np.zeros(2), np.zeros((5, 2)))
        for d in (same, same.copy())
    ]
    np.testing.assert_array_equal(fits[0].parameters, fits[1].parameters)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_neither_order_of_memory_nor_neighbours_change_a_fit(dtype):
    design, response, _, _ = _problems(23, 4, 2500, 3)
    expected, _ = _fit(design, response, dtype=dtype)
    by_column = np.ascontiguousarray(design.swapaxes(1, 2)).swapaxes(1, 2)
    np.testing.assert_array_equal(_fit(by_column, response, dtype=dtype)[0], expected)
    for r in range(4):
        alone = _fit(design[r : r + 1], response[r : r + 1], dtype=dtype)[0]
        np.testing.assert_array_equal(alone[0], expected[r])
    for X, y, mine in zip(design, response, expected, strict=True):
        reference = Reference(
            C=np.inf, fit_intercept=False, solver="newton-cholesky", tol=1e-12
        ).fit(X, y)
        tolerance = 1e-7 if dtype == np.float64 else 1e-4
        np.testing.assert_allclose(mine, reference.coef_[0], atol=tolerance)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_shares_of_a_label_are_fitted_as_rows_of_both(dtype):
    design, _, _, rng = _problems(29, 3, 50, 2)
    share = rng.uniform(size=(3, 50)).round(1)
    got, status = _fit(design, share, dtype=dtype)
    twice = np.concatenate([design, design], axis=1)
    labels = np.repeat([[0.0, 1.0]], 50, axis=1).repeat(3, axis=0)
    weights = np.concatenate([1 - share, share], axis=1) / 50
    expected, _ = _fit(twice, labels, weights, dtype=dtype)
    np.testing.assert_array_equal(status, Status.SOLVED)
    np.testing.assert_allclose(got, expected, atol=1e-7 if dtype == np.float64 else 1e-4)
    # A plane parts the labels of all rows but those that have both.
    parted = (design[..., 0] > 0).astype(float)
    assert set(_fit(design, parted, dtype=dtype)[1].tolist()) == {Status.SEPARABLE}
    parted[:, :10] = 0.7
    assert set(_fit(design, parted, dtype=dtype)[1].tolist()) <= {
        Status.SOLVED,
        Status.NOT_CONVERGED,
    }


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("family", list(Family))
def test_what_is_not_finite_has_a_status_and_harms_no_other(family, dtype):
    design, response, _, _ = _problems(31, 4, 60, 2)
    expected, _ = _fit(design, response, family=family, dtype=dtype)
    design, response = design.copy(), response.copy()
    design[1, 3, 0] = np.nan
    response[2, 5] = np.inf
    got, status = _fit(design, response, family=family, dtype=dtype)
    assert set(status[[1, 2]].tolist()) <= {Status.SINGULAR, Status.NOT_FINITE}
    np.testing.assert_array_equal(status[[0, 3]], Status.SOLVED)
    np.testing.assert_array_equal(got[[0, 3]], expected[[0, 3]])


def test_a_replicate_without_any_weight_is_singular():
    design, response, _, _ = _problems(37, 2, 30, 2)
    weights = np.full((2, 30), 1 / 30)
    weights[1] = 0
    _, status = _fit(design, response, weights)
    assert status.tolist() == [Status.SOLVED, Status.SINGULAR]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_huge_predictors_are_no_harm(dtype):
    design, response, _, _ = _problems(41, 20, 200, 3)
    expected, _ = _fit(design, response, dtype=dtype)
    for size in (1e2, 1e4, 1e8):
        got, status = _fit(design, response, start=size, dtype=dtype)
        np.testing.assert_array_equal(status, Status.SOLVED)
        np.testing.assert_allclose(got, expected, atol=1e-7 if dtype == np.float64 else 3e-4)


def test_too_few_iterations_are_reported():
    design, response, _, _ = _problems(43, 3, 100, 2)
    _, status = _fit(design, response, start=5.0, iterations=2)
    np.testing.assert_array_equal(status, Status.NOT_CONVERGED)


@pytest.mark.parametrize("family", list(Family))
@pytest.mark.parametrize("scale", [0.1, 0.5, 2.0])
def test_the_score_vanishes_wherever_a_fit_is_solved(family, scale):
    """Also where steps are taken back, long ones and short ones."""
    rng = np.random.default_rng(47)
    design = np.concatenate([np.ones((300, 25, 1)), rng.normal(size=(300, 25, 2))], axis=2)
    mean = np.exp(np.clip(design @ [0.5, 1.0, -1.0], -5, 5))
    response = (
        rng.poisson(mean)
        if family is Family.POISSON
        else rng.random(mean.shape) < mean / (1 + mean)
    ).astype(np.float64)
    weights = np.full((300, 25), 1 / 25)
    start = rng.normal(scale=scale, size=(300, 3))
    fit = newton(family, design, response, weights, np.zeros(3), start)
    solved = fit.status == Status.SOLVED
    assert solved.mean() > 0.9
    predictor = np.einsum("rnp,rp->rn", design, fit.parameters)[solved]
    fitted = np.exp(predictor) if family is Family.POISSON else 1 / (1 + np.exp(-predictor))
    score = np.einsum("rn,rnp->rp", fitted - response[solved], design[solved])
    assert np.abs(score).max() < 1e-5


def test_a_category_without_counts_has_no_estimate():
    """Of three categories one has counts of 0 alone: its coefficient falls for ever."""
    category = np.arange(60) % 3
    design = np.stack([np.ones(60), category == 1, category == 2], axis=1).astype(float)[None]
    response = np.where(category == 0, 0, 1 + category % 2).astype(float)[None]
    weights = np.full((1, 60), 1 / 60)
    for start in (0.0, 0.1):
        fit = newton(Family.POISSON, design, response, weights, np.zeros(3), np.full((1, 3), start))
        assert fit.status.tolist() == [Status.NOT_CONVERGED]
