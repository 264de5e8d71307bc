"""``heirloom compare``."""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

SMALL = ["--rows", "30", "--generations", "3", "--replicates", "8"]


def test_compare_prints_json_and_nothing_else(run, table, tmp_path):
    folder = tmp_path / "out"
    arguments = ["--workflow", "fresh:0.6", "--workflow", "discard", "--out", str(folder), "--json"]
    status, out, err = run("compare", str(table), "--target", "y", *SMALL, *arguments)
    assert status == 0, err
    made = json.loads(out)
    assert {line["workflow"] for line in made["workflows"]} == {"real", "fresh:0.6", "discard"}
    assert any("1 of 80 rows" in note for note in made["notes"])
    assert any("'fixed'" in note for note in made["notes"])
    assert any("'id'" in note for note in made["notes"])
    assert sorted(path.name for path in folder.iterdir())[0] == "comparison.json"


def test_compare_prints_a_table(run, table):
    status, out, _ = run("compare", str(table), "--column", "city", *SMALL, "--workflow", "augment")
    assert status == 0
    assert "augment" in out
    assert "baseline" in out


@pytest.mark.parametrize(
    ("target", "arguments", "model"),
    [
        ("target", [], "linear"),
        ("age_group", ["--features", "bp,bmi"], "poisson"),
    ],
)
def test_compare_fits_numbers_and_counts(run, tmp_path, target, arguments, model):
    from sklearn.datasets import load_diabetes

    frame = load_diabetes(as_frame=True).frame
    frame["age_group"] = pd.cut(frame["age"], 8, labels=False)
    frame.to_csv(tmp_path / "diabetes.csv", index=False)
    out = tmp_path / "out"
    status, printed, err = run(
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


def test_compare_takes_a_binary_target_as_a_number(run):
    arguments = ["--model", "linear", "--features", "bmi,bp", "--workflow", "discard", "--json"]
    status, out, err = run("compare", "diabetes", "--target", "target", *SMALL, *arguments)
    assert status == 0, err
    settings = json.loads(out)["settings"]
    assert settings["title"] == "Linear regression of target in diabetes"
    assert settings["target_mean"] == pytest.approx(294 / 442)


def test_compare_estimates_a_distribution_function(run, table):
    arguments = ["--column", "income", "--workflow", "discard"]
    status, out, err = run("compare", str(table), *SMALL, *arguments)
    assert status == 0, err
    assert out.startswith("Distribution function of income in ")
    assert "Cramér–von Mises distance" in out
    assert "- 1 of 80 rows left out" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--rows", "-5"], "--rows=-5: must be a whole number, 1 or more"),
        (["--initial", "0"], "--initial=0: must be a whole number, 1 or more"),
        (["--synthetic", "-1"], "--synthetic=-1: must be a whole number, 0 or more"),
        (["--workflow", "n_real"], "'n_real'"),
        (["--model", "linear"], "model='linear': with column, choose one of frequencies, cdf"),
    ],
)
def test_errors_name_the_options(refused, table, arguments, message):
    assert message in refused("compare", str(table), "--column", "city", *arguments)


@pytest.fixture
def relabelled(table):
    return ("compare", str(table), "--target", "y", "--protocol", "relabel")


def test_compare_relabels_the_training_rows(run, relabelled, tmp_path):
    arguments = ["--generations", "3", "--replicates", "8", "--test-size", "0.25"]
    split = ["--split-seed", "4", "--workflow", "discard", "--workflow", "anchor:0.5"]
    folder = tmp_path / "out"
    status, out, err = run(*relabelled, *arguments, *split, "--out", str(folder), "--json")
    assert status == 0, err
    made = json.loads(out)
    assert made["baseline"] == "generation 0"
    assert (made["settings"]["training_rows"], made["settings"]["test_rows"]) == (59, 20)
    assert made["settings"]["split_seed"] == 4
    assert {line["workflow"] for line in made["workflows"]} == {"discard", "anchor:0.5"}
    assert all(len(line["separated"]) == 4 for line in made["workflows"])
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["comparison.json", "comparison.png", "trace.nc"]


