"""A verifier that knows the coefficients of a regression to within a ball."""

from typing import ClassVar

import jax.numpy as jnp
import jax.scipy.special as special
import numpy as np
import numpy.typing as npt
from jaxtyping import Array, Float

from ..workflows.schedule import number_in, shown
from .base import ResponseInterval

_LINKS = ("identity", "logit", "log")


class KnowledgeBall(ResponseInterval):
    r"""Accept a response that some model in a ball about the knowledge centre can explain.

    A row (x, y) is accepted if some θ with ‖θ − θ_c‖ ≤ r predicts a mean that is within the slack
    of y. For a linear regression that is

    .. math:: |y - x^\top\theta_c| \le r\|x\| + \sigma_c,

    the verifier of arXiv 2510.16657. For a logistic regression (``link="logit"``) a label is
    rejected if every model in the ball gives it a probability below 1 − slack; with slack ½, if no
    model holds it to be the likelier one.

    Parameters
    ----------
    center
        θ_c, of shape (p,): what a linear regression converges to, round by round.
    radius
        r, 0 or more; infinite accepts everything. In units of the coefficients.
    slack
        σ_c, 0 or more: in units of the response. Default 0. The paper's experiments take
        σ√(2/π), the mean size of noise N(0, σ²).
    link
        How the mean depends on xᵀθ: ``"identity"`` (default), ``"logit"`` or ``"log"``.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    The interval of a linear regression is symmetric about the centre, and θ_c is therefore the
    fixed point of the loop. Labels and counts have no such symmetry: to reject the less likely
    label is to sharpen the model, so that a logistic regression trained on what passes has larger
    coefficients than θ_c, whatever the radius, and separable data in the end if little else
    passes. Use a slack well above ½, fresh real data, or both.

    Examples
    --------
    >>> import jax.numpy as jnp, heirloom as hl
    >>> ball = hl.verifiers.KnowledgeBall([1.0, 0.0], radius=0.5, slack=1.0)
    >>> low, high = ball.interval(jnp.array([[3.0, 4.0]]))
    >>> float(low[0]), float(high[0])
    (-0.5, 6.5)
    """

    center: Float[Array | np.ndarray, " p"]
    radius: Float[Array | np.ndarray, ""]
    slack: Float[Array | np.ndarray, ""]
    link: str

    paper: ClassVar[str | None] = "yi2025escaping"

    def __init__(
        self,
        center: npt.ArrayLike,
        radius: float,
        slack: float = 0.0,
        *,
        link: str = "identity",
    ) -> None:
        self.center = np.atleast_1d(np.asarray(center, dtype=np.float64))
        if self.center.ndim != 1 or not self.center.size or not np.isfinite(self.center).all():
            raise ValueError(f"center={shown(center)}: must be a vector of finite numbers")
        self.radius = _not_negative("radius", radius)
        self.slack = _not_negative("slack", slack)
        if link not in _LINKS:
            raise ValueError(f"link={shown(link)}: must be one of {', '.join(_LINKS)}")
        self.link = link

    def interval(
        self, design: Float[Array, "rows p"]
    ) -> tuple[Float[Array, " rows"], Float[Array, " rows"]]:
        """Give the least and the greatest response that is accepted, for each row."""
        if design.shape[-1] != self.center.shape[0]:
            raise ValueError(
                f"center has {self.center.shape[0]} entries and rows have {design.shape[-1]} "
                "covariates: give an entry for each"
            )
        centre = design @ jnp.asarray(self.center)
        norm = jnp.linalg.norm(design, axis=-1)
        # A row of zeros says nothing of θ, also where the radius is infinite.
        reach = jnp.where(norm > 0, jnp.asarray(self.radius) * norm, 0)
        slack = jnp.asarray(self.slack)
        return self._mean(centre - reach) - slack, self._mean(centre + reach) + slack

    def _mean(self, predictor: Float[Array, " rows"]) -> Float[Array, " rows"]:
        match self.link:
            case "logit":
                return special.expit(predictor)
            case "log":
                return jnp.exp(predictor)
            case _:
                return predictor


def _not_negative(name: str, value: object) -> npt.NDArray[np.float64]:
    number = number_in(value)
    if number is None or not number >= 0:
        raise ValueError(f"{name}={shown(value)}: must be a number, 0 or more")
    return np.asarray(number, dtype=np.float64)
