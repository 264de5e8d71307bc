"""Features: which are used, in which rows, and how each is encoded."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from heirloom.tables import (
    encode_binary_target,
)

NUMBERS = [3.5, 1.0, 4.0, 1.5, 9.0, 2.5, 6.0, 5.0, 3.0, 5.5, 8.0, 9.5]
LETTERS = list("abcabbcabbab")


def one_line(caught: pytest.ExceptionInfo[Exception]) -> str:
    message = str(caught.value)
    assert "\n" not in message
    assert message
    return message


def table_of(**columns: object) -> pd.DataFrame:
    """A table of twelve rows: the columns, and a target."""
    return pd.DataFrame({**columns, "y": [0, 1] * 6})


class TestDesign:
    def test_numbers_are_standardised(self) -> None:
        encoded = encode_binary_target(table_of(x=NUMBERS), "y")
        assert encoded.columns == ("(intercept)", "x")
        np.testing.assert_array_equal(encoded.design[:, 0], 1.0)
        np.testing.assert_allclose(encoded.design[:, 1].mean(), 0.0, atol=1e-15)
        np.testing.assert_allclose(encoded.design[:, 1].std(), 1.0)
        assert encoded.notes == ()

    def test_categories_are_coded_against_the_most_frequent(self) -> None:
        encoded = encode_binary_target(table_of(x=LETTERS), "y")
        assert encoded.columns == ("(intercept)", "x=a", "x=c")
        np.testing.assert_array_equal(encoded.design[:, 1], [c == "a" for c in LETTERS])
        np.testing.assert_array_equal(encoded.design[:, 2], [c == "c" for c in LETTERS])

    def test_equally_frequent_categories_are_sorted(self) -> None:
        encoded = encode_binary_target(table_of(x=list("bbccaabbccaa")), "y")
        assert encoded.columns == ("(intercept)", "x=b", "x=c")

    @pytest.mark.parametrize(
        "values",
        [
            pytest.param([True, False, False] * 4, id="bool"),
            pytest.param(pd.array([True, False, False] * 4, dtype="boolean"), id="nullable"),
            pytest.param(pd.Series([True, False, False] * 4, dtype=object), id="object"),
            pytest.param([1, 0, 0] * 4, id="int"),
            pytest.param(pd.array([1, 0, 0] * 4, dtype="UInt8"), id="nullable int"),
            pytest.param([Decimal(1), Decimal(0), Decimal(0)] * 4, id="decimal"),
            pytest.param(pd.Series([1.0, 0, 0] * 4, dtype=object), id="mixed numbers"),
            pytest.param(pd.arrays.SparseArray([1.0, 0.0, 0.0] * 4), id="sparse"),
            pytest.param(pd.array([1, 0, 0] * 4, dtype="float64[pyarrow]"), id="arrow"),
        ],
    )
    def test_what_counts_as_a_number_is_coded_as_one(self, values: object) -> None:
        encoded = encode_binary_target(table_of(x=values), "y")
        assert encoded.columns == ("(intercept)", "x")
        np.testing.assert_allclose(encoded.design[:3, 1], [2**0.5, -(0.5**0.5), -(0.5**0.5)])

    @pytest.mark.parametrize(
        "values",
        [
            pytest.param(pd.Categorical(LETTERS), id="categorical"),
            pytest.param(pd.Series(LETTERS, dtype=object), id="object"),
            pytest.param(pd.Series(LETTERS, dtype="str"), id="text"),
            pytest.param(pd.array(LETTERS, dtype="string[pyarrow]"), id="arrow"),
        ],
    )
    def test_what_counts_as_a_category_is_coded_as_one(self, values: object) -> None:
        encoded = encode_binary_target(table_of(x=values), "y")
        assert encoded.columns == ("(intercept)", "x=a", "x=c")

    def test_declared_categories_of_numbers_are_categories(self) -> None:
        encoded = encode_binary_target(table_of(x=pd.Categorical([10, 2, 2] * 4)), "y")
        assert encoded.columns == ("(intercept)", "x=10")

    def test_text_that_says_numbers_is_a_number(self) -> None:
        encoded = encode_binary_target(table_of(x=["10", "2", "2"] * 4), "y")
        assert encoded.columns == ("(intercept)", "x")
        assert encoded.notes == ("Column 'x': text such as '10' read as numbers.",)

    @pytest.mark.parametrize("scale", [1e-300, 1e-9, 1e9, 1e300])
    def test_no_scale_overflows(self, scale: float) -> None:
        expected = encode_binary_target(table_of(x=NUMBERS), "y").design
        scaled = encode_binary_target(table_of(x=np.multiply(NUMBERS, scale)), "y").design
        np.testing.assert_allclose(scaled, expected, rtol=1e-12)

    def test_features_choose_and_order_the_columns(self) -> None:
        table = table_of(a=NUMBERS, b=LETTERS, c=[*NUMBERS[1:], 0.0])
        encoded = encode_binary_target(table, "y", ["c", "a"])
        assert encoded.columns == ("(intercept)", "c", "a")

    def test_column_names_that_are_numbers_become_text(self) -> None:
        table = pd.DataFrame({0: NUMBERS, 1: [0, 1] * 6}, index=[7] * 12)
        assert encode_binary_target(table, "1").columns == ("(intercept)", "0")

    def test_the_table_is_left_alone(self) -> None:
        table = table_of(x=[None, *NUMBERS[1:]], c=["", *LETTERS[1:]])
        before = table.copy(deep=True)
        encode_binary_target(table, "y")
        pd.testing.assert_frame_equal(table, before)


MISSING = [None, np.nan, pd.NA, pd.NaT, "", "  ", np.inf, -np.inf, float("nan"), Decimal("NaN")]


class TestMissing:
    @pytest.mark.parametrize("value", MISSING, ids=repr)
    @pytest.mark.parametrize("others", [NUMBERS, LETTERS, [True, False, True] * 4])
    def test_a_row_with_a_missing_value_is_left_out(
        self, value: object, others: list[object]
    ) -> None:
        mixed = pd.Series([others[0], value, *others[2:]], dtype=object)
        encoded = encode_binary_target(table_of(x=mixed, z=NUMBERS), "y")
        complete = table_of(x=others, z=NUMBERS).drop(index=1)
        expected = encode_binary_target(complete, "y")
        assert encoded.columns == expected.columns
        np.testing.assert_array_equal(encoded.design, expected.design)
        np.testing.assert_array_equal(encoded.response, expected.response)
        assert encoded.rows_dropped == 1
        assert encoded.notes[0].startswith("1 of 12 rows left out")

    @pytest.mark.parametrize(
        "values",
        [
            pytest.param(pd.Series([np.inf, *NUMBERS[1:]]), id="float"),
            pytest.param(pd.array([pd.NA, *range(0, 33, 3)], dtype="Int64"), id="nullable int"),
            pytest.param(pd.array([np.inf, *NUMBERS[1:]], dtype="Float64"), id="nullable float"),
            pytest.param(pd.array([np.inf, *NUMBERS[1:]], dtype="float64[pyarrow]"), id="arrow"),
            pytest.param(pd.array([pd.NA, True, *[False] * 10], dtype="boolean"), id="nullable"),
            pytest.param(pd.Series([" ", *LETTERS[1:]], dtype="str"), id="text"),
            pytest.param(pd.Series([None, *LETTERS[1:]], dtype="str"), id="missing text"),
            pytest.param(pd.array([" ", *LETTERS[1:]], dtype="string[pyarrow]"), id="arrow text"),
            pytest.param(pd.Categorical(["", *LETTERS[1:]]), id="categorical"),
            pytest.param(pd.Categorical([None, *LETTERS[1:]]), id="missing category"),
        ],
    )
    def test_in_every_type_of_column(self, values: object) -> None:
        encoded = encode_binary_target(table_of(x=values, z=NUMBERS), "y")
        assert encoded.rows_dropped == 1
        assert encoded.response.shape == (11,)

    def test_a_missing_target_counts(self) -> None:
        table = table_of(x=NUMBERS).assign(y=["", "b", *["a", "b"] * 5])
        encoded = encode_binary_target(table, "y")
        assert encoded.rows_dropped == 1
        np.testing.assert_array_equal(encoded.response, [1, *[0, 1] * 5])

    def test_a_column_that_is_not_used_does_not_count(self) -> None:
        names = pd.Series([None, *(f"name {i}" for i in range(11))])
        table = table_of(name=names, x=NUMBERS, z=[None] * 12)
        encoded = encode_binary_target(table, "y", ["name", "x"])
        assert encoded.rows_dropped == 0
        assert encoded.identifiers == ("name",)

    def test_too_few_rows_left(self) -> None:
        table = table_of(x=[1.0] + [None] * 11, z=NUMBERS)
        with pytest.raises(ValueError, match="table has 1 of 12 rows") as caught:
            encode_binary_target(table, "y", ["x", "z"])
        assert "column 'x' alone lacks 11" in one_line(caught)

    def test_the_note_is_loud_where_most_rows_are_lost(self) -> None:
        table = table_of(x=[1.0, 2.0, 4.0, 5.0] + [None] * 8, z=NUMBERS)
        encoded = encode_binary_target(table, "y", ["x", "z"])
        assert encoded.notes[0] == (
            "ONLY 4 rows of 12 USED: in all others a value is missing in a column that is used, "
            "most often in 'x'."
        )

    def test_two_rows_are_enough(self) -> None:
        table = pd.DataFrame({"x": [1, 2], "z": [5, 9], "y": ["a", "b"]})
        encoded = encode_binary_target(table, "y")
        np.testing.assert_allclose(encoded.design, [[1, -1], [1, 1]])
        assert encoded.dependent == ("z",)


class TestLeftOut:
    def test_constant_columns(self) -> None:
        table = table_of(
            x=NUMBERS,
            number=7.5,
            text="a",
            flag=True,
            zero=0,
            rounding=[0.3, 0.1 + 0.2] * 6,
            # Constant in the rows that are used only: b is missing where it differs.
            a=["other", *["same"] * 11],
            b=[None, *NUMBERS[1:]],
        )
        encoded = encode_binary_target(table.drop(columns="b"), "y")
        assert encoded.constant == ("number", "text", "flag", "zero", "rounding")
        encoded = encode_binary_target(table.assign(b=table["b"] ** 2), "y")
        assert encoded.constant == ("number", "text", "flag", "zero", "rounding", "a")
        assert encoded.columns == ("(intercept)", "x", "b")
        assert any("'number', 'text', 'flag', 'zero', 'rounding', …" in n for n in encoded.notes)

    @pytest.mark.parametrize(
        "values",
        [
            pytest.param([f"name {i}" for i in range(12)], id="text"),
            pytest.param(range(12), id="row number"),
            pytest.param(range(112, 100, -1), id="descending"),
            pytest.param(np.random.default_rng(0).permutation(12) - 5, id="shuffled"),
            pytest.param(2**62 + np.arange(12), id="large"),
            pytest.param(pd.array(range(12), dtype="Int64"), id="nullable"),
            pytest.param(pd.Series(range(12), dtype=object), id="object"),
            pytest.param(pd.Categorical([f"name {i}" for i in range(12)]), id="categorical"),
            pytest.param([[i, i] for i in range(12)], id="lists"),
        ],
    )
    def test_identifiers(self, values: object) -> None:
        encoded = encode_binary_target(table_of(row=values, x=NUMBERS), "y")
        assert encoded.identifiers == ("row",)
        assert encoded.columns == ("(intercept)", "x")
        assert encoded.notes[0].startswith("Column 'row' left out: no two rows")

    @pytest.mark.parametrize(
        "values",
        [
            pytest.param(np.arange(12.0), id="float"),
            pytest.param([*range(11), 12], id="a gap"),
            pytest.param([*range(11), 0], id="repeated"),
        ],
    )
    def test_numbers_that_are_no_identifiers(self, values: object) -> None:
        encoded = encode_binary_target(table_of(x=values), "y")
        assert encoded.identifiers == ()
        assert encoded.columns == ("(intercept)", "x")

    @pytest.mark.parametrize("given", [0, 1, 5])
    def test_columns_that_lack_most_of_their_values(self, given: int) -> None:
        table = table_of(x=NUMBERS, note=[7.0] * given + [None] * (12 - given))
        encoded = encode_binary_target(table, "y")
        assert encoded.columns == ("(intercept)", "x")
        assert encoded.empty == ("note",)
        assert encoded.rows_dropped == 0
        assert encoded.notes[0].startswith("Column 'note' left out: most or all values are missing")

    def test_a_column_without_any_value_is_left_out_though_it_is_named(self) -> None:
        table = table_of(x=NUMBERS, void=[None] * 12)
        encoded = encode_binary_target(table, "y", ["x", "void"])
        assert encoded.empty == ("void",)
        assert encoded.rows_dropped == 0

    def test_a_small_table_has_no_identifiers(self) -> None:
        table = pd.DataFrame({"x": range(9), "name": list("abcdefghi"), "y": [0, 1, 0] * 3})
        encoded = encode_binary_target(table, "y")
        assert encoded.identifiers == ()
        assert encoded.design.shape == (9, 9)

    def test_text_whose_values_all_differ_in_the_rows_that_are_used(self) -> None:
        names = [f"name {i}" for i in range(12)]
        table = pd.concat([table_of(name=names, x=NUMBERS), table_of(name=names, x=[None] * 12)])
        encoded = encode_binary_target(table, "y")
        assert encoded.identifiers == ("name",)

    def test_linear_combinations(self) -> None:
        a, b = np.array(NUMBERS), np.sin(np.arange(12))
        c = np.cos(np.arange(12))
        table = table_of(a=a, b=b, total=3 * a - b / 7 + 100, twice=2 * a, c=c)
        encoded = encode_binary_target(table, "y")
        assert encoded.dependent == ("total", "twice")
        assert encoded.columns == ("(intercept)", "a", "b", "c")
        assert encoded.notes == (
            "Encoded columns 'total', 'twice' left out: "
            "a linear combination of the columns before.",
        )

    def test_a_number_that_a_category_determines(self) -> None:
        code = [ord(letter) for letter in LETTERS]
        first = encode_binary_target(table_of(x=LETTERS, code=code), "y")
        assert first.dependent == ("code",)
        second = encode_binary_target(table_of(code=code, x=LETTERS), "y")
        assert second.dependent == ("x=c",)

    def test_near_combinations_stay(self) -> None:
        noise = 1e-4 * np.sin(np.arange(12))
        encoded = encode_binary_target(table_of(a=NUMBERS, b=NUMBERS + noise), "y")
        assert encoded.dependent == ()

    def test_independent_after_a_dependent_one_in_a_tight_space(self) -> None:
        # With four rows, an orthogonal basis that took in the duplicate would have no room for b.
        table = pd.DataFrame(
            {
                "a": [1.0, 2, 4, 8],
                "again": [2.0, 4, 8, 16],
                "b": [1.0, 0, 0, 1],
                "c": [0.0, 1, 0, 0],
            }
        ).assign(y=[0, 1, 0, 1])
        encoded = encode_binary_target(table, "y")
        assert encoded.columns == ("(intercept)", "a", "b", "c")
        assert np.linalg.matrix_rank(encoded.design) == 4

    def test_more_columns_than_rows(self) -> None:
        rng = np.random.default_rng(0)
        table = pd.DataFrame(rng.normal(size=(12, 30))).assign(y=[0, 1] * 6)
        encoded = encode_binary_target(table, "y")
        assert encoded.design.shape == (12, 12)
        assert encoded.dependent == tuple(str(i) for i in range(11, 30))

    def test_nothing_useful_is_left(self) -> None:
        with pytest.raises(ValueError, match="nothing to learn from") as caught:
            encode_binary_target(table_of(row=range(12), same=1), "y")
        one_line(caught)


class TestRefused:
    @pytest.mark.parametrize(
        ("target", "features", "expected"),
        [
            ("Y", None, "target='Y' is not a column of the table; choose one of 'first', 'second'"),
            ("Y", None, "(did you mean 'y'?)"),
            ("y", ["frist"], "features='frist' is not a column"),
            ("y", ["frist"], "(did you mean 'first'?)"),
            ("y", ["first", "first"], "features names 'first' more than once"),
            ("y", ["first", "y"], "features holds the target 'y'"),
            ("y", [], "features names no column"),
            ("y", "first", "features='first' is one text; give a list, such as ['first']"),
        ],
    )
    def test_names(self, target: str, features: list[str] | None, expected: str) -> None:
        with pytest.raises(ValueError, match=r"target=|features") as caught:
            encode_binary_target(table_of(first=NUMBERS, second=LETTERS), target, features)
        assert expected in one_line(caught)

    def test_only_a_target(self) -> None:
        with pytest.raises(ValueError, match="features names no column"):
            encode_binary_target(table_of(), "y")

    def test_no_rows(self) -> None:
        with pytest.raises(ValueError, match="has 0 distinct values"):
            encode_binary_target(table_of(x=NUMBERS).iloc[:0], "y")

    def test_column_names_that_are_the_same_as_text(self) -> None:
        table = pd.DataFrame([[1, 2, 0]], columns=[1, "1", "y"])
        with pytest.raises(ValueError, match="table has more than one column named '1'"):
            encode_binary_target(table, "y")

    @pytest.mark.parametrize(("levels", "refused"), [(100, False), (101, True)])
    def test_too_many_levels(self, levels: int, refused: bool) -> None:
        text = [f"level {i}" for i in range(levels)]
        table = pd.DataFrame({"city": text * 2, "y": [0] * levels + [1] * levels})
        if not refused:
            assert encode_binary_target(table, "y").design.shape[1] == levels
            return
        with pytest.raises(ValueError, match="'city' with 101 levels") as caught:
            encode_binary_target(table, "y")
        assert "--features" in one_line(caught)


def test_one_line_for_every_column() -> None:
    table = table_of(
        row=range(12),
        x=[None, *NUMBERS[1:]],
        job=LETTERS,
        same="a",
        void=None,
        price=[f"{number:.2f} €".replace(".", ",") for number in NUMBERS[::-1]],
        twice=[2 * ord(letter) for letter in LETTERS],
    )
    encoded = encode_binary_target(table, "y")
    assert [str(use) for use in encoded.uses] == [
        "y: labels, the target, 1 for '1' and 0 for '0'",
        "row: identifier, left out",
        "x: numbers, standardised; 1 missing",
        "job: categories, 2 columns of 0 and 1, against 'b'",
        "same: constant, left out",
        "void: empty, left out; 12 missing",
        "price: numbers, text such as '9,50 €' read as numbers (9.5); standardised",
        "twice: dependent, left out",
    ]
