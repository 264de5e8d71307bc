"""The workflows on the training rows of a table, whose labels are drawn anew at every generation.

The experiment of Dey and Donoho, arXiv 2410.22812, on tables.
"""

import os
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.model_selection import train_test_split

from ..models import Status
from ..models.base import fit_of_real_rows, replicated
from ..models.relabelled_logistic_regression import RelabelledLogisticRegression
from ..simulation import Paths, simulate_paths, trace_of_paths
from ..simulation.progress import Report, progress_report
from ..simulation.summary import mean_over_replicates, standard_error
from ..tables import EncodedTable, Table, encode_binary_target, read_table
from ..trace import Trace
from ..workflows import GraphMember, Sizes, Workflow
from .comparison import (
    ComparedWorkflow,
    Comparison,
    late_means,
    notes_on_failures,
    ranked_lines,
    resolved_workflows,
)
from .json_form import json_number
from .population import check_penalty, name_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

DEFAULT_WORKFLOWS = ("discard", "augment", "augment-subsample")
BASELINE = "generation 0"
MEASURE = "test log-loss"

_GENERATIONS = 50
_HALF = 0.5
_TEST_SIZE = 0.3
_SPLIT_SEED = 123456  # of the paper

# Coefficients grow until the classes separate: single precision would give up long before.
_DTYPE = "float64"

# Where a plane has the classes on its sides, but for rows with both labels, which lie on it, the
# estimate does not exist, and Newton's method does not converge. (Of 40 fits that did not, a linear
# program found 35 to be separable, so or completely.)
_SEPARATED = (Status.SEPARABLE, Status.NOT_CONVERGED)
_SEPARATED_NOTE = (
    "Separated: a plane separates the labels that were drawn, or so nearly that Newton's method "
    "finds no maximum, and the maximum likelihood estimate does not exist. What is made of such a "
    "generation has no answer either. A penalty, fewer columns or more rows delay it."
)

_Float = npt.NDArray[np.float64]


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


@dataclass(frozen=True, eq=False)
class RelabelledComparison(Comparison):
    """The workflows on relabelled rows, ranked.

    ``workflows`` holds :class:`RelabelledWorkflow`; the attributes are those of
    :class:`~heirloom.planning.Comparison`. The settings hold, below ``generation_0``, the log-loss
    and accuracy of generation 0, which is the baseline; None where the training rows are separable.
    """

    def plot(self) -> "Figure":
        """Draw the log-loss against the generation, and the share of separated replicates.

        A line of the log-loss ends where half of the replicates are without an answer: the mean of
        the others would flatter.
        """
        import matplotlib.pyplot as plt

        from ..plots import plot_generations

        separated = {line.workflow: line.separated for line in _lines(self)}
        panels = 1 + any(max(shares) > 0 for shares in separated.values())
        figure, axes = plt.subplots(
            1,
            panels,
            figsize=(7.6 if panels == 1 else 12.5, 4.6),
            layout="constrained",
            squeeze=False,
        )
        answered = self.trace.dataset["failed"] < _HALF
        losses = axes[0, 0]
        # Weights and names are coordinates, which stay.
        plot_generations(Trace(self.trace.dataset.where(answered)), "log_loss", ax=losses)
        losses.set_ylabel("Test log-loss")
        margin = 0.05 * max(1, self.settings["generations"])
        losses.set_xlim(-margin, self.settings["generations"] + margin)
        if not answered.any():
            losses.set_yticks([])
            losses.text(0.5, 0.5, "no model has a fit", ha="center", transform=losses.transAxes)
        # In the order of the trace; medians are dotted.
        means = [line for line in losses.get_lines() if line.get_linestyle() == "-"]
        colours = [line.get_color() for line in means]
        if not answered.all():
            losses.set_title("mean of replicates with a fit; × half have none", fontsize="small")
            _mark_ends(losses, means)
        if panels > 1:
            shares = [separated[workflow] for workflow in self.trace.workflows]
            _plot_shares(axes[0, 1], shares, colours, losses.get_xlim())
        for ax in axes[0]:
            ax.spines[["top", "right"]].set_visible(False)
        figure.suptitle(self.settings["title"], fontsize="medium")
        return figure


def _mark_ends(ax: "Axes", lines: "Sequence[Line2D]") -> None:
    for line in lines:
        generations, values = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
        known = np.flatnonzero(np.isfinite(values))
        if 0 < len(known) < len(values):
            end = known[-1]
            ax.plot(generations[end], values[end], "x", color=line.get_color(), ms=7, mew=2)


