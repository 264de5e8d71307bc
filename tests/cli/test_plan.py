"""``heirloom plan``."""

import json
import subprocess
import sys

import pytest


def test_plan_needs_no_simulation():
    script = (
        "import sys; sys.argv = ['heirloom', 'plan', '--real', '9', '--synthetic', '9', '--json']\n"
        "from heirloom.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print({'numba', 'sklearn'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == "set()"


def test_plan_prints_a_ranking_and_advice(run):
    status, out, _ = run("plan", "--real", "100", "--synthetic", "10000")
    assert status == 0
    assert "weight 0.09512" in out
    assert "Use: fresh:" in out
    assert "collapses" in out


def test_plan_says_what_a_verifier_is_good_for(run):
    sizes = ("--real", "100", "--synthetic", "100")
    verifier = ("--verifier-bias", "0.05", "--verifier-radius", "0.2")
    status, out, _ = run("plan", *sizes, *verifier)
    assert status == 0
    assert "is mildly biased: use it for 1 round, with 100 accepted rows (about" in out
    status, out, _ = run("plan", *sizes, *verifier, "--json")
    told = json.loads(out)["verification"]
    assert (told["name"], told["stopping_round"]) == ("mildly biased", 1)
    assert json.loads(run("plan", *sizes, "--json")[1])["verification"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        ("--verifier-bias", "0.1"),
        ("--verifier-bias", "-1", "--verifier-radius", "0.2"),
        ("--verifier-bias", "0.1", "--verifier-radius", "wide"),
        ("--verifier-bias", "0", "--verifier-radius", "0", "--verifier-slack", "0"),
        ("--coefficients", "3"),
    ],
)
def test_plan_refuses_half_a_verifier_in_one_line(run, wrong):
    status, out, err = run("plan", "--real", "100", "--synthetic", "100", *wrong)
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1


def test_plan_draws(run, refused, tmp_path):
    figure = tmp_path / "plan.png"
    status, out, err = run(
        "plan", "--real", "9", "--synthetic", "9", "--figure", str(figure), "--json"
    )
    assert status == 0
    json.loads(out)
    assert err == f"Written to {figure}\n"
    assert figure.read_bytes().startswith(b"\x89PNG")
    assert "must end in" in refused(
        "plan", "--real", "9", "--synthetic", "9", "--figure", str(tmp_path / "plan.doc")
    )
