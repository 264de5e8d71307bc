"""The workflows on the user's own table."""

import json
import os
from collections.abc import Collection, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy import special

from ..files import new_folder, write_atomically
from ..models import Status
from ..simulation import Paths, simulate_paths, trace_of_paths
from ..simulation.progress import Report, progress_report
from ..simulation.summary import mean_over_replicates, standard_error
from ..tables import Table
from ..theory import predict
from ..trace import Trace
from ..workflows import RealOnly, Sizes, Workflow, as_workflow
from .json_form import json_number
from .population import Population, population_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

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

_LEVEL = 0.05

# The protocols, and the arguments that are theirs alone.
_PROTOCOLS = {
    "population": ("column", "n_real", "n_synthetic", "n_initial"),
    "relabel": ("test_size", "split_seed"),
}
_ROWS, _GENERATIONS = 500, 20

_Float = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ComparedWorkflow:
    """One line of a comparison.

    Attributes
    ----------
    workflow
        Its text.
    error
        Squared error of the coefficients or frequencies, or Cramér–von Mises distance ∫(F̂ − F)² dF
        of the distribution function: the mean over the last fifth of the generations and over
        replicates that have an answer; nan where none has.
    error_se
        Standard error of that mean.
    error_median
        Median over replicates of the mean over the last fifth of the generations; a replicate
        without an answer counts as infinite, so that it is infinite where half or more have none.
    ratio
        Of the error to that of the baseline, over the replicates in which both have an answer.
    ratio_se
        Its standard error, from the same replicates (they share their real rows and their noise).
    failed
        Share of replicates without an answer at one of these generations or more.
    significant
        Whether the difference from the baseline is significant at 5 %, by a t test on the pairs of
        replicates, or, where some have no answer, by a sign test that counts those as infinite.
        None where that cannot be told.
    best
        Whether the difference from the first of the ranking is not significant, by the same test
        (not adjusted for there being several); None where that cannot be told.
    weight
        Weight of the real data at the last generation, where the workflow has one.
    """

    workflow: str
    error: float
    error_se: float
    error_median: float
    ratio: float
    ratio_se: float
    failed: float
    significant: bool | None
    best: bool | None
    weight: float | None

    def to_json(self) -> dict[str, Any]:
        """Give the line as JSON holds it; numbers that do not exist are None."""
        return {
            "workflow": self.workflow,
            "error": json_number(self.error),
            "error_se": json_number(self.error_se),
            "error_median": json_number(self.error_median),
            "ratio": json_number(self.ratio),
            "ratio_se": json_number(self.ratio_se),
            "failed": self.failed,
            "significant": self.significant,
            "best": self.best,
            "weight": self.weight,
        }


