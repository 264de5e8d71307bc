"""Many rounds: the exact course, the bound of Theorem 4.1, and simulations."""

import math
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt
from matplotlib.lines import Line2D
from scipy.special import ndtr

from ..._base.progress import Report, progress_report
from ..._base.replicate_statistics import paired_ratio
from ..._base.style import MARKERS, PALETTE
from ...theory.verification import (
    VerifiedLoop,
    contraction_rate,
    error_bound,
    long_run_error,
    noise_floor,
    verified_loop,
)
from ..check import Check
from ..experiment import Experiment, Outcome
from .model import VerifiedDirections, real_rows
from .settings import (
    COLUMNS,
    CONTRACTION_TOLERANCE,
    DERIVATIVE_TOLERANCE,
    FLOOR_RADII,
    FLOOR_TOLERANCE,
    GROWN,
    PUBLISHED_RATES,
    RATE_TOLERANCE,
    ROUNDING,
    ROUNDS,
    SLACK,
    RoundsSettings,
)
from .simulated_loop import SimulatedLoop, own_seed, part_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_Float = npt.NDArray[np.float64]

_STEP = 1e-4
# Of the axis above the highest curve, for the legend.
_HEADROOM = 6.0
_TO_CENTER = "error_to_center"


@dataclass(frozen=True)
class Rounds(Experiment):
    """Squared distance to the verifier, round by round."""

    paper: ClassVar[str] = "yi2025escaping"

    @classmethod
    def of(cls, figure: str, title: str) -> "Rounds":
        """Make a panel; `figure` is a key of the settings."""
        return cls(figure, title)

    def run(
        self, scale: str, *, seed: int, executor: Executor | None, progress: bool | Report | None
    ) -> Outcome:
        """Simulate some radii, and hold them to the exact course, and that to the bound."""
        settings = ROUNDS[self.figure][scale]
        model = VerifiedDirections(real_rows(settings.rows), settings.bias)
        exact = {radius: _exact(model, settings, radius) for radius in settings.radii}
        bounds = {radius: _bound(model, settings, radius) for radius in settings.radii}
        loops: dict[float, SimulatedLoop] = {}
        with progress_report(progress, self.title) as report:
            for number, radius in enumerate(settings.simulated):
                loops[radius] = SimulatedLoop.of(
                    model,
                    model.verifier(radius),
                    settings.accepted,
                    rounds=settings.rounds,
                    replicates=settings.replicates,
                    seed=own_seed(seed, number, *self.figure.encode()),
                    executor=executor,
                    report=part_of(report, number, len(settings.simulated)),
                )
        arguments = {**asdict(settings), "seed": seed, "figure": self.figure}
        return Outcome(
            checks=(
                *_checks_of_rounds(self.figure, settings, exact, loops),
                _check_of_bound(self.figure, exact, bounds),
                *_checks_of_limit(self.figure, settings, model, loops),
                *_checks_of_rates(self.figure, settings, exact, loops),
            ),
            traces={f"radius-{r:g}": loop.trace(arguments) for r, loop in loops.items()},
            draw=_drawing(settings, exact, bounds, loops),
            settings=arguments,
            notes=_notes(settings),
        )


def _exact(model: VerifiedDirections, settings: RoundsSettings, radius: float) -> VerifiedLoop:
    return verified_loop(
        model.setting(settings.bias, radius), n_accepted=settings.accepted, rounds=settings.rounds
    )


def _bound(model: VerifiedDirections, settings: RoundsSettings, radius: float) -> _Float:
    return error_bound(model.setting(settings.bias, radius), settings.accepted, settings.rounds)


def _notes(settings: RoundsSettings) -> tuple[str, ...]:
    if not settings.step:
        return ()
    last = settings.accepted(settings.rounds)
    return (
        f"The rows of a round grow evenly, from {settings.first} a direction to {last}: a schedule "
        "of ours.",
    )


def _checks_of_rounds(
    figure: str,
    settings: RoundsSettings,
    exact: dict[float, VerifiedLoop],
    loops: dict[float, SimulatedLoop],
) -> list[Check]:
    return [
        loop.measured(_TO_CENTER).check(
            f"{figure} r = {radius:g}, error to the verifier in round {k}",
            k,
            float(exact[radius].error_to_center[k]),
        )
        for radius, loop in loops.items()
        for k in settings.checked
    ]


def _check_of_bound(
    figure: str, exact: dict[float, VerifiedLoop], bounds: dict[float, _Float]
) -> Check:
    # In round 0 the two are the same.
    worst = max(float((exact[r].error_to_center / bounds[r])[1:].max()) for r in bounds)
    return Check(
        f"{figure} exact error over its bound, worst round and radius",
        "<=",
        1.0,
        "Theorem 4.1",
        worst,
        math.nan,
        ROUNDING,
    )


