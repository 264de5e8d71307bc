"""Continuous distributions on the line, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
from jax.scipy.special import ndtr
from jaxtyping import Array, Float, PRNGKeyArray

_Values = Float[Array, "..."]


@dataclass(frozen=True)
class Distribution:
    """A distribution with a density.

    Attributes
    ----------
    sample
        From a key, a shape and a precision.
    cdf
        F(x).
    """

    sample: Callable[[PRNGKeyArray, tuple[int, ...], Any], _Values]
    cdf: Callable[[_Values], _Values]


# Functions with names, so that a model can be sent to another process.


def _uniform_cdf(x: _Values) -> _Values:
    return jnp.clip(x, 0, 1)


def _exponential_cdf(x: _Values) -> _Values:
    return -jnp.expm1(-jnp.maximum(x, 0))


def _laplace_cdf(x: _Values) -> _Values:
    tail = 0.5 * jnp.exp(-jnp.abs(x))
    return jnp.where(x < 0, tail, 1 - tail)


def _logistic_cdf(x: _Values) -> _Values:
    return jax.nn.sigmoid(x)


def _normal_cdf(x: _Values) -> _Values:
    return ndtr(x)


DISTRIBUTIONS = {
    "normal": Distribution(jax.random.normal, _normal_cdf),
    "uniform": Distribution(jax.random.uniform, _uniform_cdf),
    "exponential": Distribution(jax.random.exponential, _exponential_cdf),
    "laplace": Distribution(jax.random.laplace, _laplace_cdf),
    "logistic": Distribution(jax.random.logistic, _logistic_cdf),
}
"""Standard distributions: scale 1, and location 0 (the uniform on [0, 1])."""


def distribution_named(name: str) -> Distribution:
    """Look a distribution up, or raise a ValueError that names those there are."""
    if name not in DISTRIBUTIONS:
        raise ValueError(f"distribution={name!r}: must be one of {', '.join(DISTRIBUTIONS)}")
    return DISTRIBUTIONS[name]
