"""``heirloom weigh``."""

import json

import numpy as np
import pandas as pd
import pytest

QUICK = ("--folds", "2", "--repeats", "1")


def rows(count, seed, shift=0.0):
    random = np.random.default_rng(seed)
    x = random.normal(size=count)
    label = np.where(random.random(count) < 1 / (1 + np.exp(-2 * x - shift)), "yes", "no")
    city = random.choice(["Ely", "York, N."], size=count)
    return pd.DataFrame(
        {"x": x, "income, net": random.normal(size=count), "city": city, "y": label}
    )


@pytest.fixture
def tables(tmp_path):
    """Give a function that writes both tables, the synthetic one changed."""

    def write(change=lambda frame: frame, change_real=lambda frame: frame):
        paths = tmp_path / "real.csv", tmp_path / "synthetic.csv"
        change_real(rows(60, 0)).to_csv(paths[0], index=False)
        change(rows(200, 1, shift=3.0)).to_csv(paths[1], index=False)
        return (*map(str, paths), "--target", "y", *QUICK)

    return write


def test_weights_of_all_rows_are_written(run, tables, tmp_path):
    arguments = tables(change_real=lambda frame: frame.assign(y=frame["y"].where(frame.index != 7)))
    out = tmp_path / "out"
    status, printed, err = run("weigh", *arguments, "--out", out, "--json")
    assert status == 0, err
    made = json.loads(printed)
    names = sorted(path.name for path in out.iterdir())
    assert names == ["weigh.json", "weigh.png", "weights.csv"]
    assert (out / "weigh.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads((out / "weigh.json").read_text()) == made
    written = pd.read_csv(out / "weights.csv")
    assert written["table"].tolist() == ["real"] * 60 + ["synthetic"] * 200
    assert written["row"].tolist() == [*range(1, 61), *range(1, 201)]
    # The row without a label has none; the others share as the weight says, with a mean of 1.
    assert written["weight"][7] == 0
    total = written["weight"].sum()
    assert total == pytest.approx(259)
    assert written["weight"][:60].sum() / total == pytest.approx(made["weight"])
    assert written["weight"][0] == pytest.approx(made["real_row_weight"])


def test_a_biased_generator_gets_less_weight_than_by_theory(run, tables):
    status, out, err = run("weigh", *tables(), "--rule", "best", "--json")
    assert status == 0, err
    made = json.loads(out)
    assert made["weight"] > made["tuned"]["optimal"]
    assert made["estimator"] == "logistic"


def test_it_ends_with_a_sentence(run, tables):
    status, out, _ = run("weigh", *tables(lambda frame: frame.assign(extra=1)))
    assert status == 0
    assert "use this" in out
    assert "- Use: weight " in out
    assert "since only the synthetic table has them: 'extra'" in out
    assert "--estimator linear" in out


@pytest.mark.parametrize("estimator", ["forest", "boosting"])
@pytest.mark.parametrize("target", ["y", "x"])
def test_other_estimators_take_classes_and_numbers(run, tables, monkeypatch, estimator, target):
    monkeypatch.setattr("heirloom.weighting.weighing._WEIGHTS", (0.5, 1.0))
    arguments = [*tables(), "--estimator", estimator, "--features", "city", "--json"]
    arguments[3] = target
    status, out, err = run("weigh", *arguments)
    assert status == 0, err
    made = json.loads(out)
    assert made["kind"] == {"y": "classes", "x": "numbers"}[target]
    assert made["features"] == ["city"]


def test_columns_with_commas_and_several_options_are_used(run, tables):
    features = ("--features", '"income, net"', "--features", "x,city")
    status, out, err = run("weigh", *tables(), *features, "--json")
    assert status == 0, err
    assert json.loads(out)["features"] == ["income, net", "x", "city"]


@pytest.mark.parametrize(
    ("change", "arguments", "message"),
    [
        (
            lambda frame: frame.assign(y=frame["y"].str.upper()),
            [],
            "only the synthetic table has 'NO', 'YES', only the real one 'no', 'yes'",
        ),
        (
            lambda frame: frame.assign(y=frame["y"] == "yes"),
            [],
            "--target='y': the labels do not agree: only the synthetic table has 'False', 'True'",
        ),
        (
            lambda frame: frame.assign(y=(frame["y"] == "yes").astype(int)),
            [],
            "column 'y' holds text ('yes', 'no') in the real table and numbers (1, 0)",
        ),
        (
            lambda frame: frame.assign(x=np.where(frame["x"] < 0, "low", "high")),
            [],
            "column 'x' holds numbers",
        ),
        (
            lambda frame: frame.rename(columns={"y": "Y"}),
            [],
            "--target='y': the synthetic table has no such column (did you mean 'Y'?)",
        ),
        (
            lambda frame: frame.drop(columns="x"),
            ["--features", "x"],
            "--features='x': the synthetic table has no such column",
        ),
        (
            lambda frame: frame[["y"]].assign(z=1),
            [],
            "the tables have no column in common but 'y'",
        ),
        (lambda frame: frame, ["--estimator", "linear"], "--target='y': holds text"),
        (lambda frame: frame, ["--estimator", "tree"], "--estimator=tree: choose one of logistic"),
        (lambda frame: frame, ["--folds", "61"], "--folds=61: must be no more than the real rows"),
        (lambda frame: frame, ["--features", "y"], "'y' is the target"),
    ],
)
def test_what_does_not_agree_is_refused_by_name(refused, tables, change, arguments, message):
    assert message in refused("weigh", *tables(change), *arguments)


def test_a_label_that_no_synthetic_row_has_is_told(run, tables):
    status, out, _ = run("weigh", *tables(lambda frame: frame[frame["y"] == "yes"]))
    assert status == 0
    assert "No synthetic row has the label 'no'." in out


def test_a_table_that_is_not_there_is_named_by_its_place(refused, tables):
    real, _, *rest = tables()
    assert "SYNTHETIC=none.csv: there is neither" in refused("weigh", real, "none.csv", *rest)


def test_tables_are_read_as_the_options_say(run, tables):
    def as_in_germany(frame):
        return frame.assign(x=frame["x"].map(lambda x: f"{x:.3f}".replace(".", ",")))

    real, synthetic, *rest = tables(as_in_germany, as_in_germany)
    status, out, err = run(
        *("weigh", real, synthetic, *rest, "--json"),
        *("--decimal", ",", "--missing", "no", "--drop", "city", "--categorical", '"income, net"'),
    )
    assert (status, out) == (2, "")
    assert "every real row has 'yes'" in err
    status, out, err = run(
        "weigh", real, synthetic, *rest, "--decimal", ",", "--drop", "city", "--json"
    )
    assert status == 0, err
    made = json.loads(out)
    assert made["features"] == ["x", "income, net"]
    assert any("read as numbers" in note for note in made["notes"])
