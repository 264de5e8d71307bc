"""Calls that workers do: in threads, in other processes, on other machines."""

import os
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

from .parameters import Instance, Optional, shown
from .sharing import Shared
from .watch import Watch

Common = TypeVar("Common")
Share = TypeVar("Share")
Result = TypeVar("Result")

# Calls that wait or run at the same time: enough for a large cluster, and few enough to submit
# before anybody loses patience.
_AT_ONCE = 256

# Seconds between two looks at how far the work has come.
_PATIENCE = 0.1

# Bytes beyond which what all calls need is handed to a cluster once, rather than with every call.
_LARGE = 2**20

# Packages whose executors run calls in other processes.
_ELSEWHERE = ("distributed", "joblib", "loky")


@runtime_checkable
class TakesWork(Protocol):
    """Any executor of `concurrent.futures`, or a client with the same method, as that of Dask."""

    def submit(self, fn: Callable[..., Any], /, *arguments: Any) -> Any:
        """Begin a call, and return its future."""
        ...


EXECUTOR = Optional(
    Instance(
        TakesWork,
        "an executor with a method submit, such as concurrent.futures.ProcessPoolExecutor() or a "
        "client of Dask",
    )
)
"""What an argument called `executor` may be."""


def workers() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_calls(
    function: Callable[[Common, Share], Result],
    common: Shared[Common],
    shares: Iterable[Share],
    *,
    done: Callable[[Share, Result], object],
    executor: TakesWork | None,
    watch: Watch,
    meanwhile: Callable[[], object],
    retries: int = 0,
) -> None:
    """Call a function for each share of some work, wherever an executor runs it.

    Parameters
    ----------
    function
        Called with the value of `common` and a share.
    common
        What all calls need.
    shares
        The work, in the order in which it is begun.
    done
        Called, in this thread, with each share and what the function returned, in the order in
        which calls end.
    executor
        Any executor of `concurrent.futures`, loky's included, or a client of Dask. None: threads,
        one for each processor.
    watch
        It is stopped when calls that run should end.
    meanwhile
        Called, in this thread, ten times a second or so.
    retries
        How often a call that fails is made again. Default 0.

    Raises
    ------
    ValueError
        If the executor is shut down, or `common` cannot be sent to where it runs calls.
    Exception
        What a call raised that failed more often than `retries`: as it was raised the last time,
        with the tracebacks of the times before as its notes.
    """
    finished: SimpleQueue[tuple[Any, _Call[Share]]] = SimpleQueue()
    waiting = deque(_Call(share) for share in shares)
    pending: set[Any] = set()
    with _pool(executor, watch) as pool:
        submit = _submission(pool, common)
        try:
            while waiting or pending:
                watch.heed()
                while waiting and len(pending) < _AT_ONCE:
                    call = waiting.popleft()
                    future = submit(_called, function, call.share)
                    pending.add(future)
                    future.add_done_callback(_telling(finished, call))
                meanwhile()
                try:
                    future, call = finished.get(timeout=_PATIENCE)
                except Empty:
                    continue
                pending.remove(future)
                try:
                    result: Result = future.result()
                except Exception as error:
                    if not call.is_made_again(error, retries):
                        raise
                    waiting.append(call)
                else:
                    done(call.share, result)
        except BaseException:
            watch.stopped = True
            for future in pending:
                future.cancel()
            raise


@dataclass
class _Call(Generic[Share]):
    """A call for a share, and how it failed so far."""

    share: Share
    failures: list[str] = field(default_factory=list[str])

    def is_made_again(self, error: Exception, retries: int) -> bool:
        """Whether there is a further attempt; if not, the error tells of those before."""
        if len(self.failures) < retries and not isinstance(error, BrokenExecutor):
            self.failures.append("".join(traceback.format_exception(error)).rstrip())
            return True
        for number, failure in enumerate(self.failures, 1):
            error.add_note(f"Attempt {number} failed:\n{failure}")
        return False


def _called(
    common: Shared[Common], function: Callable[[Common, Share], Result], share: Share
) -> Result:
    return function(common.value, share)


def _telling(
    finished: SimpleQueue[tuple[Any, _Call[Share]]], call: _Call[Share]
) -> Callable[[Any], None]:
    return lambda future: finished.put((future, call))


def _submission(executor: TakesWork, common: Shared[Any]) -> Callable[..., Any]:
    """How calls with what they have in common are handed to an executor."""
    package = type(executor).__module__.partition(".")[0]
    options: dict[str, Any] = {}
    pool: Any = executor
    sent: Any = common
    if isinstance(executor, ProcessPoolExecutor) or package in _ELSEWHERE:
        large = len(common.packed.content) > _LARGE  # says at once if it cannot be pickled
        if package == "distributed":
            if large:
                with _shut_down_said(executor):
                    sent = pool.scatter(common, hash=False)
            # Every call is one of its own: what failed once is not known to fail again.
            options = {"pure": False}

    def submit(called: Callable[..., Any], *arguments: Any) -> Any:
        with _shut_down_said(executor):
            return pool.submit(called, sent, *arguments, **options)

    return submit


@contextmanager
def _shut_down_said(executor: TakesWork) -> Generator[None, None, None]:
    """Say in a line of ours that an executor takes no more calls: each kind has its own error."""
    try:
        yield
    except Exception as error:
        if not any(word in str(error) for word in ("shutdown", "closed")):
            raise
        raise ValueError(f"executor={shown(executor)}: is shut down; make a new one") from error


@contextmanager
def _pool(executor: TakesWork | None, watch: Watch) -> Generator[TakesWork, None, None]:
    if executor is not None:
        yield executor
        return
    own = ThreadPoolExecutor(workers())
    try:
        yield own
    finally:
        watch.stopped = True
        own.shutdown(wait=True, cancel_futures=True)
