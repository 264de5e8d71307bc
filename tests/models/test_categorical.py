import numpy as np
import pytest
from scipy import stats

import heirloom as hl
from heirloom._base.random import Random
from heirloom.simulation import simulate_paths


def _frequencies(model, seed, rows, draws, parameters=None):
    random = Random((seed, 0), draws, dtype=np.float32)
    at = model.truth() if parameters is None else np.asarray(parameters)
    return model.sample_statistic(random, np.broadcast_to(at, (draws, at.size)), rows)


@pytest.mark.parametrize("rows", [1, 7, 100, 1_000_000, 10**9])
def test_counts_are_whole_and_sum_to_the_rows(rows):
    model = hl.models.Categorical([0.5, 0.0, 0.3, 0.1999, 0.0001])
    counts = rows * _frequencies(model, 0, rows, 500)
    np.testing.assert_allclose(counts, counts.round(), atol=1e-6)
    assert np.all(counts.round().sum(axis=1) == rows)
    assert np.all(counts >= 0)
    assert np.all(counts[:, 1] == 0)


@pytest.mark.parametrize("rows", [5, 1_000_000, 30_000_000, 10**9])
def test_counts_have_the_moments_of_the_multinomial(rows):
    p = np.array([0.6, 0.0, 0.25, 0.1, 0.05])
    draws = 20_000
    counts = rows * _frequencies(hl.models.Categorical(p), 1, rows, draws)
    variance = rows * p * (1 - p)
    z = (counts.mean(axis=0) - rows * p)[p > 0] / np.sqrt(variance[p > 0] / draws)
    assert np.all(np.abs(z) < 4.5)
    np.testing.assert_allclose(counts.var(axis=0), variance, rtol=0.05)  # s.e. 0.01 or 0.02
    covariance = np.cov(counts[:, 0], counts[:, 2])[0, 1]
    assert covariance == pytest.approx(-rows * 0.6 * 0.25, rel=0.06)


def test_counts_pass_a_chi_square_test():
    counts = np.rint(4 * _frequencies(hl.models.Categorical([0.7, 0.2, 0.1]), 2, 4, 40_000))
    seen = np.array([np.sum(counts[:, 0] == k) for k in range(5)])
    expected = 40_000 * stats.binom(4, 0.7).pmf(range(5))
    assert stats.chisquare(seen, expected).pvalue > 1e-3


def test_many_rows_of_a_rare_category_have_the_right_variance():
    """40,000 draws: a standard error of 0.7 %, where the variance was once 14 % too small."""
    frequencies = _frequencies(hl.models.Categorical([0.999, 0.001]), 3, 30_000_000, 40_000)
    squared = (frequencies[:, 1] - 0.001) ** 2 * 30_000_000 / (0.999 * 0.001)
    assert abs(squared.mean() - 1) / (squared.std() / 200) < 4
    assert squared.std() < 1.5


def test_many_rows_have_exact_errors_for_many_generations():
    """4,000 paths: a standard error of 2 %."""
    model = hl.models.Categorical([0.999, 0.001])
    arguments = {"n_real": 30_000_000, "n_synthetic": 30_000_000, "generations": 3}
    exact = hl.theory.predict("discard", model=model, **arguments).dataset["error"]
    trace = hl.simulate(model, "discard", replicates=4000, seed=0, **arguments).dataset
    assert float(np.abs((trace["error"] - exact) / trace["error_se"]).max()) < 4


@pytest.mark.parametrize("rows", [50, 10_000, 10**8])
def test_workflows_share_their_noise(rows):
    """Two models that are close draw frequencies that are close."""
    model = hl.models.Categorical([0.5, 0.3, 0.2])
    first = _frequencies(model, 4, rows, 5000)
    second = _frequencies(model, 4, rows, 5000, [0.49, 0.305, 0.205])
    for j in range(3):
        assert np.corrcoef(first[:, j], second[:, j])[0, 1] > 0.9


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_pass_a_chi_square_test(dtype):
    p = np.array([0.05, 0.0, 0.6, 0.25, 0.1])
    rows = hl.models.Categorical(p).sample_real(Random((0, 0), 2, dtype=dtype), 50_000)
    assert rows.shape == (2, 50_000)
    seen = np.bincount(rows.ravel(), minlength=5)
    assert seen[1] == 0
    assert stats.chisquare(seen[p > 0], 100_000 * p[p > 0]).pvalue > 1e-3


def test_each_replicate_has_probabilities_of_its_own():
    parameters = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.2, 0.5, 0.3]])
    model = hl.models.Categorical([0.5, 0.3, 0.2])
    rows = model.sample(Random((0, 1), 3), parameters, 40_000)
    weights = np.broadcast_to(1 / 40_000, rows.shape)
    for seen in (
        model.statistic(rows, weights),
        model.sample_statistic(Random((0, 2), 3), parameters, 40_000),
    ):
        np.testing.assert_allclose(seen[:2], parameters[:2], atol=1e-12)
        assert np.all(np.abs(seen[2] - parameters[2]) < 4 * 0.5 / 200)


