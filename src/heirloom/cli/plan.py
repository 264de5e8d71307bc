"""``heirloom plan``: workflows ranked by exact risk, from the numbers of rows alone."""

from typing import Annotated

import typer

import heirloom as hl

from .options import (
    AsJson,
    Figure,
    Out,
    Workflows,
    either,
    number,
    one_of,
    whole_number,
)
from .refusals import options_in_errors
from .screen import deliver


def plan(
    real: Annotated[
        int,
        typer.Option(
            "--real",
            parser=whole_number(1),
            metavar="INTEGER",
            help="Real rows at each generation.",
        ),
    ],
    synthetic: Annotated[
        int,
        typer.Option(
            "--synthetic",
            parser=whole_number(1),
            metavar="INTEGER",
            help="Synthetic rows at each generation.",
        ),
    ],
    initial: Annotated[
        int | None,
        typer.Option(
            "--initial",
            parser=whole_number(1),
            metavar="INTEGER",
            help="Initial real rows. Default: as --real.",
        ),
    ] = None,
    generations: Annotated[
        int,
        typer.Option(
            "--generations", parser=whole_number(1), metavar="INTEGER", help="The horizon."
        ),
    ] = 20,
    fresh: Annotated[
        bool,
        typer.Option("--fresh", help="The real rows are new at every generation: the default."),
    ] = False,
    reused: Annotated[
        bool, typer.Option("--reused", help="The same real rows are used at every generation.")
    ] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Old data can be kept.")] = False,
    no_keep: Annotated[
        bool, typer.Option("--no-keep", help="Old data cannot be kept. Default: not said.")
    ] = False,
    every: Annotated[
        int,
        typer.Option(
            "--every",
            parser=whole_number(1),
            metavar="INTEGER",
            help="Q: fresh real rows arrive at every Q-th generation only.",
        ),
    ] = 1,
    workflow: Workflows = None,
    cost_real: Annotated[
        float,
        typer.Option(
            "--cost-real",
            parser=number(0),
            metavar="NUMBER",
            help="Cost of a real row that is collected.",
        ),
    ] = 0.0,
    cost_synthetic: Annotated[
        float,
        typer.Option(
            "--cost-synthetic",
            parser=number(0),
            metavar="NUMBER",
            help="Cost of a synthetic row that is sampled.",
        ),
    ] = 0.0,
    cost_trained: Annotated[
        float,
        typer.Option(
            "--cost-trained",
            parser=number(0),
            metavar="NUMBER",
            help="Cost of a row that a fit sees.",
        ),
    ] = 0.0,
    compute: Annotated[
        str,
        typer.Option(
            "--compute",
            **one_of("epochs", "steps"),
            help="epochs: a fit sees every row once; steps: as many rows as the first fit.",
        ),
    ] = "epochs",
    verifier_bias: Annotated[
        float | None,
        typer.Option(
            "--verifier-bias",
            parser=number(0),
            metavar="NUMBER",
            help="Of a verifier of synthetic rows: distance of what it believes from the truth, "
            "in standard deviations of the noise.",
        ),
    ] = None,
    verifier_radius: Annotated[
        float | None,
        typer.Option(
            "--verifier-radius",
            parser=number(0),
            metavar="NUMBER",
            help="With --verifier-bias: the radius of the ball that it knows.",
        ),
    ] = None,
    verifier_slack: Annotated[
        float | None,
        typer.Option(
            "--verifier-slack",
            parser=number(0),
            metavar="NUMBER",
            help="What it allows for the noise. Default: 0.798.",
        ),
    ] = None,
    coefficients: Annotated[
        int | None,
        typer.Option(
            "--coefficients",
            parser=whole_number(1),
            metavar="INTEGER",
            help="Coefficients of the regression that the verifier judges. Default: 1.",
        ),
    ] = None,
    figure: Figure = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Rank workflows by exact relative risk, rows and cost, and say which weight to use."""
    is_fresh = either(fresh, reused, ("--fresh", "--reused"))
    can_keep = either(keep, no_keep, ("--keep", "--no-keep"))
    with options_in_errors(
        n_real="--real",
        n_synthetic="--synthetic",
        n_initial="--initial",
        generations="--generations",
        every="--every",
        cost_real="--cost-real",
        cost_synthetic="--cost-synthetic",
        cost_trained="--cost-trained",
        verifier_bias="--verifier-bias",
        verifier_radius="--verifier-radius",
        verifier_slack="--verifier-slack",
        coefficients="--coefficients",
    ):
        made = hl.plan(
            n_real=real,
            n_synthetic=synthetic,
            n_initial=initial,
            generations=generations,
            fresh=is_fresh,
            keep=can_keep,
            every=every,
            workflows=workflow,
            cost_real=cost_real,
            cost_synthetic=cost_synthetic,
            cost_trained=cost_trained,
            compute=compute,
            verifier_bias=verifier_bias,
            verifier_radius=verifier_radius,
            verifier_slack=verifier_slack,
            coefficients=coefficients,
        )
    deliver(made, made.figure, out=out, figure=figure, as_json=as_json)
