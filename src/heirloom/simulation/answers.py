"""What a model's methods return, checked: a mistake in a user's model is said in one line."""

from collections.abc import Collection
from typing import Any

import numpy as np
import numpy.typing as npt

from .._base.nested import arrays_in, map_arrays
from ..models import Fit, Model, Status
from ..models.base import Rows

_CODES = [int(status) for status in Status]
_FIT = "must return a Fit of parameters and a status for each replicate, as models.fitted() does"


def checked_fit(model: Model, fit: Any, arrays_of_truth: int, replicates: int) -> Fit:
    """A fit as the simulation takes it; a ValueError if it is none."""
    if not isinstance(fit, Fit):
        raise ValueError(f"{_name(model)}.fit returned {_shown(fit)}; it {_FIT}")
    status = np.asarray(fit.status)
    if status.shape != (replicates,) or status.dtype.kind not in "iu":
        raise ValueError(
            f"{_name(model)}.fit returned the status {_shown(fit.status)}; it {_FIT}, whole "
            f"numbers of shape ({replicates},) here"
        )
    if status.any() and not np.isin(status, _CODES).all():
        wrong = int(status[~np.isin(status, _CODES)][0])
        raise ValueError(
            f"{_name(model)}.fit returned the status {wrong}; it must be one of "
            f"heirloom.models.Status, 0 to {max(_CODES)}"
        )
    arrays = list(arrays_in(fit.parameters))
    if len(arrays) != arrays_of_truth:
        raise ValueError(
            f"{_name(model)}.fit returned parameters of another form than truth(): {len(arrays)} "
            f"arrays in place of {arrays_of_truth}"
        )
    for array in arrays:
        if np.ndim(array) == 0 or len(array) != replicates:
            raise ValueError(
                f"{_name(model)}.fit returned parameters of shape {np.shape(array)}; the first "
                f"axis must be that of the replicates, {replicates} here"
            )
    return fit


def checked_rows(model: Model, method: str, rows: Rows, replicates: int, count: int) -> Rows:
    """Rows as the simulation takes them; a ValueError if they are none."""
    arrays = list(arrays_in(rows))
    shapes = [np.shape(array)[:2] for array in arrays]
    if not arrays or any(shape != (replicates, count) for shape in shapes):
        shown = ", ".join(str(np.shape(array)) for array in arrays) or repr(rows)
        raise ValueError(
            f"{_name(model)}.{method} returned rows of shape {shown}; it must return an array of "
            f"shape ({replicates}, {count}, …) here: replicates first, then rows; or a named tuple "
            "of such"
        )
    # Workflows share rows: a fit that wrote to them would spoil them for others.
    return map_arrays(read_only, rows)


def read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The same array, not to be written to."""
    view = array.view()
    view.flags.writeable = False
    return view


def checked_metrics(
    model: Model, metrics: Any, replicates: int, taken: Collection[str] = ()
) -> dict[str, npt.NDArray[np.floating]]:
    """Metrics as the simulation takes them; a ValueError if they are none.

    Parameters
    ----------
    model, metrics, replicates
        What was measured.
    taken
        Names that a metric may not have.
    """
    if not isinstance(metrics, dict) or not metrics:
        raise ValueError(
            f"{_name(model)}.metrics returned {_shown(metrics)}; it must return a dictionary with "
            "one entry or more, such as {'error': squared distances from the truth}"
        )
    for name in taken:
        if name in metrics:
            raise ValueError(
                f"{_name(model)}.metrics returned a metric called {name!r}, which is the "
                "verifier's; give it another name"
            )
    checked: dict[str, npt.NDArray[np.floating]] = {}
    for name, values in metrics.items():
        array = np.asarray(values)
        if array.shape != (replicates,) or array.dtype.kind not in "biuf":
            raise ValueError(
                f"{_name(model)}.metrics returned {_shown(values)} for {name!r}; it must be one "
                f"number for each replicate, an array of shape ({replicates},) here"
            )
        checked[str(name)] = array
    return checked


def _name(model: Model) -> str:
    return type(model).__name__


def _shown(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype} of shape {value.shape}"
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:57]}..."
