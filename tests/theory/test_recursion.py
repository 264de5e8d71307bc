"""The recursion against the definition, evaluated by brute force in dense linear algebra."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heirloom import theory
from heirloom.theory.recursion import covariance_matrix, variances
from heirloom.workflows import Custom, Dataset, Lineage, Mixture, Sizes, parse, real, synthetic


def covariance_by_definition(mixtures: Sequence[Mixture], sizes: Sizes) -> np.ndarray:
    """Solve h_t = Σ_d share_t(d) (e_{t,d} + h_{parent(d)}) with every e written out.

    Rows have variance 1. Var e_{t,d} is 1/r for r rows drawn without replacement; a draw with
    replacement adds the 1/r of the draw to the 1/n_d of the dataset. Two generations share the
    noise 1/n_d of a dataset; noises of different datasets are independent.
    """
    uses = [(t, d, s, r) for t, mixture in enumerate(mixtures) for d, s, r in mixture]
    noise = np.zeros((len(uses), len(uses)))
    for i, (_, d, _, r) in enumerate(uses):
        for j, (_, other, _, _) in enumerate(uses):
            if d == other:
                noise[i, j] = 1 / sizes.rows(d)
        replacement = mixtures[uses[i][0]].replacement
        noise[i, i] = 1 / r + (1 / sizes.rows(d) if replacement else 0.0)
    parents = np.zeros((len(mixtures), len(mixtures)))
    entries = np.zeros((len(mixtures), len(uses)))
    for i, (t, d, share, _) in enumerate(uses):
        entries[t, i] = share
        if d.origin == "synthetic":
            parents[t, d.generation - 1] += share
    solution = np.linalg.solve(np.eye(len(mixtures)) - parents, entries)
    return solution @ noise @ solution.T


@dataclass(frozen=True)
class Recursion:
    """Sizes, and for each generation shares and rows of datasets, as plain numbers.

    Datasets are numbered: 0 … t the real ones, t + 1 … 2t the synthetic ones.
    """

    n_initial: int
    n_real: list[int]
    n_synthetic: list[int]
    parts: list[dict[int, tuple[float, float]]]
    replacement: list[bool]

    def sizes(self) -> Sizes:
        return Sizes.of(
            n_real=self.n_real,
            n_synthetic=self.n_synthetic,
            generations=len(self.parts),
            n_initial=self.n_initial,
        )

    def mixtures(self, *, whole: bool = False) -> tuple[Mixture, ...]:
        """The mixtures; of all rows of every dataset if `whole`."""
        return Custom(lambda t, sizes: self.mixture(t, sizes, whole)).mixtures(self.sizes())

    def mixture(self, t: int, sizes: Sizes, whole: bool) -> Mixture:
        named = {
            real(i) if i <= t else synthetic(i - t): part for i, part in self.parts[t - 1].items()
        }
        present = {d: part for d, part in named.items() if sizes.rows(d)} or {real(0): (1.0, 1.0)}
        shares = np.array([share for share, _ in present.values()])
        available = np.array([sizes.rows(d) for d in present], dtype=np.float64)
        used = np.ceil(available * np.array([fraction for _, fraction in present.values()]))
        return Mixture(
            tuple(present),
            shares / shares.sum(),
            available if whole else used,
            replacement=self.replacement[t - 1] and not whole,
        )


@st.composite
def random_recursions(draw: st.DrawFn) -> Recursion:
    """Random shares over random subsets of what exists, random sizes, random rows used."""
    generations = draw(st.integers(1, 6))
    rows = st.lists(st.integers(0, 40), min_size=generations, max_size=generations)
    fraction = st.one_of(st.just(1.0), st.floats(0.01, 1.0))
    part = st.tuples(st.floats(0.05, 1.0), fraction)
    return Recursion(
        n_initial=draw(st.integers(1, 40)),
        n_real=draw(rows),
        n_synthetic=draw(rows),
        parts=[
            draw(st.dictionaries(st.integers(0, 2 * t), part, min_size=1))
            for t in range(1, generations + 1)
        ],
        replacement=draw(st.lists(st.booleans(), min_size=generations, max_size=generations)),
    )


@given(random_recursions())
def test_any_workflow_agrees_with_the_definition(recursion: Recursion) -> None:
    sizes, mixtures = recursion.sizes(), recursion.mixtures()
    expected = covariance_by_definition(mixtures, sizes)
    tolerance = {"rtol": 1e-9, "atol": 1e-12}
    lineage = Lineage.of_one_model(mixtures, sizes)
    np.testing.assert_allclose(variances(lineage), np.diag(expected), **tolerance)
    matrix = covariance_matrix(lineage)[:, 0, :, 0]
    np.testing.assert_allclose(matrix, expected, **tolerance)
    np.testing.assert_array_equal(matrix, matrix.T)
    assert np.linalg.eigvalsh(matrix).min() >= -1e-12 * matrix.max()


@pytest.mark.parametrize(
    "text",
    [
        "discard",
        "augment",
        "augment-subsample",
        "augment-subsample:replacement",
        "fresh:schedule",
        "anchor:naive",
        "accumulate-all",
        "real:accumulate",
        "window:3",
        "window:2,initial",
        "subsample:7:accumulate-all",
        "subsample:40,replacement:window:4",
    ],
)
def test_named_workflows_agree_with_the_definition(text: str) -> None:
    arguments = {"n_real": 12, "n_synthetic": lambda t: 5 + t, "generations": 12, "n_initial": 9}
    sizes = Sizes.of(**arguments)
    expected = covariance_by_definition(parse(text).mixtures(sizes), sizes) * 9
    found = theory.limit_covariance(text, **arguments)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(found, found.T)
    np.testing.assert_allclose(np.diag(found), theory.relative_risk(text, **arguments), rtol=1e-12)


@given(random_recursions(), st.floats(-1.0, 2.0))
def test_the_exact_law_where_nothing_is_drawn(recursion: Recursion, curvature: float) -> None:
    """v₂ = 0 is then the limit, and v₂ moves the risk in its own direction."""
    lineage = Lineage.of_one_model(recursion.mixtures(whole=True), recursion.sizes())
    limit = variances(lineage)
    np.testing.assert_array_equal(variances(lineage, curvature=0.0), limit)
    curved = variances(lineage, curvature=curvature)
    assert np.all((curved - limit) * np.sign(curvature) >= -1e-15)


POOLS = [
    "augment",
    "augment-subsample",
    "augment-subsample:replacement",
    "accumulate-all",
    "real:accumulate",
    "subsample:13:accumulate-all",
    "subsample:300:augment",
    "subsample:77,replacement:augment",
]


@pytest.mark.parametrize("text", POOLS)
@settings(max_examples=20)
@given(data=st.data())
def test_the_recursion_of_a_pool_is_that_of_its_datasets(text: str, data: st.DataObject) -> None:
    generations = data.draw(st.integers(0, 7))
    rows = st.lists(st.integers(0, 40), min_size=generations, max_size=generations)
    sizes = Sizes.of(
        n_real=data.draw(rows),
        n_synthetic=data.draw(rows),
        generations=generations,
        n_initial=data.draw(st.integers(1, 40)),
    )
    law = {
        "curvature": data.draw(st.sampled_from([None, -1.0, 0.0, 0.5])),
        "synthetic_ratio": data.draw(st.sampled_from([1.0, 1.3])),
    }
    pool = parse(text).lineage(sizes)
    assert pool.pool is not None
    datasets = Lineage.of_one_model(parse(text).mixtures(sizes), sizes)
    assert parse(text).usage(sizes) == pool.usage() == datasets.usage()
    # A draw of one row from a pool of frequencies leaves rounding where the exact answer is 0.
    np.testing.assert_allclose(
        variances(pool, **law), variances(datasets, **law), rtol=1e-11, atol=1e-14
    )
    joint = np.array([[1.0, 0.7], [0.7, 2.0]])
    for generator in (0, 1):
        np.testing.assert_allclose(
            covariance_matrix(pool, joint, generator),
            covariance_matrix(datasets, joint, generator),
            rtol=1e-11,
            atol=1e-14,
        )


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("augment-subsample", np.pi**2 / 2 - 2),
        ("fresh:schedule", (np.sqrt(5) - 1) / 2),
    ],
)
def test_ten_thousand_generations(text: str, limit: float) -> None:
    risk = theory.relative_risk(text, n_real=100, n_synthetic=100, generations=10_000)
    assert risk.dtype == np.float64
    assert risk.shape == (10_001,)
    assert risk[-1] == pytest.approx(limit, abs=5e-4)


def test_a_dataset_may_rest_and_come_back() -> None:
    """The initial data return after many generations: their place must not be taken meanwhile."""

    def rule(t: int) -> dict[Dataset, float]:
        return {real(0): 1.0} if t == 9 else {synthetic(t): 1.0}

    sizes = {"n_real": 10, "n_synthetic": 10, "generations": 10}
    covariance = theory.limit_covariance(Custom(rule), **sizes)
    assert covariance[9, 0] == covariance[9, 9] == pytest.approx(1.0)
    assert covariance[10, 10] == pytest.approx(2.0)
    assert covariance[8, 8] == pytest.approx(9.0)
