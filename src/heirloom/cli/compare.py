"""``heirloom compare``: workflows on the user's own table, by simulation."""

from typing import Annotated

import typer

import heirloom as hl

from .options import (
    AsJson,
    Figure,
    Out,
    Seed,
    Workflows,
    number,
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
    TableName,
    column_names,
    read,
    reading,
)
from .refusals import Refused, options_in_errors
from .screen import deliver


def compare(
    table: TableName,
    target: Annotated[
        str | None,
        typer.Option(
            "--target",
            metavar="COLUMN",
            help="Column with classes, counts or numbers: a regression on the others.",
        ),
    ] = None,
    column: Annotated[
        str | None,
        typer.Option(
            "--column",
            metavar="COLUMN",
            help="Instead: a column, for its frequencies or its distribution function.",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            metavar="MODEL",
            help="With --target: logistic, multinomial, linear or poisson. With --column: "
            "frequencies or cdf. "
            "Default: by what the column holds.",
        ),
    ] = None,
    features: Features = None,
    workflow: Workflows = None,
    rows: Annotated[
        int | None,
        typer.Option(
            "--rows",
            parser=whole_number(1),
            metavar="INTEGER",
            help="Fresh real rows at each generation. Default: 500.",
        ),
    ] = None,
    synthetic: Annotated[
        int | None,
        typer.Option(
            "--synthetic",
            parser=whole_number(),
            metavar="INTEGER",
            help="Synthetic rows. Default: as --rows.",
        ),
    ] = None,
    initial: Annotated[
        int | None,
        typer.Option(
            "--initial",
            parser=whole_number(1),
            metavar="INTEGER",
            help="Initial real rows. Default: as --rows.",
        ),
    ] = None,
    generations: Annotated[
        int | None,
        typer.Option(
            "--generations",
            parser=whole_number(),
            metavar="INTEGER",
            help="How many. Default: 20; to relabel, 50.",
        ),
    ] = None,
    replicates: Annotated[
        int,
        typer.Option(
            "--replicates",
            parser=whole_number(1),
            metavar="INTEGER",
            help="Independent repetitions.",
        ),
    ] = 200,
    seed: Seed = 0,
    penalty: Annotated[
        float | None,
        typer.Option(
            "--penalty",
            parser=number(0),
            metavar="NUMBER",
            help="L2 penalty beside the mean log-loss (not of a linear regression). "
            "Default: none, or a small one where the whole table has no fit without.",
        ),
    ] = None,
    protocol: Annotated[
        str,
        typer.Option(
            "--protocol",
            **one_of("population", "relabel"),
            help="population: the table is the population that rows are drawn from. relabel: "
            "training rows whose labels are drawn anew, and test rows.",
        ),
    ] = "population",
    test_size: Annotated[
        float | None,
        typer.Option(
            "--test-size",
            parser=number(0),
            metavar="NUMBER",
            help="To relabel: the share of test rows. Default: 0.3.",
        ),
    ] = None,
    split_seed: Annotated[
        int | None,
        typer.Option(
            "--split-seed",
            parser=whole_number(0, 2**32 - 1),
            metavar="INTEGER",
            help="To relabel: seed of scikit-learn's train_test_split. Default: 123456.",
        ),
    ] = None,
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
    """Compare workflows on a table: which keeps its error, against real rows alone."""
    _require_one_question(target, column, features)
    as_said = reading(delimiter, decimal, encoding, missing, categorical, drop)
    population = read("TABLE", table, as_said)
    used = column_names(features)
    with options_in_errors(
        target="--target",
        column="--column",
        model="--model",
        features="--features",
        n_real="--rows",
        n_synthetic="--synthetic",
        n_initial="--initial",
        generations="--generations",
        replicates="--replicates",
        penalty="--penalty",
        protocol="--protocol",
        test_size="--test-size",
        split_seed="--split-seed",
    ):
        # Before anything that takes long to import.
        for option, names in (("target", [target]), ("column", [column]), ("features", used)):
            for name in names or []:
                if name is not None:
                    population.check_column(option, name)
        comparison = hl.compare(
            population,
            target,
            column=column,
            model=model,
            features=used,
            workflows=workflow,
            n_real=rows,
            n_synthetic=synthetic,
            n_initial=initial,
            generations=generations,
            replicates=replicates,
            seed=seed,
            penalty=penalty,
            protocol=protocol,
            test_size=test_size,
            split_seed=split_seed,
            progress=None,
        )
    deliver(comparison, comparison.figure, out=out, figure=figure, as_json=as_json)


def _require_one_question(
    target: str | None, column: str | None, features: list[str] | None
) -> None:
    if (target is None) == (column is None):
        raise Refused(
            "give either --target, a column for a regression on the others, or --column, a column "
            "for its frequencies or its distribution function"
        )
    if target is None and features is not None:
        raise Refused("--features are for --target; with --column none are used")
