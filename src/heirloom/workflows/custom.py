"""A workflow from the user's own rule."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias, cast

import numpy as np

from .base import Workflow
from .dataset import Dataset
from .mixture import Mixture
from .sizes import Sizes

Rule: TypeAlias = Callable[..., "Mapping[Dataset, float | tuple[float, int]] | Mixture"]


@dataclass(frozen=True)
class Custom(Workflow):
    """The mixtures that the user's function returns.

    Parameters
    ----------
    rule
        Called with t, or with t and the :class:`Sizes`, for each generation t >= 1. It returns a mapping
        from dataset to share, or to (share, rows) to use only that many rows, drawn afresh without
        replacement; or a :class:`Mixture`.
    label
        What to call the workflow in results. Default: the name of the function.

    Raises
    ------
    ValueError
        If `rule` is not a function; later, if what it returns is no mixture: shares that do not sum
        to 1, datasets that do not exist, more rows than there are.

    Examples
    --------
    Train on the last two synthetic datasets and the initial real data:

    >>> from heirloom.workflows import Sizes, real, synthetic
    >>> def window(t):
    ...     recent = [synthetic(s) for s in range(max(1, t - 1), t + 1)]
    ...     return {real(0): 0.5} | {dataset: 0.5 / len(recent) for dataset in recent}
    >>> Custom(window).mixture(3, Sizes.of(n_real=100, n_synthetic=100, generations=3))
    Mixture(real[0]: 0.5, synthetic[2]: 0.25, synthetic[3]: 0.25)
    """

    rule: Rule
    label: str | None = None

    name: ClassVar[str] = "custom"

    def __post_init__(self) -> None:
        if not callable(self.rule):
            raise ValueError(
                f"rule={self.rule!r}: must be a function of the generation that returns a mapping "
                "from dataset to share"
            )

    @property
    def text(self) -> str:
        """``custom:`` and the label; the command line cannot read it back."""
        label = self.label or getattr(self.rule, "__name__", type(self.rule).__name__)
        return f"{self.name}:{label.strip('<>')}"

    @classmethod
    def from_argument(cls, argument: str | None) -> "Custom":
        """Refuse: a rule is a Python function."""
        raise ValueError("workflow 'custom': a rule is a Python function; use heirloom from Python")

    def mixture(self, generation: int, sizes: Sizes) -> Mixture:
        """Ask the rule."""
        takes_sizes = len(inspect.signature(self.rule).parameters) > 1
        answer = self.rule(generation, sizes) if takes_sizes else self.rule(generation)
        if isinstance(answer, Mixture):
            return answer
        at = f"{self.text} at generation {generation}"
        if not isinstance(cast(object, answer), Mapping) or not answer:
            raise ValueError(
                f"{at}: the rule returned {answer!r}; it must return a mapping from "
                "dataset to share, such as {real(0): 0.5, synthetic(t): 0.5}"
            )
        return _mixture_from_mapping(answer, generation, sizes, at)


def _mixture_from_mapping(
    answer: Mapping[Any, Any], generation: int, sizes: Sizes, at: str
) -> Mixture:
    shares: list[float] = []
    rows: list[float] = []
    for dataset, portion in answer.items():
        if not isinstance(dataset, Dataset):
            raise ValueError(f"{at}: {dataset!r} is no dataset; name it real(t) or synthetic(t)")
        if not 0 <= dataset.generation <= generation:
            raise ValueError(
                f"{at}: {dataset!r} does not exist; the datasets there are real[0…"
                f"{generation}] and synthetic[1…{generation}]"
            )
        share, used = portion if isinstance(portion, tuple) else (portion, sizes.rows(dataset))
        try:
            shares.append(float(share))
            rows.append(float(used))
        except (TypeError, ValueError):
            raise ValueError(
                f"{at}: {dataset!r} has {portion!r}; give a share, or (share, rows)"
            ) from None
        if rows[-1] != np.floor(rows[-1]):
            raise ValueError(f"{at}: {rows[-1]:g} rows of {dataset!r}: must be a whole number")
    return Mixture(tuple(answer), np.array(shares), np.array(rows))
