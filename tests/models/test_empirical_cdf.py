import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import heirloom as hl
from heirloom._base.random import Random
from heirloom.models.empirical_cdf import Atoms

REFERENCE = {
    "normal": stats.norm,
    "uniform": stats.uniform,
    "exponential": stats.expon,
    "laplace": stats.laplace,
    "logistic": stats.logistic,
}


def measured(points, weights, dtype, distribution="uniform"):
    model = hl.models.EmpiricalCDF(distribution)
    atoms = Atoms(np.asarray([points], dtype), np.asarray([weights], dtype))
    return {name: float(values[0]) for name, values in model.metrics(atoms).items()}


def integral(levels, weights):
    """∫₀¹ (F̂(u) − u)² du, in exact arithmetic."""
    total, height, at = Fraction(0), Fraction(0), Fraction(0)
    pairs = sorted((Fraction(u), Fraction(w)) for u, w in zip(levels, weights, strict=True))
    for level, weight in [*pairs, (Fraction(1), Fraction(0))]:
        total += ((height - at) ** 3 - (height - level) ** 3) / 3
        height, at = height + weight, level
    return float(total)


def weighted(rng, count, kind):
    weights = rng.exponential(size=count)
    if kind == "equal":
        weights = np.ones(count)
    elif kind == "with none":
        weights[rng.uniform(size=count) < 0.4] = 0
        weights[0] = 1
    return weights / weights.sum()


@pytest.mark.parametrize("kind", ["equal", "any", "with none"])
@pytest.mark.parametrize("count", [1, 2, 512, 513, 2000])
def test_error_is_the_integral(count, kind):
    rng = np.random.default_rng(count)
    weights = weighted(rng, count, kind)
    points = rng.choice(rng.uniform(size=max(1, 2 * count // 3)), size=count)  # with ties
    points[0] = 1.0  # where levels end
    for dtype, tolerance in ((np.float64, 1e-13), (np.float32, 1e-12)):
        x, w = points.astype(dtype).tolist(), weights.astype(dtype).tolist()
        found = measured(x, w, dtype)
        assert found["error"] == pytest.approx(integral(x, w), abs=tolerance, rel=tolerance)
        assert found["distinct"] == len({a for a, b in zip(x, w, strict=True) if b > 0})


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("distribution", "count"),
    [(name, 7) for name in REFERENCE] + [("normal", 700)],
)
def test_distances_are_those_of_scipy(distribution, count, dtype):
    points = REFERENCE[distribution].rvs(size=count, random_state=count).astype(dtype)
    # Atoms without mass do not count, wherever they are.
    padded = np.concatenate([points, np.full(10, 3.0, dtype)])
    weights = np.concatenate([np.full(count, 1 / count), np.zeros(10)])
    for given_points, given_weights in ((points, weights[:count]), (padded, weights)):
        found = measured(given_points, given_weights, dtype, distribution)
        kolmogorov = stats.kstest(points, REFERENCE[distribution].cdf).statistic
        assert found["kolmogorov"] == pytest.approx(kolmogorov, abs=2e-6)
        cramer = stats.cramervonmises(points.astype(float), REFERENCE[distribution].cdf).statistic
        # scipy's is n ∫(F̂ − F)² dF.
        assert found["error"] == pytest.approx(cramer / count, abs=1e-6)
        assert found["distinct"] == len(np.unique(points))


@settings(max_examples=30)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=15), st.integers(0, 2**32 - 1))
def test_distances_of_a_table_with_ties(column, seed):
    rng = np.random.default_rng(seed)
    model = hl.models.EmpiricalCDF(column)
    values, counts = np.unique(column, return_counts=True)
    rows, weights = rng.integers(len(values), size=12), rng.dirichlet(np.ones(12))
    fit = model.fit(rows[None], weights[None].astype(np.float32), model.truth())
    found = {name: values[0] for name, values in model.metrics(fit.parameters).items()}
    truth = np.cumsum(counts) / len(column)
    estimate = np.array([weights[values[rows] <= x].sum() for x in values])
    masses = counts / len(column)
    assert float(found["error"]) == pytest.approx(masses @ (estimate - truth) ** 2, abs=1e-6)
    assert float(found["kolmogorov"]) == pytest.approx(np.abs(estimate - truth).max(), abs=1e-6)
    assert float(found["distinct"]) == len(np.unique(rows))
    assert model.row_variance() == pytest.approx(masses @ (truth * (1 - truth)))


