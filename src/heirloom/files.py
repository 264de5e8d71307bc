"""Files that are whole or not there at all."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def write_atomically(path: str | os.PathLike[str], content: bytes) -> Path:
    """Write bytes under a temporary name, sync them to disk, and rename.

    A reader, or a run that is interrupted, sees the old file or the new one, never a part.

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


def _remove(temporary: Path) -> None:
    with suppress(OSError):
        temporary.unlink(missing_ok=True)
