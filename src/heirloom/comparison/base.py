"""What a protocol of comparison is."""

import abc
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from ..models import Model, Status
from ..simulation import Paths
from ..workflows import Sizes, Workflow
from ..workflows.trained_on import trained_on
from .comparison import Comparison
from .question import Question
from .settings import ComparisonSettings, FittedTable

DTYPE = "float64"
"""Precision of every fit: columns may be nearly dependent, or determine the target nearly."""

S = TypeVar("S", bound=ComparisonSettings)
F = TypeVar("F", bound=FittedTable)


@dataclass(frozen=True, eq=False)
class Trial(Generic[S, F]):
    """What a protocol makes of a question: all that is needed to simulate.

    Attributes
    ----------
    model, workflows, sizes
        What is simulated.
    settings
        What was asked.
    fitted
        What the table became.
    notes
        Plain sentences about the table and its fit.
    """

    model: Model
    workflows: tuple[Workflow, ...]
    sizes: Sizes
    settings: S
    fitted: F
    notes: tuple[str, ...]

    def names(self) -> dict[str, str]:
        """For each workflow, what it trains on, in words."""
        return {workflow.text: trained_on(workflow, self.sizes) for workflow in self.workflows}

    def arguments(self) -> dict[str, Any]:
        """What the trace keeps of it."""
        return self.settings.to_json() | self.fitted.to_json() | {"dtype": DTYPE}

    def notes_on_failures(self, paths: Paths, *, but: Collection[Status] = ()) -> tuple[str, ...]:
        """Say for each kind of failure (but for some) which workflows ended in it, how often."""
        shares: dict[str, list[str]] = {}
        for workflow, failures in zip(self.workflows, paths.failures(), strict=True):
            for name, share in failures.items():
                shares.setdefault(name, []).append(f"{workflow.text} {100 * share:.3g} %")
        return tuple(
            f"Without an answer at the last generation: {', '.join(of_workflows)} of replicates; "
            f"{Status[name].message}."
            for name, of_workflows in shares.items()
            if Status[name] not in but
        )


class ComparisonProtocol(abc.ABC, Generic[S, F]):
    """How workflows are tried on a table: what the real rows are, and what an error is.

    A protocol is a frozen dataclass of the settings that are its own, which it checks when it is
    made.
    """

    name: ClassVar[str]
    """What ``protocol`` calls it."""

    @abc.abstractmethod
    def trial(self, question: Question) -> Trial[S, F]:
        """Read the table, and make of it a model, workflows and sizes.

        Raises
        ------
        ValueError
            If the table or the question does not allow it; the message says why.
        """

    @abc.abstractmethod
    def result(self, trial: Trial[S, F], paths: Paths) -> Comparison:
        """Rank the workflows by what the simulation gave."""
