"""One round: the theorem's formula, the exact error, and simulations."""

import math
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from matplotlib.lines import Line2D

from ..._base.progress import Report, progress_report
from ..._base.style import MARKERS, PALETTE, REFERENCE
from ...theory.verification import landscape, one_round_risk
from ...trace import Trace
from ..check import Check
from ..experiment import Experiment, Outcome
from .model import VerifiedDirections, real_rows
from .settings import (
    BASELINE_TOLERANCE,
    FIRST_ORDER_FAILS,
    FIRST_ORDER_TOLERANCE,
    ONE_ROUND,
    PUBLISHED_BASELINE,
    SLACK,
    OneRoundSettings,
)
from .simulated_loop import Measured, SimulatedLoop, own_seed, part_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_Cell = tuple[int, float, float]

_STYLES = ("-", "--")
_DRAWN = 50


@dataclass(frozen=True)
class OneRound(Experiment):
    """Error after one round, by bias, radius and number of accepted responses."""

    paper: ClassVar[str] = "yi2025escaping"

    @classmethod
    def of(cls) -> "OneRound":
        """Make the figure."""
        return cls("one-round", "One round: exact error (lines) and simulation (points)")

    def run(
        self, scale: str, *, seed: int, executor: Executor | None, progress: bool | Report | None
    ) -> Outcome:
        """Simulate every cell, and a real sample at which the theorem's first order fails."""
        settings = ONE_ROUND[scale]
        cells = list(product(settings.accepted, settings.biases, settings.radii))
        loops: dict[_Cell, SimulatedLoop] = {}
        parts = len(cells) + 1
        with progress_report(progress, self.title) as report:
            for number, cell in enumerate(cells):
                loops[cell] = _simulated(
                    cell,
                    settings.rows,
                    settings.replicates,
                    own_seed(seed, number),
                    executor,
                    part_of(report, number, parts),
                )
            small_cell = (settings.small_accepted, 0.0, settings.small_radius)
            small = _simulated(
                small_cell,
                settings.small_rows,
                settings.small_replicates,
                own_seed(seed, len(cells)),
                executor,
                part_of(report, len(cells), parts),
            )
        measured = {cell: loop.measured("error") for cell, loop in loops.items()}
        arguments = {**asdict(settings), "seed": seed, "figure": self.figure}
        return Outcome(
            checks=(
                *_checks_of_cells(self.figure, settings, measured),
                *_checks_of_small(self.figure, settings, small.measured("error")),
            ),
            traces=_traces({**loops, small_cell: small}, settings, arguments),
            draw=_drawing(settings, measured),
            settings=arguments,
            notes=(
                "All cells of the published experiment have 100 real rows; the sample of "
                f"{settings.small_rows}, where the theorem's first order fails, is ours.",
            ),
        )


def _simulated(
    cell: _Cell, rows: int, replicates: int, seed: int, executor: Executor | None, report: Report
) -> SimulatedLoop:
    accepted, bias, radius = cell
    model = VerifiedDirections(real_rows(rows), bias)
    return SimulatedLoop.of(
        model,
        model.verifier(radius),
        lambda _: accepted,
        rounds=1,
        replicates=replicates,
        seed=seed,
        executor=executor,
        report=report,
    )


def _checks_of_cells(
    figure: str, settings: OneRoundSettings, measured: dict[_Cell, Measured]
) -> list[Check]:
    model = VerifiedDirections(real_rows(settings.rows), 0.0)
    baseline = model.setting(0.0, settings.radii[0]).baseline
    checks = [
        Check(
            f"{figure} error of the real data alone",
            "=",
            PUBLISHED_BASELINE,
            "paper",
            baseline,
            math.nan,
            BASELINE_TOLERANCE,
        )
    ]
    worst = 0.0
    for (accepted, bias, radius), found in measured.items():
        setting = model.setting(bias, radius)
        exact = one_round_risk(setting, accepted)
        first_order = one_round_risk(setting, accepted, "first-order")
        worst = max(worst, abs(first_order / exact - 1))
        name = f"{figure} n = {accepted}, bias {bias:g}, r = {radius:g}"
        checks.append(found.check(name, 1, exact))
    checks.append(
        Check(
            f"{figure} first order off the exact error, worst share",
            "<=",
            FIRST_ORDER_TOLERANCE,
            "Theorem 3.1",
            worst,
            math.nan,
        )
    )
    return checks


def _checks_of_small(figure: str, settings: OneRoundSettings, found: Measured) -> list[Check]:
    model = VerifiedDirections(real_rows(settings.small_rows), 0.0)
    setting = model.setting(0.0, settings.small_radius)
    first_order = one_round_risk(setting, settings.small_accepted, "first-order")
    off = abs(first_order - found.values[1]) / found.standard_errors[1]
    name = f"{figure} {settings.small_rows} real rows"
    return [
        found.check(f"{name}, exact", 1, one_round_risk(setting, settings.small_accepted)),
        Check(
            f"{name}, first order off the simulation, standard errors",
            ">=",
            FIRST_ORDER_FAILS,
            "ours",
            float(off),
            math.nan,
        ),
    ]


def _traces(
    loops: dict[_Cell, SimulatedLoop], settings: OneRoundSettings, arguments: dict[str, Any]
) -> dict[str, Trace]:
    return {
        f"n-{accepted}-bias-{bias:g}-radius-{radius:g}"
        + ("-few-real-rows" if loop.sizes.real[0] == settings.small_rows else ""): loop.trace(
            arguments
        )
        for (accepted, bias, radius), loop in loops.items()
    }


def _drawing(
    settings: OneRoundSettings, measured: dict[_Cell, Measured]
) -> Callable[["Axes"], None]:
    model = VerifiedDirections(real_rows(settings.rows), 0.0)
    baseline = model.setting(0.0, settings.radii[0]).baseline
    biases = np.linspace(0.0, 1.1 * settings.biases[-1], _DRAWN)

    def draw(ax: "Axes") -> None:
        for accepted, style in zip(settings.accepted, _STYLES, strict=True):
            curves = landscape(
                biases,
                settings.radii,
                accepted,
                singular_values=np.asarray(model.singular_values),
                slack=SLACK,
            )
            for number, radius in enumerate(settings.radii):
                colour = PALETTE[number]
                ax.plot(biases, curves[:, number], style, color=colour, lw=1.2)
                found = [measured[accepted, bias, radius] for bias in settings.biases]
                ax.errorbar(
                    settings.biases,
                    [point.values[1] for point in found],
                    yerr=[2 * point.standard_errors[1] for point in found],
                    fmt=MARKERS[number],
                    color=colour,
                    ms=4,
                    mfc=colour if style == _STYLES[0] else "white",
                )
        ax.axhline(baseline, color=REFERENCE, lw=1, ls=":")
        ax.text(0.0, 1.03 * baseline, "real data alone", color=REFERENCE, fontsize="x-small")
        handles = [
            Line2D([], [], color=PALETTE[i], marker=MARKERS[i], ms=4, label=f"r = {radius:g}")
            for i, radius in enumerate(settings.radii)
        ] + [
            Line2D([], [], color="0.3", ls=style, label=f"{accepted} accepted a direction")
            for accepted, style in zip(settings.accepted, _STYLES, strict=True)
        ]
        ax.legend(handles=handles, frameon=False, fontsize="x-small")
        ax.set_yscale("log")
        ax.set_xlabel(r"Bias of the verifier, $\|\theta_c - \theta^*\|$")
        ax.set_ylabel(r"$E\|\hat{\theta}_1 - \theta^*\|^2$")

    return draw
