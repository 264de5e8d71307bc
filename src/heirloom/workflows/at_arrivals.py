"""Train where real data arrive, and keep the model between."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from .._base.parameters import Instance, checked_fields
from .base import Workflow
from .dataset import real
from .long_run_law import LongRunLaw
from .mixture import Mixture
from .parser import parse
from .sizes import Sizes
from .two_sources import TwoSources


@dataclass(frozen=True)
@checked_fields(workflow=Instance(Workflow, "a workflow, such as FreshMix('optimal')"))
class AtArrivals(Workflow):
    """As another workflow where real data arrive; between arrivals the model is kept.

    Where real rows do not come at every generation, training on synthetic rows alone in the
    meantime adds noise and no information. A workflow that draws rows draws them at the arrivals.

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
    syntax: ClassVar[str | None] = "at-arrivals:WORKFLOW"
    examples: ClassVar[tuple[str, ...]] = (
        "at-arrivals:fresh:optimal",
        "at-arrivals:fresh:schedule",
        "at-arrivals:anchor:0.5",
        "at-arrivals:subsample:40:augment",
    )

    @property
    def text(self) -> str:
        """``at-arrivals:`` and the workflow."""
        return f"{self.name}:{self.workflow.text}"

    @classmethod
    def from_argument(cls, argument: str | None) -> "AtArrivals":
        """Read the workflow behind the colon."""
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
        mixture = self.workflow.mixture(arrival, sizes.at_arrivals())
        if arrival < generation and mixture.subsampled_at is None and mixture.subsamples(sizes):
            return replace(mixture, subsampled_at=arrival)
        return mixture

    def two_sources(self, sizes: Sizes) -> TwoSources | None:
        """Give the weights of the other workflow, if it has any."""
        return self.workflow.two_sources(sizes.at_arrivals())

    def real_weight(self, sizes: Sizes) -> float | None:
        """Give the weight of the other workflow at the last arrival."""
        return self.workflow.real_weight(sizes.at_arrivals())

    def long_run(self, sizes: Sizes) -> LongRunLaw | None:
        """Give the law of the other workflow where generations without an arrival change nothing.

        It is known for two sources: a pool, say, is joined between arrivals too.
        """
        told = self.two_sources(sizes) is not None
        return self.workflow.long_run(sizes.at_arrivals()) if told else None

    def presumes_own_output(self) -> bool:
        """Whether the other workflow does."""
        return self.workflow.presumes_own_output()
