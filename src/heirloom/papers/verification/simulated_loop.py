"""A verified loop, simulated: means over replicates, and points in a figure."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..._base.progress import Report
from ..._base.style import MARKERS, PALETTE
from ...simulation import Paths, simulate_paths, trace_of_paths
from ...trace import Trace
from ...verifiers import KnowledgeBall
from ...workflows import Sizes, as_workflow
from ..check import Check
from .model import VerifiedDirections

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_Float = npt.NDArray[np.float64]

_POINTS = 13


@dataclass(frozen=True, eq=False)
class Measured:
    """A mean over replicates, at each round or in each cell.

    Attributes
    ----------
    values, standard_errors
        float64[rounds + 1], or of the shape of the cells.
    """

    values: npt.NDArray[np.float64]
    standard_errors: npt.NDArray[np.float64]

    def check(
        self, name: str, k: int, expected: float, *, tolerance: float = 0.0, source: str = ""
    ) -> Check:
        """Check round `k`."""
        return Check(
            name,
            "=",
            expected,
            source or "theory, exact",
            float(self.values[k]),
            float(self.standard_errors[k]),
            tolerance,
        )

    def over(self, scale: float) -> "Measured":
        """Give it in other units."""
        return Measured(self.values / scale, self.standard_errors / scale)

    def draw(self, ax: "Axes", number: int, label: str | None = None) -> None:
        """Draw some rounds, with bars of two standard errors to each side."""
        last = len(self.values) - 1
        chosen = np.unique(np.linspace(0, last, min(_POINTS, last + 1)).round().astype(int))
        chosen = np.union1d(chosen, np.arange(min(4, last + 1)))
        ax.errorbar(
            chosen,
            self.values[chosen],
            yerr=2 * self.standard_errors[chosen],
            fmt=MARKERS[number % len(MARKERS)],
            color=PALETTE[number % len(PALETTE)],
            ms=3.5,
            lw=1,
            label=label,
        )


@dataclass(frozen=True, eq=False)
class SimulatedLoop:
    """Replicates of verified training.

    Attributes
    ----------
    paths
        The metrics of :class:`VerifiedDirections`, for each replicate and round.
    sizes
        Rows of each round.
    """

    paths: Paths
    sizes: Sizes

    @classmethod
    def of(
        cls,
        model: VerifiedDirections,
        verifier: KnowledgeBall,
        accepted: Callable[[int], int],
        *,
        rounds: int,
        replicates: int,
        seed: int,
        executor: Executor | None,
        report: Report | None,
    ) -> "SimulatedLoop":
        """Simulate it.

        Parameters
        ----------
        model, verifier
            Of the experiment.
        accepted
            Responses a direction in each round.
        rounds, replicates
            How many.
        seed, executor, report
            As for :func:`heirloom.simulation.simulate_paths`.
        """
        rows, columns = model.shape
        sizes = Sizes.of(
            n_real=rows, n_synthetic=lambda k: columns * accepted(k), generations=rounds
        )
        paths = simulate_paths(
            model,
            [as_workflow("discard")],
            sizes,
            replicates=replicates,
            seed=seed,
            verifier=verifier,
            executor=executor,
            report=report,
        )
        return cls(paths, sizes)

    def metric(self, name: str) -> _Float:
        """Take a metric of every replicate: float64[replicates, rounds + 1]."""
        return self.paths.metrics[name][0].astype(np.float64)

    def measured(self, name: str) -> Measured:
        """Average a metric."""
        values = self.metric(name)
        return Measured(values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(len(values)))

    def trace(self, arguments: dict[str, Any]) -> Trace:
        """Summarise the replicates."""
        return trace_of_paths(self.paths, [as_workflow("discard")], self.sizes, arguments)


def part_of(report: Report, number: int, parts: int) -> Report:
    """Report the progress of one simulation as that of one part of several."""
    return lambda done, work: report(number * work + done, parts * work)


def own_seed(seed: int, *numbers: int) -> int:
    """Derive the seed of one simulation of several, so that they are independent."""
    return int(np.random.SeedSequence([seed, *numbers]).generate_state(1)[0])
