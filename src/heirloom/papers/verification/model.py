"""The regression of the experiments, and its verifier."""

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from ..._base.random import Random
from ...laws import Law
from ...models import LinearRegression
from ...models.covariates import LabelledRows
from ...models.linear_regression import LinearParameters
from ...theory.verification import VerifiedRegression
from ...verifiers import KnowledgeBall
from .settings import COLUMNS, DESIGN_SEED, SLACK

_COEFFICIENT = 1.0


def real_rows(rows: int) -> npt.NDArray[np.float64]:
    """Draw the published real rows, of shape (rows, 8)."""
    return np.random.default_rng(DESIGN_SEED).normal(size=(rows, COLUMNS))


class VerifiedDirections(LinearRegression):
    """Linear regression with given real rows, and synthetic rows that are their directions.

    Parameters
    ----------
    real_design
        X₀, of shape (rows, p): the rows of the initial dataset, in their order.
    bias
        ‖θ_c − θ*‖, in equal parts along the right singular vectors of X₀.

    Notes
    -----
    Synthetic rows are the right singular vectors of X₀ in turn: p times as many as a direction is
    to have. Metrics: ``error`` is ‖θ̂ − θ*‖², ``error_to_center`` ‖θ̂ − θ_c‖² and ``along`` the part
    of θ̂ − θ_c in the direction of the bias.
    """

    def __init__(self, real_design: npt.NDArray[np.float64], bias: float) -> None:
        _, singular_values, directions = np.linalg.svd(real_design, full_matrices=False)
        p = real_design.shape[1]
        super().__init__(np.full(p, _COEFFICIENT), design=directions, resample=False)
        self.real = LinearRegression(self.coefficients, design=real_design, resample=False)
        self.direction = directions.sum(axis=0) / np.sqrt(p)
        self.center = np.asarray(self.coefficients + bias * self.direction)
        self.singular_values = singular_values

    @property
    def shape(self) -> tuple[int, int]:
        """Real rows, and directions."""
        design = self.real.design
        return 0 if design is None else len(design), len(self.singular_values)

    def sample_real(self, random: Random, rows: int) -> LabelledRows:
        """Draw responses to the real rows."""
        return self.real.sample_real(random, rows)

    def metrics(self, parameters: LinearParameters) -> dict[str, Float[np.ndarray, " R"]]:
        """Squared distances to the truth and to the verifier, and the part along the bias."""
        to_truth = parameters.coefficients - self.coefficients
        to_center = parameters.coefficients - self.center
        return {
            "error": np.sum(to_truth**2, axis=1),
            "error_to_center": np.sum(to_center**2, axis=1),
            "along": np.einsum("rj,j->r", to_center, self.direction),
        }

    def laws(self) -> dict[str, Law]:
        """None: those of the base are of one design, for real and synthetic rows."""
        return {}

    def row_variance(self) -> float | None:
        """Give the trace of the covariance per real row."""
        return self.real.row_variance()

    def verifier(self, radius: float, slack: float = SLACK) -> KnowledgeBall:
        """Make the verifier that knows the ball about the centre."""
        return KnowledgeBall(np.asarray(self.center), radius, slack)

    def setting(self, bias: float, radius: float, slack: float = SLACK) -> VerifiedRegression:
        """Describe the same to theory."""
        return VerifiedRegression.of(
            bias, radius, slack=slack, singular_values=np.asarray(self.singular_values)
        )
