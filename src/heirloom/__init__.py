"""Recursive training on real and synthetic data."""

import lazy_loader

# Submodules load on first use, so that `import heirloom` and what needs no simulation start fast.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
