"""Text in files: compressed or not, in whatever encoding."""

import bz2
import gzip
import lzma
import zipfile
from io import BufferedIOBase, TextIOWrapper
from pathlib import Path
from typing import IO, cast

from .sentences import counted, listed

COMPRESSIONS = (".gz", ".bz2", ".xz", ".zip")

_OPENERS = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}

_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    # In front of UTF-16, whose mark is how this one begins.
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)

# What Windows writes in Western Europe and America, where it does not write UTF-8.
_WINDOWS = "cp1252"

_HEAD, _CHUNK = 4096, 1 << 20


def opened_text(path: Path, encoding: str) -> TextIOWrapper:
    """Open a file, compressed where its name says so, with line ends as they are."""
    return TextIOWrapper(cast("IO[bytes]", _opened(path)), encoding=encoding, newline="")


def encoding_of(path: Path) -> tuple[str, tuple[str, ...]]:
    """Find how a file is encoded, and what there is to say about it."""
    with _opened(path) as file:
        head = file.read(_HEAD)
    for mark, encoding in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return encoding, ()
    # In UTF-16 every second byte of text in Latin letters is 0.
    if head.count(0) > len(head) / 4:
        return ("utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"), ()
    if _is_utf8(path):
        return "utf-8", ()
    return _WINDOWS, (
        f"Read as Windows text ({_WINDOWS}), since it is not UTF-8; encoding (--encoding) names "
        "another.",
    )


def _is_utf8(path: Path) -> bool:
    try:
        with opened_text(path, "utf-8") as file:
            while file.read(_CHUNK):
                pass
    except UnicodeDecodeError:
        return False
    return True


def _opened(path: Path) -> BufferedIOBase:
    suffix = path.suffix.lower()
    if suffix == ".zip":
        return _only_member(path)
    if suffix in _OPENERS:
        return cast("BufferedIOBase", _OPENERS[suffix](path, "rb"))
    return cast("BufferedIOBase", path.open("rb"))


def _only_member(path: Path) -> BufferedIOBase:
    archive = zipfile.ZipFile(path)
    # A Mac adds a folder of its own.
    names = [n for n in archive.namelist() if not n.endswith("/") and not n.startswith("__MACOSX")]
    if len(names) != 1:
        raise ValueError(
            f"source={str(path)!r} holds {counted(len(names), 'file')} ({listed(names)}); give an "
            "archive of one, or unpack it"
        )
    return cast("BufferedIOBase", archive.open(names[0]))
