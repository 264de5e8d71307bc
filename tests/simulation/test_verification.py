"""Verified data in a simulation, against exact answers."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

import heirloom as hl
from heirloom.verifiers import (
    Every,
    KnowledgeBall,
    Noisy,
    Predicate,
    Score,
    UntilFull,
    Verdict,
    Verifier,
    WhatPasses,
)
from heirloom.workflows import Sizes, as_workflow

ONE_DIRECTION = hl.models.LinearRegression([0.0], design=[[1.0]], resample=False)
BIASED = KnowledgeBall([0.5], radius=1.0)


def simulate(model: Any, workflows: Any, **arguments: Any) -> Any:
    sizes = {"n_real": 40, "n_synthetic": 40, "generations": 3, "replicates": 500, "seed": 1}
    return hl.simulate(model, workflows, **(sizes | arguments)).dataset


def z_scores(found: Any, expected: Any, name: str = "error") -> Any:
    return (found[name].values - expected) / found[f"{name}_se"].values


@pytest.mark.parametrize("draw", ["statistics", "rows"])
def test_the_loop_has_the_exact_error(draw: str) -> None:
    # The table of MATH §4: p = 1, b = 1, 50 real rows, 100 accepted a round, bias 0.5.
    sizes = {"n_initial": 50, "n_real": 50, "n_synthetic": 100, "generations": 5}
    found = simulate(
        ONE_DIRECTION, "discard", verifier=BIASED, draw=draw, replicates=8000, **sizes
    ).sel(workflow="discard")
    expected = np.array([0.02, 0.1316, 0.2134, 0.2522])
    z = z_scores(found.isel(generation=[0, 1, 2, 5]), expected)
    assert np.all(np.abs(z) < 4)


@pytest.mark.slow
def test_accepted_rows_drawn_by_law_and_by_trial_agree() -> None:
    design = np.random.default_rng(5).normal(size=(30, 2))
    for resample in (True, False):
        model = hl.models.LinearRegression([1.0, -1.0], design=design, resample=resample)
        ball = KnowledgeBall([1.3, -0.8], 0.3, 0.6)
        found = {
            draw: simulate(
                model, "fresh:0.4", verifier=ball, draw=draw, n_real=60,
                n_synthetic=60, generations=2, replicates=2000, seed=seed,
            )
            for seed, draw in enumerate(("statistics", "rows"))
        }  # fmt: skip
        by_law, by_trial = found["statistics"], found["rows"]
        for name in ("error", "excess_risk"):
            scale = np.hypot(by_law[f"{name}_se"], by_trial[f"{name}_se"])
            assert np.all(np.abs((by_law[name] - by_trial[name]) / scale) < 4)
        accepted = by_law["acceptance"] - by_trial["acceptance"]
        assert np.all(np.abs(accepted[:, 1:]) < 0.01)
        assert np.all(by_law["failed"] == 0)
        assert np.all(by_trial["failed"] == 0)


def everything(rows: Any) -> Any:
    return rows.response < np.inf


@pytest.mark.parametrize(
    ("workflow", "verifier"),
    [("augment-subsample", everything), ("discard", WhatPasses(everything))],
)
def test_a_verifier_that_accepts_everything_changes_nothing(workflow: str, verifier: Any) -> None:
    model = hl.models.LinearRegression([1.0, 2.0])
    without = simulate(model, workflow, draw="rows", replicates=64)
    verified = simulate(model, workflow, draw="rows", replicates=64, verifier=verifier)
    np.testing.assert_allclose(verified["error"], without["error"], rtol=1e-5)
    assert np.all(verified["acceptance"].values[:, 1:] == 1)
    assert np.all(verified["unjudged"].values[:, 1:] == 0)


@pytest.mark.parametrize("draw", ["statistics", "rows"])
@pytest.mark.parametrize("radius", [np.inf, 1e6])
def test_an_infinite_ball_is_no_verifier(draw: str, radius: float) -> None:
    found = simulate(
        ONE_DIRECTION, "discard", verifier=KnowledgeBall([0.5], radius), draw=draw, replicates=4000
    )
    expected = np.array([[1, 2, 3, 4]]) / 40
    assert np.all(np.abs(z_scores(found, expected)) < 4)
    assert np.all(found["acceptance"].values[:, 1:] == 1)


@pytest.mark.parametrize(
    "verifier",
    [
        KnowledgeBall([0.5], 0.0),
        KnowledgeBall([400.0], 1.0),
        lambda rows: rows.response > 1e9,
        WhatPasses(lambda rows: rows.response > 1e9),
    ],
)
def test_a_verifier_that_accepts_nothing_is_said_in_one_line(verifier: Any) -> None:
    with pytest.raises(ValueError, match="accepted none of the synthetic rows; widen") as raised:
        simulate(ONE_DIRECTION, "discard", verifier=verifier, replicates=4)
    assert "\n" not in str(raised.value)


def test_a_verifier_without_any_verdict_is_said_in_one_line() -> None:
    blind = Score(lambda rows: np.full(rows.response.shape, np.nan), keep=0.5)
    with pytest.raises(ValueError, match="no verdict on any of the synthetic rows"):
        simulate(ONE_DIRECTION, "discard", verifier=blind, replicates=4)


class Coin(Verifier):
    """Accept by chance alone, as a user's verifier may."""

    def judge(self, rows: Any, random: np.random.Generator) -> Verdict:
        count = len(rows.response)
        return Verdict(random.random(count) < 0.5, np.ones(count, dtype=bool))


