"""The steps of a chain: which data each generation is fitted on, and what becomes of failures."""

from dataclasses import dataclass

import numpy as np
import pytest

import heirloom as hl
from heirloom.models import Fit, Status
from heirloom.simulation import simulate_paths
from heirloom.workflows import Custom, Sizes, as_workflow, real, synthetic

SIZES = Sizes.of(n_real=6, n_synthetic=4, generations=3)


def _run(model, workflow, replicates):
    return simulate_paths(model, [as_workflow(workflow)], SIZES, replicates=replicates, seed=0)


@dataclass(frozen=True)
class Counting(hl.models.Model):
    """Rows are the number of the model that they come from: 0 real, t from generation t − 1."""

    failing: float = 1e9

    def truth(self):
        return np.array(0.0)

    def sample(self, random, parameters, rows):
        return np.repeat(parameters[:, None] + 1, rows, axis=1)

    def sample_real(self, random, rows):
        return np.zeros((random.replicates, rows))

    def fit(self, rows, weights, start):
        mean = np.sum(rows * weights, axis=1)
        broken = mean > self.failing
        return Fit(np.where(broken, np.nan, mean), np.full(len(mean), int(Status.SOLVED)))

    def metrics(self, parameters):
        return {"error": parameters}


def test_each_generation_is_fitted_on_its_mixture():
    expected = {
        "discard": [0, 1, 2, 3],
        "real": [0, 0, 0, 0],
        "fresh:0.25": [0, 0.75, 0.75 * 1.75, 0.75 * (1 + 0.75 * 1.75)],
        "anchor:0.5": [0, 0.5, 0.75, 0.875],
        # The synthetic datasets are means + 1 of the generations before, of 4 rows beside 6 real.
        "augment": [0, 0.4, 4 * (1 + 1.4) / 14, 4 * (1 + 1.4 + 1 + 9.6 / 14) / 18],
    }
    for workflow, values in expected.items():
        found = _run(Counting(), workflow, 2).metrics["error"]
        assert found.shape == (1, 2, 4)
        np.testing.assert_allclose(found[0], [values, values], rtol=1e-6)


def test_an_estimate_that_is_not_finite_is_a_failure_that_stays():
    paths = _run(Counting(failing=1.5), "discard", 1)
    np.testing.assert_array_equal(paths.status[0, 0], [0, 0, 4, 4])
    np.testing.assert_array_equal(paths.metrics["error"][0, 0], [0, 1, np.nan, np.nan])


def test_generations_have_their_own_random_numbers():
    model = hl.models.GaussianMean([0.0], 1.0)
    paths = _run(model, "real", 400).metrics["error"][0]
    correlations = np.corrcoef(paths.T)[~np.eye(4, dtype=bool)]
    assert np.abs(correlations).max() < 4 / np.sqrt(400)


def _two_means(t):
    return {real(0): (0.7, 4), synthetic(t): (0.3, 3)}


def test_datasets_drawn_separately_have_statistics_of_their_own():
    """The mixture of covariances about each dataset's own mean, as from whole datasets."""
    model = hl.models.Gaussian([0.0, 0.0], np.eye(2))
    sizes = {"n_real": 6, "n_synthetic": 5, "generations": 1}
    drawn = hl.simulate(model, Custom(_two_means), replicates=10_000, seed=0, **sizes).dataset
    # A subsample of fresh rows is a smaller dataset: at generation 1 the law is that of 4 and 3
    # rows. E‖S − I‖² is Σ share² E‖S_d − Σ_d‖² + share² E‖Σ_parent − I‖² + the covariance of
    # real[0]'s subsample with the model of generation 0, which is fitted on all of its 6 rows.
    exact = 0.7**2 * 6 / 3 + 0.3**2 * (6 / 5 + _noise_at_parent())
    exact += 2 * 0.7 * 0.3 * 6 / 5
    found, se = drawn["covariance_error"][0, 1], drawn["covariance_error_se"][0, 1]
    assert abs(float((found - exact) / se)) < 4


