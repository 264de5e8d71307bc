"""Rows drawn afresh from the datasets of a mixture."""

from typing import Any

import numpy as np
from jaxtyping import Int

from .._base.compilation import kernel
from .._base.nested import map_arrays
from .._base.random import Random, random_bits, uniform_double
from ..models.base import Rows


def drawn_numbers(
    random: Random, population: int, count: int, *, replacement: bool
) -> Int[np.ndarray, "R count"]:
    """Numbers of rows drawn at random, for each replicate.

    Parameters
    ----------
    random
        For the draw.
    population
        How many rows there are.
    count
        How many are drawn; at most `population` without replacement.
    replacement
        Whether a row may be drawn more than once.
    """
    first, second = (np.uint32(word) for word in random.next_key())
    chosen = np.empty((random.replicates, count), dtype=np.int64)
    draw = _draw_with_replacement if replacement else _draw_without_replacement
    draw(chosen, population, first, second, random.numbers)
    return chosen


def rows_at(rows: Rows, numbers: Int[np.ndarray, "R count"]) -> Rows:
    """Rows of each replicate at given numbers."""
    replicates = np.arange(len(numbers))[:, None]
    return map_arrays(lambda array: array[replicates, numbers], rows)


@kernel
def _draw_with_replacement(
    chosen: Any, population: Any, first: Any, second: Any, numbers: Any
) -> None:
    for r in range(chosen.shape[0]):
        for i in range(chosen.shape[1]):
            x, y = random_bits(np.uint32(i), numbers[r], first, second)
            chosen[r, i] = int(uniform_double(x, y) * population)


@kernel
def _draw_without_replacement(
    chosen: Any, population: Any, first: Any, second: Any, numbers: Any
) -> None:
    # The first steps of a shuffle, which are undone before the next replicate.
    order = np.arange(population)
    count = chosen.shape[1]
    for r in range(chosen.shape[0]):
        for i in range(count):
            x, y = random_bits(np.uint32(i), numbers[r], first, second)
            at = i + int(uniform_double(x, y) * (population - i))
            chosen[r, i] = order[at]
            order[at] = order[i]
            order[i] = at
        for back in range(count):
            i = count - 1 - back
            at = order[i]
            order[i] = order[at]
            order[at] = chosen[r, i]
