"""The weight of real data: numbers, schedules and the rules that have names."""

import difflib
import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeAlias, cast

import numpy as np
import numpy.typing as npt

from .schedule import values_of_schedule
from .sizes import Sizes

Weight: TypeAlias = (
    float | str | tuple[float, ...] | npt.NDArray[np.floating] | Callable[[int], float]
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


def optimal_fresh_schedule(sizes: Sizes) -> npt.NDArray[np.float64]:
    """Best weight of the fresh real data for each generation: the gain of a Kalman filter.

    w_t = n_t V_t with 1/V_t = n_t + 1/(V_{t−1} + 1/m_t) and V_0 = 1/n₀; float64[generations + 1],
    entry 0 is 1, since generation 0 has real data alone.
    """
    weights = np.ones(sizes.generations + 1)
    variance = 1 / sizes.initial
    for generation in range(1, sizes.generations + 1):
        real, synthetic = float(sizes.real[generation]), float(sizes.synthetic[generation])
        precision_of_synthetic = 1 / (variance + 1 / synthetic) if synthetic else 0.0
        precision = real + precision_of_synthetic
        if precision == 0:
            raise ValueError(f"generation {generation} has neither real nor synthetic rows")
        variance = 1 / precision
        weights[generation] = real * variance
    return weights


@lru_cache(maxsize=256)
def fresh_weights(weight: Any, sizes: Sizes) -> npt.NDArray[np.float64]:
    """Weights of ``real[t]`` against ``synthetic[t]``: float64[generations + 1]."""
    if weight == "schedule":
        return optimal_fresh_schedule(sizes)
    if weight == "optimal":
        pairs = zip(sizes.real.tolist(), sizes.synthetic.tolist(), strict=True)
        return np.array([optimal_fresh_weight(n, m) for n, m in pairs])
    if weight == "naive":
        return _in_proportion(sizes.real, sizes.synthetic)
    return _given_weights(weight, sizes)


@lru_cache(maxsize=256)
def anchor_weights(weight: Any, sizes: Sizes) -> npt.NDArray[np.float64]:
    """Weights of ``real[0]`` against ``synthetic[t]``: float64[generations + 1]."""
    if weight in ("optimal", "schedule"):
        return np.ones(sizes.generations + 1)
    if weight == "naive":
        return _in_proportion(np.full_like(sizes.real, sizes.initial), sizes.synthetic)
    return _given_weights(weight, sizes)


def freeze_weight(weight: Any) -> Any:
    """Check a weight and make it immutable and comparable; raise a ValueError that says what may be."""
    if isinstance(weight, str):
        if weight not in WEIGHT_NAMES:
            raise ValueError(f"weight={weight!r}: {_no_such_name(weight)}")
        return weight
    if callable(weight):
        return weight
    try:
        values = np.asarray(weight, dtype=np.float64)
    except (TypeError, ValueError):
        values = np.array(np.nan)
    if isinstance(weight, bool) or values.ndim > 1 or values.size == 0:
        raise ValueError(
            f"weight={weight!r}: must be a number in [0, 1], an array or a function "
            f"of the generation, or one of {', '.join(WEIGHT_NAMES)}"
        )
    # Entry 0 of a schedule may be absent (nan): generation 0 has no weight.
    checked = values[1:] if values.ndim == 1 and np.isnan(values[0]) else values
    if not np.all((checked >= 0) & (checked <= 1)):
        raise ValueError(f"weight={_shown(weight)}: must lie in [0, 1]")
    return float(values) if values.ndim == 0 else tuple(values.tolist())


def weight_text(weight: Any) -> str:
    """Write a weight as the command line does."""
    if callable(weight):
        return getattr(weight, "__name__", type(weight).__name__).strip("<>")
    if isinstance(weight, tuple):
        return ",".join(repr(value) for value in cast(tuple[float, ...], weight))
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
    try:
        values = tuple(float(part) for part in argument.split(","))
    except ValueError:
        raise ValueError(f"workflow '{workflow}:{argument}': {_no_such_name(argument)}") from None
    try:
        return freeze_weight(values[0] if len(values) == 1 else values)
    except ValueError as error:
        raise ValueError(f"workflow '{workflow}:{argument}': {error}") from None


def _given_weights(weight: Any, sizes: Sizes) -> npt.NDArray[np.float64]:
    given = GOLDEN_WEIGHT if weight == "golden" else weight
    values = values_of_schedule("weight", given, sizes.generations)
    values[0] = 1.0
    wrong = values[~((values >= 0) & (values <= 1))]
    if wrong.size:
        raise ValueError(f"weight={wrong[0]:g}: must lie in [0, 1] at every generation")
    return values


def _in_proportion(
    real: npt.NDArray[np.int64], synthetic: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    total = real + synthetic
    return np.divide(real, total, out=np.ones(len(real)), where=total > 0)


def _no_such_name(name: str) -> str:
    near = difflib.get_close_matches(name, WEIGHT_NAMES, n=1)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    return f"must be a number in [0, 1] or one of {', '.join(WEIGHT_NAMES)}{hint}"


def _shown(weight: Any) -> str:
    text = repr(weight)
    return text if len(text) <= 60 else text[:57] + "..."
