"""A real and a synthetic table to train on together: what agrees, and what does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types

from ..datasets import did_you_mean
from ..tables import Table, read_table
from ..tables.sentences import counted

_NAMES = ("real", "synthetic")

TargetKind = Literal["classes", "numbers"]

# A target of whole numbers with no more values than these tells classes apart.
_MOST_CLASSES = 20
# Names and values that a message lists.
_LISTED = 5

_Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class TwoTables:
    """Rows of two tables, with the columns that both have.

    Attributes
    ----------
    real, synthetic
        Pairs (X, y) of the rows that have a target; numbers are float64, everything else text.
    numbers, categories
        Names of the columns of X by what they hold.
    kind
        Whether the target has classes or numbers.
    real_rows, synthetic_rows
        bool[rows of the table]: which of its rows have a target.
    notes
        Plain sentences: what only one table has, and what was left out.
    """

    real: tuple[pd.DataFrame, pd.Series]
    synthetic: tuple[pd.DataFrame, pd.Series]
    numbers: tuple[str, ...]
    categories: tuple[str, ...]
    kind: TargetKind
    real_rows: _Mask
    synthetic_rows: _Mask
    notes: tuple[str, ...]


def two_tables(
    real: Table | pd.DataFrame,
    synthetic: Table | pd.DataFrame,
    target: str,
    *,
    features: Sequence[str] | None = None,
    kind: TargetKind | None = None,
) -> TwoTables:
    """Read what two tables have in common.

    Parameters
    ----------
    real, synthetic
        The tables, or what :func:`heirloom.tables.read_table` made of them.
    target
        The column to predict, which both must have.
    features
        The columns to predict it by, which both must have. Default: all others that both have.
    kind
        What the target holds. Default: numbers, if they are fractions or have more than 20 values;
        else classes.

    Raises
    ------
    ValueError
        If a column is missing, holds numbers in one table and text in the other, or a class is in
        the synthetic table alone.
    """
    tables = tuple(zip(_NAMES, map(read_table, (real, synthetic)), strict=True))
    for name, table in tables:
        _require_columns("target", [target], name, table)
    used, notes = _features(tables, target, features)
    notes += dict.fromkeys(note for _, table in tables for note in table.notes_on([target, *used]))
    real, synthetic = (table.frame for _, table in tables)
    for column in (target, *used):
        _require_alike(column, real[column], synthetic[column])
    present = [table[target].notna().to_numpy(dtype=bool) for table in (real, synthetic)]
    for name, rows in zip(_NAMES, present, strict=True):
        if not rows.any():
            raise ValueError(f"target={target!r}: no row of the {name} table has a value")
        if not rows.all():
            left_out = counted(int(np.sum(~rows)), f"{name} row")
            notes.append(f"Left out, with weight 0: {left_out} without {target!r}.")
    of_real, of_synthetic = (
        table.loc[rows, target] for table, rows in zip((real, synthetic), present, strict=True)
    )
    held = _kind(of_real) if kind is None else kind
    if held == "classes":
        notes += _notes_on_classes(target, of_real, of_synthetic)
    elif not types.is_numeric_dtype(of_real.dtype):
        raise ValueError(
            f"target={target!r}: holds text, which a regression on numbers cannot predict; choose "
            "an estimator that tells classes apart"
        )
    numbers = tuple(name for name in used if _holds_numbers(real[name]))
    categories = tuple(name for name in used if name not in numbers)
    return TwoTables(
        real=(_tidied(real.loc[present[0], used], numbers), _target(of_real, held)),
        synthetic=(_tidied(synthetic.loc[present[1], used], numbers), _target(of_synthetic, held)),
        numbers=numbers,
        categories=categories,
        kind=held,
        real_rows=present[0],
        synthetic_rows=present[1],
        notes=tuple(notes),
    )


def _features(
    tables: Sequence[tuple[str, Table]], target: str, features: Sequence[str] | None
) -> tuple[list[str], list[str]]:
    if features is not None:
        for name, table in tables:
            _require_columns("features", features, name, table)
        if target in features:
            raise ValueError(f"features: {target!r} is the target; leave it out")
        return list(dict.fromkeys(features)), []
    others = [[c for c in table.frame.columns if c != target] for _, table in tables]
    common = [column for column in others[0] if column in others[1]]
    notes = [
        f"Left out, since only the {name} table has them: {_listed(alone)}."
        for name, alone in (
            (_NAMES[0], [c for c in others[0] if c not in common]),
            (_NAMES[1], [c for c in others[1] if c not in common]),
        )
        if alone
    ]
    if not common:
        raise ValueError(
            f"the tables have no column in common but {target!r}: the real one has "
            f"{_listed(others[0])}, the synthetic one {_listed(others[1])}; name them alike"
        )
    refused = {
        column: f"Left out: column {column!r} of the {name} table {table.refusals[column]}."
        for name, table in tables
        for column in common
        if column in table.refusals
    }
    return [column for column in common if column not in refused], [*notes, *refused.values()]


def _require_columns(argument: str, names: Sequence[str], table_name: str, table: Table) -> None:
    known = list(table.frame.columns)
    for name in names:
        if name not in known:
            raise ValueError(
                f"{argument}={name!r}: the {table_name} table has no such column"
                f"{did_you_mean(name, known)}; it has {_listed(known)}"
            )
        if name in table.refusals:
            raise ValueError(f"column {name!r} of the {table_name} table {table.refusals[name]}")


def _require_alike(name: str, real: pd.Series, synthetic: pd.Series) -> None:
    if _holds_numbers(real) != _holds_numbers(synthetic):
        held = [
            f"{'numbers' if _holds_numbers(c) else 'text'} ({_listed(c.dropna().unique())})"
            for c in (real, synthetic)
        ]
        raise ValueError(
            f"column {name!r} holds {held[0]} in the real table and {held[1]} in the synthetic "
            "one; write it alike in both"
        )


def _holds_numbers(column: pd.Series) -> bool:
    dtype: Any = column.dtype
    return types.is_numeric_dtype(dtype) and not types.is_bool_dtype(dtype)


def _kind(target: pd.Series) -> TargetKind:
    if not _holds_numbers(target):
        return "classes"
    values = target.to_numpy(dtype=np.float64)
    many = len(np.unique(values)) > _MOST_CLASSES
    return "numbers" if many or bool(np.any(values % 1)) else "classes"


def _notes_on_classes(target: str, real: pd.Series, synthetic: pd.Series) -> list[str]:
    of_real, of_synthetic = (set(_target(labels, "classes")) for labels in (real, synthetic))
    invented, missing = sorted(of_synthetic - of_real), sorted(of_real - of_synthetic)
    if invented:
        others = f", only the real one {_listed(missing)}" if missing else ""
        raise ValueError(
            f"target={target!r}: the labels do not agree: only the synthetic table has "
            f"{_listed(invented)}{others}; write them alike, or leave such rows out"
        )
    if len(of_real) == 1:
        raise ValueError(
            f"target={target!r}: every real row has {_listed(of_real)}; two are needed"
        )
    return [f"No synthetic row has the label {_listed(missing)}."] if missing else []


def _target(target: pd.Series, kind: TargetKind) -> pd.Series:
    if kind == "numbers":
        return target.astype("float64")
    # Whole numbers that pandas reads as fractions, for want of some, are the same labels.
    return target.map(_label)


def _label(value: object) -> str:
    return f"{value:.15g}" if _is_number(value) else str(value)


def _is_number(label: object) -> bool:
    return isinstance(label, (int, float, np.number)) and not isinstance(label, bool)


def _tidied(features: pd.DataFrame, numbers: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            name: features[name].astype("float64")
            if name in numbers
            else features[name].astype("object").map(_label, na_action="ignore").fillna("(missing)")
            for name in features.columns
        }
    )


def _listed(values: Any) -> str:
    listed = list(values)
    more = f" and {len(listed) - _LISTED} more" if len(listed) > _LISTED else ""
    shown = (str(value) if _is_number(value) else repr(str(value)) for value in listed[:_LISTED])
    return ", ".join(shown) + more
