"""What the workflows say of how the command writes them."""

import inspect
import re

from .. import workflows
from ..workflows import Custom, GraphMember, Workflow

# A function, and a graph, are more than a line of text.
_MADE_IN_PYTHON = (Custom, GraphMember)
_ROLE = re.compile(r":\w+:`([^`]+)`")


def offered() -> tuple[type[Workflow], ...]:
    """Give every workflow that the command can read."""
    public = (vars(workflows)[name] for name in workflows.__all__)
    kinds = [kind for kind in public if isinstance(kind, type) and issubclass(kind, Workflow)]
    return tuple(kind for kind in kinds if kind not in (Workflow, *_MADE_IN_PYTHON))


def syntax(kind: type[Workflow]) -> str:
    """Write a workflow with its arguments in capitals, or else its name."""
    return getattr(kind, "syntax", "") or kind.name


def examples(kind: type[Workflow]) -> tuple[str, ...]:
    """Give texts of it, or else its name."""
    return getattr(kind, "examples", ()) or (kind.name,)


def summary(kind: type[Workflow]) -> str:
    """Give the first sentence of its docstring."""
    first = (inspect.getdoc(kind) or "").partition("\n\n")[0]
    return _ROLE.sub(r"\1", " ".join(first.split()))
