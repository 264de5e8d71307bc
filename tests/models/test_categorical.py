import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

import heirloom as hl
from heirloom.simulation.replicates import simulate_paths


def _frequencies(model, key, rows, draws, parameters=None):
    keys = jax.random.split(jax.random.key(key), draws)
    at = model.truth() if parameters is None else jnp.asarray(parameters)
    draw = jax.vmap(lambda k: model.sample_statistic(k, at, jnp.asarray(rows)))
    return np.asarray(jax.jit(draw)(keys), dtype=np.float64)


@pytest.mark.parametrize("rows", [1, 7, 100, 1_000_000])
def test_counts_are_whole_and_sum_to_the_rows(rows):
    model = hl.models.Categorical([0.5, 0.0, 0.3, 0.1999, 0.0001])
    counts = rows * _frequencies(model, 0, rows, 500)
    np.testing.assert_allclose(counts, counts.round(), atol=0.05)
    assert np.all(counts.round().sum(axis=1) == rows)
    assert np.all(counts >= 0)
    assert np.all(counts[:, 1] == 0)


@pytest.mark.parametrize("rows", [5, 1_000_000])
def test_counts_have_the_moments_of_the_multinomial(rows):
    p = np.array([0.6, 0.0, 0.25, 0.1, 0.05])
    draws = 20_000
    counts = rows * _frequencies(hl.models.Categorical(p), 1, rows, draws)
    variance = rows * p * (1 - p)
    z = (counts.mean(axis=0) - rows * p)[p > 0] / np.sqrt(variance[p > 0] / draws)
    # A float32 probability is off by up to 3e-8 in relative terms, nothing beside a z of 1.
    assert np.all(np.abs(z) < 4.5)
    np.testing.assert_allclose(counts.var(axis=0), variance, rtol=0.05)  # s.e. 0.01 or 0.02
    covariance = np.cov(counts[:, 0], counts[:, 2])[0, 1]
    assert covariance == pytest.approx(-rows * 0.6 * 0.25, rel=0.06)


def test_counts_pass_a_chi_square_test():
    counts = np.rint(4 * _frequencies(hl.models.Categorical([0.7, 0.2, 0.1]), 2, 4, 40_000))
    seen = np.array([np.sum(counts[:, 0] == k) for k in range(5)])
    expected = 40_000 * stats.binom(4, 0.7).pmf(range(5))
    assert stats.chisquare(seen, expected).pvalue > 1e-3


def test_rows_pass_a_chi_square_test():
    p = np.array([0.05, 0.0, 0.6, 0.25, 0.1])
    rows = np.asarray(hl.models.Categorical(p).sample_real(jax.random.key(0), 100_000))
    seen = np.bincount(rows, minlength=5)
    assert seen[1] == 0
    assert stats.chisquare(seen[p > 0], 100_000 * p[p > 0]).pvalue > 1e-3


def test_a_category_of_probability_zero_never_appears_among_many():
    # In float32 the sums of many terms, in whichever order they are taken, are not monotone.
    rng = np.random.default_rng(0)
    p = rng.exponential(size=1500)
    p[rng.uniform(size=p.size) < 0.5] = 0
    p[:3] = p[-3:] = 0
    model = hl.models.Categorical(p / p.sum())
    absent = p == 0
    assert not np.any(_frequencies(model, 0, 10_000, 5)[:, absent])
    rows = jax.vmap(lambda key: model.sample_real(key, 10_000))(
        jax.random.split(jax.random.key(1), 40)
    )
    seen = np.bincount(np.asarray(rows).ravel(), minlength=p.size)
    assert not np.any(seen[absent])
    assert stats.chisquare(seen[~absent], seen.sum() * p[~absent] / p.sum()).pvalue > 1e-3


