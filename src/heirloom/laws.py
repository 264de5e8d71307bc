"""The laws of estimates: what theory needs to know of a model, and a model says of itself.

They are descriptions, as workflows are: :mod:`heirloom.theory` works out what they imply.
"""

import math
from dataclasses import dataclass, field

__all__ = ["ErrorLaw", "ErrorTerm", "Law", "LogDeterminantLaw"]


@dataclass(frozen=True)
class ErrorTerm:
    r"""One part of an expected squared error: ``scale`` times the variance V_t of a mean.

    V_t follows the rows through a workflow: a dataset of r rows that was born at the model of
    generation s adds (1 + ``curvature`` V_s)/(r − ``lost``), and is centred at that model. With
    the curvature v₂ of the variance function v(μ) = v₀ + v₁μ + v₂μ² this is the exact law of the
    mean at every sample size, in units of v(μ).

    Parameters
    ----------
    scale
        v(μ) of the truth, summed over coordinates; not negative.
    curvature
        v₂. Default 0: the variance of a row does not depend on the model.
    lost
        Degrees of freedom that every dataset loses, such as 1 for an unbiased variance. An error is
        infinite where no more rows than these are used. Default 0.
    synthetic_ratio
        Variance of a synthetic row over that of a real row; 1 (default) where real rows follow the
        model.
    """

    scale: float
    curvature: float = 0.0
    lost: int = 0
    synthetic_ratio: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what is no variance."""
        if not 0 <= self.scale < math.inf:
            raise ValueError(f"scale={self.scale!r}: must be 0 or more, and finite")
        if not math.isfinite(self.curvature):
            raise ValueError(f"curvature={self.curvature!r}: must be a finite number, or None")
        if not 0 <= self.synthetic_ratio < math.inf:
            raise ValueError(
                f"synthetic_ratio={self.synthetic_ratio!r}: must be 0 or more, and finite"
            )


@dataclass(frozen=True)
class ErrorLaw:
    """The law of an expected squared error, under every workflow.

    Parameters
    ----------
    limit
        The limit of large samples, exact for every regular asymptotically linear estimator: it
        holds under every workflow.
    exact
        Terms whose sum is the error at every sample size; empty (default) if they are not known.
    drawn
        Whether the exact terms also hold where a workflow draws rows from datasets. Default True.
    mixed
        Whether they also hold where a generation is fitted on several datasets. Default True.
    multiple_of
        They hold where the rows of every dataset are a multiple of it. Default 1.

    Examples
    --------
    Frequencies p of a fair coin, Σ p(1 − p) = ½:

    >>> from heirloom.laws import ErrorLaw
    >>> ErrorLaw.of_mean(0.5, curvature=-1.0).exact[0].curvature
    -1.0
    """

    limit: ErrorTerm
    exact: tuple[ErrorTerm, ...] = field(default=())
    drawn: bool = True
    mixed: bool = True
    multiple_of: int = 1

    @classmethod
    def of_mean(
        cls, variance: float, *, curvature: float | None = None, synthetic_ratio: float = 1.0
    ) -> "ErrorLaw":
        """Give the law of an estimate that is a mean, or behaves as one in large samples.

        Parameters
        ----------
        variance
            Of the estimate per row, summed over coordinates.
        curvature
            v₂ of the variance function, where the mean is that of a family with v(μ) = v₀ + v₁μ +
            v₂μ²: then the law is exact. None (default) where only the limit is known.
        synthetic_ratio
            Variance from synthetic rows over that from real rows.
        """
        limit = ErrorTerm(variance, synthetic_ratio=synthetic_ratio)
        if curvature is None:
            return cls(limit)
        return cls(limit, (ErrorTerm(variance, curvature, synthetic_ratio=synthetic_ratio),))


@dataclass(frozen=True)
class LogDeterminantLaw:
    """The law of the log-determinant of an unbiased covariance of normal rows.

    Where every generation is fitted on the whole of one dataset, it is a random walk whose steps
    are logarithms of Wishart determinants. Under other workflows no law is known.

    Parameters
    ----------
    start
        log det Σ of the truth; −inf where Σ is singular.
    dimension
        p, the number of columns.
    """

    start: float
    dimension: int


Law = ErrorLaw | LogDeterminantLaw
"""What a model says of one of its metrics."""
