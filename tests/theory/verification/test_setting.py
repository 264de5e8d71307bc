"""What a verifier is set against."""

import math
from typing import Any

import numpy as np
import pytest

from heirloom.theory.verification import VerifiedRegression, published_slack

DESIGN = np.random.default_rng(12345).normal(size=(100, 8))


def test_baseline_of_the_papers_design() -> None:
    setting = VerifiedRegression.of(0.3, 0.5, design=DESIGN)
    assert setting.baseline == pytest.approx(0.08374, abs=5e-6)
    assert setting.baseline == pytest.approx(np.trace(np.linalg.inv(DESIGN.T @ DESIGN)))
    assert setting.dimension == 8


def test_bias_is_rotated_into_the_directions_of_the_design() -> None:
    bias = np.arange(8.0)
    setting = VerifiedRegression.of(bias, 0.5, design=DESIGN)
    assert setting.bias_norm == pytest.approx(np.linalg.norm(bias))
    # Risk-like quadratic forms agree in either coordinates.
    gram = DESIGN.T @ DESIGN
    assert setting.bias**2 @ setting.singular_values**2 == pytest.approx(bias @ gram @ bias)


def test_half_width_and_slack() -> None:
    setting = VerifiedRegression.of(
        [0.1, 0.2], 0.5, slack=published_slack(2.0), noise_scale=2.0, singular_values=[1.0, 2.0]
    )
    assert setting.half_width == pytest.approx(0.25 + math.sqrt(2 / math.pi))
    assert setting.baseline == pytest.approx(4 * (1 + 0.25))
    assert setting.bias.tolist() == [0.1, 0.2]


def test_dimension_is_that_of_the_bias() -> None:
    assert VerifiedRegression.of([0.1, 0.2, 0.3], 1.0, n_initial=10).dimension == 3
    assert VerifiedRegression.of(0.1, 1.0, n_initial=10).dimension == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bias": math.nan}, "bias=nan: must be a finite number"),
        ({"bias": [[0.1]]}, "bias=.*: must be a finite number, or a vector"),
        ({"radius": -1.0}, "radius=-1.0: must be a number, 0 or more"),
        ({"slack": math.inf}, "slack=inf: must be"),
        ({"noise_scale": 0.0}, "noise_scale=0.0: must be a finite number above 0"),
        ({"n_initial": 0}, "n_initial=0: must be a whole number, 1 or more"),
        ({"n_initial": None}, "real data given 0 times"),
        ({"singular_values": [1.0]}, "real data given 2 times"),
        ({"n_initial": None, "singular_values": [0.0]}, "singular_values=.*: must be"),
        ({"n_initial": None, "design": np.ones((3, 2))}, "design=.*full column rank"),
        ({"n_initial": None, "design": np.ones((1, 2))}, "design=.*full column rank"),
        ({"bias": [0.1, 0.2], "dimension": 3}, r"bias=\[0.1, 0.2\]: must .* 3 entries"),
        ({"n_initial": None, "design": DESIGN, "dimension": 3}, "dimension=3: must be 8"),
    ],
)
def test_bad_arguments(change: dict[str, Any], message: str) -> None:
    arguments: dict[str, Any] = {"bias": 0.1, "radius": 1.0, "n_initial": 10} | change
    with pytest.raises(ValueError, match=message):
        VerifiedRegression.of(**arguments)
