"""The table of a result."""

import math

import pytest

from heirloom._base.result_table import Column, ResultTable

COLUMNS = (
    Column("workflow", "workflow"),
    Column("error", "squared error", ".4g"),
    Column("failed", "", lambda share: f"{100 * share:.3g} %" if share else ""),
    Column("verdict", "verdict"),
)
ROWS = (
    ("fresh:0.618", 0.61803398, 0.0, "least"),
    ("augment-subsample", math.nan, 0.25, "not told apart from the least of all the others"),
    ("discard", math.inf, 1.0, "worse"),
)
TABLE = ResultTable("What came of it", COLUMNS, ROWS, ("Use: fresh:0.618.", "Few replicates."))


def test_text_without_a_limit_wraps_nothing():
    lines = TABLE.to_text().splitlines()
    assert lines[0] == "What came of it"
    assert lines[3] == "fresh:0.618                0.618         least"
    assert "none   25 %  not told apart from the least of all the others" in lines[4]
    assert lines[-2:] == ["- Use: fresh:0.618.", "- Few replicates."]


@pytest.mark.parametrize("width", [20, 40, 60, 80])
def test_no_width_clips_or_breaks_a_number_or_a_name(width):
    text = TABLE.to_text(width)
    for whole in ("0.618 ", "infinite", "25 %", "augment-subsample", "fresh:0.618 "):
        assert whole in text
    assert "…" not in text


def test_words_keep_to_the_width():
    assert max(len(line) for line in TABLE.to_text(60).splitlines()) <= 60


def test_brackets_are_no_markup():
    table = ResultTable("", (Column("a", "[bold]"),), (("[red]x",),))
    assert table.to_text() == "[bold]\n[red]x"


def test_frame_has_the_values_as_they_are():
    frame = TABLE.to_frame()
    assert frame.columns.tolist() == ["workflow", "error", "failed", "verdict"]
    assert frame["error"].iloc[0] == 0.61803398
    assert frame["failed"].tolist() == [0.0, 0.25, 1.0]


def test_html_is_escaped_and_numbers_stand_at_the_right():
    table = ResultTable(
        "a < b", (Column("n", "<n>"), Column("x", "x", ".2f")), (("&", 1.0),), ("c > d",)
    )
    html = table.to_html()
    assert "<p>a &lt; b</p>" in html
    assert '<td style="text-align: left">&amp;</td>' in html
    assert '<td style="text-align: right">1.00</td>' in html
    assert "<li>c &gt; d</li>" in html


def test_truth_values_and_missing_ones():
    table = ResultTable("", (Column("a", "a", ".3g"),), ((True,), (False,), (None,)))
    assert table.texts() == [["yes"], ["no"], ["none"]]


def test_a_row_that_is_too_short_is_refused():
    with pytest.raises(ValueError, match="a row has 1 values for 2 columns"):
        ResultTable("", COLUMNS[:2], (("discard",),))
