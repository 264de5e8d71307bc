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


def _laplace_cdf(x: _Values) -> _Values:
    tail = 0.5 * jnp.exp(-jnp.abs(x))
    return jnp.where(x < 0, tail, 1 - tail)


DISTRIBUTIONS = {
    "normal": Distribution(jax.random.normal, ndtr),
    "uniform": Distribution(jax.random.uniform, lambda x: jnp.clip(x, 0, 1)),
    "exponential": Distribution(jax.random.exponential, lambda x: -jnp.expm1(-jnp.maximum(x, 0))),
    "laplace": Distribution(jax.random.laplace, _laplace_cdf),
    "logistic": Distribution(jax.random.logistic, jax.nn.sigmoid),
}
"""Standard distributions: scale 1, and location 0 (the uniform on [0, 1])."""


def distribution_named(name: str) -> Distribution:
    """Look a distribution up, or raise a ValueError that names those there are."""
    if name not in DISTRIBUTIONS:
        raise ValueError(f"distribution={name!r}: must be one of {', '.join(DISTRIBUTIONS)}")
    return DISTRIBUTIONS[name]
