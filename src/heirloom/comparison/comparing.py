"""The workflows on the user's own table."""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .._base.progress import Report, progress_report
from ..simulation import simulate_paths
from ..tables import Table
from ..workflows import Workflow
from .base import DTYPE, ComparisonProtocol
from .comparison import Comparison
from .population_protocol import PopulationProtocol
from .question import Question
from .relabel_protocol import RelabelProtocol

if TYPE_CHECKING:
    import pandas as pd

_PROTOCOLS: dict[str, type[ComparisonProtocol[Any, Any]]] = {
    protocol.name: protocol for protocol in (PopulationProtocol, RelabelProtocol)
}


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
    penalty: float | None = None,
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
        A data frame, the path of a CSV or Parquet file, or a built-in name
        (:mod:`heirloom.datasets`).
    target
        Column to predict by a regression on the other columns (numbers standardised, categories
        one-hot, an intercept added). For linear regression it is standardised too, so that errors
        are in units of its standard deviation; the settings hold what gives its own units back.
    column
        Instead of `target`: a column whose own distribution is estimated.
    model
        With `target`, ``"logistic"``, ``"multinomial"``, ``"linear"`` or ``"poisson"``; with
        `column`, ``"frequencies"`` or ``"cdf"``, the empirical distribution function. Default: by
        what the column holds, and a note says why. Two values: logistic. Categories, 20 at most:
        multinomial. Whole numbers, the least of them 0, with a mean below 30 and a variance of at
        most 10 times the mean: Poisson. Other numbers: linear. A column of numbers with more than
        20 distinct values: its distribution function; any other: its frequencies.
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
        λ of an L2 penalty ½ λ‖β‖² beside the mean log-loss of a logistic, multinomial or Poisson
        regression, for all coefficients but the intercept (of several classes for these too, since
        a dataset may lack a class; scikit-learn's C is 1/(n λ)); the truth is then the penalised
        fit of the whole table. Default: 0, maximum likelihood; by the protocol ``"population"``,
        where the whole table or most datasets of real rows have no such fit, 0.001, and a note says
        so, and what is at fault.
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
        A :class:`~heirloom.comparison.PopulationComparison`; to relabel, a
        :class:`~heirloom.comparison.RelabelledComparison`, which has the accuracy and the share of
        separated replicates too. Every fit is computed in double precision.

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
    >>> comparison.recommended.workflow, comparison.names["fresh:optimal"]
    ('fresh:optimal', "61.8 % fresh real rows, 38.2 % the last model's synthetic rows")
    """
    own: dict[str, dict[str, Any]] = {
        "population": {
            "column": column,
            "n_real": n_real,
            "n_synthetic": n_synthetic,
            "n_initial": n_initial,
        },
        "relabel": {"test_size": test_size, "split_seed": split_seed},
    }
    chosen = _protocol(protocol, own)
    asked: dict[str, Any] = {
        "table": table,
        "target": target,
        "model": model,
        "features": features,
        "workflows": workflows,
        "generations": generations,
        "replicates": replicates,
        "seed": seed,
        "penalty": penalty,
    }
    question = Question(**asked)
    trial = chosen.trial(question)
    with progress_report(progress, "Comparing workflows") as report:
        paths = simulate_paths(
            trial.model,
            trial.workflows,
            trial.sizes,
            replicates=replicates,
            seed=seed,
            executor=executor,
            dtype=DTYPE,
            report=report,
        )
    made = chosen.result(trial, paths)
    given = {name: value for of_protocol in own.values() for name, value in of_protocol.items()}
    by_name = isinstance(table, (str, os.PathLike))
    trace = made.trace.made_by(
        "heirloom.comparison:compare",
        asked | given | {"protocol": protocol},
        data={"table": question.read.frame} if by_name else None,
    )
    return replace(made, trace=trace)


def _protocol(name: str, own: Mapping[str, Mapping[str, Any]]) -> ComparisonProtocol[Any, Any]:
    """Make a protocol of the arguments that are its own; refuse those of the others."""
    if name not in _PROTOCOLS:
        raise ValueError(f"protocol={name!r}: choose one of {', '.join(_PROTOCOLS)}")
    for owner, arguments in own.items():
        for argument, value in arguments.items():
            if owner != name and value is not None:
                raise ValueError(
                    f"{argument}={value!r}: is for protocol='{owner}'; leave it out, or use that "
                    f"protocol in place of '{name}'"
                )
    given = {argument: value for argument, value in own[name].items() if value is not None}
    return _PROTOCOLS[name](**given)
