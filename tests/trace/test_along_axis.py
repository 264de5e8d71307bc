"""Traces along an axis: one trace, one figure, one file."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import heirloom as hl
from heirloom.trace import Trace, sweep

WORKFLOWS = ["fresh:naive", "fresh:optimal"]
SIZES = {"n_synthetic": 100, "generations": 10}


def swept(rows: tuple[int, ...] = (10, 50, 100)) -> Trace:
    parts = {n: hl.theory.predict(WORKFLOWS, n_real=n, **SIZES) for n in rows}
    return sweep("n_real", parts, label="Real rows per generation")


def test_each_part_is_at_its_place(tmp_path: Path) -> None:
    trace = swept()
    assert trace.axes == ("n_real",)
    assert trace.metrics == ("error",)
    assert trace.dataset["error"].dims == ("n_real", "workflow", "generation")
    part = hl.theory.predict(WORKFLOWS, n_real=50, **SIZES)
    of_part = trace.dataset.sel(n_real=50)
    np.testing.assert_array_equal(of_part["error"], part.dataset["error"])
    np.testing.assert_array_equal(of_part["weight"], part.dataset["weight"])
    assert len(trace.to_frame()) == 3 * 2 * 11
    assert trace.to_frame()["n_real"].unique().tolist() == [10, 50, 100]
    loaded = Trace.load(trace.save(tmp_path / "sweep.nc"))
    xr.testing.assert_identical(loaded.dataset, trace.dataset)


def test_two_axes() -> None:
    trace = sweep("variant", {"few": swept((10, 20)), "more": swept((10, 20))})
    assert trace.axes == ("variant", "n_real")
    assert trace.rerun().dataset.identical(trace.dataset)
    with pytest.raises(ValueError, match="2 axes beside workflow and generation: must be one"):
        hl.plots.plot_sweep(trace)


def test_what_does_not_fit_together_is_refused() -> None:
    one = hl.theory.predict(WORKFLOWS, n_real=10, **SIZES)
    with pytest.raises(ValueError, match="traces is empty"):
        sweep("n_real", {})
    with pytest.raises(ValueError, match="axis='error': the traces have one of that name"):
        sweep("error", {1: one})
    with pytest.raises(ValueError, match="traces differ in their workflows"):
        sweep("n", {1: one, 2: hl.theory.predict("discard", n_real=10, **SIZES)})
    with pytest.raises(ValueError, match="traces differ in their generations"):
        sweep(
            "n", {1: one, 2: hl.theory.predict(WORKFLOWS, n_real=1, n_synthetic=1, generations=1)}
        )
