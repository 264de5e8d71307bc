"""What becomes of the risk in the long run, by formula and by extrapolation."""

import math

import numpy as np
import pytest

from heirloom.theory import LongRun, long_run, long_run_risk, relative_risk
from heirloom.workflows import (
    AnchorMix,
    Arrivals,
    Custom,
    FreshMix,
    Graph,
    as_workflow,
    real,
    synthetic,
)

EQUAL = {"n_real": 100, "n_synthetic": 100}


def by_extrapolation(text: str, **sizes) -> LongRun:
    """The same workflow as a rule, of which no formula is known."""
    workflow = as_workflow(text)
    return long_run(Custom(lambda t, of: workflow.mixture(t, of), label="rule"), **sizes)


@pytest.mark.parametrize(
    "text",
    [
        "augment-subsample",
        "fresh:0.05",
        "real:accumulate",
        "anchor:0.02",
    ],
)
def test_extrapolation_finds_the_limits_that_are_known(text: str) -> None:
    known, found = long_run(text, **EQUAL), by_extrapolation(text, **EQUAL)
    assert known.exact
    assert not found.exact
    assert known.limit == long_run_risk(text, **EQUAL)
    assert found.limit == pytest.approx(known.limit, rel=1e-4, abs=1e-12)


@pytest.mark.parametrize("n_real", [20, 100])
def test_accumulating_all_falls_as_its_power(n_real: int) -> None:
    """−min(1, 2n/(n + m)), with a logarithm beside it where the two are equal."""
    sizes = {"n_real": n_real, "n_synthetic": 100}
    risk = relative_risk("accumulate-all", **sizes, generations=10_000)
    local = math.log(risk[10_000] / risk[5_000]) / math.log(2)
    power = long_run("accumulate-all", **sizes).exponent
    assert local == pytest.approx(power, abs=0.12 if n_real == 100 else 0.05)


@pytest.mark.parametrize(("n_synthetic", "step"), [(100, 1.0), (50, 2.0), (1000, 0.1)])
def test_discard_collapses_at_its_pace(n_synthetic: int, step: float) -> None:
    for found in (
        long_run("discard", n_real=100, n_synthetic=n_synthetic),
        by_extrapolation("discard", n_real=100, n_synthetic=n_synthetic),
    ):
        assert found.limit == math.inf
        assert found.exponent == 1
        assert found.step == pytest.approx(step)
        assert found.pace == f"+{step:.3g} a generation"


def test_growing_datasets_slow_a_collapse_or_stop_it() -> None:
    """Σ 1/m_s decides: logarithmic for m_t = m t, finite for m t²."""
    linear = long_run("discard", n_real=100, n_synthetic=lambda t: 100 * t)
    assert (linear.limit, linear.pace) == (math.inf, "as log t")
    square = long_run("discard", n_real=100, n_synthetic=lambda t: 100 * t**2)
    assert square.limit == pytest.approx(1 + math.pi**2 / 6, abs=1e-4)


