"""Several models that train on each other's output."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import numpy as np

from .._base.parameters import Flag, checked_fields, number_in, shown
from .base import Workflow
from .dataset import Dataset, real, synthetic
from .lineage import Lineage
from .mixture import Mixture
from .parser import as_workflow
from .sizes import Sizes

_SHARE_TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
@checked_fields(shared_real=Flag())
class Graph:
    """A directed graph of models, each with a workflow of its own.

    At every generation each model is fitted on the mixture of its workflow, in which
    ``synthetic[s]`` is what its sources sampled from their generation s − 1. The models are of one
    family and use one estimator. Every model has ``n_synthetic`` rows sampled at each generation,
    which all those use whose source it is.

    ``graph["name"]`` is the workflow of one model: give it, or all of ``graph.members``, to theory,
    simulation and ranking like any other.

    Parameters
    ----------
    workflows
        For each model, by its name, its workflow or the workflow's text.
    sources
        For each model, whose output its synthetic data are: the name of a model, perhaps its own;
        or a mapping from names to shares of the synthetic data, of sum 1.
    shared_real
        Whether all models are fitted on the same real rows. Default False: ``n_real`` rows of its
        own for each.
    label
        What to call the graph in results. Default ``"graph"``.

    Raises
    ------
    ValueError
        If a model has no source, a source is no model, or shares do not sum to 1.

    Examples
    --------
    Two models, each trained on the other's output, of which one sees fresh real data:

    >>> import heirloom as hl
    >>> pair = Graph(
    ...     {"student": "discard", "teacher": "fresh:0.5"},
    ...     sources={"student": "teacher", "teacher": "student"},
    ... )
    >>> hl.theory.relative_risk(pair["student"], n_real=100, n_synthetic=100, generations=3)
    array([1.  , 2.  , 1.75, 2.  ])
    >>> [member.text for member in pair.members]
    ['graph:student', 'graph:teacher']
    """

    workflows: Mapping[str, Workflow | str]
    sources: Mapping[str, str | Mapping[str, float]]
    shared_real: bool = False
    label: str = "graph"

    def __post_init__(self) -> None:
        """Read workflows and sources, or say what is wrong with them."""
        if not isinstance(cast(object, self.workflows), Mapping) or not self.workflows:
            raise ValueError(
                f"workflows={shown(self.workflows)}: must be a mapping from a model's name to its "
                "workflow, such as {'a': 'discard', 'b': 'augment'}"
            )
        read = {name: as_workflow(workflow) for name, workflow in self.workflows.items()}
        for name, workflow in read.items():
            if isinstance(workflow, GraphMember):
                raise ValueError(
                    f"workflows: {name!r} is a model of another graph; put all into one graph"
                )
        object.__setattr__(self, "workflows", read)
        sources = self._read_sources()
        for name, workflow in read.items():
            if workflow.presumes_own_output() and set(sources[name]) != {name}:
                raise ValueError(
                    f"workflows: {name!r} has '{workflow.text}', the best weights of a model that "
                    f"trains on its own output, and trains on that of {', '.join(sources[name])}; "
                    "give 'optimal', a number, or a function of the generation"
                )
        object.__setattr__(self, "sources", sources)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Graph) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[object, ...]:
        # The order counts: models take turns in it.
        sources = cast(dict[str, dict[str, float]], self.sources)
        read = tuple((name, tuple(shares.items())) for name, shares in sources.items())
        return tuple(self.workflows.items()), read, self.shared_real, self.label

    def _read_sources(self) -> dict[str, dict[str, float]]:
        given = self.sources
        if not isinstance(cast(object, given), Mapping) or set(given) != set(self.workflows):
            raise ValueError(
                f"sources={shown(given)}: name the source of each model, "
                f"{', '.join(map(repr, self.workflows))}, and of no other"
            )
        return {name: self._read_source(name, given[name]) for name in self.workflows}

    def _read_source(self, name: str, source: Any) -> dict[str, float]:
        shares = {source: 1.0} if isinstance(source, str) else source
        if not isinstance(shares, Mapping) or not set(shares) <= set(self.workflows):
            raise ValueError(
                f"sources: {name!r} has {shown(source)}; give the name of a model "
                f"({', '.join(map(repr, self.workflows))}), or a mapping from names to shares"
            )
        numbers = {str(of): number_in(share) for of, share in shares.items()}
        read = {of: share for of, share in numbers.items() if share is not None and share > 0}
        negative = any(share is None or not share >= 0 for share in numbers.values())
        if negative or abs(sum(read.values()) - 1) > _SHARE_TOLERANCE:
            raise ValueError(
                f"sources: {name!r} has {shown(source)}; shares must be numbers, 0 or more, of "
                "sum 1"
            )
        return read

    def __getitem__(self, name: str) -> "GraphMember":
        """Give the workflow of one model."""
        if name not in self.workflows:
            raise ValueError(
                f"model {name!r}: the graph has {', '.join(map(repr, self.workflows))}"
            )
        return GraphMember(self, name)

    @property
    def members(self) -> "tuple[GraphMember, ...]":
        """The workflows of all models."""
        return tuple(self[name] for name in self.workflows)


@dataclass(frozen=True)
class GraphMember(Workflow):
    """What one model of a :class:`Graph` trains on; made by ``graph["name"]``.

    Attributes
    ----------
    graph
        The graph.
    model
        The model's name.
    """

    graph: Graph
    model: str

    name: ClassVar[str] = "graph"
    syntax: ClassVar[str | None] = None

    @property
    def text(self) -> str:
        """The graph's label and the model's name; the command line cannot read it back."""
        return f"{self.graph.label}:{self.model}"

    @classmethod
    def from_argument(cls, argument: str | None) -> "GraphMember":
        """Refuse: a graph is more than a line of text."""
        raise ValueError("workflow 'graph': a graph is made in Python; use heirloom from Python")

    @property
    def workflow(self) -> Workflow:
        """The model's own workflow."""
        return as_workflow(self.graph.workflows[self.model])

    def mixture(self, generation: int, sizes: Sizes) -> Mixture:
        """Use the mixture of the model's workflow, as that model sees it."""
        return self.workflow.mixture(generation, sizes)

    def lineage(self, sizes: Sizes) -> Lineage:
        """Let the models take turns: fit Kt + k is generation t of the k-th of K models.

        Each fit's output is born at the next fit, so that every dataset has the number of its place
        in the chain, and nothing else tells models apart.
        """
        names = list(self.graph.workflows)
        turns = _Turns(names, self.graph)
        own = [as_workflow(self.graph.workflows[name]).mixtures(sizes) for name in names]
        flat = turns.sizes(sizes)
        mixtures = tuple(
            turns.mixture(k, of_model[t], flat, f"{self.graph.label}:{names[k]} at generation {t}")
            for t in range(sizes.generations + 1)
            for k, of_model in enumerate(own)
        )
        first = names.index(self.model)
        generations = np.arange(sizes.generations + 1) * len(names) + first
        return Lineage(mixtures, flat, generations, models=len(names))