@pytest.mark.parametrize("distribution", REFERENCE)
def test_real_rows_come_from_the_distribution(distribution):
    rows = hl.models.EmpiricalCDF(distribution).sample_real(Random((5, 5), 20), 1000)
    assert stats.kstest(rows.ravel(), REFERENCE[distribution].cdf).pvalue > 1e-3


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_synthetic_rows_are_atoms_that_have_mass(dtype):
    points = np.random.default_rng(1).standard_normal((200, 6)).astype(dtype)
    weights = np.broadcast_to([0.0, 0.5, 0.2, 0.0, 0.3, 0.0], (200, 6))
    rows = hl.models.EmpiricalCDF().sample(Random((1, 2), 200), Atoms(points, weights), 250)
    assert rows.dtype == dtype
    seen = (rows[:, :, None] == points[:, None, :]).sum(axis=(0, 1))
    assert seen.sum() == rows.size
    assert not seen[weights[0] == 0].any()
    assert stats.chisquare(seen[[1, 2, 4]], rows.size * np.array([0.5, 0.2, 0.3])).pvalue > 1e-3


def test_synthetic_rows_of_a_table_follow_its_masses():
    model = hl.models.EmpiricalCDF([1.0, 2.0, 2.0, 3.0])
    masses = np.broadcast_to([0.1, 0.0, 0.9], (100, 3))
    for rows, expected in (
        (model.sample(Random((1, 2), 100), masses, 500), masses[0]),
        (model.sample_real(Random((3, 4), 100), 500), np.array([0.25, 0.5, 0.25])),
    ):
        seen = np.bincount(rows.ravel(), minlength=3)
        deviation = (seen - 50_000 * expected) / np.sqrt(50_000 * expected + 1e-9)
        assert np.abs(deviation).max() < 4


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("distribution", ["normal", "exponential", [1.0, 2.0, 2.0, 3.0, 8.0]])
def test_a_replicate_does_not_depend_on_those_beside_it(distribution, dtype):
    """600 replicates of 200 rows: several of the blocks in which they are measured."""
    model = hl.models.EmpiricalCDF(distribution)
    weights = np.random.default_rng(2).dirichlet(np.full(200, 0.2), size=600)

    def step(random, weights):
        rows = model.sample_real(random, 200)
        fit = model.fit(rows, weights, None)
        synthetic = model.sample(random, fit.parameters, 60)
        return synthetic, model.metrics(fit.parameters)

    rows, metrics = step(Random((5, 6), 600, dtype=dtype), weights)
    for r in (0, 1, 163, 164, 400, 599):
        random = Random((5, 6), 1, first_replicate=r, dtype=dtype)
        rows_alone, alone = step(random, weights[r : r + 1])
        np.testing.assert_array_equal(rows_alone[0], rows[r])
        for name, values in metrics.items():
            assert alone[name][0] == values[r]
    # And replicates are independent: their errors have no more correlation than chance.
    assert len(np.unique(metrics["error"])) == 600
    error = metrics["error"] - metrics["error"].mean()
    assert abs(np.mean(error[1:] * error[:-1]) / error.var()) < 4 / np.sqrt(600)


@pytest.mark.parametrize("distribution", ["normal", [1.0, 2.0, 2.0, 3.0]])
def test_weights_in_one_place_are_those_of_all_replicates(distribution):
    model = hl.models.EmpiricalCDF(distribution)
    rows = model.sample_real(Random((1, 2), 9, dtype=np.float32), 30)
    shared = np.broadcast_to(np.repeat([0.06, 0.01], [10, 20]) / 0.8, (9, 30))
    found = [model.metrics(model.fit(rows, w, None).parameters) for w in (shared, shared.copy())]
    for name, values in found[0].items():
        np.testing.assert_array_equal(values, found[1][name])


@pytest.mark.parametrize("distribution", ["normal", [1.0, 2.0, 2.0, 3.0]])
def test_rows_of_weight_zero_do_not_count_whatever_they_hold(distribution):
    model = hl.models.EmpiricalCDF(distribution)
    rows = model.sample_real(Random((1, 2), 4), 20)
    weights = np.full((4, 20), 0.05)
    expected = model.metrics(model.fit(rows, weights, None).parameters)
    junks = [np.nan, -np.nan, np.inf, -np.inf] if rows.dtype.kind == "f" else [-7, 3, 10**9]
    for junk in junks:
        padded = np.c_[np.full((4, 3), junk), rows, np.full((4, 2), junk)].astype(rows.dtype)
        fit = model.fit(padded, np.pad(weights, ((0, 0), (3, 2))), None)
        assert fit.status.tolist() == [hl.models.Status.SOLVED] * 4
        for name, values in model.metrics(fit.parameters).items():
            np.testing.assert_array_equal(values, expected[name])
        drawn = model.sample(Random((3, 4), 4), fit.parameters, 50)
        assert np.isin(drawn, rows).all()


