"""Recursive training on real and synthetic data."""

import lazy_loader

# Submodules load on first use, so that `import heirloom` and what needs no simulation start fast.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
# There, as in every package, but no name to import with a star.
__all__.remove("__version__")
