"""Run the experiments of a paper, and hold what comes out to what it says."""

import io
import json
import math
import os
import re
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._base.files import new_folder, write_atomically
from .._base.progress import Report, progress_report
from .._base.result_table import Column, ResultTable
from .._base.tabulated import Tabulated
from ..trace import Trace, versions
from .check import Check
from .experiment import SCALES, Experiment, Outcome
from .verification import EXPERIMENTS as VERIFICATION
from .weighting import EXPERIMENTS as WEIGHTING
from .workflows import EXPERIMENTS as WORKFLOWS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PAPERS: dict[str, tuple[Experiment, ...]] = {
    "weighting": WEIGHTING,
    "workflows": WORKFLOWS,
    "verification": VERIFICATION,
}
"""The experiments of each paper, in the order of its figures."""

# A letter behind a number is a panel of that figure, and so is a name behind a name and a point; a
# figure with a name alone has one panel.
_PANEL_OF_NUMBER = re.compile(r"(?P<figure>\d+)[a-z]")
_PANEL_OF_NAME = re.compile(r"(?P<figure>[a-z_-]+)\.[a-z_-]+")

_MOST_COLUMNS = 3
_PANEL = (5.2, 4.0)


_RELATIONS = {"=": "", ">=": "≥", "<=": "≤"}

_COLUMNS = (
    Column("name", "check"),
    Column("relation", "", _RELATIONS.__getitem__),
    Column("expected", "expected", ".4g"),
    Column("source", "by"),
    Column("got", "got", ".4g"),
    Column("se", "± se", lambda se: "" if math.isnan(se) else f"{se:.2g}"),
    Column("tolerance", "tolerance", lambda tolerance: f"{tolerance:.2g}" if tolerance else ""),
    Column("passed", "", lambda passed: "pass" if passed else "FAIL"),
)