def test_shrinking_datasets_speed_it_up() -> None:
    found = long_run("discard", n_real=10**6, n_synthetic=lambda t: max(1, 10**6 // t))
    assert found.limit == math.inf
    assert found.exponent == pytest.approx(2, abs=0.01)
    assert found.pace == "as t^2"


def test_a_window_diverges_and_an_anchored_one_does_not() -> None:
    assert long_run("window:4", **EQUAL).pace == "+0.16 a generation"
    anchored = long_run("window:2,initial", **EQUAL)
    assert anchored.limit == pytest.approx(1.5)
    assert anchored.pace == "geometric"


def test_a_cycle_has_its_highest_risk_for_a_limit() -> None:
    found = long_run("fresh:0.5", n_real=Arrivals(100, 5), n_synthetic=100)
    risk = relative_risk("fresh:0.5", n_real=Arrivals(100, 5), n_synthetic=100, generations=500)
    assert found.limit == pytest.approx(risk[-5:].max())


def test_a_model_of_a_graph_has_a_long_run() -> None:
    pair = Graph({"a": "discard", "b": "fresh:0.5"}, sources={"a": "b", "b": "a"})
    assert long_run(pair["a"], **EQUAL).limit == pytest.approx(2)
    crossed = Graph({"a": "discard", "b": "discard"}, sources={"a": "b", "b": "a"})
    assert long_run(crossed["a"], **EQUAL).pace == "+1 a generation"


@pytest.mark.parametrize("every", [7, 129])
def test_cycles_of_any_length_have_their_limits(every: int) -> None:
    """By formula, or by whole cycles: never a collapse where there is none."""
    sizes = {"n_real": Arrivals(100, every), "n_synthetic": 100}
    for text in ("real:accumulate", "accumulate-all"):
        assert long_run(text, **sizes).limit == 0
    assert long_run("real", **sizes).limit == pytest.approx(1)
    assert long_run("at-arrivals:fresh:optimal", **sizes).limit == pytest.approx(0.618034)
    # Right before an arrival: S = (1/4)(V + q) + 1/4 with V = S, and q − 1 generations of noise.
    stationary = (0.25 + 0.25 * every) / 0.75
    assert long_run("fresh:0.5", **sizes).limit == pytest.approx(stationary + every - 1)
    found = long_run("subsample:50:accumulate-all", **sizes).limit
    assert math.isnan(found) or found == pytest.approx(2, rel=0.02)


@pytest.mark.parametrize(
    ("workflow", "sizes", "limit"),
    [
        ("anchor:0.001", {"n_real": 100, "n_synthetic": lambda t: 100}, 500.25),
        ("fresh:0.0005", {"n_real": 100, "n_synthetic": lambda t: 100}, 999.25),
        ("accumulate-all", {"n_real": 100, "n_synthetic": lambda t: 10_000}, 0.0),
        ("window:2,initial", {"n_real": 1, "n_synthetic": 1000}, 1.666444),
        ("window:3,initial", {"n_real": 100, "n_synthetic": 70}, None),
        ("subsample:50:augment", EQUAL, 4.329736),
        ("subsample:50,replacement:augment", EQUAL, None),
        ("subsample:70:accumulate-all", EQUAL, 100 / 70),
    ],
)
def test_limits_that_take_long_are_formulae(workflow: str, sizes, limit) -> None:
    found = long_run(workflow, **sizes)
    assert found.exact
    if limit is None:
        limit = relative_risk(workflow, **sizes, generations=6000)[-1]
    assert found.limit == pytest.approx(limit, abs=1e-3)


@pytest.mark.parametrize(
    ("workflow", "sizes"),
    [
        ("fresh:0.0005", EQUAL),
        ("augment", {"n_real": 10_000, "n_synthetic": 10}),
        ("window:100,initial", {"n_real": 100, "n_synthetic": 1000}),
    ],
)
def test_what_is_still_on_its_way_is_not_called_a_collapse(workflow: str, sizes) -> None:
    assert by_extrapolation(workflow, **sizes).pace == "unknown"


@pytest.mark.parametrize("length", [100, 300, 600])
def test_long_windows_collapse_all_the_same(length: int) -> None:
    found = long_run(f"window:{length}", **EQUAL)
    assert found.limit == math.inf
    assert found.step == pytest.approx(4 / (length + 1) ** 2)


def test_explosion_is_told() -> None:
    """Datasets that halve at every generation, until one row is left."""

    def shrinking(t: int) -> int:
        return max(1, round(2.0 ** (20 - t)))

    sizes = {"n_real": 10, "n_synthetic": shrinking, "n_initial": 2**20}
    assert long_run("discard", **sizes).limit == math.inf


def test_what_ends_cannot_be_told() -> None:
    found = long_run("augment", n_real=10, n_synthetic=[10, 10, 20])
    assert math.isnan(found.limit)
    assert found.pace == "unknown"
    assert math.isnan(long_run(FreshMix(np.linspace(0.1, 0.9, 5)), **EQUAL).limit)
    graph = Graph({"a": FreshMix([0.5] * 20), "b": "discard"}, sources={"a": "b", "b": "a"})
    assert math.isnan(long_run(graph["a"], **EQUAL).limit)


def test_what_cannot_be_trained_on_is_refused() -> None:
    with pytest.raises(ValueError, match=r"synthetic\[1\] has no rows but takes part"):
        long_run("discard", n_real=10, n_synthetic=0)
    with pytest.raises(ValueError, match=r"shares sum to 0\.5"):
        long_run(Custom(lambda t: {real(0): 0.5}), **EQUAL)
    with pytest.raises(ValueError, match="does not exist"):
        long_run(Custom(lambda t: {synthetic(t + 1): 1.0}), **EQUAL)


def test_no_limit_is_claimed_that_is_approached_slowly() -> None:
    """As t^−0.2, to 1: what four horizons show of it extrapolates to 0.896."""
    found = long_run(
        AnchorMix(lambda t: min(1, 0.449 / t)),
        n_real=157,
        n_synthetic=lambda t: int(97 * t**1.2),
        n_initial=207,
    )
    assert math.isnan(found.limit)
    assert found.pace == "unknown"


@pytest.mark.parametrize("power", [0.1, 0.25, 0.35, 0.6, 1.0])
def test_what_is_claimed_of_a_decaying_noise_is_right(power: float) -> None:
    """1 + n₀ Σ 1/m_t with m_t as t^(1 + a): the distance to the limit falls as t^−a."""
    rows = [max(1, round(100 * t ** (1 + power))) for t in range(4097)]
    found = long_run("discard", n_real=100, n_synthetic=lambda t: rows[t])
    if power < 0.4:
        assert math.isnan(found.limit)
        return
    tail = 4097**-power / power  # Σ_{t > 4096} t^(−1−a), to a relative 1/8192
    limit = 1 + sum(100 / m for m in rows[1:]) + tail
    assert found.limit == pytest.approx(limit, rel=2e-3)
    assert found.exponent == pytest.approx(-power, abs=0.02)


def test_no_limit_is_better_than_the_real_data() -> None:
    """real[0] alone has risk 1, and nothing that is made from it can have less."""

    def settling(t: int) -> dict:
        return {real(0): 1 - 0.5 / t, synthetic(t): 0.5 / t}

    assert long_run(Custom(settling), **EQUAL).limit == pytest.approx(1)
    assert long_run(Custom(settling), **EQUAL).limit >= 1


@pytest.mark.parametrize(
    "text", ["fresh:0.5", "fresh:optimal", "anchor:0.3", "at-arrivals:fresh:schedule", "real"]
)
def test_limits_of_cycles_are_formulae(text: str) -> None:
    sizes = {"n_real": Arrivals(53, 4), "n_synthetic": lambda t: 29 + t % 2, "n_initial": 37}
    found = long_run(text, **sizes)
    risk = relative_risk(text, **sizes, generations=800)
    assert found.exact
    assert found.limit == pytest.approx(risk[-4:].max(), rel=1e-9)
