"""From a table to the design and response of a regression, by what the target holds."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Float64

from .encoded_table import INTERCEPT, EncodedTable
from .features import encoded_feature, feature_names, useful_features, uses_of
from .independence import independent_columns
from .information import is_constant
from .levels import is_numeric, levels_of, number_text
from .missing_values import stands_for_missing
from .reader import read_table
from .scaling import exponent, scaled, standardised
from .sentences import counted, listed
from .table import Table

# Models compute in single precision, which holds every whole number up to 2^24.
MAX_COUNT = 1_000_000


def encode_binary_target(
    table: Table | pd.DataFrame, target: str, features: Sequence[str] | None = None
) -> EncodedTable:
    """Encode a table for a model with a binary target.

    Numbers (and booleans, as 0 and 1) are standardised over the rows that are used: mean 0,
    standard deviation 1, as by scikit-learn's ``StandardScaler``. Categories become one column of
    0 and 1 for each level but the most frequent, which is the reference. Rows with a missing value
    (none, not a number, empty text, infinite) are left out, and so are columns that carry no
    information or, unless `features` names them, lack more than half of their values;
    :attr:`EncodedTable.notes` says which, and :attr:`EncodedTable.uses` what became of each column.

    Parameters
    ----------
    table : Table or pandas.DataFrame
        A data frame is read by :func:`read_table`.
    target : str
        Column with two distinct values. The one that sorts last is positive.
    features : sequence of str, optional
        Columns to use; by default all but the target.

    Returns
    -------
    EncodedTable

    Raises
    ------
    ValueError
        A column is not in the table, the target does not have two values, a category has more than
        100 levels, or no feature or fewer than two rows are left.

    Notes
    -----
    With ten rows or more, a column is an identifier if it holds no numbers and all its values
    differ, or if it holds integers that number the rows, in whatever order. An encoded column is a
    linear combination of the earlier ones if standardising it, and taking from it what they
    explain, leaves less than 1e-6 of its length.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {
    ...         "age": [30, 40, None, 50],
    ...         "job": ["cook", "baker", "cook", "cook"],
    ...         "ill": ["no", "yes", "no", "yes"],
    ...     }
    ... )
    >>> encoded = encode_binary_target(table, "ill")
    >>> encoded.columns
    ('(intercept)', 'age', 'job=baker')
    >>> encoded.response
    array([0., 1., 1.])
    >>> encoded.labels
    ('no', 'yes')
    >>> for use in encoded.uses:
    ...     print(use)
    ill: labels, the target, 1 for 'yes' and 0 for 'no'
    age: numbers, standardised; 1 missing
    job: categories, 1 column of 0 and 1, against 'cook'
    """
    return _encoded_table(read_table(table), target, features, _check_binary, _of_labels)


def encode_numeric_target(
    table: Table | pd.DataFrame, target: str, features: Sequence[str] | None = None
) -> EncodedTable:
    """Encode a table for a model with a numeric target, which is standardised too.

    Parameters
    ----------
    table : Table or pandas.DataFrame
    target : str
        Column of numbers (or booleans, as 0 and 1) that are not all the same.
    features : sequence of str, optional
        As for :func:`encode_binary_target`.

    Returns
    -------
    EncodedTable

    Raises
    ------
    ValueError
        As by :func:`encode_binary_target`; the target holds no numbers, or one only.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"age": [30, 40, 60], "pay": [1000, 3000, 2000]})
    >>> encoded = encode_numeric_target(table, "pay")
    >>> encoded.centre + encoded.scale * encoded.response
    array([1000., 3000., 2000.])
    """
    return _encoded_table(read_table(table), target, features, _check_varying, _of_numbers)


def encode_count_target(
    table: Table | pd.DataFrame, target: str, features: Sequence[str] | None = None
) -> EncodedTable:
    """Encode a table for a model with a target that counts.

    Parameters
    ----------
    table : Table or pandas.DataFrame
    target : str
        Column of whole numbers from 0 to 1,000,000 that are not all the same.
    features : sequence of str, optional
        As for :func:`encode_binary_target`.

    Returns
    -------
    EncodedTable

    Raises
    ------
    ValueError
        As by :func:`encode_numeric_target`; the target holds what is no such count.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"age": [30, 40, 60], "visits": [2, 0, 1]})
    >>> encode_count_target(table, "visits").response
    array([2., 0., 1.])
    """
    return _encoded_table(read_table(table), target, features, _check_counts, _of_counts)


class _Response(NamedTuple):
    """The target as numbers: what it holds, and what it is used for."""

    values: Float64[np.ndarray, "rows"]
    kind: str
    use: str
    labels: tuple[str, ...] = ()
    centre: float = 0.0
    scale: float = 1.0


def _encoded_table(
    table: Table,
    target: str,
    features: Sequence[str] | None,
    check: Callable[[str, pd.Series], None],
    respond: Callable[[pd.Series], _Response],
) -> EncodedTable:
    """Encode the features, and the target as `respond` does once `check` has nothing against it."""
    names = feature_names(table, target, features)
    outcome = table.frame[target]
    check(target, outcome.dropna())
    useful = useful_features(table, outcome, names, chosen=features is not None)
    lost = int(outcome.isna().sum())
    outcome = outcome[useful.complete]
    if is_constant(outcome):
        raise ValueError(
            f"target={target!r} has one value only ({levels_of(outcome)[0][0]!r}) in the "
            f"{counted(len(outcome), 'row')} without missing values; fill in missing values, or "
            "use fewer columns with features (--features)"
        )
    response = respond(outcome)
    encoded = {name: encoded_feature(name, column) for name, column in useful.used.items()}
    columns = [column for feature in encoded.values() for column in feature.names]
    values = np.hstack([feature.block for feature in encoded.values()])
    independent = independent_columns(values)
    kept = [name for name, keep in zip(columns, independent, strict=True) if keep]
    dropped = [name for name, keep in zip(columns, independent, strict=True) if not keep]
    missing = {target: lost, **{name: useful.missing[name] for name in useful.used}}
    return EncodedTable(
        design=np.column_stack([np.ones(len(values)), values[:, independent]]),
        response=response.values,
        columns=(INTERCEPT, *kept),
        target=target,
        labels=response.labels,
        centre=response.centre,
        scale=response.scale,
        rows_dropped=int((~useful.complete).sum()),
        constant=useful.constant,
        identifiers=useful.identifiers,
        empty=useful.empty,
        dependent=tuple(dropped),
        uses=(
            table.use_of(target, response.kind, response.use, lost),
            *uses_of(table, names, useful, encoded, dropped),
        ),
        readings=table.notes_on([target, *names]),
        most_missing=max(missing, key=lambda name: missing[name]),
    )


def _of_labels(outcome: pd.Series) -> _Response:
    labels, codes = levels_of(outcome)
    negative, positive = labels
    use = f"the target, 1 for {positive!r} and 0 for {negative!r}"
    return _Response(codes.astype(np.float64), "labels", use, labels=(negative, positive))


def _of_numbers(outcome: pd.Series) -> _Response:
    values, power = scaled(outcome), exponent(outcome.to_numpy(dtype=np.float64))
    return _Response(
        standardised(values[:, None])[:, 0],
        "numbers",
        "the target, standardised",
        centre=float(np.ldexp(values.mean(), power)),
        scale=float(np.ldexp(values.std(), power)),
    )


def _of_counts(outcome: pd.Series) -> _Response:
    return _Response(outcome.to_numpy(dtype=np.float64), "counts", "the target")


def _check_binary(target: str, outcome: pd.Series) -> None:
    labels, _ = levels_of(outcome)
    _check_several(target, labels)
    if len(labels) > 2:
        raise ValueError(
            f"target={target!r} has {_distinct(labels)}; a binary target has two: choose another "
            f"column, or recode this one{_other_way(target, labels, outcome)}"
        )


def _check_several(target: str, labels: Sequence[str], *, differ: bool = True) -> None:
    if len(labels) < 2 or not differ:
        by_rounding = "" if differ else ", which differ by rounding only"
        raise ValueError(
            f"target={target!r} has {_distinct(labels)}{by_rounding}; a target needs two or more: "
            "choose another column"
        )


def _distinct(labels: Sequence[str]) -> str:
    shown = f" ({listed(labels)})" if labels else ""
    return f"{counted(len(labels), 'distinct value')}{shown}"


def _other_way(target: str, labels: Sequence[str], outcome: pd.Series) -> str:
    """Say what can be done with a target of more than two values."""
    if is_numeric(outcome):
        return (
            "; if it holds numbers rather than classes, there is model='linear' (--model linear), "
            "and for counts model='poisson' (--model poisson)"
        )
    words = [label for label in labels if stands_for_missing(label)]
    if len(labels) - len(words) == 2:
        return f"; missing={words!r} (--missing '{words[0]}') leaves two"
    return f"; for its frequencies, give column={target!r} (--column)"


def _check_varying(target: str, outcome: pd.Series) -> None:
    check_numbers("target", target, outcome)
    labels, _ = levels_of(outcome)
    _check_several(target, labels, differ=len(labels) < 2 or not is_constant(outcome))


def _check_counts(target: str, outcome: pd.Series) -> None:
    _check_varying(target, outcome)
    values = outcome.to_numpy(dtype=np.float64)
    wrong = values[(values < 0) | (values != np.floor(values)) | (values > MAX_COUNT)]
    if wrong.size:
        raise ValueError(
            f"target={target!r} holds {number_text(float(wrong[0]))}, and counts are whole "
            f"numbers from 0 to {MAX_COUNT:,}; recode it, or use model='linear' (--model linear)"
        )


def check_numbers(parameter: str, name: str, present: pd.Series) -> None:
    """Check that a column holds numbers; else raise a ValueError.

    Parameters
    ----------
    parameter
        Argument that names the column.
    name, present
        The column, without missing values.
    """
    if not is_numeric(present) and not present.empty:
        raise ValueError(
            f"{parameter}={name!r} holds {listed(levels_of(present)[0])}, and numbers are needed; "
            "convert it, or name another column"
        )
