"""Draws from discrete distributions, one for each replicate; what has no mass is never drawn."""

from typing import Any

import numpy as np
import numpy.typing as npt
from jaxtyping import Float, Int

from .._base.compilation import kernel
from .._base.kernel_arrays import distinct_rows, kernel_rows
from .._base.random import Random

# Uniform numbers of single precision are the middles of 2²³ steps: too coarse for more atoms.
_STEP = 2.0**-23
_MOST_IN_SINGLE = 2**12

_ROUNDING = 1e-9


def drawn_points(
    random: Random,
    points: Float[np.ndarray, "R atoms"],
    weights: Float[np.ndarray, "R atoms"],
    rows: int,
) -> Float[np.ndarray, "R rows"]:
    """Points drawn by their weights, with an alias table: the cost of a draw is constant.

    A number falls on one of the atoms, all alike, and is handed on to its alias with a probability
    that makes up for its weight (Walker 1977; Vose, *A linear algorithm for generating random
    numbers with a given distribution*, IEEE Transactions on Software Engineering 17, 1991).
    Workflows that share random numbers and weigh the same atoms a little differently so draw mostly
    the same; with the inverse of the distribution function, nearly all of their draws would differ.
    """
    atoms, uniform = kernel_rows(points), _uniform(random, points.shape[1], rows)
    table = distinct_rows(weights)
    bound, taker = np.empty(table.shape), np.empty((*table.shape, 2), np.int64)
    _fill_alias_tables(kernel_rows(table), bound, taker)
    drawn = np.empty(uniform.shape, atoms.dtype)
    _draw_points(atoms, bound, taker, kernel_rows(uniform), drawn)
    return drawn


def drawn_positions(
    random: Random, masses: Float[np.ndarray, "_ atoms"], rows: int
) -> Int[np.ndarray, "R rows"]:
    """Positions of atoms, drawn by inversion of the distribution function.

    Workflows that share random numbers draw neighbours, where they put their masses elsewhere.

    Parameters
    ----------
    random, rows
        Random numbers, and how many draws for each replicate.
    masses
        Masses of the atoms, whatever their sum; of shape (1, atoms) for all replicates alike.
    """
    # An atom without mass has the height of the one before it, to the last bit.
    heights = np.cumsum(masses, axis=1)
    last = heights[:, -1:]
    # Below the last height, so that rounding cannot lead past the last atom that has mass.
    level = np.minimum(_uniform(random, masses.shape[1], rows) * last, np.nextafter(last, 0))
    positions = np.empty(level.shape, np.int64)
    _invert(heights, level, positions)
    return positions


def _uniform(random: Random, atoms: int, rows: int) -> npt.NDArray[np.floating]:
    if atoms <= _MOST_IN_SINGLE or random.dtype != np.float32:
        return random.uniform(rows)
    # A second number says where in its step the first is.
    coarse, within = np.moveaxis(random.uniform(2, rows), 1, 0).astype(np.float64)
    return coarse + _STEP * (within - 0.5)


@kernel
def _fill_alias_tables(weights: Any, bound: Any, taker: Any) -> None:
    waiting = np.empty(weights.shape[1], np.int64)
    for r in range(weights.shape[0]):
        _fill_alias_table(weights[r], bound[r], taker[r], waiting)


@kernel
def _fill_alias_table(weights: Any, bound: Any, taker: Any, waiting: Any) -> None:
    """Who takes a number below an atom's bound, the atom itself, and who takes one from it on."""
    atoms = weights.size
    scale = atoms / np.sum(weights)
    heaviest = np.argmax(weights)
    # Atoms that are lighter than the mean wait at the front, the others at the back.
    lighter, heavier = 0, atoms
    for i in range(atoms - 1, -1, -1):
        bound[i] = scale * weights[i]
        # The second for those that rounding leaves without a partner.
        taker[i, 0], taker[i, 1] = i, i if weights[i] > 0 else heaviest
        if bound[i] < 1:
            waiting[lighter] = i
            lighter += 1
        else:
            heavier -= 1
            waiting[heavier] = i
    while lighter > 0 and heavier < atoms:
        lighter -= 1
        light, heavy = waiting[lighter], waiting[heavier]
        taker[light, 1] = heavy
        bound[heavy] -= 1 - bound[light]
        # What is 1 but for rounding has found its partners: of nearly the same weights come nearly
        # the same tables.
        if bound[heavy] < 1 + _ROUNDING:
            heavier += 1
            if bound[heavy] < 1 - _ROUNDING:
                waiting[lighter] = heavy
                lighter += 1
    for i in range(atoms):
        bound[i] += i


@kernel
def _draw_points(points: Any, bound: Any, taker: Any, uniform: Any, drawn: Any) -> None:
    for r in range(drawn.shape[0]):
        table = min(r, bound.shape[0] - 1)
        _draw_row(points[r], bound[table], taker[table], uniform[r], drawn[r])


@kernel
def _draw_row(points: Any, bound: Any, taker: Any, uniform: Any, drawn: Any) -> None:
    for i in range(drawn.size):
        # Uniform numbers are so far below 1 that the product is below the number of atoms.
        place = np.float64(uniform[i]) * points.size
        # Without a sign, an index cannot count from the end, and need not be checked.
        atom = np.uint64(np.int64(place))
        # Looked up rather than chosen: a processor cannot guess such choices.
        drawn[i] = points[np.uint64(taker[atom, np.uint64(place >= bound[atom])])]


@kernel
def _invert(heights: Any, level: Any, positions: Any) -> None:
    """First position at which the height is above the level."""
    for r in range(positions.shape[0]):
        of_row = heights[min(r, heights.shape[0] - 1)]
        for i in range(positions.shape[1]):
            first, last = 0, of_row.size - 1
            while first < last:
                middle = (first + last) // 2
                if of_row[middle] > level[r, i]:
                    last = middle
                else:
                    first = middle + 1
            positions[r, i] = first