def test_bounds_of_absent_categories_are_empty_whatever_the_draw(monkeypatch):
    p = np.zeros(3000)
    p[::7] = np.random.default_rng(1).exponential(size=p[::7].size)
    model = hl.models.Categorical(p / p.sum())
    cumulative = np.cumsum(model.truth())
    edges = np.unique(np.r_[0, cumulative, np.nextafter(cumulative, 0), 1 - 2.0**-24])
    edges = jnp.asarray(edges[edges < 1], jnp.float32)
    monkeypatch.setattr(jax.random, "uniform", lambda key, shape, dtype: edges)
    rows = np.asarray(model.sample_real(jax.random.key(0), edges.size))
    assert np.all(p[rows] > 0)


def test_one_category():
    model = hl.models.Categorical([1.0])
    assert model.row_variance() == 0
    assert float(model.sample_real_statistic(jax.random.key(0), jnp.asarray(10))[0]) == 1
    assert not np.any(np.asarray(model.sample_real(jax.random.key(0), 10)))
    trace = hl.simulate(
        model, "discard", n_real=3, n_synthetic=3, generations=2, replicates=2, seed=0
    )
    np.testing.assert_array_equal(trace.dataset["error"], 0)
    np.testing.assert_array_equal(trace.dataset["failed"], 0)


def test_metrics_count_lost_categories():
    model = hl.models.Categorical([0.5, 0.3, 0.2, 0.0])
    metrics = model.metrics(jnp.array([0.8, 0.2, 0.0, 0.0]))
    assert float(metrics["lost_categories"]) == 1
    assert float(metrics["total_variation"]) == pytest.approx(0.3)
    assert float(metrics["error"]) == pytest.approx(0.09 + 0.01 + 0.04)


def test_statistics_and_rows_agree_in_law():
    """4,000 paths each: a Kolmogorov–Smirnov test sees differences of 0.04 in probability."""
    sizes = hl.workflows.Sizes.of(n_real=9, n_synthetic=11, generations=3)
    drawn, direct = (
        simulate_paths(
            hl.models.Categorical([0.5, 0.3, 0.15, 0.05]),
            [hl.workflows.FreshMix(0.4)],
            sizes,
            replicates=4000,
            seed=seed,
            draw=draw,
        ).metrics
        for draw, seed in (("rows", 1), ("statistics", 2))
    )
    for metric in drawn:
        for t in (0, 3):
            first = drawn[metric][0, :, t].astype(float)
            second = direct[metric][0, :, t].astype(float)
            # Values that differ by rounding are the same.
            assert stats.ks_2samp(first.round(5), second.round(5)).pvalue > 1e-3, (metric, t)
            spread = np.hypot(first.std(), second.std()) / 4000**0.5
            assert abs(first.mean() - second.mean()) < 4 * spread


@pytest.mark.parametrize("draw", ["statistics", "rows"])
def test_lost_categories_never_return_under_discard(draw):
    sizes = hl.workflows.Sizes.of(n_real=20, n_synthetic=20, generations=40)
    paths = simulate_paths(
        hl.models.Categorical(np.full(10, 0.1)),
        [hl.workflows.Discard()],
        sizes,
        replicates=200,
        seed=0,
        draw=draw,
    )
    lost = paths.metrics["lost_categories"][0]
    assert np.all(np.diff(lost, axis=1) >= 0)
    assert lost[:, 0].mean() < 3 < 6 < lost[:, -1].mean() < 10


@pytest.mark.parametrize(
    ("probabilities", "message"),
    [
        ([0.5, 0.4], "probabilities sum to 0.9 .*must sum to 1"),
        ([1.5, -0.5], "least entry -0.5: must not be negative"),
        ([np.nan, 1.0], "probabilities sum to nan"),
        ([[0.5, 0.5]], r"probabilities has shape \(1, 2\): must be a vector"),
        ([], r"probabilities has shape \(0,\): must be a vector"),
    ],
)
def test_wrong_probabilities_are_named(probabilities, message):
    with pytest.raises(ValueError, match=message) as error:
        hl.models.Categorical(probabilities)
    assert "\n" not in str(error.value)
