"""Real data that arrive at every q-th generation."""

import numpy as np
import pytest

import heirloom as hl
from heirloom import theory
from heirloom.workflows import (
    Arrivals,
    AtArrivals,
    Custom,
    FreshMix,
    Graph,
    Mixture,
    RealOnly,
    Sizes,
    Usage,
    parse,
    real,
    synthetic,
)

SIZES = Sizes.of(n_real=Arrivals(100, every=3), n_synthetic=50, generations=6)


def test_between_arrivals_the_synthetic_rows_have_all_weight() -> None:
    mixtures = FreshMix(0.6).mixtures(SIZES)
    assert [m.datasets for m in mixtures] == [
        (real(0),),
        (synthetic(1),),
        (synthetic(2),),
        (real(3), synthetic(3)),
        (synthetic(4),),
        (synthetic(5),),
        (real(6), synthetic(6)),
    ]


def test_real_data_alone_are_the_last_that_arrived() -> None:
    assert [m.datasets[0].generation for m in RealOnly().mixtures(SIZES)] == [0, 0, 0, 3, 3, 3, 6]


def test_between_arrivals_the_model_may_be_kept() -> None:
    mixtures = AtArrivals(FreshMix(0.6)).mixtures(SIZES)
    assert [m.datasets for m in mixtures] == [
        *[(real(0),)] * 3,
        *[(real(3), synthetic(3))] * 3,
        (real(6), synthetic(6)),
    ]
    assert parse("at-arrivals:fresh:0.6") == AtArrivals(FreshMix(0.6))
    workflow = AtArrivals(FreshMix(0.6))
    # A model that is kept sees no row.
    used = Usage(300, 100, 100 + 150 + 150, fits=3, needs=("fresh real data",))
    assert workflow.usage(SIZES) == workflow.lineage(SIZES).usage() == used


def test_risk_rises_between_arrivals_and_falls_with_them() -> None:
    risk = theory.relative_risk(
        "fresh:0.5", n_real=Arrivals(100, every=3), n_synthetic=100, generations=6
    )
    np.testing.assert_allclose(risk, [1, 2, 3, 1.25, 2.25, 3.25, 1.3125])