@dataclass(frozen=True, eq=False)
class Comparison:
    """The workflows on a table, ranked.

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
        The arguments, and what the table became.
    notes
        Plain sentences: rows and columns left out, penalty, failures.
    """

    baseline: str
    workflows: tuple[ComparedWorkflow, ...]
    trace: Trace
    theory: Trace | None
    settings: dict[str, Any]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Give the comparison as JSON holds it; numbers that do not exist are None."""
        return {
            "baseline": self.baseline,
            "settings": self.settings,
            "notes": list(self.notes),
            "workflows": [line.to_json() for line in self.workflows],
        }

    def plot(self) -> "Figure":
        """Draw error against generation, and against the weight where there are three or more."""
        import matplotlib.pyplot as plt

        from ..plots import fresh_weights_of, plot_generations, plot_weights

        with_weights = len(fresh_weights_of(self.trace)) > 2
        size = (12.5, 4.6) if with_weights else (7.6, 4.6)
        figure, axes = plt.subplots(
            1, 1 + with_weights, figsize=size, layout="constrained", squeeze=False
        )
        plot_generations(self.trace, theory=self.theory, ax=axes[0, 0])
        if with_weights:
            plot_weights(self.trace, theory=self.theory, ax=axes[0, 1])
        measure = self.settings["measure"]
        for ax in axes[0]:
            ax.set_ylabel(measure[0].upper() + measure[1:])
            ax.spines[["top", "right"]].set_visible(False)
        figure.suptitle(self.settings["title"], fontsize="medium")
        return figure

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

        figure = self.plot()
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=150)
        plt.close(figure)
        write_atomically(path, buffer.getvalue())


def compare(
    table: "Table | pd.DataFrame | str | os.PathLike[str]",
    target: str | None = None,
    *,
    column: str | None = None,
    model: str | None = None,
    features: Sequence[str] | None = None,
    workflows: Sequence[Workflow | str] | None = None,
    n_real: int | None = None,
    n_synthetic: int | None = None,
    n_initial: int | None = None,
    generations: int | None = None,
    replicates: int = 200,
    seed: int = 0,
    penalty: float = 0.0,
    protocol: str = "population",
    test_size: float | None = None,
    split_seed: int | None = None,
    executor: Executor | None = None,
    progress: bool | Report | None = None,
) -> Comparison:
    """Compare workflows on a table of one's own.

    By the protocol ``"population"`` the whole table is the population, and its full fit the truth:
    fresh real rows are drawn from it with replacement, synthetic rows take their covariates from it
    and their responses from the last model (the experiment of arXiv 2502.18049 on Adult).

    By the protocol ``"relabel"`` the table is split into training and test rows. Generation 0 is
    the logistic regression of the training rows with their own labels, synthetic data are the same
    rows with labels drawn from the last model, and every model is measured by its log-loss on the
    test rows (the experiment of arXiv 2410.22812 on tables). The baseline is generation 0.

    Parameters
    ----------
    table
        A data frame, the path of a file, a built-in name (:mod:`heirloom.datasets`), or what
        :func:`heirloom.tables.read_table` made of one.
    target
        Column to predict by a regression on the other columns (numbers standardised, categories
        one-hot, an intercept added). For linear regression it is standardised too, so that errors
        are in units of its standard deviation; the settings hold what gives its own units back.
    column
        Instead of `target`: a column whose own distribution is estimated.
    model
        With `target`, ``"logistic"``, ``"linear"`` or ``"poisson"``; with `column`,
        ``"frequencies"`` or ``"cdf"``, the empirical distribution function. Default: by what the
        column holds, and a note says why. Two values: logistic. Whole numbers, the least of them 0,
        with a mean below 30 and a variance of at most 10 times the mean: Poisson. Other numbers:
        linear. A column of numbers with more than 20 distinct values: its distribution function;
        any other: its frequencies.
    features
        Columns to use with `target`. Default: all others.
    workflows
        Workflows or their texts. The baseline, fresh real rows alone (``real``), is added if it is
        not among them. Default: eight of them. To relabel, those that use the initial real data and
        synthetic data alone, such as ``anchor:0.5``; default ``discard``, ``augment`` and
        ``augment-subsample``.
    n_real
        Fresh real rows at each generation. Default 500. (To relabel, every dataset has as many
        rows as the training set, and no size is given.)
    n_synthetic
        Synthetic rows at each generation. Default: `n_real`.
    n_initial
        Rows of the initial real data. Default: `n_real`.
    generations
        The last generation, T. Default 20; to relabel, 50.
    replicates
        Independent repetitions. Default 200.
    seed
        From 0 to 2³² − 1. Default 0.
    penalty
        λ of an L2 penalty ½ λ‖β‖² beside the mean log-loss of a logistic or Poisson regression, for
        all coefficients but the intercept (scikit-learn's C is 1/(n λ)); the truth is then the
        penalised fit of the whole table. Default 0: maximum likelihood.
    protocol
        ``"population"`` (default) or ``"relabel"``.
    test_size
        To relabel: the share of test rows. Default 0.3.
    split_seed
        To relabel: seed of the split, by scikit-learn's ``train_test_split``. Default 123456, that
        of the paper. Replicates share the split, and differ in the labels that are drawn.
    executor, progress
        As for :func:`heirloom.simulate`.

    Returns
    -------
    Comparison
        To relabel, a ``RelabelledComparison``, which has the accuracy and the share of separated
        replicates too.

    Raises
    ------
    ValueError
        If the table or an argument does not allow it; the message says why.
    FileNotFoundError
        If there is no such file.

    Examples
    --------
    >>> import heirloom as hl
    >>> comparison = hl.compare(
    ...     "breast_cancer",
    ...     column="target",
    ...     n_real=50,
    ...     generations=10,
    ...     replicates=100,
    ...     workflows=["discard", "fresh:optimal"],
    ... )
    >>> [line.workflow for line in comparison.workflows]
    ['fresh:optimal', 'real', 'discard']
    """
    _check_protocol(
        protocol,
        column=column,
        n_real=n_real,
        n_synthetic=n_synthetic,
        n_initial=n_initial,
        test_size=test_size,
        split_seed=split_seed,
    )
    if protocol == "relabel":
        from .relabelling import compare_relabelled

        return compare_relabelled(
            table,
            target,
            model=model,
            features=features,
            workflows=workflows,
            generations=generations,
            replicates=replicates,
            seed=seed,
            penalty=penalty,
            test_size=test_size,
            split_seed=split_seed,
            executor=executor,
            progress=progress,
        )
    n_real = _ROWS if n_real is None else n_real
    resolved = _with_baseline(
        resolved_workflows(DEFAULT_WORKFLOWS if workflows is None else workflows)
    )
    for name, rows in (("n_real", n_real), ("n_synthetic", n_synthetic), ("seed", seed)):
        if not isinstance(rows, (int, np.integer, type(None))):
            raise ValueError(f"{name}={rows!r}: must be a whole number")
    sizes = Sizes.of(
        n_real=n_real,
        n_synthetic=n_real if n_synthetic is None else n_synthetic,
        generations=_GENERATIONS if generations is None else generations,
        n_initial=n_initial,
    )
    for workflow in resolved:
        workflow.mixtures(sizes)
    population = population_of(
        table, target, column=column, model=model, features=features, penalty=penalty
    )
    with progress_report(progress, "Comparing workflows") as report:
        paths = simulate_paths(
            population.model,
            resolved,
            sizes,
            replicates=replicates,
            seed=seed,
            executor=executor,
            dtype=population.dtype,
            report=report,
        )
    settings = population.settings | {
        "protocol": protocol,
        "workflows": [workflow.text for workflow in resolved],
        "n_real": int(n_real),
        "n_synthetic": int(n_real if n_synthetic is None else n_synthetic),
        "n_initial": sizes.initial,
        "generations": sizes.generations,
        "replicates": int(replicates),
        "seed": int(seed),
        "penalty": float(penalty),
        "features": None if features is None else list(features),
        "dtype": population.dtype,
    }
    late = late_means(paths.metrics["error"])
    return Comparison(
        baseline=BASELINE.text,
        workflows=ranked_lines(late, late[resolved.index(BASELINE)], resolved, sizes),
        trace=trace_of_paths(paths, resolved, sizes, settings),
        theory=_theory(population, resolved, sizes),
        settings=settings,
        notes=(*population.notes, *notes_on_failures(paths, resolved)),
    )


def _check_protocol(protocol: str, **given: object) -> None:
    if protocol not in _PROTOCOLS:
        raise ValueError(f"protocol={protocol!r}: choose one of {', '.join(_PROTOCOLS)}")
    for owner, names in _PROTOCOLS.items():
        for name in names:
            if owner != protocol and given[name] is not None:
                raise ValueError(
                    f"{name}={given[name]!r}: is for protocol='{owner}'; leave it out, or use that "
                    f"protocol in place of '{protocol}'"
                )


def resolved_workflows(workflows: Sequence[Workflow | str] | Workflow | str) -> list[Workflow]:
    """Read workflows, each of which must be given once."""
    listed = [workflows] if isinstance(workflows, (Workflow, str)) else workflows
    resolved = [as_workflow(workflow) for workflow in listed]
    for workflow in resolved:
        if resolved.count(workflow) > 1:
            raise ValueError(f"workflow '{workflow.text}' is given twice; give each once")
    return resolved


def _with_baseline(workflows: list[Workflow]) -> list[Workflow]:
    return workflows if BASELINE in workflows else [BASELINE, *workflows]


def _theory(population: Population, workflows: list[Workflow], sizes: Sizes) -> Trace | None:
    if not population.model.laws():
        return None
    return predict(
        workflows,
        n_real=sizes.real,
        n_synthetic=sizes.synthetic,
        generations=sizes.generations,
        model=population.model,
    )


def late_means(values: npt.NDArray[np.floating]) -> _Float:
    """Mean over the last fifth of the generations; (workflows, replicates).

    A replicate without an answer at any of these generations has none: nan is passed on.
    """
    last = max(1, (values.shape[2] - 1) // 5)
    return values[:, :, -last:].astype(np.float64).mean(axis=2)


def ranked_lines(
    late: _Float, baseline: _Float, workflows: list[Workflow], sizes: Sizes
) -> tuple[ComparedWorkflow, ...]:
    """Rank workflows by what :func:`late_means` gives, and compare each with the baseline.

    Parameters
    ----------
    late
        (workflows, replicates); nan where there is no answer.
    baseline
        (replicates,): that of the baseline in the same replicates.
    workflows
        In the order of `late`.
    sizes
        Rows of every dataset.
    """
    infinite, of_baseline = (np.where(np.isnan(v), np.inf, v) for v in (late, baseline))
    means = mean_over_replicates(late[:, :, None])[:, 0]
    errors = standard_error(late[:, :, None])[:, 0]
    medians = np.array([_median(values) for values in infinite])
    failed = np.isnan(late).mean(axis=1)
    key = (medians, failed) if failed.any() else (means, failed)
    order = np.lexsort((key[1], key[0]))
    least = infinite[order[0]]
    lines: list[ComparedWorkflow] = []
    for i in order.tolist():
        ratio, ratio_se = _ratio(late[i], baseline)
        differs = _differ(infinite[i], least)
        lines.append(
            ComparedWorkflow(
                workflow=workflows[i].text,
                error=float(means[i]),
                error_se=float(errors[i]),
                error_median=float(medians[i]),
                ratio=ratio,
                ratio_se=ratio_se,
                failed=float(failed[i]),
                significant=_differ(infinite[i], of_baseline),
                best=_is_best(
                    differs, answered=bool(np.isfinite(medians[i])), first=i == int(order[0])
                ),
                weight=_share_of_real(workflows[i], sizes),
            )
        )
    return tuple(lines)


def _is_best(differs: bool | None, *, answered: bool, first: bool) -> bool | None:
    if first or not answered:
        return bool(answered)
    return None if differs is None else not differs


def _median(values: _Float) -> float:
    # The upper of the two in the middle: infinite where half of the values are.
    return float(np.sort(values)[len(values) // 2])


def _share_of_real(workflow: Workflow, sizes: Sizes) -> float | None:
    if not hasattr(workflow, "weight") or sizes.generations == 0:
        return None
    return workflow.mixtures(sizes)[-1].real_share


def _ratio(values: _Float, baseline: _Float) -> tuple[float, float]:
    """Ratio of means over common replicates, with the standard error of a linear expansion."""
    both = ~np.isnan(values) & ~np.isnan(baseline)
    if both.sum() < 1 or baseline[both].mean() == 0:
        return float("nan"), float("nan")
    ratio = float(values[both].mean() / baseline[both].mean())
    residual = (values[both] - ratio * baseline[both]) / baseline[both].mean()
    if both.sum() < 2:
        return ratio, float("nan")
    return ratio, float(residual.std(ddof=1) / np.sqrt(both.sum()))


def _differ(values: _Float, others: _Float) -> bool | None:
    """Whether pairs of replicates differ significantly; None where nothing can be told.

    By a t test on the differences; by a sign test where some are infinite. Pairs that share every
    value, a workflow with itself among them, do not differ.
    """
    if np.array_equal(values, others):
        return None if np.isinf(values).all() else False
    if np.isinf(values).any() or np.isinf(others).any():
        less, more = int(np.sum(values < others)), int(np.sum(values > others))
        # The sign test. (Not from scipy.stats, which takes half a second to import.)
        return bool(2 * special.bdtr(min(less, more), less + more, 0.5) < _LEVEL)
    difference = values - others
    if difference.size < 2:
        return None
    error = float(difference.std(ddof=1)) / np.sqrt(difference.size)
    quantile = float(special.stdtrit(difference.size - 1, 1 - _LEVEL / 2))
    return bool(abs(float(difference.mean())) > quantile * error)


def notes_on_failures(
    paths: Paths, workflows: list[Workflow], *, but: Collection[Status] = ()
) -> tuple[str, ...]:
    """Say for each kind of failure (but for some) which workflows ended in it, and how often."""
    shares: dict[str, list[str]] = {}
    for workflow, failures in zip(workflows, paths.failures(), strict=True):
        for name, share in failures.items():
            shares.setdefault(name, []).append(f"{workflow.text} {100 * share:.3g} %")
    return tuple(
        f"Without an answer at the last generation: {', '.join(of_workflows)} of replicates; "
        f"{Status[name].message}."
        for name, of_workflows in shares.items()
        if Status[name] not in but
    )
