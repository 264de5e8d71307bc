"""Versions of what a trace's numbers depend on."""

import platform
from importlib.metadata import PackageNotFoundError, version


def versions() -> dict[str, str]:
    """Versions of heirloom, of Python and of the libraries that its numbers depend on."""
    packages = ("heirloom-ml", "numba", "numpy", "scipy")
    found = {"python": platform.python_version()}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
