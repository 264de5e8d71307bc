"""From the numbers of rows alone to a ranking, a weight and advice."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .._base.files import new_folder, write_atomically
from .._base.parameters import Flag, Optional, Whole, checked
from .._base.result_table import ResultTable
from .._base.tabulated import Tabulated
from ..theory.weights import optimal_schedule
from ..trace import Trace
from ..workflows import Workflow
from ..workflows.short_text import short_text
from .ranking import RankedWorkflow, Ranking, rank, with_front
from .ranking_table import counted, phrase, ranking_table, ranking_text
from .sentences import sentences_on
from .situation import Situation, candidates
from .verification import VerifierPlan, plan_verifier

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, repr=False)
class Plan(Tabulated):
    """What to do with so many real and synthetic rows per generation.

    Attributes
    ----------
    n_real, n_synthetic, n_initial, generations
        What was asked.
    fresh, keep
        Whether the real data are fresh at each generation, and old data can be kept; None if not
        said.
    every
        q: fresh real data arrive at every q-th generation.
    optimal_weight
        Constant weight of the real data, where they arrive, with the least stationary risk.
    weights
        float64[generations + 1]: the best weight for each generation; entry 0 is 1. Where real
        data arrive at every q-th generation, those of the models that are trained there.
    workflows
        Every workflow: those that the user's data allow, least relative risk first, then the
        others likewise.
    advice
        Plain sentences.
    ranking
        All workflows, least relative risk first, with sizes and costs. Where it is not said
        whether old data are kept, those that need them are possible here.
    verification
        What a verifier of the given bias and radius is good for; None if none was given.
    """

    n_real: int
    n_synthetic: int
    n_initial: int
    generations: int
    fresh: bool | None
    keep: bool | None
    every: int
    optimal_weight: float
    weights: npt.NDArray[np.float64]
    workflows: tuple[RankedWorkflow, ...]
    advice: tuple[str, ...]
    ranking: Ranking
    verification: VerifierPlan | None = None

    @property
    def recommended(self) -> RankedWorkflow:
        """The best that the user's data allow, or the best of all if they allow none."""
        return self.workflows[0]

    def trace(self) -> Trace:
        """Relative risk of every workflow at every generation, as a trace."""
        return self.ranking.trace()

    def table(self) -> ResultTable:
        """State the ranking, and below it the advice."""
        every = self.every
        arriving = f" (arriving every {every} generations)" if every > 1 else ""
        averaged = f" (mean of the last {every})" if every > 1 else ""
        verifier = () if self.verification is None else self.verification.advice
        return ranking_table(
            self.workflows,
            self.ranking.sizes,
            title=f"{counted(self.n_real, 'real row')}{arriving} and "
            f"{counted(self.n_synthetic, 'synthetic row')} per generation, {self.n_initial:,} "
            f"initial; risk after {counted(self.generations, 'generation')}{averaged}, relative to "
            "that of the first model",
            notes=(self._use(), *self.advice, *verifier),
            costs=self.ranking.costs.given,
            remark=self._remark,
        )

    def _use(self) -> str:
        workflow = self.recommended.workflow
        return f"Use: {short_text(workflow.text)} ({phrase(workflow, self.ranking.sizes)})"

    def _remark(self, line: RankedWorkflow) -> str:
        if line is self.recommended:
            return "use this"
        if line.possible:
            return ""
        fresh = self.fresh is False and "fresh real data" in line.needs
        return f"needs {'fresh' if fresh else 'old'} data"

    def to_text(self, width: int | None = None) -> str:
        """Write the plan; in a narrow terminal with fewer columns."""
        return ranking_text(self.table(), width)

    def plot(self, *, ax: "Axes | None" = None) -> "Axes":
        """Draw the risk of every workflow against the generation.

        Parameters
        ----------
        ax
            Where to draw. Default: a new figure.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from ..plots import plot_generations

        drawn = plot_generations(self.trace(), ax=ax)
        drawn.set_ylabel("Relative risk")
        return drawn

    def figure(self) -> "Figure":
        """Draw :meth:`plot`, and with costs the Pareto front beside it.

        Returns
        -------
        matplotlib.figure.Figure
        """
        import matplotlib.pyplot as plt

        with_front = self.ranking.costs.given
        figure, axes = plt.subplots(
            1,
            1 + with_front,
            figsize=(13.6 if with_front else 7.2, 4.2),
            layout="constrained",
            squeeze=False,
        )
        self.plot(ax=axes[0, 0])
        if with_front:
            self.ranking.plot(axes[0, 1])
        for ax in axes.flat:
            ax.spines[["top", "right"]].set_visible(False)
        rows = f"{self.n_real:,} real and {self.n_synthetic:,} synthetic rows per generation"
        figure.suptitle(rows, fontsize="medium")
        return figure

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Write ``plan.json``, ``plan.csv``, ``trace.nc`` and ``plan.png`` to a new folder.

        The folder appears whole or not at all.

        Raises
        ------
        ValueError
            If the folder exists and is not empty, or is a file.
        OSError
            If it cannot be written.
        """
        from ..plots.figure_file import write_figure

        with new_folder(folder) as target:
            text = json.dumps(self.to_json(), indent=2) + "\n"
            write_atomically(target / "plan.json", text.encode())
            write_atomically(target / "plan.csv", self.to_frame().to_csv(index=False).encode())
            self.trace().save(target / "trace.nc")
            write_figure(target / "plan.png", self.figure())
        return Path(folder)

    def to_json(self) -> dict[str, Any]:
        """Give the plan as JSON holds it; infinite numbers are None."""
        return {
            "n_real": self.n_real,
            "n_synthetic": self.n_synthetic,
            "n_initial": self.n_initial,
            "generations": self.generations,
            "fresh": self.fresh,
            "keep": self.keep,
            "every": self.every,
            "costs": self.ranking.to_json()["costs"],
            "optimal_weight": self.optimal_weight,
            "weights": self.weights.tolist(),
            "recommended": self.recommended.workflow.text,
            "workflows": [line.to_json() for line in self.workflows],
            "advice": list(self.advice),
            "verification": None if self.verification is None else self.verification.to_json(),
        }


