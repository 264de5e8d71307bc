"""He, Xu, Cheng, *Golden Ratio Weighting Prevents Model Collapse* (arXiv 2502.18049)."""

from .adult import AdultFrequencies, AdultLogistic
from .fresh_data import FreshData
from .fully_synthetic import FullySynthetic
from .settings import ADULT_COLUMNS, PROBLEMS
from .unequal_sizes import UnequalSizes

EXPERIMENTS = (
    *(FullySynthetic.of(problem) for problem in PROBLEMS),
    *(FreshData.of(problem) for problem in PROBLEMS),
    *(UnequalSizes.of(problem) for problem in PROBLEMS),
    *(AdultFrequencies.of(column) for column in ADULT_COLUMNS),
    AdultLogistic.of(),
)
"""Figures 7 (fully synthetic), 8 (fresh data), 9 (unequal sizes) and 10 (Adult)."""

__all__ = ["EXPERIMENTS"]
