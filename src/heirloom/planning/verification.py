"""What a verifier of given bias and radius is good for: how long, and with how many rows."""

import math
from dataclasses import dataclass
from typing import Any

from .._base.parameters import number_in, shown
from .._base.result_table import Column, ResultTable
from .._base.tabulated import Tabulated
from ..theory.verification import (
    VerificationRegime,
    VerifiedRegression,
    VerifiedWeight,
    published_slack,
    verification_regime,
    verified_loop,
    verified_optimal_weight,
)


@dataclass(frozen=True, eq=False, repr=False)
class VerifierPlan(Tabulated):
    """What to do with a verifier, in units of the noise (σ = 1).

    Attributes
    ----------
    bias
        ‖θ_c − θ*‖, how far the verifier's knowledge centre is from the truth.
    radius, slack
        r and σ_c: it accepts responses within r‖x‖ + σ_c of its own prediction.
    coefficients
        p, of the regression; the covariates are standardised, and the rows orthogonal.
    regime
        Name, stopping round, gain and loss, without fresh real data.
    acceptance
        Share of the candidates that are accepted in the first round.
    weight
        The best weight of fresh real data beside verified synthetic data; None where the real data
        are not fresh.
    n_real, n_synthetic, n_initial
        Rows, as asked.
    """

    bias: float
    radius: float
    slack: float
    coefficients: int
    regime: VerificationRegime
    acceptance: float
    weight: VerifiedWeight | None
    n_real: int
    n_synthetic: int
    n_initial: int

    @property
    def break_even_rows(self) -> float:
        """Accepted rows with which the first round does as well as the real data; maybe inf."""
        return self.coefficients * self.regime.break_even_rows

    @property
    def advice(self) -> tuple[str, ...]:
        """Plain sentences."""
        if self.regime.passes_nearly_all:
            return (
                f"A verifier with radius {self.radius:g} and slack {self.slack:.3g} (in standard "
                "deviations of the noise) accepts nearly every row: it takes no noise out, and is "
                "as good as none.",
            )
        sentences = [self._on_rounds(), self._on_rows(), self._on_the_long_run()]
        if self.weight is not None:
            sentences.append(self._on_fresh_data(self.weight))
        sentences.append(self._on_orthogonal_rows())
        return tuple(sentence for sentence in sentences if sentence)

    def table(self) -> ResultTable:
        """State what it is good for, a row for each number."""
        regime = self.regime
        rows = [
            ("rounds to use it", regime.stopping_round),
            ("share accepted in the first round", self.acceptance),
            ("accepted rows from which one round is of use", self.break_even_rows),
            ("error after these rounds, relative to the real rows alone", 1 / regime.gain),
            ("error in the long run, relative to the real rows alone", regime.long_run),
        ]
        if self.weight is not None:
            rows.append(("best weight of fresh real rows beside verified ones", self.weight.weight))
        columns = (Column("quantity", "what it is good for"), Column("value", "", ".4g"))
        return ResultTable("", columns, tuple(rows), self.advice)

    def to_json(self) -> dict[str, Any]:
        """Give it as JSON holds it; infinite numbers are None."""
        rows = self.break_even_rows
        return self.regime.to_json() | {
            "bias": self.bias,
            "radius": self.radius if math.isfinite(self.radius) else None,
            "slack": self.slack,
            "coefficients": self.coefficients,
            "acceptance": self.acceptance,
            "break_even_rows": rows if math.isfinite(rows) else None,
            "fresh": None if self.weight is None else self.weight.to_json(),
            "advice": list(self.advice),
        }

    def _on_rounds(self) -> str:
        regime, m = self.regime, self.n_synthetic
        stop = regime.stopping_round
        goes_on = regime.falls_on and stop == len(regime.errors) - 1
        verifier = (
            f"A verifier with bias {self.bias:g}, radius {self.radius:g} and slack "
            f"{self.slack:.3g} (in standard deviations of the noise) is {regime.name}"
        )
        if stop == 0:
            reason = (
                f"{m:,} accepted rows are too few"
                if regime.too_few_rows
                else "it is worse than the real data alone from the first round on"
            )
            return f"{verifier}: do not use it, {reason}."
        often = "at every round" if goes_on else f"for {stop} round{'s' if stop > 1 else ''}"
        each = "" if stop == 1 else " each"
        end = "" if regime.name == "unbiased" or goes_on else ", then stop"
        candidates = (
            f" (about {m / self.acceptance:,.0f} candidates in the first)"
            if self.acceptance > 0
            else ""
        )
        return (
            f"{verifier}: use it {often}, with {m:,} accepted rows{each}{candidates}{end}: that "
            f"divides the error of the {self.n_initial:,} real rows by {regime.gain:.3g}."
        )

    def _on_rows(self) -> str:
        needed = self.break_even_rows
        if math.isinf(needed):
            return "No number of accepted rows makes up for its bias in one round."
        return (
            f"From {math.ceil(needed):,} accepted rows on, one round beats the "
            f"{self.n_initial:,} real rows."
        )

    def _on_the_long_run(self) -> str:
        regime = self.regime
        ends = (
            "settles about the truth"
            if regime.name == "unbiased"
            else "ends at what the verifier believes, not at the truth"
        )
        return (
            f"In the long run the model {ends}: its error is then {regime.long_run:.3g} times that "
            "of the real rows alone."
        )

    def _on_orthogonal_rows(self) -> str:
        n, p = self.n_initial, self.coefficients
        exact = "All of this is exact for rows that are orthogonal to each other"
        if n <= p + 1:
            return f"{exact}; {n:,} rows at random hardly determine {p:,} coefficients."
        return (
            f"{exact}; with normally distributed rows the error of the {n:,} real rows alone is "
            f"{n / (n - p - 1):.3g} times as large, and the other numbers are approximate."
        )

    def _on_fresh_data(self, best: VerifiedWeight) -> str:
        real, unverified = best.error_without, best.error_unverified_best
        beside = f"Beside {self.n_real:,} fresh real rows at every generation (fresh:W)"
        if best.error >= unverified:
            return (
                f"{beside}, leave the verifier out: with it the error is at best "
                f"{best.error / real:.3g} times that of the fresh rows alone, without it "
                f"{unverified / real:.3g}."
            )
        return (
            f"{beside}, give the real rows the weight {best.weight:.4g} and the verified rows "
            f"{1 - best.weight:.4g}: the error is then {best.error / real:.3g} times that of the "
            f"fresh rows alone, at best {unverified / real:.3g} without a verifier."
        )


