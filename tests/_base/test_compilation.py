"""Kernels are compiled once, kept where they can be kept, and a first run says so."""

import os
import subprocess
import sys

SCRIPT = """
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from heirloom._base.random import Random


def mean(number):
    return float(Random((1, number), 2).normal(100).mean())


if __name__ == "__main__":
    here = [mean(number) for number in range(2)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        assert list(executor.map(mean, range(2))) == here
    print(here)
"""


def _run(tmp_path, folder):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    environment = os.environ | {"HEIRLOOM_CACHE_DIR": str(folder)}
    return subprocess.run(
        [sys.executable, str(script)], env=environment, capture_output=True, text=True, check=True
    )


def test_the_first_run_compiles_and_says_so_and_no_later_one_does(tmp_path):
    folder = tmp_path / "cache"
    first, second = (_run(tmp_path, folder) for _ in range(2))
    assert first.stderr.count("\n") == 1
    assert first.stderr.startswith("heirloom: compiling for this machine, once (kept in ")
    assert str(folder) in first.stderr
    assert second.stderr == ""
    assert first.stdout == second.stdout


def test_without_a_folder_to_write_to_everything_works(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    done = _run(tmp_path, blocked / "cache")
    # Each process compiles for itself: this one and two workers.
    lines = done.stderr.splitlines()
    assert 1 <= len(lines) <= 3
    assert all("not kept: no folder can be written to" in line for line in lines)


def test_importing_compiles_nothing_and_changes_no_setting_of_numba(tmp_path):
    script = (
        "import numba.core.config as config; before = config.CACHE_DIR\n"
        "import heirloom._base.random\n"
        "assert config.CACHE_DIR == before"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
