"""The laws of estimates: what theory needs to know of a model, and a model says of itself.

They are descriptions, as workflows are: :mod:`heirloom.theory` works out what they imply.
"""

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

__all__ = ["AcceptedResponsesLaw", "ErrorLaw", "ErrorTerm", "Law", "LogDeterminantLaw"]

_Float = npt.NDArray[np.float64]


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
    subsampled
        Whether the exact terms also hold where a fit is on some rows of a dataset, drawn afresh.
        Default True.
    mixed
        Whether they also hold where a generation is fitted on several datasets. Default True.
    multiple_of
        They hold where the rows of every dataset are a multiple of it. Default 1.
    least_rows
        A fit has no answer where a dataset that it uses whole has fewer rows, or where it draws
        fewer: the error is then infinite, as that of whatever stands on such a fit. Default 1.

    Examples
    --------
    Frequencies p of a fair coin, Σ p(1 − p) = ½:

    >>> from heirloom.laws import ErrorLaw
    >>> ErrorLaw.of_mean(0.5, curvature=-1.0).exact[0].curvature
    -1.0
    """

    limit: ErrorTerm
    exact: tuple[ErrorTerm, ...] = field(default=())
    subsampled: bool = True
    mixed: bool = True
    multiple_of: int = 1
    least_rows: int = 1

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


@dataclass(frozen=True, eq=False)
class AcceptedResponsesLaw:
    """The law of the squared error of a regression on a fixed design with verified responses.

    Real responses are y = xᵀθ* + ε with ε of N(0, σ²). A synthetic response of row i, drawn from a
    fitted model in place of θ*, is accepted if ``low[i]`` ≤ y ≤ ``high[i]``, and drawn again until
    it is. A verifier that knows a ball of radius r about θ_c accepts xᵀθ_c ∓ (r‖x‖ + σ_c) (arXiv
    2510.16657). Every dataset holds each row of the design equally often: its rows are a multiple
    of those of the design, and every row has as many accepted responses as any other.

    Parameters
    ----------
    design
        float64[rows, p], of rank p.
    truth
        float64[p]: θ*.
    noise_scale
        σ, more than 0: the standard deviation of a response about its mean.
    low, high
        float64[rows]: the accepted responses of each row of `design`, in the units of the
        responses, low < high; −inf and inf where every response is accepted.

    Raises
    ------
    ValueError
        If shapes do not fit, the design has dependent columns, a number is not finite, or an
        interval is empty or has one end only.

    Examples
    --------
    A ball of radius 0.5 about the truth, σ_c = 0.8:

    >>> import numpy as np
    >>> from heirloom.laws import AcceptedResponsesLaw
    >>> half_widths = np.full(2, 0.5 + 0.8)
    >>> AcceptedResponsesLaw(np.eye(2), np.zeros(2), 1.0, -half_widths, half_widths).high
    array([1.3, 1.3])
    """

    design: _Float
    truth: _Float
    noise_scale: float
    low: _Float
    high: _Float

    def __post_init__(self) -> None:
        """Refuse what is no such regression."""
        for name in ("design", "truth", "low", "high"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=np.float64))
        shape = self.design.shape
        if len(shape) != 2 or not np.isfinite(self.design).all():
            raise ValueError(f"design of shape {shape}: must be a table of finite numbers")
        if np.linalg.matrix_rank(self.design) < shape[1] or shape[1] == 0:
            raise ValueError(f"design of shape {shape}: must have independent columns")
        if self.truth.shape != shape[1:] or not np.isfinite(self.truth).all():
            raise ValueError(
                f"truth of shape {self.truth.shape}: must be {shape[1]} finite numbers, one for "
                "each column of the design"
            )
        if not 0 < self.noise_scale < math.inf:
            raise ValueError(f"noise_scale={self.noise_scale!r}: must be more than 0, and finite")
        if self.low.shape != shape[:1] or self.high.shape != shape[:1]:
            raise ValueError(
                f"low and high of shapes {self.low.shape} and {self.high.shape}: must hold a "
                f"number for each of the {shape[0]} rows of the design"
            )
        bounded = np.isfinite(self.low) & np.isfinite(self.high) & (self.low < self.high)
        if not np.all(bounded | ((self.low == -np.inf) & (self.high == np.inf))):
            raise ValueError(
                "low and high: must be finite with low < high, or −inf and inf, at every row"
            )


Law = ErrorLaw | LogDeterminantLaw | AcceptedResponsesLaw
"""What theory follows: what a model says of a metric, alone or with a verifier."""
