"""The covariates of a regression: standard normal, or rows of a design."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from jaxtyping import Float, Int

from .._base.compilation import kernel
from .._base.parameters import Array, Number
from .._base.random import Random, random_bits

COEFFICIENTS = Array(axes=(0, 1))
DESIGN = Array(axes=(2,))
RESPONSES = Array(axes=(1,))
PENALTY = Array(axes=(0, 1), entries=Number(least=0))


class LabelledRows(NamedTuple):
    """Rows of a regression.

    Attributes
    ----------
    design
        Covariates, of shape (R, rows, p). Those that models draw lie column by column in memory:
        ``design.swapaxes(1, 2)`` is contiguous.
    response
        Responses, of shape (R, rows).
    """

    design: Float[np.ndarray, "R rows p"]
    response: Float[np.ndarray, "R rows"]


def draw_covariates(
    random: Random, design: Float[np.ndarray, "table p"] | None, rows: int, columns: int
) -> Float[np.ndarray, "R rows p"]:
    """Standard normal rows, or rows of a design, drawn with replacement."""
    if design is None:
        return np.swapaxes(random.normal(columns, rows), 1, 2)
    return rows_of(design, draw_numbers(random, design, rows), random.dtype)


def draw_numbers(
    random: Random, design: Float[np.ndarray, "table p"], rows: int
) -> Int[np.ndarray, "R rows"]:
    """Numbers of rows of a design, drawn with replacement."""
    numbers = np.empty((random.replicates, rows), np.int32)
    first, second = (np.uint32(word) for word in random.next_key())
    _draw_numbers(numbers, random.numbers, first, second, np.uint64(len(design)))
    return numbers


def rows_of(
    design: Float[np.ndarray, "table p"], numbers: Int[np.ndarray, "R rows"], dtype: npt.DTypeLike
) -> Float[np.ndarray, "R rows p"]:
    """Rows of a design by their numbers, column by column in memory."""
    columns = np.empty((len(numbers), design.shape[1], numbers.shape[1]), dtype)
    _gather(design, numbers, columns)
    return np.swapaxes(columns, 1, 2)


def matched_design(design: npt.ArrayLike, columns: int) -> npt.NDArray[np.float64]:
    """Matrix with a column for each coefficient; a ValueError if it has others."""
    matrix = np.asarray(design, dtype=np.float64)
    if matrix.shape[1] != columns:
        raise ValueError(
            f"design has shape {matrix.shape}: must be (rows, {columns}), one column for each "
            "coefficient"
        )
    return matrix


def matched_responses(
    responses: npt.ArrayLike, design: npt.NDArray[np.float64] | None
) -> npt.NDArray[np.float64]:
    """Vector with an entry for each row of the design; a ValueError if it has others."""
    vector = np.asarray(responses, dtype=np.float64)
    if design is None or vector.shape != (len(design),):
        raise ValueError(
            f"responses has shape {vector.shape}: must have an entry for each row of design"
        )
    return vector


def sandwich(
    information: npt.NDArray[np.float64], score: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64] | None:
    """Asymptotic covariance H⁻¹ G H⁻¹ of an M-estimator per row; None where H is singular."""
    if np.linalg.matrix_rank(information, hermitian=True) < len(information):
        return None
    bread = np.linalg.inv(information)
    return bread @ score @ bread


@kernel
def _draw_numbers(numbers: Any, replicates: Any, first: Any, second: Any, table: Any) -> None:
    rows = numbers.shape[1]
    half = (rows + 1) // 2
    for r in range(numbers.shape[0]):
        for i in range(half):
            x, y = random_bits(np.uint32(i), replicates[r], first, second)
            numbers[r, i] = (np.uint64(x) * table) >> np.uint64(32)
            if half + i < rows:
                numbers[r, half + i] = (np.uint64(y) * table) >> np.uint64(32)


@kernel
def _gather(design: Any, numbers: Any, columns: Any) -> None:
    for r in range(numbers.shape[0]):
        for j in range(design.shape[1]):
            for i in range(numbers.shape[1]):
                columns[r, j, i] = design[numbers[r, i], j]