def _plot_shares(
    ax: "Axes",
    shares: Sequence[tuple[float, ...]],
    colours: Sequence[Any],
    limits: tuple[float, float],
) -> None:
    for of_workflow, colour in zip(shares, colours, strict=True):
        ax.plot(np.arange(len(of_workflow)), 100 * np.array(of_workflow), color=colour, lw=1.6)
    ax.set_xlim(limits)
    ax.set_ylim(-2, 102)
    ax.set_xlabel("Generation")
    ax.set_ylabel("Separated replicates, %")


def _lines(comparison: Comparison) -> list[RelabelledWorkflow]:
    return [line for line in comparison.workflows if isinstance(line, RelabelledWorkflow)]


def compare_relabelled(
    table: "Table | pd.DataFrame | str | os.PathLike[str]",
    target: str | None,
    *,
    model: str | None = None,
    features: Sequence[str] | None = None,
    workflows: Sequence[Workflow | str] | None = None,
    generations: int | None = None,
    replicates: int = 200,
    seed: int = 0,
    penalty: float = 0.0,
    test_size: float | None = None,
    split_seed: int | None = None,
    executor: Executor | None = None,
    progress: bool | Report | None = None,
) -> RelabelledComparison:
    """Compare workflows on relabelled rows: ``heirloom.compare(…, protocol="relabel")``.

    Parameters
    ----------
    table, target, model, features, workflows, generations, replicates, seed, penalty
        As for :func:`heirloom.compare`.
    test_size, split_seed, executor, progress
        Likewise.

    Raises
    ------
    ValueError
        If the table or an argument does not allow it; the message says why.

    Examples
    --------
    >>> comparison = compare_relabelled("diabetes", "target", generations=10, replicates=50)
    >>> [line.workflow for line in comparison.workflows]
    ['augment', 'augment-subsample', 'discard']
    >>> round(comparison.settings["generation_0"]["log_loss"], 4)
    0.4305
    """
    if target is None:
        raise ValueError("target: protocol='relabel' needs one, a column with two values")
    if model not in (None, "logistic"):
        raise ValueError(f"model={model!r}: protocol='relabel' takes logistic alone")
    resolved = resolved_workflows(DEFAULT_WORKFLOWS if workflows is None else workflows)
    if not resolved:
        raise ValueError("workflows is empty: name one or more, such as 'augment'")
    split = split_rows(
        table,
        target,
        features=features,
        penalty=penalty,
        test_size=_TEST_SIZE if test_size is None else test_size,
        split_seed=_SPLIT_SEED if split_seed is None else split_seed,
    )
    rows = split.settings["training_rows"]
    generations = _GENERATIONS if generations is None else generations
    sizes = Sizes.of(n_initial=rows, n_real=0, n_synthetic=rows, generations=generations)
    with_fresh_rows = Sizes.of(n_real=rows, n_synthetic=rows, generations=generations)
    for workflow in resolved:
        _refuse_fresh_rows(workflow, with_fresh_rows)
    with progress_report(progress, "Comparing workflows") as report:
        paths = simulate_paths(
            split.model,
            resolved,
            sizes,
            replicates=replicates,
            seed=seed,
            executor=executor,
            dtype=_DTYPE,
            report=report,
        )
    settings = split.settings | {
        "protocol": "relabel",
        "workflows": [workflow.text for workflow in resolved],
        "generations": sizes.generations,
        "replicates": int(replicates),
        "seed": int(seed),
        "dtype": _DTYPE,
    }
    return RelabelledComparison(
        baseline=BASELINE,
        workflows=_ranked(paths, resolved, sizes),
        trace=trace_of_paths(paths, resolved, sizes, settings),
        theory=None,
        settings=settings,
        notes=(
            *split.notes,
            *([_SEPARATED_NOTE] if _separated(paths).any() else []),
            *notes_on_failures(paths, resolved, but=_SEPARATED),
        ),
    )


def _refuse_fresh_rows(workflow: Workflow, sizes: Sizes) -> None:
    views = workflow.graph.members if isinstance(workflow, GraphMember) else (workflow,)
    for mixture in (mixture for view in views for mixture in view.mixtures(sizes)):
        if any(d.origin == "real" and d.generation > 0 for d in mixture.datasets):
            raise ValueError(
                f"workflow '{workflow.text}' takes fresh real rows, and protocol='relabel' has "
                "none; use one of the initial real data and synthetic data alone, such as "
                "augment, augment-subsample, anchor:0.5 or discard"
            )