def test_compare_shows_who_separates(run, tmp_path):
    generator = np.random.default_rng(0)
    x = generator.normal(size=60)
    frame = pd.DataFrame({"x": x, "y": (generator.random(60) < 1 / (1 + np.exp(-2 * x)))})
    frame.to_csv(tmp_path / "small.csv", index=False)
    arguments = ["--generations", "20", "--replicates", "20"]
    status, out, _ = run(
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
        (["--test-size", "half"], "--test-size=half: must be a number, 0 or more"),
        (["--split-seed", "-1"], "--split-seed=-1: must be a whole number"),
        (["--protocol", "relable"], "--protocol=relable: choose one of population, relabel"),
        (["--protocol", "population", "--split-seed", "1"], "--split-seed=1: is for --protocol="),
    ],
)
def test_compare_refuses_what_relabelling_does_not_take(refused, relabelled, arguments, message):
    assert message in refused(*relabelled, *arguments)


def test_compare_reports_that_generation_0_is_separable(run):
    arguments = ("compare", "breast_cancer", "--target", "target", "--protocol", "relabel")
    quick = ("--generations", "2", "--replicates", "3")
    status, out, _ = run(*arguments, "--workflow", "discard", *quick)
    assert status == 0
    assert "Generation 0: separated, without a maximum likelihood estimate" in out
    assert "the classes are separable by the 30 encoded columns" in out
    assert "--penalty" in out


def test_compare_reads_features(run, table):
    arguments = ["--features", " income , city", "--workflow", "discard", "--json"]
    status, out, _ = run("compare", str(table), "--target", "y", *SMALL, *arguments)
    assert status == 0
    intercept, income, city = json.loads(out)["settings"]["columns"]
    assert (intercept, income) == ("(intercept)", "income")
    assert city in ("city=Ely", "city=York, N.")


@pytest.mark.parametrize(
    ("content", "arguments", "message"),
    [
        ("x,y\n1,a\n2,a\n3,a\n", ["--target", "y"], "y"),
        ("x,y\n" + "".join(f"{i},y{i % 21}\n" for i in range(63)), ["--target", "y"], "at most 20"),
        ("", ["--target", "y"], "empty"),
        ("x,y\n", ["--target", "y"], "no rows"),
        ("x,y\n1,a\n2,b\n", ["--target", "z"], "z"),
        ("x,y\n1,a\n2,b\n", ["--column", "z"], "z"),
        ("x,y\n1,a\n2,b\n", [], "give either --target"),
        ("x,y\n1,a\n2,b\n", ["--column", "y", "--features", "x"], "are for --target"),
        ("x,y\n1,a\n2,b\n", ["--target", "y", "--workflow", "augmnt"], "did you mean 'augment'"),
        ("x,y\n1,a\n2,b\n", ["--target", "y", "--workflow", "fresh:1.2"], "must lie in [0, 1]"),
        ("x,y\n1,a\n2,b\n", ["--target", "y", "--rows", "0"], "--rows=0"),
        ("x,y\n1,a\n2,b\n", ["--target", "y", "--rows", "many"], "many"),
        ("y\na\nb\n", ["--column", "y", "--seed", "-1"], "seed=-1"),
        ("x,y\n1,a\n2,b\n", ["--target", "y", "--generation", "3"], "--generations"),
        ("x,y\n1,a,3\n2,b\n", ["--target", "y"], "2"),
    ],
)
def test_bad_tables_and_arguments_are_refused(refused, tmp_path, content, arguments, message):
    path = tmp_path / "bad.csv"
    path.write_text(content)
    out = tmp_path / "out"
    line = refused("compare", str(path), *arguments, "--out", str(out))
    assert message in line
    assert not out.exists()


def test_missing_files_and_typos_are_refused(refused, tmp_path):
    assert "nothing.csv" in refused("compare", str(tmp_path / "nothing.csv"), "--target", "y")
    assert "breast_cancer" in refused("compare", "breast_cancr", "--target", "target")


