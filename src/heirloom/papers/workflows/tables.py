"""Tables whose rows stay, with labels drawn anew by every model."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from ... import datasets
from ..._base.progress import Report, progress_report
from ..._base.style import (
    OPACITY_OF_BAND,
    REFERENCE,
    generation_axis,
    use_log_axis,
    workflow_colours,
)
from ...models import RelabelledLogisticRegression, Status
from ...models.base import fit_of_real_rows
from ...simulation import Paths, simulate_paths, trace_of_paths
from ...workflows import Sizes, as_workflow
from ..check import Check
from ..experiment import Experiment, Outcome
from .settings import (
    AUGMENT_TOLERANCE,
    BREAST_CANCER,
    BREAST_CANCER_COLUMNS,
    DIABETES,
    DIABETES_TOLERANCE,
    PUBLISHED_DIABETES,
    SOLVER_TOLERANCE,
    SPLIT_SEED,
    TEST_SIZE,
    TableSettings,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_Float = npt.NDArray[np.float64]

_NAN = float("nan")
_HALF = 0.5
# Above the highest median.
_ROOM = 1.5

# Where the classes are separable there is no estimate; or they are so nearly that Newton's method
# finds none.
_SEPARATED = (Status.SEPARABLE, Status.NOT_CONVERGED)
# Coefficients grow until the classes separate: single precision would give up long before.
_DTYPE = "float64"

_SEPARATION_NOTE = (
    "Discard ends where a plane separates the labels that were drawn: there is no maximum "
    "likelihood estimate then, and such a replicate counts as infinite. The published numbers of "
    "late generations, such as 8.10 (diabetes), are where a solver stopped on such labels."
)


@dataclass(frozen=True, eq=False)
class SplitTable:
    """A table in training and test rows, as the papers split it.

    Attributes
    ----------
    training, test
        Features, in their own units.
    training_labels, test_labels
        0 or 1.
    """

    training: _Float
    test: _Float
    training_labels: _Float
    test_labels: _Float

    @classmethod
    def of(cls, name: str, columns: Sequence[str] | None = None) -> "SplitTable":
        """Split a built-in table, all of its columns or some."""
        from sklearn.model_selection import train_test_split

        table = datasets.load(name)
        features = table.drop(columns="target") if columns is None else table[list(columns)]
        parts = train_test_split(
            features.to_numpy(np.float64),
            table["target"].to_numpy(np.float64),
            test_size=TEST_SIZE,
            random_state=SPLIT_SEED,
        )
        return cls(*(np.asarray(part, dtype=np.float64) for part in parts))

    @cached_property
    def designs(self) -> tuple[_Float, _Float]:
        """Training and test rows with an intercept, standardised by the training rows."""
        centre, scale = self.training.mean(axis=0), self.training.std(axis=0)
        training, test = ((rows - centre) / scale for rows in (self.training, self.test))
        return _with_intercept(training), _with_intercept(test)

    def model(self) -> RelabelledLogisticRegression:
        """Make the model; its truth, of which no check is made, is 0."""
        training, test = self.designs
        return RelabelledLogisticRegression(
            np.zeros(training.shape[1]),
            training,
            self.training_labels,
            test_design=test,
            test_responses=self.test_labels,
        )

    def is_separable(self) -> bool:
        """Tell by a linear program whether a plane has the classes of the training rows apart."""
        from scipy.optimize import linprog

        design = self.designs[0]
        signed = np.where(self.training_labels > 0, 1.0, -1.0)[:, None] * design
        # Is there a b with signed @ b >= 1?
        found = linprog(
            np.zeros(design.shape[1]), A_ub=-signed, b_ub=-np.ones(len(signed)), bounds=(None, None)
        )
        return found.status == 0

    def published_log_loss(self) -> float:
        """Fit as the paper did, by scikit-learn's default solver in the columns' own units."""
        from sklearn.linear_model import LogisticRegression
        from sklearn.metrics import log_loss

        fit = LogisticRegression(C=np.inf).fit(self.training, self.training_labels)
        return float(log_loss(self.test_labels, fit.predict_proba(self.test)))


def _with_intercept(features: _Float) -> _Float:
    return np.column_stack([np.ones(len(features)), features])


@dataclass(frozen=True)
class Diabetes(Experiment):
    """Patients with diabetes: generation 0 is as published, augment keeps it, discard ends."""

    paper: ClassVar[str] = "dey2024universality"

    @classmethod
    def of(cls) -> "Diabetes":
        """Make the figure."""
        return cls("diabetes", "Diabetes, labels drawn anew")

    def run(
        self, scale: str, *, seed: int, executor: Executor | None, progress: bool | Report | None
    ) -> Outcome:
        """Split the table, simulate the workflows, and hold them to what was published."""
        table = SplitTable.of("diabetes")
        found = _Relabelled.of(
            self, table, DIABETES[scale], seed=seed, executor=executor, progress=progress
        )
        return found.outcome(
            (
                Check(
                    f"{self.figure} test log-loss at t = 0, scikit-learn's fit",
                    "=",
                    PUBLISHED_DIABETES["initial"],
                    "paper",
                    table.published_log_loss(),
                    _NAN,
                    tolerance=SOLVER_TOLERANCE,
                ),
                Check(
                    f"{self.figure} test log-loss at t = 0, exact fit",
                    "=",
                    PUBLISHED_DIABETES["initial"],
                    "paper",
                    found.initial,
                    _NAN,
                    tolerance=DIABETES_TOLERANCE,
                ),
                *_checks_of_augment(found),
                *_checks_of_discard(found),
            ),
            notes=(
                "The published 0.4285 of generation 0 is where scikit-learn's default solver "
                "stops in the columns' own units; the maximum likelihood fit has "
                f"{found.initial:.4f}.",
                f"The published log-losses at generation 50, {PUBLISHED_DIABETES['augment']} "
                f"(augment) and {PUBLISHED_DIABETES['discard']:.2f} (discard), are of one path.",
                _SEPARATION_NOTE,
            ),
        )


@dataclass(frozen=True)
class BreastCancer(Experiment):
    """Tumours: separable by thirty columns at once, and by seven after some generations."""

    paper: ClassVar[str] = "dey2024universality"

    @classmethod
    def of(cls) -> "BreastCancer":
        """Make the figure."""
        return cls("breast_cancer", "Breast cancer, seven columns, labels drawn anew")

    def run(
        self, scale: str, *, seed: int, executor: Executor | None, progress: bool | Report | None
    ) -> Outcome:
        """Show that thirty columns separate, and simulate the workflows with seven."""
        whole = SplitTable.of("breast_cancer")
        table = SplitTable.of("breast_cancer", BREAST_CANCER_COLUMNS)
        found = _Relabelled.of(
            self, table, BREAST_CANCER[scale], seed=seed, executor=executor, progress=progress
        )
        reported = _status_of_training_rows(whole)

        def certain(name: str, expected: bool, got: bool, source: str) -> Check:
            return Check(f"{self.figure} {name}", "=", expected, source, got, _NAN)

        by_program = "linear program"
        return found.outcome(
            (
                certain("30 columns separate t = 0", True, whole.is_separable(), by_program),
                certain(
                    "30 columns, the fit says so", True, reported is Status.SEPARABLE, by_program
                ),
                certain("7 columns separate t = 0", False, table.is_separable(), by_program),
                *_checks_of_augment(found),
                *_checks_of_discard(found),
            ),
            notes=(
                "By all 30 columns the training rows of the published split are separable: the "
                "published log-loss 0.102 of generation 0 is where a solver stopped, and no "
                "label can be drawn from a fit that does not exist. The figure has "
                f"{len(BREAST_CANCER_COLUMNS)} columns: {', '.join(BREAST_CANCER_COLUMNS)}.",
                _SEPARATION_NOTE,
            ),
        )


def _status_of_training_rows(table: SplitTable) -> Status:
    fit = fit_of_real_rows(table.model(), len(table.training))
    return Status(int(fit.status[0]))


@dataclass(frozen=True, eq=False)
class _Relabelled:
    """The paths of a table, and what is read from them."""

    experiment: Experiment
    settings: TableSettings
    sizes: Sizes
    paths: Paths
    arguments: dict[str, Any]

    @classmethod
    def of(
        cls,
        experiment: Experiment,
        table: SplitTable,
        settings: TableSettings,
        *,
        seed: int,
        executor: Executor | None,
        progress: bool | Report | None,
    ) -> "_Relabelled":
        rows = len(table.training)
        sizes = Sizes.of(
            n_initial=rows, n_real=0, n_synthetic=rows, generations=settings.generations
        )
        with progress_report(progress, experiment.title) as report:
            paths = simulate_paths(
                table.model(),
                [as_workflow(workflow) for workflow in settings.workflows],
                sizes,
                replicates=settings.replicates,
                seed=seed,
                executor=executor,
                dtype=_DTYPE,
                report=report,
            )
        arguments = {
            **asdict(settings),
            "training_rows": rows,
            "test_rows": len(table.test),
            "split_seed": SPLIT_SEED,
            "seed": seed,
            "figure": experiment.figure,
        }
        return cls(experiment, settings, sizes, paths, arguments)

    @cached_property
    def losses(self) -> _Float:
        """Test log-losses, (workflows, replicates, generations + 1); inf where separated."""
        losses = self.paths.metrics["log_loss"].astype(np.float64)
        return np.where(np.isnan(losses), np.inf, losses)

    @property
    def initial(self) -> float:
        """The test log-loss of generation 0, which all replicates share."""
        return float(self.losses[0, 0, 0])

    def separated(self) -> _Float:
        """Share of separated replicates, (workflows, generations + 1)."""
        return np.asarray(np.isin(self.paths.status, _SEPARATED).mean(axis=1))

    def outcome(self, checks: tuple[Check, ...], notes: tuple[str, ...]) -> Outcome:
        """Put it together, with the trace and the picture."""
        workflows = [as_workflow(workflow) for workflow in self.settings.workflows]
        trace = trace_of_paths(self.paths, workflows, self.sizes, self.arguments)
        return Outcome(
            checks=checks,
            traces={"simulation": trace},
            draw=self.draw,
            settings=self.arguments,
            notes=(*notes, *self._note_on_generations()),
        )

    def _note_on_generations(self) -> list[str]:
        generations, published = self.settings.generations, DIABETES["paper"].generations
        if generations == published:
            return []
        return [f"{generations} generations; the paper has {published}."]

    def draw(self, ax: "Axes") -> None:
        """Draw medians, which end where half of the replicates have, and middle halves."""
        generations = np.arange(self.settings.generations + 1)
        shares = self.separated()[:, -1]
        # Of the lower of two neighbours: nothing lies between a number and infinity.
        quantiles = np.quantile(self.losses, (0.25, 0.5, 0.75), axis=1, method="lower")
        middle = quantiles[1][np.isfinite(quantiles[1])]
        highest = _ROOM * middle.max()
        for i, (name, colour) in enumerate(workflow_colours(self.settings.workflows).items()):
            low, median, high = np.minimum(quantiles[:, i], highest)
            known = np.isfinite(quantiles[1, i])
            label = f"{name}, {shares[i]:.0%} separated"
            ax.plot(generations[known], median[known], color=colour, lw=1.6, label=label)
            middle_half = low[known], high[known]
            ax.fill_between(
                generations[known], *middle_half, color=colour, alpha=OPACITY_OF_BAND, lw=0
            )
            if not known.all():
                end = int(np.flatnonzero(known)[-1])
                ax.plot(end, median[end], "x", color=colour, ms=7, mew=2)
        ax.axhline(self.initial, color=REFERENCE, lw=1, ls="--", label="generation 0", zorder=1)
        use_log_axis(ax, middle)
        ax.set_ylim(top=highest)
        generation_axis(ax, self.settings.generations)
        ax.set_ylabel("Test log-loss, median and middle half")
        ax.legend(frameon=False, fontsize="x-small")


def _checks_of_augment(found: _Relabelled) -> list[Check]:
    t = found.settings.generations
    last = found.losses[found.settings.workflows.index("augment"), :, -1]
    return [
        Check(
            f"{found.experiment.figure} augment, test log-loss at t = {t} over t = 0",
            "=",
            1.0,
            "paper: hardly worse",
            float(last.mean() / found.initial),
            float(last.std(ddof=1) / np.sqrt(len(last)) / found.initial),
            tolerance=AUGMENT_TOLERANCE[found.experiment.figure],
        )
    ]


def _checks_of_discard(found: _Relabelled) -> list[Check]:
    share = float(found.separated()[found.settings.workflows.index("discard"), -1])
    t, replicates = found.settings.generations, found.settings.replicates
    return [
        Check(
            f"{found.experiment.figure} discard, share separated by t = {t}",
            ">=",
            _HALF,
            "paper: collapse",
            share,
            float(np.sqrt(share * (1 - share) / replicates)),
        )
    ]
