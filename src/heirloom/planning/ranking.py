"""A judge for any set of workflows: risk, long run, rows, cost."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .._base.json_form import json_number
from .._base.parameters import Whole, number_in, shown
from .._base.result_table import ResultTable
from .._base.tabulated import Tabulated
from ..theory import LongRun, long_run, predict
from ..theory.relative_risk import risk_at_horizon
from ..trace import Trace
from ..workflows import (
    AccumulateAll,
    AnchorMix,
    Augment,
    AugmentSubsample,
    Discard,
    FreshMix,
    RealOnly,
    Sizes,
    Workflow,
    as_workflow,
)
from ..workflows.sizes import SizeSchedule
from .ranking_table import counted, ranking_table, ranking_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COMPUTE = ("epochs", "steps")

# Of a row: so that the cost of all rows that can be counted is a number.
_MOST_COST = 1e100

# Digits of a risk in which two workflows must differ for one to be better.
_DIGITS = 6


@dataclass(frozen=True)
class RankedWorkflow:
    """One line of a ranking.

    Attributes
    ----------
    workflow
        The workflow.
    relative_risk
        Limiting risk at the last generation (or on average over the last ones) over that of
        generation 0.
    long_run
        What the risk tends to, and how fast.
    effective_rows
        How many independent real rows would estimate as well as the last generation does.
    weight
        Weight of the real data, where the workflow has one (a schedule's at the last generation).
    needs
        What the user must have: ``"fresh real data"``, ``"old real data"``,
        ``"old synthetic data"``. Nothing where the model of generation 0 is kept for ever.
    real_rows
        Real rows collected up to the last generation, those of generation 0 included. Of a model in
        a graph, these and the following are of the whole graph.
    generated_rows
        Rows sampled from models.
    trained_rows
        Rows that the fits see: each row of the mixture once a fit (equal epochs), or as many a fit
        as generation 0 has (equal steps). Where a model is kept there is no fit.
    cost
        Of these rows; 0 where no cost is given.
    efficient
        Whether no other workflow of the ranking that is possible has less risk at no more cost, or
        less cost at no more risk: it is on the Pareto front.
    possible
        Whether the user has what it needs (:func:`heirloom.plan` knows; a ranking takes all to be
        possible).
    """

    workflow: Workflow
    relative_risk: float
    long_run: LongRun
    effective_rows: float
    weight: float | None
    needs: tuple[str, ...]
    real_rows: int
    generated_rows: int
    trained_rows: int
    cost: float = 0.0
    efficient: bool = True
    possible: bool = True

    @property
    def limit(self) -> float:
        """What the risk tends to; infinite where the workflow collapses."""
        return self.long_run.limit

    @property
    def collapses(self) -> bool:
        """Whether the risk grows without bound."""
        return math.isinf(self.limit)

    def to_json(self) -> dict[str, Any]:
        """Give the line as JSON holds it; infinite numbers are None."""
        return {
            "workflow": self.workflow.text,
            "relative_risk": json_number(self.relative_risk),
            "limit": json_number(self.limit),
            "limit_known": not math.isnan(self.limit),
            "limit_exact": self.long_run.exact,
            "pace": self.long_run.pace,
            "weight": self.weight,
            "effective_rows": json_number(self.effective_rows),
            "collapses": self.collapses,
            "needs": list(self.needs),
            "possible": self.possible,
            "real_rows": self.real_rows,
            "generated_rows": self.generated_rows,
            "trained_rows": self.trained_rows,
            "cost": self.cost,
            "efficient": self.efficient,
        }


@dataclass(frozen=True)
class Costs:
    """What a row costs, in any unit.

    Attributes
    ----------
    real
        Of a real row that is collected.
    synthetic
        Of a row that is sampled from a model.
    trained
        Of a row that a fit sees.
    compute
        ``"epochs"``: a fit sees every row of its mixture once. ``"steps"``: every fit sees as many
        rows as generation 0, whatever its mixture has.
    """

    real: float = 0.0
    synthetic: float = 0.0
    trained: float = 0.0
    compute: str = "epochs"

    def __post_init__(self) -> None:
        """Refuse what is no cost."""
        for name in ("real", "synthetic", "trained"):
            value = number_in(getattr(self, name))
            if value is None or not 0 <= value <= _MOST_COST:
                given = shown(getattr(self, name))
                raise ValueError(
                    f"cost_{name}={given}: must be a number, 0 or more, and at most {_MOST_COST:g}"
                )
        if self.compute not in COMPUTE:
            raise ValueError(f"compute={shown(self.compute)}: must be one of {', '.join(COMPUTE)}")

    @property
    def given(self) -> bool:
        """Whether anything costs."""
        return bool(self.real or self.synthetic or self.trained)


@dataclass(frozen=True, eq=False, repr=False)
class Ranking(Tabulated):
    """Workflows, least relative risk first.

    Attributes
    ----------
    workflows
        The lines.
    sizes
        Rows of every dataset.
    costs
        What a row costs.
    """

    workflows: tuple[RankedWorkflow, ...]
    sizes: Sizes
    costs: Costs

    @property
    def front(self) -> tuple[RankedWorkflow, ...]:
        """The Pareto front of risk against cost, least risk first."""
        return tuple(line for line in self.workflows if line.efficient)

    def trace(self) -> Trace:
        """Relative risk of every workflow at every generation, as a trace."""
        return predict(
            [line.workflow for line in self.workflows],
            n_real=self.sizes.real,
            n_synthetic=self.sizes.synthetic,
            generations=self.sizes.generations,
            variance=float(self.sizes.initial),
        )

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw relative risk against cost; see :func:`heirloom.plots.plot_front`.

        Workflows that are not possible are left out, unless none is.
        """
        from ..plots import plot_front

        possible = [line for line in self.workflows if line.possible]
        lines = possible or with_front([replace(line, possible=True) for line in self.workflows])
        return plot_front(
            {line.workflow.text: (line.cost, line.relative_risk) for line in lines},
            [line.workflow.text for line in lines if line.efficient],
            ax=ax,
        )

    def table(self) -> ResultTable:
        """State the ranking, a row for each workflow."""
        at = self.sizes.generations
        return ranking_table(
            self.workflows,
            self.sizes,
            title=f"Risk after {counted(at, 'generation')}, relative to that of the first model",
            notes=(),
            costs=self.costs.given,
            remark=lambda line: "" if line.possible else "not possible",
        )

    def to_text(self, width: int | None = None) -> str:
        """Write the ranking; in a narrow terminal with fewer columns."""
        return ranking_text(self.table(), width)

    def to_json(self) -> dict[str, Any]:
        """Give the ranking as JSON holds it."""
        return {
            "n_real": self.sizes.real.tolist(),
            "n_synthetic": self.sizes.synthetic.tolist(),
            "generations": self.sizes.generations,
            "costs": {
                "real": self.costs.real,
                "synthetic": self.costs.synthetic,
                "trained": self.costs.trained,
                "compute": self.costs.compute,
            },
            "workflows": [line.to_json() for line in self.workflows],
        }


def rank(
    workflows: Sequence[Workflow | str] | None = None,
    *,
    n_real: SizeSchedule,
    n_synthetic: SizeSchedule,
    generations: int = 20,
    n_initial: int | None = None,
    cost_real: float = 0.0,
    cost_synthetic: float = 0.0,
    cost_trained: float = 0.0,
    compute: str = "epochs",
    last: int = 1,
) -> Ranking:
    """Judge any set of workflows, exactly and with no simulation.

    By the limit of large samples, which is the same for every regular asymptotically linear
    estimator (arXiv 2410.22812).

    Parameters
    ----------
    workflows
        Workflows or their texts: named ones, one's own rules, models of a graph. Default: the named
        ones.
    n_real, n_synthetic, generations, n_initial
        As for :func:`heirloom.theory.relative_risk`. Default 20 generations.
    cost_real, cost_synthetic, cost_trained
        Cost of a real row that is collected, of a synthetic row that is sampled, and of a row that
        a fit sees. Default 0.
    compute
        ``"epochs"`` (default): a fit sees every row of its mixture once; ``"steps"``: every fit
        sees as many rows as generation 0 has.
    last
        The risk is averaged over so many last generations: q where real data arrive at every q-th,
        so that the horizon's place between two arrivals does not matter. Default 1.

    Returns
    -------
    Ranking

    Raises
    ------
    ValueError
        If a workflow cannot be trained with these sizes, one is given twice, or a cost is out of
        range.

    Examples
    --------
    >>> import heirloom as hl
    >>> ranking = hl.rank(
    ...     ["discard", "augment", "augment-subsample"],
    ...     n_real=100,
    ...     n_synthetic=100,
    ...     generations=10,
    ...     cost_trained=1.0,
    ... )
    >>> [(line.workflow.text, line.trained_rows, line.efficient) for line in ranking.workflows]
    [('augment', 6600, True), ('augment-subsample', 1100, True), ('discard', 1100, False)]
    """
    costs = Costs(cost_real, cost_synthetic, cost_trained, compute)
    sizes = Sizes.of(
        n_real=n_real, n_synthetic=n_synthetic, generations=generations, n_initial=n_initial
    )
    last = Whole(1).checked("last", last)
    if last > max(1, sizes.generations):
        raise ValueError(
            f"last={last}: there are {sizes.generations} generations; average over no more"
        )
    lines = tuple(
        _line(
            workflow,
            sizes,
            long_run(workflow, n_real=n_real, n_synthetic=n_synthetic, n_initial=n_initial),
            costs,
            last,
        )
        for workflow in _resolved(workflows)
    )
    return Ranking(tuple(sorted(with_front(lines), key=_order)), sizes, costs)


def with_front(lines: Sequence[RankedWorkflow]) -> tuple[RankedWorkflow, ...]:
    """Mark the Pareto front among the lines that are possible."""
    possible = [line for line in lines if line.possible]
    return tuple(
        replace(line, efficient=line.possible and not _beaten(line, possible)) for line in lines
    )


DEFAULT_WORKFLOWS: tuple[Workflow, ...] = (
    FreshMix("optimal"),
    FreshMix("schedule"),
    FreshMix("naive"),
    AnchorMix(0.5),
    Discard(),
    Augment(),
    AugmentSubsample(),
    AccumulateAll(),
    RealOnly(),
    RealOnly(accumulate=True),
)


def _resolved(workflows: Sequence[Workflow | str] | None) -> list[Workflow]:
    if workflows is None:
        return list(DEFAULT_WORKFLOWS)
    listed: list[Any] = (
        list(workflows)
        if isinstance(workflows, Iterable) and not isinstance(workflows, str)
        else [workflows]
    )
    if not listed:
        raise ValueError("workflows=[]: give at least one, such as 'fresh:optimal'")
    resolved = [as_workflow(workflow) for workflow in listed]
    texts = [workflow.text for workflow in resolved]
    for text in texts:
        if texts.count(text) > 1:
            raise ValueError(
                f"two workflows are called {text!r}; give each once, and different functions or "
                "graphs different labels"
            )
    return resolved


def _order(line: RankedWorkflow) -> tuple[float, bool]:
    # Of two that are equal to what matters, the one whose weight is a number comes first.
    named = isinstance(getattr(line.workflow, "weight", None), str)
    return float(f"{line.relative_risk:.{_DIGITS}g}"), named


def _line(
    workflow: Workflow, sizes: Sizes, in_the_long_run: LongRun, costs: Costs, last: int
) -> RankedWorkflow:
    usage = workflow.usage(sizes)
    trained = usage.trained if costs.compute == "epochs" else usage.fits * sizes.initial
    risk = risk_at_horizon(workflow, sizes, last)
    return RankedWorkflow(
        workflow=workflow,
        relative_risk=risk,
        long_run=in_the_long_run,
        effective_rows=sizes.initial / risk,
        weight=workflow.real_weight(sizes),
        needs=usage.needs,
        real_rows=usage.real,
        generated_rows=usage.synthetic,
        trained_rows=trained,
        cost=costs.real * usage.real + costs.synthetic * usage.synthetic + costs.trained * trained,
    )


def _beaten(line: RankedWorkflow, lines: Sequence[RankedWorkflow]) -> bool:
    risk, cost = _order(line)[0], line.cost
    return any(
        _order(other)[0] <= risk
        and other.cost <= cost
        and (_order(other)[0], other.cost) != (risk, cost)
        for other in lines
    )
