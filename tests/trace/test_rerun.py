"""A trace holds its call whole: made again from a file, it is the same to the last byte."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import heirloom as hl
from heirloom.trace import NotKept, Provenance, Trace
from heirloom.workflows import Custom, FreshMix, Graph, synthetic

SIZES = {"n_real": 20, "n_synthetic": 20, "generations": 3}
DRAWS = {"replicates": 12, "seed": 5, "progress": False}
# More than fit into a text, and numbers that no text of six digits holds.
TABLE = np.random.default_rng(0).standard_normal((200, 3))
BALL = hl.verifiers.KnowledgeBall([1.0, -1.0], 0.5, 1.0)


def rule(t: int) -> dict[Any, float]:
    return {synthetic(t): 1.0}


def accept(rows: Any) -> Any:
    return rows.response > -1


class OwnModel(hl.models.GaussianMean):
    """A class that no file can hold."""


CALLS: dict[str, Callable[[], Trace]] = {
    "theory": lambda: hl.theory.predict(["discard", "fresh:schedule"], **SIZES),
    "theory of a model": lambda: hl.theory.predict(
        "augment", **SIZES, model=hl.models.Gaussian([0.0, 0.0], np.eye(2))
    ),
    "theory of verified data": lambda: hl.theory.predict(
        "discard",
        **SIZES,
        model=hl.models.LinearRegression([1.0, -1.0], design=np.eye(2), resample=False),
        verifier=BALL,
    ),
    "a table in full": lambda: hl.simulate(
        hl.models.LogisticRegression([1.0, 0.5, -0.2], design=TABLE), "augment", **SIZES, **DRAWS
    ),
    "sizes by a function": lambda: hl.simulate(
        hl.models.Categorical([0.2, 0.3, 0.5]),
        ["fresh:optimal", "augment-subsample"],
        n_real=lambda t: 20 + t,
        n_synthetic=[10, 20, 30],
        generations=3,
        **DRAWS,
    ),
    "a graph": lambda: hl.simulate(
        hl.models.Poisson(2.0),
        Graph({"a": "discard", "b": "augment"}, sources={"a": "b", "b": "a"}).members,
        **SIZES,
        **DRAWS,
    ),
    "an estimator of scikit-learn": lambda: hl.simulate(
        hl.models.Estimator(_ridge(), TABLE[:, :2], TABLE[:, 2]), "discard", **SIZES, **DRAWS
    ),
    "a verifier": lambda: hl.simulate(
        hl.models.LinearRegression([1.0, -1.0]),
        ["discard", "fresh:0.4"],
        verifier=hl.verifiers.WhatPasses(hl.verifiers.Noisy(BALL, false_accept=0.1)),
        dtype="float64",
        draw="rows",
        keep_replicates=True,
        **SIZES,
        **DRAWS,
    ),
    "a sweep": lambda: hl.trace.sweep(
        "n_real",
        {n: hl.theory.predict("fresh:0.4", **(SIZES | {"n_real": n})) for n in (5, 9)},
        label="Real rows",
    ),
}


def _ridge() -> Any:
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures

    return make_pipeline(PolynomialFeatures(2), Ridge(alpha=0.1))


@pytest.mark.parametrize("made", CALLS.values(), ids=list(CALLS))
def test_the_same_bytes_again_from_a_file(made: Callable[[], Trace], tmp_path: Path) -> None:
    first = made().save(tmp_path / "first.nc")
    again = Trace.load(first).rerun()
    assert again.save(tmp_path / "again.nc").read_bytes() == first.read_bytes()


def test_arguments_are_whole() -> None:
    arguments = CALLS["a table in full"]().arguments
    np.testing.assert_array_equal(arguments["model"].design, TABLE)
    assert [workflow.text for workflow in arguments["workflows"]] == ["augment"]
    assert arguments["n_real"].tolist() == [20] * 4
    assert arguments["seed"] == 5


def test_an_executor_may_be_given_and_changes_nothing() -> None:
    from concurrent.futures import ThreadPoolExecutor

    trace = CALLS["a table in full"]()
    with ThreadPoolExecutor(1) as executor:
        again = trace.rerun(executor=executor, progress=False)
    xr.testing.assert_identical(again.dataset, trace.dataset)


@pytest.mark.parametrize(
    ("name", "own", "what"),
    [
        ("workflows", Custom(rule), "rule, which is your own code"),
        ("workflows", FreshMix(lambda t: 1 / t), "<lambda>, which is your own code"),
        ("verifier", accept, "accept, which is your own code"),
        ("model", OwnModel([0.0], 1.0), "OwnModel, which is your own code"),
    ],
)
def test_ones_own_code_is_named_and_taken_again(
    name: str, own: Any, what: str, tmp_path: Path
) -> None:
    given = {"model": hl.models.LinearRegression([0.5]), "workflows": "discard"} | {name: own}
    trace = Trace.load(hl.simulate(**given, **SIZES, **DRAWS).save(tmp_path / "trace.nc"))
    kept = trace.arguments[name]
    assert isinstance(kept, NotKept)
    assert what in kept.description
    expected = rf"^{name}: the trace was made with .*{what}.*give it again: rerun\({name}=…\)$"
    with pytest.raises(ValueError, match=expected):
        trace.rerun()
    again = trace.rerun(**{name: own}, progress=False)
    xr.testing.assert_identical(again.dataset, trace.dataset)


def test_another_argument_than_the_recorded_is_refused() -> None:
    trace = hl.theory.predict("discard", **SIZES)
    with pytest.raises(ValueError, match=r"^variance: the trace was made with 1\.0, not with 2\.0"):
        trace.rerun(variance=2.0)


def test_another_object_than_the_recorded_is_refused() -> None:
    model = OwnModel([0.0], 1.0)
    trace = hl.simulate(model, "discard", **SIZES, **DRAWS)
    message = (
        r"made with OwnModel\(model='OwnModel', mean=\[0\.0\].*, not with OwnModel\(.*\[1\.0\]"
    )
    with pytest.raises(ValueError, match=message):
        trace.rerun(model=OwnModel([1.0], 1.0), progress=False)


def test_a_table_is_known_by_its_content() -> None:
    """A function of a table records the table's hash; what is given again must have the same."""
    frame = pd.DataFrame({"x": [1.0, 2.0], "y": ["a", None]})
    call = Provenance.of_call("heirloom:compare", {"table": frame})
    assert "2 by 2, known by its hash" in call.arguments()["table"].description
    same = Provenance.of_call("heirloom:compare", {"table": frame.copy()})
    other = Provenance.of_call("heirloom:compare", {"table": frame.assign(x=[1.0, 3.0])})
    assert call.differences(same) == []
    assert call.differences(other) == ["table"]


