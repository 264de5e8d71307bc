import jax
import jax.numpy as jnp
import numpy as np

import heirloom as hl
from heirloom.models import Fit, Status
from heirloom.simulation.chain import CompiledGroup, simulate_tile
from heirloom.simulation.schedule import group_workflows
from heirloom.workflows import Sizes, as_workflow

SIZES = Sizes.of(n_real=6, n_synthetic=4, generations=3)


def _run(model, workflow, first, tile):
    (group,) = group_workflows([as_workflow(workflow)], SIZES)
    compiled = CompiledGroup.of(group, np.float32)
    key = jax.random.key(0)
    return simulate_tile(model, compiled, key, jnp.uint32(first), tile=tile, direct=True)


class Counting(hl.models.Model):
    """Rows are the number of the model that they come from: 0 real, t from generation t − 1."""

    failing: float = 1e9

    def truth(self):
        return jnp.asarray(0.0)

    def sample(self, key, parameters, rows):
        return jnp.full(rows, parameters + 1)

    def sample_real(self, key, rows):
        return jnp.zeros(rows)

    def fit(self, rows, weights, start):
        mean = jnp.sum(rows * weights)
        broken = mean > self.failing
        return Fit(jnp.where(broken, jnp.nan, mean), jnp.asarray(int(Status.SOLVED)))

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
        chain = _run(Counting(), workflow, 0, 2)
        np.testing.assert_allclose(chain.metrics["error"][0, 0], values, rtol=1e-6)
        assert chain.metrics["error"].shape == (2, 1, 4)


def test_an_estimate_that_is_not_finite_is_a_failure_that_stays():
    chain = _run(Counting(failing=1.5), "discard", 0, 1)
    np.testing.assert_array_equal(chain.status[0, 0], [0, 0, 4, 4])
    np.testing.assert_array_equal(chain.metrics["error"][0, 0], [0, 1, np.nan, np.nan])


def test_a_replicate_does_not_depend_on_its_tile():
    model = hl.models.GaussianMean([0.0, 1.0], np.eye(2))
    for workflow in ("fresh:0.5", "augment-subsample"):
        whole = _run(model, workflow, 0, 8).metrics["error"]
        later = _run(model, workflow, 5, 8).metrics["error"]
        np.testing.assert_array_equal(later[:3], whole[5:])
        assert len(np.unique(whole[:, 0, 0])) == 8


def test_generations_have_their_own_random_numbers():
    paths = _run(hl.models.GaussianMean([0.0], 1.0), "real", 0, 400).metrics["error"][:, 0]
    correlations = np.corrcoef(paths.T)[~np.eye(4, dtype=bool)]
    assert np.abs(correlations).max() < 4 / np.sqrt(400)
