"""The error after one round over the verifier's bias and radius: by theory and by simulation."""

import math
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt
import xarray as xr

from ..._base.progress import Report, progress_report
from ...plots import plot_landscape
from ...theory.verification import break_even_bias, landscape
from ...trace import Trace
from ..check import Check
from ..experiment import Experiment, Outcome
from .break_even import BreakEven, fitted_break_even
from .model import VerifiedDirections, real_rows
from .one_round_simulation import simulated_landscape
from .settings import (
    BREAK_EVEN_TOLERANCE,
    LANDSCAPE,
    PUBLISHED_BREAK_EVEN,
    SLACK,
    SQUARED_Z_TOLERANCE,
    LandscapeSettings,
)
from .simulated_loop import Measured

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_Float = npt.NDArray[np.float64]


@dataclass(frozen=True)
class LandscapeByTheory(Experiment):
    """The exact error."""

    paper: ClassVar[str] = "yi2025escaping"

    @classmethod
    def of(cls) -> "LandscapeByTheory":
        """Make the panel."""
        return cls("landscape.theory", "One round, exactly")

    def run(
        self, scale: str, *, seed: int, executor: Executor | None, progress: bool | Report | None
    ) -> Outcome:
        """Compute it, and hold the break-even bias to what was published."""
        settings = LANDSCAPE[scale]
        model = VerifiedDirections(real_rows(settings.rows), 0.0)
        biases, radii = _axes(settings, settings.cells)
        errors = _exact(model, biases, radii, settings)
        baseline = model.setting(0.0, 0.0).baseline

        even = np.array([np.interp(baseline, column, biases) for column in errors.T])
        trace = _trace(biases, radii, errors, baseline, source="theory")

        def draw(ax: "Axes") -> None:
            _draw(ax, trace, even)

        return Outcome(
            checks=tuple(
                Check(
                    f"{self.figure} break-even bias at r = {radius:g}",
                    "=",
                    PUBLISHED_BREAK_EVEN,
                    "paper",
                    break_even_bias(model.setting(0.0, radius), settings.accepted),
                    math.nan,
                    BREAK_EVEN_TOLERANCE,
                )
                for radius in settings.checked
            ),
            traces={"theory": trace},
            draw=draw,
            settings={**asdict(settings), "seed": seed, "figure": self.figure},
        )


@dataclass(frozen=True)
class LandscapeBySimulation(Experiment):
    """The simulated error."""

    paper: ClassVar[str] = "yi2025escaping"

    @classmethod
    def of(cls) -> "LandscapeBySimulation":
        """Make the panel."""
        return cls("landscape.simulation", "One round, simulated")

    def run(
        self, scale: str, *, seed: int, executor: Executor | None, progress: bool | Report | None
    ) -> Outcome:
        """Simulate each cell, and hold all to the exact error."""
        settings = LANDSCAPE[scale]
        model = VerifiedDirections(real_rows(settings.rows), 0.0)
        biases, radii = _axes(settings, settings.simulated_cells)
        with progress_report(progress, self.title) as report:
            found = simulated_landscape(
                model,
                biases,
                radii,
                accepted=settings.accepted,
                replicates=settings.replicates,
                seed=seed,
                report=report,
            )
        baseline = model.setting(0.0, 0.0).baseline

        even = [
            _break_even(settings, biases, found, baseline, column) for column in range(radii.size)
        ]

        trace = _trace(
            biases,
            radii,
            found.values,
            baseline,
            source="simulation",
            standard_errors=found.standard_errors,
        )

        def draw(ax: "Axes") -> None:
            _draw(ax, trace, np.array([point.bias for point in even]))

        return Outcome(
            checks=(
                *_checks_of_cells(
                    self.figure, settings, found, _exact(model, biases, radii, settings)
                ),
                *_checks_of_break_even(self.figure, settings, model, radii, even),
            ),
            traces={"simulation": trace},
            draw=draw,
            settings={**asdict(settings), "seed": seed, "figure": self.figure},
            notes=_notes(settings),
        )


