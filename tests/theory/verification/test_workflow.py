"""Verified data in every workflow, against the plain recursion and loops of truncated normals."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

import heirloom as hl
from heirloom.laws import AcceptedResponsesLaw
from heirloom.theory.evaluation import expected
from heirloom.theory.recursion import variances
from heirloom.theory.verification.accepted_over_normal import accepted_over_normal
from heirloom.theory.verification.workflow import predict_verified, verified_moments
from heirloom.workflows import (
    AnchorMix,
    Augment,
    Custom,
    Discard,
    FreshMix,
    Graph,
    Mixture,
    Sizes,
    Workflow,
    as_workflow,
    real,
    synthetic,
)

DESIGN = np.random.default_rng(3).normal(size=(12, 3)) @ np.array(
    [[1.0, 0.4, 0.0], [0.0, 0.8, 0.2], [0.0, 0.0, 1.5]]
)


def verified(
    design: np.ndarray,
    bias: float,
    *,
    radius: float = 0.2,
    noise_scale: float = 1.0,
    truth: Sequence[float] | None = None,
) -> AcceptedResponsesLaw:
    """A verifier off by `bias`, spread evenly, with the slack of the paper."""
    p = design.shape[1]
    of_truth = np.zeros(p) if truth is None else np.array(truth)
    centre = design @ (of_truth + bias / math.sqrt(p))
    half = radius * np.linalg.norm(design, axis=1) + noise_scale * math.sqrt(2 / math.pi)
    return AcceptedResponsesLaw(design, of_truth, noise_scale, centre - half, centre + half)


def unverified(design: np.ndarray, noise_scale: float = 1.0) -> AcceptedResponsesLaw:
    rows, p = design.shape
    return AcceptedResponsesLaw(
        design, np.arange(p) - 0.5, noise_scale, np.full(rows, -np.inf), np.full(rows, np.inf)
    )


def simulated(
    law: AcceptedResponsesLaw, mixtures: Sequence[Mixture], sizes: Sizes, replicates: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Mean squared error of every generation and its standard error, response by response."""
    rng = np.random.default_rng(seed)
    rows, sigma = len(law.design), law.noise_scale
    solve = np.linalg.pinv(law.design).T
    fits: list[np.ndarray] = []
    estimates: dict[tuple[str, int], np.ndarray] = {}
    for t, mixture in enumerate(mixtures):
        responses = law.design @ law.truth + sigma / math.sqrt(
            sizes.real[t] / rows
        ) * rng.standard_normal((replicates, rows))
        estimates["real", t] = responses @ solve
        if t:
            mean = (fits[-1] @ law.design.T)[..., None]
            bottom = ndtr((law.low[:, None] - mean) / sigma)
            top = ndtr((law.high[:, None] - mean) / sigma)
            uniform = rng.random((replicates, rows, int(sizes.synthetic[t]) // rows))
            drawn = mean + sigma * ndtri(bottom + uniform * (top - bottom))
            estimates["synthetic", t] = drawn.mean(axis=-1) @ solve
        fits.append(sum(share * estimates[tuple(d)] for d, share, _ in mixture))  # type: ignore[arg-type]
    squared = np.sum((np.array(fits) - law.truth) ** 2, axis=-1)
    return squared.mean(axis=1), squared.std(axis=1) / math.sqrt(replicates)


def compare(
    workflow: Workflow | str,
    law: AcceptedResponsesLaw,
    *,
    per_row: int,
    generations: int,
    replicates: int,
    seed: int = 1,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Theory, simulation and the simulation's standard error."""
    rows = per_row * len(law.design)
    sizes = Sizes.of(n_real=rows, n_synthetic=rows, generations=generations)
    lineage = as_workflow(workflow).lineage(sizes)
    mean, se = simulated(law, lineage.mixtures[:], sizes, replicates, seed)
    return expected(law, lineage), mean, se


def recent(t: int) -> Mapping:
    """The last two synthetic datasets, and both real ones of the ends."""
    last = [synthetic(s) for s in range(max(1, t - 1), t + 1)]
    return {real(0): 0.2, real(t): 0.1} | {d: 0.7 / len(last) for d in last}


PAIR = Graph(
    {"student": "augment", "teacher": "fresh:0.5", "third": "anchor:0.2"},
    sources={"student": "teacher", "teacher": {"student": 0.4, "third": 0.6}, "third": "third"},
)
WORKFLOWS: list[Workflow | str] = [
    "discard",
    "augment",
    "accumulate",
    "fresh:0.3",
    "fresh:optimal",
    "anchor:0.5",
    "real",
    "real:accumulate",
    "window:3",
    Custom(recent),
    PAIR["student"],
    PAIR["third"],
    Graph({"a": "discard", "b": "fresh:0.5"}, sources={"a": "b", "b": "a"}, shared_real=True)["b"],
]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: as_workflow(workflow).text)
def test_if_all_is_accepted_it_is_the_plain_recursion(workflow: Workflow | str) -> None:
    law = unverified(DESIGN, noise_scale=1.7)
    sizes = Sizes.of(
        n_real=[24, 12, 36, 48, 12, 24, 60], n_synthetic=lambda t: 12 * (1 + t % 4), generations=6
    )
    lineage = as_workflow(workflow).lineage(sizes)
    mean, covariance = verified_moments(lineage, law)
    inverse = np.linalg.inv(DESIGN.T @ DESIGN / 12)
    np.testing.assert_allclose(mean, np.tile(law.truth, (len(lineage), 1)), rtol=1e-12)
    of_row = 1.7**2 * inverse
    exact = variances(lineage)[:, None, None] * of_row
    np.testing.assert_allclose(covariance, exact, rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(
        expected(law, lineage),
        (variances(lineage) * np.trace(of_row))[lineage.generations],
        rtol=1e-10,
    )


@pytest.mark.parametrize("bias", [0.0, 0.3, 1.0])
@pytest.mark.parametrize(
    ("design", "per_row"), [(np.eye(2), 5), (np.eye(2), 20), (DESIGN, 1), (DESIGN, 3)]
)
def test_the_first_generation_is_exact(design: np.ndarray, per_row: int, bias: float) -> None:
    law = verified(design, bias, noise_scale=1.3, truth=np.arange(design.shape[1]) + 1.0)
    theory, mean, se = compare("discard", law, per_row=per_row, generations=1, replicates=200_000)
    assert np.abs((mean - theory) / se).max() < 4
    assert theory[0] == pytest.approx(
        1.3**2 / per_row * np.trace(np.linalg.inv(design.T @ design)), rel=1e-12
    )


@pytest.mark.parametrize("bias", [0.0, 0.3, 1.0])
@pytest.mark.parametrize(("per_row", "replicates"), [(5, 60_000), (20, 30_000), (100, 8_000)])
@pytest.mark.parametrize("workflow", [Discard(), FreshMix(0.3), Augment(), AnchorMix(0.5)], ids=str)
def test_later_generations(workflow: Workflow, per_row: int, replicates: int, bias: float) -> None:
    law = verified(np.eye(2), bias)
    theory, mean, se = compare(workflow, law, per_row=per_row, generations=4, replicates=replicates)
    assert np.abs((mean - theory) / se).max() < 4


@pytest.mark.parametrize("workflow", ["discard", "fresh:0.3", "augment", "anchor:0.5"])
def test_a_general_design(workflow: str) -> None:
    law = verified(DESIGN, 0.3, noise_scale=0.8, truth=[1.0, -2.0, 0.5])
    theory, mean, se = compare(workflow, law, per_row=5, generations=3, replicates=40_000)
    assert np.abs((mean - theory) / se).max() < 4


def exact_workflows(trace: hl.Trace) -> list[str]:
    """Workflows of which every generation is exact."""
    exact = trace.dataset["error_exact"].all("generation")
    return trace.dataset["workflow"].values[exact.values].tolist()


def test_values_of_the_loop_in_one_direction() -> None:
    """By an integral equation: bias 0.5, accepted ∓1, 50 real rows, 100 accepted a round."""
    law = AcceptedResponsesLaw(np.eye(1), np.zeros(1), 1.0, np.array([-0.5]), np.array([1.5]))
    trace = predict_verified(
        "discard", law, n_real=50, n_synthetic=100, generations=30, n_initial=50
    )
    found = trace.dataset["error"].values[0, [0, 1, 2, 5, 30]]
    np.testing.assert_allclose(found, [0.0200, 0.1316, 0.2134, 0.2522, 0.2532], atol=5e-5)


def test_repeated_rows_are_rows() -> None:
    once = verified(DESIGN, 0.3)
    order = np.random.default_rng(0).permutation(24)
    twice = AcceptedResponsesLaw(
        np.tile(DESIGN, (2, 1))[order],
        once.truth,
        1.0,
        np.tile(once.low, 2)[order],
        np.tile(once.high, 2)[order],
    )
    lineage = FreshMix(0.3).lineage(Sizes.of(n_real=24, n_synthetic=48, generations=4))
    for of_once, of_twice in zip(
        verified_moments(lineage, once), verified_moments(lineage, twice), strict=True
    ):
        np.testing.assert_allclose(of_once, of_twice, rtol=1e-11, atol=1e-14)


def test_rotation_and_scale_change_nothing() -> None:
    """Units: θ and σ times c, then a rotation of the design with the truth turned along."""
    law = verified(DESIGN, 0.5)
    rotation = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))[0]
    turned = AcceptedResponsesLaw(DESIGN @ rotation, law.truth, 1.0, law.low, law.high)
    scaled = AcceptedResponsesLaw(DESIGN, 3 * law.truth, 3.0, 3 * law.low, 3 * law.high)
    lineage = Augment().lineage(Sizes.of(n_real=24, n_synthetic=24, generations=4))
    error = expected(law, lineage)
    np.testing.assert_allclose(expected(turned, lineage), error, rtol=1e-11)
    np.testing.assert_allclose(expected(scaled, lineage), 9 * error, rtol=1e-11)


def test_covariances_are_covariances() -> None:
    law = verified(DESIGN, 1.0, radius=0.0)
    for workflow in WORKFLOWS:
        sizes = Sizes.of(n_real=12, n_synthetic=12, generations=5)
        covariance = verified_moments(as_workflow(workflow).lineage(sizes), law)[1]
        np.testing.assert_allclose(covariance, covariance.transpose(0, 2, 1), atol=1e-14)
        assert np.linalg.eigvalsh(covariance).min() > 0


def test_a_trace_says_what_it_was_made_from() -> None:
    law = verified(np.eye(2), 0.3)
    trace = predict_verified(
        ["discard", "fresh:0.3"], law, n_real=10, n_synthetic=20, generations=3
    )
    assert trace.metrics == ("error",)
    assert dict(trace.dataset.sizes) == {"workflow": 2, "generation": 4}
    assert trace.dataset["error_exact"].values.tolist() == [[True] * 4, [True, True, False, False]]
    assert trace.rerun().dataset.identical(trace.dataset)
    sizes = {"n_real": 10, "n_synthetic": 20}
    short = predict_verified("discard", law, generations=1, **sizes)
    assert short.dataset["error_exact"].all()
    free = predict_verified("discard", unverified(np.eye(2)), generations=5, **sizes)
    assert free.dataset["error_exact"].all()


def test_the_expansion_adds_up() -> None:
    """Var F is the linear part and the squares of the coefficients."""
    mean, half_width = np.array([0.0, 0.5, 2.0, 4.0]), np.array([0.8, 1.0, 2.0, 1.0])
    averaged = accepted_over_normal(mean, np.full(4, 0.2), half_width)
    np.testing.assert_allclose(
        averaged.curved, np.sum(averaged.coefficients**2, axis=0), rtol=1e-9, atol=1e-15
    )


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"n_synthetic": 13}, "n_synthetic=13: must be a multiple of the 12 rows of the design"),
        ({"n_real": 18, "n_initial": 12}, "n_real=18: must be a multiple"),
        ({"n_initial": 5}, "n_initial=5: must be a multiple"),
        ({"workflows": "augment-subsample"}, "draws rows: .* simulate it"),
        ({"workflows": "discard:0.5"}, "discard"),
        ({"workflows": []}, r"workflows=\[\]: give at least one"),
    ],
)
def test_what_is_refused(changed: dict, message: str) -> None:
    given = {"workflows": "fresh:0.5", "n_real": 12, "n_synthetic": 24, "generations": 2} | changed
    with pytest.raises(ValueError, match=message):
        predict_verified(given.pop("workflows"), verified(DESIGN, 0.1), **given)


