import subprocess
import sys
import time

from heirloom._base.progress import progress_report


def test_a_function_is_used_as_it_is():
    calls = []
    with progress_report(lambda done, total: calls.append((done, total)), "x") as report:
        report(1, 2)
    assert calls == [(1, 2)]


def test_a_bar_goes_to_standard_error_alone(capsys):
    with progress_report(True, "Simulating") as report:
        report(5, 10)
        report(10, 10)
    captured = capsys.readouterr()
    assert captured.out == ""


def test_short_work_without_a_terminal_is_silent(capsys):
    assert not sys.stderr.isatty()
    for progress in (None, True, False):
        with progress_report(progress, "Simulating") as report:
            report(1, 2)
    assert capsys.readouterr() == ("", "")


def test_long_work_without_a_terminal_writes_plain_lines(capsys, monkeypatch):
    clock = iter([0.0, 4.0, 20.0, 21.0, 40.0, 60.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    with progress_report(None, "Simulating") as report:
        for done in (1, 25, 26, 50, 100):
            report(done, 100)
    assert capsys.readouterr() == (
        "",
        "Simulating: 25%, about 60 s left\nSimulating: 50%, about 40 s left\n",
    )


def test_what_is_no_progress_is_refused_in_one_line():
    program = "from heirloom._base.progress import progress_report as p; p('yes', 'x').__enter__()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == (
        "ValueError: progress='yes': must be True or False, or a function of the work done and all "
        "work"
    )
