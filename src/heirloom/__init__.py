"""Recursive training on real and synthetic data."""

import lazy_loader

# Submodules load on first use, so that `import heirloom` and what needs no simulation start fast.
__getattr__, __dir__, _names = lazy_loader.attach_stub(__name__, __file__)
# The version is there, as in every package, but is no name to import with a star.
__all__ = [name for name in _names if name != "__version__"]  # pyright: ignore[reportUnsupportedDunderAll]: the stub lists them
