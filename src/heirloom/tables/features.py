"""Which features are used, and how each is encoded."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float64
from pandas.api import types

from .information import is_constant, is_identifier, is_text_identifier
from .levels import levels_of
from .scaling import scaled, standardised
from .sentences import counted, listed
from .table import ColumnUse, Table

MAX_FEATURE_LEVELS = 100

# A column that lacks more of its values costs more rows than it can be worth.
_MOST_MISSING = 0.5


class EncodedFeature(NamedTuple):
    """A feature as columns of a design: their names, their values and what they are."""

    names: list[str]
    block: Float64[np.ndarray, "rows columns"]
    kind: str
    use: str


class Features(NamedTuple):
    """The columns of a table that are used, in rows without missing values, and all others.

    Attributes
    ----------
    used
        By name.
    complete
        The rows.
    constant, identifiers, empty
        Names of what is left out, by the reason.
    missing
        By name, how many values are missing.
    """

    used: dict[str, pd.Series]
    complete: Bool[np.ndarray, "rows"]
    constant: tuple[str, ...]
    identifiers: tuple[str, ...]
    empty: tuple[str, ...]
    missing: Mapping[str, int]


def feature_names(table: Table, target: str, features: Sequence[str] | None) -> list[str]:
    """Return the names of the features, once they are known to be columns."""
    table.check_column("target", target)
    if features is None:
        names = [name for name in table.frame.columns if name != target]
    elif isinstance(features, str):
        raise ValueError(f"features={features!r} is one text; give a list, such as [{features!r}]")
    else:
        names = list(features)
    if not names:
        raise ValueError("features names no column; give at least one besides the target")
    for name in names:
        table.check_column("features", name)
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise ValueError(f"features names {listed(repeated)} more than once; name a column once")
    if target in names:
        raise ValueError(f"features holds the target {target!r}; leave it out (--features)")
    return names


def useful_features(
    table: Table, outcome: pd.Series, names: Sequence[str], *, chosen: bool
) -> Features:
    """Take the features that carry information, and the rows in which none is missing.

    Parameters
    ----------
    table
    outcome
        The target.
    names
        Of the features.
    chosen
        Whether the user named them: then one is used though it lacks most of its values.

    Raises
    ------
    ValueError
        No feature or fewer than two rows are left.
    """
    columns = {name: table.frame[name] for name in names}
    missing = {name: int(column.isna().sum()) for name, column in columns.items()}
    most = len(outcome) - 1 if chosen else _MOST_MISSING * len(outcome)
    empty = {name for name in names if missing[name] > most}
    numbering = {name for name in names if name not in empty and is_identifier(columns[name])}
    used = {name: columns[name] for name in names if name not in empty | numbering}

    complete = _complete_rows([outcome, *used.values()])
    _check_rows(complete, {name: missing[name] for name in used})

    # Leaving rows out can empty a column of information that it had.
    used = {name: column[complete] for name, column in used.items()}
    constant = {name for name, column in used.items() if is_constant(column)}
    numbering |= {name for name, column in used.items() if is_text_identifier(column)}
    useful = {name: used[name] for name in used if name not in constant | numbering}
    if not useful:
        raise ValueError(
            f"features={list(names)!r} hold nothing to learn from: each is constant, an identifier "
            "or empty; name other columns (--features)"
        )
    constant_names, numbering_names, empty_names = (
        tuple(name for name in names if name in group) for group in (constant, numbering, empty)
    )
    return Features(useful, complete, constant_names, numbering_names, empty_names, missing)


def _complete_rows(columns: Sequence[pd.Series]) -> Bool[np.ndarray, "rows"]:
    return np.logical_and.reduce([column.notna().to_numpy(dtype=bool) for column in columns])


def _check_rows(complete: Bool[np.ndarray, "rows"], missing: Mapping[str, int]) -> None:
    rows = int(complete.sum())
    if rows >= 2:
        return
    worst = max(missing, key=lambda name: missing[name], default=None)
    blame = f" (column {worst!r} alone lacks {missing[worst]})" if worst and missing[worst] else ""
    raise ValueError(
        f"table has {rows} of {counted(len(complete), 'row')} without missing values{blame}, "
        "and at least 2 are needed; "
        "fill them in, or use fewer columns with features (--features)"
    )


def encoded_feature(name: str, column: pd.Series) -> EncodedFeature:
    """Encode a feature: a number standardised, a category as columns of 0 and 1."""
    if types.is_numeric_dtype(column):
        return EncodedFeature(
            [name], standardised(scaled(column)[:, None]), "numbers", "standardised"
        )
    labels, codes = levels_of(column)
    if len(labels) > MAX_FEATURE_LEVELS:
        raise ValueError(
            f"features hold the category {name!r} with {len(labels)} levels ({listed(labels)}), "
            f"and at most {MAX_FEATURE_LEVELS} are allowed; merge rare levels, or leave the column "
            "out with drop (--drop), or by naming the others (--features)"
        )
    # Stable: levels that are equally frequent stay sorted. The first is the reference.
    order = np.argsort(-np.bincount(codes), kind="stable")
    levels = order[1:]
    return EncodedFeature(
        [f"{name}={labels[level]}" for level in levels],
        (codes[:, None] == levels).astype(np.float64),
        "categories",
        f"{counted(len(levels), 'column')} of 0 and 1, against {labels[order[0]]!r}",
    )


def uses_of(
    table: Table,
    names: Sequence[str],
    features: Features,
    encoded: Mapping[str, EncodedFeature],
    dependent: Sequence[str],
) -> tuple[ColumnUse, ...]:
    """Say what became of each feature, in the order of their names."""
    left_out = {
        **dict.fromkeys(features.constant, ("constant", "left out")),
        **dict.fromkeys(features.identifiers, ("identifier", "left out")),
        **dict.fromkeys(features.empty, ("empty", "left out")),
    }
    uses: list[ColumnUse] = []
    for name in names:
        kind, use = left_out[name] if name in left_out else _use(encoded[name], dependent)
        uses.append(table.use_of(name, kind, use, features.missing[name]))
    return tuple(uses)


def _use(feature: EncodedFeature, dependent: Sequence[str]) -> tuple[str, str]:
    lost = sum(name in dependent for name in feature.names)
    if lost == len(feature.names):
        return "dependent", "left out"
    also = f", but for {counted(lost, 'column')} that others determine" if lost else ""
    return feature.kind, feature.use + also
