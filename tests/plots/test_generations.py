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


def test_a_metric_that_there_is_not_is_refused(predicted):
    with pytest.raises(ValueError, match=r"^metric='eror': the trace has error$"):
        hl.plots.plot_generations(predicted, "eror")


def test_a_trace_without_any_answer_is_drawn_empty(predicted):
    empty = xr.full_like(predicted.dataset.drop_vars("error_exact"), np.nan)
    hl.plots.plot_generations(empty.assign_coords(weight=predicted.dataset["weight"]))


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


@pytest.mark.parametrize("generations", [1, 7, 19, 48, 100])
def test_the_axis_is_marked_from_0_to_the_horizon(generations):
    ax = hl.theory.predict("discard", **SIZES, generations=generations).plot()
    ticks = ax.get_xticks()
    assert (ticks[0], ticks[-1]) == (0, generations)
    assert np.all(np.diff(ticks) > 0)
    assert np.all(ticks == np.round(ticks))


def test_a_dataset_is_drawn_as_its_trace_is(simulated):
    drawn = [hl.plots.plot_generations(it) for it in (simulated, simulated.dataset)]
    first, second = ([line.get_ydata() for line in ax.lines] for ax in drawn)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_a_trace_draws_where_it_is_told_to(simulated):
    _, (left, right) = plt.subplots(1, 2)
    assert simulated.plot(ax=right) is right
    assert not left.lines


def test_the_legend_says_whether_theory_is_exact(simulated, predicted):
    exact = hl.theory.predict(
        WEIGHTS, **SIZES, generations=20, model=hl.models.GaussianMean([0.0], 1.0)
    )

    def entries(ax):
        return " ".join(ax.get_legend_handles_labels()[1]).replace("\n", " ")

    assert "theory of the mean, exact" in entries(simulated.plot(theory=exact))
    assert "limit of large samples" in entries(simulated.plot(theory=predicted))
    assert exact.plot().get_legend().get_title().get_text() == "Theory, exact"
    assert predicted.plot().get_legend().get_title().get_text() == "Theory, limit of large samples"


def test_a_workflow_has_one_colour_in_every_figure(simulated, predicted):
    few = hl.Trace(simulated.dataset.isel(workflow=[9, 5]))
    several = {"discard": (1.0, 3.0), "fresh:0.6": (2.0, 1.0)}
    colours = [
        {
            line.get_label(): line.get_color()
            for line in ax.lines
            if line.get_label() in several and line.get_color() != "none"
        }
        for ax in (few.plot(), simulated.plot(), predicted.plot())
    ]
    assert colours[0] == colours[1] == colours[2]
    front = hl.plots.plot_front(several, list(several))
    marks = {line.get_label(): line.get_markeredgecolor() for line in front.lines}
    assert {name: marks[name] for name in several} == colours[0]
