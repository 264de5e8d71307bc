"""A workflow from the user's own rule."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias, cast

import numpy as np

from .base import Workflow
from .dataset import Dataset
from .mixture import Mixture
from .schedule import number_in, shown
from .sizes import Sizes

Rule: TypeAlias = Callable[..., "Mapping[Dataset, float | tuple[float, int]] | Mixture"]

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@dataclass(frozen=True)
class Custom(Workflow):
    """The mixtures that the user's function returns.

    Parameters
    ----------
    rule
        Called for each generation t >= 1: with t, or with t and the :class:`Sizes` if it requires
        two arguments. It returns a mapping from dataset to share, or to (share, rows) to use only
        that many rows, drawn afresh without replacement; or a :class:`Mixture`.
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
                f"rule={shown(self.rule)}: must be a function of the generation that returns "
                "a mapping from dataset to share"
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
        answer = self.rule(generation, sizes) if _requires_two(self.rule) else self.rule(generation)
        if isinstance(answer, Mixture):
            return answer
        at = f"{self.text} at generation {generation}"
        if not isinstance(cast(object, answer), Mapping) or not answer:
            raise ValueError(
                f"{at}: the rule returned {shown(answer)}; it must return a mapping from "
                "dataset to share, such as {real(0): 0.5, synthetic(t): 0.5}"
            )
        return _mixture_from_mapping(answer, generation, sizes, at)


def _requires_two(rule: Rule) -> bool:
    try:
        parameters = inspect.signature(rule).parameters.values()
    except ValueError:  # some functions written in C do not tell
        return False
    return sum(p.kind in _POSITIONAL and p.default is p.empty for p in parameters) > 1


def _mixture_from_mapping(
    answer: Mapping[Any, Any], generation: int, sizes: Sizes, at: str
) -> Mixture:
    shares: list[float] = []
    rows: list[float] = []
    for dataset, portion in answer.items():
        if not isinstance(dataset, Dataset):
            raise ValueError(
                f"{at}: {shown(dataset)} is no dataset; name it real(t) or synthetic(t)"
            )
        if not 0 <= dataset.generation <= generation:
            raise ValueError(
                f"{at}: {dataset!r} does not exist; the datasets there are real[0…"
                f"{generation}] and synthetic[1…{generation}]"
            )
        given = portion if isinstance(portion, tuple) else (portion, sizes.rows(dataset))
        numbers = [number_in(entry) for entry in cast(tuple[object, ...], given)]
        match numbers:
            case [float(share), float(used)]:
                shares.append(share)
                rows.append(used)
            case _:
                raise ValueError(
                    f"{at}: {dataset!r} has {shown(portion)}; give a share, or (share, rows)"
                )
    return Mixture(tuple(answer), np.array(shares), np.array(rows))
