import numpy as np
import pytest
from scipy import integrate, stats

import heirloom as hl
from heirloom._base.random import Random
from heirloom.models import Bernoulli, Exponential, Gamma, NegativeBinomial, Poisson, Status
from heirloom.simulation import simulate_paths

# Each with scipy's distribution of a row at a mean.
FAMILIES = {
    "bernoulli": (Bernoulli(0.3), stats.bernoulli),
    "poisson": (Poisson(2.5), stats.poisson),
    "exponential": (Exponential(2.0), lambda mean: stats.expon(scale=mean)),
    "gamma": (Gamma(2.0, 3.0), lambda mean: stats.gamma(3, scale=mean / 3)),
    "negative_binomial": (
        NegativeBinomial(2.5, 4.0),
        lambda mean: stats.nbinom(4, 4 / (4 + mean)),
    ),
}


GENERATIONS = 10
ROWS = 140_000
DRAWS = 40_000


@pytest.fixture(params=FAMILIES)
def family(request):
    return FAMILIES[request.param]


def _rows(model, mean=None, *, seed=0, dtype=np.float32):
    means = np.array([float(model.true_mean) if mean is None else mean])
    rows = model.sample(Random((seed, 0), 1, dtype=dtype), means, ROWS)
    return rows[0].astype(np.float64)


def _means(model, rows, mean=None, *, seed=0, dtype=np.float32):
    means = np.full(DRAWS, float(model.true_mean) if mean is None else mean)
    drawn = model.sample_statistic(Random((seed, 1), DRAWS, dtype=dtype), means, rows)
    assert drawn.dtype == np.float64
    return drawn


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_follow_the_distribution(family, dtype):
    """140,000 rows: a Kolmogorov–Smirnov test sees differences of 0.005 in probability."""
    model, of_mean = family
    rows = _rows(model, dtype=dtype)
    expected = of_mean(float(model.true_mean))
    assert model.row_variance() == pytest.approx(expected.var())
    if hasattr(expected.dist, "pmf"):
        most = int(expected.ppf(1 - 1e-4))
        probabilities = np.append(expected.pmf(np.arange(most)), expected.sf(most - 1))
        seen = np.bincount(np.minimum(rows, most).astype(int), minlength=most + 1)
        assert stats.chisquare(seen, rows.size * probabilities).pvalue > 1e-3
    else:
        assert stats.kstest(rows, expected.cdf).pvalue > 1e-3


@pytest.mark.parametrize("rows", [1, 7])
def test_means_are_distributed_as_those_of_rows(family, rows):
    """20,000 draws each: a Kolmogorov–Smirnov test sees differences of 0.02 in probability."""
    model, _ = family
    drawn = _rows(model, seed=1)[: rows * 20_000].reshape(-1, rows).mean(axis=1)
    direct = _means(model, rows)[:20_000]
    assert stats.ks_2samp(drawn.round(5), direct.round(5)).pvalue > 1e-3


@pytest.mark.parametrize("rows", [3, 1_000_000, 30_000_000, 10**8, 10**9])
def test_means_have_the_moments(family, rows):
    """40,000 draws: a standard error of the variance of 0.7 %, or 2 % of three skewed rows.

    Drawn in single precision, the mean of 10⁸ rows of Bernoulli(0.3) once had 1.38 times its
    variance.
    """
    model, _ = family
    error = (_means(model, rows) - float(model.true_mean)) / np.sqrt(model.row_variance() / rows)
    assert abs(error.mean()) * np.sqrt(DRAWS) < 4
    squared = error**2
    z = (squared.mean() - 1) / (squared.std() / np.sqrt(DRAWS))
    assert abs(z) < 4
    assert squared.std() < 2 * np.sqrt(2) if rows > 3 else squared.std() < 8


@pytest.mark.parametrize("rows", [10**8, 10**9])
def test_many_rows_have_exact_errors_for_many_generations(family, rows):
    """4,000 paths: a standard error of 2 %."""
    model, _ = family
    arguments = {"n_real": rows, "n_synthetic": rows, "generations": 3}
    exact = hl.theory.predict("discard", model=model, **arguments).dataset["error"]
    trace = hl.simulate(model, "discard", replicates=4000, seed=0, **arguments).dataset
    assert float(np.abs((trace["error"] - exact) / trace["error_se"]).max()) < 4


