import pickle
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import heirloom as hl
from heirloom.models.empirical_cdf import Atoms, _draw

REFERENCE = {
    "normal": stats.norm,
    "uniform": stats.uniform,
    "exponential": stats.expon,
    "laplace": stats.laplace,
    "logistic": stats.logistic,
}


def measured(points, weights, dtype, distribution="uniform"):
    with jax.enable_x64(dtype is np.float64):
        model = hl.models.EmpiricalCDF(distribution)
        atoms = Atoms(jnp.asarray(points, dtype), jnp.asarray(weights, dtype))
        return {k: float(v) for k, v in model.metrics(atoms).items()}


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
    for dtype, tolerance in ((np.float64, 1e-13), (np.float32, 2e-6)):
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
    fit = model.fit(jnp.asarray(rows), jnp.asarray(weights, jnp.float32), model.truth())
    found = model.metrics(fit.parameters)
    truth = np.cumsum(counts) / len(column)
    estimate = np.array([weights[values[rows] <= x].sum() for x in values])
    masses = counts / len(column)
    assert float(found["error"]) == pytest.approx(masses @ (estimate - truth) ** 2, abs=1e-6)
    assert float(found["kolmogorov"]) == pytest.approx(np.abs(estimate - truth).max(), abs=1e-6)
    assert float(found["distinct"]) == len(np.unique(rows))
    assert model.row_variance() == pytest.approx(masses @ (truth * (1 - truth)))


@pytest.mark.parametrize("distribution", REFERENCE)
def test_real_rows_come_from_the_distribution(distribution):
    rows = hl.models.EmpiricalCDF(distribution).sample_real(jax.random.key(5), 20_000)
    assert stats.kstest(np.asarray(rows, float), REFERENCE[distribution].cdf).pvalue > 1e-3


def test_rows_are_drawn_by_mass():
    weights = np.array([0.0, 0.5, 0.2, 0.0, 0.3, 0.0])
    drawn = np.asarray(_draw(jax.random.key(0), jnp.asarray(weights), 50_000))
    seen = np.bincount(drawn, minlength=6)
    assert not seen[weights == 0].any()
    present = weights > 0
    assert stats.chisquare(seen[present], 50_000 * weights[present]).pvalue > 1e-3


@pytest.mark.parametrize("count", [20, 1500, 3000])
def test_atoms_without_mass_are_never_drawn(count, monkeypatch):
    # In float32 a sum of many terms in parallel need not be monotone.
    rng = np.random.default_rng(count)
    weights = rng.exponential(size=count)
    weights[rng.uniform(size=count) < 0.5] = 0
    weights[:2] = weights[-5:] = 0
    weights = jnp.asarray(weights / weights.sum(), jnp.float32)
    heights = np.asarray(jnp.cumsum(weights))
    edges = np.unique(np.r_[0, heights, np.nextafter(heights, 0), np.nextafter(heights, 2), 1])
    edges = jnp.asarray(np.minimum(edges, 1 - 2.0**-24), jnp.float32)
    monkeypatch.setattr(jax.random, "uniform", lambda key, shape, dtype: edges)
    drawn = np.asarray(_draw(jax.random.key(0), weights, edges.size))
    assert drawn.min() >= 0
    assert np.all(np.asarray(weights)[drawn] > 0)


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
        ([], r"distribution has shape \(0,\)"),
        ([1.0, np.nan], "vector of finite numbers"),
        ([[1.0]], r"distribution has shape \(1, 1\)"),
    ],
)
def test_wrong_distributions_are_named(distribution, message):
    with pytest.raises(ValueError, match=message):
        hl.models.EmpiricalCDF(distribution)


@pytest.mark.parametrize("truth", ["normal", "uniform", "exponential", "laplace", "logistic"])
def test_a_model_can_be_sent_to_another_process(truth):
    model = pickle.loads(pickle.dumps(hl.models.EmpiricalCDF(truth)))
    rows = model.sample_real(jax.random.key(0), 5)
    expected = hl.models.EmpiricalCDF(truth).sample_real(jax.random.key(0), 5)
    np.testing.assert_array_equal(np.asarray(rows), np.asarray(expected))
