"""What a user may say of a table that is to be read."""

from pathlib import Path

import pandas as pd
import pytest

from heirloom.tables import Reading, encode_categories, read_table

SMALL = pd.DataFrame({"age": [30, 40, 50], "job": ["cook", "baker", "cook"]})


class TestReading:
    def test_categorical_keeps_what_looks_like_numbers(self, tmp_path: Path) -> None:
        (tmp_path / "t.csv").write_text("zip,n\n01067,1\n80331,2\n01067,3\n")
        read = read_table(tmp_path / "t.csv", Reading(categorical=["zip"]))
        assert encode_categories(read, "zip").categories == ("01067", "80331")
        frame = read_table(SMALL, Reading(categorical=["age"])).frame
        assert isinstance(frame["age"].dtype, pd.CategoricalDtype)

    def test_drop_leaves_out(self) -> None:
        assert list(read_table(SMALL, Reading(drop=["job"])).frame.columns) == ["age"]
        assert "target" not in read_table("diabetes", Reading(drop=["target"])).frame

    def test_decimal_decides_where_either_would_do(self, tmp_path: Path) -> None:
        (tmp_path / "t.csv").write_text("a;b\n20,041;1.204\n7,120;3.5\n")
        said = read_table(tmp_path / "t.csv", Reading(decimal=",")).frame
        assert said["a"].tolist() == [20.041, 7.12]
        guessed = read_table(tmp_path / "t.csv")
        assert guessed.frame["a"].tolist() == [20041, 7120]
        assert guessed.remedies["a"] == "decimal=',' (--decimal ',') reads 20.041"
        frame = pd.DataFrame({"a": ["20,041", "7,120"]})
        assert read_table(frame, Reading(decimal=",")).frame["a"].tolist() == [20.041, 7.12]

    @pytest.mark.parametrize("name", ["t.jsonl", "t.xlsx", "t.parquet"])
    def test_decimal_is_for_text_in_any_file(self, tmp_path: Path, name: str) -> None:
        table = pd.DataFrame({"a": ["20,041", "7,120"]})
        if name == "t.jsonl":
            table.to_json(tmp_path / name, orient="records", lines=True)
        elif name == "t.xlsx":
            table.to_excel(tmp_path / name, index=False)
        else:
            table.to_parquet(tmp_path / name)
        read = read_table(tmp_path / name, Reading(decimal=","))
        assert read.frame["a"].tolist() == [20.041, 7.12]

    @pytest.mark.parametrize("missing", [["k", -999], ("k", "-999"), ["-999.0", "k"]])
    @pytest.mark.parametrize("as_file", [False, True])
    def test_missing_takes_texts_and_numbers(
        self, tmp_path: Path, missing: list[str | float], as_file: bool
    ) -> None:
        source = pd.DataFrame({"a": [1.5, -999, 3], "b": ["x", "y", "k"], "c": [1, 2, -999]})
        if as_file:
            source.to_csv(tmp_path / "t.csv", index=False)
        frame = read_table(
            tmp_path / "t.csv" if as_file else source, Reading(missing=missing)
        ).frame
        assert frame.isna().to_numpy().tolist() == [
            [False, False, False],
            [True, False, False],
            [False, True, True],
        ]

    @pytest.mark.parametrize("delimiter", ["tab", "\\t", "\t"])
    def test_delimiter(self, tmp_path: Path, delimiter: str) -> None:
        (tmp_path / "t.csv").write_text("a,b\tc\n1,5\t2\n")
        frame = read_table(tmp_path / "t.csv", Reading(delimiter=delimiter)).frame
        assert frame.to_dict("list") == {"a,b": [1.5], "c": [2]}

    def test_encoding(self, tmp_path: Path) -> None:
        (tmp_path / "t.csv").write_bytes("job\nпекарь\n".encode("cp1251"))
        read = read_table(tmp_path / "t.csv", Reading(encoding="cp1251"))
        assert read.frame["job"].tolist() == ["пекарь"]
        assert read.notes == ()
        with pytest.raises(ValueError, match="cannot be read as text"):
            read_table(tmp_path / "t.csv", Reading(encoding="utf-8"))

    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            ({"delimiter": ""}, "delimiter='': must be one character, or 'tab' (--delimiter)"),
            ({"delimiter": "::"}, "delimiter='::': must be one character"),
            ({"decimal": ";"}, "decimal=';': must be '.' or ',' (--decimal)"),
            ({"encoding": "utf-9"}, "encoding='utf-9': is not known"),
            ({"missing": "?"}, "missing='?' is one text; give a list, such as ['?']"),
            ({"drop": "a"}, "drop='a' is one text; give a list"),
        ],
    )
    def test_refused(self, arguments: dict[str, str], expected: str) -> None:
        with pytest.raises(ValueError, match=next(iter(arguments))) as caught:
            Reading(**arguments)
        assert expected in str(caught.value)

    @pytest.mark.parametrize("parameter", ["drop", "categorical"])
    def test_an_unknown_column(self, parameter: str) -> None:
        with pytest.raises(ValueError, match=rf"{parameter}='aeg' .* \(did you mean 'age'\?\)"):
            read_table(SMALL, Reading(**{parameter: ["aeg"]}))
