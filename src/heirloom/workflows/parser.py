"""Workflows from text, as the command line writes them."""

import difflib

from .._base.parameters import shown
from .accumulate_all import AccumulateAll
from .anchor_mix import AnchorMix
from .at_arrivals import AtArrivals
from .augment import Augment
from .augment_subsample import AugmentSubsample
from .base import Workflow
from .custom import Custom
from .discard import Discard
from .fresh_mix import FreshMix
from .real_only import RealOnly
from .subsample import Subsample
from .window import Window

_NAMED: dict[str, type[Workflow]] = {
    workflow.name: workflow
    for workflow in (
        Discard,
        Augment,
        AugmentSubsample,
        FreshMix,
        AnchorMix,
        AccumulateAll,
        RealOnly,
        Window,
        Subsample,
        AtArrivals,
        Custom,
    )
}
_OTHER_NAMES: dict[str, type[Workflow]] = {
    "replace": Discard,
    "accumulate": Augment,
    "accumulate-subsample": AugmentSubsample,
}


def parse(text: str) -> Workflow:
    """Read a workflow from its text.

    Parameters
    ----------
    text
        A name, and for some an argument behind a colon: ``discard``, ``augment``,
        ``augment-subsample[:replacement]``, ``fresh:WEIGHT``, ``anchor:WEIGHT``,
        ``accumulate-all``, ``real[:accumulate]``, ``window:LENGTH[,initial]``,
        ``subsample:ROWS[,replacement]:WORKFLOW``, ``at-arrivals:WORKFLOW``; WEIGHT is a number in
        [0, 1], numbers with commas between (one for each generation), ``golden``, ``optimal``,
        ``naive`` or ``schedule``. The
        literature's other names ``replace``, ``accumulate`` and ``accumulate-subsample`` are
        understood.

    Raises
    ------
    ValueError
        If there is no such workflow or its argument is wrong; the message names the nearest.

    Examples
    --------
    >>> parse("fresh:0.6")
    FreshMix(weight=0.6)
    >>> parse("augment") == Augment()
    True
    """
    name, colon, argument = text.strip().partition(":")
    known = _NAMED | _OTHER_NAMES
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean '{near[0]}'? " if near else ""
        raise ValueError(
            f"workflow {shown(text)} is not known; {hint}the workflows are "
            f"{', '.join(n for n in _NAMED if n != Custom.name)}"
        )
    return known[name].from_argument(argument.strip() if colon else None)


def as_workflow(workflow: Workflow | str) -> Workflow:
    """Return a workflow as it is, or read it from text; anything else is a ValueError.

    Examples
    --------
    >>> as_workflow("discard")
    Discard()
    """
    if isinstance(workflow, Workflow):
        return workflow
    if isinstance(workflow, str):
        return parse(workflow)
    raise ValueError(
        f"workflow={shown(workflow)}: must be a workflow, such as Augment(), or its text"
    )
