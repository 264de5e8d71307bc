"""A verifier that knows the coefficients of a regression to within a ball."""

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from jaxtyping import Float
from scipy.special import expit

from .._base.parameters import Array, Choice, Number, checked
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
    >>> import numpy as np, heirloom as hl
    >>> ball = hl.verifiers.KnowledgeBall([1.0, 0.0], radius=0.5, slack=1.0)
    >>> low, high = ball.interval(np.array([[3.0, 4.0]]))
    >>> float(low[0]), float(high[0])
    (-0.5, 6.5)
    """

    paper: ClassVar[str | None] = "yi2025escaping"

    @checked(
        center=Array(axes=(0, 1)),
        radius=Number(least=0, finite=False),
        slack=Number(least=0, finite=False),
        link=Choice(*_LINKS),
    )
    def __init__(
        self,
        center: npt.ArrayLike,
        radius: float,
        slack: float = 0.0,
        *,
        link: str = "identity",
    ) -> None:
        self.center = np.atleast_1d(np.array(center, dtype=np.float64))
        self.radius, self.slack, self.link = float(radius), float(slack), link

    def interval(
        self, design: Float[np.ndarray, "rows p"]
    ) -> tuple[Float[np.ndarray, " rows"], Float[np.ndarray, " rows"]]:
        """Least and greatest response that is accepted, for each row; in double precision."""
        if design.shape[-1] != len(self.center):
            raise ValueError(
                f"verifier=KnowledgeBall: center has {len(self.center)} entries and rows have "
                f"{design.shape[-1]} covariates; give an entry for each"
            )
        design = design.astype(np.float64, copy=False)
        centre = design @ self.center
        norm = np.sqrt(np.einsum("np,np->n", design, design))
        # A row of zeros says nothing of θ, also where the radius is infinite.
        reach = np.multiply(self.radius, norm, out=np.zeros_like(norm), where=norm > 0)
        return self._mean(centre - reach) - self.slack, self._mean(centre + reach) + self.slack

    def _mean(self, predictor: Float[np.ndarray, " rows"]) -> Float[np.ndarray, " rows"]:
        match self.link:
            case "logit":
                return expit(predictor)
            case "log":
                with np.errstate(over="ignore"):
                    return np.exp(predictor)
            case _:
                return predictor
