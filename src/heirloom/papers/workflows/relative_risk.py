"""Relative risk from replicates: the error of a generation over that of generation 0."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..._base.progress import Report, progress_report
from ..._base.replicate_statistics import paired_ratio
from ..._base.style import (
    LINE_STYLES,
    MARKERS,
    PALETTE,
    Colour,
    generation_axis,
    scale_to,
    workflow_colours,
)
from ...models import Model
from ...simulation import Paths, simulate_paths
from ...trace import Trace
from ...workflows import Sizes, Workflow, as_workflow
from ..check import Check

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_Float = npt.NDArray[np.float64]

_METRIC = "relative_risk"
# Points on a line: so many can be told apart, and lines next to each other are set off by a little.
_POINTS = 11
_OFFSET = 0.12


@dataclass(frozen=True, eq=False)
class RelativeRisk:
    """A relative risk, generation by generation.

    Attributes
    ----------
    values
        float64[generations + 1]; entry 0 is 1.
    standard_errors
        Theirs; entry 0 is 0.
    """

    values: _Float
    standard_errors: _Float

    @classmethod
    def of(cls, errors: npt.NDArray[np.floating]) -> "RelativeRisk":
        """Divide mean errors by that of generation 0, which the same replicates share.

        Parameters
        ----------
        errors
            [replicates, generations + 1]; at each generation, replicates without an answer there
            are left out.
        """
        pairs = [paired_ratio(errors[:, t], errors[:, 0]) for t in range(errors.shape[1])]
        values, standard_errors = np.array(pairs, dtype=np.float64).T
        return cls(values, standard_errors)

    def check(
        self, name: str, t: int, expected: float, *, share: float = 0.0, source: str
    ) -> Check:
        """Check generation `t`, to within a share of what is expected."""
        return Check(
            f"{name} at t = {t}",
            "=",
            expected,
            source,
            float(self.values[t]),
            float(self.standard_errors[t]),
            tolerance=share * expected,
        )


def trace_of(
    risks: Sequence[RelativeRisk],
    workflows: Sequence[Workflow | str],
    sizes: Sizes,
    arguments: Mapping[str, Any],
) -> Trace:
    """Make a trace of relative risks, one for each workflow."""
    return Trace.of(
        [as_workflow(workflow) for workflow in workflows],
        sizes,
        {_METRIC: np.stack([risk.values for risk in risks])},
        source="simulation",
        arguments=arguments,
        standard_errors={_METRIC: np.stack([risk.standard_errors for risk in risks])},
    )


@dataclass(frozen=True)
class Simulation:
    """One of the simulations of an experiment.

    Attributes
    ----------
    model, workflows, replicates
        What is simulated, and how often.
    """

    model: Model
    workflows: tuple[str, ...]
    replicates: int

    def paths(self, sizes: Sizes, *, seed: int, executor: Executor | None, report: Report) -> Paths:
        """Run it."""
        return simulate_paths(
            self.model,
            [as_workflow(workflow) for workflow in self.workflows],
            sizes,
            replicates=self.replicates,
            seed=seed,
            executor=executor,
            report=report,
        )


def simulated(
    simulations: Sequence[Simulation],
    sizes: Sizes,
    *,
    seed: int,
    executor: Executor | None,
    progress: bool | Report | None,
    description: str,
) -> Iterator[Paths]:
    """Run simulations one after the other, with one progress bar."""
    parts = len(simulations)
    with progress_report(progress, description) as report:
        for number, simulation in enumerate(simulations):
            yield simulation.paths(
                sizes, seed=seed, executor=executor, report=_part(report, number, parts)
            )


def _part(report: Report, number: int, parts: int) -> Report:
    """Report progress as that of one part of several."""
    return lambda done, work: report(number * work + done, parts * work)


def draw_relative_risk(
    ax: "Axes",
    simulated: Mapping[str, Sequence[RelativeRisk]],
    theory: Mapping[str, npt.ArrayLike],
    *,
    workflows: Sequence[str] = (),
    apart: bool = False,
) -> None:
    """Draw theory as lines, and some generations of what was simulated as points.

    Parameters
    ----------
    ax
        Where.
    simulated
        By label; those of one label (such as one for each workflow) have the same markers. Bars are
        two standard errors to each side.
    theory
        By label.
    workflows
        Of which each label is one, where they are workflows, for their colours. Default: none.
    apart
        Whether points of different labels are set off from each other, where they would coincide.
    """
    curves = {label: np.asarray(curve, dtype=np.float64) for label, curve in theory.items()}
    for (label, curve), style in zip(curves.items(), cycle(LINE_STYLES)):
        ax.plot(np.arange(len(curve)), curve, ls=style, color="0.3", lw=1.2, label=label, zorder=1)
    colours = list(workflow_colours(workflows).values()) or [
        *islice(cycle(PALETTE), len(simulated))
    ]
    for i, (label, risks) in enumerate(simulated.items()):
        offset = _OFFSET * (i - (len(simulated) - 1) / 2) if apart else 0.0
        for number, risk in enumerate(risks):
            _draw_points(
                ax,
                risk,
                MARKERS[i % len(MARKERS)],
                colours[i],
                offset,
                label if number == 0 else None,
            )
    risks = [risk.values for of_label in simulated.values() for risk in of_label]
    drawn = np.concatenate([*curves.values(), *risks])
    scale_to(ax, drawn)
    generation_axis(ax, max(len(line) for line in (*curves.values(), *risks)) - 1)
    ax.set_ylabel("Relative risk")
    ax.legend(frameon=False, fontsize="x-small")


def _draw_points(
    ax: "Axes",
    risk: RelativeRisk,
    marker: str,
    colour: Colour,
    offset: float,
    label: str | None,
) -> None:
    last = len(risk.values) - 1
    chosen = np.unique(np.linspace(0, last, min(_POINTS, last + 1)).round().astype(int))
    ax.errorbar(
        chosen + offset * last / (_POINTS - 1),
        risk.values[chosen],
        yerr=2 * risk.standard_errors[chosen],
        fmt=marker,
        color=colour,
        ms=3.5,
        lw=1,
        label=label,
    )
