"""Numbers as JSON holds them."""

import math


def json_number(value: float) -> float | None:
    """Give a number, or None where JSON has none: infinite, or not a number.

    Examples
    --------
    >>> json_number(1.5), json_number(float("inf"))
    (1.5, None)
    """
    return float(value) if math.isfinite(value) else None