def test_frequencies_are_weighted_and_rows_of_weight_zero_do_not_count():
    model = hl.models.Categorical([0.5, 0.3, 0.2])
    rows = np.array([[0, 2, 2, -1], [1, 0, 7, 1]])
    weights = np.array([[0.5, 0.2, 0.3, 0.0], [0.25, 0.25, 0.0, 0.5]])
    found = model.statistic(rows, weights)
    np.testing.assert_allclose(found, [[0.5, 0, 0.5], [0.25, 0.75, 0]])
    found = model.statistic(rows[:, :3] % 3, np.broadcast_to([0.5, 0.2, 0.3], (2, 3)))
    np.testing.assert_allclose(found, [[0.5, 0, 0.5], [0.2, 0.8, 0]])


def test_a_statistic_that_is_no_number_fails_alone():
    fit = hl.models.Categorical([0.5, 0.5]).estimate(
        np.array([[0.3, 0.7 + 1e-9], [np.nan, np.nan], [0.0, 0.0]])
    )
    not_finite = hl.models.Status.NOT_FINITE
    assert fit.status.tolist() == [hl.models.Status.SOLVED, not_finite, not_finite]
    assert fit.parameters[0].sum() == 1


def test_a_category_of_probability_zero_never_appears_among_many():
    rng = np.random.default_rng(0)
    p = rng.exponential(size=1500)
    p[rng.uniform(size=p.size) < 0.5] = 0
    p[:3] = p[-3:] = 0
    model = hl.models.Categorical(p / p.sum())
    absent = p == 0
    frequencies = _frequencies(model, 0, 10_000, 5)
    assert not np.any(frequencies[:, absent])
    np.testing.assert_allclose(frequencies.sum(axis=1), 1)
    rows = model.sample_real(Random((1, 0), 40, dtype=np.float32), 10_000)
    seen = np.bincount(rows.ravel(), minlength=p.size)
    assert not np.any(seen[absent])
    assert stats.chisquare(seen[~absent], seen.sum() * p[~absent] / p.sum()).pvalue > 1e-3


class _AtBounds(Random):
    """Numbers at, just below and just above the bounds between categories."""

    def uniform(self, *shape):
        return self.edges


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_bounds_of_absent_categories_are_empty_whatever_the_draw(dtype):
    p = np.zeros(3000)
    p[::7] = np.random.default_rng(1).exponential(size=p[::7].size)
    model = hl.models.Categorical(p / p.sum())
    cumulative = np.cumsum(model.truth())
    ends = [2.0**-53, 1 - 2.0**-24, 1 - 2.0**-53]
    edges = np.r_[ends, cumulative, np.nextafter(cumulative, 0), np.nextafter(cumulative, 1)]
    edges = np.unique(edges.astype(dtype))
    random = _AtBounds((0, 0), 1, dtype=dtype)
    random.edges = edges[(edges > 0) & (edges < 1)][None]
    rows = model.sample_real(random, random.edges.size)[0]
    assert np.all(p[rows] > 0)
    bounds = cumulative[:-1] / cumulative[-1]
    np.testing.assert_array_equal(rows, np.searchsorted(bounds, random.edges[0], side="right"))


def test_one_category():
    model = hl.models.Categorical([1.0])
    assert model.row_variance() == 0
    assert model.sample_real_statistic(Random((0, 0), 2), 10).tolist() == [[1], [1]]
    assert not np.any(model.sample_real(Random((0, 0), 2), 10))
    trace = hl.simulate(
        model, "discard", n_real=3, n_synthetic=3, generations=2, replicates=2, seed=0
    )
    np.testing.assert_array_equal(trace.dataset["error"], 0)
    np.testing.assert_array_equal(trace.dataset["failed"], 0)


def test_metrics_count_lost_categories():
    model = hl.models.Categorical([0.5, 0.3, 0.2, 0.0])
    metrics = model.metrics(np.array([[0.8, 0.2, 0.0, 0.0]]))
    assert metrics["lost_categories"][0] == 1
    assert metrics["total_variation"][0] == pytest.approx(0.3)
    assert metrics["error"][0] == pytest.approx(0.09 + 0.01 + 0.04)


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
        ([0.5, 0.4], "probabilities sum to 0.9: must sum to 1"),
        ([1.5, -0.5], "whose entry 1 is -0.5: must be a vector of finite numbers, 0 or more"),
        ([np.nan, 1.0], "whose entry 0 is nan: must be"),
        ([[0.5, 0.5]], r"probabilities=.*, of shape \(1, 2\): must be a vector"),
        ([], r"probabilities=.*, which is empty: must be a vector"),
    ],
)
def test_wrong_probabilities_are_named(probabilities, message):
    with pytest.raises(ValueError, match=message) as error:
        hl.models.Categorical(probabilities)
    assert "\n" not in str(error.value)