def _noise_at_parent():
    """E[tr S² + (tr S)²]/2 of 3 synthetic rows (2 degrees of freedom) at a model of 6 rows."""
    square, trace = 2 + 6 / 5, 4 + 4 / 5  # E tr S₀², E (tr S₀)²: 5 degrees of freedom
    return (square + trace) / 2


class NanStatistic(hl.models.GaussianMean):
    """Its statistic of fewer than 5 rows is nan."""

    def sample_statistic(self, random, parameters, rows):
        statistic = super().sample_statistic(random, parameters, rows)
        return np.full_like(statistic, np.nan) if rows < 5 else statistic

    def statistic(self, rows, weights):
        few = np.sum(weights > 0, axis=1, keepdims=True) < 5
        return np.where(few, np.nan, super().statistic(rows, weights))


@pytest.mark.filterwarnings("ignore:.* replicates had failed by:UserWarning")
def test_a_dataset_without_a_share_poisons_nothing():
    model = NanStatistic([0.0], 1.0)
    sizes = {"n_real": 6, "n_synthetic": 4, "generations": 3, "replicates": 4, "seed": 0}

    def rarely(t):
        return {real(t): 1.0} if t < 3 else {real(t): 0.5, synthetic(t): 0.5}

    for draw in ("statistics", "rows"):
        trace = hl.simulate(model, Custom(rarely), draw=draw, **sizes)
        np.testing.assert_array_equal(trace.dataset["failed"][0], [0, 0, 0, 1])

    def few(t):
        return {real(t): (1.0, 5)} if t < 3 else {real(t): (0.5, 5), synthetic(t): (0.5, 2)}

    trace = hl.simulate(model, Custom(few), **sizes)
    np.testing.assert_array_equal(trace.dataset["failed"][0], [0, 0, 0, 1])


@pytest.mark.parametrize(
    ("model", "draw"),
    [
        (hl.models.GaussianMean([0.0, 1.0], np.eye(2)), "statistics"),
        (hl.models.GaussianMean([0.0, 1.0], np.eye(2)), "rows"),
        # Without a sufficient statistic rows are drawn whatever is asked.
        (hl.models.LogisticRegression([1.0], penalty=0.1), "statistics"),
        (hl.models.EmpiricalCDF(), "rows"),
    ],
    ids=["statistic-statistics", "statistic-rows", "rows", "atoms"],
)
def test_workflows_share_generation_0(model, draw):
    workflows = ["discard", "fresh:0.5", "augment", "augment-subsample"]
    for n_initial in (20, 12, 60):
        trace = hl.simulate(
            model,
            workflows,
            n_real=20,
            n_synthetic=30,
            generations=1,
            replicates=16,
            seed=3,
            draw=draw,
            n_initial=n_initial,
        )
        zeroth = trace.dataset["error"].sel(generation=0).values
        # AugmentSubsample always draws rows, and other workflows statistics by their law.
        by_law = draw == "statistics" and isinstance(model, hl.models.SufficientModel)
        alike = zeroth[:-1] if by_law else zeroth
        np.testing.assert_allclose(alike, alike[0], rtol=1e-6)


def test_a_whole_pool_beside_draws_has_a_statistic_for_each_dataset():
    """The covariance of a pool used whole is the mixture of its datasets' covariances."""
    model = hl.models.Gaussian([0.0, 0.0], np.eye(2))
    sizes = {"n_real": 6, "n_synthetic": 5, "generations": 3}
    # At generation 1 the pool has 11 rows and is used whole; then 14 are drawn from it.
    drawn = hl.simulate(model, "subsample:14:augment", replicates=8000, seed=0, **sizes).dataset
    theory = hl.theory.predict("augment", model=model, **sizes).dataset
    at_one = {"workflow": 0, "generation": 1}
    z = (drawn["covariance_error"].isel(at_one) - theory["covariance_error"].isel(at_one)) / drawn[
        "covariance_error_se"
    ].isel(at_one)
    assert abs(float(z)) < 4