@pytest.mark.parametrize("distribution", ["normal", [1.0, 2.0, 2.0, 3.0]])
def test_a_replicate_without_any_mass_does_no_harm(distribution):
    model = hl.models.EmpiricalCDF(distribution)
    rows, weights = model.sample_real(Random((1, 2), 2), 4), np.array([[0.25] * 4, [0.0] * 4])
    fit = model.fit(rows, weights, None)
    assert np.isfinite(model.metrics(fit.parameters)["error"][0])
    assert model.sample(Random((1, 2), 2), fit.parameters, 3).shape == (2, 3)


WORKFLOWS = ["discard", "fresh:0.4", "augment", "augment-subsample", "real:accumulate"]


@pytest.mark.parametrize(
    ("truth", "sizes"),
    [
        pytest.param("continuous", (9, 5, 4), marks=pytest.mark.slow),
        ("continuous", (3, 5, 8)),
        ("continuous", (1, 1, 1)),
        ("table", (9, 5, 4)),
    ],
)
def test_errors_have_their_exact_law(sizes, truth):
    """4,000 replicates: standard errors of 1–2 %; the limit is off by 1/m, 10 % and more."""
    model = hl.models.EmpiricalCDF(
        "laplace" if truth == "continuous" else [1.0, 2.0, 2.0, 3.0, 8.0, 8.0, 8.0]
    )
    arguments = dict(zip(("n_initial", "n_real", "n_synthetic"), sizes, strict=True))
    arguments["generations"] = 2
    all_of_them = truth == "continuous" and sizes[0] == 9
    workflows = WORKFLOWS if all_of_them else WORKFLOWS[:2]
    simulated = hl.simulate(model, workflows, replicates=4000, seed=3, **arguments).dataset
    exact = hl.theory.predict(workflows, model=model, **arguments).dataset["error"]
    z = (simulated["error"] - exact) / simulated["error_se"]
    assert float(np.abs(z).max()) < 4
    assert float(simulated["failed"].max()) == 0
    # A path without fresh data never has a value more than before.
    distinct = simulated["distinct"].sel(workflow="discard").values
    assert np.all(np.diff(distinct) <= 0)
    assert distinct[0] <= sizes[0]
    assert float(simulated["kolmogorov"].max()) <= 1
    if sizes != (1, 1, 1) and truth == "continuous":
        assert float(simulated["kolmogorov"].max()) < 0.9


def test_double_precision_has_the_same_law():
    model = hl.models.EmpiricalCDF()
    arguments = {"n_real": 8, "n_synthetic": 5, "generations": 3}
    trace = hl.simulate(model, "fresh:0.5", replicates=3000, seed=1, dtype=float, **arguments)
    exact = hl.theory.predict("fresh:0.5", model=model, **arguments).dataset["error"]
    z = (trace.dataset["error"] - exact) / trace.dataset["error_se"]
    assert float(np.abs(z).max()) < 4


@pytest.mark.parametrize(
    ("distribution", "message"),
    [
        ("cauchy", "distribution='cauchy': must be one of normal, uniform"),
        ([], r"distribution=\[\], which is empty"),
        ([1.0, np.nan], "vector of finite numbers"),
        ([[1.0]], r"distribution=.*, of shape \(1, 1\)"),
    ],
)
def test_wrong_distributions_are_named(distribution, message):
    with pytest.raises(ValueError, match=message):
        hl.models.EmpiricalCDF(distribution)


@pytest.mark.parametrize("truth", ["normal", "uniform", "exponential", "laplace", "logistic"])
def test_a_model_can_be_sent_to_another_process(truth):
    model = pickle.loads(pickle.dumps(hl.models.EmpiricalCDF(truth)))
    rows = model.sample_real(Random((0, 0), 2), 5)
    expected = hl.models.EmpiricalCDF(truth).sample_real(Random((0, 0), 2), 5)
    np.testing.assert_array_equal(rows, expected)
