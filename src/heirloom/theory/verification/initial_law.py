"""Where the model that the real data give stands, seen from the verifier."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .setting import VerifiedRegression

# The trapezoidal rule converges geometrically for what is analytic in a strip; the truncated mean
# is, to a distance of 2.5 or more, so that these steps leave errors below rounding.
_STEP = 0.5
_STEP_OF_DISTANCE = 0.4
_REACH = 9.0
_MOST = 40_000


class InitialLaw(NamedTuple):
    """Quadrature of d_0 = v′(θ̂_0 − θ_c)/σ in each direction.

    Attributes
    ----------
    deviations
        float64[N]: standard normal nodes.
    weights
        float64[N]: sum to 1.
    distances
        float64[p, N]: d_0.
    """

    deviations: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]
    distances: npt.NDArray[np.float64]


def initial_law(setting: VerifiedRegression) -> InitialLaw:
    """Discretise d_0 ~ N(−c_j/σ, 1/μ_j²), the distance that the real data leave.

    Parameters
    ----------
    setting
        The verifier and the real data.

    Returns
    -------
    InitialLaw
        At least 37 nodes a direction, the more the less the real data tell.

    Examples
    --------
    >>> law = initial_law(VerifiedRegression.of(0.5, 1.0, n_initial=50))
    >>> (law.weights * law.distances**2).sum()
    np.float64(0.27)
    """
    deviations, weights = normal_rule(float(setting.initial_scale.max()))
    center = -setting.bias / setting.noise_scale
    return InitialLaw(
        deviations, weights, center[:, None] + setting.initial_scale[:, None] * deviations
    )


def normal_rule(scale: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Nodes and weights of a standard normal z, for what is smooth in `scale` times z.

    Parameters
    ----------
    scale
        Standard deviation of the distance, in units of σ.

    Returns
    -------
    float64[N], float64[N]
        Nodes, and weights that sum to 1.

    Examples
    --------
    >>> nodes, weights = normal_rule(0.1)
    >>> (weights * nodes**4).sum()
    np.float64(3.0)
    """
    half = min(int(np.ceil(_REACH / min(_STEP, _STEP_OF_DISTANCE / scale))), _MOST)
    nodes = _REACH * np.arange(-half, half + 1) / half
    weights = np.exp(-(nodes**2) / 2)
    return nodes, weights / weights.sum()