class NoVerdict(Verifier):
    """Returns an array in place of a verdict."""

    def judge(self, rows: Any, random: np.random.Generator) -> Any:
        return rows.response > 0


class TooFewCandidates(Coin):
    """Asks for fewer candidates than rows."""

    def candidates(self, rows: int) -> int:
        return rows - 1


@pytest.mark.parametrize(
    ("verifier", "message"),
    [
        (NoVerdict(), "judge must return a Verdict"),
        (TooFewCandidates(), "must be a whole number, 40 or more"),
    ],
)
def test_a_verifier_of_ones_own_that_is_wrong_is_said_in_one_line(
    verifier: Any, message: str
) -> None:
    model = hl.models.LinearRegression([1.0])
    with pytest.raises(ValueError, match=message) as raised:
        simulate(model, "discard", verifier=verifier, replicates=4)
    assert "\n" not in str(raised.value)


@pytest.mark.filterwarnings("ignore:.* replicates had failed by:UserWarning")
def test_beside_a_workflow_that_has_an_answer_to_accept_nothing_is_a_counted_failure() -> None:
    never = WhatPasses(lambda rows: rows.response > 1e9)
    found = simulate(ONE_DIRECTION, ["discard", "real", "augment"], verifier=never, replicates=4)
    assert found["failed"].values[:, -1].tolist() == [1, 0, 0]
    # Nothing joins the initial data.
    np.testing.assert_allclose(found["error"][2, 1:], found["error"][2, 0], rtol=1e-6)


@pytest.mark.parametrize("resample", [False, True])
def test_verdicts_that_ignore_the_rows_leave_the_errors_alone(resample: bool) -> None:
    model = hl.models.LinearRegression([0.0, 0.0], design=np.eye(2), resample=resample)
    always = Noisy(lambda rows: rows.response == rows.response, false_reject=0.5)
    plain, *judged = (
        simulate(model, "discard", verifier=v, draw="rows", replicates=2000, seed=seed)
        for seed, v in enumerate([None, always, Coin()])
    )
    for found in judged:
        z = (found["error"] - plain["error"]) / np.hypot(found["error_se"], plain["error_se"])
        assert np.all(np.abs(z) < 4)
        assert np.all(np.abs(found["acceptance"][:, 1:] - 0.5) < 0.01)


