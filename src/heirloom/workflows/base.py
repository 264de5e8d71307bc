"""What every workflow is: the rule that names the mixture of each generation."""

import abc
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from .._base.parameters import shown
from .dataset import real
from .lineage import Lineage, MixturesOnDemand
from .long_run_law import LongRunLaw
from .mixture import Mixture, validate_mixture
from .pool import Pool
from .sizes import Sizes
from .two_sources import TwoSources
from .usage import Usage

# What a workflow trains on, what it says of that, and what follows: of every method, a class that
# overrides one of those before it inherits none of its parents' answers.
_TRAINS_ON = ("mixture", "mixtures", "lineage")
_SAYS = ("pool", "two_sources")
_FOLLOWS = ("real_weight", "closed_form", "long_run", "usage", "presumes_own_output")


class Workflow(abc.ABC):
    """Which data train each generation.

    A workflow is a small immutable description. Theory, simulation and real runs all read the same
    one. Subclass it as a frozen dataclass and write :meth:`mixture`; nothing needs to be
    registered. What is known of it beside that it says itself, by the methods :meth:`pool`,
    :meth:`two_sources`, :meth:`closed_form`, :meth:`long_run`, :meth:`usage` and
    :meth:`real_weight`; a workflow that says nothing is followed mixture by mixture. A subclass
    that overrides :meth:`mixture` inherits none of these answers, since they are not its own.

    Attributes
    ----------
    name
        What the command line calls it.
    paper
        Key of the paper that it comes from, in the bibliography; None if it comes from no paper.
    other_names
        What else the literature calls it; :func:`parse` understands them.
    syntax
        How the command line writes it, with its arguments in capitals; empty (default) for the
        name alone, None where it is more than a line of text.
    examples
        Texts of it that :func:`parse` reads, for help and for the contract tests. Default: none,
        which stands for the name alone.
    """

    name: ClassVar[str]
    paper: ClassVar[str | None] = None
    other_names: ClassVar[tuple[str, ...]] = ()
    syntax: ClassVar[str | None] = ""
    examples: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **arguments: Any) -> None:
        """Take back what is said of the mixtures of a parent, where a class has its own."""
        super().__init_subclass__(**arguments)
        for changed, said in ((_TRAINS_ON, _SAYS + _FOLLOWS), (_SAYS, _FOLLOWS)):
            nearest = min(_depth(cls, name) for name in changed)
            for name in said:
                by_default = vars(Workflow)[name]
                if nearest < _depth(cls, name) and getattr(cls, name) is not by_default:
                    setattr(cls, name, by_default)
        if cls.__module__.startswith(f"{__package__}.") and "name" in vars(cls):
            OFFERED.append(cls)

    @abc.abstractmethod
    def mixture(self, generation: int, sizes: Sizes) -> Mixture:
        """Name the datasets that train a generation, their shares and rows.

        Parameters
        ----------
        generation
            t >= 1. (Generation 0 is always fitted on ``real[0]`` alone.)
        sizes
            Rows of every dataset.
        """

    @property
    def text(self) -> str:
        """The workflow as the command line writes it; :func:`parse` reads it back."""
        return self.name

    @classmethod
    def from_argument(cls, argument: str | None) -> "Workflow":
        """Make one from what follows the colon in its text; None where nothing does."""
        if argument is not None:
            whole = shown(f"{cls.name}:{argument}")
            raise ValueError(f"workflow {whole}: '{cls.name}' takes no argument")
        return cls()

    def pool(self, sizes: Sizes) -> Pool | None:
        """Give the pool that every generation is fitted on, where the workflow is one of a pool.

        By default None. Its mixtures must be those of :meth:`mixture`
        (:func:`heirloom.testing.check_workflow` compares them); theory then follows any number of
        generations in time proportional to it.
        """
        return None

    def two_sources(self, sizes: Sizes) -> TwoSources | None:
        """Give the weights, where a generation weighs one real dataset against the last output.

        By default None; and where rows that take part do not exist.
        """
        return None

    def real_weight(self, sizes: Sizes) -> float | None:
        """Give the weight of the real data at the last generation; None for a workflow without."""
        return None

    def closed_form(self, sizes: Sizes) -> npt.NDArray[np.float64] | None:
        """Give the relative risk of generations 0…T by a formula, where one is known.

        By default that of the pool or of the two sources; None without. Exact in the limit of large
        samples, as the recursion of theory is for every workflow.

        Examples
        --------
        >>> from heirloom.workflows import Discard, Sizes
        >>> Discard().closed_form(Sizes.of(n_real=10, n_synthetic=20, generations=2))
        array([1. , 1.5, 2. ])
        """
        described = self.pool(sizes) or self.two_sources(sizes)
        return None if described is None else described.risk(sizes)

    def long_run(self, sizes: Sizes) -> LongRunLaw | None:
        """Give the law of the long run where sizes repeat for ever; None where none is known.

        By default that of the pool or of the two sources; None without.

        Parameters
        ----------
        sizes
            Of one cycle: generations 1 to T repeat. Constant sizes are a cycle of one generation.
        """
        described = self.pool(sizes) or self.two_sources(sizes)
        return None if described is None else described.long_run(sizes)

    def usage(self, sizes: Sizes) -> Usage:
        """Count the rows and fits up to the last generation, and tell what the user must have.

        Examples
        --------
        >>> from heirloom.workflows import Augment, Sizes
        >>> Augment().usage(Sizes.of(n_real=100, n_synthetic=50, generations=2)).trained
        450
        """
        described = self.pool(sizes) or self.two_sources(sizes)
        return self.lineage(sizes).usage() if described is None else described.usage(sizes)

    def presumes_own_output(self) -> bool:
        """Whether the mixtures are right only for a model that trains on its own output.

        Such a workflow has no place in a graph, unless its model is its own source. By default
        False.
        """
        return False

    def lineage(self, sizes: Sizes) -> Lineage:
        """Give every fit that leads to generations 0 to T, with its mixture, checked.

        What theory and simulation read. By default fit t is generation t.

        Raises
        ------
        ValueError
            If a mixture cannot be trained on; the message names the generation and the reason.
        """
        pool = self.pool(sizes)
        if pool is None:
            return Lineage.of_one_model(self.mixtures(sizes), sizes)
        on_demand = MixturesOnDemand(lambda t: self._checked(t, sizes), sizes.generations + 1)
        return Lineage.of_one_model(on_demand, sizes, pool)

    def mixtures(self, sizes: Sizes) -> tuple[Mixture, ...]:
        """Give the mixtures of generations 0 to T, checked.

        Raises
        ------
        ValueError
            If a mixture cannot be trained on; the message names the generation and the reason.

        Examples
        --------
        >>> from heirloom.workflows import Augment, Sizes
        >>> Augment().mixtures(Sizes.of(n_real=100, n_synthetic=100, generations=2))[2]
        Mixture(real[0]: 0.3333, synthetic[1]: 0.3333, synthetic[2]: 0.3333)
        """
        return tuple([self._checked(t, sizes) for t in range(sizes.generations + 1)])

    def _checked(self, generation: int, sizes: Sizes) -> Mixture:
        if generation == 0:
            return Mixture.whole({real(0): 1.0}, sizes)
        mixture = self.mixture(generation, sizes)
        if not isinstance(mixture, Mixture):
            raise ValueError(
                f"{self.text} at generation {generation}: mixture() returned {shown(mixture)}; it "
                "must return a Mixture, such as Mixture.whole({real(0): 1.0}, sizes)"
            )
        mixture = validate_mixture(mixture, generation, sizes, self.text)
        if mixture.subsampled_at is not None:
            self._require_same(mixture, mixture.subsampled_at, generation, sizes)
        return mixture

    def _require_same(self, mixture: Mixture, before: int, generation: int, sizes: Sizes) -> None:
        earlier = self._checked(before, sizes) if 0 <= before < generation else None
        if earlier is None or earlier.subsampled_at is not None or not mixture.same_as(earlier):
            raise ValueError(
                f"{self.text} at generation {generation}: subsampled_at={shown(before)} must be "
                f"an earlier generation that draws from the same mixture, {shown(mixture)}"
            )


OFFERED: list[type[Workflow]] = []
"""The workflows of this package, whose texts :func:`parse` reads."""


def _depth(cls: type, name: str) -> int:
    """How many classes stand before the one that defines a method."""
    return next(i for i, parent in enumerate(cls.__mro__) if name in vars(parent))
