"""From theory and pilots to advice: what to do with one's numbers of rows, or one's own table."""

import lazy_loader

# A plan needs no simulation, and so neither Numba nor scikit-learn, which take long to import.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
