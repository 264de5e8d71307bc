"""What is older counts for less, and the initial real data are forgotten or kept."""

import math

import numpy as np
import pytest

import heirloom as hl
from heirloom.theory import long_run, relative_risk
from heirloom.workflows import ExponentialForgetting, Sizes, parse

SIZES = {"n_real": 40, "n_synthetic": lambda t: 25 + 5 * (t % 3), "generations": 30}


@pytest.mark.parametrize("text", ["forgetting:0.0", "forgetting:0.7", "forgetting:1.0"])
@pytest.mark.parametrize("initial", ["", ",initial"])
def test_its_formula_is_the_recursion(text: str, initial: str) -> None:
    workflow = parse(text + initial)
    told = workflow.closed_form(Sizes.of(**SIZES))
    np.testing.assert_allclose(told, relative_risk(workflow, **SIZES), rtol=1e-10)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("forgetting:0.0", "discard"),
        ("forgetting:1.0", "augment"),
        ("forgetting:1.0,initial", "augment"),
        ("forgetting:0.0,initial", "window:1,initial"),
    ],
)
def test_its_ends(text: str, same: str) -> None:
    np.testing.assert_allclose(relative_risk(text, **SIZES), relative_risk(same, **SIZES))


def test_it_collapses_by_its_step() -> None:
    sizes = {"n_real": 40, "n_synthetic": 80}
    found = long_run("forgetting:0.9", **sizes)
    assert (found.limit, found.exponent) == (math.inf, 1.0)
    risk = ExponentialForgetting(0.9).closed_form(Sizes.of(**sizes, generations=2000))
    assert risk is not None
    assert found.step == pytest.approx(0.01 * 40 / 80)
    assert risk[-1] - risk[-2] == pytest.approx(found.step)


@pytest.mark.parametrize("factor", [0.0, 0.5, 0.98])
@pytest.mark.parametrize(("n", "m"), [(40, 80), (300, 20)])
def test_with_the_initial_data_it_settles(factor: float, n: int, m: int) -> None:
    sizes = {"n_real": n, "n_synthetic": m}
    workflow = ExponentialForgetting(factor, keep_initial=True)
    risk = workflow.closed_form(Sizes.of(**sizes, generations=40_000))
    found = long_run(workflow, **sizes)
    assert risk is not None
    assert found.exact
    assert found.limit == pytest.approx(risk[-1], rel=1e-7)


def test_what_counts_for_nothing_is_left_out() -> None:
    sizes = Sizes.of(n_real=10, n_synthetic=10, generations=400)
    mixture = ExponentialForgetting(0.5).mixtures(sizes)[400]
    assert len(mixture.datasets) == 81
    assert mixture.shares.sum() == pytest.approx(1, abs=1e-15)


@pytest.mark.parametrize(
    "text",
    [
        *("forgetting:0.0", "forgetting:0.01,initial", "forgetting:0.5", "forgetting:1.0"),
        *("window:1", "window:3", "window:3,initial", "window:200"),
    ],
)
@pytest.mark.parametrize("generations", [0, 1, 2, 100])
def test_rows_are_counted_without_the_mixtures(text: str, generations: int) -> None:
    sizes = Sizes.of(n_real=40, n_synthetic=lambda t: 25 + t % 3, generations=generations)
    workflow = parse(text)
    assert workflow.usage(sizes) == workflow.lineage(sizes).usage()


def test_a_hundred_thousand_generations_need_no_mixture() -> None:
    sizes = {"n_real": 100, "n_synthetic": 1000, "generations": 100_000}
    (line,) = hl.rank(["forgetting:0.9"], **sizes).workflows
    assert line.relative_risk == pytest.approx(1 + 100_000 * 0.01 * 0.1, rel=0.01)
    # Of 527 datasets a row counts for anything, at all but the first generations.
    assert line.trained_rows / (1000 * 527 * 100_000) == pytest.approx(1, abs=0.01)


def test_simulation_agrees() -> None:
    """40,000 replicates hold the risk to 0.7 %."""
    sizes = {"n_real": 50, "n_synthetic": 50, "generations": 6}
    trace = hl.simulate(
        hl.models.Poisson(3.0), "forgetting:0.6", **sizes, replicates=40_000, seed=3
    )
    error, se = (trace.dataset[name].values[0] for name in ("error", "error_se"))
    z = (error - 3 / 50 * relative_risk("forgetting:0.6", **sizes)) / se
    assert np.abs(z).max() < 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("forgetting", "workflow 'forgetting': give what a row counts after each generation"),
        ("forgetting:2", "workflow 'forgetting:2': give what a row counts"),
        ("forgetting:0.5,first", "workflow 'forgetting:0.5,first': give"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(text)
