"""Files and frames: what is read, and what is said when it cannot be."""

import builtins
import gzip
from pathlib import Path

import pandas as pd
import pytest

from heirloom import datasets
from heirloom.tables import (
    read_table,
)

SMALL = pd.DataFrame({"age": [30, 40, 50], "job": ["cook", "baker", "cook"]})

# Without the time of day, which would name the tests anew at each run.
GZIPPED = gzip.compress(b"a,b\n1,2\n" * 99, mtime=0)


def one_line(caught: pytest.ExceptionInfo[Exception]) -> str:
    message = str(caught.value)
    assert "\n" not in message
    assert message
    return message


class TestReadTable:
    def test_takes_a_data_frame_as_it_is(self) -> None:
        pd.testing.assert_frame_equal(read_table(SMALL).frame, SMALL)

    def test_returns_a_table_as_it_is(self) -> None:
        table = read_table(SMALL)
        assert read_table(table) is table

    def test_knows_the_built_in_names(self) -> None:
        pd.testing.assert_frame_equal(read_table("diabetes").frame, datasets.load("diabetes"))

    @pytest.mark.parametrize(
        "name", ["t.csv", "t.CSV", "t.csv.gz", "t.CSV.GZ", "t.tsv", "t.tsv.gz"]
    )
    @pytest.mark.parametrize("as_text", [True, False])
    def test_reads_delimited_text(self, tmp_path: Path, name: str, as_text: bool) -> None:
        path = tmp_path / name
        content = SMALL.to_csv(index=False, sep="\t" if "tsv" in name else ",").encode()
        path.write_bytes(gzip.compress(content) if name.lower().endswith(".gz") else content)
        table = read_table(str(path) if as_text else path).frame
        pd.testing.assert_frame_equal(table, SMALL)

    @pytest.mark.parametrize("name", ["t.parquet", "t.pq", "t.PARQUET"])
    def test_reads_parquet(self, tmp_path: Path, name: str) -> None:
        SMALL.to_parquet(tmp_path / name)
        pd.testing.assert_frame_equal(read_table(tmp_path / name).frame, SMALL)

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
        pd.testing.assert_frame_equal(read_table(tmp_path / "t.csv").frame, SMALL)

    def test_keeps_delimiters_and_line_ends_inside_quotes(self, tmp_path: Path) -> None:
        (tmp_path / "t.csv").write_text('"a;b",text\n1,"x, y"\n2,"two\nlines"\n3,"say ""hi"""\n')
        table = read_table(tmp_path / "t.csv").frame
        assert list(table.columns) == ["a;b", "text"]
        assert table["text"].tolist() == ["x, y", "two\nlines", 'say "hi"']

    def test_takes_the_delimiter_from_outside_the_quotes(self, tmp_path: Path) -> None:
        (tmp_path / "t.csv").write_text('"income, gross";tax\n1;2\n')
        assert list(read_table(tmp_path / "t.csv").frame.columns) == ["income, gross", "tax"]

    def test_names_a_column_without_a_name(self, tmp_path: Path) -> None:
        SMALL.to_csv(tmp_path / "t.csv")
        assert list(read_table(tmp_path / "t.csv").frame.columns) == ["Unnamed: 0", "age", "job"]

    def test_reads_one_column(self, tmp_path: Path) -> None:
        (tmp_path / "t.csv").write_text("a\n1\n2\n")
        assert read_table(tmp_path / "t.csv").frame["a"].tolist() == [1, 2]

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
            ("t.csv", b"a,b\n1,\x81\n", "cannot be read as text ('charmap'"),
            ("t.csv", b'a,b\n1,"2\n3,4\n', "a quotation mark that is not closed"),
            ("t.csv", b'a\n"2\n3\n', "a quotation mark that is not closed"),
            ("t.csv", b'a,b\n1,"' + b"x" * 200_000, "a quotation mark that is not closed"),
            ("t.csv.gz", b"a,b\n1,2\n", "cannot be read (Not a gzipped file"),
            ("t.csv.gz", GZIPPED[:20], "cannot be read (Compressed file ended"),
            ("t.csv.gz", GZIPPED[:10] + b"\xff" * 9, "cannot be read (Error -3"),
            ("t.parquet", b"a,b\n1,2\n", "cannot be read as Parquet"),
            ("t.parquet", b"", "cannot be read as Parquet"),
            ("t.pq", b"PAR1" + b"x" * 99 + b"PAR1", "cannot be read as Parquet"),
            ("t.xls", b"x", "an old Excel file must be saved as .xlsx"),
            ("t.xlsx", b"x", "cannot be read as Excel (File is not a zip file)"),
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
        monkeypatch.setattr(builtins, "open", denied)
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
