"""What a workflow needs and uses up to the last generation."""

from typing import NamedTuple

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
