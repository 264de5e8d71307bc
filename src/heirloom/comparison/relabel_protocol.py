"""The protocol by which the labels of the training rows are drawn anew at every generation.

The experiment of Dey and Donoho, arXiv 2410.22812, on tables.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from .._base.replicate_statistics import mean_over_replicates, standard_error
from ..models import Status
from ..simulation import Paths, trace_of_paths
from ..workflows import Sizes, Workflow
from .base import ComparisonProtocol, Trial
from .compared_workflow import late_means, ranked_lines
from .question import Question
from .relabelled_comparison import RelabelledComparison, RelabelledWorkflow
from .settings import FittedSplit, RelabelSettings
from .training_split import SEPARATED, split_rows

DEFAULT_WORKFLOWS = ("discard", "augment", "augment-subsample")
BASELINE = "generation 0"

_GENERATIONS = 50
_HALF = 0.5
_SEPARATED_NOTE = (
    "Separated: a plane separates the labels that were drawn, or so nearly that Newton's method "
    "finds no maximum, and the maximum likelihood estimate does not exist. What is made of such a "
    "generation has no answer either. A penalty, fewer columns or more rows delay it."
)


@dataclass(frozen=True, kw_only=True)
class RelabelProtocol(ComparisonProtocol[RelabelSettings, FittedSplit]):
    """Training rows keep their covariates, and their labels are drawn from the last model.

    Generation 0, the baseline, is the logistic regression of the training rows with their own
    labels; every model is measured by its log-loss on the test rows.

    Attributes
    ----------
    test_size
        Share of test rows. Default 0.3.
    split_seed
        Seed of scikit-learn's ``train_test_split``. Default 123456, that of the paper.
    """

    test_size: float = 0.3
    split_seed: int = 123456

    name: ClassVar[str] = "relabel"

    def __post_init__(self) -> None:
        size, seed = self.test_size, self.split_seed
        if not isinstance(size, (int, float, np.number)) or not 0 < size < 1:
            raise ValueError(f"test_size={size!r}: must be a share, more than 0 and less than 1")
        if not isinstance(seed, (int, np.integer)) or not 0 <= seed < 2**32:
            raise ValueError(f"split_seed={seed!r}: must be a whole number, from 0 to 2³² − 1")

    def trial(self, question: Question) -> Trial[RelabelSettings, FittedSplit]:
        """Split the table, and fit generation 0."""
        if question.target is None:
            raise ValueError("target: protocol='relabel' needs one, a column with two values")
        if question.model not in (None, "logistic"):
            raise ValueError(f"model={question.model!r}: protocol='relabel' takes logistic alone")
        workflows = question.resolved_workflows(DEFAULT_WORKFLOWS)
        if not workflows:
            raise ValueError("workflows is empty: name one or more, such as 'augment'")
        split = split_rows(
            question, question.target, test_size=self.test_size, split_seed=self.split_seed
        )
        rows = split.fitted.training_rows
        generations = _GENERATIONS if question.generations is None else question.generations
        sizes = Sizes.of(n_initial=rows, n_real=0, n_synthetic=rows, generations=generations)
        with_fresh_rows = Sizes.of(n_real=rows, n_synthetic=rows, generations=generations)
        for workflow in workflows:
            _refuse_fresh_rows(workflow, with_fresh_rows)
        settings = RelabelSettings(
            protocol=self.name,
            table=question.table_name,
            target=question.target,
            features=question.asked_features,
            workflows=tuple(workflow.text for workflow in workflows),
            generations=sizes.generations,
            replicates=int(question.replicates),
            seed=int(question.seed),
            test_size=float(self.test_size),
            split_seed=int(self.split_seed),
        )
        return Trial(split.model, workflows, sizes, settings, split.fitted, split.notes)

    def result(
        self, trial: Trial[RelabelSettings, FittedSplit], paths: Paths
    ) -> RelabelledComparison:
        """Rank by the test log-loss, against generation 0."""
        return RelabelledComparison(
            baseline=BASELINE,
            workflows=_ranked(paths, trial.workflows, trial.sizes),
            trace=trace_of_paths(paths, trial.workflows, trial.sizes, trial.arguments()),
            theory=None,
            settings=trial.settings,
            fitted=trial.fitted,
            notes=(
                *trial.notes,
                *([_SEPARATED_NOTE] if _separated(paths).any() else []),
                *trial.notes_on_failures(paths, but=SEPARATED),
            ),
            names=trial.names(),
        )


def _refuse_fresh_rows(workflow: Workflow, sizes: Sizes) -> None:
    if workflow.lineage(sizes).takes_fresh_real():
        raise ValueError(
            f"workflow '{workflow.text}' takes fresh real rows, and protocol='relabel' has "
            "none; use one of the initial real data and synthetic data alone, such as "
            "augment, augment-subsample, anchor:0.5 or discard"
        )


def _ranked(
    paths: Paths, workflows: tuple[Workflow, ...], sizes: Sizes
) -> tuple[RelabelledWorkflow, ...]:
    losses = paths.metrics["log_loss"]
    accuracy = late_means(paths.metrics["accuracy"])
    means, errors = mean_over_replicates(accuracy), standard_error(accuracy)
    separated = _separated(paths)
    baseline = losses[0, :, 0].astype(np.float64)
    positions = {workflow.text: i for i, workflow in enumerate(workflows)}
    lines: list[RelabelledWorkflow] = []
    for line in ranked_lines(late_means(losses), baseline, workflows, sizes):
        i = positions[line.workflow]
        lines.append(
            RelabelledWorkflow(
                **vars(line),
                accuracy=float(means[i]),
                accuracy_se=float(errors[i]),
                separated=tuple(separated[i].tolist()),
                first_separated=_first(separated[i] > 0),
                half_separated=_first(separated[i] >= _HALF),
            )
        )
    return tuple(lines)


def _separated(paths: Paths) -> npt.NDArray[np.float64]:
    """Share of separated replicates; (workflows, generations + 1)."""
    statuses: tuple[Status, ...] = SEPARATED
    return np.asarray(np.isin(paths.status, statuses).mean(axis=1))


def _first(reached: npt.NDArray[np.bool_]) -> int | None:
    return int(np.argmax(reached)) if reached.any() else None
