"""Calls wherever an executor runs them: results, failures, attempts, and what is sent along."""

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import get_context

import numpy as np
import pytest

from heirloom._base.execution import run_calls
from heirloom._base.sharing import Shared
from heirloom._base.watch import StoppedError, Watch


class Here:
    """An executor that does everything at once, in the thread that submits."""

    def submit(self, fn, /, *arguments):
        future = Future()
        try:
            future.set_result(fn(*arguments))
        except ValueError as error:
            future.set_exception(error)
        return future


def _results(function, common, shares, *, executor=None, retries=0):
    results = {}
    with Watch.kept() as watch:
        run_calls(
            function,
            Shared(common, {"common": common}),
            shares,
            done=results.__setitem__,
            executor=executor,
            watch=watch,
            meanwhile=lambda: None,
            retries=retries,
        )
    return results


def _power(base, exponent):
    return base**exponent


def test_every_share_is_done_once_wherever_it_is_done():
    expected = {n: 3**n for n in range(600)}
    assert _results(_power, 3, range(600)) == expected
    assert _results(_power, 3, range(600), executor=Here()) == expected
    with ThreadPoolExecutor(2) as pool:
        assert _results(_power, 3, range(600), executor=pool) == expected
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        assert _results(_power, 3, range(30), executor=pool) == {n: 3**n for n in range(30)}


def test_results_come_to_the_thread_that_asks():
    threads = set()
    with Watch.kept() as watch:
        run_calls(
            _power,
            Shared(2),
            range(4),
            done=lambda share, result: threads.add(threading.current_thread()),
            executor=None,
            watch=watch,
            meanwhile=lambda: None,
        )
    assert threads == {threading.current_thread()}


class Flaky:
    """Fails so often, and then works."""

    def __init__(self, failures):
        self.left = failures

    def __call__(self, common, share):
        if self.left:
            self.left -= 1
            raise ValueError(f"failure before the last {self.left}")
        return common + share


def test_a_call_that_fails_is_made_again_as_often_as_asked():
    assert _results(Flaky(2), 1, [5], executor=Here(), retries=2) == {5: 6}


def test_what_failed_for_good_tells_of_every_attempt():
    with pytest.raises(ValueError, match="failure before the last 7") as error:
        _results(Flaky(10), 1, [5], executor=Here(), retries=2)
    notes = error.value.__notes__
    assert [note.splitlines()[0] for note in notes] == ["Attempt 1 failed:", "Attempt 2 failed:"]
    assert all("Traceback" in note and "in __call__" in note for note in notes)
    assert "failure before the last 9" in notes[0]
    # The traceback of the last attempt is that of the error itself.
    assert any(entry.name == "__call__" for entry in error.traceback)


def _die(common, share):
    os._exit(1)


def test_a_pool_that_broke_is_not_asked_again():
    with (
        ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool,
        pytest.raises(BrokenExecutor),
    ):
        _results(_die, 1, [1], executor=pool, retries=5)


def test_a_failure_ends_the_rest():
    with ThreadPoolExecutor(1) as pool, pytest.raises(ValueError, match="failure"):
        _results(Flaky(1), 1, range(10_000), executor=pool)


def test_what_cannot_be_sent_is_said_in_one_line_with_its_name():
    lock = threading.Lock()
    with (
        ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool,
        pytest.raises(ValueError, match=r"^common=lock: cannot be sent to another") as error,
    ):
        _results(_power, lock, [1], executor=pool)
    assert "\n" not in str(error.value)
    assert "leave executor out to run in threads" in str(error.value)


def test_functions_without_a_name_can_be_sent():
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool:
        assert _results(_applied, lambda n: n + 0.5, [1], executor=pool) == {1: 1.5}


def _applied(function, share):
    return function(share)


