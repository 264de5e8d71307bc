"""The numbers and the categories of one column."""

from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heirloom.tables import (
    encode_categories,
    encode_numbers,
)

SMALL = pd.DataFrame({"age": [30, 40, 50], "job": ["cook", "baker", "cook"]})

texts = st.sampled_from(["a", "b", "c", "", None])


def one_line(caught: pytest.ExceptionInfo[Exception]) -> str:
    message = str(caught.value)
    assert "\n" not in message
    assert message
    return message


class TestNumbers:
    @pytest.mark.parametrize(
        ("values", "expected", "dropped"),
        [
            ([3, 1, 3], [3, 1, 3], 0),
            ([3.5, None, np.inf, -1e300], [3.5, -1e300], 2),
            (pd.array([2, pd.NA], dtype="Int64"), [2], 1),
            ([Decimal("0.5"), Decimal("1e400")], [0.5], 1),
            ([True, False], [1, 0], 0),
        ],
    )
    def test_are_taken_in_order(self, values: object, expected: list[float], dropped: int) -> None:
        encoded = encode_numbers(pd.DataFrame({"x": values}), "x")
        np.testing.assert_array_equal(encoded.values, expected)
        assert encoded.values.dtype == np.float64
        assert encoded.rows_dropped == dropped
        assert len(encoded.notes) == (dropped > 0)
        (use,) = encoded.uses
        assert str(use).endswith(f"; {dropped} missing") == (dropped > 0)

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ([None, np.nan], "column='x' has no value in any of 2 rows"),
            (["a", "b"], "column='x' holds 'a', 'b', and numbers are needed"),
            (pd.date_range("2020-01-01", periods=1), "and numbers are needed"),
        ],
    )
    def test_refused(self, values: object, expected: str) -> None:
        with pytest.raises(ValueError, match="column='x'") as caught:
            encode_numbers(pd.DataFrame({"x": values}), "x")
        assert expected in one_line(caught)


class TestCategories:
    @pytest.mark.parametrize(
        ("values", "categories", "counts", "dropped"),
        [
            (["b", "a", "b", "b"], ("a", "b"), [1, 3], 0),
            (["b", None, " ", "b"], ("b",), [2], 2),
            ([10, 2, 2, 10], ("2", "10"), [2, 2], 0),
            ([10, 2, 2, None], ("2", "10"), [2, 1], 1),
            ([1.5, 1.0, np.inf, 1.5], ("1", "1.5"), [1, 2], 1),
            ([True, False, True, None], ("False", "True"), [1, 2], 1),
            (["a", 1, "1", 2.5], ("1", "2.5", "a"), [2, 1, 1], 0),
            (pd.Categorical(["b", "a", "b"], ["c", "b", "a"], ordered=True), ("b", "a"), [2, 1], 0),
            (pd.Categorical(["b", "a", "b"], ["c", "b", "a"]), ("a", "b"), [1, 2], 0),
        ],
    )
    def test_are_counted(
        self, values: object, categories: tuple[str, ...], counts: list[int], dropped: int
    ) -> None:
        encoded = encode_categories(pd.DataFrame({"x": values}), "x")
        assert encoded.column == "x"
        assert encoded.categories == categories
        assert encoded.counts.tolist() == counts
        assert encoded.counts.dtype == np.int64
        np.testing.assert_allclose(encoded.probabilities, np.array(counts) / sum(counts))
        assert encoded.rows_dropped == dropped
        assert len(encoded.notes) == (dropped > 0)
        (use,) = encoded.uses
        assert str(use).endswith(f"; {dropped} missing") == (dropped > 0)

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            (lambda: [None, ""], "column='x' has no value in any of 2 rows"),
            (list, "column='x' has no value in any of 0 rows"),
            (lambda: range(101), "column='x' is numeric, with 101 distinct values"),
            (lambda: [f"c{i}" for i in range(1001)], "column='x' has 1001 distinct values"),
        ],
    )
    def test_refused(self, values: Callable[[], object], expected: str) -> None:
        with pytest.raises(ValueError, match="column='x'") as caught:
            encode_categories(pd.DataFrame({"x": values()}), "x")
        assert expected in one_line(caught)

    @pytest.mark.parametrize("values", [range(100), [f"c{i}" for i in range(1000)]])
    def test_as_many_as_allowed(self, values: object) -> None:
        table = pd.DataFrame({"x": values})
        assert len(encode_categories(table, "x").categories) == len(table)

    def test_an_unknown_column(self) -> None:
        with pytest.raises(ValueError, match=r"\(did you mean 'job'\?\)") as caught:
            encode_categories(SMALL, "jbo")
        one_line(caught)

    @given(st.lists(texts, min_size=1))
    def test_probabilities_sum_to_one(self, values: list[str | None]) -> None:
        table = pd.DataFrame({"x": pd.Series(values, dtype=object)})
        present = [value for value in values if value]
        if not present:
            with pytest.raises(ValueError, match="has no value"):
                encode_categories(table, "x")
            return
        encoded = encode_categories(table, "x")
        assert encoded.categories == tuple(sorted(set(present)))
        assert encoded.probabilities.sum() == pytest.approx(1.0, abs=1e-15)
        assert encoded.counts.sum() + encoded.rows_dropped == len(values)
