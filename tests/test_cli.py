"""The command, in a process of its own, or through `main` where that would be slow."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from heirloom import cli

SMALL = ["--rows", "30", "--generations", "3", "--replicates", "8"]


def run(capsys, *arguments):
    """Run the command in this process; give its exit status, standard output and standard error."""
    with pytest.raises(SystemExit) as ended:
        cli.main(list(arguments))
    captured = capsys.readouterr()
    return ended.value.code, captured.out, captured.err


def refused(capsys, *arguments):
    """Expect exit status 2 and one line on standard error; give the line."""
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("heirloom: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err


@pytest.fixture
def table(tmp_path):
    generator = np.random.default_rng(0)
    x = generator.normal(size=80)
    frame = pd.DataFrame(
        {"income": x, "city": generator.choice(["Ely", "York, N."], size=80), "id": np.arange(80)}
    )
    frame["fixed"] = 1
    frame["y"] = np.where(generator.random(80) < 1 / (1 + np.exp(-x)), "yes", "no")
    frame.loc[3, "income"] = np.nan
    path = tmp_path / "table.csv"
    # A byte-order mark, as a spreadsheet writes it, and a quoted comma.
    frame.to_csv(path, index=False, encoding="utf-8-sig")
    return path


def test_runs_as_a_process():
    command = [sys.executable, "-m", "heirloom.cli", "plan", "--real", "100", "--synthetic", "100"]
    done = subprocess.run(
        [*command, "--generations", "50", "--json"], capture_output=True, text=True, check=True
    )
    made = json.loads(done.stdout)
    assert done.stderr == ""
    assert made["optimal_weight"] == pytest.approx(0.618034, abs=1e-6)
    (line,) = [w for w in made["workflows"] if w["workflow"].startswith("fresh:0.618")]
    assert line["relative_risk"] == pytest.approx(0.618034, abs=1e-6)


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


def test_plan_prints_a_ranking_and_advice(capsys):
    status, out, _ = run(capsys, "plan", "--real", "100", "--synthetic", "10000")
    assert status == 0
    assert "weight 0.09512" in out
    assert "Use: fresh:" in out
    assert "collapses" in out


def test_plan_says_what_a_verifier_is_good_for(capsys):
    sizes = ("--real", "100", "--synthetic", "100")
    verifier = ("--verifier-bias", "0.05", "--verifier-radius", "0.2")
    status, out, _ = run(capsys, "plan", *sizes, *verifier)
    assert status == 0
    assert "is mildly biased: use it for 1 round, with 100 accepted rows (about" in out
    status, out, _ = run(capsys, "plan", *sizes, *verifier, "--json")
    told = json.loads(out)["verification"]
    assert (told["name"], told["stopping_round"]) == ("mildly biased", 1)
    assert json.loads(run(capsys, "plan", *sizes, "--json")[1])["verification"] is None


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
def test_plan_refuses_half_a_verifier_in_one_line(capsys, wrong):
    status, out, err = run(capsys, "plan", "--real", "100", "--synthetic", "100", *wrong)
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1


def test_plan_draws(capsys, tmp_path):
    figure = tmp_path / "plan.png"
    status, out, err = run(
        capsys, "plan", "--real", "9", "--synthetic", "9", "--figure", str(figure), "--json"
    )
    assert status == 0
    json.loads(out)
    assert err == f"Written to {figure}\n"
    assert figure.read_bytes().startswith(b"\x89PNG")
    assert "must end in" in refused(
        capsys, "plan", "--real", "9", "--synthetic", "9", "--figure", str(tmp_path / "plan.doc")
    )


def test_compare_prints_json_and_nothing_else(capsys, table, tmp_path):
    folder = tmp_path / "out"
    arguments = ["--workflow", "fresh:0.6", "--workflow", "discard", "--out", str(folder), "--json"]
    status, out, err = run(capsys, "compare", str(table), "--target", "y", *SMALL, *arguments)
    assert status == 0, err
    made = json.loads(out)
    assert {line["workflow"] for line in made["workflows"]} == {"real", "fresh:0.6", "discard"}
    assert any("1 of 80 rows" in note for note in made["notes"])
    assert any("'fixed'" in note for note in made["notes"])
    assert any("'id'" in note for note in made["notes"])
    assert sorted(path.name for path in folder.iterdir())[0] == "comparison.json"


def test_compare_prints_a_table(capsys, table):
    status, out, _ = run(
        capsys, "compare", str(table), "--column", "city", *SMALL, "--workflow", "augment"
    )
    assert status == 0
    assert "augment" in out
    assert "baseline" in out
    assert "- Use: " in out
    assert "augment trains on " in out


@pytest.mark.parametrize(
    ("target", "arguments", "model"),
    [
        ("target", [], "linear"),
        ("age_group", ["--features", "bp,bmi"], "poisson"),
    ],
)
def test_compare_fits_numbers_and_counts(capsys, tmp_path, target, arguments, model):
    from sklearn.datasets import load_diabetes

    frame = load_diabetes(as_frame=True).frame
    frame["age_group"] = pd.cut(frame["age"], 8, labels=False)
    frame.to_csv(tmp_path / "diabetes.csv", index=False)
    out = tmp_path / "out"
    status, printed, err = run(
        capsys,
        *("compare", str(tmp_path / "diabetes.csv"), "--target", target, *SMALL, *arguments),
        *("--workflow", "fresh:0.6", "--out", str(out)),
    )
    assert status == 0, err
    assert printed.startswith(f"{model.capitalize()} regression of {target} in ")
    assert "squared error" in printed
    assert ("--model" in printed) == ("--model" not in arguments)
    made = json.loads((out / "comparison.json").read_text())
    assert made["settings"]["model"] == model
    assert (out / "comparison.png").read_bytes().startswith(b"\x89PNG")
    assert (out / "theory.nc").exists()


def test_compare_takes_a_binary_target_as_a_number(capsys):
    arguments = ["--model", "linear", "--features", "bmi,bp", "--workflow", "discard", "--json"]
    status, out, err = run(capsys, "compare", "diabetes", "--target", "target", *SMALL, *arguments)
    assert status == 0, err
    settings = json.loads(out)["settings"]
    assert settings["title"] == "Linear regression of target in diabetes"
    assert settings["target_mean"] == pytest.approx(294 / 442)


def test_compare_estimates_a_distribution_function(capsys, table):
    arguments = ["--column", "income", "--workflow", "discard"]
    status, out, err = run(capsys, "compare", str(table), *SMALL, *arguments)
    assert status == 0, err
    assert out.startswith("Distribution function of income in ")
    assert "Cramér–von Mises distance" in out
    assert "- 1 of 80 rows left out" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--rows", "-5"], "--rows=-5: rows must be a whole number"),
        (["--initial", "0"], "--initial=0: the initial real data need at least 1 row"),
        (["--synthetic", "-1"], "--synthetic=-1: rows must be a whole number"),
        (["--workflow", "n_real"], "'n_real'"),
        (["--model", "linear"], "model='linear': with column, choose one of frequencies, cdf"),
    ],
)
def test_errors_name_the_options(capsys, table, arguments, message):
    assert message in refused(capsys, "compare", str(table), "--column", "city", *arguments)


@pytest.fixture
def relabelled(table):
    return ("compare", str(table), "--target", "y", "--protocol", "relabel")


def test_compare_relabels_the_training_rows(capsys, relabelled, tmp_path):
    arguments = ["--generations", "3", "--replicates", "8", "--test-size", "0.25"]
    split = ["--split-seed", "4", "--workflow", "discard", "--workflow", "anchor:0.5"]
    folder = tmp_path / "out"
    status, out, err = run(capsys, *relabelled, *arguments, *split, "--out", str(folder), "--json")
    assert status == 0, err
    made = json.loads(out)
    assert made["baseline"] == "generation 0"
    assert (made["settings"]["training_rows"], made["settings"]["test_rows"]) == (59, 20)
    assert made["settings"]["split_seed"] == 4
    assert {line["workflow"] for line in made["workflows"]} == {"discard", "anchor:0.5"}
    assert all(len(line["separated"]) == 4 for line in made["workflows"])
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["comparison.json", "comparison.png", "trace.nc"]


def test_compare_shows_who_separates(capsys, tmp_path):
    generator = np.random.default_rng(0)
    x = generator.normal(size=60)
    frame = pd.DataFrame({"x": x, "y": (generator.random(60) < 1 / (1 + np.exp(-2 * x)))})
    frame.to_csv(tmp_path / "small.csv", index=False)
    arguments = ["--generations", "20", "--replicates", "20"]
    status, out, _ = run(
        capsys,
        *("compare", str(tmp_path / "small.csv"), "--target", "y", "--protocol", "relabel"),
        *arguments,
    )
    assert status == 0
    assert "42 training and 18 test rows; 20 generations, 20 replicates" in out
    assert "Generation 0: test log-loss" in out
    header, *lines = [line for line in out.splitlines() if "   " in line]
    for name in ("test log-loss", "accuracy", "separated", "first", "half by"):
        assert name in header
    assert lines[-1].startswith("discard")
    assert "%" in lines[-1]
    assert "- Separated: a plane separates" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--rows", "30"], "--rows=30: is for --protocol='population'"),
        (["--workflow", "fresh:0.5"], "'fresh:0.5' takes fresh real rows"),
        (["--test-size", "2"], "--test-size=2.0: must be a share"),
        (["--test-size", "half"], "is not a number"),
        (["--split-seed", "-1"], "--split-seed=-1: must be a whole number"),
        (["--protocol", "relable"], "--protocol='relable': choose one of population, relabel"),
        (["--protocol", "population", "--split-seed", "1"], "--split-seed=1: is for --protocol="),
    ],
)
def test_compare_refuses_what_relabelling_does_not_take(capsys, relabelled, arguments, message):
    assert message in refused(capsys, *relabelled, *arguments)


def test_compare_reports_that_generation_0_is_separable(capsys):
    arguments = ("compare", "breast_cancer", "--target", "target", "--protocol", "relabel")
    quick = ("--generations", "2", "--replicates", "3")
    status, out, _ = run(capsys, *arguments, "--workflow", "discard", *quick)
    assert status == 0
    assert "Generation 0: separated, without a maximum likelihood estimate" in out
    assert "the classes are separable by the 30 encoded columns" in out
    assert "--penalty" in out


def test_compare_reads_features(capsys, table):
    arguments = ["--features", " income , city", "--workflow", "discard", "--json"]
    status, out, _ = run(capsys, "compare", str(table), "--target", "y", *SMALL, *arguments)
    assert status == 0
    intercept, income, city = json.loads(out)["settings"]["columns"]
    assert (intercept, income) == ("(intercept)", "income")
    assert city in ("city=Ely", "city=York, N.")


@pytest.mark.parametrize(
    ("content", "arguments", "message"),
    [
        ("x,y\n1,a\n2,a\n3,a\n", ["--target", "y"], "y"),
        ("x,y\n" + "".join(f"{i},y{i}\n" for i in range(21)), ["--target", "y"], "at most 20"),
        ("", ["--target", "y"], "empty"),
        ("x,y\n", ["--target", "y"], "no rows"),
        ("x,y\n1,a\n2,b\n", ["--target", "z"], "z"),
        ("x,y\n1,a\n2,b\n", ["--column", "z"], "z"),
        ("x,y\n1,a\n2,b\n", [], "either target"),
        ("x,y\n1,a\n2,b\n", ["--target", "y", "--workflow", "augmnt"], "did you mean 'augment'"),
        ("x,y\n1,a\n2,b\n", ["--target", "y", "--workflow", "fresh:1.2"], "must lie in [0, 1]"),
        ("x,y\n1,a\n2,b\n", ["--target", "y", "--rows", "0"], "1 row"),
        ("x,y\n1,a\n2,b\n", ["--target", "y", "--rows", "many"], "many"),
        ("y\na\nb\n", ["--column", "y", "--seed", "-1"], "seed=-1"),
        ("x,y\n1,a\n2,b\n", ["--target", "y", "--generation", "3"], "--generations"),
        ("x,y\n1,a,3\n2,b\n", ["--target", "y"], "2"),
    ],
)
def test_bad_tables_and_arguments_are_refused(capsys, tmp_path, content, arguments, message):
    path = tmp_path / "bad.csv"
    path.write_text(content)
    out = tmp_path / "out"
    line = refused(capsys, "compare", str(path), *arguments, "--out", str(out))
    assert message in line
    assert not out.exists()


def test_missing_files_and_typos_are_refused(capsys, tmp_path):
    assert "nothing.csv" in refused(
        capsys, "compare", str(tmp_path / "nothing.csv"), "--target", "y"
    )
    assert "breast_cancer" in refused(capsys, "compare", "breast_cancr", "--target", "target")


def test_out_is_checked_before_the_work(capsys, table, tmp_path):
    (tmp_path / "kept").write_text("precious")
    line = refused(capsys, "compare", str(table), "--target", "y", "--out", str(tmp_path))
    assert "exists and is not empty" in line
    assert (tmp_path / "kept").read_text() == "precious"


def test_no_command_prints_help(capsys):
    status, out, err = run(capsys)
    assert (status, err) == (0, "")
    assert "plan" in out
    assert out.count("\n") > 5


def test_more_rows_than_the_memory_holds_are_refused(capsys, table):
    arguments = ["--column", "city", "--rows", "3000000000"]
    assert "one replicate needs about" in refused(capsys, "compare", str(table), *arguments)


@pytest.mark.parametrize("out", ["table.csv/sub", "."])
def test_a_folder_that_cannot_be_made_is_refused_first(capsys, monkeypatch, table, out):
    monkeypatch.chdir(table.parent)
    monkeypatch.setattr("heirloom.comparison.comparing.simulate_paths", None)
    line = refused(capsys, "compare", str(table), "--column", "city", "--out", out)
    assert f"out='{out}'" in line


def test_the_same_workflow_twice_is_refused_first(capsys, monkeypatch, table):
    monkeypatch.setattr("heirloom.comparison.comparing.simulate_paths", None)
    twice = ["--workflow", "discard", "--workflow", "replace"]
    assert "given twice" in refused(capsys, "compare", str(table), "--column", "city", *twice)


def test_a_closed_standard_output_is_no_fault():
    command = f"{sys.executable} -m heirloom.cli plan --real 9 --synthetic 9 >&-"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


def test_version(capsys):
    status, out, _ = run(capsys, "--version")
    assert status == 0
    assert out.strip()


def test_interruption_leaves_nothing(capsys, monkeypatch, table, tmp_path):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("heirloom.comparison.comparing.simulate_paths", interrupted)
    out = tmp_path / "out"
    status, _, err = run(capsys, "compare", str(table), "--target", "y", "--out", str(out))
    assert status == 130
    assert err == "heirloom: interrupted; nothing was written\n"
    assert not out.exists()


def test_a_closed_pipe_is_no_error(table):
    script = f"{sys.executable} -m heirloom.cli plan --real 9 --synthetic 9 | true"
    done = subprocess.run(script, shell=True, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


def test_a_fault_of_ours_is_not_hidden(monkeypatch):
    def broken(**_):
        raise ZeroDivisionError

    monkeypatch.setattr("heirloom.planning.advice.plan", broken)
    with pytest.raises(ZeroDivisionError):
        cli.main(["plan", "--real", "1", "--synthetic", "1"])


needs_adult = pytest.mark.skipif(
    not (Path(os.environ.get("HEIRLOOM_DATA", "")) / "adult" / "adult.data").exists(),
    reason="HEIRLOOM_DATA does not name a folder with Adult",
)


@needs_adult
def test_adult_numbers_agree_with_the_exact_law(capsys):
    column = "hours_per_week"
    arguments = [
        *("--column", column, "--rows", "200", "--generations", "20", "--replicates", "400"),
        *("--workflow", "fresh:0.6", "--workflow", "discard", "--json"),
    ]
    status, out, err = run(capsys, "compare", "adult", *arguments)
    assert status == 0, err
    from heirloom import datasets

    cdf = datasets.load("adult")[column].rank(method="max", pct=True)
    variance = float((cdf * (1 - cdf)).mean())
    for line in json.loads(out)["workflows"]:
        weight = {"real": 1.0, "discard": 0.0}.get(line["workflow"], line["weight"])
        exact = [1 / 200]
        for _ in range(20):
            carried = (1 - 1 / 200) * exact[-1] + 1 / 200
            exact.append((weight**2 + (1 - weight) ** 2 * 200 * carried) / 200)
        z = (line["error"] - variance * np.mean(exact[-4:])) / line["error_se"]
        assert abs(z) < 3.5, (line["workflow"], z)


@pytest.mark.slow
@needs_adult
def test_adult_workclass_agrees_with_the_exact_law(capsys):
    arguments = [
        *("--column", "workclass", "--rows", "500", "--synthetic", "500", "--generations", "40"),
        *("--replicates", "300", "--workflow", "fresh:0.3", "--workflow", "fresh:0.62"),
        *("--workflow", "fresh:0.78", "--workflow", "discard", "--json"),
    ]
    status, out, err = run(capsys, "compare", "adult", *arguments)
    assert status == 0, err
    from heirloom import datasets

    p = datasets.load("adult")["workclass"].value_counts(normalize=True).to_numpy()
    variance = float(np.sum(p * (1 - p)))
    for line in json.loads(out)["workflows"]:
        weight = {"real": 1.0, "discard": 0.0}.get(line["workflow"], line["weight"])
        exact = [1 / 500]
        for _ in range(40):
            carried = (1 - 1 / 500) * exact[-1] + 1 / 500
            exact.append((weight**2 + (1 - weight) ** 2 * 500 * carried) / 500)
        z = (line["error"] - variance * np.mean(exact[-8:])) / line["error_se"]
        assert abs(z) < 3.5, (line["workflow"], z)


def test_reproduce_prints_a_table_of_checks(capsys):
    status, out, err = run(capsys, "reproduce", "weighting", "--figure", "8a")
    assert status == 0
    assert "8a weight of least error" in out
    assert "4 checks, none failed" in out
    assert err == ""


def test_reproduce_writes_json_and_figures(capsys, tmp_path):
    folder = tmp_path / "out"
    arguments = ("reproduce", "weighting", "--figure", "8a", "--json", "--out", str(folder))
    status, out, err = run(capsys, *arguments)
    assert status == 0
    checks = json.loads(out)["checks"]
    assert [set(check) >= {"name", "expected", "got", "se", "pass"} for check in checks]
    assert all(check["pass"] for check in checks)
    assert (folder / "figure-8.png").stat().st_size > 10_000
    assert err.startswith("Written to")


def test_a_failed_check_exits_1(capsys, monkeypatch):
    from heirloom.papers import Check

    monkeypatch.setattr(Check, "passed", property(lambda _: False))
    status, out, _ = run(capsys, "reproduce", "weighting", "--figure", "8a")
    assert status == 1
    assert "FAIL" in out
    assert "4 checks, 4 failed" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("weights",), "paper='weights': must be one of weighting"),
        (("weighting", "--figure", "11"), "figure='11': the paper 'weighting' has 7a"),
        (("weighting", "--scale", "huge"), "scale='huge': must be one of quick, paper"),
        (("weighting", "--seed", "-1"), "seed=-1: must be a whole number"),
        (("weighting", "--out", "."), "out='.' is a link or the current folder"),
    ],
)
def test_reproduce_refuses(capsys, arguments, message):
    assert message in refused(capsys, "reproduce", *arguments)


def test_an_interruption_that_python_dropped_comes_again():
    class Dropped:
        exc_type = KeyboardInterrupt

    cli._deliver_interruption_again(Dropped())
    with pytest.raises(KeyboardInterrupt):
        time.sleep(30)
