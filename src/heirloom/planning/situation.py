"""What the user of a plan has, and the workflows that suit."""

from dataclasses import dataclass
from typing import Any

from ..theory import optimal_weight
from ..workflows import (
    AccumulateAll,
    AnchorMix,
    Arrivals,
    AtArrivals,
    Augment,
    AugmentSubsample,
    Discard,
    FreshMix,
    RealOnly,
    Workflow,
)


@dataclass(frozen=True)
class Situation:
    """What the user has."""

    n_real: int
    n_synthetic: int
    n_initial: int
    generations: int
    fresh: bool | None
    keep: bool | None
    every: int

    @property
    def sizes(self) -> dict[str, Any]:
        """Rows, as theory takes them."""
        arriving = self.n_real if self.every == 1 else Arrivals(self.n_real, self.every)
        return {"n_real": arriving, "n_synthetic": self.n_synthetic, "n_initial": self.n_initial}

    @property
    def best_weight(self) -> float:
        """Constant weight of the real data, where they arrive, with the least stationary risk."""
        return 1.0 if self.fresh is False else optimal_weight(self.n_real, self.n_synthetic)

    def allows(self, needs: tuple[str, ...], has_old: bool) -> bool:
        """Whether the user has what a workflow needs."""
        if self.fresh is False and needs == ("old real data",):
            # To use the initial real data again is what "reused" means.
            return True
        if self.fresh is False and "fresh real data" in needs:
            return False
        return has_old or not {"old real data", "old synthetic data"} & set(needs)


def candidates(best: float, situation: Situation) -> tuple[Workflow, ...]:
    """Name the workflows that are ranked where the user names none."""
    reused = situation.fresh is False
    weighted: tuple[Workflow, ...] = (
        FreshMix(best),
        FreshMix("schedule"),
        FreshMix("naive"),
        AnchorMix(0.5),
    )
    if reused:
        weighted = (AnchorMix(1.0), AnchorMix(0.5), AnchorMix("naive"))
    elif situation.every > 1:
        weighted = (AtArrivals(FreshMix("optimal")), *weighted[1:])
    return (
        *weighted,
        Discard(),
        Augment(),
        AugmentSubsample(),
        *(() if reused else (AccumulateAll(), RealOnly(), RealOnly(accumulate=True))),
    )
