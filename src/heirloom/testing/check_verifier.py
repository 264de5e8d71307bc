"""A verifier of one's own, held to the contract of :class:`heirloom.verifiers.Verifier`."""

import copy
from typing import Any, cast

import numpy as np
from jaxtyping import Int
from scipy.stats import chi2

from .._base.parameters import Whole, checked
from ..verifiers import Verdict, Verifier, as_selection
from ..verifiers.base import as_verdict, checked_candidates, row_count
from .contract_error import ContractError, attempted, check_description, in_contract
from .nested_values import same
from .rows_of_any_kind import rows_at, same_rows

_ASKED_FOR = (1, 2, 10, 1000)

# How often verdicts with chance in them are drawn, and how seldom a sound verifier is refused.
_DRAWS = 50
_BY_CHANCE = 1e-9


@checked(seed=Whole())
def check_verifier(verifier: Any, rows: Any, *, seed: int = 0) -> None:
    """Check that a verifier keeps to its contract.

    Parameters
    ----------
    verifier
        A verifier, a function from rows to truth values, or a selection such as
        :class:`heirloom.verifiers.UntilFull`.
    rows
        Rows of one dataset, such as a model's `sample` returns for one replicate: arrays of shape
        (rows, …), a named tuple of such, a data frame or a list. Let some be good and others not.
    seed
        Of the random numbers. Default 0.

    Raises
    ------
    ContractError
        At the first breach, with the method, what it returned, what it must return and what to do.
    ValueError
        If `verifier` is neither a verifier nor a function.

    Notes
    -----
    What is checked: :meth:`~heirloom.verifiers.Verifier.judge` returns a
    :class:`~heirloom.verifiers.Verdict` of one truth value for each row; what it accepts it has
    judged; it has no other chance in it than the `random` that it is given, and does not write to
    rows; verdicts are those on each row by itself where
    :attr:`~heirloom.verifiers.Verifier.by_row` says so (where there is chance in them: rows are
    accepted as often, in 50 draws);
    :meth:`~heirloom.verifiers.Verifier.candidates` are enough, and
    :meth:`~heirloom.verifiers.Verifier.describe` can be written as JSON.

    Examples
    --------
    >>> import numpy as np, heirloom as hl
    >>> hl.testing.check_verifier(lambda rows: rows > 0, np.array([-1.0, 2.0, 0.5]))
    """
    judge = as_selection(verifier).verifier
    name = type(judge).__name__
    verdict = _verdict(judge, rows, seed)
    if not same(verdict, _verdict(judge, rows, seed)):
        raise ContractError(
            f"{name}.judge: two calls with the same random numbers gave different verdicts; use "
            "the `random` that it is given, and no other source of random numbers"
        )
    _check_by_row(judge, rows, seed, verdict)
    for asked in _ASKED_FOR:
        in_contract(lambda asked=asked: checked_candidates(judge, asked))
    check_description(judge.describe, f"{name}.describe", "name")


def _verdict(verifier: Verifier, rows: Any, seed: int) -> Verdict:
    # A copy, so that a verifier that writes spoils no data of the user's.
    name, given = type(verifier).__name__, copy.deepcopy(rows)
    random, count = np.random.default_rng(seed), row_count(rows)
    answer = attempted(lambda: verifier.judge(given, random), f"{name}.judge")
    accepted, judged = in_contract(lambda: as_verdict(verifier, answer, count))
    if not same_rows(rows, given):
        raise ContractError(f"{name}.judge: writes to the rows that it judges; work on a copy")
    if np.any(accepted & ~judged):
        raise ContractError(
            f"{name}.judge accepts {int(np.sum(accepted & ~judged))} rows on which it has no "
            "verdict; what is accepted must be judged"
        )
    return Verdict(accepted, judged)


def _check_by_row(verifier: Verifier, rows: Any, seed: int, verdict: Verdict) -> None:
    name, by_row = type(verifier).__name__, cast(object, verifier.by_row)
    if not isinstance(by_row, bool):
        raise ContractError(f"{name}.by_row is {by_row!r}; must be True or False")
    if not by_row:
        return
    count = row_count(rows)
    order = np.random.default_rng(seed).permutation(count)
    # A rank shows among the good alone, or the bad.
    parts = [order[: (count + 1) // 2], *(order[verdict.accepted[order] == is_] for is_ in (1, 0))]
    if not same(verdict, _verdict(verifier, rows, seed + 1)):
        of_part = _same_chance
    else:
        # What drops duplicates, or accepts so many and no more, shows where rows come twice.
        parts += [order, np.arange(min(count, 1)), np.tile(order, 2)]
        of_part = _same_verdict
    if not all(of_part(verifier, rows, chosen, seed) for chosen in parts if len(chosen)):
        raise ContractError(
            f"{name}.by_row is True, and a row has another verdict among other rows, in another "
            "order or beside its like; return False, or judge each row by itself"
        )


def _same_verdict(
    verifier: Verifier, rows: Any, chosen: Int[np.ndarray, " chosen"], seed: int
) -> bool:
    """Whether the verdicts on some rows by themselves are those among all."""
    among_all, alone = _verdict(verifier, rows, seed), rows_at(rows, chosen)
    return same(
        _verdict(verifier, alone, seed), Verdict(*(verdict[chosen] for verdict in among_all))
    )


def _same_chance(
    verifier: Verifier, rows: Any, chosen: Int[np.ndarray, " chosen"], seed: int
) -> bool:
    """Whether rows are accepted as often by themselves as among all: a chi-squared test."""
    selected, draws = rows_at(rows, chosen), range(seed, seed + _DRAWS)
    accepted = [_verdict(verifier, rows, draw).accepted[chosen] for draw in draws]
    among_all = np.sum(accepted, axis=0)
    alone = np.sum([_verdict(verifier, selected, draw).accepted for draw in draws], axis=0)
    share = (among_all + alone) / (2 * _DRAWS)
    varies = (share > 0) & (share < 1)
    if not varies.any():
        return True
    # The variance of the difference, given how often a row was accepted in all.
    variance = 4 * _DRAWS**2 / (2 * _DRAWS - 1) * share[varies] * (1 - share[varies])
    square = np.sum((among_all - alone)[varies] ** 2 / variance)
    return bool(chi2.sf(square, int(varies.sum())) > _BY_CHANCE)
