"""What to cite: for a workflow, a model, a theorem, or a whole call.

Nothing is listed here. A workflow, model or verifier names its paper by its attribute ``paper``; a
function that is a theorem names it in its docstring; a trace knows the objects and the function of
the call that made it. ``references.bib`` holds the entries.
"""

import importlib
import inspect
import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from .workflows import parse

__all__ = ["citation"]

_OWN = "heirloom"


def citation(*things: Any) -> str:
    """Give the BibTeX entries of the papers that something rests on.

    Parameters
    ----------
    things
        A workflow, its text, or its class; a model or a verifier; a function of
        :mod:`heirloom.theory`, which names its theorem's paper in its docstring; a trace, or a
        result that has one, for every paper that its call rests on; the key of a paper, or its
        number at arXiv. Several, such as what a call is given, for the papers of all. Default:
        heirloom itself.

    Returns
    -------
    str
        The BibTeX entries, each once, with an empty line between them.

    Raises
    ------
    ValueError
        If one of them names no paper.

    Examples
    --------
    >>> import heirloom as hl
    >>> print(hl.citation("augment").splitlines()[0])
    @misc{dey2024universality,
    >>> print(hl.citation(hl.theory.optimal_weight).splitlines()[0])
    @article{he2025golden,
    >>> ball = hl.verifiers.KnowledgeBall([1.0], 0.5)
    >>> trace = hl.simulate(
    ...     hl.models.LinearRegression([1.0]),
    ...     "augment",
    ...     verifier=ball,
    ...     n_real=9,
    ...     n_synthetic=9,
    ...     generations=1,
    ...     replicates=2,
    ...     seed=0,
    ... )
    >>> [line for line in hl.citation(trace).splitlines() if line.startswith("@")]
    ['@article{he2025golden,', '@misc{dey2024universality,', '@inproceedings{yi2025escaping,']
    """
    entries = _entries()
    if not things:
        return entries[_OWN].replace("\n}", f"\n  version = {{{version('heirloom-ml')}}},\n}}")
    keys = dict.fromkeys(key for thing in things for key in _keys_of(thing))
    return "\n\n".join(entries[key] for key in keys)


def _keys_of(thing: Any) -> list[str]:
    """Keys of the papers that one thing names, or a ValueError if it names none."""
    if isinstance(thing, str):
        return _keys_of_text(thing)
    provenance = _provenance_of(thing)
    if provenance is not None:
        found = [*provenance.papers, *_keys_of_function(provenance.function)]
    else:
        found = _own_keys(thing)
    if not found:
        raise ValueError(
            f"{_shown(thing)} names no paper: give what comes from one, such as the workflow "
            "'augment', heirloom.theory.optimal_weight or a trace; or cite heirloom, citation()"
        )
    return _known(found, thing)


def _keys_of_text(text: str) -> list[str]:
    if text in _entries():
        return [text]
    if text.removeprefix("arXiv:") in _keys_by_identifier():
        return [_keys_by_identifier()[text.removeprefix("arXiv:")]]
    return _keys_of(parse(text))


def _provenance_of(thing: Any) -> Any:
    """How a trace, or the trace of a result, came about; None for anything else."""
    if isinstance(thing, type):
        return None
    trace = getattr(thing, "trace", thing)
    return getattr(trace() if inspect.ismethod(trace) else trace, "provenance", None)


def _own_keys(thing: Any) -> list[str]:
    paper = getattr(thing, "paper", None)
    if isinstance(paper, str):
        return [paper]
    documented = thing if inspect.isroutine(thing) or isinstance(thing, type) else type(thing)
    return list(_keys_in(inspect.unwrap(documented).__doc__ or ""))


def _keys_of_function(name: str | None) -> list[str]:
    if name is None or not name.startswith("heirloom"):
        return []
    module, _, function = name.partition(":")
    return _own_keys(getattr(importlib.import_module(module), function))


def _keys_in(text: str) -> Iterator[str]:
    """Keys of the papers that a text names: by the key, the arXiv number or the DOI."""
    for name, key in _keys_by_identifier().items():
        if re.search(rf"(?<![\w.]){re.escape(name)}(?![\w])", text):
            yield key


def _known(keys: list[str], thing: Any) -> list[str]:
    for key in keys:
        if key not in _entries():
            raise ValueError(
                f"paper={key!r} of {_shown(thing)} is not in heirloom's bibliography, which has "
                f"{', '.join(_entries())}"
            )
    return keys


def _shown(thing: Any) -> str:
    text = " ".join(repr(thing).split())
    return text if len(text) <= 80 else f"{text[:77]}..."


@cache
def _keys_by_identifier() -> dict[str, str]:
    """From each key, arXiv number and DOI to the key."""
    found: dict[str, str] = {}
    for key, entry in _entries().items():
        if key == _OWN:
            continue
        named = re.findall(r"^\s*(?:eprint|doi)\s*=\s*\{([^}]+)\}", entry, flags=re.MULTILINE)
        found |= dict.fromkeys([key, *named], key)
    return found


@cache
def _entries() -> dict[str, str]:
    text = (files("heirloom") / "references.bib").read_text(encoding="utf-8")
    entries = re.finditer(r"^@\w+\{([^,]+),.*?^\}", text, flags=re.MULTILINE | re.DOTALL)
    return {entry.group(1): entry.group(0) for entry in entries}
