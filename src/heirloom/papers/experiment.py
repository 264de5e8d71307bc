"""One panel of a published figure."""

import abc
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from .._base.progress import Report
from ..trace import Trace
from .check import Check

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SCALES = ("quick", "paper")
"""Seconds on a small machine, or the published sizes."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What an experiment gave.

    Attributes
    ----------
    checks
        The checks, in the order of the table.
    traces
        What was simulated and what theory says, by name.
    draw
        Draws the panel on given axes.
    settings
        What it was run with, as JSON holds it.
    notes
        Plain sentences: deviations from the paper.
    """

    checks: tuple[Check, ...]
    traces: dict[str, Trace]
    draw: Callable[["Axes"], None]
    settings: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Experiment(abc.ABC):
    """One panel of a published figure: its settings at each scale, and how it is run.

    Attributes
    ----------
    figure
        Its number in the paper, with the letter of the panel: ``"8a"``; or a name of ours.
    title
        What it shows.
    """

    figure: str
    title: str

    paper: ClassVar[str]

    def prepare(self) -> None:  # noqa: B027 (most have nothing to prepare)
        """Load what the experiment needs, before any is run. By default nothing."""

    @abc.abstractmethod
    def run(
        self, scale: str, *, seed: int, executor: Executor | None, progress: bool | Report | None
    ) -> Outcome:
        """Run it.

        Parameters
        ----------
        scale
            ``"quick"`` or ``"paper"``.
        seed, executor, progress
            As for :func:`heirloom.simulate`.

        Returns
        -------
        Outcome
        """
