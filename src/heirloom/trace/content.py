"""What a table contains, as one number: data are told apart by it, and not kept."""

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


def sha256_of_table(table: "pd.DataFrame | pd.Series[Any]") -> str:
    """SHA-256 of the logical content of a table: names, types and values of its columns, in order.

    The index does not count, nor does how the values lie in memory or in a file.

    Parameters
    ----------
    table
        A data frame, or a series, which counts as one column.

    Returns
    -------
    str
        64 hexadecimal digits.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"age": [31, 57], "city": ["Bonn", None]})
    >>> sha256_of_table(frame) == sha256_of_table(frame.iloc[::-1].iloc[::-1])
    True
    >>> sha256_of_table(frame) == sha256_of_table(frame.iloc[::-1])
    False
    """
    frame: Any = table
    columns = [frame] if table.ndim == 1 else [frame.iloc[:, i] for i in range(frame.shape[1])]
    digest = hashlib.sha256()
    for column in columns:
        values = _bytes_of_values(column)
        # Lengths keep the end of one part apart from the beginning of the next.
        head = [str(column.name), str(column.dtype), len(column), len(values)]
        digest.update(json.dumps(head).encode())
        digest.update(values)
    return digest.hexdigest()


def _bytes_of_values(column: "pd.Series[Any]") -> bytes:
    values = column.to_numpy()
    if values.dtype.kind in "iufcbmM":
        little = values.astype(values.dtype.newbyteorder("<"))
        return np.ascontiguousarray(little).tobytes()
    missing = column.isna().to_numpy()
    texts = [None if gone else str(value) for value, gone in zip(values, missing, strict=True)]
    return json.dumps(texts).encode()