def _ranked(
    paths: Paths, workflows: list[Workflow], sizes: Sizes
) -> tuple[RelabelledWorkflow, ...]:
    losses = paths.metrics["log_loss"]
    accuracy = late_means(paths.metrics["accuracy"])[:, :, None]
    means, errors = mean_over_replicates(accuracy)[:, 0], standard_error(accuracy)[:, 0]
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


def _separated(paths: Paths) -> _Float:
    """Share of separated replicates; (workflows, generations + 1)."""
    return np.asarray(np.isin(paths.status, _SEPARATED).mean(axis=1))


def _first(reached: npt.NDArray[np.bool_]) -> int | None:
    return int(np.argmax(reached)) if reached.any() else None


# ----------------------------------------------------------------------------------------- split


@dataclass(frozen=True, eq=False)
class SplitRows:
    """A table split into training and test rows, and the fit of the training rows.

    Attributes
    ----------
    model
        With the fit of the training rows as its truth; 0 where there is none.
    settings
        What the table became, as JSON holds it.
    notes
        Plain sentences on what was left out, and on the penalty.
    """

    model: RelabelledLogisticRegression
    settings: dict[str, Any]
    notes: tuple[str, ...]


def split_rows(
    table: "Table | pd.DataFrame | str | os.PathLike[str]",
    target: str,
    *,
    features: Sequence[str] | None,
    penalty: float,
    test_size: float,
    split_seed: int,
) -> SplitRows:
    """Read a table, split it and fit generation 0.

    Numbers are standardised by the training rows. An encoded column that is constant there, or a
    linear combination of others, is left out.

    Parameters
    ----------
    table, target, features, penalty, test_size, split_seed
        As for :func:`heirloom.compare`.

    Raises
    ------
    ValueError
        If the table or an argument does not allow it, or a class is missing from the training rows.

    Examples
    --------
    >>> arguments = {"features": ["bmi", "bp"], "penalty": 0, "test_size": 0.3, "split_seed": 1}
    >>> split = split_rows("diabetes", "target", **arguments)
    >>> split.settings["training_rows"], split.settings["test_rows"]
    (309, 133)
    """
    check_penalty(penalty)
    _check_split(test_size, split_seed)
    name, frame = name_of(table), read_table(table)
    encoded = encode_binary_target(frame, target, features)
    training, test = _split_numbers(len(encoded.response), test_size, split_seed)
    _check_classes(encoded, training)
    kept, notes = _columns_of_training(encoded, training)
    design = _standardised_by(encoded.design[:, kept], training)
    # The intercept, in the first column, is not penalised.
    penalties = np.where(np.arange(design.shape[1]) == 0, 0.0, float(penalty))
    model, status = _generation_0(encoded, design, training, test, penalties)
    measured: dict[str, float | None] = {"log_loss": None, "accuracy": None}
    if status is Status.SOLVED:
        found = model.metrics(replicated(model.truth(), 1))
        measured = {name: float(found[name][0]) for name in measured}
    else:
        notes.append(_note_on_generation_0(len(training), design.shape[1] - 1, status))
    settings = {
        "table": name,
        "target": target,
        "model": "logistic",
        "negative": encoded.labels[0],
        "positive": encoded.labels[1],
        "rows": len(encoded.response),
        "rows_dropped": encoded.rows_dropped,
        "training_rows": len(training),
        "test_rows": len(test),
        "test_size": float(test_size),
        "split_seed": int(split_seed),
        "features": None if features is None else list(features),
        "columns": [encoded.columns[i] for i in kept],
        "uses": [str(use) for use in encoded.uses],
        "coefficients": np.asarray(model.training.coefficients).tolist()
        if status is Status.SOLVED
        else None,
        "penalty": float(penalty),
        "generation_0": measured,
        "title": f"Relabelled rows: logistic regression of {target} in {name}",
        "measure": MEASURE,
    }
    of_penalty = (
        f"Every fit has the L2 penalty {penalty:g} (not on the intercept), on numbers standardised "
        "by the training rows."
    )
    return SplitRows(model, settings, (*encoded.notes, *notes, *([of_penalty] if penalty else [])))


