"""What the benchmarks share: processes of their own, their clocks and their memory."""

import multiprocessing
import resource
import time
from collections.abc import Callable
from typing import Any


class Stopwatch:
    """Seconds that a block takes.

    Attributes
    ----------
    wall
        Elapsed.
    processor
        Of all threads of the process.
    """

    wall = processor = 0.0

    def __enter__(self) -> "Stopwatch":
        self._started = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall = time.perf_counter() - self._started[0]
        self.processor = time.process_time() - self._started[1]


def in_own_process(part: Callable[..., Any], *arguments: object, **options: object) -> Any:
    """Run a part in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(part, arguments, options)


def peak_memory() -> float:
    """Peak resident memory of this process, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
