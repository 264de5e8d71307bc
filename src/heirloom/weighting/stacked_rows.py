"""Real and synthetic rows in one table, the real ones first."""

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types
from scipy import sparse

from .._base.parameters import shown

_Index = npt.NDArray[np.integer]


@dataclass(frozen=True, eq=False)
class StackedRows:
    """Real and synthetic rows, stacked once, so that a fit only picks rows.

    Attributes
    ----------
    X
        The covariates: the real rows, then the synthetic ones.
    y
        The targets likewise, or None.
    n_real, n_synthetic
        How many there are of each.
    """

    X: Any
    y: Any
    n_real: int
    n_synthetic: int

    @classmethod
    def of(cls, real: Any, synthetic: Any) -> "StackedRows":
        """Stack two pairs (X, y), or two X, or raise a ValueError that says what is wrong."""
        (real_X, real_y), (synthetic_X, synthetic_y) = (
            _checked("real", real),
            _checked("synthetic", synthetic),
        )
        if (real_y is None) != (synthetic_y is None):
            alone = "real" if real_y is None else "synthetic"
            raise ValueError(
                f"{alone} has no target, the other has one: give both as pairs (X, y), or neither"
            )
        if real_y is not None:
            real_y, synthetic_y = _same_kind_of_target(real_y, synthetic_y)
        return cls(
            X=_stack("X", real_X, synthetic_X),
            y=None if real_y is None else _stack("y", real_y, synthetic_y),
            n_real=_rows(real_X),
            n_synthetic=_rows(synthetic_X),
        )

    def take(self, rows: _Index) -> tuple[Any, Any]:
        """Pick rows by position: X, and y or None."""
        return _picked(self.X, rows), None if self.y is None else _picked(self.y, rows)


def _checked(name: str, data: Any) -> tuple[Any, Any]:
    if isinstance(data, tuple) and len(cast(tuple[Any, ...], data)) != 2:
        raise ValueError(
            f"{name} is a tuple of {len(cast(tuple[Any, ...], data))}: "
            "give the pair (X, y), or X alone"
        )
    given_X, given_y = cast(tuple[Any, Any], data) if isinstance(data, tuple) else (data, None)
    X = _rows_of(f"{name}: X", given_X)
    if given_y is None:
        return X, None
    y = _rows_of(f"{name}: y", given_y)
    if _rows(X) != _rows(y):
        raise ValueError(f"{name}: X has {_rows(X)} rows and y {_rows(y)}; each row needs a target")
    missing = int(np.count_nonzero(pd.isna(np.asarray(y))))
    if missing:
        raise ValueError(f"{name}: y has {missing} missing values; leave these rows out")
    return X, y


def _rows_of(name: str, data: Any) -> Any:
    if isinstance(data, (pd.DataFrame, pd.Series)) or sparse.issparse(data):
        rows = data
    else:
        try:
            rows = np.asarray(data)
        except ValueError as error:
            raise ValueError(f"{name} is no table: its rows have different lengths") from error
        if rows.ndim == 0:
            raise ValueError(f"{name}={shown(data)}: must be an array or a data frame of rows")
    if _rows(rows) == 0:
        raise ValueError(f"{name} has no rows; at least one is needed")
    return rows


def _rows(data: Any) -> int:
    return int(data.shape[0])


def _same_kind_of_target(real: Any, synthetic: Any) -> tuple[Any, Any]:
    """Give both targets as they are if pandas has both, else as arrays."""
    of_real, of_synthetic = np.asarray(real), np.asarray(synthetic)
    if types.is_numeric_dtype(of_real.dtype) != types.is_numeric_dtype(of_synthetic.dtype):
        # NumPy would make text of the numbers.
        raise ValueError(
            f"synthetic: y is {of_synthetic.dtype}, that of real is {of_real.dtype}; "
            "give both the same type"
        )
    return (real, synthetic) if type(real) is type(synthetic) else (of_real, of_synthetic)


def _stack(name: str, real: Any, synthetic: Any) -> Any:
    if isinstance(real, pd.DataFrame) and isinstance(synthetic, pd.DataFrame):
        return _stacked_frames(name, real, synthetic)
    if isinstance(real, pd.Series) and isinstance(synthetic, pd.Series):
        return pd.concat(_with_common_categories(real, synthetic), ignore_index=True)
    for one, other in ((real, synthetic), (synthetic, real)):
        if isinstance(one, (pd.DataFrame, pd.Series)) and not isinstance(other, type(one)):
            raise ValueError(
                f"{name} is a {type(real).__name__} in real and a {type(synthetic).__name__} in "
                "synthetic: give both as data frames with the same columns, or both as arrays"
            )
    if real.shape[1:] != synthetic.shape[1:]:
        raise ValueError(
            f"synthetic: {name} has rows of shape {synthetic.shape[1:]}, those of real have "
            f"{real.shape[1:]}; give both the same columns"
        )
    if sparse.issparse(real) or sparse.issparse(synthetic):
        return cast(Any, sparse.vstack)([real, synthetic], format="csr")
    return np.concatenate([real, synthetic])


def _stacked_frames(name: str, real: pd.DataFrame, synthetic: pd.DataFrame) -> pd.DataFrame:
    if not real.columns.is_unique or set(real.columns) != set(synthetic.columns):
        missing = [column for column in real.columns if column not in synthetic.columns]
        extra = [column for column in synthetic.columns if column not in real.columns]
        raise ValueError(
            f"synthetic: {name} must have the columns of real, each once; missing {shown(missing)},"
            f" not in real {shown(extra)}"
        )
    pairs = {
        column: _with_common_categories(real[column], synthetic[column]) for column in real.columns
    }
    return pd.concat(
        [pd.DataFrame({column: pair[side] for column, pair in pairs.items()}) for side in range(2)],
        ignore_index=True,
    )


def _with_common_categories(real: pd.Series, synthetic: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Give both columns the same categories: pandas makes text of categories that differ."""
    if not isinstance(real.dtype, pd.CategoricalDtype):
        if isinstance(synthetic.dtype, pd.CategoricalDtype):
            return real, synthetic.astype(synthetic.cat.categories.dtype)
        return real, synthetic
    known = real.cat.categories
    new = [value for value in pd.unique(synthetic.dropna()) if value not in known]
    dtype = pd.CategoricalDtype([*known, *new], ordered=real.cat.ordered)
    return real.astype(dtype), synthetic.astype(dtype)


def _picked(data: Any, rows: _Index) -> Any:
    return data.iloc[rows] if isinstance(data, (pd.DataFrame, pd.Series)) else data[rows]
