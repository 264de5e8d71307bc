"""The trace: built, saved, loaded and shown without losing anything."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from heirloom import Trace, models, simulate, theory
from heirloom.trace import QUANTILES, versions
from heirloom.workflows import Custom, Discard, FreshMix, Mixture, Sizes, Workflow, real, synthetic

GENERATIONS = 3
SIZES = Sizes.of(n_real=100, n_synthetic=100, generations=GENERATIONS)


def half(t: int) -> dict[Any, float]:
    return {real(t): 0.5, synthetic(t): 0.5}


WORKFLOWS: tuple[Workflow, ...] = (
    Discard(),
    FreshMix("optimal"),
    Custom(half, label="moitié·μ 混合"),
)


def full_trace() -> Trace:
    """A trace with everything in it: numbers that float32 and text do not hold, inf, nan."""
    rng = np.random.default_rng(0)
    shape = (len(WORKFLOWS), GENERATIONS + 1)
    error = rng.random(shape) / 3
    error[0, -1], error[0, -2] = np.inf, np.nan
    return Trace.of(
        WORKFLOWS,
        SIZES,
        {"error": error, "mean_error": rng.random(shape) * 1e-300},
        standard_errors={"error": rng.random(shape), "mean_error": rng.random(shape)},
        quantiles={
            "error": rng.random((*shape, len(QUANTILES))),
            "mean_error": rng.random((*shape, len(QUANTILES))),
        },
        replicates={"error": rng.random((len(WORKFLOWS), 7, GENERATIONS + 1)).astype(np.float32)},
        failed=rng.random(shape),
        failures=[{"SEPARABLE": 0.25}, {}, {"SEPARABLE": 0.5, "SINGULAR": 0.125}],
        source="simulation",
        arguments={"seed": 1, "note": "π²/6 — “quoted”"},
    )


def test_a_saved_trace_is_loaded_exactly(tmp_path: Path) -> None:
    trace = full_trace()
    trace.dataset.attrs["comment"] = "naïve ∑"
    loaded = Trace.load(trace.save(tmp_path / "trace.nc"))
    xr.testing.assert_identical(loaded.dataset, trace.dataset)
    for name, variable in trace.dataset.variables.items():
        assert loaded.dataset[name].dtype == variable.dtype, name
        assert loaded.dataset[name].dims == variable.dims, name
        np.testing.assert_array_equal(loaded.dataset[name].values, variable.values)
    assert loaded.dataset["error"].dtype == np.float64
    assert loaded.arguments == {"seed": 1, "note": "π²/6 — “quoted”"}
    assert loaded.failures == trace.failures
    assert loaded.workflows == trace.workflows
    assert repr(loaded) == repr(trace)


def test_saving_what_was_loaded_gives_the_same_trace(tmp_path: Path) -> None:
    once = Trace.load(full_trace().save(tmp_path / "once.nc"))
    twice = Trace.load(once.save(tmp_path / "twice.nc"))
    xr.testing.assert_identical(once.dataset, twice.dataset)


def test_a_trace_without_generations_or_quantiles_is_saved_too(tmp_path: Path) -> None:
    trace = theory.predict("discard", n_real=10, n_synthetic=10, generations=0)
    loaded = Trace.load(trace.save(tmp_path / "trace.nc"))
    xr.testing.assert_identical(loaded.dataset, trace.dataset)
    expected = "Trace(theory: error; discard; generations 0…0; limit of large samples)"
    assert repr(loaded) == expected


def test_a_failing_save_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = full_trace().save(tmp_path / "trace.nc")
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        theory.predict("discard", n_real=9, n_synthetic=9, generations=1).save(path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["trace.nc"]


def test_saving_to_a_folder_that_does_not_exist_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        full_trace().save(tmp_path / "nowhere" / "trace.nc")


@pytest.mark.parametrize(
    "content", [b"", b"CDF", b"garbage", b"CDF\x02" + bytes(40), b"\x89HDF\r\n\x1a\n"]
)
def test_garbage_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "garbage.nc"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"garbage\.nc: .*not a") as caught:
        Trace.load(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_refused(tmp_path: Path, kept: float) -> None:
    path = full_trace().save(tmp_path / "trace.nc")
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])
    with pytest.raises(ValueError, match=r"trace\.nc: not a netCDF file"):
        Trace.load(path)


def test_a_netcdf_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.nc"
    path.write_bytes(bytes(xr.Dataset({"x": ("time", [1.0])}).to_netcdf(engine="scipy")))
    with pytest.raises(
        ValueError, match=r"other\.nc: a netCDF file of something else, not a trace"
    ):
        Trace.load(path)


def test_a_file_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Trace.load(tmp_path / "absent.nc")


def test_metrics_are_neither_errors_of_them_nor_quantiles() -> None:
    assert full_trace().metrics == ("error", "mean_error")


def test_the_weight_is_that_of_the_last_generation() -> None:
    trace = theory.predict(
        ["discard", "fresh:0.1,0.2,0.3", "anchor:naive"],
        n_real=100,
        n_synthetic=300,
        generations=3,
    )
    np.testing.assert_array_equal(trace.dataset["weight"].values, [np.nan, 0.3, 0.25])


def test_frame_has_a_row_a_generation_and_named_columns() -> None:
    trace = full_trace()
    frame = trace.to_frame()
    assert frame.columns.tolist() == [
        "workflow",
        "generation",
        "weight",
        "error",
        "error_se",
        *(f"error_q{q}" for q in ("05", "25", "50", "75", "95")),
        "mean_error",
        "mean_error_se",
        *(f"mean_error_q{q}" for q in ("05", "25", "50", "75", "95")),
        "failed",
    ]
    exact = theory.predict("discard", n_real=9, n_synthetic=9, generations=1).to_frame()
    assert exact.columns.tolist() == ["workflow", "generation", "weight", "error", "error_exact"]
    assert len(frame) == len(WORKFLOWS) * (GENERATIONS + 1)
    row = frame[(frame["workflow"] == trace.workflows[2]) & (frame["generation"] == 1)].iloc[0]
    assert row["error"] == trace.dataset["error"].values[2, 1]
    assert row["error_q75"] == trace.dataset["error_quantile"].values[2, 1, 3]


def test_a_workflow_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="two workflows are called 'discard'; give each once"):
        theory.predict(["discard", "discard"], n_real=1, n_synthetic=1, generations=1)


def test_two_functions_without_a_name_are_told_how_to_get_one() -> None:
    workflows = [FreshMix(lambda t: 1 / t), FreshMix(lambda t: 0.5)]
    with pytest.raises(ValueError, match=r"'fresh:lambda'.*def in place of lambda"):
        theory.predict(workflows, n_real=1, n_synthetic=1, generations=1)


@pytest.mark.parametrize(
    "name",
    ["failed", "weight", "replicate", "error_se", "error_quantile", "error_replicate", "x_exact"],
)
def test_a_metric_must_not_have_the_name_of_something_else(name: str) -> None:
    with pytest.raises(ValueError, match=f"metric '{name}': must not be"):
        Trace.of([Discard()], SIZES, {name: np.ones((1, 4))}, source="run", arguments={})


def test_a_dataset_without_generations_is_refused() -> None:
    with pytest.raises(ValueError, match="no dimension \\['generation'\\]: not a trace"):
        Trace(xr.Dataset({"error": ("workflow", [1.0])}))


def test_failures_are_told_for_each_workflow() -> None:
    assert full_trace().failures == {
        WORKFLOWS[0].text: {"SEPARABLE": 0.25},
        WORKFLOWS[1].text: {},
        WORKFLOWS[2].text: {"SEPARABLE": 0.5, "SINGULAR": 0.125},
    }


def test_replicates_are_kept_where_they_are_asked_for(tmp_path: Path) -> None:
    sizes = {"n_real": 9, "n_synthetic": 9, "generations": 3, "replicates": 16, "seed": 0}
    model, workflows = models.Poisson(2.0), ["discard", "fresh:0.5"]
    trace = simulate(model, workflows, **sizes, keep_replicates=True)
    kept = trace.dataset["error_replicate"]
    assert kept.dims == ("workflow", "replicate", "generation")
    assert kept.shape == (2, 16, 4)
    np.testing.assert_allclose(kept.mean("replicate"), trace.dataset["error"], rtol=1e-5)
    assert trace.metrics == simulate(model, workflows, **sizes).metrics
    assert len(trace.to_frame()) == 8
    assert "16 replicates kept" in repr(trace)
    loaded = Trace.load(trace.save(tmp_path / "trace.nc"))
    xr.testing.assert_identical(loaded.dataset, trace.dataset)
    assert "error_replicate" not in simulate(model, workflows, **sizes).dataset


def test_a_theory_says_where_it_is_exact() -> None:
    sizes = {"n_real": 20, "n_synthetic": 20, "generations": 3}

    def text(workflows: list[str], model: Any = None) -> str:
        return repr(theory.predict(workflows, **sizes, model=model)).partition("0…3; ")[2]

    mean = models.GaussianMean([0.0], 1.0)
    linear = models.LinearRegression([1.0])
    assert text(["discard"]) == "limit of large samples)"
    assert text(["discard"], mean) == "exact)"
    assert text(["discard", "fresh:0.3"], linear) == (
        "exact for discard; else limit of large samples)"
    )
    assert text(["fresh:0.3"], linear) == "exact up to generation 0, then limit of large samples)"
    frame = theory.predict(["discard", "fresh:0.3"], **sizes, model=linear).to_frame()
    assert frame.groupby("workflow")["error_exact"].sum().to_dict() == {
        "discard": 4,
        "fresh:0.3": 1,
    }


def test_versions_name_what_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib.metadata import PackageNotFoundError

    def absent(package: str) -> str:
        raise PackageNotFoundError(package)

    monkeypatch.setattr("heirloom.trace.installed.version", absent)
    assert versions()["numba"] == "not installed"


def test_plotting_hands_the_trace_to_plots() -> None:
    trace = theory.predict("discard", n_real=10, n_synthetic=10, generations=2)
    axes = trace.plot("error")
    try:
        assert axes.lines
    finally:
        import matplotlib.pyplot as plt

        plt.close("all")


def test_a_mixture_of_the_custom_workflow_is_in_the_trace() -> None:
    trace = theory.predict(
        Custom(lambda t: Mixture.whole({synthetic(t): 1.0}, SIZES), label="again"),
        n_real=100,
        n_synthetic=100,
        generations=GENERATIONS,
    )
    assert trace.workflows == ("custom:again",)
    np.testing.assert_allclose(100 * trace.dataset["error"].values, [[1, 2, 3, 4]])
