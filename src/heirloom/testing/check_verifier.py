"""A verifier of one's own, held to the contract of :class:`heirloom.verifiers.Verifier`."""

import copy
from typing import Any, cast

import numpy as np

from ..verifiers import Verdict, Verifier, as_selection
from ..verifiers.base import as_verdict, checked_candidates, row_count
from .contract_error import ContractError, attempted, check_description, in_contract
from .nested_values import same
from .rows_of_any_kind import rows_at, same_rows

_ASKED_FOR = (1, 2, 10, 1000)


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
    :attr:`~heirloom.verifiers.Verifier.by_row` says so (unless there is chance in them);
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
    has_chance = not same(verdict, _verdict(verifier, rows, seed + 1))
    if not by_row or has_chance:
        return
    count = row_count(rows)
    order = np.random.default_rng(seed).permutation(count)
    for chosen in (order, order[: (count + 1) // 2], np.arange(min(count, 1))):
        found = _verdict(verifier, rows_at(rows, chosen), seed)
        if not same(found, Verdict(*(part[chosen] for part in verdict))):
            raise ContractError(
                f"{name}.by_row is True, and a row has another verdict among other rows or in "
                "another order; return False, or judge each row by itself"
            )
