import matplotlib.pyplot as plt
import numpy as np
import pytest

import heirloom as hl


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def swept():
    def risk(real, synthetic):
        sizes = {"n_real": real, "n_synthetic": synthetic, "generations": 3}
        return hl.theory.predict(["fresh:optimal", "discard"], **sizes)

    rows = (10, 20, 40)
    parts = {n: hl.trace.sweep("n_synthetic", {m: risk(n, m) for m in rows}) for n in (5, 50)}
    return hl.trace.sweep("n_real", parts)


def test_a_metric_over_two_axes_is_relative_to_generation_0(swept):
    ax = swept.plot()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("n_synthetic", "n_real")
    error = swept.dataset["error"].sel(workflow="fresh:optimal")
    expected = error.isel(generation=-1) / error.isel(generation=0)
    np.testing.assert_allclose(ax.collections[0].get_array(), expected)
    other = hl.plots.plot_landscape(swept, workflow="discard")
    assert np.all(other.collections[0].get_array() > 1)


def test_a_trace_with_other_axes_is_refused(swept):
    one = hl.Trace(swept.dataset.isel(n_real=0))
    with pytest.raises(ValueError, match="trace has 1 axes beside workflow and generation"):
        hl.plots.plot_landscape(one)
