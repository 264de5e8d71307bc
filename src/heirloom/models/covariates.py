"""The covariates of a regression: standard normal, or rows of a design."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from jaxtyping import Float, Int

from .._base.compilation import kernel
from .._base.random import Random, random_bits


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


def validate_coefficients(coefficients: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Vector of finite numbers; a ValueError where there is none."""
    vector = _finite("coefficients", np.atleast_1d(_array(coefficients)))
    if vector.ndim != 1:
        raise ValueError(f"coefficients has shape {vector.shape}: must be a vector")
    return vector


def validate_design(design: npt.ArrayLike | None, columns: int) -> npt.NDArray[np.float64] | None:
    """Matrix with a column for each coefficient; a ValueError where there is none."""
    if design is None:
        return None
    matrix = _array(design)
    if matrix.ndim != 2 or matrix.shape[1] != columns:
        raise ValueError(
            f"design has shape {matrix.shape}: must be (rows, {columns}), a column a coefficient"
        )
    return _finite("design", matrix)


def validate_responses(
    responses: npt.ArrayLike | None, design: npt.NDArray[np.float64] | None
) -> npt.NDArray[np.float64] | None:
    """Finite numbers, one for each row of the design; a ValueError where there are none."""
    if responses is None:
        return None
    vector = _array(responses)
    if design is None or vector.shape != (len(design),):
        raise ValueError(
            f"responses has shape {vector.shape}: must have an entry for each row of design"
        )
    return _finite("responses", vector)


def sandwich(
    information: npt.NDArray[np.float64], score: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64] | None:
    """Asymptotic covariance H⁻¹ G H⁻¹ of an M-estimator per row; None where H is singular."""
    if np.linalg.matrix_rank(information, hermitian=True) < len(information):
        return None
    bread = np.linalg.inv(information)
    return bread @ score @ bread


def _array(value: npt.ArrayLike) -> npt.NDArray[np.float64]:
    return np.asarray(value, dtype=np.float64)


def _finite(name: str, value: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    if value.size == 0 or not np.all(np.isfinite(value)):
        raise ValueError(f"{name} is empty or has entries that are not finite")
    return value


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