def _notes(settings: LandscapeSettings) -> tuple[str, ...]:
    cells = settings.simulated_cells
    line = (
        "The line of break-even is fitted at each radius by itself: a contour of single cells is "
        "lost in their noise."
    )
    if cells == settings.cells:
        return (line,)
    return line, f"Simulated on {cells} by {cells} cells, where the paper has {settings.cells}."


def _axes(settings: LandscapeSettings, cells: int) -> tuple[_Float, _Float]:
    return np.linspace(*settings.biases, cells), np.linspace(*settings.radii, cells)


def _exact(
    model: VerifiedDirections, biases: _Float, radii: _Float, settings: LandscapeSettings
) -> _Float:
    return landscape(
        biases,
        radii,
        settings.accepted,
        singular_values=np.asarray(model.singular_values),
        slack=SLACK,
    )


def _checks_of_cells(
    figure: str, settings: LandscapeSettings, found: Measured, exact: _Float
) -> list[Check]:
    off, cells = found.values - exact, exact.size
    squares = (off / found.standard_errors) ** 2
    relative = float(np.sqrt(((found.standard_errors / exact) ** 2).sum()) / cells)
    return [
        Check(
            f"{figure} over the exact error, mean over cells",
            "=",
            1.0,
            "theory, exact",
            float((found.values / exact).mean()),
            relative,
        ),
        Check(
            f"{figure} squared error in standard errors, mean over cells",
            "=",
            1.0,
            "chance",
            float(squares.mean()),
            float(squares.std(ddof=1) / math.sqrt(cells)),
            SQUARED_Z_TOLERANCE,
        ),
    ]


def _break_even(
    settings: LandscapeSettings, biases: _Float, found: Measured, baseline: float, column: int
) -> BreakEven:
    low, high = settings.near
    near = (biases >= low) & (biases <= high)
    return fitted_break_even(
        biases[near], found.values[near, column], found.standard_errors[near, column], baseline
    )


def _checks_of_break_even(
    figure: str,
    settings: LandscapeSettings,
    model: VerifiedDirections,
    radii: _Float,
    even: list[BreakEven],
) -> list[Check]:
    checks: list[Check] = []
    for radius in settings.checked:
        column = int(np.abs(radii - radius).argmin())
        setting = model.setting(0.0, float(radii[column]))
        checks.append(
            Check(
                f"{figure} break-even bias at r = {radii[column]:.3g}",
                "=",
                break_even_bias(setting, settings.accepted),
                "theory, exact",
                even[column].bias,
                even[column].se,
            )
        )
    return checks


def _trace(
    biases: _Float,
    radii: _Float,
    errors: _Float,
    baseline: float,
    *,
    source: str,
    standard_errors: _Float | None = None,
) -> Trace:
    """Make a trace of the errors after one round, beside that of the real data."""
    over = ("bias", "radius", "workflow", "generation")

    def both(before: float, after: _Float) -> _Float:
        return np.stack([np.full_like(after, before), after], axis=-1)[:, :, None]

    variables = {"error": (over, both(baseline, errors))}
    if source == "theory":
        variables["error_exact"] = (over, both(1.0, np.ones_like(errors)).astype(bool))
    if standard_errors is not None:
        variables["error_se"] = (over, both(0.0, standard_errors))
    coordinates = {
        "bias": ("bias", biases, {"long_name": r"Bias of the verifier, $\|\theta_c - \theta^*\|$"}),
        "radius": ("radius", radii, {"long_name": "Radius $r$"}),
        "workflow": ["discard"],
        "generation": [0, 1],
        "weight": ("workflow", [math.nan]),
    }
    return Trace(xr.Dataset(variables, coords=coordinates, attrs={"source": source}))


def _draw(ax: "Axes", trace: Trace, even: _Float) -> None:
    """Draw errors over that of the real data, and the line at which they are the same."""
    label = r"$E\|\hat{\theta}_1 - \theta^*\|^2$ over that of the real data"
    plot_landscape(trace, label=label, ax=ax)
    radii = trace.dataset["radius"].values
    ax.plot(radii, even, color="black", lw=1.2)
    ax.annotate(
        "error of the real data",
        (float(radii.mean()), float(even[len(even) // 2])),
        xytext=(0, 4),
        textcoords="offset points",
        ha="center",
        va="bottom",
        fontsize="small",
    )
