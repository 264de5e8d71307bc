"""A progress bar with the time left, on standard error."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TypeAlias

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

Report: TypeAlias = Callable[[int, int], None]
"""Called with the chains done and their number."""


@contextmanager
def progress_report(
    progress: bool | Report | None, description: str
) -> Generator[Report, None, None]:
    """Give a function to report progress to.

    Parameters
    ----------
    progress
        A function to call; True or False for a bar or none; None for a bar if standard error is a
        terminal.
    description
        What the bar says.
    """
    if callable(progress):
        yield progress
        return
    if progress is False or (progress is None and not sys.stderr.isatty()):
        yield lambda done, total: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(description, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
