"""Targets: labels, numbers and counts as a response."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from heirloom.tables import (
    encode_binary_target,
    encode_count_target,
    encode_numeric_target,
)

NUMBERS = [3.5, 1.0, 4.0, 1.5, 9.0, 2.5, 6.0, 5.0, 3.0, 5.5, 8.0, 9.5]
LETTERS = list("abcabbcabbab")


COUNTS = [0, 3, 1, 2, 0, 1, 5, 2, 1, 0, 4, 2]


def one_line(caught: pytest.ExceptionInfo[Exception]) -> str:
    message = str(caught.value)
    assert "\n" not in message
    assert message
    return message


def table_of(**columns: object) -> pd.DataFrame:
    """A table of twelve rows: the columns, and a target."""
    return pd.DataFrame({**columns, "y": [0, 1] * 6})


def target_of(values: object) -> pd.DataFrame:
    """A table of twelve rows: a number, a category, and the target."""
    return pd.DataFrame({"x": NUMBERS, "c": LETTERS, "y": values})


class TestTarget:
    @pytest.mark.parametrize(
        ("values", "negative", "positive", "first"),
        [
            ([0, 1], "0", "1", 0),
            ([2, 10], "2", "10", 0),
            ([1, -1], "-1", "1", 1),
            ([0.5, 0.25], "0.25", "0.5", 1),
            ([1.0, 2.0], "1", "2", 0),
            ([1e300, 2.0], "2", "1e+300", 1),
            ([True, False], "False", "True", 1),
            (["yes", "no"], "no", "yes", 1),
            (["<=50K", ">50K"], "<=50K", ">50K", 0),
            (["10", "2"], "2", "10", 1),
            (pd.Categorical(["no", "yes"]), "no", "yes", 0),
            (pd.Categorical([10, 2]), "2", "10", 1),
            (pd.Categorical(["low", "high"], ["low", "-", "high"], ordered=True), "low", "high", 0),
            (pd.array([1, 0], dtype="Int64"), "0", "1", 1),
            (pd.array([True, False], dtype="boolean"), "False", "True", 1),
            (
                pd.to_datetime(["2020-01-02", "2020-01-01"]),
                "2020-01-01 00:00:00",
                "2020-01-02 00:00:00",
                1,
            ),
        ],
    )
    def test_the_value_that_sorts_last_is_positive(
        self, values: object, negative: str, positive: str, first: int
    ) -> None:
        target = pd.Series(values)
        table = pd.DataFrame({"x": NUMBERS, "y": pd.concat([target] * 6, ignore_index=True)})
        encoded = encode_binary_target(table, "y")
        assert encoded.labels == (negative, positive)
        np.testing.assert_array_equal(encoded.response, [first, 1 - first] * 6)

    def test_integers_with_a_missing_value_keep_their_labels(self) -> None:
        table = pd.DataFrame({"x": NUMBERS, "y": [None, 1, *([0, 1] * 5)]})
        encoded = encode_binary_target(table, "y")
        assert encoded.labels == ("0", "1")
        assert encoded.rows_dropped == 1

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ([1] * 12, "has 1 distinct value ('1')"),
            ([None] * 12, "has 0 distinct values;"),
            (LETTERS, "has 3 distinct values ('a', 'b', 'c')"),
            (NUMBERS, "has 12 distinct values ('1', '1.5', '2.5', '3', '3.5', …)"),
            (["two\nlines", "b", "c"] * 4, "has 3 distinct values ('b', 'c', 'two\\nlines')"),
            (NUMBERS, "if it holds numbers rather than classes, there is model='linear'"),
            (LETTERS, "for its frequencies, give column='y' (--column)"),
            (["a", "b", "unknown"] * 4, "; missing=['unknown'] (--missing 'unknown') leaves two"),
        ],
    )
    def test_not_two_values(self, values: list[object], expected: str) -> None:
        table = pd.DataFrame({"x": NUMBERS, "y": values})
        with pytest.raises(ValueError, match="target='y' has") as caught:
            encode_binary_target(table, "y")
        assert expected in one_line(caught)

    def test_one_value_left_where_the_features_are_there(self) -> None:
        table = table_of(x=[1.5 * i if i % 2 else None for i in range(12)])
        with pytest.raises(ValueError, match=r"one value only \('1'\) in the 6 rows") as caught:
            encode_binary_target(table, "y")
        one_line(caught)


class TestNumericTarget:
    @pytest.mark.parametrize(
        "values",
        [
            pytest.param(COUNTS, id="int"),
            pytest.param(pd.array(COUNTS, dtype="Int64"), id="nullable int"),
            pytest.param(pd.array(COUNTS, dtype="UInt8"), id="unsigned"),
            pytest.param(pd.array(COUNTS, dtype="float64[pyarrow]"), id="arrow"),
            pytest.param([Decimal(count) for count in COUNTS], id="decimal"),
            pytest.param(pd.Series([*map(float, COUNTS)], dtype=object), id="object"),
            pytest.param(pd.Series([0, 3.0, *COUNTS[2:]], dtype=object), id="mixed numbers"),
            pytest.param(pd.arrays.SparseArray(COUNTS), id="sparse"),
        ],
    )
    def test_every_type_of_number(self, values: object) -> None:
        encoded = encode_numeric_target(target_of(values), "y")
        assert encoded.centre == pytest.approx(np.mean(COUNTS))
        assert encoded.scale == pytest.approx(np.std(COUNTS))
        np.testing.assert_allclose(encoded.centre + encoded.scale * encoded.response, COUNTS)
        np.testing.assert_array_equal(encode_count_target(target_of(values), "y").response, COUNTS)

    def test_booleans_are_0_and_1(self) -> None:
        encoded = encode_numeric_target(target_of([True, False, False] * 4), "y")
        assert encoded.centre == pytest.approx(1 / 3)

    def test_the_design_is_that_of_a_binary_target(self) -> None:
        table = target_of(COUNTS)
        expected = encode_binary_target(target_of([0, 1] * 6), "y")
        for encode in (encode_numeric_target, encode_count_target):
            encoded = encode(table, "y")
            assert encoded.columns == expected.columns
            assert encoded.labels == ()
            np.testing.assert_array_equal(encoded.design, expected.design)

    @pytest.mark.parametrize("value", [None, np.nan, np.inf, -np.inf, pd.NA, Decimal("NaN")])
    def test_a_missing_number_is_left_out(self, value: object) -> None:
        values = pd.Series([value, *map(float, COUNTS[1:])], dtype=object)
        encoded = encode_numeric_target(target_of(values), "y")
        assert encoded.rows_dropped == 1
        assert encoded.centre == pytest.approx(np.mean(COUNTS[1:]))

    @pytest.mark.parametrize("scale", [1e-300, 1e-9, 1e9, 1e300])
    def test_no_scale_overflows(self, scale: float) -> None:
        encoded = encode_numeric_target(target_of(np.multiply(NUMBERS, scale)), "y")
        expected = encode_numeric_target(target_of(NUMBERS), "y")
        np.testing.assert_allclose(encoded.response, expected.response, rtol=1e-12)
        assert encoded.centre == pytest.approx(scale * np.mean(NUMBERS))
        assert encoded.scale == pytest.approx(scale * np.std(NUMBERS))

    def test_a_large_mean_costs_no_digits(self) -> None:
        encoded = encode_numeric_target(target_of(2.0**35 + np.array(COUNTS)), "y")
        expected = encode_numeric_target(target_of(COUNTS), "y")
        np.testing.assert_allclose(encoded.response, expected.response, atol=1e-14)

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ([5] * 12, "target='y' has 1 distinct value ('5'); a target needs two or more"),
            ([None] * 12, "target='y' has 0 distinct values; a target needs two or more"),
            (
                [1.0, 1.0 + 1e-15] * 6,
                "has 2 distinct values ('1', '1.000000000000001'), which differ by rounding only",
            ),
            (LETTERS, "target='y' holds 'a', 'b', 'c', and numbers are needed; convert it"),
            (pd.Categorical([1, 2, 3] * 4), "target='y' holds '1', '2', '3', and numbers"),
            ([*pd.date_range("2020-01-01", periods=3)] * 4, "holds '2020-01-01 00:00:00', "),
            ([1j, 2j, 3.0] * 4, "and numbers are needed"),
            (pd.Series([10**400 + i for i in range(12)], dtype=object), "and numbers are needed"),
        ],
    )
    def test_refused(self, values: object, expected: str) -> None:
        for encode in (encode_numeric_target, encode_count_target):
            with pytest.raises(ValueError, match="target='y'") as caught:
                encode(target_of(values), "y")
            assert expected in one_line(caught)

    def test_one_number_left_where_the_features_are_there(self) -> None:
        table = pd.DataFrame({"x": [1.0, None, 2.0, 4.0], "y": [5, 6, 5, 5]})
        with pytest.raises(ValueError, match=r"one value only \('5'\) in the 3 rows") as caught:
            encode_numeric_target(table, "y")
        one_line(caught)

    def test_one_row(self) -> None:
        table = pd.DataFrame({"x": [1.0, None], "y": [5, 6]})
        with pytest.raises(ValueError, match="1 of 2 rows without missing values") as caught:
            encode_numeric_target(table, "y")
        one_line(caught)


@pytest.mark.parametrize(
    ("value", "shown"), [(-1, "-1"), (0.5, "0.5"), (1_000_001, "1000001"), (1e300, "1e+300")]
)
def test_what_is_no_count_is_refused(value: float, shown: str) -> None:
    with pytest.raises(ValueError, match="model='linear'") as caught:
        encode_count_target(target_of([*COUNTS[1:], value]), "y")
    assert f"target='y' holds {shown}, and counts are whole numbers" in one_line(caught)
    encode_numeric_target(target_of([*COUNTS[1:], value]), "y")
