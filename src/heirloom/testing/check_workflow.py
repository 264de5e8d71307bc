"""A workflow of one's own, held to the contract of :class:`heirloom.workflows.Workflow`."""

import dataclasses
import pickle
from typing import Any

import numpy as np

from ..workflows import Arrivals, Mixture, Sizes, Workflow, as_workflow, parse, real
from .contract_error import ContractError, attempted, in_one_line

_TOLERANCE = 1e-12
# What pickle raises for a function that is in no module, whatever its version.
_NOT_PICKLED = (pickle.PicklingError, AttributeError, TypeError)


def check_workflow(workflow: Workflow | str, *, generations: int = 5) -> None:
    """Check that a workflow keeps to its contract.

    Parameters
    ----------
    workflow
        A workflow, or its text.
    generations
        T, the last generation, 1 or more. Default 5. A workflow with a schedule of weights needs
        that of the schedule.

    Raises
    ------
    ContractError
        At the first breach, with the method, what it returned, what it must return and what to do.
    ValueError
        If `workflow` is neither a workflow nor the text of one.

    Notes
    -----
    What is checked: mixtures are valid at several sizes, the same at every call, and have shares of
    sum 1; where real data do not arrive at every generation a workflow may refuse, in one line; a
    pool gives the mixtures that the workflow does; a text that :func:`heirloom.workflows.parse`
    reads gives the same workflow; a dataclass is frozen; a workflow has a hash, and comes out of
    pickle as it went in, if it goes in at all.

    Examples
    --------
    >>> import heirloom as hl
    >>> hl.testing.check_workflow("fresh:0.6")
    """
    examined = as_workflow(workflow)
    _check_words(examined)
    _check_value(examined)
    for sizes in _sizes(generations):
        _check_mixtures(examined, sizes)
    _check_arrivals(examined, generations)


def _sizes(generations: int) -> list[Sizes]:
    return [
        Sizes.of(n_real=100, n_synthetic=100, generations=generations),
        Sizes.of(n_real=30, n_synthetic=lambda t: 10 * t, generations=generations, n_initial=20),
        Sizes.of(n_real=lambda t: 7 * t, n_synthetic=250, generations=generations, n_initial=900),
    ]


def _check_words(workflow: Workflow) -> None:
    kind = type(workflow).__name__
    for name in ("name", "text"):
        text = attempted(lambda name=name: getattr(workflow, name), f"{kind}.{name}")
        if not isinstance(text, str) or not text or "\n" in text:
            raise ContractError(
                f"{kind}.{name} is {in_one_line(repr(text))}; must be text, in one line"
            )
    if workflow.paper is not None and not isinstance(workflow.paper, str):
        raise ContractError(
            f"{kind}.paper is {workflow.paper!r}; must be a key of the bibliography, or None"
        )
    try:
        read = parse(workflow.text)
    except ValueError:
        return  # not every workflow is a line of text
    if read != workflow or hash(read) != hash(workflow):
        raise ContractError(
            f"{kind}.text is {workflow.text!r}, which is read back as {in_one_line(repr(read))}; "
            "it must be read as the workflow itself, or not at all"
        )


def _check_value(workflow: Workflow) -> None:
    kind, claims_equality = type(workflow).__name__, type(workflow).__eq__ is not object.__eq__
    attempted(lambda: hash(workflow), f"hash({kind})")
    if dataclasses.is_dataclass(workflow):
        for field in dataclasses.fields(workflow):
            _require_frozen(workflow, field.name)
    try:
        again = pickle.loads(pickle.dumps(workflow))
    except _NOT_PICKLED:
        return  # a rule or a weight that is a function of no module
    if claims_equality and (again != workflow or hash(again) != hash(workflow)):
        raise ContractError(
            f"{kind} comes out of pickle as another workflow; let == compare what it is made of"
        )
    if again.text != workflow.text:
        raise ContractError(
            f"{kind}.text is {workflow.text!r}, and {again.text!r} once it has been pickled; it "
            "must be the same"
        )


def _require_frozen(workflow: Workflow, field: str) -> None:
    held = getattr(workflow, field)
    try:
        setattr(workflow, field, held)
    except AttributeError:
        return
    kind = type(workflow).__name__
    raise ContractError(
        f"{kind}.{field} can be set; a workflow must not change: declare it with "
        "@dataclass(frozen=True)"
    )


def _check_mixtures(workflow: Workflow, sizes: Sizes) -> None:
    kind = type(workflow).__name__
    mixtures: Any = _mixtures(workflow, sizes)
    if len(mixtures) != sizes.generations + 1 or mixtures[0].datasets != (real(0),):
        raise ContractError(
            f"{kind}.mixtures returned {len(mixtures)} mixtures from "
            f"{in_one_line(repr(mixtures[:1]))} on; they must be {sizes.generations + 1}, the "
            "first of real[0] alone"
        )
    for t, (mixture, again) in enumerate(zip(mixtures, _mixtures(workflow, sizes), strict=True)):
        if not _alike(mixture, again):
            raise ContractError(
                f"{kind}.mixture({t}, sizes) is {in_one_line(mixture)} and then "
                f"{in_one_line(again)}; it must be the same at every call: no chance, and no state"
            )
    lineage = attempted(lambda: workflow.lineage(sizes), f"{kind}.lineage")
    if len(lineage.generations) != sizes.generations + 1:
        raise ContractError(
            f"{kind}.lineage has {len(lineage.generations)} generations; must have "
            f"{sizes.generations + 1}, 0 to T"
        )
    if lineage.pool is not None:
        for t in range(1, sizes.generations + 1):
            pooled = lineage.pool.mixture(t, sizes)
            if not _alike(pooled, workflow.mixture(t, sizes)):
                raise ContractError(
                    f"{kind}.pool gives {in_one_line(pooled)} at generation {t}, and mixture "
                    f"{in_one_line(workflow.mixture(t, sizes))}; they must agree, or pool be None"
                )


def _mixtures(workflow: Workflow, sizes: Sizes) -> Any:
    return attempted(lambda: workflow.mixtures(sizes), f"{type(workflow).__name__}.mixture")


def _alike(first: Mixture, second: Mixture) -> bool:
    return (
        first.datasets == second.datasets
        and np.allclose(first.shares, second.shares, rtol=_TOLERANCE, atol=_TOLERANCE)
        and np.allclose(first.rows, second.rows, rtol=_TOLERANCE)
        and (first.pooled, first.replacement, first.proportional)
        == (second.pooled, second.replacement, second.proportional)
    )


def _check_arrivals(workflow: Workflow, generations: int) -> None:
    """Check that a workflow mixes, or refuses in one line, where real data are missing."""
    sizes = Sizes.of(n_real=Arrivals(60, every=2), n_synthetic=40, generations=generations)
    try:
        workflow.mixtures(sizes)
    except ValueError as error:
        if "\n" in str(error):
            raise ContractError(
                f"{type(workflow).__name__}.mixture refuses sizes in several lines: "
                f"{in_one_line(error)}; say in one what is wrong and what to give"
            ) from None
    except Exception as error:
        raise ContractError(
            f"{type(workflow).__name__}.mixture failed where no real data arrive, with "
            f"{in_one_line(repr(error))}; mix what there is, or raise a ValueError"
        ) from error
