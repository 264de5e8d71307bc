"""Every setting of the experiments: what the paper ran, and a scale that takes seconds.

Errors are summed over coordinates. Sizes are rows a generation; generation 0 is fitted on as many
real rows as each later one has.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...models import (
    EmpiricalCDF,
    Gaussian,
    GaussianMean,
    LinearRegression,
    LogisticRegression,
    Model,
    PoissonRegression,
)


@dataclass(frozen=True)
class Problem:
    """One of the six estimation problems.

    Attributes
    ----------
    letter
        Of the panel.
    title
        Its name.
    metric
        The error that is measured.
    model
        Builds the model from the number of columns and the coefficient of each.
    is_regression
        Whether it has coefficients, and covariates that can be scaled.
    excess
        By what factor the error at n = m = 100, two columns, coefficients of 1 and the best weight
        exceeds the limit of large samples; 1 where the law is exact. For least squares by an
        expansion to the second order, for the others measured in an independent simulation.
    initial_excess
        The same of generation 0 in scenario 1 (n = 100, four columns of covariance I/4), measured
        with 40,960 replicates.
    """

    letter: str
    title: str
    metric: str
    model: Callable[[int, float], Model]
    is_regression: bool = False
    excess: float = 1.0
    initial_excess: float = 1.0


PROBLEMS = (
    Problem("a", "Gaussian mean", "error", lambda p, _: GaussianMean(np.zeros(p), np.eye(p))),
    Problem(
        "b",
        "Gaussian covariance",
        "covariance_error",
        lambda p, _: Gaussian(np.zeros(p), np.eye(p)),
    ),
    Problem("c", "Empirical distribution", "error", lambda _, __: EmpiricalCDF("normal")),
    Problem(
        "d",
        "Linear regression",
        "error",
        lambda p, beta: LinearRegression(np.full(p, beta)),
        is_regression=True,
        excess=1.02,
    ),
    Problem(
        "e",
        "Logistic regression",
        "error",
        lambda p, beta: LogisticRegression(np.full(p, beta)),
        is_regression=True,
        excess=1.11,
        initial_excess=1.25,
    ),
    Problem(
        "f",
        "Poisson regression",
        "error",
        lambda p, beta: PoissonRegression(np.full(p, beta)),
        is_regression=True,
        excess=1.23,
        initial_excess=1.19,
    ),
)


@dataclass(frozen=True)
class FullySyntheticSettings:
    """Scenario 1, figure 7: every generation is fitted on the rows of the last model alone.

    Attributes
    ----------
    rows, columns
        n and p. Covariates of regressions are N(0, I/p), coefficients are 1.
    generations, replicates
        How many.
    sharp_generation
        Until when the mean of an exploding covariance can be checked: later it is carried by paths
        too rare for any number of replicates.
    resolved_generation
        Until when single precision holds the log-determinant of a collapsing covariance, whose
        eigenvalues separate exponentially.
    growth_generation
        Until when the error of a generalised linear model is checked to grow at least linearly, as
        in the limit: later coefficients are so large that most fits have no answer.
    """

    rows: int
    columns: int
    generations: int
    replicates: int
    sharp_generation: int = 10
    resolved_generation: int = 60
    growth_generation: int = 10


FULLY_SYNTHETIC = {
    "quick": FullySyntheticSettings(rows=100, columns=4, generations=30, replicates=512),
    "paper": FullySyntheticSettings(rows=100, columns=4, generations=1000, replicates=1000),
}


@dataclass(frozen=True)
class FreshDataSettings:
    """Scenario 2, figure 8: fresh real data with weight w, as many synthetic rows with 1 − w.

    Attributes
    ----------
    rows, columns
        n = m and p. Covariates are N(0, I), coefficients are 1.
    generations, last, replicates
        How many; the error is averaged over the `last` generations, of 0 … `generations`.
    weights
        The w.
    """

    rows: int
    columns: int
    generations: int
    last: int
    replicates: int
    weights: tuple[float, ...]


FRESH_DATA = {
    "quick": FreshDataSettings(
        rows=100,
        columns=2,
        generations=29,
        last=20,
        replicates=512,
        weights=tuple(round(0.30 + 0.06 * i, 2) for i in range(9)),
    ),
    "paper": FreshDataSettings(
        rows=100,
        columns=2,
        generations=199,
        last=50,
        replicates=2000,
        weights=tuple(round(0.20 + 0.02 * i, 2) for i in range(30)),
    ),
}


@dataclass(frozen=True)
class UnequalSizesSettings:
    """Scenario 3, figure 9: k = n/m from 0.01 to 0.19, naive against optimal weight.

    Attributes
    ----------
    rows, columns
        n and p; there are n/k synthetic rows.
    ratios
        The k.
    generations, last, replicates
        As for scenario 2.
    """

    rows: int
    columns: int
    ratios: tuple[float, ...]
    generations: int
    last: int
    replicates: int


UNEQUAL_SIZES = {
    "quick": UnequalSizesSettings(
        rows=100, columns=2, ratios=(0.11, 0.19), generations=29, last=20, replicates=128
    ),
    "paper": UnequalSizesSettings(
        rows=100,
        columns=2,
        ratios=tuple(round(0.01 + 0.02 * i, 2) for i in range(10)),
        generations=199,
        last=50,
        replicates=1000,
    ),
}


@dataclass(frozen=True)
class AdultColumn:
    """A column of Adult whose frequencies are estimated, figure 10a–c.

    Attributes
    ----------
    letter, name
        Of the panel and of the column. The category ``?`` is kept, as in the published script.
    measured
        Mean squared error over the categories as the published script gives it at the weights
        0.30, 0.62 and 0.78: 60 replicates, of which the standard errors are 4, 2.7 and 2.5 %.
    """

    letter: str
    name: str
    measured: dict[float, float]


MEASURED_SE = {0.30: 0.04, 0.62: 0.027, 0.78: 0.025}

ADULT_COLUMNS = (
    AdultColumn("a", "workclass", {0.30: 1.27e-4, 0.62: 0.709e-4, 0.78: 0.788e-4}),
    AdultColumn("b", "education", {0.30: 1.116e-4, 0.62: 0.634e-4, 0.78: 0.721e-4}),
    AdultColumn("c", "marital_status", {0.30: 1.97e-4, 0.62: 1.147e-4, 0.78: 1.302e-4}),
)

ADULT_FEATURES = ("age", "education_num", "capital_gain", "capital_loss", "hours_per_week")
"""Covariates of the logistic regression of income, figure 10d."""


@dataclass(frozen=True)
class AdultSettings:
    """Figure 10: real rows are drawn from the table, n = m.

    Attributes
    ----------
    rows
        n = m.
    generations, last, replicates, weights
        As for scenario 2.
    """

    rows: int
    generations: int
    last: int
    replicates: int
    weights: tuple[float, ...]


ADULT = {
    "quick": AdultSettings(
        rows=500,
        generations=18,
        last=12,
        replicates=256,
        weights=(0.30, 0.46, 0.54, 0.62, 0.70, 0.78),
    ),
    "paper": AdultSettings(
        rows=500,
        generations=100,
        last=20,
        replicates=1000,
        weights=tuple(round(0.20 + 0.02 * i, 2) for i in range(30)),
    ),
}
