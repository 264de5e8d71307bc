"""The variance of rows: of one dataset about its centre, and of rows drawn from several."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..workflows import Dataset, Sizes
from .fit_plans import Subsample

_Float = npt.NDArray[np.float64]


class RowLaw(NamedTuple):
    """Variance of the rows of a dataset about its centre, given the variance of that centre."""

    curvature: float | None
    synthetic_ratio: float
    sizes: Sizes

    def of(self, dataset: Dataset, found: _Float) -> float:
        """Give it in units of a real row, where `found` holds the variances of earlier fits."""
        if dataset.parent is None:
            return 1.0
        bent = 0.0 if self.curvature is None else self.curvature * float(found[dataset.parent])
        return self.synthetic_ratio * (1.0 + bent)


class RowVariance:
    """Variance of rows, of single datasets and of those that are drawn from.

    Parameters
    ----------
    law
        Of the rows.
    found
        float64[fits]: the variances of the fits, filled as they are found.
    """

    def __init__(self, law: RowLaw, found: _Float) -> None:
        self._law = law
        self._found = found
        self._within = 0.0  # Σ rows · variance about the centre, over what was drawn from before
        self._between = 0.0  # Σ rows · variance of the centre

    def of(self, dataset: Dataset) -> float:
        """Variance of the rows of a dataset about its centre."""
        return self._law.of(dataset, self._found)

    def added_by(self, subsamples: Sequence[Subsample], of_datasets: float) -> float:
        """Variance that drawing rows adds to that `of_datasets`, the mean of all their rows."""
        exact = self._law.curvature is not None
        return sum(
            drawn.share**2
            * self._of_rows(drawn, of_datasets, exact)
            * drawn.added_variance(exact=exact)
            for drawn in subsamples
        )

    def _of_rows(self, drawn: Subsample, of_datasets: float, exact: bool) -> float:
        if len(drawn.datasets) == 1 and not drawn.continued:
            return self.of(drawn.datasets[0])
        rows = self._law.sizes.rows_of(drawn.datasets).tolist()
        centres = [0.0 if d.parent is None else self._found[d.parent] for d in drawn.datasets]
        within = sum(r * self.of(d) for r, d in zip(rows, drawn.datasets, strict=True))
        between = sum(r * c for r, c in zip(rows, centres, strict=True))
        if drawn.continued:
            within = self._within = self._within + within
            between = self._between = self._between + between
        if not exact:
            return within / drawn.available
        # The pool's rows also differ by where their datasets are centred. If there is one row only,
        # it has no spread.
        scatter = within + between - drawn.available * of_datasets
        return scatter / max(drawn.available - 1, 1)