def test_drawn_rows_are_refused() -> None:
    drawn = Custom(lambda t: {synthetic(t): (1.0, 6)}, label="half")
    with pytest.raises(ValueError, match="draws rows"):
        predict_verified(drawn, verified(DESIGN, 0.1), n_real=12, n_synthetic=12, generations=1)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"design": np.ones(2)}, "design of shape"),
        ({"design": np.ones((2, 2))}, "must have independent columns"),
        ({"design": np.array([[np.nan, 1.0], [1.0, 0.0]])}, "table of finite numbers"),
        ({"truth": np.zeros(3)}, "truth of shape"),
        ({"noise_scale": 0.0}, "noise_scale=0.0: must be more than 0"),
        ({"low": np.zeros(3)}, "low and high of shapes"),
        ({"low": np.ones(2)}, "must be finite with low < high"),
        ({"low": np.full(2, -np.inf)}, "or −inf and inf"),
        ({"high": np.full(2, np.nan)}, "must be finite with low < high"),
    ],
)
def test_laws_that_are_refused(changed: dict, message: str) -> None:
    given = {
        "design": np.eye(2),
        "truth": np.zeros(2),
        "noise_scale": 1.0,
        "low": np.zeros(2),
        "high": np.ones(2),
    } | changed
    with pytest.raises(ValueError, match=message):
        AcceptedResponsesLaw(**given)


