"""What a workflow needs and uses up to the last generation."""

from typing import NamedTuple

import numpy as np

from .sizes import Sizes

NEEDS = ("fresh real data", "old real data", "old synthetic data")
"""What a user must have for some workflow, in the order in which it is named."""


class Usage(NamedTuple):
    """What a workflow uses up to the last generation.

    Attributes
    ----------
    real
        Real rows collected, those of generation 0 included.
    synthetic
        Rows sampled from models, of datasets that take part in a fit.
    trained
        Rows that the fits see, each once a fit. A fit on the same data as the one before is that
        one, and sees none.
    fits
        Fits that take place, that of generation 0 included.
    needs
        What the user must have: some of ``"fresh real data"``, ``"old real data"`` and ``"old
        synthetic data"``. Where the model of the generation before is kept, nothing.
    """

    real: int
    synthetic: int
    trained: int
    fits: int
    needs: tuple[str, ...]


def usage_of_recent(sizes: Sizes, length: int, *, keep_initial: bool) -> Usage | None:
    """Count what is used where each generation is fitted on the last L datasets.

    Parameters
    ----------
    sizes
        Rows of every dataset.
    length
        L, of ``real[0]``, ``synthetic[1]``, … ``synthetic[t]``.
    keep_initial
        Whether ``real[0]`` stays for ever beside the last L synthetic datasets.

    Returns
    -------
    Usage or None
        None where a generation has no synthetic rows: its data may then be those of the one before.

    Examples
    --------
    >>> sizes = Sizes.of(n_real=100, n_synthetic=50, generations=3)
    >>> usage_of_recent(sizes, 2, keep_initial=False).trained  # 100, 150, 100 and 100 rows
    450
    """
    generations = sizes.generations
    if np.any(sizes.synthetic[1:] == 0):
        return None
    so_far = np.cumsum(sizes.synthetic.astype(np.float64))
    t = np.arange(1, generations + 1)
    of_synthetic = so_far[t] - so_far[np.maximum(t - length, 0)]
    with_initial = generations if keep_initial else min(length - 1, generations)
    needed = (False, with_initial > 0, length > 1 and generations > 1)
    return Usage(
        real=sizes.initial,
        synthetic=round(so_far[-1]),
        trained=sizes.initial * (1 + with_initial) + round(of_synthetic.sum()),
        fits=1 + generations,
        needs=tuple(need for need, is_needed in zip(NEEDS, needed, strict=True) if is_needed),
    )
