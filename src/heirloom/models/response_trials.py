"""Responses of a linear regression that are drawn until each lies in an interval."""

from typing import Any

import numpy as np
import numpy.typing as npt
from jaxtyping import Float, Int

from .._base.compilation import kernel
from .._base.elementary import normal_quantile_double, normal_quantile_single
from .._base.random import Random, random_bits, uniform_double, uniform_single
from .order_statistics import kernel_rows


def accepted_responses(
    random: Random,
    centre: Float[np.ndarray, "R table"],
    scale: Float[np.ndarray, " R"],
    low: Float[np.ndarray, " table"],
    high: Float[np.ndarray, " table"],
    numbers: Int[np.ndarray, " rows"] | int,
    most: int,
) -> tuple[
    Int[np.ndarray, "R rows"] | None, Float[np.ndarray, "R rows"], Float[np.ndarray, "R rows"]
]:
    """Draw candidates for each row until one is accepted.

    """
