"""Files are whole or not there, and look like any other new file."""

import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from heirloom._base.files import new_folder, require_new_folder, write_atomically


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_writes_the_bytes_and_returns_the_path(tmp_path: Path) -> None:
    path = tmp_path / "new.bin"
    assert write_atomically(str(path), b"\x00\xff") == path
    assert path.read_bytes() == b"\x00\xff"
    assert names_in(tmp_path) == ["new.bin"]


def test_replaces_an_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old and longer")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_reader_of_the_old_file_keeps_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")
    with path.open("rb") as reader:
        write_atomically(path, b"new")
        assert reader.read() == b"old"


def test_a_name_of_the_greatest_length_is_written(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)
    assert write_atomically(path, b"x").read_bytes() == b"x"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no umask")
@pytest.mark.parametrize("mask", [0o022, 0o002, 0o077])
def test_permissions_follow_the_umask(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        path = write_atomically(tmp_path / "file", b"")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask


def test_the_umask_of_the_process_is_never_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: int) -> int:
        raise AssertionError("another thread could create a file under the changed umask")

    monkeypatch.setattr(os, "umask", refuse)
    write_atomically(tmp_path / "file", b"")


@pytest.mark.parametrize("interruption", [OSError("disk full"), KeyboardInterrupt()])
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interruption: BaseException, step: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def interrupt(*_: object) -> None:
        raise interruption

    if step == "fsync":
        monkeypatch.setattr(os, "fsync", interrupt)
    else:
        monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(type(interruption)):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert names_in(tmp_path) == ["file"]


def test_a_folder_that_does_not_exist_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        write_atomically(tmp_path / "nowhere" / "file", b"")


def test_a_folder_in_the_place_of_the_file_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        write_atomically(tmp_path / "taken", b"")
    assert names_in(tmp_path) == ["taken"]


def test_threads_that_write_the_same_file_leave_one_of_their_contents(tmp_path: Path) -> None:
    path = tmp_path / "file"
    contents = [bytes([i]) * 10_000 for i in range(8)]
    threads = [threading.Thread(target=write_atomically, args=(path, c)) for c in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_bytes() in contents
    assert names_in(tmp_path) == ["file"]


def test_a_folder_appears_whole(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "out"
    with new_folder(target) as folder:
        (folder / "a").write_bytes(b"a")
        assert not target.exists()
    assert names_in(target) == ["a"]
    assert names_in(target.parent) == ["out"]


def test_a_folder_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        with new_folder(tmp_path / "out") as folder:
            (folder / "a").write_bytes(b"a")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert names_in(tmp_path) == []


def test_a_file_and_a_folder_are_synced_and_so_is_what_holds_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    truly = os.fsync

    def watch(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_ino)
        truly(descriptor)

    monkeypatch.setattr(os, "fsync", watch)
    path = write_atomically(tmp_path / "file", b"new")
    assert synced == [path.stat().st_ino, tmp_path.stat().st_ino]
    synced.clear()
    with new_folder(tmp_path / "out") as folder:
        (folder / "deep").mkdir()
        (folder / "deep" / "a").write_bytes(b"a")
    out = tmp_path / "out"
    inside = {p.stat().st_ino for p in (out, out / "deep", out / "deep" / "a")}
    assert set(synced[:-1]) == inside
    assert synced[-1] == tmp_path.stat().st_ino


def test_an_empty_folder_is_taken_and_a_full_one_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with new_folder(empty) as folder:
        (folder / "a").write_bytes(b"a")
    assert names_in(empty) == ["a"]
    with pytest.raises(ValueError, match="exists and is not empty: name a new folder"):
        require_new_folder(empty)
