"""What to cite for a workflow, a model or a theorem."""

import re
from importlib.resources import files
from typing import Any

__all__ = ["citation"]


def citation(thing: Any) -> str:
    """Give the BibTeX entry of the paper that something comes from.

    Parameters
    ----------
    thing
        A workflow or a model, or its class; anything with an attribute ``paper`` that names a key
        of heirloom's bibliography.

    Returns
    -------
    str
        The BibTeX entry.

    Raises
    ------
    ValueError
        If it names no paper.

    Examples
    --------
    >>> import heirloom as hl
    >>> print(hl.citation(hl.workflows.Augment()).splitlines()[0])
    @misc{dey2024universality,
    """
    key = getattr(thing, "paper", None)
    if not isinstance(key, str):
        raise ValueError(
            f"{thing!r} names no paper: give a workflow or a model that comes from one, such as "
            "heirloom.workflows.FreshMix"
        )
    entries = _entries()
    if key not in entries:
        raise ValueError(
            f"paper={key!r} of {thing!r} is not in heirloom's bibliography, which has "
            f"{', '.join(entries)}"
        )
    return entries[key]


def _entries() -> dict[str, str]:
    text = (files("heirloom") / "references.bib").read_text(encoding="utf-8")
    entries = re.finditer(r"^@\w+\{([^,]+),.*?^\}", text, flags=re.MULTILINE | re.DOTALL)
    return {entry.group(1): entry.group(0) for entry in entries}
