"""Arguments as JSON and arrays, and back, whatever they are."""

import json
import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from heirloom import Trace, theory
from heirloom.models import Status
from heirloom.models.gaussian import GaussianParameters
from heirloom.trace import Provenance


class OwnPair(NamedTuple):
    first: int
    second: int


VALUES: dict[str, Any] = {
    "text": "π²/6 — “quoted”",
    "large": 2**63 + 1,
    "number": 0.1 + 0.2,
    "infinite": -math.inf,
    "scalar": np.float32(0.1),
    "flag": np.bool_(True),
    "type": np.dtype("float32"),
    "scalar type": np.float64,
    "integers": np.array([1, 2**62]),
    "small integers": np.arange(5),
    "bytes": np.array([0, 255], dtype=np.uint8),
    "flags": np.array([True, False]),
    "complex": np.array([1 + 2j]),
    "texts": np.array(["a", "ééé"]),
    "days": np.array(["2020-01-01"], dtype="datetime64[D]"),
    "one": np.array(0.5),
    "none": np.empty((0, 3)),
    "two by two": np.array([[1.0, np.nan], [np.inf, -0.0]]),
    "big-endian": np.array([1.0, 2.0], dtype=">f8"),
    "nested": {"a": [1, (2, [3.5, None])], "b": {"c": np.ones(3)}},
    "numbers as keys": {1: "a", (2, 3): "b"},
    "named tuple": GaussianParameters(np.zeros(2), np.eye(2)),
    "objects": np.array(["a", None], dtype=object),
}


def same(value: Any, other: Any) -> bool:
    if isinstance(value, np.ndarray):
        alike = value.dtype == other.dtype and value.shape == other.shape
        return (alike and value.tobytes() == other.tobytes()) or value.tolist() == other.tolist()
    if isinstance(value, dict):
        return list(value) == list(other) and all(same(value[k], other[k]) for k in value)
    if isinstance(value, (list, tuple)):
        pairs = zip(value, other, strict=True)
        return type(value) is type(other) and all(same(a, b) for a, b in pairs)
    return type(value) is type(other) and value == other


@pytest.mark.parametrize("value", VALUES.values(), ids=list(VALUES))
def test_a_value_comes_back_from_a_file(value: Any, tmp_path: Path) -> None:
    trace = theory.predict("discard", n_real=9, n_synthetic=9, generations=1)
    path = trace.made_by("heirloom.theory:predict", {"value": value}).save(tmp_path / "trace.nc")
    loaded = Trace.load(path)
    assert same(loaded.arguments["value"], value)
    assert loaded.provenance.differences(Provenance.of_call(None, {"value": value})) == []
    # JSON as everybody reads it has neither NaN nor Infinity.
    json.dumps(loaded.provenance.forms, allow_nan=False)


def test_values_that_differ_are_told_apart() -> None:
    calls = [Provenance.of_call(None, {"value": value}) for value in VALUES.values()]
    for i, call in enumerate(calls):
        assert [not call.differences(other) for other in calls] == [
            i == j for j in range(len(calls))
        ]


@pytest.mark.parametrize("value", [OwnPair(1, 2), Status.SOLVED, open, np.random.default_rng(0)])
def test_what_cannot_come_back_is_described(value: Any) -> None:
    call = Provenance.of_call(None, {"value": value})
    assert "NotKept" in repr(call.arguments()["value"])
    assert call.description("value")
