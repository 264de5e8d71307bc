"""Draws from the Wishart distribution."""

import numpy as np
from jaxtyping import Float

from .._base.random import Random


def wishart_root(random: Random, freedom: int, size: int) -> Float[np.ndarray, "R p p"]:
    """Lower triangular A such that AAᵀ is Wishart with an identity scale, for each replicate.

    Bartlett's decomposition: squares of the diagonal are χ² with freedom, freedom − 1, … degrees of
    freedom, entries below it are standard normal, and all are independent. With fewer degrees of
    freedom than rows the Wishart matrix is singular, and the columns that have none left are 0.

    Parameters
    ----------
    random
        Random numbers.
    freedom
        Degrees of freedom; without any, A is 0.
    size
        p.

    Examples
    --------
    >>> wishart_root(Random((1, 2), replicates=3), freedom=1, size=2)[:, :, 1].tolist()
    [[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]
    """
    columns = np.arange(size)
    left = np.maximum(freedom - columns, 0)
    square = 2 * random.generator().standard_gamma(left / 2, size=(random.replicates, size))
    root = np.zeros((random.replicates, size, size))
    root[:, columns, columns] = np.sqrt(square)
    below = np.tril_indices(size, -1)
    root[:, below[0], below[1]] = random.normal(len(below[0]))
    root[:, :, left == 0] = 0
    return root
