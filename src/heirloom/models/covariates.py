"""The covariates of a regression: standard normal, or rows of a design."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
from jaxtyping import Array, Float, Int, PRNGKeyArray

_Design = Float[Array | np.ndarray, "table p"]


class LabelledRows(NamedTuple):
    """Rows of a regression.

    Attributes
    ----------
    design
        Covariates, one row each.
    response
        Responses.
    """

    design: Float[Array, "rows p"]
    response: Float[Array, " rows"]


def draw_covariates(
    key: PRNGKeyArray, design: _Design | None, rows: int, columns: int, dtype: Any
) -> Float[Array, "rows p"]:
    """Draw standard normal rows, or rows of a design with replacement."""
    if design is None:
        return jax.random.normal(key, (rows, columns), dtype)
    return jnp.asarray(design)[draw_numbers(key, design, rows)]


def draw_numbers(key: PRNGKeyArray, design: _Design, rows: int) -> Int[Array, " rows"]:
    """Draw numbers of rows of a design, with replacement."""
    return jax.random.randint(key, (rows,), 0, design.shape[0])


def validate_coefficients(coefficients: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return a vector of finite numbers, or raise a ValueError."""
    vector = _finite("coefficients", np.atleast_1d(_array(coefficients)))
    if vector.ndim != 1:
        raise ValueError(f"coefficients has shape {vector.shape}: must be a vector")
    return vector


def validate_design(design: npt.ArrayLike | None, columns: int) -> npt.NDArray[np.float64] | None:
    """Return a matrix with a column for each coefficient, or raise a ValueError."""
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
    """Return finite numbers, one for each row of the design, or raise a ValueError."""
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
