"""Numbers that are written as text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heirloom.tables.written_numbers import WrittenNumbers, numbers_written, parts_written


def read(texts: list[str], decimal: str | None = None) -> WrittenNumbers:
    return numbers_written(parts_written(texts), decimal)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12.0),
        ("-0.5", -0.5),
        ("+7", 7.0),
        ("−3.25", -3.25),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e-3", 1e-3),
        ("3,5", 3.5),
        ("-3,5", -3.5),
        ("1,204.20", 1204.2),
        ("1.204,20", 1204.2),
        ("1,204,300", 1204300.0),
        ("1.204.300", 1204300.0),
        ("1 204,20", 1204.2),
        ("1\u00a0204,20", 1204.2),
        ("1\u202f204.20", 1204.2),
        ("1'204.20", 1204.2),
        ("3.5%", 3.5),
        ("3,5 %", 3.5),
        ("$1,204.20", 1204.2),
        ("-$5", -5.0),
        ("$-5", -5.0),
        ("($5.25)", -5.25),
        ("1.204,20 €", 1204.2),
        ("CHF 1'204.20", 1204.2),
        ("12 kg", 12.0),
        ("-4.5 °C", -4.5),
        ("80km/h", 80.0),
        ("120 m²", 120.0),
        (" 12 ", 12.0),
    ],
)
def test_what_a_person_writes(text: str, value: float) -> None:
    assert read([text]).values == {text: value}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "twelve",
        "1.2.3",
        "1,20,4",
        "12-18",
        "3+",
        "1/2",
        "12:30",
        "2020-01-01",
        "31.12.2020",
        "(5",
        "c17",
        "level 3",
        "192.168.0.1",
        "1,204,30",
        "1'204,300'000",
        "1" + " " * 20_000 + "!",
        # Codes: no quantity is written so.
        "01067",
        "4000123412341234",
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert read([text]).values == {}


def test_where_either_mark_would_do_the_point_is_that_of_decimals() -> None:
    either = read(["20,041", "7,120"])
    assert either.values == {"20,041": 20041.0, "7,120": 7120.0}
    assert either.other_mark
    assert read(["20,041"], ",").values == {"20,041": 20.041}
    assert read(["20.041"]).values == {"20.041": 20.041}
    assert read(["20.041"], ",").values == {"20.041": 20041.0}


def test_one_text_decides_for_all() -> None:
    assert read(["20.041", "3,5"]).values == {"20.041": 20041.0, "3,5": 3.5}
    assert not read(["20.041", "3,5"]).other_mark
    # A leading zero separates no thousands.
    assert read(["0,125", "20,041"]).values == {"0,125": 0.125, "20,041": 20.041}


def test_one_unit_for_all() -> None:
    assert read(["$5", "$6", "€7", "8"]).values == {"$5": 5.0, "$6": 6.0}


def test_nothing_is_nothing_in_any_unit() -> None:
    assert read(["5%", "12.5%", "0"]).values == {"5%": 5.0, "12.5%": 12.5, "0": 0.0}


def test_one_code_makes_all_of_them_codes() -> None:
    assert read(["80331", "01067"]).values == {}


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_numbers_come_back_from_either_convention(value: float, places: int) -> None:
    english = f"{value:,.{places}f}"
    european = english.translate(str.maketrans(",.", ".,"))
    expected = round(float(english.replace(",", "")), places)
    for text, mark in ((english, "."), (european, ",")):
        (found,) = read([text], mark).values.values()
        np.testing.assert_allclose(found, expected, rtol=1e-12)
