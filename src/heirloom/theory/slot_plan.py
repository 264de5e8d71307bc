"""A slot for everything that a recursion remembers: what makes memory follow the workflow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ..workflows import Dataset, Lineage, real, synthetic

Remembered: TypeAlias = Dataset | int
"""A dataset, or the model of the fit of that number."""


@dataclass(frozen=True)
class SlotPlan:
    """A slot for every dataset from its birth to its last use, and for models that are kept.

    A slot is free again after the last use of what it holds, so that a workflow that remembers a
    bounded number of datasets needs a bounded number of slots.

    Attributes
    ----------
    births
        For each fit, the datasets born before it that are ever used, with their slots.
    sources
        For each fit, the slots of the datasets of its mixture, in the mixture's order; of a fit
        that keeps the model of an earlier one, the slot of that model.
    held
        For each fit, the slot that holds its model from then on; None where no later fit keeps it.
    count
        How many slots there are.
    """

    births: tuple[tuple[tuple[Dataset, int], ...], ...]
    sources: tuple[tuple[int, ...], ...]
    held: tuple[int | None, ...]
    count: int

    @classmethod
    def of(cls, lineage: Lineage) -> "SlotPlan":
        """Find slots for what the fits of a lineage use.

        Examples
        --------
        >>> from heirloom.workflows import Augment, FreshMix, Sizes
        >>> sizes = Sizes.of(n_real=9, n_synthetic=9, generations=50)
        >>> SlotPlan.of(FreshMix(0.5).lineage(sizes)).count
        2
        >>> SlotPlan.of(Augment().lineage(sizes)).count
        51
        """
        uses = [_uses(lineage, fit) for fit in range(len(lineage))]
        last_use = {used: fit for fit, of_fit in enumerate(uses) for used in of_fit}
        ends: dict[int, list[Remembered]] = {}
        for used, end in last_use.items():
            ends.setdefault(end, []).append(used)
        free, count = list[int](), 0
        slot: dict[Remembered, int] = {}
        births: list[tuple[tuple[Dataset, int], ...]] = []
        sources: list[tuple[int, ...]] = []
        held: list[int | None] = []

        def slot_for(new: Remembered) -> int:
            nonlocal count
            if not free:
                free.append(count)
                count += 1
            slot[new] = free.pop()
            return slot[new]

        for fit, of_fit in enumerate(uses):
            born = [d for d in (real(fit), synthetic(fit)) if d in last_use]
            births.append(tuple((d, slot_for(d)) for d in born))
            sources.append(tuple([slot[used] for used in of_fit]))
            free.extend(slot[used] for used in ends.get(fit, ()))
            held.append(slot_for(fit) if fit in last_use else None)
        return cls(tuple(births), tuple(sources), tuple(held), count)


def _uses(lineage: Lineage, fit: int) -> Sequence[Remembered]:
    kept = lineage.kept_fit(fit)
    return lineage.mixtures[fit].datasets if kept is None else (kept,)
