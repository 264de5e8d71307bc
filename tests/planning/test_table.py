"""Tables: what is read, what is encoded, and what is said when neither can be done."""

import gzip
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from heirloom import datasets
from heirloom.planning.table import (
    EncodedTable,
    encode_binary_target,
    encode_categories,
    encode_count_target,
    encode_numbers,
    encode_numeric_target,
    kind_of_column,
    kind_of_target,
    read_table,
)

SHARED_DATA = Path(__file__).parents[3] / "shared" / "data"

SMALL = pd.DataFrame({"age": [30, 40, 50], "job": ["cook", "baker", "cook"]})

# Without the time of day, which would name the tests anew at each run.
GZIPPED = gzip.compress(b"a,b\n1,2\n" * 99, mtime=0)


def one_line(caught: pytest.ExceptionInfo[Exception]) -> str:
    message = str(caught.value)
    assert "\n" not in message
    assert message
    return message


# ------------------------------------------------------------------------------------- reading


class TestReadTable:
    def test_returns_a_data_frame_as_it_is(self) -> None:
        assert read_table(SMALL) is SMALL

    def test_knows_the_built_in_names(self) -> None:
        pd.testing.assert_frame_equal(read_table("diabetes"), datasets.load("diabetes"))

    @pytest.mark.parametrize(
        "name", ["t.csv", "t.CSV", "t.csv.gz", "t.CSV.GZ", "t.tsv", "t.tsv.gz"]
    )
    @pytest.mark.parametrize("as_text", [True, False])
    def test_reads_delimited_text(self, tmp_path: Path, name: str, as_text: bool) -> None:
        path = tmp_path / name
        content = SMALL.to_csv(index=False, sep="\t" if "tsv" in name else ",").encode()
        path.write_bytes(gzip.compress(content) if name.lower().endswith(".gz") else content)
        table = read_table(str(path) if as_text else path)
        pd.testing.assert_frame_equal(table, SMALL)

    @pytest.mark.parametrize("name", ["t.parquet", "t.pq", "t.PARQUET"])
    def test_reads_parquet(self, tmp_path: Path, name: str) -> None:
        SMALL.to_parquet(tmp_path / name)
        pd.testing.assert_frame_equal(read_table(tmp_path / name), SMALL)

    @pytest.mark.parametrize(
        "content",
        [
            pytest.param(b"age,job\n30,cook\n40,baker\n50,cook\n", id="plain"),
            pytest.param(b"age,job\n30,cook\n40,baker\n50,cook", id="no last line end"),
            pytest.param(b"age,job\r\n30,cook\r\n40,baker\r\n50,cook\r\n", id="Windows line ends"),
            pytest.param(b"\xef\xbb\xbfage,job\n30,cook\n40,baker\n50,cook\n", id="BOM"),
            pytest.param(
                b'\xef\xbb\xbf"age","job"\n"30","cook"\n"40","baker"\n"50","cook"\n',
                id="BOM and quotes",
            ),
            pytest.param(b" age , job \n30, cook\n40, baker\n50, cook\n", id="blanks"),
            pytest.param(b"\nage,job\n\n30,cook\n40,baker\n  \n50,cook\n\n", id="blank lines"),
            pytest.param(b"age,job,\n30,cook,\n40,baker,\n50,cook,\n", id="comma at line ends"),
            pytest.param(b"age;job\n30;cook\n40;baker\n50;cook\n", id="semicolons"),
            pytest.param(b"age\tjob\n30\tcook\n40\tbaker\n50\tcook\n", id="tabs"),
        ],
    )
    def test_reads_what_programs_write(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "t.csv").write_bytes(content)
        pd.testing.assert_frame_equal(read_table(tmp_path / "t.csv"), SMALL)

    def test_keeps_delimiters_and_line_ends_inside_quotes(self, tmp_path: Path) -> None:
        (tmp_path / "t.csv").write_text('"a;b",text\n1,"x, y"\n2,"two\nlines"\n3,"say ""hi"""\n')
        table = read_table(tmp_path / "t.csv")
        assert list(table.columns) == ["a;b", "text"]
        assert table["text"].tolist() == ["x, y", "two\nlines", 'say "hi"']

    def test_takes_the_delimiter_from_outside_the_quotes(self, tmp_path: Path) -> None:
        (tmp_path / "t.csv").write_text('"income, gross";tax\n1;2\n')
        assert list(read_table(tmp_path / "t.csv").columns) == ["income, gross", "tax"]

    def test_names_a_column_without_a_name(self, tmp_path: Path) -> None:
        SMALL.to_csv(tmp_path / "t.csv")
        assert list(read_table(tmp_path / "t.csv").columns) == ["Unnamed: 0", "age", "job"]

    def test_reads_one_column(self, tmp_path: Path) -> None:
        (tmp_path / "t.csv").write_text("a\n1\n2\n")
        assert read_table(tmp_path / "t.csv")["a"].tolist() == [1, 2]

    @pytest.mark.parametrize(
        ("name", "content", "expected"),
        [
            ("t.csv", b"", "is empty"),
            ("t.csv", b"\n \n", "is empty"),
            ("t.csv", b"\xef\xbb\xbf", "is empty"),
            ("t.csv", b"a,b\n", "has no rows"),
            ("t.csv", b"a,b\n1,2\n3\n", "has 1 field in line 3 and 2 column names"),
            ("t.csv", b"a,b\n1,2,3\n4,5,6\n", "has 3 fields in line 2 and 2 column names"),
            ("t.csv", b"a,b\n1,2\n3,4,5\n", "has 3 fields in line 3 and 2 column names"),
            ("t.csv", b"a,b\n1,2\n,,\n", "has 3 fields in line 3"),
            ("t.csv", b"a,b, a \n1,2,3\n", "more than one column named 'a'"),
            ("t.csv", "a,b\n1,Jos\xe9\n".encode("latin-1"), "is not UTF-8 text (byte 0xe9"),
            ("t.csv", "a,b\n1,2\n".encode("utf-16"), "is not UTF-8 text"),
            ("t.csv", b'a,b\n1,"2\n3,4\n', "a quotation mark that is not closed"),
            ("t.csv", b'a\n"2\n3\n', "a quotation mark that is not closed"),
            ("t.csv", b'a,b\n1,"' + b"x" * 200_000, "a quotation mark that is not closed"),
            ("t.csv.gz", b"a,b\n1,2\n", "cannot be read (Not a gzipped file"),
            ("t.csv.gz", GZIPPED[:20], "cannot be read (Compressed file ended"),
            ("t.csv.gz", GZIPPED[:10] + b"\xff" * 9, "cannot be read (Error -3"),
            ("t.parquet", b"a,b\n1,2\n", "cannot be read as Parquet"),
            ("t.parquet", b"", "cannot be read as Parquet"),
            ("t.pq", b"PAR1" + b"x" * 99 + b"PAR1", "cannot be read as Parquet"),
            ("t.xlsx", b"x", "has no extension that is known"),
            ("table", b"a,b\n1,2\n", "has no extension that is known"),
            ("csv", b"a,b\n1,2\n", "has no extension that is known"),
        ],
    )
    def test_refuses_what_is_no_table(
        self, tmp_path: Path, name: str, content: bytes, expected: str
    ) -> None:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match="source=") as caught:
            read_table(tmp_path / name)
        message = one_line(caught)
        assert expected in message
        assert str(tmp_path / name) in message

    @pytest.mark.parametrize("table", [pd.DataFrame({"a": []}), pd.DataFrame(index=range(3))])
    def test_refuses_parquet_without_rows_or_columns(
        self, tmp_path: Path, table: pd.DataFrame
    ) -> None:
        table.to_parquet(tmp_path / "t.parquet")
        with pytest.raises(ValueError, match="has no rows"):
            read_table(tmp_path / "t.parquet")

    def test_refuses_a_directory(self, tmp_path: Path) -> None:
        (tmp_path / "t.csv").mkdir()
        with pytest.raises(ValueError, match="is a directory") as caught:
            read_table(tmp_path / "t.csv")
        assert str(tmp_path) in one_line(caught)

    @pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.parquet"])
    def test_refuses_a_file_without_permission(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        (tmp_path / name).write_bytes(b"")

        def denied(*arguments: object, **options: object) -> None:
            raise PermissionError(13, "Permission denied")

        # The tests may run as root, who may read everything.
        monkeypatch.setattr(Path, "open", denied)
        monkeypatch.setattr(gzip, "open", denied)
        monkeypatch.setattr(pd, "read_parquet", denied)
        with pytest.raises(ValueError, match=r"cannot be read \(Permission denied\)") as caught:
            read_table(tmp_path / name)
        assert name in one_line(caught)

    @pytest.mark.parametrize("source", ["a\0.csv", "x" * 5000 + ".csv"])
    def test_refuses_what_can_be_no_path(self, source: str) -> None:
        with pytest.raises(ValueError, match="cannot be read") as caught:
            read_table(source)
        one_line(caught)

    @pytest.mark.parametrize("name", ["t.csv", "t.xlsx", "t.parquet"])
    def test_a_missing_file_is_named(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(FileNotFoundError, match="does not exist") as caught:
            read_table(tmp_path / name)
        assert str(tmp_path / name) in one_line(caught)

    def test_a_path_through_a_file_does_not_exist(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(FileNotFoundError, match="does not exist"):
            read_table(tmp_path / "file" / "t.csv")

    def test_a_mistyped_name_is_neither_file_nor_dataset(self) -> None:
        with pytest.raises(FileNotFoundError) as caught:
            read_table("adlut")
        message = one_line(caught)
        assert "'adlut' is neither a file nor a built-in dataset" in message
        assert message.endswith("(did you mean 'adult'?)")

    def test_parquet_without_pyarrow(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "t.parquet").touch()
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        with pytest.raises(ImportError, match=r"pip install 'heirloom-ml\[parquet\]'") as caught:
            read_table(tmp_path / "t.parquet")
        one_line(caught)


# ------------------------------------------------------------------------------- binary targets


def table_of(**columns: object) -> pd.DataFrame:
    """A table of twelve rows: the columns, and a target."""
    return pd.DataFrame({**columns, "y": [0, 1] * 6})


NUMBERS = [3.5, 1.0, 4.0, 1.5, 9.0, 2.5, 6.0, 5.0, 3.0, 5.5, 8.0, 9.5]
LETTERS = list("abcabbcabbab")


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

    def test_text_that_looks_like_numbers_is_a_category(self) -> None:
        encoded = encode_binary_target(table_of(x=["10", "2", "2"] * 4), "y")
        assert encoded.columns == ("(intercept)", "x=10")

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
            (["10", "2"], "10", "2", 0),
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
            (NUMBERS, "for numbers, there is model='linear' (--model linear)"),
            (LETTERS, "for its frequencies, give column='y' (--column)"),
            (["1", "2", "3.5"] * 4, "all are numbers written as text"),
            (["1", "2", "n/a"] * 4, "all but 'n/a' are numbers written as text"),
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


def target_of(values: object) -> pd.DataFrame:
    """A table of twelve rows: a number, a category, and the target."""
    return pd.DataFrame({"x": NUMBERS, "c": LETTERS, "y": values})


COUNTS = [0, 3, 1, 2, 0, 1, 5, 2, 1, 0, 4, 2]


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
            (["1", "2", "3"] * 4, "target='y' holds '1', '2', '3', and numbers are needed"),
            (pd.Categorical([1, 2, 3] * 4), "target='y' holds '1', '2', '3', and numbers"),
            (pd.date_range("2020-01-01", periods=12), "holds '2020-01-01 00:00:00', "),
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


class TestKinds:
    @pytest.mark.parametrize(
        ("values", "kind"),
        [
            (COUNTS, "counts"),
            ([*map(float, COUNTS)], "counts"),
            (pd.array([pd.NA, *COUNTS[1:]], dtype="Int64"), "counts"),
            ([count + 1 for count in COUNTS], "numbers"),
            ([-count for count in COUNTS], "numbers"),
            ([20 * count for count in COUNTS], "numbers"),
            ([0, *[40 + count for count in COUNTS[1:]]], "numbers"),
            ([0, 0.5, *COUNTS[2:]], "numbers"),
            (NUMBERS, "numbers"),
            ([0, 1] * 6, "labels"),
            ([True, False] * 6, "labels"),
            ([2.5, None, 7.0] * 4, "labels"),
            (["no", "yes"] * 6, "labels"),
            (LETTERS, "categories"),
            (["1", "2", "3"] * 4, "categories"),
            (pd.Categorical([1, 2, 3] * 4), "categories"),
            ([7] * 12, "categories"),
            ([None] * 12, "categories"),
        ],
    )
    def test_of_targets(self, values: object, kind: str) -> None:
        assert kind_of_target(target_of(values), "y") == kind

    @pytest.mark.parametrize(
        ("values", "kind"),
        [
            (range(21), "numbers"),
            (range(20), "categories"),
            ([*range(20), None, np.inf], "categories"),
            ([f"c{i}" for i in range(30)], "categories"),
            (pd.Categorical(range(30)), "categories"),
            ([True, False], "categories"),
        ],
    )
    def test_of_columns(self, values: object, kind: str) -> None:
        assert kind_of_column(pd.DataFrame({"x": values}), "x") == kind

    def test_an_unknown_column(self) -> None:
        with pytest.raises(ValueError, match="target='z' is not a column"):
            kind_of_target(target_of(COUNTS), "z")
        with pytest.raises(ValueError, match="column='z' is not a column"):
            kind_of_column(target_of(COUNTS), "z")


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

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ([None, np.nan], "column='x' has no value in any of 2 rows"),
            (["1", "2"], "column='x' holds '1', '2', and numbers are needed"),
            (pd.date_range("2020-01-01", periods=1), "and numbers are needed"),
        ],
    )
    def test_refused(self, values: object, expected: str) -> None:
        with pytest.raises(ValueError, match="column='x'") as caught:
            encode_numbers(pd.DataFrame({"x": values}), "x")
        assert expected in one_line(caught)


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

    @pytest.mark.parametrize(("given", "left"), [(0, 0), (1, 1)])
    def test_too_few_rows_left(self, given: int, left: int) -> None:
        table = table_of(x=[1.0] * given + [None] * (12 - given), z=NUMBERS)
        with pytest.raises(ValueError, match=f"table has {left} of 12 rows") as caught:
            encode_binary_target(table, "y")
        assert f"column 'x' alone lacks {12 - given}" in one_line(caught)

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
            pytest.param(pd.date_range("2020-01-01", periods=12, freq="7D"), id="dates"),
            pytest.param(pd.timedelta_range("1D", periods=12), id="durations"),
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


# ------------------------------------------------------------------------------ real tables


def test_breast_cancer_is_encoded_as_by_scikit_learn() -> None:
    table = datasets.load("breast_cancer")
    size = pd.cut(table["mean area"], 3, labels=["small", "medium", "large"]).astype(str)
    table = table[["mean radius", "mean texture", "target"]].assign(size=size)
    encoded = encode_binary_target(table, "target")
    reference = size.mode()[0]
    pipeline = make_pipeline(
        ColumnTransformer(
            [
                ("numbers", StandardScaler(), ["mean radius", "mean texture"]),
                ("categories", OneHotEncoder(drop=[reference]), ["size"]),
            ],
            verbose_feature_names_out=False,
        ),
        LogisticRegression(C=1.0, max_iter=1000, tol=1e-10),
    ).fit(table.drop(columns="target"), table["target"])
    columns = [name.replace("_", "=") for name in pipeline[0].get_feature_names_out()]
    order = [encoded.columns.index(name) for name in columns]
    theirs = pipeline[0].transform(table)
    np.testing.assert_allclose(encoded.design[:, order], theirs, rtol=1e-9, atol=1e-12)

    ours = LogisticRegression(C=1.0, max_iter=1000, tol=1e-10).fit(
        encoded.design[:, order], encoded.response
    )
    np.testing.assert_allclose(ours.coef_, pipeline[-1].coef_, rtol=1e-6)
    assert encoded.labels == ("0", "1")


@pytest.mark.parametrize(("name", "columns"), [("breast_cancer", 31), ("diabetes", 11)])
def test_scikit_learn_tables_lose_nothing(name: str, columns: int) -> None:
    encoded = encode_binary_target(datasets.load(name), "target")
    assert encoded.design.shape[1] == columns
    assert encoded.notes == ()


@pytest.mark.skipif(not (SHARED_DATA / "adult").is_dir(), reason="needs the files of Adult")
class TestAdult:
    @pytest.fixture(autouse=True)
    def _shared_data(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HEIRLOOM_DATA", str(SHARED_DATA))

    def test_loses_what_other_columns_determine(self) -> None:
        encoded = encode_binary_target(read_table("adult"), "income")
        # Each education has its number, and no occupation is known of those who never worked or
        # whose work class is not known.
        assert encoded.dependent == ("education_num", "occupation=?")
        assert encoded.rows_dropped == 0
        assert encoded.labels == ("<=50K", ">50K")
        assert np.linalg.matrix_rank(encoded.design) == encoded.design.shape[1] == 99

    def test_has_the_published_categories(self) -> None:
        encoded = encode_categories(read_table("adult"), "workclass")
        assert len(encoded.categories) == 9
        assert encoded.categories[0] == "?"
        assert encoded.counts.sum() == 48_842


# ----------------------------------------------------------------------------- random tables

numbers = st.one_of(
    st.integers(-3, 3).map(float),
    st.floats(allow_nan=True, allow_infinity=True, width=64),
)
texts = st.sampled_from(["a", "b", "c", "", None])
flags = st.sampled_from([True, False])
integers = st.integers(-(2**63), 2**63 - 1)


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """A table of random columns, some of which depend on others, whose last is a target."""
    rows = draw(st.integers(2, 14))

    def column(values: st.SearchStrategy[object]) -> list[object]:
        return draw(st.lists(values, min_size=rows, max_size=rows))

    kinds = draw(st.lists(st.sampled_from([numbers, texts, flags, integers]), max_size=4))
    table = pd.DataFrame({f"x{i}": column(kind) for i, kind in enumerate(kinds)})
    small = np.array(column(st.integers(-5, 5)), dtype=float)
    table["small"] = small
    if draw(st.booleans()):
        table["sum"] = 3 * small + 1
    table["y"] = column(st.sampled_from(["no", "yes"]))
    return table


def encoded_or_refused(table: pd.DataFrame) -> EncodedTable | str:
    try:
        return encode_binary_target(table, "y")
    except ValueError as error:
        return str(error)


@given(tables())
def test_every_design_has_full_rank_and_is_finite(table: pd.DataFrame) -> None:
    encoded = encoded_or_refused(table)
    if isinstance(encoded, str):
        assert "\n" not in encoded
        return
    rows, columns = encoded.design.shape
    assert np.isfinite(encoded.design).all()
    assert np.linalg.matrix_rank(encoded.design) == columns == len(encoded.columns)
    assert encoded.response.shape == (rows,)
    assert set(encoded.response) == {0.0, 1.0}
    assert rows + encoded.rows_dropped == len(table)
    assert not set(encoded.columns) & set(encoded.dependent)


@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(table: pd.DataFrame, random: Random) -> None:
    order = list(range(len(table)))
    random.shuffle(order)
    encoded = encoded_or_refused(table)
    shuffled = encoded_or_refused(table.iloc[order])
    if isinstance(encoded, str) or isinstance(shuffled, str):
        assert encoded == shuffled
        return
    assert shuffled.columns == encoded.columns
    assert shuffled.notes == encoded.notes
    ours = np.column_stack([encoded.design, encoded.response])
    theirs = np.column_stack([shuffled.design, shuffled.response])
    np.testing.assert_allclose(sorted_rows(theirs), sorted_rows(ours), atol=1e-9)


def sorted_rows(values: np.ndarray) -> np.ndarray:
    return np.array(sorted(values.round(8).tolist()))


# ------------------------------------------------------------------------------------ categories


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
