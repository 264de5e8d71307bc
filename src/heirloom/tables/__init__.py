"""A user's table: how it is read, what its columns hold, and the arrays that a model needs."""

import lazy_loader

# Other rooms name tables in their annotations, and need not wait for pandas.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
