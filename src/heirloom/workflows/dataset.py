"""What a mixture is made of: real and synthetic datasets, named by generation."""

from typing import Literal, NamedTuple


class Dataset(NamedTuple):
    """One dataset of the recursion: `real[t]` or `synthetic[t]`.

    Made by :func:`real` and :func:`synthetic`.

    Attributes
    ----------
    origin
        ``"real"`` or ``"synthetic"``.
    generation
        The generation t at which the rows come into being: collected, or sampled from the
        model of generation t - 1.

    Examples
    --------
    >>> Dataset("synthetic", 3)
    synthetic[3]
    >>> Dataset("synthetic", 3).parent
    2
    """

    origin: Literal["real", "synthetic"]
    generation: int

    @property
    def parent(self) -> int | None:
        """Generation of the model that the rows were sampled from; None for real data."""
        return self.generation - 1 if self.origin == "synthetic" else None

    def __repr__(self) -> str:
        return f"{self.origin}[{self.generation}]"


def real(generation: int) -> Dataset:
    """Name the real data collected at a generation.

    Parameters
    ----------
    generation
        0 for the initial real data, t >= 1 for the fresh real data of generation t.

    Examples
    --------
    >>> real(0)
    real[0]
    """
    return Dataset("real", generation)


def synthetic(generation: int) -> Dataset:
    """Name the synthetic data sampled for a generation.

    Parameters
    ----------
    generation
        t >= 1: the rows sampled from the model of generation t - 1.

    Examples
    --------
    >>> synthetic(1).parent
    0
    """
    return Dataset("synthetic", generation)