def _check_split(test_size: object, split_seed: object) -> None:
    if not isinstance(test_size, (int, float, np.number)) or not 0 < test_size < 1:
        raise ValueError(f"test_size={test_size!r}: must be a share, more than 0 and less than 1")
    if not isinstance(split_seed, (int, np.integer)) or not 0 <= split_seed < 2**32:
        raise ValueError(f"split_seed={split_seed!r}: must be a whole number, from 0 to 2³² − 1")


def _split_numbers(
    rows: int, test_size: float, split_seed: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Give the numbers of the training and of the test rows."""
    if np.ceil(test_size * rows) >= rows:
        raise ValueError(
            f"test_size={test_size!r}: leaves no training row of {rows}; give a smaller share, or "
            "more rows"
        )
    training, test = train_test_split(np.arange(rows), test_size=test_size, random_state=split_seed)
    return np.asarray(training), np.asarray(test)


def _check_classes(encoded: EncodedTable, training: npt.NDArray[np.int64]) -> None:
    found = np.unique(encoded.response[training])
    if len(found) < 2:
        raise ValueError(
            f"target '{encoded.target}': all {len(training)} training rows are "
            f"'{encoded.labels[int(found[0])]}', so that there is nothing to fit; give more rows, "
            "a smaller test_size or another split_seed"
        )


def _columns_of_training(
    encoded: EncodedTable, training: npt.NDArray[np.int64]
) -> tuple[list[int], list[str]]:
    """Find the columns that the training rows can tell apart, and say what is left out."""
    columns = encoded.design[training, 1:]
    if not np.ptp(columns, axis=0).any():
        raise ValueError(
            f"target '{encoded.target}': every feature has one value only in the {len(training)} "
            "training rows; give more rows, or other columns with features (--features)"
        )
    # Encoded again, by the same rules; names of the columns are their positions.
    positions = [str(i) for i in range(1, encoded.design.shape[1])]
    again = encode_binary_target(
        pd.DataFrame(columns, columns=positions).assign(label=encoded.response[training]), "label"
    )
    notes = [
        f"Encoded column{'s' * (len(left_out) > 1)} "
        f"{', '.join(repr(encoded.columns[int(i)]) for i in left_out)} left out: {why}."
        for left_out, why in (
            (again.constant, "the same value in every training row, whatever test rows have"),
            (again.dependent, "a linear combination of the columns before, in the training rows"),
        )
        if left_out
    ]
    return [0, *(int(i) for i in again.columns[1:])], notes


def _standardised_by(design: _Float, training: npt.NDArray[np.int64]) -> _Float:
    """Standardise columns by some of the rows, but for those of 0 and 1."""
    rows = design[training]
    of_levels = np.all((design == 0) | (design == 1), axis=0)
    centre = np.where(of_levels, 0.0, rows.mean(axis=0))
    scale = np.where(of_levels, 1.0, rows.std(axis=0))
    return (design - centre) / scale


def _generation_0(
    encoded: EncodedTable,
    design: _Float,
    training: npt.NDArray[np.int64],
    test: npt.NDArray[np.int64],
    penalties: _Float,
) -> tuple[RelabelledLogisticRegression, Status]:
    def with_coefficients(coefficients: _Float) -> RelabelledLogisticRegression:
        return RelabelledLogisticRegression(
            coefficients,
            design[training],
            encoded.response[training],
            test_design=design[test],
            test_responses=encoded.response[test],
            penalty=penalties,
        )

    rows = len(training)
    model = with_coefficients(np.zeros(design.shape[1]))
    fit = fit_of_real_rows(model, rows)
    status, coefficients = Status(int(fit.status[0])), np.asarray(fit.parameters[0])
    if status in _SEPARATED:
        # A result and no error: the simulation finds the same, and counts it.
        return model, status
    if status is not Status.SOLVED:
        raise ValueError(
            f"target '{encoded.target}': the {rows} training rows have no maximum likelihood "
            f"estimate at generation 0, so that no label can be drawn: "
            f"{status.message.partition(';')[0]}; give a penalty, such as 0.001 (--penalty), or "
            "fewer columns with features (--features)"
        )
    return with_coefficients(coefficients), status


def _note_on_generation_0(rows: int, columns: int, status: Status) -> str:
    separable = f"the classes are separable by the {columns} encoded columns"
    why = separable if status is Status.SEPARABLE else "the classes are separable, or hardly not"
    return (
        f"Separated from the start: the {rows} training rows have no maximum likelihood estimate "
        f"at generation 0, since {why}, and so no label can be drawn; give a penalty, such as "
        "0.001 (--penalty), or fewer columns with features (--features)."
    )
