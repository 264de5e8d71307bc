"""``heirloom plan``."""

import json
import subprocess
import sys

import pytest

SIZES = ("--real", "100", "--synthetic", "100")


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


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (("--real=0",), "--real=0: must be a whole number, 1 or more"),
        (("--synthetic", "many"), "--synthetic=many: must be a whole number, 1 or more"),
        (("--cost-real", "nan"), "--cost-real=nan: must be a number, 0 or more"),
        (("--cost-real", "1e300"), "--cost-real=1e+300: must be a number"),
        (("--every", "30"), "--every=30: no real rows arrive within 20 generations"),
        (("--reused", "--every", "2"), "--every=2: is for fresh real rows"),
        (("--fresh", "--reused"), "--fresh and --reused contradict each other"),
        (("--keep", "--no-keep"), "--keep and --no-keep contradict each other"),
        (("--compute", "flops"), "--compute=flops: choose one of epochs, steps"),
        (("--workflow", "augmnt"), "did you mean 'augment'?"),
        (("--verifier-bias", "0.1"), "by --verifier-bias and --verifier-radius, both"),
        (("--figure", "nowhere/plan.png"), "--figure=nowhere/plan.png: name a file in a folder"),
        (("--out", "."), "--out='.' is a link or the current folder"),
    ],
)
def test_a_refusal_names_the_option(refused, wrong, message):
    assert message in refused("plan", *SIZES, *wrong)


def test_what_the_user_said_of_the_data_counts(run):
    for option, fresh, keep in (
        ("--fresh", True, None),
        ("--reused", False, None),
        ("--keep", None, True),
        ("--no-keep", None, False),
    ):
        made = json.loads(run("plan", *SIZES, option, "--json")[1])
        assert (made["fresh"], made["keep"]) == (fresh, keep)


def test_plan_writes_a_folder_and_prints_json_alone(run, tmp_path):
    out = tmp_path / "out"
    status, printed, err = run("plan", *SIZES, "--cost-real", "1", "--out", out, "--json")
    assert status == 0, err
    assert json.loads(printed) == json.loads((out / "plan.json").read_text())
    assert err == f"Written to {out}: plan.csv, plan.json, plan.png, trace.nc\n"


def test_a_typing_mistake_waits_for_no_heavy_import():
    script = (
        "import sys; from heirloom.cli import main\n"
        "for wrong in (['plan', '--real=0'], ['compare', 'diabetes', '--workflow', 'no'],\n"
        "              ['weigh', 'diabetes', 'diabetes', '--estimator', 'tree']):\n"
        "    try: main(wrong)\n"
        "    except SystemExit as end: assert end.code == 2\n"
        "print({'numba', 'scipy', 'sklearn', 'xarray', 'matplotlib'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
    assert done.stderr.count("\n") == 3
