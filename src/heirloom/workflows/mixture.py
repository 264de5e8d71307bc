"""Which datasets train a generation, with which share, and how many rows of each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from .._base.parameters import shown
from .dataset import Dataset
from .sizes import Sizes

_SHARE_TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class Mixture:
    """The mixture that a generation is fitted on.

    The fit minimises Σ_d share(d) · mean over the used rows x of d of ℓ(θ; x).

    Attributes
    ----------
    datasets
        The datasets that take part, each once.
    shares
        float64[datasets]: their shares of the total weight; not negative, sum 1.
    rows
        float64[datasets]: how many rows of each are used. Fewer than all of them are drawn afresh
        at each generation. A mixture that draws from the pool of its datasets gives the expected
        numbers, which need not be whole.
    pooled
        Whether the rows are drawn from the union of the datasets (the number from each is then
        random) rather than from each dataset by itself.
    replacement
        Whether the rows are drawn with replacement. Then all `rows` are drawn so, even where they
        are as many as the dataset has.
    proportional
        Whether the shares follow the rows, whatever those turn out to be: every row counts the
        same, also where a verifier passes more or fewer rows than were planned.
    subsampled_at
        The generation whose drawn rows these are, and whose model is therefore kept. None
        (default): rows that are drawn are drawn afresh at the generation itself.
    """

    datasets: tuple[Dataset, ...]
    shares: npt.NDArray[np.float64]
    rows: npt.NDArray[np.float64]
    pooled: bool = False
    replacement: bool = False
    proportional: bool = False
    subsampled_at: int | None = None

    @classmethod
    def whole(cls, shares: Mapping[Dataset, float], sizes: Sizes) -> "Mixture":
        """Mix whole datasets with given shares."""
        datasets = tuple(shares)
        rows = sizes.rows_of(datasets)
        return cls(datasets, np.array(list(shares.values()), dtype=np.float64), rows)

    @classmethod
    def in_proportion(cls, datasets: Sequence[Dataset], sizes: Sizes) -> "Mixture":
        """Mix whole datasets with shares in proportion to their rows: every row counts the same."""
        rows = sizes.rows_of(datasets)
        present = rows > 0
        kept = tuple(d for d, here in zip(datasets, present, strict=True) if here)
        if not kept:
            # Nothing to train on: validation says which rows are missing.
            shares = np.full(len(datasets), 1 / len(datasets))
            return cls(tuple(datasets), shares, rows, proportional=True)
        return cls(kept, rows[present] / rows.sum(), rows[present], proportional=True)

    @property
    def real_share(self) -> float:
        """Share of the real data: the weight, where they are mixed with synthetic data by one."""
        return sum(share for dataset, share, _ in self if dataset.origin == "real")

    def __iter__(self) -> Iterator[tuple[Dataset, float, float]]:
        """Yield (dataset, share, rows) for each dataset."""
        return zip(self.datasets, self.shares.tolist(), self.rows.tolist(), strict=True)

    def __repr__(self) -> str:
        parts = ", ".join(f"{dataset!r}: {share:.4g}" for dataset, share, _ in self)
        return f"Mixture({parts})"

    def same_as(self, other: "Mixture") -> bool:
        """Whether another mixture has the same datasets and shares, whatever is drawn of them."""
        return self.datasets == other.datasets and np.array_equal(self.shares, other.shares)

    def subsamples(self, sizes: Sizes) -> bool:
        """Whether any dataset takes part with fewer than all of its rows, or with replacement."""
        return self.replacement or bool(np.any(self.rows < sizes.rows_of(self.datasets)))


def validate_mixture(mixture: Mixture, generation: int, sizes: Sizes, source: str) -> Mixture:
    """Return the mixture without the datasets of share 0, or raise if it cannot be trained on.

    Parameters
    ----------
    mixture
        What a workflow returned.
    generation
        The generation that it is for.
    sizes
        Rows of every dataset.
    source
        The workflow's text, for the error message.

    Raises
    ------
    ValueError
        If shares are negative, not numbers or do not sum to 1; if a dataset comes twice, does not
        exist yet or has no rows; if more rows are asked for than there are.
    """
    at = f"{source} at generation {generation}"
    if not len(mixture.datasets) == len(mixture.shares) == len(mixture.rows):
        raise ValueError(
            f"{at}: {len(mixture.datasets)} datasets, {len(mixture.shares)} shares and "
            f"{len(mixture.rows)} rows; give as many of each"
        )
    if not np.all(mixture.shares >= 0):
        raise ValueError(f"{at}: shares must be numbers, 0 or more; got {shown(mixture)}")
    total = float(mixture.shares.sum())
    if not abs(total - 1) <= _SHARE_TOLERANCE:
        raise ValueError(f"{at}: shares sum to {total:.6g}, must sum to 1; got {shown(mixture)}")
    if len(set(mixture.datasets)) < len(mixture.datasets):
        raise ValueError(f"{at}: a dataset comes twice in {shown(mixture)}; give each one share")
    mixture = _without_absent(mixture)
    _validate_datasets(mixture, generation, sizes, at)
    if mixture.pooled:
        _validate_pool(mixture, sizes, at)
    return mixture


def _validate_pool(mixture: Mixture, sizes: Sizes, at: str) -> None:
    available = sizes.rows_of(mixture.datasets)
    for rows in (mixture.rows, available):
        proportions = rows / rows.sum()
        if np.any(np.abs(mixture.shares - proportions) > _SHARE_TOLERANCE):
            raise ValueError(
                f"{at}: rows drawn from a pool all count the same; shares must be in "
                f"proportion to rows; got {shown(mixture)}"
            )


def _without_absent(mixture: Mixture) -> Mixture:
    present = mixture.shares > 0
    if present.all():
        return mixture
    datasets = tuple(d for d, here in zip(mixture.datasets, present, strict=True) if here)
    shares, rows = mixture.shares[present], mixture.rows[present]
    return replace(mixture, datasets=datasets, shares=shares, rows=rows)


def _validate_datasets(mixture: Mixture, generation: int, sizes: Sizes, at: str) -> None:
    for dataset in mixture.datasets:
        first = 1 if dataset.origin == "synthetic" else 0
        if not first <= dataset.generation <= generation:
            raise ValueError(
                f"{at}: {dataset!r} does not exist; the datasets there are real[0…"
                f"{generation}] and synthetic[1…{generation}]"
            )
    available = sizes.rows_of(mixture.datasets).tolist()
    for (dataset, _, rows), there in zip(mixture, available, strict=True):
        if there < 1:
            size = "n_synthetic" if dataset.origin == "synthetic" else "n_real"
            raise ValueError(
                f"{at}: {dataset!r} has no rows but takes part; give {size} 1 or more "
                "there, or give it share 0"
            )
        if not 0 < rows < np.inf or not (mixture.pooled or rows.is_integer()):
            raise ValueError(
                f"{at}: {rows:g} rows of {dataset!r}: must be a whole number, more than 0"
            )
        if rows > there and not mixture.replacement:
            raise ValueError(
                f"{at}: {rows:g} rows of {dataset!r}, which has {there:g}; "
                "ask for fewer, or draw with replacement"
            )