def test_errors_are_exact_for_small_samples(family):
    """50,000 paths: a standard error of a per cent, where the curvature is worth 1 to 5 a step."""
    model, _ = family
    arguments = {"n_real": 20, "n_synthetic": 20, "generations": GENERATIONS}
    workflows = ["discard"]
    # Pools of datasets with a variance each, at the least curvature and at the largest.
    workflows += ["augment"] if abs(model.variance_function[2]) == 1 else []
    exact = hl.theory.predict(workflows, model=model, **arguments)
    assert exact.exact["error"] == workflows
    trace = hl.simulate(model, workflows, replicates=50_000, seed=0, **arguments).dataset
    z = (trace["error"] - exact.dataset["error"]) / trace["error_se"]
    assert float(np.abs(z).max()) < 4
    assert not np.any(trace["failed"])


def test_the_exact_recursion_is_that_of_the_variance_function(family):
    model, _ = family
    curvature = model.variance_function[2]
    found = hl.theory.predict("fresh:0.5", model=model, n_real=20, n_synthetic=20, generations=3)
    variance = 1 / 20
    for t in range(4):
        error = float(found.dataset["error"].sel(generation=t)[0])
        assert error == pytest.approx(model.row_variance() * variance)
        variance = 0.25 / 20 + 0.25 * ((1 + curvature / 20) * variance + 1 / 20)
    assert type(model).curvature in (curvature, None)


def test_rows_and_means_give_the_same_errors(family):
    """4,000 paths each: a Kolmogorov–Smirnov test sees differences of 0.04 in probability."""
    model, _ = family
    sizes = hl.workflows.Sizes.of(n_real=9, n_synthetic=11, generations=GENERATIONS)
    workflows = [hl.workflows.Discard()]
    drawn, direct = (
        simulate_paths(model, workflows, sizes, replicates=4000, seed=seed, draw=draw).metrics
        for draw, seed in (("rows", 1), ("statistics", 2))
    )
    for metric, rows in drawn.items():
        for t in (0, 3, GENERATIONS):
            # Values that differ by rounding are the same.
            first, second = (a[0, :, t].astype(float).round(5) for a in (rows, direct[metric]))
            assert stats.ks_2samp(first, second).pvalue > 1e-3, (metric, t)


@pytest.mark.parametrize("ratio", [0.2, 0.98, 1.0, 1.00001, 1.5])
def test_divergence_is_that_of_the_distributions(family, ratio):
    model, of_mean = family
    mean = float(model.true_mean)
    got = model.metrics(np.array([ratio * mean]))["divergence"][0]
    fitted, true = of_mean(ratio * mean), of_mean(mean)
    if hasattr(true.dist, "pmf"):
        k = np.arange(2 if isinstance(model, Bernoulli) else 200)
        expected = np.sum(fitted.pmf(k) * (fitted.logpmf(k) - true.logpmf(k)))
    else:
        expected = integrate.quad(
            lambda x: fitted.pdf(x) * (fitted.logpdf(x) - true.logpdf(x)), 0, np.inf
        )[0]
    assert got == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_zero_is_an_answer_and_stays(family):
    model, _ = family
    zero = np.zeros(1)
    assert not np.any(_rows(model, 0.0))
    assert not np.any(_means(model, 50, 0.0))
    fit = model.fit(np.zeros((1, 50)), np.full((1, 50), 1 / 50), zero)
    assert fit.status.tolist() == [Status.SOLVED]
    assert fit.parameters.tolist() == [0]
    metrics = model.metrics(zero)
    assert all(np.isfinite(value[0]) and value[0] > 0 for value in metrics.values())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_of_weight_zero_do_not_count(family, dtype):
    model, _ = family
    rows = np.array([[1.0, 2.0, np.nan, np.inf], [3.0, -np.inf, 4.0, np.nan]], dtype)
    weights = np.array([[0.5, 0.5, 0.0, 0.0], [0.5, 0.0, 0.5, 0.0]])
    assert model.statistic(rows, weights).tolist() == [1.5, 3.5]
    assert model.statistic(rows, np.broadcast_to(weights[:1], (2, 4))).tolist() == [1.5, -np.inf]


def test_a_statistic_that_is_no_number_fails_alone(family):
    model, _ = family
    fit = model.estimate(np.array([0.5, np.nan, np.inf]))
    assert fit.status.tolist() == [Status.SOLVED, Status.NOT_FINITE, Status.NOT_FINITE]
    assert fit.parameters[0] == 0.5