def test_a_cap_is_on_all_candidates_of_a_fixed_design_too() -> None:
    # One of the 40 rows may well take more than 15 tries; all of them take 4 on average.
    model = hl.models.LinearRegression([0.0], design=[[1.0]], resample=False)
    rare = UntilFull(KnowledgeBall([0.0], 0.32), cap=15)
    for draw in ("statistics", "rows"):
        found = simulate(model, "discard", verifier=rare, draw=draw, generations=1)
        assert found["failed"].values[0, 1] == 0
        assert abs(found["acceptance"].values[0, 1] - 0.25) < 0.02


def test_the_best_share_of_each_class_keeps_rare_classes_in_expectation() -> None:
    model = hl.models.Categorical([0.05, 0.35, 0.6])
    alike = Score(
        lambda rows: np.zeros(rows.shape[:1]),
        keep=0.1,
        classes=lambda rows: np.asarray(rows, int),
    )
    one = hl.simulate(
        model, "discard", n_real=40, n_synthetic=40, n_initial=10**6, generations=1,
        replicates=1500, seed=0, verifier=alike,
    ).dataset  # fmt: skip
    assert one["failed"].values[0, 1] == 0
    assert abs(one["acceptance"].values[0, 1] - 0.1) < 0.005
    # Systematic rounding leaves a class as its share asks for, but for less than one row.
    assert one["error"].values[0, 1] < 0.5 / 40


@pytest.mark.filterwarnings("ignore:.* replicates had failed by:UserWarning")
@pytest.mark.parametrize("draw", ["statistics", "rows"])
def test_a_cap_that_is_reached_is_a_counted_failure(draw: str) -> None:
    ball = UntilFull(KnowledgeBall([1.6], 0.5), cap=3)
    trace = hl.simulate(
        ONE_DIRECTION, ["discard", "real"], n_real=40, n_synthetic=40, generations=2,
        replicates=50, seed=0, verifier=ball, draw=draw,
    )  # fmt: skip
    failed = trace.dataset["failed"].values
    assert failed[0, 1:].tolist() == [1, 1]
    assert failed[1].tolist() == [0, 0, 0]
    assert trace.failures["discard"] == {"TOO_FEW_ACCEPTED": 1.0}
    assert 0 < trace.dataset["acceptance"].values[0, 1] < 0.2


@pytest.mark.parametrize("resample", [False, True])
def test_acceptance_and_failures_at_a_cap_are_those_of_the_law(resample: bool) -> None:
    """By law, by trial of responses and by trial of rows; a cap of 1.5 is one of 60 candidates."""
    model = hl.models.LinearRegression([0.0], design=[[1.0]], resample=resample)
    ball = KnowledgeBall([0.0], 0.8)
    found = [
        simulate(
            model, "discard", verifier=UntilFull(rule, cap=1.5), draw=draw, generations=1,
            n_initial=2000, replicates=2000, seed=seed,
        )
        for seed, (rule, draw) in enumerate(
            [(ball, "statistics"), (ball, "rows"), (Every(ball), "rows")]
        )
    ]  # fmt: skip
    chance = 2 * stats.norm.cdf(0.8) - 1
    # At most 60 candidates: fewer than 40 of them accepted, or more candidates than 60 needed.
    fails = stats.binom.cdf(39, 60, chance)
    needed = np.arange(40, 61)
    exactly = stats.nbinom.pmf(needed - 40, 40, chance)
    accepted = np.arange(40)
    mean = float((40 / needed) @ exactly + (accepted / 60) @ stats.binom.pmf(accepted, 60, chance))
    for data in found:
        failed = data["failed"].values[0, 1]
        assert abs(failed - fails) < 4 * np.sqrt(fails * (1 - fails) / 2000)
        acceptance, se = data["acceptance"].values[0, 1], 0.07 / np.sqrt(2000)
        assert abs(acceptance - mean) < 4 * se


