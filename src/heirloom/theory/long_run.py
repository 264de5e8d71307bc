"""What becomes of the risk in the long run: its limit, and how fast it gets there."""

import itertools
import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ..workflows import Lineage, Sizes, Workflow, as_workflow
from ..workflows.schedule import ScheduleEndedError
from ..workflows.sizes import SizeSchedule
from .closed_forms import limit_of
from .fit_plans import plans_of
from .recursion import variances

_Float = npt.NDArray[np.float64]

# Generations of the last of four horizons, each twice the one before: the longest for workflows
# that remember little, and for others what their memory allows.
_LONGEST = 4096
_LONG = (512, 256, 128, 64)
# Generations by which a workflow has shown how much it remembers, and that amount.
_SHOWN = 64
_LITTLE = 16
# Most multiplications for what remembers more.
_WORK = 2e8
# Of the risk: differences below it are rounding.
_ROUNDING = 1e-9
# Ratios of successive differences that differ by more are of no power of t.
_CONSISTENT = 0.03
# Ratios below it are of a limit. A slower approach than as t^−0.4 has hardly begun by the last
# horizon, where the next term of its expansion still moves the extrapolated limit by per cents.
_SHRINKS = 2**-0.4
_LOGARITHMIC = 0.97
_GEOMETRIC = 0.1
# A power this near to 1 is 1.
_NEAR_ONE = 0.01
# A limit below this share of the risk at the last horizon is 0.
_NOUGHT = 0.02
# A limit that is lower by more than the best that the real data allow is none.
_BELOW_BEST = 1e-3


@dataclass(frozen=True)
class LongRun:
    """What becomes of the relative risk after many generations.

    Attributes
    ----------
    limit
        What it tends to (the highest value where it keeps cycling, as between arrivals of real
        data); infinite where the workflow collapses; nan where that cannot be told.
    exact
        Whether the limit and the pace are formulae, rather than extrapolated from the exact risk of
        four horizons.
    exponent
        How fast: the risk grows, or its distance to the limit falls, as t to this power; 0 for
        logarithmic growth, −inf for a geometric approach, inf for geometric growth, nan where that
        cannot be told.
    step
        What a generation adds to the risk in the long run, where it grows in proportion to t; 0
        where it is bounded, else nan.
    """

    limit: float
    exact: bool
    exponent: float
    step: float

    @property
    def pace(self) -> str:
        """The pace in words, such as ``"+1 a generation"``."""
        if math.isnan(self.exponent):
            return "unknown"
        if not math.isinf(self.limit):
            return "geometric" if math.isinf(self.exponent) else f"as t^{self.exponent:.1g}"
        if math.isinf(self.exponent):
            return "exponential"
        if self.exponent == 0:
            return "as log t"
        if self.exponent == 1:
            return f"+{self.step:.3g} a generation"
        return f"as t^{self.exponent:.2g}"


def long_run(
    workflow: Workflow | str,
    *,
    n_real: SizeSchedule,
    n_synthetic: SizeSchedule,
    n_initial: int | None = None,
) -> LongRun:
    """Tell what the relative risk of any workflow tends to, and how fast.

    Where the workflow knows a formula (:meth:`heirloom.workflows.Workflow.long_run`) it gives the
    limit. Elsewhere it is extrapolated from the exact risk at four horizons, each twice the one
    before and the last of 512 to 4,096 generations (Aitken's method): a risk R(t) that nears L as
    t^−a, or grows as t^a,
    changes over each doubling of t by 2^−a, or 2^a, times the change before. If the three changes
    do not agree on that, as where the risk is still on its way, nothing is claimed; nor is a limit
    that is approached more slowly than as t^−0.4, or better than the real data allow. (A rule that
    changes its ways later than the last horizon cannot be told from one that does not.) Where sizes
    repeat, horizons are whole cycles, and the risk is the highest of a cycle.

    Parameters
    ----------
    workflow, n_real, n_synthetic, n_initial
        As for :func:`relative_risk`; sizes are numbers or functions of the generation.

    Returns
    -------
    LongRun
        With nan for its limit where that cannot be told: sizes (or weights) are arrays, which end,
        the workflow cannot be followed so far, or the risk has not shown where it goes.

    Raises
    ------
    ValueError
        If the workflow cannot be trained with these sizes.

    Examples
    --------
    >>> import heirloom as hl
    >>> long_run("discard", n_real=100, n_synthetic=50).pace
    '+2 a generation'
    >>> found = long_run("window:3", n_real=100, n_synthetic=100)
    >>> found.limit, found.pace
    (inf, '+0.25 a generation')
    >>> augment = hl.workflows.Custom(hl.workflows.Augment().mixture, label="augment")
    >>> found = long_run(augment, n_real=100, n_synthetic=100)
    >>> round(found.limit, 4), found.exact, round(found.exponent)  # π²/6 = 1.6449
    (1.6449, False, -1)
    """
    workflow = as_workflow(workflow)

    def sizes(generations: int) -> Sizes:
        return Sizes.of(
            n_real=n_real, n_synthetic=n_synthetic, generations=generations, n_initial=n_initial
        )

    try:
        sizes(1)
        followed = sizes(_LONGEST)
    except ScheduleEndedError:
        return UNKNOWN
    except (ValueError, LookupError, ArithmeticError):
        sizes(1)  # says what is no size at all
        return UNKNOWN
    try:
        cycle = _cycle(followed)
        known = _known(workflow, followed, cycle)
        if known is not None:
            return known
        horizon = _horizon(workflow.lineage(sizes(_SHOWN)))
        lineage = workflow.lineage(sizes(horizon))
        risk = _risk(lineage)
    except (ScheduleEndedError, LookupError, ArithmeticError):
        return UNKNOWN
    except ValueError:
        workflow.lineage(sizes(1))  # says what cannot be trained on at all
        return UNKNOWN
    found = _extrapolated(risk, cycle)
    best = _best_possible(lineage)
    if not found.limit < best:  # as nan is not
        return found
    return UNKNOWN if found.limit < best * (1 - _BELOW_BEST) else replace(found, limit=best)


