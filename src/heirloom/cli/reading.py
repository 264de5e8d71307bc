"""Tables of the user: which, and how they are read."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .refusals import RefusedValue, options_in_errors

if TYPE_CHECKING:
    from ..tables import Reading, Table


def read_table_name(text: str) -> str:
    """Read the path of a table, which must exist, or the name of a built-in one."""
    from .. import datasets

    if Path(text).is_file() or text in datasets.names():
        return text
    if Path(text).is_dir():
        raise RefusedValue(text, "is a folder; give the path of a file in it")
    hint = datasets.did_you_mean(text, datasets.names())
    raise RefusedValue(
        text,
        "there is neither such a file nor such a built-in table; give the path of a file, or one "
        f"of {', '.join(datasets.names())}{hint}",
    )


def complete_table(incomplete: str) -> list[str]:
    """Complete the name of a built-in table."""
    from .. import datasets

    return [name for name in datasets.names() if name.startswith(incomplete)]


def column_names(given: list[str] | None) -> list[str] | None:
    """Read names of columns: commas between them, and quotation marks around one that has a comma.

    Examples
    --------
    >>> column_names(["age, sex", '"income, net"'])
    ['age', 'sex', 'income, net']
    """
    if given is None:
        return None
    split = csv.reader(given, skipinitialspace=True)
    return [name.strip() for line in split for name in line if name.strip()]


def reading(
    delimiter: str | None,
    decimal: str | None,
    encoding: str | None,
    missing: list[str] | None,
    categorical: list[str] | None,
    drop: list[str] | None,
) -> "Reading":
    """Put together what the options say of a table."""
    from ..tables import Reading

    with options_in_errors(
        **{name: f"--{name}" for name in ("delimiter", "decimal", "encoding", "missing")}
    ):
        return Reading(
            delimiter=delimiter,
            decimal=decimal,
            encoding=encoding,
            missing=column_names(missing),
            categorical=column_names(categorical) or (),
            drop=column_names(drop) or (),
        )


def read(place: str, name: str, as_said: "Reading") -> "Table":
    """Read a table; a message names its place among the arguments, and the options."""
    from ..tables import read_table

    with options_in_errors(source=place, categorical="--categorical", drop="--drop"):
        return read_table(name, as_said)


TableName = Annotated[
    str,
    typer.Argument(
        parser=read_table_name,
        metavar="TABLE",
        autocompletion=complete_table,
        help="A file (CSV, Excel, Parquet, Feather, JSON lines), or a built-in table (`heirloom "
        "datasets`).",
    ),
]
Features = Annotated[
    list[str] | None,
    typer.Option(
        "--features",
        metavar="A,B,C",
        help="Columns to use, with commas between, and a name that has a comma in quotation "
        "marks; may be given again. Default: all others.",
    ),
]
Delimiter = Annotated[
    str | None,
    typer.Option(
        "--delimiter",
        metavar="CHARACTER",
        help="Between the fields of a text file: one character, or tab. Default: as it looks.",
    ),
]
Decimal = Annotated[
    str | None,
    typer.Option(
        "--decimal", metavar="MARK", help="Of decimals: . or , instead of what the columns show."
    ),
]
Encoding = Annotated[
    str | None,
    typer.Option(
        "--encoding", metavar="NAME", help="Of a text file, such as cp1252. Default: as it looks."
    ),
]
Missing = Annotated[
    list[str] | None,
    typer.Option(
        "--missing",
        metavar="A,B,C",
        help="Values that stand for a missing one, such as -999; may be given again. Default: what "
        'looks so is noted. "": none, every number is taken as it is.',
    ),
]
Categorical = Annotated[
    list[str] | None,
    typer.Option(
        "--categorical",
        metavar="A,B,C",
        help="Columns of categories that look like numbers or dates; may be given again.",
    ),
]
Drop = Annotated[
    list[str] | None,
    typer.Option("--drop", metavar="A,B,C", help="Columns to leave out; may be given again."),
]