def test_a_file_is_known_by_its_content(tmp_path: Path) -> None:
    """A function that reads a file records what it read, and a changed file is refused."""
    trace = hl.theory.predict("discard", **SIZES)
    frame = pd.DataFrame({"x": [1.0, 2.0]})
    arguments = trace.provenance.arguments()
    of_file = trace.made_by("heirloom.theory:predict", arguments, {"workflows": frame})
    loaded = Trace.load(of_file.save(tmp_path / "trace.nc"))
    assert loaded.provenance.data == {"workflows": hl.trace.sha256_of_table(frame)}
    with pytest.raises(ValueError, match=r"^workflows: the trace was made with .* of SHA-256 "):
        loaded.rerun()


def test_papers_are_those_of_the_objects() -> None:
    trace = hl.simulate(
        hl.models.LinearRegression([1.0, -1.0]), "augment", verifier=BALL, **SIZES, **DRAWS
    )
    assert set(trace.provenance.papers) == {
        hl.models.LinearRegression.paper,
        hl.workflows.Augment.paper,
        BALL.paper,
    }


def test_a_trace_of_no_known_call_says_so() -> None:
    trace = Trace(hl.theory.predict("discard", **SIZES).dataset)
    with pytest.raises(ValueError, match="does not say by which call it was made"):
        trace.rerun()


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("os:system", {"command": "true"}),
        ("heirloom._base.files:write_atomically", {"path": "x", "content": "y"}),
        ("heirloom._base.files:os.system", {"command": "true"}),
        ("heirloom.theory:no_such_function", {}),
        ("heirloom.theory:optimal_weight", {"n_real": 1, "n_synthetic": 1}),
    ],
)
def test_a_file_calls_nothing_but_what_makes_a_trace(
    function: str, arguments: dict[str, Any]
) -> None:
    trace = hl.theory.predict("discard", **SIZES).made_by(function, arguments)
    with pytest.raises(ValueError, match="the trace was made with"):
        trace.rerun()


def test_a_class_of_elsewhere_is_not_looked_up() -> None:
    call = Provenance("heirloom.theory:predict", {"model": {"object": "subprocess:Popen"}})
    assert isinstance(call.arguments()["model"], NotKept)


def test_other_versions_are_told(tmp_path: Path) -> None:
    trace = hl.theory.predict("discard", **SIZES)
    old = Provenance(
        trace.provenance.function,
        trace.provenance.forms,
        trace.provenance.arrays,
        versions=dict(trace.provenance.versions) | {"numpy": "1.0"},
    )
    with pytest.warns(UserWarning, match=r"rerun with other versions: numpy 1\.0 → "):
        Trace(trace.dataset, old).rerun()


def test_the_file_is_plain_netcdf(tmp_path: Path) -> None:
    """Others read it without heirloom: arrays of the call are variables, the rest is JSON."""
    path = CALLS["a table in full"]().save(tmp_path / "trace.nc")
    with xr.open_dataset(path, engine="scipy") as opened:
        named = {v.attrs.get("long_name"): v.values for v in opened.data_vars.values()}
        np.testing.assert_array_equal(named["model.design"], TABLE)
        call = json.loads(opened.attrs["call"])
    assert call["function"] == "heirloom.simulation:simulate"
    assert call["arguments"]["seed"] == 5


def test_files_of_another_format_are_refused(tmp_path: Path) -> None:
    path = hl.theory.predict("discard", **SIZES).save(tmp_path / "trace.nc")
    with xr.open_dataset(path, engine="scipy") as opened:
        dataset = opened.load()
    newer, older = dataset.copy(), dataset.copy()
    newer.attrs["heirloom_format"] = 9
    del older.attrs["heirloom_format"]
    for changed, message in (
        (newer, r"trace\.nc: a trace of another heirloom \(format 9; this one reads 2\)"),
        (older, r"trace\.nc: a trace of an older heirloom \(format 1; this one reads 2\)"),
    ):
        path.write_bytes(bytes(changed.to_netcdf(engine="scipy", format="NETCDF3_64BIT")))
        with pytest.raises(ValueError, match=message):
            Trace.load(path)
