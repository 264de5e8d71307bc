"""What every workflow is: the rule that names the mixture of each generation."""

import abc
from typing import ClassVar

from .dataset import real
from .lineage import Lineage, MixturesOnDemand
from .mixture import Mixture, validate_mixture
from .pool import Pool
from .schedule import shown
from .sizes import Sizes


class Workflow(abc.ABC):
    """Which data train each generation.

    A workflow is a small immutable description. Theory, simulation and real runs all read the same
    one. Subclass it as a frozen dataclass and write :meth:`mixture`; nothing needs to be
    registered.

    Attributes
    ----------
    name
        What the command line calls it.
    paper
        Key of the paper that it comes from, in the bibliography; None if it comes from no paper.
    """

    name: ClassVar[str]
    paper: ClassVar[str | None] = None

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

        By default None. A workflow that gives one makes its :meth:`mixture` by it, and theory then
        follows any number of generations in time proportional to it.
        """
        return None

    def lineage(self, sizes: Sizes) -> Lineage:
        """Give every fit that leads to generations 0 to T, with its mixture, checked.

        What theory and simulation read. By default fit t is generation t.

        Raises
        ------
        ValueError
            If a mixture cannot be trained on; the message names the generation and the reason.
        """
        pool = self.pool(sizes) if self._mixes_by_pool() else None
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

    @classmethod
    def _mixes_by_pool(cls) -> bool:
        """Whether the class that says how to mix is not below the one that names the pool."""

        def defining(name: str) -> type:
            return next(c for c in cls.__mro__ if name in vars(c))

        return issubclass(defining("pool"), defining("mixture"))

    def _checked(self, generation: int, sizes: Sizes) -> Mixture:
        if generation == 0:
            return Mixture.whole({real(0): 1.0}, sizes)
        mixture = self.mixture(generation, sizes)
        if not isinstance(mixture, Mixture):
            raise ValueError(
                f"{self.text} at generation {generation}: mixture() returned {shown(mixture)}; it "
                "must return a Mixture, such as Mixture.whole({real(0): 1.0}, sizes)"
            )
        return validate_mixture(mixture, generation, sizes, self.text)
