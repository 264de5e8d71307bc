"""Standard normal numbers between two bounds."""

import math

import jax.numpy as jnp
from jax.scipy.special import erfc, ndtr, ndtri
from jaxtyping import Array, Float

_ROOT_HALF = math.sqrt(0.5)


def truncated_normal(
    uniform: Float[Array, " rows"], low: Float[Array, " rows"], high: Float[Array, " rows"]
) -> Float[Array, " rows"]:
    """Turn uniform numbers into standard normal ones between bounds.

    By the inverse of the distribution function, from the tail that the interval lies nearer to, so
    that no digits are lost far out: up to 12 in single precision, where an interval has a chance of
    1e-33.

    Parameters
    ----------
    uniform
        In (0, 1).
    low, high
        The bounds, maybe infinite; where `low` is not below `high`, `low` is returned.
    """
    mirrored = low + high > 0
    lower = jnp.where(mirrored, -high, low)
    upper = jnp.where(mirrored, -low, high)
    below = ndtr(lower)
    number = ndtri(below + uniform * (ndtr(upper) - below))
    number = jnp.clip(number, lower, jnp.maximum(lower, upper))
    return jnp.where(mirrored, -number, number)


def probability_between(
    low: Float[Array, " rows"], high: Float[Array, " rows"]
) -> Float[Array, " rows"]:
    """Chance that a standard normal number lies between bounds; 0 where `low` exceeds `high`."""
    mirrored = low + high > 0
    lower = jnp.where(mirrored, -high, low)
    upper = jnp.where(mirrored, -low, high)
    return jnp.maximum(erfc(-upper * _ROOT_HALF) - erfc(-lower * _ROOT_HALF), 0) / 2
