"""Why a table has no maximum likelihood estimate: the column or level at fault."""

import numpy as np
import numpy.typing as npt

from ..tables import EncodedTable

_NAMED = 3
_TWO = 2

_Float = npt.NDArray[np.float64]


def reason_without_fit(encoded: EncodedTable) -> str:
    """Say why the maximum likelihood estimate does not exist, naming what is at fault.

    A level in whose rows a label is missing (or every count is 0), or a number that alone tells a
    label apart, is named; where there is none, it is the columns together.

    Parameters
    ----------
    encoded
        A table with labels or counts as its target.

    Examples
    --------
    >>> import pandas as pd
    >>> from heirloom.tables import encode_binary_target
    >>> table = pd.DataFrame({"town": ["Ely", "Ely", "Ely", "Rye"], "ill": [0, 1, 0, 1]})
    >>> reason_without_fit(encode_binary_target(table, "ill"))
    'the only row with town=Rye has ill=1'
    """
    columns = dict(zip(encoded.columns[1:], encoded.design[:, 1:].T, strict=True))
    found = [
        *(_fault_of_column(encoded, name, column) for name, column in columns.items()),
        *(
            _fault_of_level(encoded, f"the most frequent {category}", encoded.response[rows])
            for category, rows in _rows_of_references(encoded, columns).items()
        ),
    ]
    faults = [fault for fault in found if fault]
    if not faults:
        apart = "tell the labels apart" if encoded.labels else "leave no maximum"
        return f"the {len(columns)} encoded columns together {apart}, or hardly not"
    more = f", and {len(faults) - _NAMED} more like it" if len(faults) > _NAMED else ""
    return "; ".join(faults[:_NAMED]) + more


def _rows_of_references(
    encoded: EncodedTable, columns: dict[str, _Float]
) -> dict[str, npt.NDArray[np.bool_]]:
    """For each category, the rows of the level that has no column of its own."""
    of_levels = {name: column for name, column in columns.items() if _is_level(column)}
    categories = {name.partition("=")[0] for name in of_levels if "=" in name}
    # Of a category that lost a dependent column, the other rows are of several levels.
    categories -= {name.partition("=")[0] for name in encoded.dependent}
    return {
        category: ~np.any(
            [column == 1 for name, column in of_levels.items() if name.startswith(f"{category}=")],
            axis=0,
        )
        for category in sorted(categories)
    }


def _is_level(column: _Float) -> bool:
    return bool(np.all((column == 0) | (column == 1)))


def _fault_of_column(encoded: EncodedTable, name: str, column: _Float) -> str:
    if _is_level(column):
        return _fault_of_level(encoded, name, encoded.response[column == 1])
    return _fault_of_number(encoded, name, column) if encoded.labels else ""


def _fault_of_level(encoded: EncodedTable, name: str, responses: _Float) -> str:
    number = len(responses)
    rows = (
        f"all {number:,} rows with {name} have" if number > 1 else f"the only row with {name} has"
    )
    found = np.unique(responses)
    if not encoded.labels:
        return f"{rows} {encoded.target}=0" if not found.any() else ""
    if len(found) == 1:
        return f"{rows} {encoded.target}={encoded.labels[int(found[0])]}"
    missing = [label for k, label in enumerate(encoded.labels) if k not in found]
    return f"no row with {name} has {encoded.target}={missing[0]}" if missing else ""


def _fault_of_number(encoded: EncodedTable, name: str, column: _Float) -> str:
    for k, label in enumerate(encoded.labels):
        own, others = column[encoded.response == k], column[encoded.response != k]
        if own.max() <= others.min() or others.max() <= own.min():
            what = "the labels" if len(encoded.labels) == _TWO else f"{encoded.target}={label}"
            return f"{name} alone tells {what} apart"
    return ""
