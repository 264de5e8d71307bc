"""The result of a comparison."""

import abc
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._base.files import new_folder, write_atomically
from .._base.result_table import Column, ResultTable
from .._base.tabulated import Tabulated
from ..trace import Trace
from .advice import advice_on, recommended
from .compared_workflow import MARGIN, ComparedWorkflow
from .settings import ComparisonSettings, FittedTable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_VERDICTS = {
    "least": "least",
    "as good": f"within {100 * MARGIN:.0f} % of the least",
    "not told apart": "not told apart from the least: too few replicates",
    "worse": "",
    "no answer": "no answer",
}


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Tabulated):
    """The workflows on a table, ranked. It prints as a table, also in a notebook.

    Attributes
    ----------
    baseline
        Text of the baseline: fresh real rows alone; where the rows of a split are relabelled,
        ``generation 0``.
    workflows
        Least error first. Where a replicate of any has no answer, means over the others mislead:
        then least median first, and those with an infinite median last, least `failed` first.
    trace
        What was simulated, at every generation.
    theory
        What theory says of the same, to be drawn dashed; None where it says nothing.
    settings
        What was asked.
    fitted
        What the table became: the model, its columns and its fit.
    notes
        Plain sentences: rows and columns left out, penalty, failures.
    names
        For each workflow, what it trains on, in words.
    """

    baseline: str
    workflows: tuple[ComparedWorkflow, ...]
    trace: Trace
    theory: Trace | None
    settings: ComparisonSettings
    fitted: FittedTable
    notes: tuple[str, ...]
    names: dict[str, str]

    @property
    def recommended(self) -> ComparedWorkflow | None:
        """The workflow to use, the first; None if half of its replicates have no answer."""
        return recommended(self.workflows)

    @property
    def advice(self) -> tuple[str, ...]:
        """What the comparison comes to, in plain sentences."""
        return advice_on(
            self.workflows,
            baseline=self._baseline_in_words(),
            replicates=self.settings.replicates,
        )

    @abc.abstractmethod
    def _baseline_in_words(self) -> str:
        """Name the baseline in a sentence."""

    @abc.abstractmethod
    def _title(self) -> str:
        """What was compared, in one line."""

    @abc.abstractmethod
    def plot(self, *, ax: "Axes | None" = None) -> "Axes":
        """Draw the error against the generation.

        Parameters
        ----------
        ax
            Where to draw. Default: a new figure.

        Returns
        -------
        matplotlib.axes.Axes
        """

    @abc.abstractmethod
    def figure(self) -> "Figure":
        """Draw :meth:`plot`, and beside it what else there is to see.

        Returns
        -------
        matplotlib.figure.Figure
        """

    def _shown(
        self, attribute: str, heading: str, written: str | Callable[[Any], str] = ""
    ) -> tuple[Column, list[Any]]:
        """Give a column of the table, and an attribute of every line as its values."""
        values = [getattr(line, attribute) for line in self.workflows]
        return Column(attribute, heading, written), values

    def _own_columns(self) -> list[tuple[Column, list[Any]]]:
        """Columns that a protocol adds, with their values; none by default."""
        return []

    def table(self) -> ResultTable:
        """What the comparison shows of itself: a line for each workflow, and what follows.

        Returns
        -------
        ResultTable
            Text, HTML and a data frame come from it. Columns on failures are there where a
            replicate has failed.
        """
        failed = any(line.failed for line in self.workflows)
        shown = [
            self._shown("workflow", "workflow"),
            self._shown("error", self.fitted.measure, ".4g"),
            self._shown("error_se", "± se", ".2g"),
            *[self._shown("error_median", "median", ".4g")] * failed,
            self._shown("ratio", f"ratio to {self.baseline}", ".4g"),
            self._shown("ratio_se", "± se", ".2g"),
            *[self._shown("failed", "failed", percent)] * failed,
            *self._own_columns(),
            (Column("verdict", "verdict"), [self._verdict(line) for line in self.workflows]),
        ]
        return ResultTable(
            title=self._title(),
            columns=tuple(column for column, _ in shown),
            rows=tuple(zip(*(values for _, values in shown), strict=True)),
            notes=(self._use(), *self.advice, *self._explanations(), *self.notes),
        )

    def _verdict(self, line: ComparedWorkflow) -> str:
        if line.workflow == self.baseline:
            return ", ".join(["baseline", *[_VERDICTS[line.standing]] * (line.standing != "worse")])
        nor = line.significant is False and line.standing != "no answer"
        verdict = _VERDICTS[line.standing]
        return "; ".join([*[verdict] * bool(verdict), *["not told apart from the baseline"] * nor])

    def _use(self) -> str:
        use = self.recommended
        return "Use: none of these." if use is None else f"Use: {use.workflow}."

    def _explanations(self) -> list[str]:
        return [
            *(f"{name} trains on {words}." for name, words in self.names.items()),
            "The error is the mean over the last fifth of the generations and over replicates; "
            "workflows are told apart by tests at 5 % on pairs of replicates.",
        ]

    def to_json(self) -> dict[str, Any]:
        """Give the comparison as JSON holds it; numbers that do not exist are None."""
        use = self.recommended
        return {
            "baseline": self.baseline,
            "recommended": None if use is None else use.workflow,
            "advice": list(self.advice),
            "settings": self.settings.to_json() | self.fitted.to_json(),
            "notes": list(self.notes),
            "names": self.names,
            "workflows": [line.to_json() for line in self.workflows],
        }

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Write ``comparison.json``, ``trace.nc``, ``theory.nc`` (if any) and ``comparison.png``.

        The folder appears whole or not at all.

        Raises
        ------
        ValueError
            If the folder exists and is not empty, or is a file.
        OSError
            If it cannot be written.
        """
        with new_folder(folder) as target:
            text = json.dumps(self.to_json(), indent=2) + "\n"
            write_atomically(target / "comparison.json", text.encode())
            self.trace.save(target / "trace.nc")
            if self.theory is not None:
                self.theory.save(target / "theory.nc")
            self._save_figure(target / "comparison.png")
        return Path(folder)

    def _save_figure(self, path: Path) -> None:
        import io

        import matplotlib.pyplot as plt

        figure = self.figure()
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=150)
        plt.close(figure)
        write_atomically(path, buffer.getvalue())


def percent(share: float) -> str:
    """Write a share in per cent; nothing for 0."""
    return f"{100 * share:.3g} %" if share else ""
