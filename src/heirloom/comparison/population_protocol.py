"""The protocol by which the table is the population."""

from dataclasses import dataclass
from typing import ClassVar

from .._base.parameters import Optional, Whole, checked_fields
from ..models import Model
from ..simulation import Paths, trace_of_paths
from ..theory import predict
from ..trace import Trace
from ..workflows import RealOnly, Sizes, Workflow
from .base import ComparisonProtocol, Trial
from .columns import population_of_column
from .compared_workflow import late_means, ranked_lines
from .population import Population
from .population_comparison import PopulationComparison
from .question import Question
from .settings import FittedTable, PopulationSettings
from .targets import population_of_target

DEFAULT_WORKFLOWS = (
    "real",
    "real:accumulate",
    "fresh:optimal",
    "fresh:naive",
    "accumulate-all",
    "augment",
    "augment-subsample",
    "discard",
)
BASELINE = RealOnly()

_ROWS, _GENERATIONS = 500, 20


@dataclass(frozen=True, kw_only=True)
@checked_fields(n_real=Whole(1), n_synthetic=Optional(Whole()), n_initial=Optional(Whole(1)))
class PopulationProtocol(ComparisonProtocol[PopulationSettings, FittedTable]):
    """The whole table is the population, and its full fit the truth (arXiv 2502.18049).

    Attributes
    ----------
    column
        Column whose own distribution is estimated, in place of a target.
    n_real, n_synthetic, n_initial
        Rows of every dataset. Default: 500, and as `n_real`.
    """

    column: str | None = None
    n_real: int = _ROWS
    n_synthetic: int | None = None
    n_initial: int | None = None

    name: ClassVar[str] = "population"

    def trial(self, question: Question) -> Trial[PopulationSettings, FittedTable]:
        """Check workflows and sizes, which is quick, before the table is read and fitted."""
        workflows = question.resolved_workflows(DEFAULT_WORKFLOWS)
        if BASELINE not in workflows:
            workflows = (BASELINE, *workflows)
        sizes = self._sizes(question)
        for workflow in workflows:
            workflow.mixtures(sizes)
        population = self._population(question, min(int(self.n_real), sizes.initial))
        settings = PopulationSettings(
            protocol=self.name,
            table=question.table_name,
            target=question.target,
            column=self.column,
            features=question.asked_features,
            workflows=tuple(workflow.text for workflow in workflows),
            n_real=int(self.n_real),
            n_synthetic=int(self.n_real if self.n_synthetic is None else self.n_synthetic),
            n_initial=sizes.initial,
            generations=sizes.generations,
            replicates=int(question.replicates),
            seed=int(question.seed),
        )
        notes = (*population.notes, *_note_on_few_rows(settings, population.fitted))
        return Trial(population.model, workflows, sizes, settings, population.fitted, notes)

    def _sizes(self, question: Question) -> Sizes:
        return Sizes.of(
            n_real=self.n_real,
            n_synthetic=self.n_real if self.n_synthetic is None else self.n_synthetic,
            generations=_GENERATIONS if question.generations is None else question.generations,
            n_initial=self.n_initial,
        )

    def _population(self, question: Question, rows: int) -> Population:
        if question.target is not None and self.column is None:
            return population_of_target(question, question.target, rows)
        if question.target is None and self.column is not None:
            return population_of_column(question, self.column)
        raise ValueError(
            "give either target (a column with classes, counts or numbers, for a regression) "
            "or column (a column of its own, for its frequencies or its distribution function)"
        )

    def result(
        self, trial: Trial[PopulationSettings, FittedTable], paths: Paths
    ) -> PopulationComparison:
        """Rank by the error, against fresh real rows alone; theory beside it where it exists."""
        late = late_means(paths.metrics["error"])
        baseline = late[trial.workflows.index(BASELINE)]
        return PopulationComparison(
            baseline=BASELINE.text,
            workflows=ranked_lines(late, baseline, trial.workflows, trial.sizes),
            trace=trace_of_paths(paths, trial.workflows, trial.sizes, trial.arguments()),
            theory=_theory(trial.model, trial.workflows, trial.sizes),
            settings=trial.settings,
            fitted=trial.fitted,
            notes=(*trial.notes, *trial.notes_on_failures(paths)),
            names=trial.names(),
        )


def _note_on_few_rows(settings: PopulationSettings, fitted: FittedTable) -> tuple[str, ...]:
    """Say where more rows are drawn than the table has."""
    most = max(settings.n_real, settings.n_initial)
    if most <= fitted.rows:
        return ()
    return (
        f"{most:,} real rows are drawn at a time, with replacement, from a table of "
        f"{fitted.rows:,}, which stands for the world that it comes from. If you will have no more "
        f"than that per generation, give n_real={fitted.rows} (--rows {fitted.rows}) or less.",
    )


def _theory(model: Model, workflows: tuple[Workflow, ...], sizes: Sizes) -> Trace | None:
    if not model.laws():
        return None
    return predict(
        list(workflows),
        n_real=sizes.real,
        n_synthetic=sizes.synthetic,
        generations=sizes.generations,
        model=model,
    )
