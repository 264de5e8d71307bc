"""Numbers that stand for a missing value, such as -999 among ages."""

import re
from typing import NamedTuple

import numpy as np
from jaxtyping import Float64

# What surveys and instruments use: nines, perhaps with a last 8 or 7, or eights, or sevens.
_CODE = re.compile(r"9+[789]?|8+|7+")

# How many times the range of the other numbers a code is away from them: certainly, or perhaps.
_CERTAIN, _POSSIBLE = 5.0, 1.0


class Codes(NamedTuple):
    """Numbers of a column that stand for a missing value: those that surely do, or perhaps."""

    certain: tuple[float, ...] = ()
    possible: tuple[float, ...] = ()


def codes_in(values: Float64[np.ndarray, "rows"]) -> Codes:
    """Find the numbers that look like a code and are far from all others.

    Parameters
    ----------
    values : float64[rows]
        The numbers of a column, without those that are missing.

    Returns
    -------
    Codes
        Certain: farther from the others than five times their range, or negative where no other is
        and farther than their range. Possible: others that are farther than their range.

    Examples
    --------
    >>> codes_in(np.array([31.0, -999.0, 64.0, 48.0]))
    Codes(certain=(-999.0,), possible=())
    >>> codes_in(np.array([0.0, 41310.0, 7298.0, 99999.0]))
    Codes(certain=(), possible=(99999.0,))
    """
    distinct = np.unique(values)
    looks = np.array([_looks_like_a_code(value) for value in distinct.tolist()], dtype=bool)
    others = distinct[~looks]
    if not looks.any() or len(others) < 2:
        return Codes()
    least, greatest = float(others[0]), float(others[-1])
    certain: list[float] = []
    possible: list[float] = []
    for code in distinct[looks].tolist():
        distance = max(least - code, code - greatest) / (greatest - least)
        below = code < 0 <= least
        if distance > (_POSSIBLE if below else _CERTAIN):
            certain.append(code)
        elif distance > _POSSIBLE:
            possible.append(code)
    return Codes(tuple(certain), tuple(possible))


def _looks_like_a_code(value: float) -> bool:
    if not value.is_integer() or not -1e10 < value < 1e10:
        return False
    digits = str(abs(int(value)))
    return bool(_CODE.fullmatch(digits)) and (value < 0 or len(digits) > 1)
