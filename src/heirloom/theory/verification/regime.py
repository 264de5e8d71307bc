"""Which regime a verifier is in, and the round at which to stop."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from .contraction import contraction_rate
from .loop import long_run_error, verified_loop
from .one_round import break_even_bias, break_even_rows
from .rounds import AcceptedSchedule, accepted_rows
from .setting import VerifiedRegression

# Relative differences of the error that are no reason for another round.
_SETTLED = 1e-6
# Where another round takes less than this share off the error, it has settled.
_SETTLED_SHARE = 1e-3
_NO_CONTRACTION = 1e-6
# Half-width in units of σ from which a round takes off less than rounding shows.
_PASSES_NEARLY_ALL = 7.5
# Multiples of the last round at which a function is called, to see whether it keeps growing.
_LATER = (1, 2, 4, 8)


@dataclass(frozen=True, eq=False)
class VerificationRegime:
    """What verified training does to the error, and when to stop it.

    Attributes
    ----------
    name
        "unbiased": the verifier has no bias, and training improves for as long as the accepted rows
        grow. "mildly biased": with enough accepted rows, some round beats the real data alone.
        "strongly biased": none does, however many rows are accepted.
    stopping_round
        The round of least exact error to θ*, or the first that comes within a millionth of it; 0:
        do not use the verifier.
    gain
        Error of the real data alone over that of the stopping round; 1 or more.
    long_run
        Error after many rounds over that of the real data alone: infinite where every response is
        accepted and their number does not grow, nan where it grows.
    baseline
        σ² Σ μ_j⁻², the error of the real data alone.
    errors
        float64[rounds + 1]: E‖θ̂_k − θ*‖².
    contraction_rate
        ρ, the share of the distance to the verifier that a round leaves.
    break_even_rows
        Accepted responses a direction with which the first round does as well as the real data;
        infinite where no number does.
    break_even_bias
        ‖θ_c − θ*‖ above which the first round is worse than the real data.
    accepted_rows_total
        Accepted responses up to the stopping round, in all directions.
    first_accepted_rows
        Accepted responses a direction in the first round.
    same_rows
        Whether they are as many in each round.
    falls_on
        Whether one round more would still take a thousandth or more off the error.
    """

    name: Literal["unbiased", "mildly biased", "strongly biased"]
    stopping_round: int
    gain: float
    long_run: float
    baseline: float
    errors: npt.NDArray[np.float64]
    contraction_rate: float
    break_even_rows: float
    break_even_bias: float
    accepted_rows_total: int
    first_accepted_rows: int
    same_rows: bool
    falls_on: bool

    @property
    def passes_nearly_all(self) -> bool:
        """Whether a round leaves all but a millionth of the distance to the verifier."""
        return self.contraction_rate > 1 - _NO_CONTRACTION

    @property
    def too_few_rows(self) -> bool:
        """Whether it is for want of accepted rows, rather than for bias, that no round helps."""
        return self.stopping_round == 0 and math.isfinite(self.break_even_rows)

    @property
    def explanation(self) -> str:
        """One to three sentences in plain English."""
        if self.passes_nearly_all:
            return (
                "The verifier accepts nearly every response: it takes no noise out, and is as good "
                "as none."
            )
        sentences = [f"The verifier is {self.name}: {self._advice}."]
        if self.too_few_rows:
            needed = math.ceil(self.break_even_rows)
            sentences.append(
                f"The first round beats them from {needed:,} accepted {_rows(needed)} a direction."
            )
        if not math.isnan(self.long_run):
            sentences.append(f"In the long run the error would be {self._comparison}.")
        return " ".join(sentences)

    def to_json(self) -> dict[str, Any]:
        """Describe the regime with what JSON has; numbers that are not finite become None."""
        return {
            "name": self.name,
            "stopping_round": self.stopping_round,
            "gain": _finite(self.gain),
            "long_run": _finite(self.long_run),
            "baseline": _finite(self.baseline),
            "errors": [_finite(error) for error in self.errors.tolist()],
            "contraction_rate": _finite(self.contraction_rate),
            "break_even_rows": _finite(self.break_even_rows),
            "break_even_bias": _finite(self.break_even_bias),
            "accepted_rows_total": self.accepted_rows_total,
            "explanation": self.explanation,
        }

    @property
    def _advice(self) -> str:
        stop = self.stopping_round
        if self.too_few_rows:
            n = self.first_accepted_rows
            return (
                f"do not use it with {n:,} accepted {_rows(n)} a direction, since no round beats "
                "the real data alone"
            )
        if stop == 0:
            return "do not use it, since no round beats the real data alone"
        n, rounds = self.first_accepted_rows, "round" if stop == 1 else "rounds"
        same = self.same_rows or stop == 1
        accepted = (
            f"{n:,} accepted {_rows(n)} a direction{'' if stop == 1 else ' each'}"
            if same
            else f"{self.accepted_rows_total:,} accepted rows in all"
        )
        so_far = len(self.errors) - 1 == stop
        end = (
            ", and it would keep falling in further rounds"
            if so_far and self.falls_on
            else ", then stop"
            if self.name == "mildly biased"
            else ""
        )
        return (
            f"use it for {stop} {rounds} with {accepted}, which divides the error by "
            f"{self.gain:.3g}{end}"
        )

    @property
    def _comparison(self) -> str:
        if math.isinf(self.long_run):
            return "infinite"
        if self.long_run == 0:
            return "0, for as long as the accepted rows grow"
        return f"{self.long_run:.3g} times that of the real data alone"


def verification_regime(
    bias: npt.ArrayLike,
    radius: float,
    *,
    n_accepted: AcceptedSchedule,
    slack: float = 0.0,
    noise_scale: float = 1.0,
    n_initial: int | None = None,
    dimension: int | None = None,
    singular_values: npt.ArrayLike | None = None,
    design: npt.ArrayLike | None = None,
    rounds: int = 60,
) -> VerificationRegime:
    """Name the regime of a verifier, and the round at which to stop (arXiv 2510.16657).

    Parameters
    ----------
    bias
        θ_c − θ*: its norm, or a vector.
    radius
        r, 0 or more.
    n_accepted
        Accepted responses a direction: a number, an array for the rounds 1…K or a function of k.
        For the long run an array continues with its last entry. A function that still grows past
        the last round is taken to grow without end; one that does not, to stay.
    slack
        σ_c. Default: 0; the published experiments take :func:`published_slack`.
    noise_scale
        σ. Default: 1.
    n_initial, dimension, singular_values, design
        The real data, as for :meth:`VerifiedRegression.of`.
    rounds
        K, the last round to consider; 1 or more. Default: 60.

    Returns
    -------
    VerificationRegime
        Exact, as :func:`verified_loop` is.

    Raises
    ------
    ValueError
        If a number is out of range, or nothing is ever accepted.

    Examples
    --------
    >>> from heirloom.theory import published_slack
    >>> setting = {"slack": published_slack(1.0), "n_initial": 100, "dimension": 8}
    >>> regime = verification_regime(0.1, 0.5, n_accepted=100, **setting)
    >>> regime.name, regime.stopping_round
    ('mildly biased', 2)
    >>> print(regime.explanation)
    The verifier is mildly biased: use it for 2 rounds with 100 accepted rows a direction each,
    which divides the error by 1.53, then stop. In the long run the error would be 0.681 times that
    of the real data alone.
    """
    setting = VerifiedRegression.of(
        bias,
        radius,
        slack=slack,
        noise_scale=noise_scale,
        dimension=dimension,
        n_initial=n_initial,
        singular_values=singular_values,
        design=design,
    )
    rows = accepted_rows(n_accepted, rounds)
    if not rows.size:
        raise ValueError(f"rounds={rounds}: must be 1 or more")
    one_more = np.append(rows, n_accepted(rounds + 1) if callable(n_accepted) else rows[-1])
    *of_rounds, after = verified_loop(setting, n_accepted=one_more, rounds=rounds + 1).error
    errors = np.array(of_rounds)
    stop = int(np.argmax(errors <= errors.min() * (1 + _SETTLED)))
    break_even = break_even_rows(setting)
    # Where nearly everything is accepted there is no bias to speak of, and nothing gained.
    passes = setting.half_width > _PASSES_NEARLY_ALL
    helps = stop > 0 or math.isfinite(break_even) or passes
    name = "mildly biased" if helps else "strongly biased"
    return VerificationRegime(
        name="unbiased" if setting.bias_norm == 0 else name,
        stopping_round=stop,
        gain=float(errors[0] / errors[stop]),
        long_run=_limit(setting, n_accepted, rows) / setting.baseline,
        baseline=setting.baseline,
        errors=errors,
        contraction_rate=contraction_rate(radius, slack, noise_scale),
        break_even_rows=break_even,
        break_even_bias=break_even_bias(setting, float(rows[0])),
        accepted_rows_total=int(setting.dimension * rows[:stop].sum()),
        first_accepted_rows=int(rows[0]),
        same_rows=bool(np.all(rows == rows[0])),
        falls_on=bool(after < (1 - _SETTLED_SHARE) * errors[-1]),
    )


def _limit(
    setting: VerifiedRegression, n_accepted: AcceptedSchedule, rows: npt.NDArray[np.float64]
) -> float:
    if callable(n_accepted) and _grows(n_accepted, len(rows)):
        return math.nan if math.isinf(setting.half_width) else setting.bias_norm**2
    return long_run_error(setting, int(rows[-1]))


def _grows(n_accepted: Callable[[int], float], rounds: int) -> bool:
    later = [n_accepted(rounds * times) for times in _LATER]
    return all(before < after for before, after in pairwise(later))


def _rows(n: int) -> str:
    return "row" if n == 1 else "rows"


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
