"""Draws from the Wishart distribution."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray


def wishart_root(
    key: PRNGKeyArray, freedom: Int[Array, ""], size: int, dtype: jnp.dtype
) -> Float[Array, "p p"]:
    """Draw a lower triangular A such that AAᵀ is Wishart with an identity scale.

    Bartlett's decomposition: squares of the diagonal are χ² with freedom, freedom − 1, … degrees of
    freedom, entries below it are standard normal, and all are independent. With fewer degrees of
    freedom than rows the Wishart matrix is singular, and the columns that have none left are 0.

    Parameters
    ----------
    key
        A JAX random key.
    freedom
        Degrees of freedom; without any, A is 0.
    size
        p.
    dtype
        Of the entries.
    """
    of_diagonal, of_rest = jax.random.split(key)
    left = freedom - jnp.arange(size)
    present = left > 0
    shape = jnp.where(present, left, 1).astype(dtype) / 2
    diagonal = jnp.sqrt(2 * jax.random.gamma(of_diagonal, shape, dtype=dtype))
    below = jnp.tril(jax.random.normal(of_rest, (size, size), dtype), -1)
    return jnp.where(present, below + jnp.diag(diagonal), 0)
