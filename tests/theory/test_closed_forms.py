"""The one recursion against every formula of the papers."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import polygamma

from heirloom import theory
from heirloom.theory.recursion import variances
from heirloom.workflows import (
    AnchorMix,
    Arrivals,
    Augment,
    Custom,
    Discard,
    FreshMix,
    Lineage,
    Mixture,
    RealOnly,
    Sizes,
    Workflow,
    parse,
    real,
    synthetic,
)

EXACT = {"rtol": 1e-9, "atol": 0.0}


def harmonic(generations: int) -> np.ndarray:
    """H₂(1) … H₂(T + 1)."""
    return np.cumsum(1 / np.arange(1.0, generations + 2) ** 2)


def trigamma(x: float) -> float:
    return float(polygamma(1, x))


def equal(workflow: Workflow | str, generations: int) -> np.ndarray:
    return theory.relative_risk(
        workflow, n_real=100, n_synthetic=100, generations=generations, n_initial=100
    )


# ------------------------------------------------------------ the table, with n₀ = n = m


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("discard", lambda t, h: t + 1),
        ("augment", lambda t, h: h),
        ("augment-subsample", lambda t, h: 3 * h - 2),
        ("augment-subsample:replacement", lambda t, h: np.where(t == 0, 1, 2 * h - 0.25)),
        ("fresh:0.5", lambda t, h: 2 / 3 + 0.25**t / 3),
        ("anchor:0.5", lambda t, h: (4 - 0.25**t) / 3),
        ("real", lambda t, h: np.ones(len(t))),
        ("real:accumulate", lambda t, h: 1 / (t + 1)),
    ],
)
def test_equal_sizes(text: str, formula: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    t = np.arange(41.0)
    np.testing.assert_allclose(equal(text, 40), formula(t, harmonic(40)), **EXACT)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("augment-subsample", {1: 1.75, 2: 2.083333, 4: 2.390833, 9: 2.649303, 99: 2.904952}),
        ("accumulate-all", {1: 0.666667, 2: 0.506667, 5: 0.306662, 10: 0.193176}),
    ],
)
def test_published_values(text: str, values: dict[int, float]) -> None:
    risk = equal(text, 99)
    assert {t: round(float(risk[t]), 6) for t in values} == values


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("discard", math.inf),
        ("augment", math.pi**2 / 6),
        ("augment-subsample", math.pi**2 / 2 - 2),
        ("augment-subsample:replacement", math.pi**2 / 3 - 0.25),
        ("fresh:golden", 2 / (1 + math.sqrt(5))),
        ("fresh:schedule", 2 / (1 + math.sqrt(5))),
        ("fresh:naive", 2 / 3),
        ("fresh:0", math.inf),
        ("fresh:1", 1.0),
        ("anchor:0.5", 4 / 3),
        ("anchor:0", math.inf),
        ("anchor:optimal", 1.0),
        ("accumulate-all", 0.0),
        ("real", 1.0),
        ("real:accumulate", 0.0),
    ],
)
def test_limits_of_equal_sizes(text: str, limit: float) -> None:
    found = theory.long_run_risk(parse(text), n_real=50, n_synthetic=50)
    assert found == pytest.approx(limit, rel=1e-12)


@pytest.mark.parametrize(("text", "factor"), [("augment", 1), ("augment-subsample", 3)])
def test_the_limit_is_approached_at_the_known_rate(text: str, factor: int) -> None:
    """What is left after generation T is factor · Σ_{i > T+1} 1/i²."""
    risk = equal(text, 60)
    limit = theory.long_run_risk(parse(text), n_real=1, n_synthetic=1)
    left = [factor * trigamma(t + 2) for t in range(61)]
    np.testing.assert_allclose(limit - risk, left, rtol=1e-9)


# ------------------------------------------------------------------------ any sizes

rows = st.integers(1, 10_000)
weights = st.floats(0.0, 1.0)


@given(rows, st.lists(rows, min_size=1, max_size=12))
def test_discard_and_augment_with_any_sizes(n_initial: int, n_synthetic: list[int]) -> None:
    generations = len(n_synthetic)
    m = np.array(n_synthetic, dtype=float)
    pool = n_initial + np.cumsum(m)
    sizes = {
        "n_real": 7,
        "n_synthetic": n_synthetic,
        "generations": generations,
        "n_initial": n_initial,
    }
    np.testing.assert_allclose(
        theory.relative_risk("discard", **sizes)[1:], 1 + np.cumsum(n_initial / m), **EXACT
    )
    np.testing.assert_allclose(
        theory.relative_risk("augment", **sizes)[1:],
        1 + n_initial * np.cumsum(m / pool**2),
        **EXACT,
    )


@given(weights, rows, rows, rows)
def test_fresh_and_anchor_with_any_weight_and_sizes(w: float, n0: int, n: int, m: int) -> None:
    t = np.arange(16)
    sizes = {"n_real": n, "n_synthetic": m, "generations": 15, "n_initial": n0}
    sum_of_powers = np.array([sum((1 - w) ** (2 * s) for s in range(length)) for length in t])
    fresh = (1 - w) ** (2 * t) + n0 * (w**2 / n + (1 - w) ** 2 / m) * sum_of_powers
    anchor = 1 + n0 * (1 - w) ** 2 / m * sum_of_powers
    for workflow, expected in ((FreshMix(w), fresh), (AnchorMix(w), anchor)):
        np.testing.assert_allclose(theory.relative_risk(workflow, **sizes), expected, **EXACT)


@given(
    st.sampled_from(
        [
            Discard(),
            Augment(),
            FreshMix(0.0),
            FreshMix(0.3),
            FreshMix(1.0),
            FreshMix("optimal"),
            FreshMix("naive"),
            AnchorMix(0.0),
            AnchorMix(0.7),
            AnchorMix("naive"),
            AnchorMix("optimal"),
            RealOnly(),
            RealOnly(accumulate=True),
        ]
    ),
    rows,
    rows,
    rows,
    st.integers(0, 12),
)
def test_closed_form_is_the_recursion(
    workflow: Workflow, n0: int, n: int, m: int, generations: int
) -> None:
    sizes = {"n_real": n, "n_synthetic": m, "generations": generations, "n_initial": n0}
    np.testing.assert_allclose(
        theory.closed_form_risk(workflow, Sizes.of(**sizes)),
        theory.relative_risk(workflow, **sizes),
        **EXACT,
    )


ANY_SIZES = {"n_initial": 37, "generations": 24}


@pytest.mark.parametrize(
    "sizes",
    [
        {"n_real": Arrivals(53, 4), "n_synthetic": lambda t: 29 + t % 5},
        {"n_real": lambda t: 11 + t, "n_synthetic": lambda t: 200 - 7 * t},
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        *("discard", "augment", "accumulate-all", "real", "real:accumulate"),
        *("augment-subsample", "augment-subsample:replacement"),
        *("subsample:60:augment", "subsample:60,replacement:accumulate-all"),
        *("fresh:0.3", "fresh:optimal", "fresh:naive", "fresh:schedule", "fresh:0", "fresh:1"),
        *("anchor:0.3", "anchor:naive", "anchor:schedule", "anchor:0"),
        *("at-arrivals:fresh:0.4", "at-arrivals:fresh:schedule", "at-arrivals:anchor:0.2"),
        *("at-arrivals:discard", "at-arrivals:real", "at-arrivals:at-arrivals:fresh:optimal"),
    ],
)
def test_formulas_hold_at_any_sizes(text: str, sizes: dict) -> None:
    workflow = parse(text)
    of = Sizes.of(**sizes, **ANY_SIZES)
    plain = Lineage.of_one_model(workflow.mixtures(of), of)
    risk = variances(plain)
    np.testing.assert_allclose(workflow.closed_form(of), risk / risk[0], **EXACT)
    assert workflow.usage(of) == plain.usage()


@pytest.mark.parametrize(
    "text",
    [
        "augment",
        "augment-subsample",
        "augment-subsample:replacement",
        "fresh:0.2",
        "fresh:schedule",
        "fresh:naive",
        "anchor:0.2",
        "anchor:naive",
    ],
)
@pytest.mark.parametrize(
    ("n0", "n", "m"), [(30, 30, 30), (90, 30, 45), (20, 70, 10), (25, 10, 100)]
)
def test_the_recursion_tends_to_the_limit(text: str, n0: int, n: int, m: int) -> None:
    workflow = parse(text)
    sizes = {"n_real": n, "n_synthetic": m, "n_initial": n0}
    limit = theory.long_run_risk(workflow, **sizes)
    if not text.startswith("augment"):
        risk = theory.relative_risk(workflow, generations=300, **sizes)
        assert risk[-1] == pytest.approx(limit, rel=1e-9)
        return
    risk = theory.relative_risk(workflow, generations=120, **sizes)
    # What is left is a series in 1/T: extrapolate its first two terms away.
    extrapolated = (8 * risk[120] - 6 * risk[60] + risk[30]) / 3
    assert extrapolated == pytest.approx(limit, rel=5e-5)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("augment", 1.0),
        ("augment-subsample", 1.0),
        ("augment-subsample:replacement", 2.0),
        ("fresh:naive", 1.0),
        ("fresh:1", 1.0),
        ("anchor:optimal", 1.0),
        ("accumulate-all", 0.0),
    ],
)
def test_limits_without_synthetic_data(text: str, limit: float) -> None:
    workflow = parse(text)
    assert theory.long_run_risk(workflow, n_real=10, n_synthetic=0) == limit
    risk = theory.relative_risk(workflow, n_real=10, n_synthetic=0, generations=100)
    assert risk[-1] == pytest.approx(limit, abs=0.01)


@pytest.mark.parametrize(
    ("text", "limit"),
    [("accumulate-all", 1 + 2 * trigamma(3)), ("real:accumulate", 1.0), ("fresh:naive", math.inf)],
)
def test_limits_without_fresh_real_data(text: str, limit: float) -> None:
    """AccumulateAll is then Augment, and accumulated real data are the initial ones for ever."""
    sizes = {"n_real": 0, "n_synthetic": 10, "n_initial": 20}
    assert theory.long_run_risk(parse(text), **sizes) == pytest.approx(limit, rel=1e-12)
    risk = theory.relative_risk(text, generations=100, **sizes)
    if math.isfinite(limit):
        assert risk[-1] == pytest.approx(limit, rel=0.03)
    else:
        assert risk[-1] > 200


def test_limits_that_no_formula_gives_are_nan() -> None:
    for workflow in (
        FreshMix([0.5, 0.5, 0.5]),
        AnchorMix(lambda t: 1 / t),
        Custom(lambda t: {real(0): 1.0}),
    ):
        assert math.isnan(theory.long_run_risk(workflow, n_real=5, n_synthetic=5))


# ------------------------------------------------------------------------ schedules of sizes


def test_discard_with_growing_synthetic_data() -> None:
    n = 50
    t = np.arange(1, 201)
    linear = theory.relative_risk("discard", n_real=n, n_synthetic=lambda t: n * t, generations=200)
    quadratic = theory.relative_risk(
        "discard", n_real=n, n_synthetic=lambda t: n * t**2, generations=200
    )
    np.testing.assert_allclose(linear[1:], 1 + np.cumsum(1 / t), **EXACT)
    np.testing.assert_allclose(quadratic[1:], 1 + np.cumsum(1 / t**2), **EXACT)
    assert quadratic[-1] + trigamma(201) == pytest.approx(1 + math.pi**2 / 6, rel=1e-12)


def test_a_number_an_array_and_a_function_of_the_same_sizes_are_the_same() -> None:
    ways = [
        {"n_real": 20, "n_synthetic": 30, "n_initial": 10},
        {"n_real": [20] * 4, "n_synthetic": np.full(4, 30), "n_initial": 10},
        {"n_real": [10] + [20] * 4, "n_synthetic": [99] + [30] * 4},
        {"n_real": lambda t: 10 if t == 0 else 20, "n_synthetic": lambda t: 30},
    ]
    for text in ("accumulate-all", "fresh:naive", "augment-subsample"):
        found = [theory.relative_risk(text, generations=4, **way) for way in ways]
        np.testing.assert_array_equal(found, np.broadcast_to(found[0], (4, 5)))


# ---------------------------------------------------------------- the same workflows as rules

SUBSAMPLED = 2520  # divisible by 1 … 10


def equal_parts(t: int) -> dict:
    return dict.fromkeys((real(0), *(synthetic(s) for s in range(1, t + 1))), 1 / (t + 1))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("discard", lambda t: {synthetic(t): 1.0}),
        ("augment", equal_parts),
        (
            "augment-subsample",
            lambda t: {d: (s, SUBSAMPLED // (t + 1)) for d, s in equal_parts(t).items()},
        ),
        ("fresh:0.3", lambda t: {real(t): 0.3, synthetic(t): 0.7}),
        ("fresh:0", lambda t: {real(t): 0.0, synthetic(t): 1.0}),
        ("anchor:0.3", lambda t: {synthetic(t): 0.7, real(0): 0.3}),
        ("real", lambda t: {real(t): 1.0}),
        (
            "accumulate-all",
            lambda t, sizes: Mixture.in_proportion(
                [d for s in range(1, t + 1) for d in (synthetic(s), real(s))] + [real(0)], sizes
            ),
        ),
    ],
)
def test_a_rule_that_rebuilds_a_workflow_has_its_risk(text: str, rule: Callable) -> None:
    sizes = {"n_real": SUBSAMPLED, "n_synthetic": SUBSAMPLED, "generations": 9}
    custom = Custom(rule, label="rebuilt")
    for function in (theory.relative_risk, theory.limit_covariance):
        np.testing.assert_allclose(function(custom, **sizes), function(text, **sizes), rtol=1e-12)


# ------------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("workflow", "sizes", "message"),
    [
        (parse("window:2"), {}, "window:2: no closed form is known"),
        (
            Custom(lambda t: {real(0): 1.0}, label="mine"),
            {},
            "custom:mine: no closed form is known",
        ),
        (FreshMix([0.1]), {}, "weight has 1 entries: must have 2"),
        (Discard(), {"n_synthetic": 0}, r"synthetic\[1\] has no rows"),
    ],
)
def test_closed_forms_say_what_they_need(workflow: Workflow, sizes: dict, message: str) -> None:
    given = Sizes.of(
        **({"n_real": 10, "n_synthetic": 10, "generations": 2, "n_initial": 10} | sizes)
    )
    with pytest.raises(ValueError, match=message):
        theory.closed_form_risk(workflow, given)


@pytest.mark.parametrize(
    ("text", "sizes", "message"),
    [
        ("discard", {"n_synthetic": 0}, r"synthetic\[1\] has no rows"),
        ("augment", {"n_initial": 0}, "n_initial=0: the initial real data need at least 1 row"),
    ],
)
def test_limits_say_what_they_need(text: str, sizes: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        theory.long_run_risk(
            parse(text), **({"n_real": 10, "n_synthetic": 10, "n_initial": 10} | sizes)
        )


def test_efficiency_is_the_inverse_of_the_risk() -> None:
    sizes = {"n_real": 3, "n_synthetic": 4, "generations": 30}
    np.testing.assert_allclose(
        theory.asymptotic_relative_efficiency("augment", **sizes)
        * theory.relative_risk("augment", **sizes),
        np.ones(31),
        rtol=1e-14,
    )


@pytest.mark.parametrize(
    ("text", "sizes", "limit"),
    [
        ("real", {"n_real": 0}, 1.0),
        ("real:accumulate", {"n_real": 0}, 1.0),
        ("fresh:0.5", {"n_synthetic": 0}, 1.0),
        ("fresh:0.5", {"n_real": 0}, np.inf),
    ],
)
def test_what_does_not_arrive_leaves_all_weight_to_the_other(text: str, sizes, limit) -> None:
    arguments = {"n_real": 10, "n_synthetic": 10, "n_initial": 10} | sizes
    assert theory.long_run_risk(text, **arguments) == limit
    risk = theory.relative_risk(text, **arguments, generations=3)
    np.testing.assert_allclose(risk, [1, 2, 3, 4] if limit == np.inf else [1, 1, 1, 1])


def test_real_data_alone_are_kept_until_the_next_arrive() -> None:
    sizes = Sizes.of(n_real=[20, 0, 0, 40, 0], n_synthetic=5, n_initial=10, generations=5)
    np.testing.assert_allclose(
        theory.closed_form_risk(RealOnly(), sizes), [1, 0.5, 0.5, 0.5, 0.25, 0.25]
    )
