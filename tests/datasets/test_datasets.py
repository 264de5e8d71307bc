"""The built-in tables: their content, where they come from, and what is said when they do not."""

import dataclasses
import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pooch
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits

from heirloom import datasets
from heirloom.datasets import adult

SHARED_DATA = Path(__file__).parents[3] / "shared" / "data"

needs_adult = pytest.mark.skipif(
    not (SHARED_DATA / "adult" / "adult.data").is_file(),
    reason="the files of Adult are not beside the repository",
)


@pytest.fixture
def shared_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEIRLOOM_DATA", str(SHARED_DATA))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder, and no HEIRLOOM_DATA: Adult has to be downloaded."""
    folder = tmp_path / "cache"
    monkeypatch.delenv("HEIRLOOM_DATA", raising=False)
    monkeypatch.setattr(pooch, "os_cache", lambda project: folder / project)
    return folder / "heirloom"


def _move_home(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setattr(adult, "FILES", dataclasses.replace(adult.FILES, url=url))


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder served over HTTP in place of Adult's public home."""
    folder = tmp_path / "home"
    folder.mkdir()
    handler = functools.partial(QuietHandler, directory=str(folder))
    # Proxies are for the world outside; the server is on this machine.
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        _move_home(monkeypatch, f"http://127.0.0.1:{server.server_port}/adult/")
        yield folder
        server.shutdown()
        thread.join()


def test_breast_cancer_is_that_of_scikit_learn() -> None:
    expected = load_breast_cancer(as_frame=True).frame
    pd.testing.assert_frame_equal(datasets.load("breast_cancer"), expected)
    assert set(expected["target"]) == {0, 1}


def test_diabetes_has_the_published_binary_target() -> None:
    table = datasets.load("diabetes")
    source = load_diabetes(as_frame=True)
    pd.testing.assert_frame_equal(table.drop(columns="target"), source.data)
    assert table["target"].tolist() == (source.target > 100).astype(int).tolist()
    assert table["target"].dtype == "int64"


def test_digits_has_64_pixels_and_the_digit() -> None:
    table = datasets.load("digits")
    source = load_digits()
    assert table.columns[-1] == "digit"
    assert (table.drop(columns="digit").to_numpy() == source.data).all()
    assert (table["digit"].to_numpy() == source.target).all()


def test_a_table_is_the_callers_own() -> None:
    table = datasets.load("digits")
    table["digit"] = -1
    assert (datasets.load("digits")["digit"] >= 0).all()


@needs_adult
@pytest.mark.usefixtures("shared_data")
class TestAdult:
    def test_has_all_rows_and_the_documented_columns(self) -> None:
        table = datasets.load("adult")
        assert table.shape == (48_842, 15)
        assert tuple(table.columns) == adult.COLUMNS
        assert table.index.equals(pd.RangeIndex(48_842))
        assert not table.isna().to_numpy().any()

    @pytest.mark.parametrize(
        ("column", "categories"), [("workclass", 9), ("education", 16), ("marital_status", 7)]
    )
    def test_keeps_the_question_mark_as_a_category(self, column: str, categories: int) -> None:
        assert datasets.load("adult")[column].nunique() == categories

    def test_income_reads_the_same_in_both_files(self) -> None:
        counts = datasets.load("adult")["income"].value_counts()
        assert counts.to_dict() == {"<=50K": 37_155, ">50K": 11_687}

    def test_text_has_no_surrounding_blanks_and_numbers_are_numbers(self) -> None:
        table = datasets.load("adult")
        text = table.select_dtypes(exclude="number")
        assert text.shape[1] == 9
        for _, column in text.items():
            assert (column == column.str.strip()).all()


def test_names_are_what_load_accepts() -> None:
    assert datasets.names() == ("adult", "breast_cancer", "diabetes", "digits")


def test_every_name_has_a_line_of_its_own() -> None:
    descriptions = datasets.descriptions()
    assert tuple(descriptions) == datasets.names()
    assert all(line and "\n" not in line for line in descriptions.values())


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("adlut", "(did you mean 'adult'?)"),
        ("Breast_Cancer", "(did you mean 'breast_cancer'?)"),
        ("zzz", "digits"),
        ("", "digits"),
    ],
)
def test_an_unknown_name_is_answered_with_the_known_ones(name: str, suggestion: str) -> None:
    with pytest.raises(ValueError, match="is not a built-in dataset") as caught:
        datasets.load(name)
    message = str(caught.value)
    assert f"name={name!r}" in message
    assert "adult, breast_cancer, diabetes, digits" in message
    assert message.endswith(suggestion)


def test_heirloom_data_without_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEIRLOOM_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"holds no file adult/adult\.data") as caught:
        datasets.load("adult")
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_heirloom_data_with_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEIRLOOM_DATA", str(tmp_path))
    (tmp_path / "adult").mkdir()
    (tmp_path / "adult" / "adult.data").write_text("39, State-gov\n")
    with pytest.raises(ValueError, match="is not the published one") as caught:
        datasets.load("adult")
    assert "\n" not in str(caught.value)


@needs_adult
def test_adult_is_downloaded_once(home: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(SHARED_DATA / "adult", home / "adult")
    first = datasets.load("adult")
    assert {file.name for file in cache.iterdir()} == {"adult.data", "adult.test"}

    shutil.rmtree(home / "adult")
    pd.testing.assert_frame_equal(datasets.load("adult"), first)

    monkeypatch.setenv("HEIRLOOM_DATA", str(SHARED_DATA))
    pd.testing.assert_frame_equal(datasets.load("adult"), first)


def test_an_empty_heirloom_data_counts_as_unset(
    home: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEIRLOOM_DATA", "")
    with pytest.raises(OSError, match="could not download"):
        datasets.load("adult")


def test_a_failed_download_says_what_was_tried_and_what_to_do(home: Path, cache: Path) -> None:
    with pytest.raises(OSError, match="404") as caught:
        datasets.load("adult")
    message = str(caught.value)
    assert f"{adult.FILES.url}adult.data" in message
    assert "HEIRLOOM_DATA" in message
    assert "\n" not in message


def test_a_download_with_another_hash_is_refused_and_not_kept(home: Path, cache: Path) -> None:
    (home / "adult").mkdir()
    (home / "adult" / "adult.data").write_text("39, State-gov\n")
    with pytest.raises(OSError, match="hash") as caught:
        datasets.load("adult")
    assert "\n" not in str(caught.value)
    assert list(cache.iterdir()) == []


# urllib3 leaves the socket that could not connect to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_no_server_at_all(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    # Port 9 (discard) refuses connections.
    _move_home(monkeypatch, "http://127.0.0.1:9/adult/")
    with pytest.raises(
        OSError, match=r"could not download http://127\.0\.0\.1:9/adult/adult\.data"
    ):
        datasets.load("adult")