def test_a_loop_that_forgets_at_once_is_exact_at_every_width() -> None:
    """By the exact chain: the normal closure was 20.7 % too low at generation 60."""
    model = hl.models.LinearRegression([0.0], design=[[1.0]], resample=False)
    ball = hl.verifiers.KnowledgeBall([1.0], 0.0, 5.0)
    sizes = {"n_real": 20, "n_synthetic": 20, "n_initial": 20, "generations": 60}
    trace = hl.theory.predict("discard", **sizes, model=model, verifier=ball)
    setting = hl.theory.VerifiedRegression.of(1.0, 0.0, slack=5.0, n_initial=20)
    loop = hl.theory.verified_loop(setting, n_accepted=20, rounds=60)
    np.testing.assert_allclose(trace.dataset["error"].values[0], loop.error, rtol=1e-9)
    assert exact_workflows(trace) == ["discard"]


def test_orthogonal_directions_of_any_length_are_exact() -> None:
    """Two directions, turned, of different lengths and numbers of rows: against simulation."""
    turn = np.array([[0.6, 0.8], [-0.8, 0.6]])
    design = np.array([[2.0, 0.0], [0.0, 0.5], [0.0, 0.5]]) @ turn
    truth = np.array([0.3, -0.2])
    centre = design @ (truth + 0.4)
    half = 2.0 * np.linalg.norm(design, axis=1) + 1.0
    law = AcceptedResponsesLaw(design, truth, 1.2, centre - half, centre + half)
    theory, mean, se = compare("discard", law, per_row=2, generations=5, replicates=100_000)
    assert np.abs((mean - theory) / se).max() < 4
    trace = predict_verified("discard", law, n_real=6, n_synthetic=6, generations=5)
    assert exact_workflows(trace) == ["discard"]


def test_directions_that_are_not_orthogonal_are_not_called_exact() -> None:
    law = verified(np.array([[1.0, 0.0], [1.0, 1.0]]), 0.3)
    trace = predict_verified(
        ["discard", "real", "fresh:1.0"], law, n_real=6, n_synthetic=6, generations=3
    )
    # Real data alone are normal, whatever the verifier would do.
    assert exact_workflows(trace) == ["real", "fresh:1.0"]


@pytest.mark.parametrize(
    ("workflow", "rows", "half_width", "below"),
    [("window:3", 1, 5.0, 0.24), ("augment", 1, 2.0, 0.06), ("window:3", 5, 3.0, 0.10)],
)
def test_the_accuracy_that_is_stated(
    workflow: str, rows: int, half_width: float, below: float
) -> None:
    """At generation 40, where the normal closure is furthest off."""
    law = AcceptedResponsesLaw(
        np.eye(1), np.zeros(1), 1.0, np.array([-half_width]), np.array([half_width])
    )
    theory, mean, se = compare(workflow, law, per_row=rows, generations=40, replicates=20_000)
    assert abs(1 - theory[-1] / mean[-1] - below) < 0.01 + 3 * se[-1] / mean[-1]
