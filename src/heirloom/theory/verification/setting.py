"""A verifier's bias and its tolerance, and the real data it is set against."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..._base.parameters import Array, Number, Whole, shown

_Float = npt.NDArray[np.float64]

_SINGULAR_VALUES = Array(axes=(1,), entries=Number(above=0))


def published_slack(noise_scale: float) -> float:
    r"""Slack σ_c of the published experiments: :math:`σ\sqrt{2/π}`, the mean size of the noise.

    Parameters
    ----------
    noise_scale
        σ, in units of the response; more than 0.

    Returns
    -------
    float
        σ_c (arXiv 2510.16657), in units of the response.

    Raises
    ------
    ValueError
        If `noise_scale` is not positive and finite.

    Examples
    --------
    >>> round(published_slack(1.0), 4)
    0.7979
    """
    return Number(above=0).checked("noise_scale", noise_scale) * math.sqrt(2 / math.pi)


@dataclass(frozen=True, eq=False)
class VerifiedRegression:
    r"""Linear regression whose synthetic responses pass a verifier (arXiv 2510.16657).

    Real responses are :math:`y = x'θ^* + ξ`, ξ ~ N(0, σ²). Synthetic rows are the right singular
    vectors v_j of the real design, and a response to one is accepted iff
    :math:`|y - v_j'θ_c| ≤ r + σ_c`. So the directions are independent. Build it with
    :meth:`VerifiedRegression.of`.

    Attributes
    ----------
    bias
        float64[p]: v_j′(θ_c − θ*), the verifier's bias in each direction, in units of the
        coefficients.
    radius
        r, how far from its centre θ_c the verifier believes the truth may be, in units of the
        coefficients; infinite for a verifier that accepts everything.
    slack
        σ_c, its allowance for noise, in units of the response.
    noise_scale
        σ.
    singular_values
        float64[p]: μ_j of the real design.
    """

    bias: npt.NDArray[np.float64]
    radius: float
    slack: float
    noise_scale: float
    singular_values: npt.NDArray[np.float64]

    @classmethod
    def of(
        cls,
        bias: npt.ArrayLike,
        radius: float,
        *,
        slack: float = 0.0,
        noise_scale: float = 1.0,
        dimension: int | None = None,
        n_initial: int | None = None,
        singular_values: npt.ArrayLike | None = None,
        design: npt.ArrayLike | None = None,
    ) -> "VerifiedRegression":
        """Describe a verifier and the real data.

        The real data are one of `n_initial`, `singular_values` and `design`.

        Parameters
        ----------
        bias
            θ_c − θ*. A number is its norm, spread evenly over the directions. A vector has an entry
            for each direction; with `design`, for each coefficient.
        radius
            r, 0 or more; may be infinite.
        slack
            σ_c, 0 or more. Default: 0. The published one is :func:`published_slack`.
        noise_scale
            σ, more than 0. Default: 1.
        dimension
            p, directions. Default: as many as `bias` or the real data have; 1 for a `bias` that is
            a number.
        n_initial
            n₀ real rows in each direction: μ_j² = n₀.
        singular_values
            float64[p]: μ_j, more than 0.
        design
            float64[n₀, p]: X₀, the real rows, of rank p.

        Raises
        ------
        ValueError
            If a number is out of range, dimensions differ, or the real data are given twice or not
            at all.

        Examples
        --------
        >>> setting = VerifiedRegression.of(0.3, 0.5, n_initial=100, dimension=8)
        >>> setting.bias.round(4)
        array([0.1061, 0.1061, 0.1061, 0.1061, 0.1061, 0.1061, 0.1061, 0.1061])
        >>> setting.baseline
        0.08
        """
        given = [value is not None for value in (n_initial, singular_values, design)]
        if sum(given) != 1:
            raise ValueError(
                f"real data given {sum(given)} times: must be one of n_initial, singular_values "
                "and design"
            )
        values = Array(axes=(0, 1)).checked("bias", bias)
        rotation = None
        if design is not None:
            mu, rotation = _decomposed(design)
        elif singular_values is not None:
            mu = _SINGULAR_VALUES.checked("singular_values", singular_values).copy()
        else:
            rows = Whole(1).checked("n_initial", n_initial)
            p = values.size if dimension is None else Whole(1).checked("dimension", dimension)
            mu = np.full(p, math.sqrt(rows))
        if dimension is not None and Whole(1).checked("dimension", dimension) != mu.size:
            raise ValueError(f"dimension={dimension}: must be {mu.size}, as in the real data")
        if values.ndim == 0:
            spread = np.full(mu.size, abs(float(values)) / math.sqrt(mu.size))
        elif values.size != mu.size:
            raise ValueError(
                f"bias={shown(bias)}: must be a number or have {mu.size} entries, one a direction"
            )
        else:
            spread = values.copy() if rotation is None else rotation @ values
        return cls(
            spread,
            Number(least=0, finite=False).checked("radius", radius),
            Number(least=0).checked("slack", slack),
            Number(above=0).checked("noise_scale", noise_scale),
            mu,
        )

    @property
    def dimension(self) -> int:
        """p, the number of directions."""
        return len(self.bias)

    @property
    def baseline(self) -> float:
        """E‖θ̂₀ − θ*‖² = σ² Σ μ_j⁻², the error of the real data alone."""
        return float(self.noise_scale**2 * np.sum(self.singular_values**-2.0))

    @property
    def bias_norm(self) -> float:
        """‖θ_c − θ*‖."""
        return float(np.linalg.norm(self.bias))

    @property
    def half_width(self) -> float:
        """(r + σ_c)/σ: accepted responses are this near to the verifier's, in units of σ."""
        return (self.radius + self.slack) / self.noise_scale

    @property
    def initial_scale(self) -> npt.NDArray[np.float64]:
        """float64[p]: 1/μ_j, standard deviation of the fit on the real data, in units of σ."""
        return 1 / self.singular_values


def _decomposed(design: npt.ArrayLike) -> tuple[_Float, _Float]:
    rows = Array(axes=(2,)).checked("design", design)
    _, mu, rotation = np.linalg.svd(rows, full_matrices=False)
    if len(rows) < rows.shape[1] or mu[-1] <= mu[0] * max(rows.shape) * np.finfo(np.float64).eps:
        raise ValueError(f"design={shown(design)}: must have full column rank")
    return mu, rotation