UNKNOWN = LongRun(math.nan, exact=False, exponent=math.nan, step=math.nan)
"""Nothing can be told."""


def _known(workflow: Workflow, followed: Sizes, cycle: int) -> LongRun | None:
    """Ask the workflow itself, where sizes repeat."""
    if not cycle:
        return None
    law = workflow.long_run(Sizes(followed.real[: cycle + 1], followed.synthetic[: cycle + 1]))
    if law is None:
        return None
    return LongRun(limit_of(law), exact=True, exponent=law.exponent, step=law.step)


def _cycle(sizes: Sizes) -> int:
    """Find the length of the cycle in which sizes repeat; 0 where they do not, twice at least."""
    rows = np.stack([sizes.real[1:], sizes.synthetic[1:]])
    for length in range(1, sizes.generations // 2 + 1):
        if np.array_equal(rows[:, length:], rows[:, :-length]):
            return length
    return 0


def _horizon(lineage: Lineage) -> int:
    """Choose how far to follow a workflow, by what it has remembered of the first generations."""
    fits, slots = len(lineage), plans_of(lineage)[0]
    if slots <= _LITTLE * fits / _SHOWN:
        return _LONGEST

    def work(horizon: int) -> float:
        longer = horizon / _SHOWN
        return fits * longer * (slots * longer) ** 2

    return next((horizon for horizon in _LONG if work(horizon) <= _WORK), _LONG[-1])


def _risk(lineage: Lineage) -> _Float:
    with np.errstate(over="ignore", invalid="ignore"):
        absolute = variances(lineage)[lineage.generations]
    return absolute / absolute[0]


def _best_possible(lineage: Lineage) -> float:
    """Give the least limit that the real data allow; 0 where they keep coming."""
    used = {d: fit for fit, use in enumerate(lineage.uses()) for d in use.added}
    real_data = [d for d in used if d.origin == "real"]
    if max(d.generation for d in real_data) >= len(lineage) // 2:
        return 0.0
    first = lineage.sizes.rows_of(lineage.mixtures[int(lineage.generations[0])].datasets).sum()
    return float(first / lineage.sizes.rows_of(real_data).sum())


def _extrapolated(risk: _Float, cycle: int) -> LongRun:
    """Read the limit and the pace from the highest risk of the cycle before each horizon."""
    whole = max(cycle, 1)
    first = (len(risk) - 1) // 8 // whole * whole
    # A cycle must have come around before the first horizon.
    if first < max(2 * whole, 2):
        return UNKNOWN
    ends = [first * 2**k for k in range(4)]
    values = [float(risk[end - whole + 1 : end + 1].max()) for end in ends]
    if not math.isfinite(values[-1]):
        growing = all(a <= b for a, b in itertools.pairwise(values))
        return LongRun(math.inf, False, math.inf, math.nan) if growing else UNKNOWN
    changes = np.diff(values)
    last, final = float(changes[-1]), values[-1]
    if np.all(np.abs(changes[1:]) <= _ROUNDING * final):
        return LongRun(final, exact=False, exponent=-math.inf, step=0.0)
    if np.any(changes == 0):
        return UNKNOWN
    before, now = (float(ratio) for ratio in changes[1:] / changes[:-1])
    if 0 <= now < _GEOMETRIC and before < 1:
        return LongRun(final + last * now / (1 - now), False, -math.inf, 0.0)
    if before < 0 or abs(now - before) > _CONSISTENT * max(now, 1.0):
        return UNKNOWN
    if now <= _SHRINKS:
        limit = final + last * now / (1 - now)
        limit = 0.0 if limit < _NOUGHT * final else limit
        return LongRun(limit, exact=False, exponent=math.log2(now), step=0.0)
    if last <= 0 or now < _LOGARITHMIC:
        return UNKNOWN
    return _growing(now, last / (ends[-1] - ends[-2]))


def _growing(ratio: float, step: float) -> LongRun:
    exponent = 0.0 if ratio < 1 / _LOGARITHMIC else math.log2(ratio)
    if abs(exponent - 1) < _NEAR_ONE:
        return LongRun(math.inf, exact=False, exponent=1.0, step=step)
    return LongRun(math.inf, exact=False, exponent=exponent, step=math.nan)
