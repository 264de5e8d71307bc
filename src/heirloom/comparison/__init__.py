"""Workflows tried on a table of the user's own: protocols, the ranked result and its verdict."""

import lazy_loader

# Simulation needs Numba, and tables need pandas, which take long to import.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
