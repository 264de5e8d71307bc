"""The weight of real data: numbers, schedules and the rules that have names."""

import difflib
import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias, cast

import numpy as np
import numpy.typing as npt

from .schedule import numbers_in, shown, value_at
from .sizes import Sizes

Weight: TypeAlias = (
    float | str | Sequence[float] | npt.NDArray[np.floating] | Callable[[int], float]
)
"""A number in [0, 1], an array or a function of t, or the name of a rule."""

GOLDEN_WEIGHT = (math.sqrt(5) - 1) / 2
"""1/φ = 0.618…, the best constant weight where real and synthetic rows are equally many."""

WEIGHT_NAMES = ("golden", "optimal", "naive", "schedule")


def optimal_fresh_weight(n_real: float, n_synthetic: float) -> float:
    """w* = (√(k² + 4k) − k)/2 with k = n/m, written so that it cancels nowhere."""
    if n_synthetic == 0:
        return 1.0
    if n_real == 0:
        return 0.0
    return 2 / (1 + math.sqrt(1 + 4 * n_synthetic / n_real))


@lru_cache(maxsize=16)
def optimal_fresh_schedule(sizes: Sizes) -> npt.NDArray[np.float64]:
    """Best weight of the fresh real data for each generation: the gain of a Kalman filter.

    w_t = n_t V_t with 1/V_t = n_t + 1/(V_{t−1} + 1/m_t) and V_0 = 1/n₀; float64[generations + 1],
    entry 0 is 1, since generation 0 has real data alone. Not to be written to.
    """
    weights = np.ones(sizes.generations + 1)
    variance = 1 / sizes.initial
    for generation in range(1, sizes.generations + 1):
        real, synthetic = int(sizes.real[generation]), int(sizes.synthetic[generation])
        if real == synthetic == 0:
            raise ValueError(
                f"n_real=0 and n_synthetic=0 at generation {generation}: one must be 1 or more"
            )
        precision_of_synthetic = 1 / (variance + 1 / synthetic) if synthetic else 0.0
        variance = 1 / (real + precision_of_synthetic)
        weights[generation] = real * variance
    weights.flags.writeable = False
    return weights


def fresh_weight(weight: Weight, generation: int, sizes: Sizes) -> float:
    """Weight of ``real[t]`` against ``synthetic[t]``."""
    n_real, n_synthetic = int(sizes.real[generation]), int(sizes.synthetic[generation])
    match weight:
        case "schedule":
            return float(optimal_fresh_schedule(sizes)[generation])
        case "optimal":
            return optimal_fresh_weight(n_real, n_synthetic)
        case "naive":
            return _in_proportion(n_real, n_synthetic)
        case _:
            given = _given_weight(weight, generation, sizes)
            # What does not arrive at a generation leaves all weight to the other.
            if n_real == 0 and n_synthetic > 0:
                return 0.0
            return 1.0 if n_synthetic == 0 and n_real > 0 else given


def anchor_weight(weight: Weight, generation: int, sizes: Sizes) -> float:
    """Weight of ``real[0]`` against ``synthetic[t]``."""
    match weight:
        case "schedule" | "optimal":
            return 1.0
        case "naive":
            return _in_proportion(sizes.initial, int(sizes.synthetic[generation]))
        case _:
            return _given_weight(weight, generation, sizes)


def freeze_weight(weight: Any) -> Any:
    """Check a weight and make it immutable and comparable, or raise a ValueError."""
    if isinstance(weight, str):
        if weight not in WEIGHT_NAMES:
            raise ValueError(f"weight={shown(weight)}: {_no_such_name(weight)}")
        return weight
    if callable(weight):
        return weight
    values = numbers_in(weight)
    if values is None or values.ndim > 1 or values.size == 0:
        raise ValueError(
            f"weight={shown(weight)}: must be a number in [0, 1], an array or a function "
            f"of the generation, or one of {', '.join(WEIGHT_NAMES)}"
        )
    if not np.all((values >= 0) & (values <= 1)):
        raise ValueError(f"weight={shown(weight)}: must lie in [0, 1]")
    return float(values) if values.ndim == 0 else tuple(values.tolist())


def weight_text(weight: Any) -> str:
    """Write a weight as the command line does."""
    if callable(weight):
        return getattr(weight, "__name__", type(weight).__name__).strip("<>")
    if isinstance(weight, tuple):
        # One number with a comma behind it is a schedule of one generation.
        entries = [repr(value) for value in cast(tuple[float, ...], weight)]
        return ",".join(entries if len(entries) > 1 else [*entries, ""])
    return weight if isinstance(weight, str) else repr(weight)


def weight_from_text(workflow: str, argument: str | None) -> Any:
    """Read what follows the colon: a number, numbers with commas between, or a name."""
    if argument is None:
        raise ValueError(
            f"workflow '{workflow}': give the weight of the real data, such as "
            f"'{workflow}:optimal' or '{workflow}:0.6'"
        )
    if argument in WEIGHT_NAMES:
        return argument
    whole = shown(f"{workflow}:{argument}")
    try:
        values = tuple(float(part) for part in argument.removesuffix(",").split(","))
    except ValueError:
        raise ValueError(f"workflow {whole}: the weight {_no_such_name(argument)}") from None
    try:
        return freeze_weight(values if "," in argument else values[0])
    except ValueError as error:
        raise ValueError(f"workflow {whole}: {error}") from None


def _given_weight(weight: Weight, generation: int, sizes: Sizes) -> float:
    if weight == "golden":
        return GOLDEN_WEIGHT
    value = value_at("weight", weight, generation, sizes.generations)
    if not 0 <= value <= 1:
        raise ValueError(f"weight={value:g} at generation {generation}: must lie in [0, 1]")
    return value


def _in_proportion(real: int, synthetic: int) -> float:
    total = real + synthetic
    return real / total if total else 1.0


def _no_such_name(name: str) -> str:
    near = difflib.get_close_matches(name, WEIGHT_NAMES, n=1)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    return f"must be a number in [0, 1] or one of {', '.join(WEIGHT_NAMES)}{hint}"
