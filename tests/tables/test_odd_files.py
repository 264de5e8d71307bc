"""One table, written in every odd way: what is read is the same, or is refused in one line."""

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from heirloom.tables import (
    EncodedTable,
    Reading,
    encode_binary_target,
    encode_categories,
    encode_numbers,
    read_table,
)

ROWS = 60
RNG = np.random.default_rng(0)
DAYS = pd.date_range("2019-12-20", periods=ROWS, freq="3D")
PLAIN = pd.DataFrame(
    {
        "pay": RNG.normal(2000, 700, ROWS).round(2),
        "people": RNG.integers(1_000, 3_000_000, ROWS),
        "age": RNG.integers(18, 90, ROWS),
        "job": RNG.choice(["baker", "cook", "smith"], ROWS),
        "ill": ["no", "yes", "yes"] * (ROWS // 3),
    }
)
EXPECTED = encode_binary_target(PLAIN, "ill")


def european(column: pd.Series, places: int) -> pd.Series:
    swap = str.maketrans(",.", ".,")
    return column.map(lambda value: f"{value:,.{places}f}".translate(swap))


def as_written(write: Callable[[Path], object], path: Path, reading: Reading | None = None):
    write(path)
    return encode_binary_target(read_table(path, reading), "ill")


def assert_same(encoded: EncodedTable) -> None:
    assert encoded.columns == EXPECTED.columns
    np.testing.assert_allclose(encoded.design, EXPECTED.design, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(encoded.response, EXPECTED.response)


@pytest.mark.parametrize(
    ("name", "write", "note"),
    [
        ("t.csv", lambda p: PLAIN.to_csv(p, index=False), ""),
        ("t.csv.gz", lambda p: PLAIN.to_csv(p, index=False), ""),
        ("t.csv.bz2", lambda p: PLAIN.to_csv(p, index=False), ""),
        ("t.csv.xz", lambda p: PLAIN.to_csv(p, index=False), ""),
        ("t.csv.zip", lambda p: PLAIN.to_csv(p, index=False), ""),
        ("t.txt", lambda p: PLAIN.to_csv(p, index=False, sep="|"), ""),
        ("t.tab", lambda p: PLAIN.to_csv(p, index=False, sep="\t"), ""),
        ("t.jsonl", lambda p: PLAIN.to_json(p, orient="records", lines=True), ""),
        ("t.jsonl.gz", lambda p: PLAIN.to_json(p, orient="records", lines=True), ""),
        ("t.json", lambda p: PLAIN.to_json(p, orient="records"), ""),
        ("t.feather", lambda p: PLAIN.to_feather(p), ""),
        ("t.parquet", lambda p: PLAIN.to_parquet(p), ""),
        ("t.xlsx", lambda p: PLAIN.to_excel(p, index=False), ""),
        ("t.xlsx", lambda p: PLAIN.to_excel(p, index=False, startrow=2, startcol=1), ""),
        ("t.csv", lambda p: PLAIN.to_csv(p, index=False, encoding="utf-16"), ""),
        ("t.csv", lambda p: PLAIN.to_csv(p, index=False, encoding="utf-16-le"), ""),
        ("t.csv", lambda p: PLAIN.to_csv(p, index=False, encoding="utf-32"), ""),
        ("t.csv", lambda p: PLAIN.to_csv(p, index=False, sep=";", decimal=","), "decimal commas"),
        ("t.tsv", lambda p: PLAIN.to_csv(p, index=False, sep="\t", decimal=","), "decimal commas"),
        ("t.csv", lambda p: PLAIN.to_csv(p, index=False, decimal=","), "decimal commas"),
        (
            "t.csv",
            lambda p: PLAIN.assign(
                pay=european(PLAIN["pay"], 2), people=european(PLAIN["people"], 0)
            ).to_csv(p, index=False, sep=";"),
            "Column 'people': text such as",
        ),
        (
            "t.csv",
            lambda p: p.write_text("# from the office\n# 2024\n\n" + PLAIN.to_csv(index=False)),
            "",
        ),
        ("t.csv", lambda p: p.write_text("#" + PLAIN.to_csv(index=False)), ""),
        ("t.csv", lambda p: p.write_text("sep=;\n" + PLAIN.to_csv(index=False, sep=";")), ""),
    ],
)
def test_the_same_table_in_another_file(
    tmp_path: Path, name: str, write: Callable[[Path], object], note: str
) -> None:
    encoded = as_written(write, tmp_path / name)
    assert_same(encoded)
    assert (note in " ".join(encoded.notes)) if note else encoded.notes == ()


@pytest.mark.parametrize(
    ("columns", "note"),
    [
        ({"pay": PLAIN["pay"].astype(str)}, "text such as"),
        ({"pay": PLAIN["pay"].astype(object)}, ""),
        ({"pay": european(PLAIN["pay"], 2)}, "read as numbers"),
        ({"pay": PLAIN["pay"].map("${:,.2f}".format)}, "text such as '$"),
        ({"pay": PLAIN["pay"].map("{}%".format)}, "%' read as numbers"),
        ({"people": PLAIN["people"].map("{:,}".format)}, "read as numbers"),
        ({"people": PLAIN["people"].map("{:_} kg".format).str.replace("_", " ")}, " kg' read as"),
        (
            {"pay": european(PLAIN["pay"], 2), "people": european(PLAIN["people"], 0)},
            "Column 'people': text such as",
        ),
    ],
)
@pytest.mark.parametrize("as_file", [False, True])
def test_the_same_table_with_numbers_as_text(
    tmp_path: Path, columns: dict[str, pd.Series], note: str, as_file: bool
) -> None:
    table = PLAIN.assign(**columns)
    if as_file:
        table.to_csv(tmp_path / "t.csv", index=False)
        assert_same(encode_binary_target(read_table(tmp_path / "t.csv"), "ill"))
        return
    encoded = encode_binary_target(table, "ill")
    assert_same(encoded)
    assert (note in " ".join(encoded.notes)) if note else encoded.notes == ()


def test_letters_of_windows(tmp_path: Path) -> None:
    table = PLAIN.assign(job=PLAIN["job"].str.replace("cook", "Köchin"))
    encoded = as_written(
        lambda p: table.to_csv(p, index=False, encoding="cp1252"), tmp_path / "t.csv"
    )
    assert read_table(tmp_path / "t.csv").frame["job"].equals(table["job"])
    assert encoded.notes[0].startswith("Read as Windows text (cp1252), since it is not UTF-8")


def test_names_in_a_comment_as_numpy_writes_them(tmp_path: Path) -> None:
    values = PLAIN[["pay", "age"]].to_numpy()
    np.savetxt(tmp_path / "t.csv", values, delimiter=",", header="pay,age")
    np.testing.assert_allclose(read_table(tmp_path / "t.csv").frame["pay"], PLAIN["pay"])


def test_names_after_a_sign_of_comments(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("#name,city\nBob,Paris\nEve,Rome\n")
    assert read_table(tmp_path / "t.csv").frame.to_dict("list") == {
        "name": ["Bob", "Eve"],
        "city": ["Paris", "Rome"],
    }
    (tmp_path / "t.csv").write_text("# by Bob, in Paris\nname,city\nEve,Rome\n")
    assert list(read_table(tmp_path / "t.csv").frame.columns) == ["name", "city"]


def test_numbers_in_place_of_names_are_refused(tmp_path: Path) -> None:
    np.savetxt(tmp_path / "t.csv", PLAIN[["pay", "age"]].to_numpy(), delimiter=",")
    with pytest.raises(ValueError, match="has no line of column names: the first one holds num"):
        read_table(tmp_path / "t.csv")


def test_names_may_be_years(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("2019,2020\n1.5,2.5\n")
    assert list(read_table(tmp_path / "t.csv").frame.columns) == ["2019", "2020"]


@pytest.mark.parametrize("delimiter", [";", "\t", ","])
def test_points_that_separate_thousands_and_nothing_else(tmp_path: Path, delimiter: str) -> None:
    rows = pd.Series([1204, 999, 20041, 3500, 7])
    table = pd.DataFrame({"people": european(rows, 0), "share": ["1", "2", "3", "4", "5"]})
    table.to_csv(tmp_path / "t.csv", index=False, sep=delimiter)
    read = read_table(tmp_path / "t.csv")
    assert read.frame["people"].tolist() == rows.tolist()
    assert read.notes[0].startswith("Points read as separators of thousands, as in '3.500'")


@pytest.mark.parametrize(
    "texts",
    [["1.204", "0.999", "3.5"], ["1.204", "2.500"], ["1.204", "7"], ["1.500", "7", "0.250"]],
)
def test_points_of_decimals_stay(tmp_path: Path, texts: list[str]) -> None:
    pd.DataFrame({"x": texts, "y": 1}).to_csv(tmp_path / "t.csv", index=False, sep=";")
    read = read_table(tmp_path / "t.csv")
    assert read.frame["x"].tolist() == [float(text) for text in texts]
    assert read.notes == ()


def test_one_column_with_decimal_commas(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("pay\n3,5\n4,25\n")
    assert read_table(tmp_path / "t.csv").frame["pay"].tolist() == [3.5, 4.25]


def test_the_first_sheet_of_several(tmp_path: Path) -> None:
    with pd.ExcelWriter(tmp_path / "t.xlsx") as book:
        PLAIN.to_excel(book, sheet_name="people", index=False)
        PLAIN.head().to_excel(book, sheet_name="remarks", index=False)
    encoded = encode_binary_target(read_table(tmp_path / "t.xlsx"), "ill")
    assert_same(encoded)
    assert encoded.notes == ("Sheet 'people' read, and not the 1 other sheet.",)


def test_several_files_in_one_archive_are_refused(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "t.csv.zip", "w") as archive:
        archive.writestr("a.csv", "a\n1\n")
        archive.writestr("b.csv", "a\n1\n")
    with pytest.raises(ValueError, match=r"holds 2 files \('a.csv', 'b.csv'\)"):
        read_table(tmp_path / "t.csv.zip")


def test_codes_in_json_stay_text(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text('{"zip": "01067", "n": 1}\n{"zip": "80331", "n": 2}\n')
    assert read_table(tmp_path / "t.jsonl").frame["zip"].tolist() == ["01067", "80331"]


class TestMissing:
    @pytest.mark.parametrize("word", ["unknown", "?", "N.A.", "-", "#DIV/0!", "keine Angabe"])
    def test_a_word_among_numbers(self, word: str) -> None:
        table = PLAIN.astype({"age": object})
        table.loc[[3, 33], "age"] = word
        encoded = encode_binary_target(table, "ill")
        assert encoded.columns == EXPECTED.columns
        assert encoded.rows_dropped == 2
        assert encoded.notes[1] == f"Column 'age': {word!r} read as missing."

    def test_another_word_among_numbers_is_refused(self) -> None:
        table = PLAIN.astype({"pay": object})
        table.loc[[3, 33], "pay"] = "a lot"
        with pytest.raises(ValueError, match="but 'a lot' in 2 rows") as caught:
            encode_binary_target(table, "ill")
        assert "(--missing 'a lot')" in str(caught.value)
        assert encode_binary_target(table, "ill", ["age"]).rows_dropped == 0
        read = read_table(table, Reading(missing=["a lot"]))
        assert encode_binary_target(read, "ill").rows_dropped == 2

    def test_in_a_small_table_too(self) -> None:
        table = PLAIN.head(15).astype({"pay": object})
        table.loc[3, "pay"] = "a lot"
        with pytest.raises(ValueError, match="but 'a lot' in 1 row;"):
            encode_binary_target(table, "ill")

    def test_words_among_few_values_are_categories(self) -> None:
        table = PLAIN.assign(children=["0", "1", "2", "3+"] * (ROWS // 4))
        encoded = encode_binary_target(table, "ill")
        assert "children=3+" in encoded.columns
        assert encoded.notes == ()

    @pytest.mark.parametrize("code", [-999, 9999])
    def test_a_code_among_numbers(self, code: int) -> None:
        table = PLAIN.copy()
        table.loc[[3, 33], "age"] = code
        encoded = encode_binary_target(table, "ill")
        expected = encode_binary_target(PLAIN.drop(index=[3, 33]), "ill")
        np.testing.assert_allclose(encoded.design, expected.design)
        assert f"Column 'age': {code} in 2 rows taken as missing" in encoded.notes[1]
        assert "missing=() (--missing '') keeps it" in encoded.notes[1]
        kept = encode_binary_target(read_table(table, Reading(missing=())), "ill")
        assert kept.rows_dropped == 0
        assert f"{code} in 2 rows taken as it is, though far from" in kept.notes[0]

    def test_a_code_in_the_target(self) -> None:
        encoded = encode_numbers(pd.DataFrame({"x": [*range(30), -999]}), "x")
        assert encoded.rows_dropped == 1
        assert "-999 in 1 row taken as missing" in encoded.notes[1]

    def test_a_word_among_categories(self) -> None:
        table = PLAIN.assign(job=["?", *PLAIN["job"][1:]])
        encoded = encode_binary_target(table, "ill")
        assert "job=?" in encoded.columns
        assert encoded.notes == (
            "Column 'job': '?' taken as a category like any other; missing=['?'] (--missing '?') "
            "leaves out the rows with it.",
        )
        read = read_table(table, Reading(missing=["?"]))
        assert encode_binary_target(read, "ill").rows_dropped == 1


class TestUnits:
    def test_refused_where_they_differ(self) -> None:
        prices = [f"{'$€'[i % 2]}{i}" for i in range(ROWS)]
        with pytest.raises(ValueError, match=r"in different units, such as '€1', '\$2'"):
            encode_binary_target(PLAIN.assign(price=prices), "ill")

    def test_refused_where_some_cells_of_a_sheet_are_shares_and_some_are_text(self) -> None:
        shares = pd.Series([f"{i}%" if i % 2 else i / 100 for i in range(ROWS)], dtype=object)
        with pytest.raises(ValueError, match="in different units, such as '1%', '0'"):
            encode_binary_target(PLAIN.assign(share=shares), "ill")

    def test_codes_of_a_number_and_a_letter_are_categories(self) -> None:
        rooms = [f"{10 + i % 3}{'ABCDEFGH'[i % 8]}" for i in range(ROWS)]
        assert "room=10B" in str(encode_binary_target(PLAIN.assign(room=rooms), "ill").columns)

    def test_percentages_that_all_differ_are_no_row_numbers(self) -> None:
        table = PLAIN[["ill"]].assign(share=[f"{i}%" for i in range(ROWS)])
        assert encode_binary_target(table, "ill").columns == ("(intercept)", "share")

    def test_row_numbers_as_text_are(self) -> None:
        encoded = encode_binary_target(PLAIN.assign(row=[str(i) for i in range(ROWS)]), "ill")
        assert encoded.identifiers == ("row",)


class TestDates:
    @pytest.mark.parametrize(
        "dates",
        [
            DAYS,
            DAYS.tz_localize("Europe/Berlin"),
            pd.Series(DAYS.date, dtype=object),
            DAYS.strftime("%Y-%m-%d"),
            DAYS.strftime("%d.%m.%Y"),
            DAYS.strftime("%m/%d/%Y"),
            DAYS.to_period("D"),
            DAYS - DAYS[0],
        ],
    )
    def test_are_numbers_of_days(self, dates: object) -> None:
        encoded = encode_binary_target(PLAIN[["ill"]].assign(day=dates), "ill")
        assert encoded.columns == ("(intercept)", "day")
        np.testing.assert_allclose(np.diff(encoded.design[:, 1], 2), 0, atol=1e-3)
        assert "read as numbers of days" in encoded.notes[0]

    def test_a_few_are_categories(self) -> None:
        encoded = encode_categories(pd.DataFrame({"day": DAYS[:2].repeat(3)}), "day")
        assert encoded.categories == ("2019-12-20 00:00:00", "2019-12-23 00:00:00")

    def test_refused_where_day_and_month_cannot_be_told_apart(self) -> None:
        dates = [f"{1 + i % 12:02d}/{1 + i % 11:02d}/2020" for i in range(ROWS)]
        table = PLAIN.assign(day=dates)
        with pytest.raises(
            ValueError, match="column 'day' holds dates such as '01/01/2020', whose"
        ):
            encode_binary_target(table, "ill")
        assert_same(encode_binary_target(read_table(table, Reading(drop=["day"])), "ill"))

    @pytest.mark.parametrize("dates", [DAYS[1:].strftime("%Y-%m-%d"), DAYS[1:], DAYS[1:].date])
    def test_refused_where_some_are_something_else(self, dates: Iterable[object]) -> None:
        days = pd.Series([*dates, "soon"], dtype=object)
        with pytest.raises(ValueError, match=r"dates, such as '2019-12-23.*', but 'soon' in 1"):
            encode_binary_target(PLAIN.assign(day=days), "ill")
        days.iloc[-1] = "unknown"
        encoded = encode_binary_target(PLAIN.assign(day=days), "ill")
        assert encoded.rows_dropped == 1
        assert encoded.notes[1].endswith("read as numbers of days, and 'unknown' as missing.")

    @pytest.mark.parametrize("as_text", [True, False])
    def test_times_of_day(self, as_text: bool) -> None:
        times = (DAYS[0] + pd.to_timedelta(7 * np.arange(ROWS), "min")).time
        column = pd.Series([str(time) if as_text else time for time in times], dtype=object)
        encoded = encode_binary_target(PLAIN[["ill"]].assign(time=column), "ill")
        np.testing.assert_allclose(np.diff(encoded.design[:, 1], 2), 0, atol=1e-8)
