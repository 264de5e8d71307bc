"""How many responses are accepted in each round."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ..._base.parameters import Whole, number_in, shown
from ...workflows.schedule import values_of_schedule

AcceptedSchedule: TypeAlias = (
    int
    | Sequence[int]
    | npt.NDArray[np.integer]
    | npt.NDArray[np.floating]
    | Callable[[int], int]
    | Callable[[int], float]
)
"""Accepted responses a direction: a number, an array for the rounds 1…K, or a function of k."""


def accepted_rows(n_accepted: AcceptedSchedule, rounds: int) -> npt.NDArray[np.float64]:
    """Evaluate the accepted responses a direction in rounds 1 to K.

    Parameters
    ----------
    n_accepted
        n_k: a number; an array with an entry for each of the rounds 1…K (or 0…K, entry 0 unused);
        or a function, called with each k from 1 to K.
    rounds
        K, 0 or more.

    Returns
    -------
    float64[rounds]
        n_1…n_K.

    Raises
    ------
    ValueError
        If a number of rows is not whole, or below 1.

    Examples
    --------
    >>> accepted_rows(lambda k: 100 * k, 3)
    array([100., 200., 300.])
    """
    last = Whole(0).checked("rounds", rounds)
    values = values_of_schedule("n_accepted", n_accepted, last)[1:]
    wrong = values[~((values >= 1) & (values == np.floor(values)) & np.isfinite(values))]
    if wrong.size:
        raise ValueError(f"n_accepted={wrong[0]:g}: must be a whole number of rows, 1 or more")
    return values


def one_round_rows(n_accepted: float) -> float:
    """Check the accepted responses a direction of a single round; fractions are welcome.

    Parameters
    ----------
    n_accepted
        n, more than 0; infinite for a large sample.

    Returns
    -------
    float
        n.

    Raises
    ------
    ValueError
        If it is not above 0.

    Examples
    --------
    >>> one_round_rows(100)
    100.0
    """
    n = number_in(n_accepted)
    if n is None or not n > 0:
        raise ValueError(f"n_accepted={shown(n_accepted)}: must be above 0")
    return n
