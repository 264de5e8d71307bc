"""Unbiased, mildly and strongly biased verifiers, and the round at which to stop."""

import math
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

from ..._base.progress import Report, progress_report
from ..._base.replicate_statistics import paired_ratio
from ..._base.style import MARKED, REFERENCE
from ...theory.verification import VerificationRegime, verification_regime
from ..check import Check
from ..experiment import Experiment, Outcome
from .model import VerifiedDirections, real_rows
from .settings import LONG_RUN_TOLERANCE, REGIMES, SLACK, RegimeSettings
from .simulated_loop import SimulatedLoop, own_seed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_Float = npt.NDArray[np.float64]

_ADVICE = {
    "unbiased": "keeps improving",
    "mildly biased": "stop after round {}",
    "strongly biased": "do not use it",
}


@dataclass(frozen=True)
class Regime(Experiment):
    """Error to the truth, round by round, under a verifier of one regime."""

    paper: ClassVar[str] = "yi2025escaping"

    @classmethod
    def of(cls, figure: str, title: str) -> "Regime":
        """Make a panel; `figure` is a key of the settings."""
        return cls(figure, title)

    def run(
        self, scale: str, *, seed: int, executor: Executor | None, progress: bool | Report | None
    ) -> Outcome:
        """Simulate it, and hold it to the regime that theory names."""
        settings = REGIMES[self.figure][scale]
        model = VerifiedDirections(real_rows(settings.rows), settings.bias)
        regime = verification_regime(
            settings.bias,
            settings.radius,
            n_accepted=settings.accepted,
            slack=SLACK,
            singular_values=np.asarray(model.singular_values),
            rounds=settings.rounds,
        )
        with progress_report(progress, self.title) as report:
            loop = SimulatedLoop.of(
                model,
                model.verifier(settings.radius),
                settings.accepted,
                rounds=settings.rounds,
                replicates=settings.replicates,
                seed=own_seed(seed, *self.figure.encode()),
                executor=executor,
                report=report,
            )
        arguments = {**asdict(settings), "seed": seed, "figure": self.figure}
        return Outcome(
            checks=tuple(_checks(self.figure, settings, regime, loop)),
            traces={"simulation": loop.trace(arguments)},
            draw=_drawing(regime, loop),
            settings={**arguments, "regime": regime.to_json()},
            notes=("The bias, the radius and the rows of this regime are ours.",),
        )


def _checks(
    figure: str, settings: RegimeSettings, regime: VerificationRegime, loop: SimulatedLoop
) -> list[Check]:
    found, k = loop.measured("error"), regime.stopping_round
    errors = loop.metric("error")
    right = float(regime.name == settings.name)
    checks = [
        Check(f"{figure} is called {settings.name}", "=", 1.0, "ours", right, math.nan),
        found.check(f"{figure} error of round 1", 1, float(regime.errors[1])),
        found.check(f"{figure} error of the last round", settings.rounds, float(regime.errors[-1])),
    ]
    if settings.name != "strongly biased":
        # The gain divides by the error of the stopping round: its inverse is a ratio of means.
        got, se = paired_ratio(errors[:, k], errors[:, 0])
        checks.append(
            Check(
                f"{figure} error of round {k} over round 0", "=", 1 / regime.gain, "gain", got, se
            )
        )
    if settings.name == "mildly biased":
        optimum = float(np.argmin(found.values))
        checks.append(
            Check(f"{figure} round to stop", "=", k, "theory, exact", optimum, math.nan, 1.0)
        )
    if settings.name == "strongly biased":
        got, se = paired_ratio(errors[:, 1], errors[:, 0])
        checks.append(
            Check(f"{figure} error of round 1 over round 0", ">=", 1.0, "regime", got, se)
        )
    if settings.name != "unbiased":
        got, se = paired_ratio(errors[:, -1], errors[:, 0])
        checks.append(
            Check(
                f"{figure} error of round {settings.rounds} over round 0",
                "=",
                regime.long_run,
                "long run",
                got,
                se,
                LONG_RUN_TOLERANCE * regime.long_run,
            )
        )
    return checks


def _drawing(regime: VerificationRegime, loop: SimulatedLoop) -> Callable[["Axes"], None]:
    def draw(ax: "Axes") -> None:
        stop = regime.stopping_round
        ax.plot(regime.errors / regime.baseline, color="0.3", lw=1.2, label="exact")
        loop.measured("error").over(regime.baseline).draw(ax, 0, "simulated")
        ax.axhline(1.0, color=REFERENCE, lw=1, ls=":")
        ax.plot(
            [stop],
            [regime.errors[stop] / regime.baseline],
            marker="*",
            ms=13,
            color=MARKED,
            ls="",
            label=_ADVICE[regime.name].format(stop),
            zorder=3,
        )
        ax.set_ylim(bottom=0.0)
        ax.legend(frameon=False, fontsize="small")
        ax.set_xlabel("Round $k$")
        ax.set_ylabel(r"$E\|\hat{\theta}_k - \theta^*\|^2$ over that of the real data")

    return draw
