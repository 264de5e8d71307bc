"""The reproduction of the verification paper: what it has, and every quick check."""

import json

import numpy as np
import pytest

from heirloom._base.random import Random
from heirloom.models.base import replicated
from heirloom.papers import PAPERS, Outcome, reproduce
from heirloom.papers.reproduction import _by_figure
from heirloom.papers.verification.break_even import fitted_break_even
from heirloom.papers.verification.model import VerifiedDirections, real_rows
from heirloom.papers.verification.one_round_simulation import simulated_landscape
from heirloom.papers.verification.rounds import _derivative, _simulated_rate
from heirloom.papers.verification.settings import (
    LANDSCAPE,
    ONE_ROUND,
    PUBLISHED_BASELINE,
    REGIMES,
    ROUNDS,
    SLACK,
)
from heirloom.papers.verification.simulated_loop import own_seed
from heirloom.theory.verification import contraction_rate, one_round_risk, verification_regime

PANELS = {
    "one-round": ["one-round"],
    "landscape": ["landscape.theory", "landscape.simulation"],
    "rounds": ["rounds.unbiased", "rounds.biased"],
    "growing": ["growing.unbiased", "growing.biased"],
    "regimes": ["regimes.unbiased", "regimes.mild", "regimes.strong"],
    "exact-loop": ["exact-loop"],
}


def test_panels_of_a_named_figure_are_drawn_side_by_side():
    nothing = Outcome((), {}, lambda _: None)
    outcomes = {experiment.figure: nothing for experiment in PAPERS["verification"]}
    grouped = {
        figure: [panel for panel, _ in panels] for figure, panels in _by_figure(outcomes).items()
    }
    assert grouped == PANELS


def test_the_paper_scale_has_the_published_sizes():
    landscape = LANDSCAPE["paper"]
    assert (landscape.simulated_cells, landscape.cells, landscape.replicates) == (300, 300, 100)
    assert (landscape.biases, landscape.radii, landscape.accepted) == ((0, 0.7), (0.01, 0.5), 100)
    for panel in PANELS["rounds"]:
        settings = ROUNDS[panel]["paper"]
        assert (settings.rounds, settings.rows, settings.accepted(60)) == (60, 100, 100)
    assert [ROUNDS[panel]["paper"].bias for panel in PANELS["rounds"]] == [0, 1]
    assert ONE_ROUND["paper"].biases == (0, 0.2, 0.4)


def test_real_rows_are_the_published_ones():
    model = VerifiedDirections(real_rows(100), 0.4)
    setting = model.setting(0.4, 0.2)
    assert setting.baseline == pytest.approx(PUBLISHED_BASELINE, abs=5e-6)
    assert model.row_variance() == pytest.approx(100 * setting.baseline)
    rows = model.sample_real(Random((1, 2), 3), 100)
    assert rows.response.shape == (3, 100)
    np.testing.assert_allclose(rows.design[2], real_rows(100), rtol=1e-6)


def test_synthetic_rows_are_directions_and_the_bias_is_even_in_them():
    model = VerifiedDirections(real_rows(100), 0.4)
    rows = model.sample(Random((1, 2), 1), replicated(model.truth(), 1), 24)
    design = rows.design[0]
    np.testing.assert_allclose(design[:8] @ design[:8].T, np.eye(8), atol=1e-6)
    np.testing.assert_allclose(design[8:16], design[:8])
    along = design[:8] @ (model.center - model.coefficients)
    np.testing.assert_allclose(along, 0.4 / np.sqrt(8), rtol=1e-5)
    ball = model.verifier(0.2)
    assert (float(ball.radius), float(ball.slack)) == (0.2, SLACK)


def test_metrics_are_distances_to_the_truth_and_to_the_verifier():
    model = VerifiedDirections(real_rows(100), 0.4)
    at_truth = model.metrics(replicated(model.truth(), 1))
    found = [float(at_truth[name][0]) for name in ("error", "error_to_center", "along")]
    np.testing.assert_allclose(found, [0, 0.16, -0.4], atol=1e-6)
    at_center = replicated(model.truth()._replace(coefficients=model.center), 1)
    assert float(model.metrics(at_center)["error"][0]) == pytest.approx(0.16)
    assert model.laws() == {}