@checked(
    n_real=Whole(1),
    n_synthetic=Whole(1),
    n_initial=Optional(Whole(1)),
    generations=Whole(1),
    every=Whole(1),
    fresh=Optional(Flag()),
    keep=Optional(Flag()),
)
def plan(
    *,
    n_real: int,
    n_synthetic: int,
    n_initial: int | None = None,
    generations: int = 20,
    fresh: bool | None = None,
    keep: bool | None = None,
    every: int = 1,
    workflows: Sequence[Workflow | str] | None = None,
    cost_real: float = 0.0,
    cost_synthetic: float = 0.0,
    cost_trained: float = 0.0,
    compute: str = "epochs",
    verifier_bias: float | None = None,
    verifier_radius: float | None = None,
    verifier_slack: float | None = None,
    coefficients: int | None = None,
) -> Plan:
    """Rank every workflow by exact relative risk, and say what to do.

    Parameters
    ----------
    n_real
        n, real rows at each generation; 1 or more.
    n_synthetic
        m, synthetic rows at each generation; 1 or more.
    n_initial
        n₀, rows of the initial real data. Default: `n_real`.
    generations
        T, the horizon at which workflows are compared; 1 or more. Default 20.
    fresh
        True: the real rows are new at each generation. False: the same initial rows are used again.
        None (default): not said; the plan takes them to be fresh, and says so.
    keep
        Whether old data can be kept. None (default): not said; the plan covers both.
    every
        q: fresh real rows arrive at every q-th generation. Default 1: at each.
    workflows
        Which to rank. Default: the named ones that suit.
    cost_real, cost_synthetic, cost_trained, compute
        As for :func:`heirloom.rank`.
    verifier_bias, verifier_radius
        How far a verifier's knowledge centre is from the truth, and the radius of the ball that it
        knows, in standard deviations of the noise: say for how many rounds it is of use, and with
        how many accepted rows (linear regression, arXiv 2510.16657). Default: no verifier.
    verifier_slack
        σ_c, what it allows for the noise. Default √(2/π), as published.
    coefficients
        Number of coefficients of the regression that the verifier judges. Default 1.

    Returns
    -------
    Plan

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> import heirloom as hl
    >>> plan = hl.plan(n_real=100, n_synthetic=100, generations=50, fresh=True, keep=False)
    >>> round(plan.optimal_weight, 6), round(plan.recommended.effective_rows)
    (0.618034, 162)
    """
    n_initial = n_real if n_initial is None else n_initial
    reused = fresh is False
    if reused and every > 1:
        raise ValueError(f"every={every}: is for fresh real rows; reused ones do not arrive again")
    if every > generations:
        raise ValueError(
            f"every={every}: no real rows arrive within {generations} generations; give more "
            "generations, at best a multiple"
        )
    # NumPy's integers are no JSON.
    verification = _verification(
        verifier_bias,
        verifier_radius,
        verifier_slack,
        coefficients,
        sizes=(int(n_real), int(n_synthetic), int(n_initial)),
        generations=int(generations),
        fresh=not reused and every == 1,
    )
    situation = Situation(
        n_real=int(n_real),
        n_synthetic=int(n_synthetic),
        n_initial=int(n_initial),
        generations=int(generations),
        fresh=fresh,
        keep=keep,
        every=int(every),
    )
    best = situation.best_weight
    ranking = rank(
        candidates(best, situation) if workflows is None else workflows,
        **situation.sizes,
        generations=situation.generations,
        cost_real=cost_real,
        cost_synthetic=cost_synthetic,
        cost_trained=cost_trained,
        compute=compute,
        last=situation.every,
    )
    # Who names workflows that need old data has them, unless it is said that they are not kept.
    has_old = keep is True or (keep is None and workflows is not None)
    # The front leaves out what the user cannot do, and not what was not asked about.
    able = [situation.allows(line.needs, keep is not False) for line in ranking.workflows]
    fronted = with_front(
        [replace(line, possible=can) for line, can in zip(ranking.workflows, able, strict=True)]
    )
    lines = tuple(
        sorted(
            (replace(line, possible=situation.allows(line.needs, has_old)) for line in fronted),
            key=lambda line: not line.possible,
        )
    )
    weights = optimal_schedule(
        **situation.sizes, generations=situation.generations, at_arrivals=situation.every > 1
    )
    return Plan(
        n_real=situation.n_real,
        n_synthetic=situation.n_synthetic,
        n_initial=situation.n_initial,
        generations=situation.generations,
        fresh=fresh,
        keep=keep,
        every=situation.every,
        optimal_weight=best,
        weights=np.ones_like(weights) if reused else weights,
        workflows=lines,
        advice=sentences_on(lines, situation, named=workflows is None, costs=ranking.costs),
        ranking=replace(ranking, workflows=fronted),
        verification=verification,
    )


def _verification(
    bias: float | None,
    radius: float | None,
    slack: float | None,
    coefficients: int | None,
    *,
    sizes: tuple[int, int, int],
    generations: int,
    fresh: bool,
) -> VerifierPlan | None:
    if bias is None or radius is None:
        given = {
            "verifier_bias": bias,
            "verifier_radius": radius,
            "verifier_slack": slack,
            "coefficients": coefficients,
        }
        named = [name for name, value in given.items() if value is not None]
        if named:
            raise ValueError(
                f"{', '.join(named)}: describe a verifier by verifier_bias and verifier_radius, "
                "both"
            )
        return None
    n_real, n_synthetic, n_initial = sizes
    return plan_verifier(
        bias,
        radius,
        slack=slack,
        coefficients=1 if coefficients is None else Whole(1).checked("coefficients", coefficients),
        n_real=n_real,
        n_synthetic=n_synthetic,
        n_initial=n_initial,
        generations=generations,
        fresh=fresh,
    )