def test_a_shared_value_is_packed_once_and_unpacked_once():
    class Counted:
        packed = 0

        def __reduce__(self):
            Counted.packed += 1
            return np.zeros, (3,)

    shared = Shared(Counted())
    first, second = (pickle.loads(pickle.dumps(shared)) for _ in range(2))
    assert Counted.packed == 1
    assert first.value is second.value
    assert pickle.loads(pickle.dumps(first)).value is first.value
    assert pickle.loads(pickle.dumps(Shared(np.ones(3)))).value is not first.value


def test_what_cannot_be_unpacked_is_said_in_one_line_with_its_name(monkeypatch):
    import types

    module = types.ModuleType("only_here")
    exec("class Mine: pass", vars(module))
    monkeypatch.setitem(sys.modules, "only_here", module)
    sent = pickle.dumps(Shared(module.Mine(), {"model": module.Mine()}))
    monkeypatch.delitem(sys.modules, "only_here")
    with pytest.raises(ValueError, match=r"^model: cannot be unpacked .*No module named 'only_h"):
        _ = pickle.loads(sent).value


def test_a_watch_is_found_while_it_is_kept_and_stops_who_looks_at_it():
    with Watch.kept() as watch:
        assert Watch.found(watch.number) is watch
        watch.add(2.0)
        watch.add(1.0)
        assert watch.work == 3.0
    assert Watch.found(watch.number) is None
    with pytest.raises(StoppedError):
        watch.add(1.0)


def test_an_interruption_is_heeded_though_python_lost_the_exception():
    def interrupted():
        with Watch.kept() as watch:
            with suppress(KeyboardInterrupt):  # as in a callback of the garbage collector
                signal.raise_signal(signal.SIGINT)
            watch.heed()

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert signal.getsignal(signal.SIGINT) is before


def test_a_handler_of_the_users_is_left_alone():
    heard = []
    before = signal.signal(signal.SIGINT, lambda *_: heard.append(True))
    try:
        with Watch.kept() as watch:
            signal.raise_signal(signal.SIGINT)
            watch.heed()
    finally:
        signal.signal(signal.SIGINT, before)
    assert heard == [True]


# A model as one writes it in a notebook: of __main__, which another process has not.
NOTEBOOK = """
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
import heirloom as hl

class Mine(hl.models.GaussianMean):
    pass

if __name__ == "__main__":
    call = dict(n_real=5, n_synthetic=5, generations=2, replicates=2000, seed=0, progress=False)
    call |= dict(verifier=lambda rows: rows[:, 0] > -1)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        there = hl.simulate(Mine([0.0], 1.0), "discard", executor=pool, **call)
    here = hl.simulate(Mine([0.0], 1.0), "discard", **call)
    assert there.dataset["error"].equals(here.dataset["error"])
"""


def test_a_model_and_a_verifier_of_a_notebook_can_be_sent_to_processes():
    done = subprocess.run([sys.executable, "-c", NOTEBOOK], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


DASK = """
import distributed, heirloom as hl
if __name__ == "__main__":
    options = dict(n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None)
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:
        workers = list(client.run(__import__("os").getpid).values())
        model = hl.models.GaussianMean([0.0], 1.0)
        call = dict(n_real=1000, n_synthetic=1000, seed=0, progress=False, draw="rows")
        call |= dict(executor=client)
        hl.simulate(model, "fresh:0.5", generations=1, replicates=1, **call)
        print(*workers, flush=True)
        # Much work, and no more than some megabytes of results.
        hl.simulate(model, "discard", generations=500, replicates=20_000, **call)
"""


def test_an_interruption_of_the_parent_alone_leaves_no_process_of_dask(tmp_path):
    pytest.importorskip("distributed")
    script = tmp_path / "script.py"
    script.write_text(DASK)
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        workers = [int(number) for number in process.stdout.readline().split()]
        time.sleep(1)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
    assert workers
    deadline = time.monotonic() + 20
    while any(_runs(worker) for worker in workers):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _runs(number):
    import psutil  # of Dask's

    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
