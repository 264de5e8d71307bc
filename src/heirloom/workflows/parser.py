"""Workflows from text, as the command line writes them."""

import difflib

from .._base.parameters import shown
from .base import OFFERED, Workflow


def parse(text: str) -> Workflow:
    """Read a workflow from its text.

    Parameters
    ----------
    text
        A name, and for some an argument behind a colon, as :func:`syntaxes` lists them:
        ``discard``, ``fresh:WEIGHT``, ``subsample:ROWS[,replacement]:WORKFLOW``. A WEIGHT is a
        number in [0, 1], numbers with commas between (one for each generation), ``golden``,
        ``optimal``, ``naive`` or ``schedule``. The literature's other names, such as ``replace``
        and ``accumulate``, are understood.

    Raises
    ------
    ValueError
        If there is no such workflow or its argument is wrong; the message names the nearest.

    Examples
    --------
    >>> parse("fresh:0.6")
    FreshMix(weight=0.6)
    >>> parse("accumulate")
    Augment()
    """
    name, colon, argument = text.strip().partition(":")
    known = {
        named: offered for offered in OFFERED for named in (offered.name, *offered.other_names)
    }
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean '{near[0]}'? " if near else ""
        raise ValueError(
            f"workflow {shown(text)} is not known; {hint}the workflows are "
            f"{', '.join(offered.name for offered in OFFERED if offered.syntax is not None)}"
        )
    return known[name].from_argument(argument.strip() if colon else None)


def syntaxes() -> tuple[str, ...]:
    """Tell how each workflow that is a line of text is written, arguments in capitals.

    Examples
    --------
    >>> [syntax for syntax in syntaxes() if "WEIGHT" in syntax]
    ['anchor:WEIGHT', 'fresh:WEIGHT']
    """
    return tuple(
        offered.syntax or offered.name for offered in OFFERED if offered.syntax is not None
    )


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
