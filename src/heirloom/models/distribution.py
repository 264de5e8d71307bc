"""Continuous distributions on the line, by name."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Float
from scipy import special

from .._base.compilation import kernel
from .._base.elementary import exp_single
from .._base.parameters import Choice, Number, checked
from .._base.random import Random

_Rows = Float[np.ndarray, "R rows"]
_Values = Float[np.ndarray, "..."]


@dataclass(frozen=True)
class Distribution:
    """A distribution with a density.

    Attributes
    ----------
    sample
        So many rows for each replicate, of shape (R, rows), from random numbers and in their
        precision.
    cdf
        F(x) of an array of one axis or more, in its precision.
    """

    sample: Callable[[Random, int], _Rows]
    cdf: Callable[[_Values], _Values]


@dataclass(frozen=True)
class SymmetricDistribution(Distribution):
    """A distribution that is symmetric about 0, with what theory asks of it in double precision.

    Attributes
    ----------
    variance
        Infinite where there is none.
    density
        f(x) of a number.
    probability
        F(x) of a number.
    quantile
        The inverse of `probability`.
    """

    variance: float
    density: Callable[[float], float]
    probability: Callable[[float], float]
    quantile: Callable[[float], float]


# Functions with names, so that a model can be sent to another process.


def _sample_normal(random: Random, rows: int) -> _Rows:
    return random.normal(rows)


def _sample_uniform(random: Random, rows: int) -> _Rows:
    return random.uniform(rows)


def _sample_exponential(random: Random, rows: int) -> _Rows:
    return -np.log1p(-random.uniform(rows))


def _sample_laplace(random: Random, rows: int) -> _Rows:
    level = random.uniform(rows)
    size = np.log(2 * np.minimum(level, 1 - level))
    return np.where(level < 0.5, size, -size)


def _sample_logistic(random: Random, rows: int) -> _Rows:
    level = random.uniform(rows)
    return np.log(level) - np.log1p(-level)


def _sample_student_t(degrees: float, random: Random, rows: int) -> _Rows:
    # The polar method of Bailey (1994): exact for any degrees, and without rejection.
    level, angle = random.uniform(rows), 2 * math.pi * random.uniform(rows)
    return np.sqrt(degrees * np.expm1(-2 / degrees * np.log(level))) * np.cos(angle)


def _uniform_cdf(x: _Values) -> _Values:
    return np.clip(x, 0, 1)


def _exponential_cdf(x: _Values) -> _Values:
    return -np.expm1(-np.maximum(x, 0))


def _laplace_cdf(x: _Values) -> _Values:
    tail = 0.5 * np.exp(-np.abs(x))
    return np.where(x < 0, tail, 1 - tail)


def _logistic_cdf(x: _Values) -> _Values:
    tail = np.exp(-np.abs(x))
    return np.where(x < 0, tail, 1) / (1 + tail)


def _normal_cdf(x: _Values) -> _Values:
    # SciPy's takes twenty times as long in single precision.
    if x.dtype != np.float32 or not x.size:
        return special.ndtr(x)
    rows = np.ascontiguousarray(x).reshape(-1, x.shape[-1])
    levels = np.empty_like(rows)
    _normal_cdf_single(rows, levels)
    return levels.reshape(x.shape)


@kernel
def _normal_cdf_single(rows: Any, levels: Any) -> None:
    for r in range(rows.shape[0]):
        _normal_cdf_row(rows[r], levels[r])


@kernel
def _normal_cdf_row(row: Any, levels: Any) -> None:
    # Press, Teukolsky, Vetterling and Flannery, Numerical Recipes (1992), §6.2: a Chebyshev fit of
    # the complementary error function, to 1.2e-7 of itself.
    for i in range(row.size):
        z = abs(row[i]) * np.float32(0.70710678)
        t = np.float32(1) / (np.float32(1) + np.float32(0.5) * z)
        p = np.float32(0.17087277)
        p = p * t - np.float32(0.82215223)
        p = p * t + np.float32(1.48851587)
        p = p * t - np.float32(1.13520398)
        p = p * t + np.float32(0.27886807)
        p = p * t - np.float32(0.18628806)
        p = p * t + np.float32(0.09678418)
        p = p * t + np.float32(0.37409196)
        p = p * t + np.float32(1.00002368)
        p = p * t - np.float32(1.26551223)
        tail = np.float32(0.5) * t * exp_single(p - z * z)
        levels[i] = tail if row[i] < np.float32(0) else np.float32(1) - tail


def _student_t_cdf(degrees: float, x: _Values) -> _Values:
    return special.stdtr(degrees, x)


def _normal_density(x: float) -> float:
    return math.exp(-0.5 * x**2) / math.sqrt(2 * math.pi)


def _laplace_density(x: float) -> float:
    return 0.5 * math.exp(-abs(x))


def _laplace_probability(x: float) -> float:
    tail = _laplace_density(x)
    return tail if x < 0 else 1 - tail


def _laplace_quantile(level: float) -> float:
    return math.log(2 * level) if level < 0.5 else -math.log(2 * (1 - level))


def _logistic_density(x: float) -> float:
    tail = math.exp(-abs(x))
    return tail / (1 + tail) ** 2


def _student_t_density(degrees: float, x: float) -> float:
    constant = math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2)
    power = -(degrees + 1) / 2 * math.log1p(x**2 / degrees)
    return math.exp(constant + power) / math.sqrt(degrees * math.pi)


def _student_t_probability(degrees: float, x: float) -> float:
    return float(special.stdtr(degrees, x))


def _student_t_quantile(degrees: float, level: float) -> float:
    return float(special.stdtrit(degrees, level))


@checked(degrees=Number(least=1))
def student_t(degrees: float) -> SymmetricDistribution:
    """Student's t distribution of so many degrees of freedom, 1 (Cauchy) or more.

    Raises
    ------
    ValueError
        If there are fewer, or no finite number of them.
    """
    return SymmetricDistribution(
        sample=partial(_sample_student_t, degrees),
        cdf=partial(_student_t_cdf, degrees),
        variance=degrees / (degrees - 2) if degrees > 2 else math.inf,
        density=partial(_student_t_density, degrees),
        probability=partial(_student_t_probability, degrees),
        quantile=partial(_student_t_quantile, degrees),
    )


SYMMETRIC_DISTRIBUTIONS = {
    "normal": SymmetricDistribution(
        _sample_normal, _normal_cdf, 1.0, _normal_density, special.ndtr, special.ndtri
    ),
    "laplace": SymmetricDistribution(
        _sample_laplace,
        _laplace_cdf,
        2.0,
        _laplace_density,
        _laplace_probability,
        _laplace_quantile,
    ),
    "logistic": SymmetricDistribution(
        _sample_logistic,
        _logistic_cdf,
        math.pi**2 / 3,
        _logistic_density,
        special.expit,
        special.logit,
    ),
}
"""Standard distributions, symmetric about 0: those without a parameter."""

SYMMETRIC_NAMES = (*SYMMETRIC_DISTRIBUTIONS, "student_t")
"""Names of all symmetric distributions."""

DISTRIBUTIONS: dict[str, Distribution] = {
    "normal": SYMMETRIC_DISTRIBUTIONS["normal"],
    "uniform": Distribution(_sample_uniform, _uniform_cdf),
    "exponential": Distribution(_sample_exponential, _exponential_cdf),
    "laplace": SYMMETRIC_DISTRIBUTIONS["laplace"],
    "logistic": SYMMETRIC_DISTRIBUTIONS["logistic"],
}
"""Standard distributions: scale 1, and location 0 (the uniform on [0, 1])."""


def distribution_named(name: str) -> Distribution:
    """Distribution of a name, or a ValueError that names those there are."""
    return DISTRIBUTIONS[Choice(*DISTRIBUTIONS).checked("distribution", name)]


def symmetric_distribution_named(name: str, *, degrees: float) -> SymmetricDistribution:
    """Symmetric distribution of a name; `degrees` are of ``"student_t"``, and else unused.

    Raises
    ------
    ValueError
        If the name is not known; it names those there are.
    """
    Choice(*SYMMETRIC_NAMES).checked("distribution", name)
    return student_t(degrees) if name == "student_t" else SYMMETRIC_DISTRIBUTIONS[name]
