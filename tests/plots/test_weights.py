import math

import matplotlib.pyplot as plt
import numpy as np
import pytest

import heirloom as hl

SIZES = {"n_real": 100, "n_synthetic": 100}
WEIGHTS = [f"fresh:0.{w}" for w in range(1, 10)]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def simulated():
    return hl.simulate(
        hl.models.GaussianMean([0.0], 1.0),
        [*WEIGHTS, "discard"],
        **SIZES,
        generations=20,
        replicates=200,
        seed=0,
    )


@pytest.fixture(scope="module")
def predicted():
    return hl.theory.predict([*WEIGHTS, "discard"], **SIZES, generations=20)


def test_weights_are_drawn_in_order_with_the_least_and_the_golden_ratio(simulated, predicted):
    ax = hl.plots.plot_weights(simulated, theory=predicted)
    measured = next(line for line in ax.lines if line.get_label() == "measured")
    assert np.all(np.diff(measured.get_xdata()) > 0)
    late = simulated.dataset["error"].sel(workflow=WEIGHTS).values[:, -4:].mean(axis=1)
    np.testing.assert_allclose(measured.get_ydata(), late)
    labels = [line.get_label() for line in ax.lines]
    least = float(np.round(np.arange(0.1, 1.0, 0.1), 2)[late.argmin()])
    assert f"least: {least:.3g}" in labels
    golden = next(line for line in ax.lines if str(line.get_label()).startswith("golden"))
    assert golden.get_xdata()[0] == pytest.approx((math.sqrt(5) - 1) / 2)


def test_too_few_weights_are_refused():
    with pytest.raises(ValueError, match="0 workflows fresh:WEIGHT: 3 or more are needed"):
        hl.plots.plot_weights(hl.theory.predict("discard", **SIZES, generations=3))


def test_a_trace_without_any_answer_is_drawn_empty(simulated):
    empty = simulated.dataset[["error"]].where(False)
    hl.plots.plot_weights(empty.assign_coords(weight=simulated.dataset["weight"]))


def test_what_is_theory_is_not_called_measured(predicted):
    labels = hl.plots.plot_weights(predicted).get_legend_handles_labels()[1]
    assert "theory: limit of large samples" in labels
    assert "measured" not in labels
