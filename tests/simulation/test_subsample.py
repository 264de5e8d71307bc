import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from heirloom.simulation.schedule import ShelfSchedule, Subsampling
from heirloom.simulation.subsample import draw_weights, keep_drawn

DRAWS = 20_000
# Two shelves: one place of 6 rows; two places of 5 and 3 rows, with room for 5.
ROWS = (np.array([6]), np.array([5, 3]))
PRESENT = np.r_[np.ones(6), np.ones(5), np.ones(3), np.zeros(2)] > 0


def _draw(subsampling, used=((3,), (2, 1)), shares=((0.5,), (0.2, 0.3)), drawn=5):
    nothing = np.zeros(0, np.int32)

    def one(key):
        shelves = [
            (capacity, ShelfSchedule(nothing, nothing, jnp.asarray(rows), jnp.asarray(u)))
            for capacity, rows, u in zip((6, 5), ROWS, used, strict=True)
        ]
        weights = draw_weights(
            key, subsampling, shelves, [jnp.asarray(s) for s in shares], jnp.asarray(drawn)
        )
        return jnp.concatenate([w.ravel() for w in weights])

    keys = jax.random.split(jax.random.key(0), DRAWS)
    return np.asarray(jax.jit(jax.vmap(one))(keys), dtype=np.float64)


@pytest.mark.parametrize("pooled", [True, False])
@pytest.mark.parametrize("replacement", [True, False])
def test_weights_sum_to_one_on_rows_that_are_there(pooled, replacement):
    weights = _draw(Subsampling(7, pooled, replacement))
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-5)
    assert not np.any(weights[:, ~PRESENT])


def test_pool_without_replacement_draws_every_subset_alike():
    weights = 5 * _draw(Subsampling(5, pooled=True, replacement=False))[:, PRESENT]
    assert set(np.unique(weights.round(5))) == {0.0, 1.0}
    assert np.all(weights.round().sum(axis=1) == 5)
    # Of 14 rows 5 are drawn: a row in 5/14, a pair in 5·4/(14·13); s.e. 0.0034 and 0.0022.
    np.testing.assert_allclose(weights.mean(axis=0), 5 / 14, atol=0.014)
    pairs = weights.T @ weights / DRAWS
    np.testing.assert_allclose(pairs[~np.eye(14, dtype=bool)], 20 / 182, atol=0.01)


def test_pool_with_replacement_counts_are_multinomial():
    counts = 5 * _draw(Subsampling(7, pooled=True, replacement=True))[:, PRESENT]
    np.testing.assert_allclose(counts, counts.round(), atol=1e-5)
    seen = [np.sum(counts[:, 0].round() == k) for k in range(3)]
    seen.append(DRAWS - sum(seen))
    binomial = stats.binom(5, 1 / 14)
    expected = DRAWS * np.r_[binomial.pmf(range(3)), binomial.sf(2)]
    assert stats.chisquare(seen, expected).pvalue > 1e-3
    np.testing.assert_allclose(counts.mean(axis=0), 5 / 14, atol=0.018)


def test_each_without_replacement_draws_the_rows_asked_for():
    weights = _draw(Subsampling(6, pooled=False, replacement=False))
    parts = np.split(weights[:, PRESENT], [6, 11], axis=1)
    for part, used, share in zip(parts, (3, 2, 1), (0.5, 0.2, 0.3), strict=True):
        assert np.all((part > 0).sum(axis=1) == used)
        np.testing.assert_allclose(part[part > 0], share / used, rtol=1e-5)
        np.testing.assert_allclose((part > 0).mean(axis=0), used / part.shape[1], atol=0.016)


def test_each_with_replacement_may_draw_more_than_there_are():
    weights = _draw(Subsampling(9, pooled=False, replacement=True), used=((3,), (2, 9)))
    parts = np.split(weights[:, PRESENT], [6, 11], axis=1)
    for part, used, share in zip(parts, (3, 2, 9), (0.5, 0.2, 0.3), strict=True):
        counts = part * used / share
        np.testing.assert_allclose(counts, counts.round(), atol=1e-3)
        rows = part.shape[1]
        np.testing.assert_allclose(counts.mean(axis=0), used / rows, atol=0.06)
        variance = used / rows * (1 - 1 / rows)
        np.testing.assert_allclose(counts.var(axis=0), variance, rtol=0.08)


def test_shelves_are_drawn_from_independently():
    weights = _draw(Subsampling(6, pooled=False, replacement=False)) > 0
    correlation = np.corrcoef(weights[:, 0], weights[:, 6])[0, 1]
    assert abs(correlation) < 4 / np.sqrt(DRAWS)


def test_keep_drawn_gathers_the_rows_with_weight():
    rows = {"x": jnp.arange(10), "y": jnp.arange(20).reshape(10, 2)}
    weights = jnp.zeros(10).at[jnp.array([2, 5, 7])].set(jnp.array([0.5, 0.2, 0.3]))
    kept, weight = keep_drawn(rows, weights, 5)
    np.testing.assert_array_equal(kept["x"][:3], [2, 5, 7])
    np.testing.assert_array_equal(kept["y"][:3], [[4, 5], [10, 11], [14, 15]])
    np.testing.assert_allclose(weight, [0.5, 0.2, 0.3, 0, 0])
