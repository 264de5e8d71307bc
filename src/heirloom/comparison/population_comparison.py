"""The result of a comparison on rows of a population."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .comparison import Comparison
from .settings import PopulationSettings

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, repr=False)
class PopulationComparison(Comparison):
    """The workflows on a table that is the population, ranked; see :class:`Comparison`.

    The baseline is fresh real rows alone.
    """

    settings: PopulationSettings

    def _baseline_in_words(self) -> str:
        """Name the baseline in a sentence."""
        return f"fresh real rows alone ({self.baseline})"

    def _title(self) -> str:
        """What was compared, in one line."""
        asked = self.settings
        return (
            f"{self.fitted.title}: {self.fitted.rows:,} rows as the population; "
            f"{asked.n_real:,} real and {asked.n_synthetic:,} synthetic rows per generation, "
            f"{asked.generations} generations, {asked.replicates:,} replicates"
        )

    def plot(self, *, ax: "Axes | None" = None) -> "Axes":
        """Draw the error against the generation, theory dashed.

        Parameters
        ----------
        ax
            Where to draw. Default: a new figure.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from .figure import draw_errors

        return draw_errors(self.trace, self.theory, self.fitted, ax)

    def figure(self) -> "Figure":
        """Draw :meth:`plot`, and beside it the error against the weight, of three weights or more.

        Returns
        -------
        matplotlib.figure.Figure
        """
        from .figure import figure_of_population

        return figure_of_population(self.trace, self.theory, self.fitted)
