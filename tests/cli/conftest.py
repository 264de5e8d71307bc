"""The command, run in this process through ``main``: starting one takes long."""

import numpy as np
import pandas as pd
import pytest

from heirloom import cli


@pytest.fixture
def run(capsys):
    """Run the command; give its exit status, standard output and standard error."""

    def call(*arguments):
        with pytest.raises(SystemExit) as ended:
            cli.main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return ended.value.code, captured.out, captured.err

    return call


@pytest.fixture
def refused(run):
    """Expect exit status 2 and one line on standard error; give the line."""

    def call(*arguments):
        status, out, err = run(*arguments)
        assert (status, out) == (2, ""), (status, out, err)
        assert err.startswith("heirloom: ")
        assert err.count("\n") == 1
        assert "Traceback" not in err
        return err

    return call


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
