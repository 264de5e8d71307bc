"""Arrays in the form that kernels take them in."""

from typing import Any

import numpy as np
import numpy.typing as npt
from jaxtyping import Float


def distinct_rows(weights: Float[np.ndarray, "R rows"]) -> Float[np.ndarray, "_ rows"]:
    """Weights in double precision; a single row where all replicates share one in memory.

    Examples
    --------
    >>> distinct_rows(np.broadcast_to([0.5, 0.5], (100, 2))).shape
    (1, 2)
    """
    shared = weights.strides[0] == 0
    return np.ascontiguousarray(weights[:1] if shared else weights, dtype=np.float64)


def kernel_rows(rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Rows as kernels take them: contiguous and not to be written to.

    A kernel is compiled anew for each kind of array that it is handed.
    """
    contiguous = np.ascontiguousarray(rows).view()
    contiguous.flags.writeable = False
    return contiguous