def test_the_best_weights_follow_the_arrivals() -> None:
    sizes = {"n_real": Arrivals(100, every=4), "n_synthetic": 100, "generations": 40}
    best = theory.relative_risk("fresh:schedule", **sizes)
    for weight in np.linspace(0.05, 0.95, 19):
        assert np.all(best <= theory.relative_risk(FreshMix(weight), **sizes) + 1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 2), "rows=0: must be a whole number, 1 or more"),
        ((10, 0), "every=0: must be a whole number, 1 or more"),
    ],
)
def test_what_is_no_schedule_is_refused(arguments, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Arrivals(*arguments)


DRAWS = {"n_real": Arrivals(53, 4), "n_synthetic": 211, "n_initial": 37}


def test_rows_are_subsampled_at_an_arrival_and_kept_until_the_next() -> None:
    sizes = Sizes.of(**DRAWS, generations=9)
    workflow = parse("at-arrivals:subsample:31:augment")
    mixtures = workflow.mixtures(sizes)
    # Before the first arrival the model is that of real[0], of which no row is drawn.
    assert [m.subsampled_at for m in mixtures] == [None] * 5 + [4, 4, 4] + [None, 8]
    # Generation 0 and the two arrivals, of 31 rows each.
    assert workflow.usage(sizes)[2:4] == (37 + 2 * 31, 3)


def test_the_risk_of_a_model_that_is_kept_does_not_change() -> None:
    """By hand: the draw of an arrival stays in the models up to the next, and in their rows."""
    n0, m, r = 37, 211, 31
    pool, held, model = 1 / n0, float(n0), 1 / n0  # variances of the pool's error and the model's
    with_pool = 1 / n0  # their covariance
    expected = [1.0]
    for t in range(1, 25):
        # The pool takes in what the last model sampled.
        share = m / (held + m)
        joined = model + 1 / m
        of_model = (1 - share) * with_pool + share * model
        pool = (1 - share) ** 2 * pool + 2 * (1 - share) * share * with_pool + share**2 * joined
        held += m
        if t % 4:
            with_pool = of_model
        else:
            model, with_pool = pool + 1 / r - 1 / held, pool
        expected.append(model * n0)
    risk = theory.relative_risk("at-arrivals:subsample:31:augment", **DRAWS, generations=24)
    np.testing.assert_allclose(risk, expected, rtol=1e-10)
    assert risk[-1] == pytest.approx(2.801, abs=5e-4)


@pytest.mark.parametrize("text", ["subsample:31:augment", "subsample:20,replacement:window:3"])
def test_theory_and_simulation_agree_where_drawn_rows_are_kept(text: str) -> None:
    """20,000 replicates hold the risk to 1 %; drawing anew is 15 % off."""
    workflow = f"at-arrivals:{text}"
    sizes = {**DRAWS, "generations": 10}
    trace = hl.simulate(hl.models.Poisson(3.0), workflow, **sizes, replicates=20_000, seed=5)
    error, se = (trace.dataset[name].values[0] for name in ("error", "error_se"))
    z = (error - 3 / 37 * theory.relative_risk(workflow, **sizes)) / se
    assert np.abs(z).max() < 4
    np.testing.assert_array_equal(error[4:8], np.repeat(error[4], 4))


@pytest.mark.parametrize("model", ["student", "teacher"])
def test_models_of_a_graph_keep_their_draws_too(model: str) -> None:
    graph = Graph(
        {"student": "at-arrivals:subsample:31:accumulate-all", "teacher": "at-arrivals:fresh:0.5"},
        sources={"student": "teacher", "teacher": "student"},
    )
    sizes = {"n_real": Arrivals(53, 2), "n_synthetic": 60, "generations": 6}
    trace = hl.simulate(hl.models.Poisson(3.0), graph[model], **sizes, replicates=20_000, seed=6)
    error, se = (trace.dataset[name].values[0] for name in ("error", "error_se"))
    risk = theory.relative_risk(graph[model], **sizes)
    assert np.abs((error - 3 / 53 * risk) / se).max() < 4
    np.testing.assert_array_equal(error[2], error[3])
    np.testing.assert_allclose(risk[2], risk[3])
    (line,) = hl.rank([graph[model]], **sizes, compute="steps").workflows
    assert line.trained_rows == 2 * 4 * 53  # two models, generation 0 and three arrivals


def test_paths_of_the_limit_keep_what_is_kept() -> None:
    sizes = {**DRAWS, "generations": 7}
    paths = theory.sample_limit("at-arrivals:subsample:31:augment", **sizes, paths=20_000, seed=1)
    np.testing.assert_array_equal(paths[:, 4], paths[:, 7])
    risk = theory.relative_risk("at-arrivals:subsample:31:augment", **sizes)
    assert np.abs(paths.var(axis=0) / risk - 1).max() < 4 * np.sqrt(2 / 20_000)


def test_the_schedule_at_arrivals_is_the_best_there() -> None:
    """Its filter moves at arrivals alone; before, it was worse than the constant weight."""
    sizes = {"n_real": Arrivals(53, 4), "n_synthetic": 29, "n_initial": 37, "generations": 48}
    best = theory.relative_risk("at-arrivals:fresh:schedule", **sizes)
    for weight in ("optimal", "golden", "naive", "0.3"):
        constant = theory.relative_risk(f"at-arrivals:fresh:{weight}", **sizes)
        assert np.all(best <= constant * (1 + 1e-12))
    assert best[-1] == pytest.approx(0.5012, abs=1e-4)
    schedule = theory.optimal_schedule(**sizes, at_arrivals=True)
    at_once = theory.relative_risk(AtArrivals(FreshMix(schedule)), **sizes)
    np.testing.assert_allclose(at_once, best, rtol=1e-12)
    assert schedule[4] == schedule[5] == schedule[7] != schedule[8]


def test_a_fit_that_does_not_take_place_costs_nothing() -> None:
    sizes = {"n_real": Arrivals(53, 4), "n_synthetic": 29, "n_initial": 37, "generations": 16}
    lines = hl.rank(["at-arrivals:fresh:0.4", "real"], **sizes, compute="steps").workflows
    assert [line.trained_rows for line in lines] == [185, 185]


def test_what_claims_to_be_kept_must_be_the_same() -> None:
    def rule(t: int, sizes: Sizes) -> Mixture:
        rows = np.array([20.0])
        return Mixture((synthetic(t),), np.ones(1), rows, subsampled_at=t - 1 if t > 1 else None)

    with pytest.raises(ValueError, match=r"at generation 2: subsampled_at=1 must be an earlier"):
        Custom(rule).mixtures(SIZES)
