"""``heirloom weigh``: how much a real table counts against a synthetic one."""

from typing import Annotated

import typer

from .options import (
    AsJson,
    Figure,
    Out,
    Seed,
    one_of,
    whole_number,
)
from .reading import (
    Categorical,
    Decimal,
    Delimiter,
    Drop,
    Encoding,
    Features,
    Missing,
    column_names,
    complete_table,
    read,
    read_table_name,
    reading,
)
from .refusals import options_in_errors
from .screen import deliver


def weigh(
    real: Annotated[
        str,
        typer.Argument(
            parser=read_table_name,
            metavar="REAL",
            autocompletion=complete_table,
            help="Table of real rows, which the generator has not seen.",
        ),
    ],
    synthetic: Annotated[
        str,
        typer.Argument(
            parser=read_table_name,
            metavar="SYNTHETIC",
            autocompletion=complete_table,
            help="Table of synthetic rows, with the same columns.",
        ),
    ],
    target: Annotated[
        str, typer.Option("--target", metavar="COLUMN", help="Column that a model is to predict.")
    ],
    features: Features = None,
    estimator: Annotated[
        str | None,
        typer.Option(
            "--estimator",
            **one_of("logistic", "linear", "forest", "boosting"),
            help="The model: logistic for classes, linear for numbers, the others for either. "
            "Default: by what the target holds, logistic or linear.",
        ),
    ] = None,
    rule: Annotated[
        str,
        typer.Option(
            "--rule",
            **one_of("standard-error", "best"),
            help="standard-error: of the weights within one standard error of the best score, that "
            "nearest to theory; best: the best score.",
        ),
    ] = "standard-error",
    folds: Annotated[
        int,
        typer.Option(
            "--folds",
            parser=whole_number(2),
            metavar="INTEGER",
            help="Parts of the real rows, each held out once.",
        ),
    ] = 5,
    repeats: Annotated[
        int,
        typer.Option(
            "--repeats",
            parser=whole_number(1),
            metavar="INTEGER",
            help="How often they are split anew.",
        ),
    ] = 3,
    seed: Seed = 0,
    jobs: Annotated[
        int,
        typer.Option(
            "--jobs", parser=whole_number(1), metavar="INTEGER", help="Fits at the same time."
        ),
    ] = 1,
    delimiter: Delimiter = None,
    decimal: Decimal = None,
    encoding: Encoding = None,
    missing: Missing = None,
    categorical: Categorical = None,
    drop: Drop = None,
    figure: Figure = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Weigh real against synthetic rows, by cross-validation on real ones; --out: weights.csv."""
    as_said = reading(delimiter, decimal, encoding, missing, categorical, drop)
    real_rows, synthetic_rows = read("REAL", real, as_said), read("SYNTHETIC", synthetic, as_said)
    from ..weighting import weigh as weighed

    with options_in_errors(
        target="--target",
        features="--features",
        folds="--folds",
        repeats="--repeats",
    ):
        found = weighed(
            real_rows,
            synthetic_rows,
            target,
            estimator=estimator,
            features=column_names(features),
            folds=folds,
            repeats=repeats,
            rule=rule,
            seed=seed,
            n_jobs=jobs,
        )
    deliver(found, found.figure, out=out, figure=figure, as_json=as_json)
