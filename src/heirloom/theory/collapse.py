"""How fast a covariance collapses where generations forget the real data."""

import math

from .._base.parameters import Number, Whole
from .evaluation import log_determinant_step


def log_determinant_drift(n_synthetic: int, dimension: int = 1) -> float:
    r"""Mean change of log det of an unbiased covariance at each generation of ``Discard``.

    :math:`\sum_{i=1}^p [\psi((m-i)/2) + \log(2/(m-1))]`: the mean logarithm of a Wishart
    determinant. It is negative, although the covariance is unbiased at every generation: a product
    of factors with mean 1 falls along almost every path, while its mean is carried by rare paths
    that explode.

    Parameters
    ----------
    n_synthetic
        m, rows at each generation; 2 or more.
    dimension
        p, the number of columns. Default 1.

    Returns
    -------
    float
        −inf where there are no more rows than the dimension: the covariance is singular at once.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> round(log_determinant_drift(100, 2), 6)
    -0.030526
    """
    Whole(2).checked("n_synthetic", n_synthetic)
    Whole(1).checked("dimension", dimension)
    return log_determinant_step(n_synthetic, dimension)[0]


def collapse_time(n_synthetic: int, dimension: int = 1, *, factor: float = 0.1) -> float:
    r"""Count the generations of ``Discard`` until the typical variance has fallen to a `factor`.

    The typical variance is the geometric mean of the eigenvalues of the covariance, (det)^{1/p}.
    Its logarithm is a random walk with the drift of :func:`log_determinant_drift` over p, which
    takes log(factor) over the drift to get there (Wald's identity; the last step may lead beyond).

    Parameters
    ----------
    n_synthetic
        m, rows at each generation; 2 or more.
    dimension
        p, the number of columns. Default 1.
    factor
        In (0, 1). Default 0.1.

    Returns
    -------
    float
        Generations; 0 where there are no more rows than the dimension.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> round(collapse_time(100, 2))
    151
    """
    Number(above=0, below=1).checked("factor", factor)
    drift = log_determinant_drift(n_synthetic, dimension)
    return 0.0 if math.isinf(drift) else dimension * math.log(factor) / drift
