"""How often a verifier errs, estimated from a small labelled sample."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

from .._base.parameters import number_in, shown
from ..verifiers import Noisy

_Float = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Rate:
    """A rate estimated from counts.

    Attributes
    ----------
    estimate
        Errors over trials; nan without a trial.
    low, high
        The Clopper–Pearson interval: whatever the rate, it covers it at least as often as the
        confidence says.
    errors, trials
        The counts.
    """

    estimate: float
    low: float
    high: float
    errors: int
    trials: int

    @classmethod
    def of(cls, errors: int, trials: int, confidence: float) -> "Rate":
        """Estimate a rate, with its interval."""
        tail = (1 - confidence) / 2
        low = float(beta.ppf(tail, errors, trials - errors + 1)) if errors else 0.0
        high = float(beta.isf(tail, errors + 1, trials - errors)) if errors < trials else 1.0
        return cls(errors / trials if trials else float("nan"), low, high, errors, trials)

    def to_json(self) -> dict[str, Any]:
        """Give the rate as JSON holds it; what cannot be estimated is None."""
        estimate = self.estimate if self.trials else None
        return {
            "estimate": estimate,
            "low": self.low,
            "high": self.high,
            "errors": self.errors,
            "trials": self.trials,
        }


@dataclass(frozen=True)
class Audit:
    """What a labelled sample says of a verifier.

    Attributes
    ----------
    false_accept
        Of bad rows, the share that it accepts.
    false_reject
        Of good rows, the share that it rejects.
    confidence
        Of each interval.
    """

    false_accept: Rate
    false_reject: Rate
    confidence: float

    @property
    def informative(self) -> bool:
        """Whether it surely accepts good rows more often than bad ones.

        By the upper ends of both intervals: true at least as often as the confidence says.
        """
        return self.false_accept.high + self.false_reject.high < 1

    def good_share(self, before: float) -> tuple[float, float, float]:
        r"""Share of good rows among those accepted.

        By Bayes' rule, from a share g before:
        :math:`g (1 - \beta) / (g (1 - \beta) + (1 - g) \alpha)`, with α the chance of a false
        acceptance and β that of a false rejection.

        Parameters
        ----------
        before
            g, the share of good rows among those that the generator makes, in [0, 1].

        Returns
        -------
        estimate, low, high
            The bounds take each rate at the end of its interval that is worse, or better.

        Raises
        ------
        ValueError
            If `before` is out of range.
        """
        share = number_in(before)
        if share is None or not 0 <= share <= 1:
            raise ValueError(f"before={shown(before)}: must be a share, from 0 to 1")
        accept, reject = self.false_accept, self.false_reject
        return (
            _good_share(share, accept.estimate, reject.estimate),
            _good_share(share, accept.high, reject.high),
            _good_share(share, accept.low, reject.low),
        )

    def noisy(self, verifier: Any) -> Noisy:
        """Give a verifier the estimated error rates, to simulate it.

        Parameters
        ----------
        verifier
            The verifier as it would be without errors: it tells good from bad.

        Raises
        ------
        ValueError
            If a rate could not be estimated, for want of good or bad rows.
        """
        for name, rate, rows in (
            ("false_accept", self.false_accept, "bad"),
            ("false_reject", self.false_reject, "good"),
        ):
            if not rate.trials:
                raise ValueError(f"{name}: the sample has no {rows} row to estimate it from")
        return Noisy(
            verifier,
            false_accept=self.false_accept.estimate,
            false_reject=self.false_reject.estimate,
        )

    def to_json(self) -> dict[str, Any]:
        """Give the audit as JSON holds it."""
        return {
            "false_accept": self.false_accept.to_json(),
            "false_reject": self.false_reject.to_json(),
            "confidence": self.confidence,
            "informative": self.informative,
        }

    def __str__(self) -> str:
        """Say both rates with their intervals, on two lines."""
        return "\n".join(
            f"{name}: {rate.estimate:.3g} ({rate.low:.3g} to {rate.high:.3g}; {rate.errors} of "
            f"{rate.trials})"
            for name, rate in (
                ("false accept", self.false_accept),
                ("false reject", self.false_reject),
            )
        )


def audit(accepted: npt.ArrayLike, good: npt.ArrayLike, *, confidence: float = 0.95) -> Audit:
    """Estimate a verifier's error rates from a small labelled sample.

    Take synthetic rows, all alike whether they were accepted or not; let somebody who knows say
    which are good; give both here.

    Parameters
    ----------
    accepted
        For each row, whether the verifier accepts it: truth values, or 0 and 1.
    good
        For each row, whether it should be: likewise. Of two Series, rows with the same label of the
        index belong together, in whatever order they come.
    confidence
        Of each interval, in (0, 1). Default 0.95.

    Returns
    -------
    Audit
        With exact (Clopper–Pearson) intervals: at small samples they are wide, and honest.

    Raises
    ------
    ValueError
        If the two are not as long, empty or hold anything but truth values; if they are Series
        whose indices do not have the same labels, each once.

    Examples
    --------
    Of 40 good rows the verifier rejects 4, of 60 bad ones it accepts 3:

    >>> import heirloom as hl
    >>> good = [True] * 40 + [False] * 60
    >>> accepted = [True] * 36 + [False] * 4 + [True] * 3 + [False] * 57
    >>> print(hl.audit(accepted, good))
    false accept: 0.05 (0.0104 to 0.139; 3 of 60)
    false reject: 0.1 (0.0279 to 0.237; 4 of 40)
    """
    good = _aligned(accepted, good)
    verdicts, truth = _truth_values("accepted", accepted), _truth_values("good", good)
    if verdicts.shape != truth.shape:
        raise ValueError(
            f"accepted has {verdicts.size} entries and good {truth.size}: give one of each a row"
        )
    level = number_in(confidence)
    if level is None or not 0 < level < 1:
        raise ValueError(f"confidence={shown(confidence)}: must lie between 0 and 1")
    return Audit(
        Rate.of(int(np.sum(verdicts & ~truth)), int(np.sum(~truth)), level),
        Rate.of(int(np.sum(~verdicts & truth)), int(np.sum(truth)), level),
        level,
    )


def _aligned(accepted: npt.ArrayLike, good: npt.ArrayLike) -> npt.ArrayLike:
    """Give `good` in the order of `accepted`, where both have an index."""
    import pandas as pd

    if not (isinstance(accepted, pd.Series) and isinstance(good, pd.Series)):
        return good
    if accepted.index.equals(good.index):
        return good
    unique = accepted.index.is_unique and good.index.is_unique
    if not unique or len(accepted) != len(good) or not accepted.index.isin(good.index).all():
        raise ValueError(
            "accepted and good are Series with different indices, so that their rows cannot be "
            "paired; give both the same labels, each once, or arrays (.to_numpy()) in the same "
            "order"
        )
    return good.reindex(accepted.index)


def _truth_values(name: str, values: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    given = np.asarray(values)
    allowed = given.dtype == np.bool_ or (
        given.dtype.kind in "iuf" and bool(np.all((given == 0) | (given == 1)))
    )
    if given.ndim != 1 or not given.size or not allowed:
        raise ValueError(f"{name}={shown(values)}: must be truth values, one for each row")
    return given.astype(np.bool_)


def _good_share(before: float, false_accept: float, false_reject: float) -> float:
    good, bad = before * (1 - false_reject), (1 - before) * false_accept
    return good / (good + bad) if good + bad else float("nan")
