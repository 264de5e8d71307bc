"""What tuning of the weight found."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .._base.json_form import json_number
from .._base.style import GOLDEN, MARKED, MEASURED, REFERENCE
from .row_weights import sample_weights

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Blue, vermilion and orange of Okabe and Ito's palette, as in heirloom.plots.

_Float = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TunedWeight:
    r"""The weight that cross-validation chose, and how far it is from theory.

    Made by :func:`tune_weight`.

    Attributes
    ----------
    weight
        The chosen weight of the real data.
    optimal
        w*, theory's weight for so many real and synthetic rows.
    distance
        \|weight − w*\|.
    best
        The weight with the best score.
    scores
        A row for each weight, in their order. ``score``: mean over the folds, higher is better.
        ``score_se``: its standard error. ``difference``: how far the score is below the best.
        ``difference_se``: the standard error of that, fold by fold. ``failed``: folds without a
        score; where there is one, the other columns are nan, and the weight is out.
    n_real, n_synthetic
        Rows of each.
    rule, scoring, folds, repeats, seed
        What was asked; of `scoring` its name.
    notes
        Plain sentences: what the scores say of w*, and what failed.
    """

    weight: float
    optimal: float
    distance: float
    best: float
    scores: pd.DataFrame
    n_real: int
    n_synthetic: int
    rule: str
    scoring: str
    folds: int
    repeats: int
    seed: int
    notes: tuple[str, ...]

    def sample_weights(self) -> tuple[_Float, _Float]:
        """Weigh all real and all synthetic rows; see :func:`heirloom.sample_weights`."""
        return sample_weights(self.n_real, self.n_synthetic, self.weight)

    def plot(self, *, ax: "Axes | None" = None) -> "Axes":
        """Draw the score against the weight; mark w* and the chosen weight.

        A bar is one standard error of the *difference* from the best score to each side: a weight
        whose bar reaches the dotted line is within one standard error of the best. Weights that
        failed are crosses at the bottom.

        Parameters
        ----------
        ax
            Where to draw. Default: a new figure.

        Returns
        -------
        matplotlib.axes.Axes
        """
        return _drawn(self, ax)

    def to_json(self) -> dict[str, Any]:
        """Give all of it as JSON holds it; numbers that do not exist are None."""
        numbers = ("weight", "score", "score_se", "difference", "difference_se")
        return {
            "weight": self.weight,
            "optimal": self.optimal,
            "distance": self.distance,
            "best": self.best,
            "n_real": self.n_real,
            "n_synthetic": self.n_synthetic,
            "rule": self.rule,
            "scoring": self.scoring,
            "folds": self.folds,
            "repeats": self.repeats,
            "seed": self.seed,
            "scores": [
                {name: json_number(line[name]) for name in numbers}
                | {"failed": int(line["failed"])}
                for line in self.scores.to_dict("records")
            ],
            "notes": list(self.notes),
        }


def _drawn(tuned: TunedWeight, ax: "Axes | None") -> "Axes":
    import matplotlib.pyplot as plt

    if ax is None:
        _, ax = plt.subplots(figsize=(5.6, 4.2), layout="constrained")
        ax.spines[["top", "right"]].set_visible(False)
    scored = tuned.scores[tuned.scores["failed"] == 0]
    out = tuned.scores[tuned.scores["failed"] > 0]["weight"]
    weights, scores, bars = (
        scored[name].to_numpy() for name in ("weight", "score", "difference_se")
    )
    ax.errorbar(weights, scores, yerr=bars, fmt="none", ecolor=MEASURED, alpha=0.5, lw=1)
    ax.plot(weights, scores, "o-", color=MEASURED, ms=3.5, lw=1)
    ax.axhline(scores.max(), color=REFERENCE, lw=1, ls=":", label="best score")
    label = f"theory, w*: {tuned.optimal:.3g}"
    ax.axvline(tuned.optimal, color=GOLDEN, lw=1, ls=":", label=label)
    chosen = scores[weights == tuned.weight]
    label = f"chosen: {tuned.weight:.3g}"
    ax.plot([tuned.weight], chosen, "v", color=MARKED, ms=9, label=label)
    if len(out):
        bottom = ax.get_xaxis_transform()
        ax.plot(
            out,
            np.zeros(len(out)),
            "x",
            color=REFERENCE,
            transform=bottom,
            clip_on=False,
            label="failed",
        )
    ax.set_xlabel("Weight of the real data")
    ax.set_ylabel(f"Score on held-out real rows ({tuned.scoring})")
    ax.legend(loc="best", frameon=False, fontsize="small")
    return ax