@dataclass(frozen=True, eq=False, repr=False)
class Reproduction(Tabulated):
    """What a paper's experiments gave.

    Attributes
    ----------
    paper
        Its name here, such as ``"weighting"``.
    scale
        ``"quick"`` or ``"paper"``.
    seed
        Of the random numbers.
    outcomes
        For each figure, such as ``"8a"`` or ``"diabetes"``, what it gave.
    """

    paper: str
    scale: str
    seed: int
    outcomes: dict[str, Outcome]

    @property
    def checks(self) -> tuple[Check, ...]:
        """All checks, in the order of the figures."""
        return tuple(check for outcome in self.outcomes.values() for check in outcome.checks)

    @property
    def passed(self) -> bool:
        """Whether every check passes."""
        return all(check.passed for check in self.checks)

    @property
    def notes(self) -> tuple[str, ...]:
        """Where the experiments deviate from the paper, by figure."""
        return tuple(
            f"Figure {number}: {note}"
            for number, outcome in self.outcomes.items()
            for note in outcome.notes
        )

    def table(self) -> ResultTable:
        """State the checks, a row for each."""
        failed = sum(not check.passed for check in self.checks)
        summary = (
            f"{len(self.checks)} checks, {failed or 'none'} failed. A check passes within four "
            "standard errors and the tolerance."
        )
        rows = tuple(
            tuple(getattr(check, column.name) for column in _COLUMNS) for check in self.checks
        )
        return ResultTable("", _COLUMNS, rows, (summary, *self.notes))

    def to_json(self) -> dict[str, Any]:
        """Give the reproduction as JSON holds it."""
        return {
            "paper": self.paper,
            "scale": self.scale,
            "seed": self.seed,
            "passed": self.passed,
            "checks": [check.to_json() for check in self.checks],
            "notes": list(self.notes),
            "settings": {number: outcome.settings for number, outcome in self.outcomes.items()},
            "versions": versions(),
        }

    def plot(self) -> "dict[str, Figure]":
        """Draw each figure with its panels; the keys are the figures' numbers or names."""
        import matplotlib.pyplot as plt

        figures: dict[str, Figure] = {}
        for number, panels in _by_figure(self.outcomes).items():
            columns = min(_MOST_COLUMNS, len(panels))
            rows = -(-len(panels) // columns)
            size = (_PANEL[0] * columns, _PANEL[1] * rows)
            figure, axes = plt.subplots(
                rows, columns, figsize=size, layout="constrained", squeeze=False
            )
            for ax in axes.flat[len(panels) :]:
                ax.set_visible(False)
            for ax, (panel, outcome) in zip(axes.flat, panels, strict=False):
                outcome.draw(ax)
                ax.set_title(_title_of(self.paper, panel), fontsize="medium")
                ax.spines[["top", "right"]].set_visible(False)
            figures[number] = figure
        return figures

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Write ``reproduction.json``, a picture of each figure and the traces of each panel.

        The folder appears whole or not at all.

        Raises
        ------
        ValueError
            If the folder exists and is not empty, or is a file.
        OSError
            If it cannot be written.
        """
        import matplotlib.pyplot as plt

        with new_folder(folder) as target:
            text = json.dumps(self.to_json(), indent=2) + "\n"
            write_atomically(target / "reproduction.json", text.encode())
            for number, figure in self.plot().items():
                buffer = io.BytesIO()
                figure.savefig(buffer, format="png", dpi=150)
                plt.close(figure)
                write_atomically(target / f"figure-{number}.png", buffer.getvalue())
            for panel, outcome in self.outcomes.items():
                for name, trace in outcome.traces.items():
                    trace.save(target / f"{panel}-{name}.nc")
        return Path(folder)


def reproduce(
    paper: str,
    *,
    figures: Sequence[str] | None = None,
    scale: str = "quick",
    seed: int = 0,
    executor: Executor | None = None,
    progress: bool | Report | None = None,
) -> Reproduction:
    """Reproduce the experiments of a paper.

    Parameters
    ----------
    paper
        ``"weighting"``: He, Xu, Cheng, arXiv 2502.18049, figures 7 to 10; or ``"workflows"``: Dey,
        Donoho, arXiv 2410.22812, with the linear regression of arXiv 2404.01413, by name; or
        ``"verification"``: Yi, Liu, Cheng, Xu, arXiv 2510.16657, its linear regression, by name.
    figures
        Which, such as ``"8a"`` or, for all panels, ``"8"``; or ``"diabetes"``; or
        ``"landscape.theory"`` and, for all panels, ``"landscape"``. Default: all.
    scale
        ``"quick"`` (default): sizes that take a minute on two processors for all figures together;
        ``"paper"``: the published sizes.
    seed
        From 0 to 2³² − 1. Default 0.
    executor, progress
        As for :func:`heirloom.simulate`.

    Returns
    -------
    Reproduction

    Raises
    ------
    ValueError
        If there is no such paper, figure or scale.

    Examples
    --------
    >>> from heirloom.papers import reproduce
    >>> reproduction = reproduce("weighting", figures=["8a"])
    >>> reproduction.passed
    True
    >>> reproduction.checks[0].name
    '8a weight of least error'
    """
    if scale not in SCALES:
        raise ValueError(f"scale={scale!r}: must be one of {', '.join(SCALES)}")
    chosen = _chosen(paper, figures)
    for experiment in chosen:
        experiment.prepare()
    with progress_report(progress, f"Reproducing {paper}") as report:
        outcomes = _run(paper, chosen, scale, seed=seed, executor=executor, report=report)
    return Reproduction(paper, scale, seed, outcomes)


def reproduced_trace(
    paper: str, figure: str, name: str, *, scale: str = "quick", seed: int = 0
) -> Trace:
    """Reproduce one panel of a figure, and give one of its traces.

    What :meth:`heirloom.Trace.rerun` calls for the traces that :meth:`Reproduction.save` writes.

    Parameters
    ----------
    paper, scale, seed
        As for :func:`reproduce`.
    figure
        A panel, such as ``"8a"``.
    name
        Of the trace, such as ``"simulation"``.

    Returns
    -------
    Trace

    Raises
    ------
    ValueError
        If there is no such paper, figure, trace or scale.

    Examples
    --------
    >>> reproduced_trace("verification", "landscape.theory", "theory").axes
    ('bias', 'radius')
    """
    traces = reproduce(paper, figures=[figure], scale=scale, seed=seed).outcomes[figure].traces
    if name not in traces:
        raise ValueError(f"name={name!r}: figure {figure} has {', '.join(traces) or 'no trace'}")
    return traces[name]


def _run(
    paper: str,
    experiments: Sequence[Experiment],
    scale: str,
    *,
    seed: int,
    executor: Executor | None,
    report: Report,
) -> dict[str, Outcome]:
    found: dict[str, Outcome] = {}
    for number, experiment in enumerate(experiments):

        def advance(done: float, work: float, number: int = number) -> None:
            report(round(1000 * (number + done / work)), 1000 * len(experiments))

        outcome = experiment.run(scale, seed=seed, executor=executor, progress=advance)
        call = {"paper": paper, "figure": experiment.figure, "scale": scale, "seed": seed}
        traces = {
            name: trace.made_by(
                "heirloom.papers:reproduced_trace",
                call | {"name": name},
                papers=[experiment.paper],
            )
            for name, trace in outcome.traces.items()
        }
        found[experiment.figure] = replace(outcome, traces=traces)
        advance(1, 1)
    return found


def _chosen(paper: str, figures: Sequence[str] | None) -> tuple[Experiment, ...]:
    if paper not in PAPERS:
        raise ValueError(f"paper={paper!r}: must be one of {', '.join(PAPERS)}")
    experiments = PAPERS[paper]
    if figures is None:
        return experiments
    wanted = [figures] if isinstance(figures, str) else list(figures)
    if not wanted:
        raise ValueError(
            f"figures=[]: name one or more, such as '{experiments[0].figure}', or leave it out"
        )
    for number in wanted:
        if not any(_is_part(experiment.figure, number) for experiment in experiments):
            raise ValueError(
                f"figure={number!r}: the paper '{paper}' has "
                f"{', '.join(experiment.figure for experiment in experiments)}"
                f"{_panels_too(experiments)}"
            )
    return tuple(e for e in experiments if any(_is_part(e.figure, number) for number in wanted))


def _is_part(panel: str, number: str) -> bool:
    return number in (panel, _figure_of(panel))


def _figure_of(panel: str) -> str:
    found = _PANEL_OF_NUMBER.fullmatch(panel) or _PANEL_OF_NAME.fullmatch(panel)
    return found["figure"] if found else panel


def _has_panels(experiment: Experiment) -> bool:
    return _figure_of(experiment.figure) != experiment.figure


def _panels_too(experiments: Sequence[Experiment]) -> str:
    panel = next((e.figure for e in experiments if _has_panels(e)), None)
    if panel is None:
        return ""
    figure = _figure_of(panel)
    kind = "number" if figure.isdigit() else "name"
    return f"; a {kind} alone, such as {figure}, is all of its panels"


def _by_figure(outcomes: dict[str, Outcome]) -> dict[str, list[tuple[str, Outcome]]]:
    grouped: dict[str, list[tuple[str, Outcome]]] = {}
    for panel, outcome in outcomes.items():
        grouped.setdefault(_figure_of(panel), []).append((panel, outcome))
    return grouped


def _title_of(paper: str, panel: str) -> str:
    experiment = next(e for e in PAPERS[paper] if e.figure == panel)
    return f"{panel}: {experiment.title}" if _PANEL_OF_NUMBER.fullmatch(panel) else experiment.title
