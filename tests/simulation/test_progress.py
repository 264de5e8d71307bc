import sys

from heirloom.simulation.progress import progress_report


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


def test_nothing_is_written_unless_standard_error_is_a_terminal(capsys, monkeypatch):
    assert not sys.stderr.isatty()
    for progress in (None, False):
        with progress_report(progress, "Simulating") as report:
            report(1, 2)
    assert capsys.readouterr() == ("", "")
