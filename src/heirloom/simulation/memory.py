"""How much memory a simulation needs, and how many replicates run side by side."""

import os
from functools import cache
from typing import Any

import numpy as np

from .._base.nested import arrays_in
from .._base.random import Random
from ..models import Model
from .forms import Form, StatisticForm
from .steps import Group
from .verification import Verification

# What runs side by side in a tile: few enough numbers to stay in the processor's cache, and few
# enough replicates to come back soon when the simulation should end. Constants of the method, since
# generators of NumPy are shared by the replicates of a tile.
_NUMBERS_IN_A_TILE = 2**18
_REPLICATES_IN_A_TILE = 512
_BYTES_IN_A_TILE = 24 * 2**20

# Bytes; the allocator takes no larger array as a measure.
_LARGEST_KEPT = 31 * 2**20

# Rows of which a sample is drawn to count the numbers in one.
_ROWS_OF_A_SAMPLE = 64

# Bytes of what is planned for one generation of one workflow.
_BYTES_OF_A_STEP = 1000

# Arrays of rows are held this many times over while they are drawn, joined and fitted.
_COPIES = 4


def replicates_in_a_tile(
    model: Model, form: Form, group: Group, verification: Verification | None, dtype: np.dtype[Any]
) -> int:
    """How many replicates of a group of chains run side by side.

    Raises
    ------
    ValueError
        If one replicate needs more memory than the machine has.
    """
    at_once, held = _numbers_of_replicate(model, form, group, verification)
    needed = _COPIES * dtype.itemsize * (at_once + held)
    if needed > memory_of_machine():
        raise ValueError(
            f"one replicate needs about {in_gigabytes(needed)}, and the machine has "
            f"{in_gigabytes(memory_of_machine())}: use fewer rows or generations, or another "
            "workflow"
        )
    if model.replicates_at_once is not None:
        return max(int(model.replicates_at_once), 1)
    # By what workflows draw at once, whatever they remember, but for those that remember much.
    by_cache = min(_NUMBERS_IN_A_TILE // at_once, _REPLICATES_IN_A_TILE)
    return int(max(min(by_cache, _BYTES_IN_A_TILE // needed), 1))


def check_memory_of_results(
    workflows: int, replicates: int, generations: int, dtype: np.dtype[Any]
) -> None:
    """Refuse a simulation whose results do not fit into memory.

    Raises
    ------
    ValueError
        If they do not.
    """
    # One metric and the status; means and quantiles need a copy of a workflow at a time.
    of_generation = replicates * (dtype.itemsize + 1) + _BYTES_OF_A_STEP
    needed = workflows * (generations + 1) * of_generation
    if needed > memory_of_machine():
        raise ValueError(
            f"generations={generations}, replicates={replicates}: {workflows:,} workflows × "
            f"{replicates:,} replicates × {generations + 1:,} generations need "
            f"{in_gigabytes(needed)} or more, and the machine has "
            f"{in_gigabytes(memory_of_machine())}: use fewer"
        )


@cache
def keep_freed_memory() -> None:
    """Have the process keep the memory of arrays that are freed, for those that come next.

    Arrays of a tile are a few hundred kilobytes, which the allocator of Linux (glibc) returns to
    the system when they are freed, and takes again for the next: with every page of it that is
    touched anew, a simulation would take twice as long. The allocator raises that bound to the
    size of the largest array that it has seen freed, up to 32 MiB; this one is never touched.
    """
    np.empty(_LARGEST_KEPT, dtype=np.uint8)


def memory_of_machine() -> float:
    """Bytes of memory of the machine; infinite where it cannot be told."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):
        return float("inf")


def in_gigabytes(size: float) -> str:
    """A number of bytes, for a message."""
    return f"{size / 2**30:,.3g} GiB"


def _numbers_of_replicate(
    model: Model, form: Form, group: Group, verification: Verification | None
) -> tuple[int, int]:
    """Numbers that a chain draws, judges and estimates at once, and that its datasets hold."""
    sizes = group.sizes
    real, synthetic = int(sizes.real.max()), max(int(sizes.synthetic.max()), 1)
    in_a_row = _numbers_in_a_row(model, max(real, synthetic))
    at_once = _numbers_in(model.truth())
    if verification is not None:
        candidates = synthetic + verification.selection.verifier.candidates(synthetic)
        at_once += candidates * in_a_row + _longest_table(model)
    if isinstance(form, StatisticForm) and form.by_law:
        statistic = form.model.sample_real_statistic(Random((0, 0), replicates=1), sizes.initial)
        numbers = _numbers_in(statistic)
        datasets = max(chain.most_datasets_held() for chain in group.chains)
        return at_once + numbers, datasets * numbers
    at_once += (real + synthetic) * in_a_row
    if isinstance(form, StatisticForm):
        return at_once, 0
    return at_once, max(chain.most_rows_held(sizes) for chain in group.chains) * in_a_row


def _longest_table(model: Model) -> int:
    """Rows of the longest table that a model draws rows from."""
    settings = vars(model).values()
    tables = [value for value in settings if isinstance(value, np.ndarray) and value.ndim == 2]
    return max([len(table) for table in tables], default=0)


def _numbers_in_a_row(model: Model, rows: int) -> int:
    count = min(rows, _ROWS_OF_A_SAMPLE)
    sample = model.sample_real(Random((0, 0), replicates=2), max(count, 1))
    # What all replicates share, such as a fixed design, is held once.
    own = sum(np.size(array[0]) for array in arrays_in(sample) if array.strides[0] != 0)
    return max(-(-own // max(count, 1)), 1)


def _numbers_in(nested: Any) -> int:
    return sum(int(np.size(array)) for array in arrays_in(nested))
