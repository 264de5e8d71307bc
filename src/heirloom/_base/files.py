"""Files that are whole or not there at all."""

import os
import secrets
import shutil
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path


def write_atomically(path: str | os.PathLike[str], content: bytes) -> Path:
    """Write bytes under a temporary name, sync them to disk, rename, and sync the folder.

    A reader, or a run that is interrupted, sees the old file or the new one, never a part; once the
    call has returned, the new one outlasts a power failure.

    Parameters
    ----------
    path
        Where to write; its folder must exist.
    content
        The whole content of the file.

    Returns
    -------
    Path
        The path written.

    Raises
    ------
    OSError
        If the folder does not exist or cannot be written to.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomically(f"{folder}/answer.txt", b"42").read_bytes()
    b'42'
    """
    target = Path(path)
    # Opened in the ordinary way, and not by mkstemp: the system then gives it the permissions of
    # any new file, under the umask, which a program with threads cannot read without changing it.
    temporary = target.parent / f".{secrets.token_hex(8)}.partial"
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        _remove(temporary)
        if error.filename is None:
            raise
        # The file that was asked for is to be named, and not the temporary one.
        raise type(error)(error.errno, error.strerror, str(target)) from error
    except BaseException:
        _remove(temporary)
        raise
    return target


def require_new_folder(folder: str | os.PathLike[str]) -> Path:
    """Return the path of a folder that can be made, or is empty; else raise a ValueError."""
    target, given = Path(folder), f"out={os.fspath(folder)!r}"
    try:
        if target.is_symlink() or target.resolve() == Path.cwd():
            raise ValueError(f"{given} is a link or the current folder: name a new folder")
        if target.exists() and not target.is_dir():
            raise ValueError(f"{given} is a file: name a new folder")
        if target.is_dir() and any(target.iterdir()):
            raise ValueError(f"{given} exists and is not empty: name a new folder")
        nearest = next(parent for parent in target.resolve().parents if parent.exists())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ValueError(f"{given} cannot be made ({reason}): name another folder") from error
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        raise ValueError(f"{given}: '{nearest}' is no folder that can be written to; name another")
    return target


@contextmanager
def new_folder(folder: str | os.PathLike[str]) -> Generator[Path, None, None]:
    """Make a folder that appears whole or not at all: write into the one that is given.

    What is in it is synced to disk before it is renamed, and its parent after.

    Parameters
    ----------
    folder
        The folder to make; it may exist if it is empty.

    Yields
    ------
    Path
        A folder beside it, which is renamed at the end, or removed after an exception.

    Raises
    ------
    ValueError
        If the folder exists and is not empty, or is a file.
    OSError
        If it cannot be written.
    """
    target = require_new_folder(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    # A random name, and permissions as the user's mask has them (mkdtemp gives others none).
    temporary = target.parent / f".{target.name}.{secrets.token_hex(8)}"
    temporary.mkdir()
    try:
        yield temporary
        for path in temporary.rglob("*"):
            _sync(path)
        sync_folder(temporary)
        if target.exists():
            target.rmdir()
        temporary.replace(target)
        sync_folder(target.parent)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def sync_folder(folder: str | os.PathLike[str]) -> None:
    """Have the names in a folder on disk, so that a renamed file outlasts a power failure.

    Without effect on Windows, where it cannot be opened, nor a file be synced that is only read.
    """
    _sync(Path(folder))


def _sync(path: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(temporary: Path) -> None:
    with suppress(OSError):
        temporary.unlink(missing_ok=True)