def test_rows_without_a_verdict_are_not_kept_and_counted() -> None:
    model = hl.models.GaussianMean([0.0], 1.0)
    verifier = Score(lambda x: np.where(x[:, 0] > 0, x[:, 0], np.nan), threshold=0.0)
    found = simulate(model, "discard", verifier=verifier, generations=1, replicates=2000)
    unjudged = found["unjudged"].values[0, 1]
    assert abs(unjudged - 0.5) < 0.01
    assert found["acceptance"].values[0, 1] == pytest.approx(1 - unjudged, abs=1e-6)
    # The mean of |N(0, 1)|, from a start at 0 ± 1/40.
    assert found["error"].values[0, 1] == pytest.approx(2 / np.pi, abs=0.05)


def test_a_score_keeps_as_many_rows_as_were_asked_for() -> None:
    model = hl.models.GaussianMean([0.0], 1.0)
    found = simulate(
        model, "discard", verifier=Score(lambda x: -np.abs(x[:, 0]), keep=0.1), generations=1,
        replicates=500, n_initial=10**6,
    )  # fmt: skip
    assert found["acceptance"].values[0, 1] == pytest.approx(0.1)
    # The tenth of a normal distribution nearest to 0: about uniform on ±0.1257.
    edge = stats.norm.ppf(0.55)
    variance = stats.truncnorm.var(-edge, edge)
    z = (found["error"].values[0, 1] - variance / 40) / found["error_se"].values[0, 1]
    assert abs(z) < 4


def errors_of_naive_mix(rows: int, chance: float) -> float:
    """Squared error of (n real + k passing rows)/(n + k) for a mean, k binomial."""
    k = np.arange(rows + 1)
    n = rows
    variance = (n + k * (1 + k / n)) / (n + k) ** 2
    return float(stats.binom.pmf(k, rows, chance) @ variance)


def test_what_passes_counts_every_row_the_same_where_shares_follow_rows() -> None:
    model = hl.models.GaussianMean([0.0], 1.0)
    half = WhatPasses(Noisy(lambda x: x[:, 0] == x[:, 0], false_reject=0.6))
    found = simulate(
        model, ["discard", "fresh:naive", "augment", "fresh:0.5"], verifier=half, generations=1,
        n_real=30, n_synthetic=30, replicates=5000,
    )  # fmt: skip
    k = np.arange(31)
    weights = stats.binom.pmf(k, 30, 0.4)
    positive = k > 0
    mean = float((weights[positive] / k[positive]).sum() / weights[positive].sum())
    # Augment pools real[0], the parent of the synthetic rows, with those that pass.
    pooled = float(weights @ (1 / 30 + k / (30 + k) ** 2))
    expected = np.array(
        [1 / 30 + mean, errors_of_naive_mix(30, 0.4), pooled, 0.25 / 30 + 0.25 * (1 / 30 + mean)]
    )
    at_one = found.isel(generation=1)
    assert np.all(np.abs(z_scores(at_one, expected)) < 4)


def test_a_dataset_of_which_nothing_passes_takes_no_part_or_is_a_failure() -> None:
    model = hl.models.GaussianMean([0.0], 1.0)
    rare = WhatPasses(lambda x: x[:, 0] > 2)
    found = simulate(
        model, ["augment", "fresh:0.5", "discard"], verifier=rare, n_synthetic=10, generations=2
    )
    failed = found["failed"].values
    assert np.all(failed[0] == 0)
    none = stats.norm.cdf(2) ** 10
    assert abs(failed[1, 1] - none) < 0.1
    assert failed[2, 2] >= failed[2, 1] > 0.5


def test_what_passes_refuses_workflows_that_draw_a_number_of_rows() -> None:
    with pytest.raises(ValueError, match="'augment-subsample' draws a number of rows"):
        simulate(ONE_DIRECTION, "augment-subsample", verifier=WhatPasses(BIASED))


