"""What was asked of a comparison, and what the table became."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ComparisonSettings:
    """What was asked, as far as both protocols share it.

    Attributes
    ----------
    protocol
        ``"population"`` or ``"relabel"``.
    table
        Name or path; ``table`` for a data frame.
    target
        Column that is predicted; None where a column of its own is estimated.
    features
        Columns that were asked for; None for all.
    workflows
        Texts of the workflows, the baseline among them, in the order of the trace.
    generations, replicates, seed
        The horizon, the number of repetitions, and what their randomness comes from.
    """

    protocol: str
    table: str
    target: str | None
    features: tuple[str, ...] | None
    workflows: tuple[str, ...]
    generations: int
    replicates: int
    seed: int

    def to_json(self) -> dict[str, Any]:
        """Give the settings as JSON holds them."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class PopulationSettings(ComparisonSettings):
    """What was asked where the table is the population.

    Attributes
    ----------
    column
        Column whose own distribution is estimated; None where there is a target.
    n_real, n_synthetic, n_initial
        Rows of every dataset.
    """

    column: str | None
    n_real: int
    n_synthetic: int
    n_initial: int


@dataclass(frozen=True, kw_only=True)
class RelabelSettings(ComparisonSettings):
    """What was asked where the training rows are relabelled.

    Attributes
    ----------
    test_size, split_seed
        Share of test rows, and what the split comes from.
    """

    test_size: float
    split_seed: int


@dataclass(frozen=True, kw_only=True)
class FittedTable:
    """What the table became: the model, and its fit.

    Attributes
    ----------
    title
        The model of the column in the table, in words.
    measure
        What ``error`` is.
    model
        What `model` calls it: ``"logistic"``, ``"linear"``, ``"poisson"``, ``"multinomial"``,
        ``"frequencies"`` or ``"cdf"``.
    rows, rows_dropped
        Rows that are used, and that were left out for a missing value.
    penalty
        λ of the L2 penalty of every fit; 0 for none.
    columns, coefficients
        Names of the columns of the design, and the fit of the whole table (to relabel: of the
        training rows): a number for each column, or a list of these for each class of several. None
        where there is no regression, or no fit.
    labels
        Labels of the target, in the order of their numbers 0, 1, …; empty where it holds numbers.
    categories
        Those of a column of categories.
    target_mean, target_sd, noise_scale
        Of a linear regression: what gives the target its own units back, and the standard deviation
        of the noise in units of `target_sd`.
    """

    title: str
    measure: str
    model: str
    rows: int
    rows_dropped: int
    penalty: float = 0.0
    columns: tuple[str, ...] | None = None
    coefficients: list[float] | list[list[float]] | None = None
    labels: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    target_mean: float | None = None
    target_sd: float | None = None
    noise_scale: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Give it as JSON holds it."""
        return asdict(self)


@dataclass(frozen=True)
class GenerationZero:
    """How the fit of the training rows does on the test rows.

    Attributes
    ----------
    log_loss, accuracy
        None where the training rows are separable.
    """

    log_loss: float | None = None
    accuracy: float | None = None


@dataclass(frozen=True, kw_only=True)
class FittedSplit(FittedTable):
    """What a table became that was split into training and test rows.

    Attributes
    ----------
    training_rows, test_rows
        How many there are of each.
    generation_0
        The baseline.
    """

    training_rows: int
    test_rows: int
    generation_0: GenerationZero