def test_a_simulated_cell_has_the_exact_error():
    model = VerifiedDirections(real_rows(100), 0.0)
    reported: list[tuple[int, int]] = []
    found = simulated_landscape(
        model,
        np.array([0.0, 0.4]),
        np.array([0.5]),
        accepted=10,
        replicates=2000,
        seed=1,
        report=lambda done, work: reported.append((done, work)),
    )
    exact = [one_round_risk(model.setting(bias, 0.5), 10) for bias in (0.0, 0.4)]
    z = (found.values[:, 0] - exact) / found.standard_errors[:, 0]
    assert np.abs(z).max() < 4
    assert reported[-1] == (2, 2)


def test_the_break_even_bias_of_a_parabola_is_found_with_its_error():
    random = np.random.default_rng(0)
    biases = np.linspace(0.1, 0.5, 9)
    curve = 0.1 + biases**2
    exact = fitted_break_even(biases, curve, np.full(9, 0.01), 0.19)
    assert exact.bias == pytest.approx(0.3)
    found = [
        fitted_break_even(biases, curve + random.normal(0, 0.01, 9), np.full(9, 0.01), 0.19).bias
        for _ in range(500)
    ]
    assert np.std(found) == pytest.approx(exact.se, rel=0.15)
    assert np.isnan(fitted_break_even(biases, curve, np.full(9, 0.01), 0.9).bias)


def test_the_rate_of_a_geometric_course_is_found_with_its_error():
    random = np.random.default_rng(0)
    mean = -(0.8 ** np.arange(6))
    pairs = [_simulated_rate(mean + random.normal(0, 0.1, (50, 6)), 1, 5) for _ in range(400)]
    rates, errors = np.array(pairs).T
    assert rates.mean() == pytest.approx(0.8, abs=0.005)
    assert errors.mean() == pytest.approx(rates.std(), rel=0.15)


@pytest.mark.parametrize("radius", [0.2, 0.5, 1.0, 2.0])
def test_the_rate_is_the_derivative_of_the_mean_map(radius):
    assert _derivative(radius) == pytest.approx(contraction_rate(radius, SLACK), abs=1e-7)


@pytest.mark.parametrize("scale", ["quick", "paper"])
@pytest.mark.parametrize("panel", PANELS["regimes"])
def test_regimes_are_what_they_are_called(panel, scale):
    settings = REGIMES[panel][scale]
    model = VerifiedDirections(real_rows(settings.rows), settings.bias)
    regime = verification_regime(
        settings.bias,
        settings.radius,
        n_accepted=settings.accepted,
        slack=SLACK,
        singular_values=np.asarray(model.singular_values),
        rounds=settings.rounds,
    )
    assert regime.name == settings.name
    expected = {"unbiased": settings.rounds, "mildly biased": 2, "strongly biased": 0}
    assert regime.stopping_round == expected[settings.name]


def test_simulations_have_seeds_of_their_own():
    seeds = {own_seed(seed, number) for seed in range(3) for number in range(5)}
    assert len(seeds) == 15
    assert own_seed(0, 1) == own_seed(0, 1)


def test_a_panel_is_drawn_and_written_under_its_figure(tmp_path):
    reproduction = reproduce("verification", figures=["landscape.theory"])
    assert reproduction.passed
    folder = reproduction.save(tmp_path / "out")
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["figure-landscape.png", "landscape.theory-theory.nc", "reproduction.json"]
    written = json.loads((folder / "reproduction.json").read_text())
    assert written["settings"]["landscape.theory"]["cells"] == 300


def test_the_title_of_a_named_panel_does_not_repeat_it():
    import matplotlib.pyplot as plt

    (figure,) = reproduce("verification", figures=["landscape.theory"]).plot().values()
    assert figure.axes[0].get_title() == "One round, exactly"
    assert figure.axes[0].get_xlim() == (0.01, 0.5)
    plt.close(figure)


def test_a_figure_that_is_not_there_is_refused():
    message = r"has one-round, landscape\.theory, .*; a name alone, such as landscape, is all of"
    with pytest.raises(ValueError, match=message):
        reproduce("verification", figures=["landscape.practice"])


@pytest.mark.slow
def test_every_quick_check_passes():
    reproduction = reproduce("verification")
    assert [check.name for check in reproduction.checks if not check.passed] == []
    assert set(reproduction.outcomes) == {panel for of in PANELS.values() for panel in of}
    assert all(outcome.checks for outcome in reproduction.outcomes.values())
    assert all(figure in PANELS for figure in reproduction.plot())
