import threading
import warnings

import pytest

from heirloom.models.silence import no_warnings


def test_warnings_are_ignored_until_the_last_has_left():
    before = list(warnings.filters)
    inside, leave = threading.Event(), threading.Event()

    def stay():
        with no_warnings():
            inside.set()
            leave.wait()

    other = threading.Thread(target=stay)
    with no_warnings():
        other.start()
        inside.wait()
    # The first to come has left before the other.
    warnings.warn("not shown", stacklevel=1)
    leave.set()
    other.join()
    assert warnings.filters == before
    with pytest.warns(UserWarning, match="shown"):
        warnings.warn("shown", stacklevel=1)


def test_filters_are_restored_after_an_error():
    before = list(warnings.filters)
    with pytest.raises(ValueError, match="no"), no_warnings():
        raise ValueError("no")
    assert warnings.filters == before
