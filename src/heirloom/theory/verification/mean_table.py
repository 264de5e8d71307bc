"""The mean of accepted responses, read from a table at many distances."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .truncated_normal import accepted_moments

_Float = npt.NDArray[np.float64]

# Distance between the points at which the mean map is tabulated: errors of 1e-13 between them.
_TABLE_STEP = 0.02


class MeanTable(NamedTuple):
    """Reads the mean map at many distances by Hermite's quintic, for one half width after another.

    The map's first two derivatives are the variance and the third moment: they cost nothing more.
    """

    knots: _Float
    cells: npt.NDArray[np.intp]
    value: tuple[_Float, ...]
    slope: tuple[_Float, ...]

    @classmethod
    def of(cls, distances: _Float) -> "MeanTable":
        """Prepare a table that is read at these distances."""
        low, high = float(distances.min()), float(distances.max())
        n_cells = max(1, math.ceil((high - low) / _TABLE_STEP))
        if n_cells >= distances.size:
            return cls(distances, np.empty(0, dtype=np.intp), (), ())
        step = (high - low) / n_cells
        knots = low + step * np.arange(n_cells + 1)
        cells = np.minimum(((distances - low) / step).astype(np.intp), n_cells - 1)
        t = (distances - knots[cells]) / step
        return cls(np.asarray(knots, dtype=np.float64), cells, *_quintic(t, step))

    def read(self, half_width: float) -> tuple[_Float, _Float]:
        """Give mean and variance of an accepted response, at each distance."""
        moments = accepted_moments(self.knots, half_width)
        if not self.value:
            return moments.mean, moments.variance
        columns = [moments.mean, moments.variance, moments.third]
        ends = [column[self.cells + end] for column in columns for end in (0, 1)]
        mean = sum((a * b for a, b in zip(self.value, ends, strict=True)), start=np.zeros(()))
        variance = sum((a * b for a, b in zip(self.slope, ends, strict=True)), start=np.zeros(()))
        return mean, variance


def _quintic(t: _Float, step: float) -> tuple[tuple[_Float, ...], tuple[_Float, ...]]:
    """Hermite's basis at t in [0, 1] and its derivative: values, slopes and curvatures of ends."""
    s = 1 - t
    value = (
        s**3 * (1 + 3 * t + 6 * t**2),
        t**3 * (1 + 3 * s + 6 * s**2),
        step * t * s**3 * (1 + 3 * t),
        -step * s * t**3 * (1 + 3 * s),
        step**2 * t**2 * s**3 / 2,
        step**2 * s**2 * t**3 / 2,
    )
    slope = (
        -30 * t**2 * s**2 / step,
        30 * t**2 * s**2 / step,
        s**2 * (1 - 3 * t) * (1 + 5 * t),
        t**2 * (1 - 3 * s) * (1 + 5 * s),
        step * t * s**2 * (2 - 5 * t) / 2,
        -step * s * t**2 * (2 - 5 * s) / 2,
    )
    return value, slope
