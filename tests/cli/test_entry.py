"""How the command starts and ends."""

import json
import subprocess
import sys
import time

import pytest

from heirloom import cli
from heirloom.cli import entry


def test_runs_as_a_process():
    command = [sys.executable, "-m", "heirloom", "plan", "--real", "100", "--synthetic", "100"]
    done = subprocess.run(
        [*command, "--generations", "50", "--json"], capture_output=True, text=True, check=True
    )
    made = json.loads(done.stdout)
    assert done.stderr == ""
    assert made["optimal_weight"] == pytest.approx(0.618034, abs=1e-6)
    (line,) = [w for w in made["workflows"] if w["workflow"].startswith("fresh:0.618")]
    assert line["relative_risk"] == pytest.approx(0.618034, abs=1e-6)


def test_no_command_prints_help(run):
    status, out, err = run()
    assert (status, err) == (0, "")
    assert "plan" in out
    assert out.count("\n") > 5


def test_a_closed_standard_output_is_no_fault():
    command = f"{sys.executable} -m heirloom plan --real 9 --synthetic 9 >&-"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


def test_version(run):
    status, out, _ = run("--version")
    assert status == 0
    assert out.strip()


def test_interruption_leaves_nothing(run, monkeypatch, table, tmp_path):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("heirloom.compare", interrupted)
    out = tmp_path / "out"
    status, _, err = run("compare", str(table), "--target", "y", "--out", str(out))
    assert status == 130
    assert err == "heirloom: interrupted; nothing was written\n"
    assert not out.exists()


def test_a_closed_pipe_is_no_error(table):
    script = f"{sys.executable} -m heirloom plan --real 9 --synthetic 9 | true"
    done = subprocess.run(script, shell=True, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


def test_a_fault_of_ours_is_not_hidden(monkeypatch):
    def broken(**_):
        raise ZeroDivisionError

    monkeypatch.setattr("heirloom.plan", broken)
    with pytest.raises(ZeroDivisionError):
        cli.main(["plan", "--real", "1", "--synthetic", "1"])


def test_an_interruption_that_python_dropped_comes_again():
    class Dropped:
        exc_type = KeyboardInterrupt

    entry._deliver_interruption_again(Dropped())
    with pytest.raises(KeyboardInterrupt):
        time.sleep(30)