@dataclass(frozen=True)
class _Turns:
    """The numbers that datasets have where models take turns."""

    names: list[str]
    graph: Graph

    def sizes(self, sizes: Sizes) -> Sizes:
        count = len(self.names)
        real_rows = np.repeat(sizes.real, count)
        if self.graph.shared_real:
            real_rows[np.arange(len(real_rows)) % count > 0] = 0
        # Fit i of generation t samples synthetic[i + 1], which is used from generation t + 1 on.
        sampled = np.repeat(np.append(sizes.synthetic[1:], 0), count)
        synthetic_rows = np.append(0, sampled[:-1])
        real_rows.flags.writeable = synthetic_rows.flags.writeable = False
        return Sizes(real_rows, synthetic_rows)

    def mixture(self, k: int, own: Mixture, flat: Sizes, at: str) -> Mixture:
        sources = cast(dict[str, float], self.graph.sources[self.names[k]])
        if own.pooled and len(sources) > 1:
            raise ValueError(
                f"{at}: a workflow that draws rows from a pool takes one source; it has "
                f"{', '.join(sources)}"
            )
        parts = [
            (named, share * portion, rows)
            for dataset, share, rows in own
            for named, portion in self._named(k, dataset, sources)
        ]
        return Mixture(
            tuple(named for named, _, _ in parts),
            np.array([share for _, share, _ in parts]),
            np.array([rows for _, _, rows in parts]),
            own.pooled,
            own.replacement,
            own.proportional and len(sources) == 1,
            own.subsampled_at,
        )

    def _named(
        self, k: int, dataset: Dataset, sources: dict[str, float]
    ) -> list[tuple[Dataset, float]]:
        count, t = len(self.names), dataset.generation
        if dataset.origin == "real":
            return [(real(count * t + (0 if self.graph.shared_real else k)), 1.0)]
        return [
            (synthetic(count * (t - 1) + self.names.index(name) + 1), share)
            for name, share in sources.items()
        ]
