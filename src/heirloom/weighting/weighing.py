"""The weight of a real table against a synthetic one, chosen by cross-validation."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from .._base.files import new_folder, write_atomically
from .._base.json_form import json_number
from .._base.result_table import Column, ResultTable
from .._base.tabulated import Tabulated
from ..tables import Table
from .tuned_weight import TunedWeight
from .tuning import tune_weight
from .two_tables import TargetKind, TwoTables, two_tables

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ESTIMATORS = ("logistic", "linear", "forest", "boosting")

# What an estimator says of the target; the others take either.
_KINDS: dict[str, TargetKind] = {"logistic": "classes", "linear": "numbers"}
_USUAL: dict[TargetKind, str] = {"classes": "logistic", "numbers": "linear"}
_NAMES = {
    "logistic": "logistic regression",
    "linear": "linear regression",
    "forest": "random forest",
    "boosting": "gradient boosting",
}
# Fewer than tune_weight tries by itself: a forest takes its time.
_WEIGHTS = (*(step / 10 for step in range(11)), "optimal", "naive")
# Of a column of text, the levels that a model tells apart.
_MOST_LEVELS = 30


@dataclass(frozen=True, eq=False, repr=False)
class WeighedTables(Tabulated):
    """The weight of a real table against a synthetic one.

    Attributes
    ----------
    target
        The column that is predicted.
    kind
        Whether it has classes or numbers.
    estimator
        What predicts it: one of logistic, linear, forest and boosting.
    features
        The columns that it is predicted by.
    tuned
        The weight of the real rows, and the score of every weight.
    row_weights
        A row for each row of the tables, the real ones first: ``table`` (real or synthetic),
        ``row`` (from 1) and ``weight``, 0 for a row without a target.
    notes
        Plain sentences.
    """

    target: str
    kind: TargetKind
    estimator: str
    features: tuple[str, ...]
    tuned: TunedWeight
    row_weights: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def weight(self) -> float:
        """Share of the total weight that the real rows have."""
        return self.tuned.weight

    @property
    def advice(self) -> str:
        """What to do, in one sentence."""
        tuned = self.tuned
        real, synthetic = (float(rows[0]) for rows in tuned.sample_weights())
        return (
            f"Use: weight {tuned.weight:.3g} for the {tuned.n_real:,} real rows and "
            f"{1 - tuned.weight:.3g} for the {tuned.n_synthetic:,} synthetic ones: each real row "
            f"counts {real:.4g}, each synthetic row {synthetic:.4g}."
        )

    def table(self) -> ResultTable:
        """State the scores, a row for each weight."""
        tuned = self.tuned
        failed = Column("failed", "failed folds", lambda folds: str(folds) if folds else "")
        columns = (
            Column("weight", "weight of the real rows", ".3g"),
            Column("score", f"score ({tuned.scoring})", ".4g"),
            Column("difference", "below the best", ".3g"),
            Column("difference_se", "± se", ".2g"),
            *([failed] if tuned.scores["failed"].any() else []),
            Column("remark", ""),
        )
        rows = tuple(
            (*line, self._remark(float(line[0])))
            for line in tuned.scores[[column.name for column in columns[:-1]]].itertuples(
                index=False
            )
        )
        return ResultTable(
            f"{self.target} by {len(self.features):,} columns, {_NAMES[self.estimator]}; scored on "
            f"held-out real rows, {tuned.repeats} times {tuned.folds} folds",
            columns,
            rows,
            (self.advice, *tuned.notes, *self.notes),
        )

    def _remark(self, weight: float) -> str:
        tuned = self.tuned
        names = (
            (tuned.weight, "use this"),
            (tuned.best, "best score"),
            (tuned.optimal, "theory, w*"),
        )
        return ", ".join(name for value, name in names if value == weight)

    def to_json(self) -> dict[str, Any]:
        """Give it as JSON holds it; numbers that do not exist are None."""
        real, synthetic = (json_number(float(rows[0])) for rows in self.tuned.sample_weights())
        return {
            "weight": self.weight,
            "real_row_weight": real,
            "synthetic_row_weight": synthetic,
            "target": self.target,
            "kind": self.kind,
            "estimator": self.estimator,
            "features": list(self.features),
            "tuned": self.tuned.to_json(),
            "advice": self.advice,
            "notes": list(self.notes),
        }

    def plot(self, *, ax: "Axes | None" = None) -> "Axes":
        """Draw the score against the weight; see :meth:`TunedWeight.plot`."""
        return self.tuned.plot(ax=ax)

    def figure(self) -> "Figure":
        """Draw :meth:`plot` in a figure of its own.

        Returns
        -------
        matplotlib.figure.Figure
        """
        from ..plots.figure_file import figure_of

        return figure_of(self.plot())

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Write ``weights.csv``, ``weigh.json`` and ``weigh.png`` to a new folder.

        The folder appears whole or not at all.

        Raises
        ------
        ValueError
            If the folder exists and is not empty, or is a file.
        OSError
            If it cannot be written.
        """
        from ..plots.figure_file import write_figure

        with new_folder(folder) as into:
            write_atomically(into / "weights.csv", self.row_weights.to_csv(index=False).encode())
            text = json.dumps(self.to_json(), indent=2) + "\n"
            write_atomically(into / "weigh.json", text.encode())
            write_figure(into / "weigh.png", self.figure())
        return Path(folder)


