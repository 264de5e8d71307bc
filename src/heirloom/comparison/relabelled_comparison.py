"""The result of a comparison on relabelled rows."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._base.json_form import json_number
from .._base.result_table import Column
from .compared_workflow import ComparedWorkflow
from .comparison import Comparison, percent
from .settings import FittedSplit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class RelabelledWorkflow(ComparedWorkflow):
    """One line of a comparison on relabelled rows; the error is the log-loss on the test rows.

    Attributes
    ----------
    accuracy
        Share of the test rows predicted rightly: the mean over the last fifth of the generations
        and over replicates that have an answer; nan where none has.
    accuracy_se
        Standard error of that mean.
    separated
        For each generation, the share of replicates in which the classes are separable, or so
        nearly that no maximum likelihood estimate is found: at this generation, or at one that its
        data come from.
    first_separated
        The first generation at which any replicate is separated; None where none is.
    half_separated
        The first at which half of the replicates or more are.
    """

    accuracy: float
    accuracy_se: float
    separated: tuple[float, ...]
    first_separated: int | None
    half_separated: int | None

    def to_json(self) -> dict[str, Any]:
        """Give the line as JSON holds it; numbers that do not exist are None."""
        return super().to_json() | {
            "accuracy": json_number(self.accuracy),
            "accuracy_se": json_number(self.accuracy_se),
            "separated": list(self.separated),
            "first_separated": self.first_separated,
            "half_separated": self.half_separated,
        }


@dataclass(frozen=True, eq=False, repr=False)
class RelabelledComparison(Comparison):
    """The workflows on relabelled rows, ranked.

    The attributes are those of :class:`Comparison`. ``workflows`` holds
    :class:`RelabelledWorkflow`, and ``fitted`` the log-loss and accuracy of generation 0, which is
    the baseline; None where the training rows are separable.
    """

    workflows: tuple[RelabelledWorkflow, ...]
    fitted: FittedSplit

    def _baseline_in_words(self) -> str:
        """Name the baseline in a sentence."""
        return self.baseline

    def _title(self) -> str:
        """What was compared, and how generation 0 does."""
        return (
            f"{self.fitted.title}: {self.fitted.training_rows:,} training and "
            f"{self.fitted.test_rows:,} test rows; {self.settings.generations} generations, "
            f"{self.settings.replicates:,} replicates. {self._generation_0()}"
        )

    def _generation_0(self) -> str:
        zeroth = self.fitted.generation_0
        if zeroth.log_loss is None or zeroth.accuracy is None:
            return "Generation 0: separated, without a maximum likelihood estimate"
        return f"Generation 0: test log-loss {zeroth.log_loss:.4g}, accuracy {zeroth.accuracy:.4g}"

    def _own_columns(self) -> list[tuple[Column, list[Any]]]:
        """Accuracy; and who separates, and when, where any replicate does."""
        accuracy = self._shown("accuracy", "accuracy", ".4g")
        if all(line.first_separated is None for line in self.workflows):
            return [accuracy]
        at_the_end = [line.separated[-1] for line in self.workflows]
        return [
            accuracy,
            (Column("separated", "separated", percent), at_the_end),
            self._shown("first_separated", "first", _whole),
            self._shown("half_separated", "half by", _whole),
        ]

    def plot(self, *, ax: "Axes | None" = None) -> "Axes":
        """Draw the log-loss against the generation.

        A line ends where half of the replicates are without an answer: the mean of the others would
        flatter.

        Parameters
        ----------
        ax
            Where to draw. Default: a new figure.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from .figure import draw_log_losses

        return draw_log_losses(self.trace, ax)

    def figure(self) -> "Figure":
        """Draw :meth:`plot`, and beside it the share of separated replicates, if any are.

        Returns
        -------
        matplotlib.figure.Figure
        """
        from .figure import figure_of_relabelling

        separated = {line.workflow: line.separated for line in self.workflows}
        return figure_of_relabelling(self.trace, self.fitted, separated)


def _whole(generation: int | None) -> str:
    return "" if generation is None else str(generation)
