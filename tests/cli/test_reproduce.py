"""``heirloom reproduce``."""

import json

import pytest


def test_reproduce_prints_a_table_of_checks(run):
    status, out, err = run("reproduce", "weighting", "--figure", "8a")
    assert status == 0
    assert "8a weight of least error" in out
    assert "4 checks, none failed" in out
    assert err == ""


def test_reproduce_writes_json_and_figures(run, tmp_path):
    folder = tmp_path / "out"
    arguments = ("reproduce", "weighting", "--figure", "8a", "--json", "--out", str(folder))
    status, out, err = run(*arguments)
    assert status == 0
    checks = json.loads(out)["checks"]
    assert [set(check) >= {"name", "expected", "got", "se", "pass"} for check in checks]
    assert all(check["pass"] for check in checks)
    assert (folder / "figure-8.png").stat().st_size > 10_000
    assert err.startswith("Written to")


def test_a_failed_check_exits_1(run, monkeypatch):
    from heirloom.papers import Check

    monkeypatch.setattr(Check, "passed", property(lambda _: False))
    status, out, _ = run("reproduce", "weighting", "--figure", "8a")
    assert status == 1
    assert "FAIL" in out
    assert "4 checks, 4 failed" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("weights",), "PAPER=weights: choose one of weighting"),
        (("weighting", "--figure", "11"), "--figure='11': the paper 'weighting' has 7a"),
        (("weighting", "--scale", "huge"), "--scale=huge: choose one of quick, paper"),
        (("weighting", "--seed", "-1"), "--seed=-1: must be a whole number"),
        (("weighting", "--out", "."), "--out='.' is a link or the current folder"),
    ],
)
def test_reproduce_refuses(refused, arguments, message):
    assert message in refused("reproduce", *arguments)