def weigh(
    real: Table | pd.DataFrame,
    synthetic: Table | pd.DataFrame,
    target: str,
    *,
    estimator: str | None = None,
    features: Sequence[str] | None = None,
    folds: int = 5,
    repeats: int = 3,
    rule: str = "standard-error",
    seed: int = 0,
    n_jobs: int | None = None,
) -> WeighedTables:
    """Choose the weight of a real table against a synthetic one, and give each row its own.

    Numbers are standardised, and where they are missing the median stands in; every other column is
    one-hot, with missing as a level. Then :func:`heirloom.tune_weight` scores weights on held-out
    real rows.

    Parameters
    ----------
    real, synthetic
        The tables, or what :func:`heirloom.tables.read_table` made of them. The real rows must be
        rows that the generator has not seen.
    target
        The column to predict.
    estimator
        ``"logistic"`` (for classes), ``"linear"`` (for numbers), ``"forest"`` or ``"boosting"``
        (for either). Default: logistic or linear, by what the target holds: numbers, if they are
        fractions or have more than 20 values; else classes.
    features
        The columns to predict it by. Default: all others that both tables have.
    folds, repeats, rule, seed, n_jobs
        As for :func:`heirloom.tune_weight`.

    Returns
    -------
    WeighedTables

    Raises
    ------
    ValueError
        If the tables do not agree in the target, its labels or a column, or an argument is wrong.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from heirloom.weighting import weigh
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=500)
    >>> rows = pd.DataFrame({"x": x, "y": x + rng.normal(size=500)})
    >>> biased = rows[100:].assign(y=rows["y"] + 2)
    >>> weigh(rows[:100], biased, "y").weight
    0.8
    """
    if estimator is not None and estimator not in ESTIMATORS:
        raise ValueError(f"estimator={estimator!r}: choose one of {', '.join(ESTIMATORS)}")
    tables = two_tables(
        real,
        synthetic,
        target,
        features=features,
        kind=None if estimator is None else _KINDS.get(estimator),
    )
    chosen = _USUAL[tables.kind] if estimator is None else estimator
    tuned = tune_weight(
        _pipeline(chosen, tables),
        tables.real,
        tables.synthetic,
        weights=_WEIGHTS,
        folds=folds,
        repeats=repeats,
        rule=rule,
        seed=seed,
        n_jobs=n_jobs,
    )
    return WeighedTables(
        target=target,
        kind=tables.kind,
        estimator=chosen,
        features=tuple(tables.real[0].columns),
        tuned=tuned,
        row_weights=_row_weights(tables, tuned),
        notes=(
            *([_note_on_the_kind(tables.kind, chosen)] if estimator is None else []),
            *tables.notes,
            "This holds for real rows that the generator has not seen; for those that it was "
            "fitted on, the weight comes out too small.",
        ),
    )


def _note_on_the_kind(kind: TargetKind, chosen: str) -> str:
    other = "linear" if kind == "classes" else "logistic"
    held = "classes" if kind == "classes" else "numbers"
    return (
        f"The target is taken to hold {held} ({chosen}); for the other kind, estimator='{other}' "
        f"(--estimator {other})."
    )


def _pipeline(estimator: str, tables: TwoTables) -> Pipeline:
    numbers = make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler()
    )
    categories = OneHotEncoder(
        handle_unknown="ignore", max_categories=_MOST_LEVELS, sparse_output=False
    )
    columns = ColumnTransformer(
        [
            ("numbers", numbers, list(tables.numbers)),
            ("categories", categories, list(tables.categories)),
        ]
    )
    return make_pipeline(columns, _estimator(estimator, tables.kind))


def _estimator(name: str, kind: TargetKind) -> Any:
    match (name, kind):
        case ("logistic", _):
            return LogisticRegression(max_iter=1000)
        case ("linear", _):
            return LinearRegression()
        case ("forest", "classes"):
            return RandomForestClassifier()
        case ("forest", _):
            return RandomForestRegressor()
        case (_, "classes"):
            return HistGradientBoostingClassifier()
        case _:
            return HistGradientBoostingRegressor()


def _row_weights(tables: TwoTables, tuned: TunedWeight) -> pd.DataFrame:
    parts: list[pd.DataFrame] = []
    for name, present, weights in zip(
        ("real", "synthetic"),
        (tables.real_rows, tables.synthetic_rows),
        tuned.sample_weights(),
        strict=True,
    ):
        of_rows = np.zeros(len(present))
        of_rows[present] = weights
        parts.append(
            pd.DataFrame({"table": name, "row": np.arange(1, len(present) + 1), "weight": of_rows})
        )
    return pd.concat(parts, ignore_index=True)