def test_out_is_checked_before_the_work(refused, table, tmp_path):
    (tmp_path / "kept").write_text("precious")
    line = refused("compare", str(table), "--target", "y", "--out", str(tmp_path))
    assert "exists and is not empty" in line
    assert (tmp_path / "kept").read_text() == "precious"


def test_more_rows_than_the_memory_holds_are_refused(refused, table):
    arguments = ["--column", "city", "--rows", "3000000000"]
    assert "one replicate needs about" in refused("compare", str(table), *arguments)


@pytest.mark.parametrize("out", ["table.csv/sub", "."])
def test_a_folder_that_cannot_be_made_is_refused_first(refused, monkeypatch, table, out):
    monkeypatch.chdir(table.parent)
    monkeypatch.setattr("heirloom.compare", None)
    line = refused("compare", str(table), "--column", "city", "--out", out)
    assert f"out='{out}'" in line


def test_the_same_workflow_twice_is_refused(refused, table):
    twice = ["--workflow", "discard", "--workflow", "replace"]
    assert "given twice" in refused("compare", str(table), "--column", "city", *twice)


needs_adult = pytest.mark.skipif(
    not (Path(os.environ.get("HEIRLOOM_DATA", "")) / "adult" / "adult.data").exists(),
    reason="HEIRLOOM_DATA does not name a folder with Adult",
)


@needs_adult
def test_adult_numbers_agree_with_the_exact_law(run):
    column = "hours_per_week"
    arguments = [
        *("--column", column, "--rows", "200", "--generations", "20", "--replicates", "400"),
        *("--workflow", "fresh:0.6", "--workflow", "discard", "--json"),
    ]
    status, out, err = run("compare", "adult", *arguments)
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
def test_adult_workclass_agrees_with_the_exact_law(run):
    arguments = [
        *("--column", "workclass", "--rows", "500", "--synthetic", "500", "--generations", "40"),
        *("--replicates", "300", "--workflow", "fresh:0.3", "--workflow", "fresh:0.62"),
        *("--workflow", "fresh:0.78", "--workflow", "discard", "--json"),
    ]
    status, out, err = run("compare", "adult", *arguments)
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


def test_tables_are_read_as_the_options_say(run, tmp_path):
    path = tmp_path / "prices.csv"
    lines = [f"{i / 8:.3f};{i % 7};-9".replace(".", ",") for i in range(60)]
    path.write_bytes("\n".join(["größe;kind;empty", *lines]).encode("cp1252"))
    arguments = ["compare", str(path), "--target", "größe", *SMALL, "--workflow", "discard"]
    reading = ["--delimiter", ";", "--decimal", ",", "--encoding", "cp1252", "--json"]
    status, out, err = run(*arguments, *reading, "--categorical", "kind", "--drop", "empty")
    assert status == 0, err
    settings = json.loads(out)["settings"]
    assert settings["title"].endswith(f"of größe in {path}")
    assert "kind=3" in settings["columns"]
    status, out, err = run(*arguments, *reading, "--missing", "-9")
    assert status == 0, err
    assert any("'empty'" in note for note in json.loads(out)["notes"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--decimal", ";"], "--decimal=';': must be"),
        (["--delimiter", "ab"], "--delimiter='ab': must be one character"),
        (["--encoding", "klingon"], "--encoding='klingon'"),
        (["--drop", "cty"], "--drop='cty' is not a column of the table"),
        (["--categorical", "cty"], "--categorical='cty' is not a column of the table"),
        (["--features", "cty"], "--features='cty' is not a column of the table"),
        (["--drop", "y"], "--target='y' is not a column of the table"),
    ],
)
def test_what_is_said_of_a_table_is_checked_first(refused, monkeypatch, table, arguments, message):
    monkeypatch.setattr("heirloom.compare", None)
    assert message in refused("compare", str(table), "--target", "y", *arguments)
