"""``heirloom reproduce``: a paper's experiments, held to what the paper says."""

from typing import Annotated

import typer

from .options import AsJson, Out, Seed, one_of
from .refusals import options_in_errors
from .screen import show, tell_written

_FAILED_CHECK = 1


def reproduce(
    paper: Annotated[
        str,
        typer.Argument(
            **one_of("weighting", "workflows", "verification") | {"metavar": "PAPER"},
            help="weighting: He, Xu, Cheng, arXiv 2502.18049; workflows: Dey, Donoho, arXiv "
            "2410.22812, and linear regression by Gerstgrasser and others, arXiv 2404.01413; "
            "verification: Yi, Liu, Cheng, Xu, arXiv 2510.16657.",
        ),
    ],
    figure: Annotated[
        list[str] | None,
        typer.Option(
            "--figure",
            metavar="FIGURE",
            help="A figure of the paper, such as 8 or diabetes, or a panel, such as 8a; may be "
            "given again. Default: all.",
        ),
    ] = None,
    scale: Annotated[
        str,
        typer.Option(
            "--scale",
            **one_of("quick", "paper"),
            help="quick: a minute on two processors for all; paper: the published sizes.",
        ),
    ] = "quick",
    seed: Seed = 0,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Reproduce a paper's experiments, and hold them to what it says; exit 1 if a check fails."""
    from ..papers import reproduce as reproduced

    with options_in_errors(figure="--figure"):
        reproduction = reproduced(paper, figures=figure, scale=scale, seed=seed, progress=None)
    if out is not None:
        reproduction.save(out)
    show(reproduction, as_json=as_json)
    if out is not None:
        files = sorted(path.name for path in out.glob("[fr]*.*"))
        tell_written(out, *files, f"{len(list(out.glob('*.nc')))} traces")
    if not reproduction.passed:
        raise typer.Exit(_FAILED_CHECK)