def test_blocks_and_precision_do_not_change_the_answer() -> None:
    model = hl.models.LinearRegression([1.0])
    verifier = KnowledgeBall([1.2], 0.2, 0.5)
    one = simulate(model, "discard", verifier=verifier, replicates=40)
    other = simulate(model, "discard", verifier=verifier, replicates=40, block_size=7)
    assert one.equals(other)
    single = simulate(model, "discard", verifier=verifier, replicates=500)
    double = simulate(model, "discard", verifier=verifier, replicates=500, dtype="float64")
    assert double["error"].dtype == np.float64
    se = np.hypot(single["error_se"], double["error_se"])
    assert np.all(np.abs((single["error"] - double["error"]) / se) < 4)


def followed(workflow: str, sizes: Sizes, *, all_that_pass: bool, seed: int) -> Any:
    """Squared errors of a normal mean by a plain loop; rows above −0.4 pass."""
    generator, replicates = np.random.default_rng(seed), 6000
    lineage = as_workflow(workflow).lineage(sizes)
    means: dict[Any, Any] = {}
    counts: dict[Any, Any] = {}
    fits: list[Any] = []
    for mixture in lineage.mixtures:
        for dataset in mixture.datasets:
            if dataset in means:
                continue
            m = sizes.rows(dataset)
            if dataset.parent is None:
                rows, kept = generator.normal(size=(replicates, m)), np.ones((replicates, m), bool)
            else:
                candidates = m if all_that_pass else 60 * m
                rows = fits[dataset.parent][:, None] + generator.normal(
                    size=(replicates, candidates)
                )
                kept = rows > -0.4
                if not all_that_pass:
                    kept &= kept.cumsum(axis=1) <= m
            counts[dataset] = kept.sum(axis=1)
            means[dataset] = (rows * kept).sum(axis=1) / np.maximum(counts[dataset], 1)
        shares = {d: np.full(replicates, share) for d, share, _ in mixture}
        if mixture.proportional:
            total = sum(counts[d] for d in mixture.datasets)
            shares = {d: counts[d] / total for d in mixture.datasets}
        fits.append(sum(shares[d] * means[d] for d in mixture.datasets))
    return np.array(fits) ** 2


@pytest.mark.parametrize("all_that_pass", [pytest.param(False, marks=pytest.mark.slow), True])
def test_sizes_that_vary_and_datasets_that_last(all_that_pass: bool) -> None:
    model = hl.models.GaussianMean([0.0], 1.0)
    sizes = {"n_real": [20, 0, 30], "n_synthetic": [20, 40, 25], "n_initial": 20}
    workflows = ["accumulate-all", "anchor:0.2"]
    rule = Predicate(lambda rows: rows[:, 0] > -0.4)
    found = simulate(
        model, workflows, verifier=WhatPasses(rule) if all_that_pass else rule, replicates=4000,
        **sizes,
    )  # fmt: skip
    assert np.all(found["failed"] == 0)
    rows = Sizes.of(generations=3, **sizes)
    for number, workflow in enumerate(workflows):
        errors = followed(workflow, rows, all_that_pass=all_that_pass, seed=number)
        se = np.hypot(found["error_se"][number], errors.std(axis=1) / np.sqrt(errors.shape[1]))
        assert np.all(np.abs((found["error"][number] - errors.mean(axis=1)) / se) < 4)


@pytest.mark.filterwarnings("ignore:.* replicates had failed by:UserWarning")
def test_logistic_regression_learns_from_a_ball_and_separation_is_counted() -> None:
    model = hl.models.LogisticRegression([1.0, -0.5])
    wide = KnowledgeBall([1.0, -0.5], 0.5, 0.9, link="logit")
    found = simulate(
        model, ["fresh:0.5"], verifier=wide, n_real=200, n_synthetic=200, replicates=200
    )
    assert np.all(found["failed"] == 0)
    # A ball of no width whose slack is ½ leaves the likelier label alone: separable by θ_c.
    strict = KnowledgeBall([1.0, -0.5], 0.0, 0.5, link="logit")
    trace = hl.simulate(
        model, "discard", n_real=200, n_synthetic=200, generations=1, replicates=20, seed=0,
        verifier=strict,
    )  # fmt: skip
    assert trace.dataset["failed"].values[0, 1] == 1
    assert set(trace.failures["discard"]) <= {"SEPARABLE", "NOT_CONVERGED"}


