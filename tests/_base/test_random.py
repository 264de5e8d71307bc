"""Random numbers: the bits that were published, and the laws of what is made of them."""

import itertools

import numpy as np
import pytest
from scipy import stats

from heirloom._base.random import Random, derived_key
from heirloom.simulation.streams import Role, Streams

PRECISIONS = (np.float32, np.float64)


@pytest.mark.parametrize(
    ("key", "counter", "bits"),
    [
        # Known answers of Random123 (tests/kat_vectors), threefry2x32 with 13 rounds.
        ((0, 0), (0, 0), (0x9D1C5EC6, 0x8BD50731)),
        ((2**32 - 1,) * 2, (2**32 - 1,) * 2, (0xFD36D048, 0x2D17272C)),
        ((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xBA3E4725, 0xF27D669E)),
    ],
)
def test_bits_are_those_published(key, counter, bits):
    assert derived_key(key, *counter) == bits


def _numbers(kind, dtype, replicates=200, size=10_000):
    random = Random((3, 4), replicates, dtype=dtype)
    return getattr(random, kind)(size).astype(np.float64)


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_uniform_numbers_are_uniform(dtype):
    u = _numbers("uniform", dtype)
    assert 0 < u.min() < u.max() < 1
    n = u.size
    for power in (1, 2, 3, 4):
        mean, variance = 1 / (power + 1), 1 / (2 * power + 1) - 1 / (power + 1) ** 2
        assert abs(np.mean(u**power) - mean) < 4 * np.sqrt(variance / n)
    # 1.95/√n is exceeded once in a thousand.
    assert stats.kstest(u.ravel(), "uniform").statistic < 1.95 / np.sqrt(n)


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_normal_numbers_are_normal(dtype):
    z = _numbers("normal", dtype)
    n = z.size
    # Moments 1 to 6, whose variances are (2k − 1)!! − (moment)².
    odd_factorials = {0: 1, 2: 1, 4: 3, 6: 15, 8: 105, 10: 945, 12: 10395}
    for power in range(1, 7):
        mean = odd_factorials.get(power, 0)
        variance = odd_factorials[2 * power] - mean**2
        assert abs(np.mean(z**power) - mean) < 4 * np.sqrt(variance / n), power
    assert stats.kstest(z.ravel(), "norm").statistic < 1.95 / np.sqrt(n)


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("bound", [2.0, 3.0, 4.0, 4.5])
def test_tails_are_as_heavy_as_they_should_be(dtype, bound):
    z = _numbers("normal", dtype)
    for beyond, chance in (
        ((z > bound).sum(), stats.norm.sf(bound)),
        ((z < -bound).sum(), stats.norm.sf(bound)),
    ):
        low, high = stats.binom(z.size, chance).ppf([3e-5, 1 - 3e-5])
        assert low <= beyond <= high
    assert np.abs(z).max() > 4.5


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_normal_numbers_are_quantiles_of_the_uniform_ones(dtype):
    u = Random((3, 4), 3, dtype=dtype).uniform(999).astype(np.float64)
    z = Random((3, 4), 3, dtype=dtype).normal(999)
    # The first array of a stream, whatever kind is asked for.
    tolerance = 2e-6 if dtype == np.float32 else 1e-14
    np.testing.assert_allclose(z, stats.norm.ppf(u), rtol=tolerance, atol=tolerance)


def test_streams_replicates_generations_and_calls_are_independent():
    streams = Streams(seed=7, first_replicate=0, replicates=2, dtype=np.dtype(np.float64))
    arrays = []
    for generation, role, batch in itertools.product(range(3), Role, range(2)):
        streams.begin(generation)
        random = streams.stream(role, batch)
        arrays += [*random.normal(4000), *random.normal(4000)]
    correlations = np.corrcoef(arrays)[np.triu_indices(len(arrays), 1)] * np.sqrt(4000)
    # 7,140 standard normal numbers: one above 4.4 in ten such tests.
    assert len(correlations) == 7140
    assert np.abs(correlations).max() < 4.6
    assert abs(np.mean(correlations**2) - 1) < 4 * np.sqrt(2 / len(correlations))


def test_numbers_within_an_array_are_independent():
    u = Random((3, 4), 1).uniform(200_000)[0] - 0.5
    for lag in (1, 2, 3, 100, 100_000):
        product = 12 * np.mean(u[lag:] * u[:-lag])
        assert abs(product) < 4 / np.sqrt(len(u) - lag)


@pytest.mark.parametrize("size", [0, 1, 2, 7, 8])
@pytest.mark.parametrize("dtype", PRECISIONS)
def test_a_replicate_has_its_numbers_in_whatever_company(dtype, size):
    whole = Random((1, 2), 6, dtype=dtype)
    part = Random((1, 2), 2, first_replicate=3, dtype=dtype)
    some = Random((1, 2), 6, dtype=dtype).of(np.array([5, 0]))
    for _ in range(2):
        numbers = whole.normal(size)
        assert numbers.dtype == dtype
        np.testing.assert_array_equal(part.normal(size), numbers[3:5])
        np.testing.assert_array_equal(some.normal(size), numbers[[5, 0]])


def test_arrays_are_shared_and_cannot_be_written_to():
    drawn: dict = {}
    first, second = (Random((1, 2), 3, drawn=drawn) for _ in range(2))
    numbers = first.uniform(4)
    assert second.uniform(4) is numbers
    assert first.uniform(4) is not numbers
    with pytest.raises(ValueError, match="read-only"):
        numbers[0, 0] = 1


def test_generators_are_the_same_for_a_key_and_differ_otherwise():
    def draws(key, first=0, calls=1):
        random = Random(key, 3, first_replicate=first)
        return [random.generator() for _ in range(calls)][-1].random(4)

    np.testing.assert_array_equal(draws((1, 2)), draws((1, 2)))
    others = [draws((1, 3)), draws((2, 2)), draws((1, 2), first=3), draws((1, 2), calls=2)]
    random = Random((1, 2), 3)
    others += [random.generator_of(r).random(4) for r in range(3)]
    np.testing.assert_array_equal(others[-1], random.of(np.array([2])).generator_of(0).random(4))
    assert len({tuple(draw) for draw in [draws((1, 2)), *others]}) == 1 + len(others)
