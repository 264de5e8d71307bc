"""Kernels: the few loops that are compiled, once per machine.

Numba translates a kernel when it is first called with arrays of some type, which takes a second or
so, and keeps the result in a folder of heirloom's, where every later process finds it: spawned
workers, the next command, another user of the same folder. ``HEIRLOOM_CACHE_DIR`` moves the folder;
where it cannot be written to, kernels are compiled anew in each process.
"""

import hashlib
import inspect
import os
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import numba
import numba.core.config
from numba.core import event

_Function = TypeVar("_Function", bound=Callable[..., Any])

# Where there are kernels.
_ROOMS = ("_base", "models", "simulation")

_kernels: set[object] = set()
_lock = Lock()

_NO_FOLDER = "no folder can be written to; set HEIRLOOM_CACHE_DIR to one that can"

# Neither is typed by Numba as it is used here.
_settings: Any = numba.core.config
_translated: Any = numba.njit


def kernel(function: _Function) -> _Function:
    """Compile a function on arrays and numbers when it is first called.

    It holds no lock while it runs, so that threads run side by side. Division by 0 gives an
    infinity, as in NumPy. Sums may be reordered, for speed: the result is the same on every call,
    though not that of another order of summation.
    """
    return _compiled(function, inline="never")


def inlined(function: _Function) -> _Function:
    """Compile a function that kernels alone call, as a part of them."""
    return _compiled(function, inline="always")


@cache
def kernel_folder() -> Path | None:
    """Folder in which compiled kernels are kept; None where none can be written to.

    ``HEIRLOOM_CACHE_DIR`` names its parent; else it is ``$XDG_CACHE_HOME/heirloom``, by default
    ``~/.cache/heirloom``. Each version of the code has a folder of its own in it.
    """
    told = os.environ.get("HEIRLOOM_CACHE_DIR")
    home = os.environ.get("XDG_CACHE_HOME")
    parent = Path(told) if told else (Path(home) if home else Path("~/.cache")) / "heirloom"
    try:
        folder = parent.expanduser() / f"kernels-{_fingerprint_of_code()}"
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):  # a RuntimeError where there is no home
        return None


def _fingerprint_of_code() -> str:
    # Numba compiles a kernel anew if its own file has changed, but not if a kernel that it calls,
    # in another file, has.
    package = Path(__file__).parent.parent
    files = [file for room in _ROOMS for file in sorted((package / room).glob("*.py"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def _compiled(function: _Function, *, inline: str) -> _Function:
    # Tests wrap functions to check the shapes of their arguments; Numba reads the function itself.
    plain = inspect.unwrap(function)
    folder = kernel_folder()
    # Numba asks for the folder while it decorates; other packages' functions keep theirs.
    with _lock, _cache_folder(str(folder or "")):
        compiled = _translated(
            plain,
            cache=folder is not None,
            nogil=True,
            error_model="numpy",
            fastmath={"reassoc", "contract", "arcp", "nsz"},
            inline=inline,
        )
    _kernels.add(compiled)
    return compiled


@contextmanager
def _cache_folder(folder: str) -> Generator[None, None, None]:
    before = _settings.CACHE_DIR
    _settings.CACHE_DIR = folder
    try:
        yield
    finally:
        _settings.CACHE_DIR = before


class _Announcement(event.Listener):
    """Says once, on standard error, that this run compiles."""

    def __init__(self) -> None:
        self.made = False

    def on_start(self, event: event.Event) -> None:
        """Speak up at the first kernel that is not found in the folder."""
        if self.made or (event.data or {}).get("dispatcher") not in _kernels:
            return
        self.made = True
        folder = kernel_folder()
        kept = f"kept in {folder}" if folder else f"not kept: {_NO_FOLDER}"
        sys.stderr.write(f"heirloom: compiling for this machine, once ({kept})\n")

    def on_end(self, event: event.Event) -> None:
        """Do nothing."""


event.register("numba:compile", _Announcement())