def plan_verifier(
    bias: float,
    radius: float,
    *,
    n_real: int,
    n_synthetic: int,
    n_initial: int,
    generations: int,
    slack: float | None = None,
    coefficients: int = 1,
    fresh: bool = True,
) -> VerifierPlan:
    """Say what a verifier is good for in a linear regression with noise of variance 1.

    Covariates are standardised, so that a row has E‖x‖² = p; the rows of a dataset are taken to be
    orthogonal, and to be split evenly over p directions. Divided by √p, they are rows of length 1
    with noise 1/√p: each direction is then the exact loop of :func:`heirloom.theory.verified_loop`,
    in units of the coefficients.

    Parameters
    ----------
    bias, radius
        ‖θ_c − θ*‖ and r, 0 or more, in standard deviations of the noise.
    n_real, n_synthetic, n_initial
        Fresh real rows, accepted synthetic rows and initial real rows; p or more.
    generations
        Rounds to consider.
    slack
        σ_c. Default √(2/π), as in arXiv 2510.16657.
    coefficients
        p. Default 1.
    fresh
        Whether there are fresh real data at every generation, too. Default True.

    Returns
    -------
    VerifierPlan

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> sizes = {"n_real": 100, "n_synthetic": 100, "n_initial": 100, "generations": 20}
    >>> print(plan_verifier(0.05, 0.2, **sizes).advice[0])
    A verifier with bias 0.05, radius 0.2 and slack 0.798 (in standard deviations of the noise) is
    mildly biased: use it for 1 round, with 100 accepted rows (about 147 candidates in the
    first), then stop: that divides the error of the 100 real rows by 2.
    """
    distance = _not_negative("verifier_bias", bias)
    width = _not_negative("verifier_radius", radius)
    allowance = published_slack(1.0) if slack is None else _not_negative("verifier_slack", slack)
    if math.isinf(distance) or math.isinf(allowance):
        raise ValueError("verifier_bias and verifier_slack: must be finite")
    if width + allowance == 0:
        raise ValueError("verifier_radius=0, verifier_slack=0: such a verifier accepts nothing")
    rows = (("n_initial", n_initial), ("n_synthetic", n_synthetic), ("n_real", n_real))
    for name, count in rows:
        if count < coefficients:
            raise ValueError(
                f"{name}={count}: must be {coefficients} or more, the number of coefficients"
            )
    per_direction = n_synthetic // coefficients
    noise_scale = 1 / math.sqrt(coefficients)
    singular_values = [math.sqrt(n_initial / coefficients)] * coefficients
    regime = verification_regime(
        distance,
        width,
        n_accepted=per_direction,
        slack=allowance * noise_scale,
        noise_scale=noise_scale,
        rounds=generations,
        singular_values=singular_values,
    )
    setting = VerifiedRegression.of(
        distance,
        width,
        slack=allowance * noise_scale,
        noise_scale=noise_scale,
        singular_values=singular_values,
    )
    first = verified_loop(setting, n_accepted=per_direction, rounds=1)
    weight = verified_optimal_weight(
        bias=distance,
        radius=width,
        dimension=coefficients,
        slack=allowance * noise_scale,
        noise_scale=noise_scale,
        n_real=n_real / coefficients,
        n_synthetic=n_synthetic / coefficients,
    )
    return VerifierPlan(
        bias=distance,
        radius=width,
        slack=allowance,
        coefficients=coefficients,
        regime=regime,
        acceptance=float(first.acceptance[1]),
        weight=weight if fresh else None,
        n_real=n_real,
        n_synthetic=n_synthetic,
        n_initial=n_initial,
    )


def _not_negative(name: str, value: object) -> float:
    number = number_in(value)
    if number is None or not number >= 0:
        raise ValueError(f"{name}={shown(value)}: must be a number, 0 or more")
    return number
