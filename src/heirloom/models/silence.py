"""Other people's fits without their warnings, which thousands of replicates would repeat."""

import threading
import warnings
from collections.abc import Generator
from contextlib import contextmanager

_lock = threading.Lock()
_within = 0
_filters = warnings.catch_warnings()


@contextmanager
def no_warnings() -> Generator[None]:
    """Ignore warnings until the last thread that asks for it has left.

    The filters of Python belong to all threads: had each its own ``warnings.catch_warnings``, one
    that leaves while another is within would restore what the other has set.
    """
    global _within, _filters
    with _lock:
        if _within == 0:
            _filters = warnings.catch_warnings()
            _filters.__enter__()
            warnings.simplefilter("ignore")
        _within += 1
    try:
        yield
    finally:
        with _lock:
            _within -= 1
            if _within == 0:
                _filters.__exit__(None, None, None)
