"""Fail the build when a public name is documented on no page.

A name is public when it stands in the ``__all__`` of the package or of one of its public modules
(those without a leading underscore, one level down). It is documented when an entry of the Python
domain is, under whatever path, the same object: ``heirloom.Trace`` is covered by the entry of
``heirloom.trace.Trace``, and a reference to either finds that entry. A module that the package
offers and that has no ``__all__`` is reported too, since nothing could then be checked about it.

The package to check is the configuration value ``coverage_package``.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import TYPE_CHECKING, Any

from sphinx.errors import ExtensionError
from sphinx.util import logging

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docutils import nodes
    from sphinx import addnodes
    from sphinx.application import Sphinx
    from sphinx.domains.python import PythonDomain
    from sphinx.environment import BuildEnvironment

logger = logging.getLogger(__name__)

_MISSING = object()


def locate(path: str) -> Any:
    """Return the object at a dotted path, or `_MISSING`."""
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:length]))
        except ImportError:
            continue
        for part in parts[length:]:
            found = getattr(found, part, _MISSING)
        return found
    return _MISSING


def public_modules(package: str) -> Iterator[ModuleType]:
    """Yield the package and the public modules right below it."""
    root = importlib.import_module(package)
    yield root
    for module in pkgutil.iter_modules(root.__path__, f"{package}."):
        if not module.name.rpartition(".")[2].startswith("_"):
            yield importlib.import_module(module.name)


def documented_objects(domain: PythonDomain) -> dict[int, str]:
    """Map the identity of every documented object to the path that documents it."""
    paths = [path for path, entry in domain.objects.items() if not entry.aliased]
    found = ((path, locate(path)) for path in [*paths, *domain.modules])
    return {id(thing): path for path, thing in found if thing is not _MISSING}


def undocumented(package: str, domain: PythonDomain) -> list[str]:
    """List what is public in `package` and on no page, as messages."""
    paths = {*domain.objects, *domain.modules}
    objects = documented_objects(domain)
    offered = set(importlib.import_module(package).__all__)
    messages: list[str] = []
    for module in public_modules(package):
        names = getattr(module, "__all__", None)
        if names is None and module.__name__.rpartition(".")[2] in offered:
            messages.append(f"{module.__name__} has no __all__: say there what it offers")
        for name in names or ():
            path = f"{module.__name__}.{name}"
            thing = locate(path)
            if thing is _MISSING:
                messages.append(f"{path} is in __all__ and does not exist")
            elif path not in paths and id(thing) not in objects:
                messages.append(f"{path} is public and on no page of the documentation")
    return messages


def check(app: Sphinx, env: BuildEnvironment) -> None:
    """Report every undocumented public name, then stop the build."""
    messages = undocumented(app.config.coverage_package, env.domains.python_domain)
    for message in messages:
        logger.error(message, type="coverage_check")
    if messages:
        raise ExtensionError(
            f"{len(messages)} public name(s) are undocumented; add each to a page below "
            "docs/reference, or give it a leading underscore:\n  " + "\n  ".join(messages)
        )


def resolve_alias(
    app: Sphinx, env: BuildEnvironment, node: addnodes.pending_xref, contnode: nodes.TextElement
) -> nodes.reference | None:
    """Lead a reference to a re-exported name to the entry of the same object."""
    target = str(node.get("reftarget", ""))
    package = app.config.coverage_package
    if node.get("refdomain") != "py" or target.partition(".")[0] != package:
        return None
    domain = env.domains.python_domain
    path = documented_objects(domain).get(id(locate(target)))
    if path is None or path == target:
        return None
    return domain.resolve_xref(env, node["refdoc"], app.builder, "obj", path, node, contnode)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the check."""
    app.add_config_value("coverage_package", "", "env", types=frozenset({str}))
    app.connect("env-check-consistency", check)
    app.connect("missing-reference", resolve_alias)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
