import matplotlib.pyplot as plt
import numpy as np
import pytest

import heirloom as hl

WORKFLOWS = ["fresh:naive", "fresh:optimal"]
SIZES = {"n_synthetic": 100, "generations": 10}
ROWS = (10, 50, 100)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def theory():
    parts = {n: hl.theory.predict(WORKFLOWS, n_real=n, **SIZES) for n in ROWS}
    return hl.trace.sweep("n_real", parts, label="Real rows per generation")


def test_errors_against_the_axis_of_a_sweep(theory):
    model, draws = hl.models.GaussianMean([0.0], 1.0), {"replicates": 50, "seed": 1}
    parts = {n: hl.simulate(model, WORKFLOWS, n_real=n, **SIZES, **draws) for n in ROWS}
    ax = hl.trace.sweep("n_real", parts).plot("error", theory=theory)
    assert ax.get_xlabel() == "n_real"
    assert {*WORKFLOWS} <= set(ax.get_legend_handles_labels()[1])
    dashed = [line for line in ax.lines if line.get_linestyle() == "--" and len(line.get_ydata())]
    for line, workflow in zip(dashed, WORKFLOWS, strict=True):
        late = theory.dataset["error"].sel(workflow=workflow)[:, -2:].mean("generation")
        np.testing.assert_allclose(line.get_ydata(), late)


def test_the_axis_has_its_label(theory):
    assert theory.plot().get_xlabel() == "Real rows per generation"


def test_a_trace_that_is_no_sweep_is_refused():
    trace = hl.theory.predict(WORKFLOWS, n_real=10, **SIZES)
    with pytest.raises(ValueError, match="trace has 0 axes beside workflow and generation"):
        hl.plots.plot_sweep(trace)
