import io

import numpy as np
import pandas as pd
import pytest

from heirloom.trace import sha256_of_table

FRAME = pd.DataFrame(
    {
        "age": [31, 57, 40],
        "weight": [61.5, np.nan, 80.0],
        "city": ["Bonn", None, "Köln"],
        "kind": pd.Categorical(["a", "b", "a"]),
        "day": pd.to_datetime(["2020-01-01", "2020-01-02", "NaT"]),
        "member": [True, False, True],
    }
)


def test_the_same_content_is_the_same_hash() -> None:
    hashed = sha256_of_table(FRAME)
    assert len(hashed) == 64
    fortran = pd.DataFrame({name: FRAME[name].copy() for name in FRAME})
    assert sha256_of_table(fortran) == hashed
    assert sha256_of_table(FRAME.set_axis(["x", "y", "z"])) == hashed  # the index
    buffer = io.BytesIO()
    FRAME.to_parquet(buffer)
    assert sha256_of_table(pd.read_parquet(buffer)) == hashed


@pytest.mark.parametrize(
    "other",
    [
        FRAME.rename(columns={"age": "Age"}),
        FRAME.astype({"age": "float64"}),
        FRAME.iloc[::-1],
        FRAME[list(FRAME.columns[::-1])],
        FRAME.assign(city=["Bonn", "None", "Köln"]),
        FRAME.assign(weight=[61.5, 0.0, 80.0]),
        FRAME.iloc[:2],
        FRAME.assign(kind=pd.Categorical(["a", "b", "b"])),
    ],
)
def test_another_content_is_another_hash(other: pd.DataFrame) -> None:
    assert sha256_of_table(other) != sha256_of_table(FRAME)


def test_a_series_is_one_column() -> None:
    assert sha256_of_table(FRAME["age"]) == sha256_of_table(FRAME[["age"]])
