"""Dates that are written as text."""

import pandas as pd
import pytest

from heirloom.tables.written_dates import WrittenDates, dates_written, days_of

DATES = pd.date_range("2019-12-20", periods=40, freq="9h30min")


@pytest.mark.parametrize(
    "form",
    [
        "%Y-%m-%d",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M:%S.%f",
        "%Y-%m-%dT%H:%M:%SZ",
        "%Y/%m/%d",
        "%d.%m.%Y",
        "%d.%m.%Y %H:%M",
        "%d.%m.%y",
        "%d/%m/%Y",
        "%m/%d/%Y",
        "%m/%d/%Y %I:%M %p",
        "%m/%d/%y",
        "%d-%m-%Y",
        "%d %b %Y",
        "%d-%b-%y",
        "%B %d, %Y",
    ],
)
def test_every_form(form: str) -> None:
    written = list(dict.fromkeys(DATES.strftime(form)))
    expected = days_of(pd.Series(pd.to_datetime(written, format=form, utc=True)))
    assert list(dates_written(written).days.values()) == pytest.approx(expected.tolist())


def test_day_and_month_that_cannot_be_told_apart() -> None:
    assert dates_written(["01/02/2020", "11/12/2020"]) == WrittenDates({}, ambiguous=True)
    assert dates_written(["01/02/2020", "13/12/2020"]).days["01/02/2020"] == 18293
    assert dates_written(["01/02/2020", "12/13/2020"]).days["01/02/2020"] == 18263


def test_what_is_no_date_is_left_out() -> None:
    written = dates_written(["never", "2020-01-01", "2020-01-02", "2020-13-01"])
    assert list(written.days) == ["2020-01-01", "2020-01-02"]


@pytest.mark.parametrize("texts", [["a", "b"], ["2020-01-01", "b", "c"], ["12.30 h"], ["99.99.20"]])
def test_no_dates(texts: list[str]) -> None:
    assert dates_written(texts) == WrittenDates({})
