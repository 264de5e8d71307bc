import math

import matplotlib.pyplot as plt
import numpy as np
import pytest
import xarray as xr

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


def test_a_line_a_workflow_and_theory_dashed_in_its_colour(simulated, predicted):
    ax = hl.plots.plot_generations(simulated, theory=predicted)
    solid = {line.get_label(): line for line in ax.lines if line.get_linestyle() == "-"}
    dashed = [line for line in ax.lines if line.get_linestyle() == "--" and len(line.get_ydata())]
    assert len(solid) == len(dashed) == len(simulated.workflows)
    for line, workflow in zip(dashed, simulated.workflows, strict=True):
        expected = predicted.dataset["error"].sel(workflow=workflow).values
        np.testing.assert_array_equal(line.get_ydata(), expected)
        position = simulated.workflows.index(workflow)
        assert line.get_color() == list(solid.values())[position].get_color()
    assert ax.get_yscale() == "log"
    assert not ax.collections  # ten bands would hide each other


def test_few_lines_have_bands(simulated):
    few = hl.Trace(simulated.dataset.isel(workflow=[0, 5, 9]))
    assert len(hl.plots.plot_generations(few).collections) == 3


def test_legend_follows_the_lines_from_top_to_bottom(predicted):
    ax = hl.plots.plot_generations(predicted)
    assert ax.get_legend().get_texts()[0].get_text() == "discard"


def test_trace_plots_itself(simulated):
    assert simulated.plot("divergence").get_ylabel() == "Divergence"


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


def test_what_cannot_be_drawn_is_refused(predicted):
    with pytest.raises(ValueError, match=r"^metric='eror': the trace has error$"):
        hl.plots.plot_generations(predicted, "eror")
    with pytest.raises(ValueError, match="0 workflows fresh:WEIGHT: 3 or more are needed"):
        hl.plots.plot_weights(hl.theory.predict("discard", **SIZES, generations=3))


def test_a_trace_without_any_answer_is_drawn_empty(predicted):
    empty = hl.Trace(
        xr.full_like(predicted.dataset, np.nan).assign_coords(weight=predicted.dataset["weight"])
    )
    hl.plots.plot_generations(empty)
    hl.plots.plot_weights(empty)


def test_the_typical_path_is_drawn_beside_a_mean_that_misleads():
    trace = hl.simulate(
        hl.models.Gaussian([0.0, 0.0], np.eye(2)),
        ["discard", "fresh:0.6"],
        n_real=10,
        n_synthetic=10,
        generations=30,
        replicates=400,
        seed=0,
    )
    ax = hl.plots.plot_generations(trace, "covariance_error")
    dotted = [line for line in ax.lines if line.get_linestyle() == ":" and len(line.get_ydata())]
    (typical,) = dotted
    quantiles = trace.dataset["covariance_error_quantile"]
    np.testing.assert_array_equal(
        typical.get_ydata(), quantiles.sel(workflow="discard", quantile=0.5)
    )
    assert "median: the typical path" in ax.get_legend_handles_labels()[1]


def test_no_median_where_the_mean_is_typical(simulated):
    ax = hl.plots.plot_generations(simulated)
    assert not [line for line in ax.lines if line.get_linestyle() == ":"]


def test_the_metric_is_the_error_or_the_first():
    gaussian = hl.models.Gaussian([0.0], 1.0)
    predicted = hl.theory.predict("discard", **SIZES, generations=3, model=gaussian)
    assert hl.plots.plot_generations(predicted).get_ylabel() == "Mean error"


def test_errors_against_the_ratio_of_sizes():
    ratios = [0.1, 0.2]
    lines = {"naive": np.array([2.0, 1.5]), "optimal": np.array([1.0, 0.9])}
    ax = hl.plots.plot_ratios(ratios, lines, lines, lines, metric="covariance_error")
    assert ax.get_ylabel() == "Covariance error"
    assert {"naive", "optimal"} <= set(ax.get_legend_handles_labels()[1])
