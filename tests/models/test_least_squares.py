import numpy as np
import pytest

from heirloom.models.least_squares import linear_predictor, normal_equations


def regression(rng, replicates, rows, columns, dtype):
    """Designs column by column in memory, as models draw them."""
    drawn = rng.normal(size=(replicates, columns, rows)).astype(dtype)
    return np.swapaxes(drawn, 1, 2), rng.normal(size=(replicates, rows))


def check(design, response, weights):
    found = normal_equations(design, response, weights)
    double = design.astype(np.float64)
    gram = np.einsum("rn,rni,rnj->rij", weights, double, double)
    np.testing.assert_allclose(found.gram, gram, atol=1e-14)
    moment = np.einsum("rn,rni,rn->ri", weights, double, response)
    np.testing.assert_allclose(found.moment, moment, atol=1e-14)
    np.testing.assert_array_equal(found.gram, np.swapaxes(found.gram, 1, 2))
    assert found.gram.dtype == found.moment.dtype == np.float64
    return found


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (30, 2), (256, 3), (1000, 11), (300, 60)])
def test_sums_are_those_of_numpy(rows, columns, dtype):
    rng = np.random.default_rng(rows)
    design, response = regression(rng, 3, rows, columns, dtype)
    weights = rng.dirichlet(np.ones(rows), size=3)
    check(design, response, weights)
    check(np.ascontiguousarray(design), response, weights)
    check(design, response, np.broadcast_to(weights[0], (3, rows)))
    shared = np.broadcast_to(design[0], design.shape)
    check(shared, response, weights)
    found = check(shared, response, np.broadcast_to(weights[0], (3, rows)))
    assert found.gram.strides[0] == 0
    coefficients = rng.normal(size=(3, columns))
    for given in (design, np.ascontiguousarray(design), shared):
        expected = np.einsum("rni,ri->rn", given.astype(np.float64), coefficients)
        predictor = linear_predictor(given, coefficients)
        np.testing.assert_allclose(predictor, expected, atol=1e-13)
        assert predictor.dtype == np.float64


@pytest.mark.parametrize("held", [np.nan, np.inf, 1e300])
def test_rows_of_weight_0_may_hold_anything(held):
    rng = np.random.default_rng(0)
    design, response = regression(rng, 2, 20, 3, np.float64)
    weights = np.broadcast_to(np.r_[np.full(15, 1 / 15), np.zeros(5)], (2, 20))
    expected = normal_equations(design, response, weights)
    design[:, 15:], response[:, 15:] = held, held
    for found, other in zip(normal_equations(design, response, weights), expected, strict=True):
        np.testing.assert_array_equal(found, other)


def test_the_result_of_a_replicate_does_not_depend_on_its_neighbours():
    rng = np.random.default_rng(0)
    design, response = regression(rng, 7, 333, 5, np.float32)
    weights, coefficients = rng.dirichlet(np.ones(333), size=7), rng.normal(size=(7, 5))
    for given in (design, np.broadcast_to(design[0], design.shape)):
        for of_rows in (weights, np.broadcast_to(weights[0], weights.shape)):
            together = normal_equations(given, response, of_rows)
            alone = normal_equations(given[3:4], response[3:4], of_rows[3:4])
            np.testing.assert_array_equal(together.gram[3], alone.gram[0])
            np.testing.assert_array_equal(together.moment[3], alone.moment[0])
        together, alone = (
            linear_predictor(given[own], coefficients[own]) for own in (slice(7), slice(3, 4))
        )
        np.testing.assert_array_equal(together[3], alone[0])
