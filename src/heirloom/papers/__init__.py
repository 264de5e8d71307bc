"""The published experiments: their settings as data, and the checks that they must pass."""

import lazy_loader

# The command line names the figures before anything is computed.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