def test_each_replicate_has_a_mean_of_its_own(family):
    """10,000 rows for each of three means: standard errors of 1 to 2 % of them."""
    model, of_mean = family
    means = np.array([0.1, 0.4, 0.9])
    deviation = np.array([of_mean(mean).std() for mean in means])
    rows = model.sample(Random((5, 0), 3), means, 10_000)
    assert np.all(np.abs(rows.mean(axis=1) - means) < 4 * deviation / 100)
    direct = model.sample_statistic(Random((5, 1), 3), means, 10_000)
    assert np.all(np.abs(direct - means) < 4 * deviation / 100)


@pytest.mark.parametrize("rows", [50, 10_000, 10**8])
def test_workflows_share_their_noise(family, rows):
    """Two models that are close draw means that are close: most of the noise is common."""
    model, _ = family
    first, second = _means(model, rows), _means(model, rows, 0.97 * float(model.true_mean))
    assert np.corrcoef(first, second)[0, 1] > (0.8 if rows == 50 else 0.98)


@pytest.mark.parametrize(
    "model", [Bernoulli(0.06), Poisson(0.06), NegativeBinomial(0.06, 2.0)], ids=repr
)
def test_paths_die_out_without_failing(model):
    sizes = hl.workflows.Sizes.of(n_real=20, n_synthetic=20, generations=GENERATIONS)
    found = simulate_paths(model, [hl.workflows.Discard()], sizes, replicates=2000, seed=0)
    assert found.failures() == [{}]
    assert all(np.all(np.isfinite(values)) for values in found.metrics.values())
    # No multiple of 1/20 but 0 is as far from the truth.
    dead = np.isclose(found.metrics["error"][0], 0.06**2, rtol=1e-6)
    assert np.all(np.diff(dead.astype(int), axis=1) >= 0)
    assert 0.25 < dead[:, 0].mean() < 0.35 < 0.75 < dead[:, -1].mean() < 0.9


@pytest.mark.parametrize(
    ("model", "rows", "generations"),
    [(Exponential(1.0), 2, 3500), (Gamma(1.0, 0.005), 1, 30)],
    ids=["exponential", "gamma"],
)
def test_paths_that_underflow_stay_at_zero(model, rows, generations):
    sizes = hl.workflows.Sizes.of(n_real=rows, n_synthetic=rows, generations=generations)
    found = simulate_paths(model, [hl.workflows.Discard()], sizes, replicates=50, seed=0)
    assert found.failures() == [{}]
    assert all(np.all(np.isfinite(values)) for values in found.metrics.values())
    np.testing.assert_array_equal(found.metrics["error"][0, :, -1], 1)
    # At 0, and not only near it.
    largest = np.float32(model.metrics(np.zeros(1))["divergence"][0])
    np.testing.assert_array_equal(found.metrics["divergence"][0, :, -1], largest)


@pytest.mark.parametrize(
    "model",
    [Bernoulli(0.0), Bernoulli(1.0), Poisson(0.0), NegativeBinomial(0.0, 1.0)],
    ids=repr,
)
def test_a_truth_on_the_boundary_has_no_error(model):
    """Pools of 7 and 9 rows: weights that sum to more than 1 by rounding, and to less."""
    assert model.row_variance() == 0
    workflows = ["discard"]
    # Estimates with an upper end, which rounding could pass; a sum of zeros is 0.
    workflows += ["augment", "accumulate-all"] if isinstance(model, Bernoulli) else []
    arguments = {"n_real": 7, "n_synthetic": 9, "generations": GENERATIONS}
    trace = hl.simulate(model, workflows, replicates=8, seed=0, **arguments)
    for name in ("error", "divergence", "failed"):
        np.testing.assert_array_equal(trace.dataset[name], 0)
    exact = hl.theory.predict(workflows, model=model, **arguments)
    np.testing.assert_array_equal(exact.dataset["error"], 0)


