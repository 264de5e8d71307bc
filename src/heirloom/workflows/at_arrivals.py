"""Train where real data arrive, and keep the model between."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .base import Workflow
from .dataset import real
from .mixture import Mixture
from .schedule import shown
from .sizes import Sizes


@dataclass(frozen=True)
class AtArrivals(Workflow):
    """As another workflow where real data arrive; between arrivals the model is kept.

    Where real rows do not come at every generation, training on synthetic rows alone in the
    meantime adds noise and no information.

    Parameters
    ----------
    workflow
        What is done at an arrival, such as ``FreshMix("optimal")``.

    Raises
    ------
    ValueError
        If it is no workflow.

    Examples
    --------
    >>> from heirloom.workflows import Arrivals, FreshMix, Sizes
    >>> sizes = Sizes.of(n_real=Arrivals(100, every=3), n_synthetic=100, generations=4)
    >>> AtArrivals(FreshMix(0.5)).mixture(4, sizes)
    Mixture(real[3]: 0.5, synthetic[3]: 0.5)
    """

    workflow: Workflow

    name: ClassVar[str] = "at-arrivals"

    def __post_init__(self) -> None:
        """Refuse what is no workflow."""
        if not isinstance(self.workflow, Workflow):
            raise ValueError(
                f"workflow={shown(self.workflow)}: must be a workflow, such as FreshMix('optimal')"
            )

    @property
    def text(self) -> str:
        """``at-arrivals:`` and the workflow."""
        return f"{self.name}:{self.workflow.text}"

    @classmethod
    def from_argument(cls, argument: str | None) -> "AtArrivals":
        """Read the workflow behind the colon."""
        from .parser import parse  # which knows this class

        if not argument:
            raise ValueError(
                f"workflow '{cls.name}': give what is done at an arrival, such as "
                f"'{cls.name}:fresh:optimal'"
            )
        return cls(parse(argument))

    def mixture(self, generation: int, sizes: Sizes) -> Mixture:
        """Use the mixture of the last arrival; before the first, ``real[0]``."""
        arrival = int(np.flatnonzero(sizes.real[: generation + 1])[-1])
        if arrival == 0:
            return Mixture.whole({real(0): 1.0}, sizes)
        return self.workflow.mixture(arrival, sizes)
