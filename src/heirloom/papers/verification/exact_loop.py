"""The loop in one dimension, whose exact course is tabulated."""

import math
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ..._base.progress import Report, progress_report
from ..._base.style import PALETTE
from ...theory.verification import VerifiedLoop, break_even_rows, long_run_error, verified_loop
from ..check import Check
from ..experiment import Experiment, Outcome
from .model import VerifiedDirections
from .settings import (
    DIGITS,
    EXACT_LOOP,
    TABULATED,
    TABULATED_LONG_RUN,
    TABULATED_ROWS,
    ExactLoopSettings,
)
from .simulated_loop import SimulatedLoop, own_seed, part_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class ExactLoop(Experiment):
    """One coefficient, with and without bias."""

    paper: ClassVar[str] = "yi2025escaping"

    @classmethod
    def of(cls) -> "ExactLoop":
        """Make the figure."""
        return cls("exact-loop", "One coefficient: exact (lines) and simulated (points)")

    def run(
        self, scale: str, *, seed: int, executor: Executor | None, progress: bool | Report | None
    ) -> Outcome:
        """Hold theory to the table, and simulations to theory."""
        settings = EXACT_LOOP[scale]
        models = {bias: _model(settings, bias) for bias in settings.biases}
        exact = {bias: _exact(settings, model, bias) for bias, model in models.items()}
        loops: dict[float, SimulatedLoop] = {}
        with progress_report(progress, self.title) as report:
            for number, (bias, model) in enumerate(models.items()):
                loops[bias] = SimulatedLoop.of(
                    model,
                    model.verifier(settings.half_width, slack=0.0),
                    lambda _: settings.accepted,
                    rounds=settings.rounds,
                    replicates=settings.replicates,
                    seed=own_seed(seed, number),
                    executor=executor,
                    report=part_of(report, number, len(models)),
                )

        def draw(ax: "Axes") -> None:
            for number, bias in enumerate(settings.biases):
                ax.plot(exact[bias].error, color=PALETTE[number], lw=1.2)
                loops[bias].measured("error").draw(ax, number, f"bias {bias:g}")
            ax.set_yscale("log")
            ax.legend(frameon=False, fontsize="small", loc="center right")
            ax.set_xlabel("Round $k$")
            ax.set_ylabel(r"$E(\hat{\theta}_k - \theta^*)^2$")

        arguments = {**asdict(settings), "seed": seed, "figure": self.figure}
        return Outcome(
            checks=(
                *_checks_of_theory(self.figure, settings, models, exact),
                *_checks_of_simulation(self.figure, exact, loops),
            ),
            traces={f"bias-{bias:g}": loop.trace(arguments) for bias, loop in loops.items()},
            draw=draw,
            settings=arguments,
        )


def _model(settings: ExactLoopSettings, bias: float) -> VerifiedDirections:
    return VerifiedDirections(np.ones((settings.rows, 1)), bias)


def _exact(settings: ExactLoopSettings, model: VerifiedDirections, bias: float) -> VerifiedLoop:
    setting = model.setting(bias, settings.half_width, slack=0.0)
    return verified_loop(setting, n_accepted=settings.accepted, rounds=settings.rounds)


def _checks_of_theory(
    figure: str,
    settings: ExactLoopSettings,
    models: dict[float, VerifiedDirections],
    exact: dict[float, VerifiedLoop],
) -> list[Check]:
    none, biased = settings.biases

    def tabulated(name: str, expected: float, got: float, digits: str) -> Check:
        return Check(f"{figure} {name}", "=", expected, "tabulated", got, math.nan, DIGITS[digits])

    long_run = long_run_error(
        models[none].setting(none, settings.half_width, slack=0.0), settings.accepted
    )
    fit = 1 / math.sqrt(settings.rows)
    return [
        *(
            tabulated(f"bias {biased:g}, round {k}", error, float(exact[biased].error[k]), "error")
            for k, error in TABULATED.items()
        ),
        tabulated("no bias, long run", TABULATED_LONG_RUN, long_run, "long run"),
        *(
            tabulated(
                f"rows to break even, bias of {bias:g} standard errors",
                rows,
                break_even_rows(models[none].setting(bias * fit, settings.half_width, slack=0.0)),
                "rows",
            )
            for bias, rows in TABULATED_ROWS.items()
        ),
    ]


def _checks_of_simulation(
    figure: str, exact: dict[float, VerifiedLoop], loops: dict[float, SimulatedLoop]
) -> list[Check]:
    return [
        loop.measured("error").check(
            f"{figure} bias {bias:g}, round {k}, simulated", k, float(exact[bias].error[k])
        )
        for bias, loop in loops.items()
        for k in TABULATED
    ]
