"""How far work in several threads has come, and whether it should end."""

import itertools
import os
import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock
from types import FrameType
from typing import ClassVar


class StoppedError(Exception):
    """The work was ended from outside."""


class Watch:
    """How far work has come, and whether it should end.

    Workers in threads of this process find it by its number, and look at it after every step.
    """

    _numbers = itertools.count()
    _kept: ClassVar[dict[int, "Watch"]] = {}

    def __init__(self) -> None:
        self.number = next(self._numbers)
        self.process = os.getpid()
        self.stopped = False
        self.work = 0.0
        self._lock = Lock()

    @classmethod
    def found(cls, number: int) -> "Watch | None":
        """The watch of that number, if this process keeps it."""
        watch = cls._kept.get(number)
        # A forked process has a copy, which nobody looks at.
        return watch if watch is not None and watch.process == os.getpid() else None

    @classmethod
    @contextmanager
    def kept(cls) -> "Generator[Watch, None, None]":
        """A watch that workers find while the context lasts.

        Raises
        ------
        KeyboardInterrupt
            If the work was interrupted, also where Python would have lost the exception: in a
            callback of the garbage collector, say.
        """
        watch = cls()
        cls._kept[watch.number] = watch
        try:
            with _interruption_noted(watch):
                yield watch
        except StoppedError:
            raise KeyboardInterrupt from None
        finally:
            watch.stopped = True
            del cls._kept[watch.number]

    def add(self, work: float) -> None:
        """Report work that is done; raise StoppedError if there should be no more."""
        self.heed()
        if work:
            with self._lock:
                self.work += work

    def heed(self) -> None:
        """Raise StoppedError if there should be no more work."""
        if self.stopped:
            raise StoppedError


@contextmanager
def _interruption_noted(watch: Watch) -> Generator[None, None, None]:
    """Have Ctrl-C stop the watch besides raising KeyboardInterrupt, unless a user handles it."""
    usual = signal.default_int_handler
    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGINT) is not usual:
        yield
        return

    def note(number: int, frame: FrameType | None) -> None:
        watch.stopped = True
        usual(number, frame)

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