def _checks_of_limit(
    figure: str,
    settings: RoundsSettings,
    model: VerifiedDirections,
    loops: dict[float, SimulatedLoop],
) -> list[Check]:
    """With growing rows the limit is the verifier; with the same rows a floor is left."""
    checks: list[Check] = []
    if not settings.step and not settings.bias:
        for radius in FLOOR_RADII:
            setting = model.setting(0.0, radius)
            floor = noise_floor(setting, settings.first)
            checks.append(
                Check(
                    f"{figure} r = {radius:g}, error in the long run",
                    "=",
                    floor,
                    "Theorem 4.1, floor",
                    long_run_error(setting, settings.first),
                    math.nan,
                    FLOOR_TOLERANCE * floor,
                )
            )
    if settings.step:
        for radius, loop in loops.items():
            k = settings.rounds
            name = f"{figure} r = {radius:g}, round {k}"
            checks.append(loop.measured("along").check(f"{name}, mean off the verifier", k, 0.0))
            found = loop.measured(_TO_CENTER)
            checks.append(
                Check(
                    f"{name}, error to the verifier",
                    "<=",
                    GROWN * noise_floor(model.setting(0.0, radius), settings.first),
                    "share of the first floor",
                    float(found.values[k]),
                    float(found.standard_errors[k]),
                )
            )
    return checks


def _checks_of_rates(
    figure: str,
    settings: RoundsSettings,
    exact: dict[float, VerifiedLoop],
    loops: dict[float, SimulatedLoop],
) -> list[Check]:
    checks: list[Check] = []
    for radius, first, last in settings.contraction:
        rate = contraction_rate(radius, SLACK)
        name = f"{figure} r = {radius:g}, contraction rate"
        rows = [
            (name, PUBLISHED_RATES[radius], "paper", rate, RATE_TOLERANCE),
            (f"{name} by differences", rate, "formula", _derivative(radius), DERIVATIVE_TOLERANCE),
        ]
        checks += [
            Check(label, "=", expected, source, got, math.nan, tolerance)
            for label, expected, source, got, tolerance in rows
        ]
        got, se = _simulated_rate(loops[radius].metric("along"), first, last)
        label = f"{name}, simulated from round {first} to {last}"
        # In expectation: what the noise of the rounds leaves of the rate at the verifier itself.
        distance = exact[radius].mean[:, 0] - settings.bias / math.sqrt(COLUMNS)
        expected = float((distance[last] / distance[first]) ** (1 / (last - first)))
        checks += [
            Check(label, "=", expected, "theory, exact", got, se),
            Check(f"{label}, near", "=", rate, "formula", got, se, CONTRACTION_TOLERANCE),
        ]
    return checks


def _simulated_rate(along: _Float, first: int, last: int) -> tuple[float, float]:
    """Factor by which the mean distance shrinks in a round, and its standard error."""
    ratio, error = paired_ratio(along[:, last], along[:, first])
    rounds = last - first
    rate = ratio ** (1 / rounds)
    return rate, rate * error / (rounds * ratio)


def _derivative(radius: float) -> float:
    """Differentiate the mean accepted response at the verifier, by differences."""
    return (_mean_accepted(_STEP, radius) - _mean_accepted(-_STEP, radius)) / (2 * _STEP)


def _mean_accepted(distance: float, radius: float) -> float:
    low, high = -radius - SLACK - distance, radius + SLACK - distance
    density = (math.exp(-(high**2) / 2) - math.exp(-(low**2) / 2)) / math.sqrt(2 * math.pi)
    return distance - density / float(ndtr(high) - ndtr(low))


def _drawing(
    settings: RoundsSettings,
    exact: dict[float, VerifiedLoop],
    bounds: dict[float, _Float],
    loops: dict[float, SimulatedLoop],
) -> Callable[["Axes"], None]:
    def draw(ax: "Axes") -> None:
        for number, radius in enumerate(settings.radii):
            colour = PALETTE[number]
            ax.plot(exact[radius].error_to_center, color=colour, lw=1.1)
            ax.plot(bounds[radius], color=colour, lw=1.1, ls="--")
            if radius in loops:
                loops[radius].measured(_TO_CENTER).draw(ax, number)
        handles = [
            Line2D(
                [],
                [],
                color=PALETTE[i],
                marker=MARKERS[i] if radius in loops else "",
                ms=3.5,
                lw=1.1,
                label=f"r = {radius:g}",
            )
            for i, radius in enumerate(settings.radii)
        ]
        handles.append(Line2D([], [], color="0.3", ls="--", lw=1.1, label="bound"))
        ax.set_yscale("log")
        ax.set_ylim(top=_HEADROOM * max(float(bound.max()) for bound in bounds.values()))
        ax.legend(handles=handles, frameon=False, fontsize="x-small", ncols=2, loc="upper right")
        ax.set_xlabel("Round $k$")
        ax.set_ylabel(r"$E\|\hat{\theta}_k - \theta_c\|^2$")

    return draw
