"""How far long work has come: a bar, or plain lines where standard error is no terminal."""

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TypeAlias

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from .parameters import Either, Flag, Function, Optional

Report: TypeAlias = Callable[[float, float], None]
"""Called with the work done and all work, in any unit."""

PROGRESS = Optional(Either(Flag(), Function("of the work done and all work")))
"""What an argument called `progress` may be."""

# Seconds between two plain lines, and before the first.
_BETWEEN_LINES = 10.0


@contextmanager
def progress_report(
    progress: bool | Report | None, description: str
) -> Generator[Report, None, None]:
    """A function to report progress to.

    Parameters
    ----------
    progress
        A function to call; False for silence; True or None for a bar, or for plain lines where
        standard error is no terminal.
    description
        What the bar says.

    Raises
    ------
    ValueError
        If `progress` is none of these.
    """
    PROGRESS.checked("progress", progress)
    if callable(progress):
        yield progress
    elif progress is False:
        yield _silence
    elif sys.stderr.isatty():
        yield from _bar(description)
    else:
        yield _Lines(description)


def _silence(done: float, total: float) -> None:
    pass


def _bar(description: str) -> Generator[Report, None, None]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(description, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


class _Lines:
    """A line every ten seconds, so that a log tells how far long work has come."""

    def __init__(self, description: str) -> None:
        self._description = description
        self._start = self._last = time.monotonic()

    def __call__(self, done: float, total: float) -> None:
        now = time.monotonic()
        if now - self._last < _BETWEEN_LINES or not 0 < done < total:
            return
        self._last = now
        left = (now - self._start) * (total - done) / done
        sys.stderr.write(f"{self._description}: {done / total:.0%}, about {left:.0f} s left\n")
        sys.stderr.flush()
