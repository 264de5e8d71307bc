"""Yi, Liu, Cheng, Xu (arXiv 2510.16657): synthetic data that a verifier accepts.

The linear part, whose theory is exact: one round, many rounds, and when to stop.
"""

from .exact_loop import ExactLoop
from .landscape import LandscapeBySimulation, LandscapeByTheory
from .one_round import OneRound
from .regimes import Regime
from .rounds import Rounds

EXPERIMENTS = (
    OneRound.of(),
    LandscapeByTheory.of(),
    LandscapeBySimulation.of(),
    Rounds.of("rounds.unbiased", "Same rows in each round, no bias"),
    Rounds.of("growing.unbiased", "More rows in each round, no bias"),
    Rounds.of("rounds.biased", "Same rows in each round, bias 1"),
    Rounds.of("growing.biased", "More rows in each round, bias 1"),
    Regime.of("regimes.unbiased", "Unbiased verifier"),
    Regime.of("regimes.mild", "Mildly biased verifier"),
    Regime.of("regimes.strong", "Strongly biased verifier"),
    ExactLoop.of(),
)
"""By what they show; a figure's panels follow its name, behind a point."""

__all__ = ["EXPERIMENTS"]