def test_a_probability_near_1_does_not_fail():
    """20,000 paths: a standard error of 2 %, where those that reach 1 are worth 14 %."""
    model, workflows = Bernoulli(0.99), ["augment", "accumulate-all"]
    arguments = {"n_real": 100, "n_synthetic": 70, "generations": GENERATIONS}
    trace = hl.simulate(model, workflows, replicates=20_000, seed=0, **arguments).dataset
    np.testing.assert_array_equal(trace["failed"], 0)
    exact = hl.theory.predict(workflows, model=model, **arguments).dataset["error"]
    assert float(np.abs((trace["error"] - exact) / trace["error_se"]).max()) < 4


@pytest.mark.parametrize("true", [0.0, 0.5, 1.0])
def test_only_rounding_is_taken_from_a_probability(true):
    model = Bernoulli(true)
    values = np.array([0.0, 1e-7, 0.3, 0.99, 1.0])
    np.testing.assert_array_equal(model.estimate(values).parameters, values)
    above, below = np.nextafter(1.0, 2), np.nextafter(1.0, 0)
    found = model.estimate(np.array([above, below])).parameters
    assert found.tolist() == [1, 1 if true == 1 else below]


@pytest.mark.parametrize("mean", [1e6, 1e9, 1e12, 1e20, 1e300])
@pytest.mark.parametrize("rows", [1, 7, 10**9])
def test_means_of_any_size_have_the_moments(mean, rows):
    """40,000 draws: a standard error of the variance of 0.7 %."""
    model = Poisson(mean)
    drawn = [_means(model, rows)]
    drawn += [_rows(model)] if rows == 1 else []
    for values in drawn:
        error = (values - mean) / np.sqrt(mean / rows)
        # Whole numbers of double precision are no closer to each other than this.
        rounding = np.spacing(mean) / np.sqrt(mean / rows)
        assert abs(error.mean()) < 4 / np.sqrt(DRAWS) + rounding
        assert error.var() == pytest.approx(1, abs=0.03 + rounding**2)


def test_overdispersed_means_of_any_size_have_the_moments():
    model = NegativeBinomial(1e20, 4.0)
    for values in (_means(model, 7), _means(model, 10**9), _rows(model)):
        assert np.all(np.isfinite(values))
    error = (_rows(model) - 1e20) / np.sqrt(model.row_variance())
    assert abs(error.mean()) < 4 / np.sqrt(ROWS)
    assert error.var() == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("model", [Poisson(5e3), NegativeBinomial(5e3, 1e4)], ids=repr)
def test_large_means_do_not_underflow(model):
    """4,000 paths: a standard error of 2 %, where exp(−μ) is 0 even in float64."""
    arguments = {"n_real": 10, "n_synthetic": 10, "generations": GENERATIONS}
    trace = hl.simulate(model, "discard", replicates=4000, seed=3, **arguments).dataset
    exact = hl.theory.predict("discard", model=model, **arguments).dataset["error"]
    assert float(np.abs((trace["error"] - exact) / trace["error_se"]).max()) < 4


@pytest.mark.parametrize("name", ["poisson", "gamma"])
def test_double_precision_has_the_same_law(name):
    """20,000 paths: a standard error of 1 %; and with real data in every generation."""
    model, _ = FAMILIES[name]
    arguments = {"n_real": 8, "n_synthetic": 5, "generations": GENERATIONS}
    trace = hl.simulate(model, "fresh:0.5", replicates=20_000, seed=1, dtype=float, **arguments)
    exact = hl.theory.predict("fresh:0.5", model=model, **arguments).dataset["error"]
    z = (trace.dataset["error"] - exact) / trace.dataset["error_se"]
    assert float(np.abs(z).max()) < 4


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Bernoulli(1.5), "probability=1.5: must be a number from 0 to 1"),
        (lambda: Bernoulli(np.nan), "probability=nan: must be"),
        (lambda: Poisson(-1.0), "mean=-1.0: must be a finite number, 0 or more"),
        (lambda: Poisson(np.inf), "mean=inf: must be"),
        (lambda: Exponential(0.0), "mean=0.0: must be a finite number above 0"),
        (lambda: Gamma(1.0, 0.0), "shape=0.0: must be a finite number above 0"),
        (lambda: Gamma(np.nan, 1.0), "mean=nan: must be a finite number above 0"),
        (lambda: NegativeBinomial(1.0, -2.0), "size=-2.0: must be a finite number above 0"),
    ],
)
def test_wrong_parameters_are_named(make, message):
    with pytest.raises(ValueError, match=message) as error:
        make()
    assert "\n" not in str(error.value)
