import numpy as np
import pytest
from scipy import stats

from heirloom._base.random import Random
from heirloom.models.drawing import drawn_points, drawn_positions


class Given(Random):
    """Uniform numbers that a test chooses."""

    def __init__(self, numbers):
        super().__init__((0, 0), len(numbers), dtype=numbers.dtype)
        self.given = numbers

    def uniform(self, *shape):
        return self.given


def drawn(random, weights, rows, by):
    """Positions that are drawn, by either way."""
    if by == "alias":
        points = np.broadcast_to(np.arange(weights.shape[1], dtype=np.float64), weights.shape)
        return drawn_points(random, points, weights, rows).astype(int)
    return drawn_positions(random, weights, rows)


WAYS = pytest.mark.parametrize("by", ["alias", "inversion"])


@WAYS
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "weights",
    [
        [0.0, 0.5, 0.2, 0.0, 0.3, 0.0],
        [1.0],
        [0.25, 0.25, 0.25, 0.25],
        [0.2, 0.2, 0.2, 0.1, 0.1, 0.1, 0.1],
        [0.0, 1e-3, 0.999],
    ],
)
def test_draws_follow_the_weights(by, weights, dtype):
    weights = np.array(weights)
    seen = np.zeros(len(weights))
    for position in drawn(
        Random((3, 4), 50, dtype=dtype), np.broadcast_to(weights, (50, len(weights))), 2000, by
    ):
        seen += np.bincount(position, minlength=len(weights))
    assert not seen[weights == 0].any()
    deviation = (seen - 100_000 * weights) / np.sqrt(100_000 * weights * (1 - weights) + 1e-12)
    assert np.abs(deviation).max() < 4


@WAYS
def test_each_replicate_has_weights_of_its_own(by):
    rng = np.random.default_rng(1)
    weights = rng.dirichlet(np.full(30, 0.3), size=40)
    shares = np.stack(
        [np.bincount(row, minlength=30) for row in drawn(Random((1, 2), 40), weights, 4000, by)]
    )
    pvalues = [
        stats.chisquare(np.r_[seen[many], seen[~many].sum()], np.r_[e[many], e[~many].sum()]).pvalue
        for seen, e in zip(shares, 4000 * weights, strict=True)
        for many in [e > 10]
    ]
    assert stats.kstest(pvalues, "uniform").pvalue > 1e-3


@WAYS
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("count", [20, 1500, 3000])
def test_atoms_without_mass_are_never_drawn(by, count, dtype):
    """Neither at the edges of their neighbours, nor at the greatest and least uniform numbers."""
    rng = np.random.default_rng(count)
    weights = rng.exponential(size=count)
    weights[rng.uniform(size=count) < 0.5] = 0
    weights[:2] = weights[-5:] = 0
    weights = (weights / weights.sum()).astype(np.float32)[None]
    if by == "inversion":
        heights = np.cumsum(weights.astype(np.float64))
        around = [heights, np.nextafter(heights, 0), np.nextafter(heights, 2)]
    else:
        steps = np.arange(count + 1) / count
        around = [steps, np.nextafter(steps, 0), np.nextafter(steps, 2)]
    step = 2.0**-24 if dtype is np.float32 else 2.0**-53
    edges = np.clip(np.concatenate([*around, [0.0, 1.0]]), step, 1 - step).astype(dtype)
    assert edges.max() < 1
    position = drawn(Given(edges[None]), weights, edges.size, by)
    assert position.min() >= 0
    assert position.max() < count
    assert np.all(weights[0, position] > 0)


@WAYS
def test_replicates_are_independent_of_those_beside_them(by):
    weights = np.random.default_rng(2).dirichlet(np.ones(50), size=9)
    together = drawn(Random((5, 6), 9, dtype=np.float32), weights, 70, by)
    for r in range(9):
        alone = Random((5, 6), 1, first_replicate=r, dtype=np.float32)
        np.testing.assert_array_equal(drawn(alone, weights[r : r + 1], 70, by)[0], together[r])
    same = np.broadcast_to(weights[0], (400, 50))
    many = drawn(Random((5, 6), 400, dtype=np.float32), same, 70, by)
    between = np.corrcoef(many.astype(float))[np.triu_indices(400, 1)]
    # Mean 0 and variance 1/70.
    assert abs(between.mean()) < 4 / np.sqrt(70 * between.size)
    assert between.var() == pytest.approx(1 / 69, rel=0.05)


@WAYS
def test_weights_in_one_place_are_those_of_all_replicates(by):
    weights = np.random.default_rng(3).dirichlet(np.ones(11))
    shared = np.broadcast_to(weights, (6, 11))
    one = drawn(Random((7, 8), 6), shared, 40, by)
    np.testing.assert_array_equal(one, drawn(Random((7, 8), 6), shared.copy(), 40, by))


def test_weights_that_hardly_differ_draw_nearly_the_same():
    atoms = np.random.default_rng(4).standard_normal((200, 200))

    def of_real(share):
        return np.broadcast_to(np.repeat([share, 1 - share], 100) / 100, (200, 200))

    first, second = (
        drawn_points(Random((9, 9), 200), atoms, of_real(share), 100) for share in (0.6, 0.62)
    )
    # A share of 0.02 must differ; by inversion it would be nearly all.
    assert np.mean(first != second) == pytest.approx(0.02, abs=0.005)


@WAYS
def test_single_precision_reaches_every_one_of_many_atoms(by):
    """4 million draws of a million atoms: counts are Poisson, of variance 4, to 0.6 %.

    Steps of 2⁻²³ would give some atoms 8 and some 9 of them, and their law another variance.
    """
    weights = np.full((1, 10**6), 1e-6)
    position = drawn(Random((1, 1), 1, dtype=np.float32), weights, 4 * 10**6, by)[0]
    counts = np.bincount(position, minlength=10**6)
    assert counts.var() == pytest.approx(4, rel=0.01)
    assert np.mean(counts == 0) == pytest.approx(np.exp(-4), rel=0.03)
    halves = np.bincount(position % 2)
    assert abs(halves[0] - halves[1]) < 4 * np.sqrt(4e6)


def test_replicates_without_any_mass_do_no_harm():
    weights = np.array([[0.5, 0.5], [0.0, 0.0]])
    points = drawn_points(Random((1, 2), 2), np.array([[1.0, 2.0], [3.0, 4.0]]), weights, 20)
    assert set(points[0]) == {1.0, 2.0}
    assert set(points[1]) <= {3.0, 4.0}
    assert drawn_positions(Random((1, 2), 2), weights, 20).max() <= 1