def test_the_trace_says_what_the_verifier_was() -> None:
    trace = hl.simulate(
        ONE_DIRECTION, "discard", n_real=5, n_synthetic=5, generations=1, replicates=2, seed=0,
        verifier=BIASED,
    )  # fmt: skip
    assert trace.arguments["verifier"].describe() == {
        "name": "KnowledgeBall", "center": [0.5], "radius": 1.0, "slack": 0.0,
        "link": "identity", "kept": "until full", "cap": 1000.0,
    }  # fmt: skip


def test_a_gaussian_design_contracts_at_the_rate_of_theory() -> None:
    # The error that a bias c adds in one round is (1 − ρ)² c², to first order in c.
    p, bias = 4, 0.2
    sizes = {"n_initial": 10**6, "n_real": 2000, "n_synthetic": 2000, "generations": 1}
    model = hl.models.LinearRegression(np.zeros(p))
    found = [
        simulate(
            model, "discard", replicates=400,
            verifier=KnowledgeBall(np.array([size, 0, 0, 0]), 0.5, 0.5), **sizes,
        ).isel(workflow=0, generation=1)
        for size in (0.0, bias)
    ]  # fmt: skip
    none, some = (float(one["error"]) for one in found)
    rate = hl.theory.random_design_contraction_rate(p, 0.5, 0.5)
    se = np.hypot(*(float(one["error_se"]) for one in found))
    assert abs(some - none - (1 - rate) ** 2 * bias**2) < 4 * se + 1e-4


def test_theory_and_simulation_overlay_under_any_workflow() -> None:
    design = np.random.default_rng(11).normal(size=(5, 2))
    model = hl.models.LinearRegression([1.0, -1.0], design=design, resample=False)
    ball = KnowledgeBall([1.2, -0.9], 0.3, 0.5)
    workflows = ["discard", "augment", "fresh:0.4"]
    sizes = {"n_real": 20, "n_synthetic": 40, "n_initial": 30, "generations": 3}
    theory = hl.theory.predict(workflows, model=model, verifier=ball, **sizes)
    found = simulate(model, workflows, verifier=ball, replicates=6000, seed=4, **sizes)
    assert np.all(np.abs(z_scores(found, theory.dataset["error"].values)) < 4)
    assert theory.arguments["verifier"].describe() == ball.describe()


def test_theory_refuses_what_it_does_not_know_in_one_line() -> None:
    sizes = {"n_real": 20, "n_synthetic": 20, "generations": 2}
    gaussian = hl.models.LinearRegression([1.0])
    for model, verifier, message in (
        (gaussian, BIASED, "takes a fixed design"),
        (hl.models.GaussianMean([0.0], 1.0), BIASED, "with a verifier, theory takes"),
        (None, BIASED, "with a verifier, theory takes"),
        (ONE_DIRECTION, KnowledgeBall([0.5], 0.0), "accepts no response at some row"),
    ):
        with pytest.raises(ValueError, match=message) as raised:
            hl.theory.predict("discard", model=model, verifier=verifier, **sizes)
        assert "\n" not in str(raised.value)


def test_real_rows_without_number_are_drawn_by_their_law_beside_a_verifier() -> None:
    """Only what is judged must fit into memory."""
    model = hl.models.LinearRegression([0.0, 0.0])
    ball = KnowledgeBall([0.0, 0.0], 0.0, 1.0)
    found = simulate(model, "discard", verifier=ball, n_initial=10**9, generations=1, replicates=50)
    assert found["error"].values[0, 0] < 1e-7
