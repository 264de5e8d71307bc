"""The command ``heirloom``."""

import _thread
import json
import math
import os
import re
import signal
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Timer, main_thread
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from ._base.result_table import ResultTable
    from .papers import Reproduction
    from .planning import Plan, RankedWorkflow

__all__ = ["app", "main"]

#: The Typer application; ``main`` runs it.
app = typer.Typer(
    name="heirloom",
    help="Recursive training on real and synthetic data: what keeps a model from collapsing.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_FAILED_CHECK = 1
_USAGE_ERROR = 2
_INTERRUPTED = 130


def _whole_number(text: str | int) -> int:
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a whole number.") from None


def _number_from(text: str | float) -> float:
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a number.") from None


AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command, and exit.

    What the user can mend (a wrong argument, a file that is not there) is said in one line on
    standard error, with exit status 2; an interruption exits with 130.

    Parameters
    ----------
    arguments
        Default: those of the process.
    """
    sys.unraisablehook = _deliver_interruption_again
    if sys.stdout is None:  # pyright: ignore[reportUnnecessaryComparison]: closed, as by `>&-`
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 (for the rest of the process)
    try:
        given = list(sys.argv[1:] if arguments is None else arguments)
        status = app(args=given or ["--help"], prog_name="heirloom", standalone_mode=False)
    except typer.TyperException as error:
        sys.exit(_refuse(error.format_message(), _USAGE_ERROR))
    except (typer.Abort, KeyboardInterrupt):
        status = _INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe has left (as `| head` does): there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except ImportError as error:
        if error.name is not None:
            # A fault of ours, or of the installation: not a missing extra, which names no module.
            raise
        sys.exit(_refuse(str(error), _USAGE_ERROR))
    except OSError as error:
        named = error.filename is not None and error.strerror is not None
        reason = f"'{error.filename}': {error.strerror}" if named else str(error)
        sys.exit(_refuse(reason, _USAGE_ERROR))
    except ValueError as error:
        sys.exit(_refuse(str(error), _USAGE_ERROR))
    except MemoryError:
        sys.exit(_refuse("out of memory: use fewer rows, generations or workflows", _USAGE_ERROR))
    if status == _INTERRUPTED:
        _refuse("interrupted; nothing was written", _INTERRUPTED)
    sys.exit(status if isinstance(status, int) else 0)


def _deliver_interruption_again(unraisable: Any) -> None:
    """Raise an interruption anew that came where Python drops exceptions.

    Where an interruption falls into a destructor, or into a callback at a collection of garbage, it
    would be printed and forgotten.
    """
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        # A little later, and from another thread: here it would be dropped again.
        Timer(0.1, _interrupt).start()
    else:
        sys.__unraisablehook__(unraisable)


def _interrupt() -> None:
    if hasattr(signal, "pthread_kill"):
        # A true signal ends a wait, too.
        signal.pthread_kill(cast(int, main_thread().ident), signal.SIGINT)
    else:
        _thread.interrupt_main()


@app.callback(invoke_without_command=True)
def version_option(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", is_eager=True)
    ] = False,
) -> None:
    """Recursive training on real and synthetic data: what keeps a model from collapsing."""
    if version:
        from importlib.metadata import version as version_of

        typer.echo(version_of("heirloom-ml"))
        raise typer.Exit


@app.command("plan")
def plan_command(
    real: Annotated[
        int,
        typer.Option(
            "--real", parser=_whole_number, metavar="INTEGER", help="Real rows at each generation."
        ),
    ],
    synthetic: Annotated[
        int,
        typer.Option(
            "--synthetic",
            parser=_whole_number,
            metavar="INTEGER",
            help="Synthetic rows at each generation.",
        ),
    ],
    initial: Annotated[
        int | None,
        typer.Option(
            "--initial",
            parser=_whole_number,
            metavar="INTEGER",
            help="Initial real rows. Default: as --real.",
        ),
    ] = None,
    generations: Annotated[
        int,
        typer.Option("--generations", parser=_whole_number, metavar="INTEGER", help="The horizon."),
    ] = 20,
    fresh: Annotated[
        bool | None,
        typer.Option(
            "--fresh/--reused",
            help="The real rows are new at every generation, or the same again. Default: fresh.",
        ),
    ] = None,
    keep: Annotated[
        bool | None,
        typer.Option("--keep/--no-keep", help="Old data can be kept, or not. Default: not said."),
    ] = None,
    every: Annotated[
        int,
        typer.Option(
            "--every",
            parser=_whole_number,
            metavar="INTEGER",
            help="Q: fresh real rows arrive at every Q-th generation only.",
        ),
    ] = 1,
    workflow: Annotated[
        list[str] | None,
        typer.Option(
            "--workflow",
            metavar="WORKFLOW",
            help="A workflow to rank, such as window:5 or subsample:100:accumulate-all; may be "
            "given again. Default: the named ones.",
        ),
    ] = None,
    cost_real: Annotated[
        float,
        typer.Option(
            "--cost-real",
            parser=_number_from,
            metavar="NUMBER",
            help="Cost of a real row that is collected.",
        ),
    ] = 0.0,
    cost_synthetic: Annotated[
        float,
        typer.Option(
            "--cost-synthetic",
            parser=_number_from,
            metavar="NUMBER",
            help="Cost of a synthetic row that is sampled.",
        ),
    ] = 0.0,
    cost_trained: Annotated[
        float,
        typer.Option(
            "--cost-trained",
            parser=_number_from,
            metavar="NUMBER",
            help="Cost of a row that a fit sees.",
        ),
    ] = 0.0,
    compute: Annotated[
        str,
        typer.Option(
            "--compute",
            metavar="HOW",
            help="epochs: a fit sees every row once; steps: as many rows as the first fit.",
        ),
    ] = "epochs",
    verifier_bias: Annotated[
        float | None,
        typer.Option(
            "--verifier-bias",
            parser=_number_from,
            metavar="NUMBER",
            help="Of a verifier of synthetic rows: distance of what it believes from the truth, "
            "in standard deviations of the noise.",
        ),
    ] = None,
    verifier_radius: Annotated[
        float | None,
        typer.Option(
            "--verifier-radius",
            parser=_number_from,
            metavar="NUMBER",
            help="With --verifier-bias: the radius of the ball that it knows.",
        ),
    ] = None,
    verifier_slack: Annotated[
        float | None,
        typer.Option(
            "--verifier-slack",
            parser=_number_from,
            metavar="NUMBER",
            help="What it allows for the noise. Default: 0.798.",
        ),
    ] = None,
    coefficients: Annotated[
        int | None,
        typer.Option(
            "--coefficients",
            parser=_whole_number,
            metavar="INTEGER",
            help="Coefficients of the regression that the verifier judges. Default: 1.",
        ),
    ] = None,
    figure: Annotated[
        Path | None,
        typer.Option(
            "--figure",
            metavar="FILE",
            help="Draw the ranking, and with costs the front, to this PNG, PDF or SVG file.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Rank workflows by exact relative risk, rows and cost, and say which weight to use."""
    from .planning.advice import plan

    made = plan(
        n_real=real,
        n_synthetic=synthetic,
        n_initial=initial,
        generations=generations,
        fresh=fresh,
        keep=keep,
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
    if figure is not None:
        _save_plan_figure(made, figure)
    if as_json:
        _print_json(made.to_json())
    else:
        _print_plan(made)


@app.command("compare")
def compare_command(
    table: Annotated[
        str,
        typer.Argument(
            metavar="TABLE", help="A CSV or Parquet file, or a built-in name such as breast_cancer."
        ),
    ],
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
    features: Annotated[
        str | None,
        typer.Option(
            "--features",
            metavar="A,B,C",
            help="Columns to use, with commas between. Default: all others.",
        ),
    ] = None,
    workflow: Annotated[
        list[str] | None,
        typer.Option(
            "--workflow",
            metavar="WORKFLOW",
            help="A workflow, such as discard, augment, fresh:0.6, fresh:optimal, anchor:0.5; "
            "may be given again. Default: the named ones.",
        ),
    ] = None,
    rows: Annotated[
        int | None,
        typer.Option(
            "--rows",
            parser=_whole_number,
            metavar="INTEGER",
            help="Fresh real rows at each generation. Default: 500.",
        ),
    ] = None,
    synthetic: Annotated[
        int | None,
        typer.Option(
            "--synthetic",
            parser=_whole_number,
            metavar="INTEGER",
            help="Synthetic rows. Default: as --rows.",
        ),
    ] = None,
    initial: Annotated[
        int | None,
        typer.Option(
            "--initial",
            parser=_whole_number,
            metavar="INTEGER",
            help="Initial real rows. Default: as --rows.",
        ),
    ] = None,
    generations: Annotated[
        int | None,
        typer.Option(
            "--generations",
            parser=_whole_number,
            metavar="INTEGER",
            help="How many. Default: 20; to relabel, 50.",
        ),
    ] = None,
    replicates: Annotated[
        int,
        typer.Option(
            "--replicates", parser=_whole_number, metavar="INTEGER", help="Independent repetitions."
        ),
    ] = 200,
    seed: Annotated[
        int,
        typer.Option(
            "--seed", parser=_whole_number, metavar="INTEGER", help="Same seed, same result."
        ),
    ] = 0,
    penalty: Annotated[
        float | None,
        typer.Option(
            "--penalty",
            parser=_number_from,
            metavar="NUMBER",
            help="L2 penalty beside the mean log-loss (not of a linear regression). "
            "Default: none, or a small one where the whole table has no fit without.",
        ),
    ] = None,
    protocol: Annotated[
        str,
        typer.Option(
            "--protocol",
            metavar="PROTOCOL",
            help="population: the table is the population that rows are drawn from. relabel: "
            "training rows whose labels are drawn anew, and test rows.",
        ),
    ] = "population",
    test_size: Annotated[
        float | None,
        typer.Option(
            "--test-size",
            parser=_number_from,
            metavar="NUMBER",
            help="To relabel: the share of test rows. Default: 0.3.",
        ),
    ] = None,
    split_seed: Annotated[
        int | None,
        typer.Option(
            "--split-seed",
            parser=_whole_number,
            metavar="INTEGER",
            help="To relabel: seed of scikit-learn's train_test_split. Default: 123456.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Write comparison.json, trace.nc and a figure to a new folder.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare workflows on a table: which keeps its error, against real rows alone."""
    from .comparison import compare
    from .files import require_new_folder

    if out is not None:
        require_new_folder(out)
    with _options_in_errors(
        n_real="--rows",
        n_synthetic="--synthetic",
        n_initial="--initial",
        protocol="--protocol",
        test_size="--test-size",
        split_seed="--split-seed",
    ):
        comparison = compare(
            table,
            target,
            column=column,
            model=model,
            features=_split(features),
            workflows=workflow or None,
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
    if out is not None:
        comparison.save(out)
    if as_json:
        _print_json(comparison.to_json())
    else:
        _print_result(comparison.table())
    if out is not None:
        _tell(f"Written to {out}: {', '.join(sorted(p.name for p in out.iterdir()))}")


@contextmanager
def _options_in_errors(**options: str) -> Generator[None]:
    """Write options in the place of parameters that the command calls otherwise."""
    try:
        yield
    except ValueError as error:
        # In quotation marks stands what the user wrote: a column may have such a name.
        parameters = rf"(?<!['\w])({'|'.join(options)})(?!['\w])"
        message = re.sub(parameters, lambda found: options[found[0]], str(error))
        raise ValueError(message) from error


@app.command("reproduce")
def reproduce_command(
    paper: Annotated[
        str,
        typer.Argument(
            metavar="PAPER",
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
            metavar="SCALE",
            help="quick: a minute on two processors for all; paper: the published sizes.",
        ),
    ] = "quick",
    seed: Annotated[
        int,
        typer.Option(
            "--seed", parser=_whole_number, metavar="INTEGER", help="Same seed, same result."
        ),
    ] = 0,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Write reproduction.json, the figures and the traces to a new folder.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Reproduce a paper's experiments, and hold them to what it says; exit 1 if a check fails."""
    from .files import require_new_folder
    from .papers import reproduce

    if out is not None:
        require_new_folder(out)
    reproduction = reproduce(paper, figures=figure, scale=scale, seed=seed, progress=None)
    if out is not None:
        reproduction.save(out)
    if as_json:
        _print_json(reproduction.to_json())
    else:
        _print_reproduction(reproduction)
    if out is not None:
        _tell(
            f"Written to {out}: {', '.join(sorted(p.name for p in out.glob('[fr]*.*')))} and "
            f"{len(list(out.glob('*.nc')))} traces"
        )
    if not reproduction.passed:
        raise typer.Exit(_FAILED_CHECK)


def _split(names: str | None) -> list[str] | None:
    return None if names is None else [name.strip() for name in names.split(",") if name.strip()]


def _print_plan(made: "Plan") -> None:
    console = _console()
    arriving = f" (arriving every {made.every} generations)" if made.every > 1 else ""
    console.print(
        f"{made.n_real:,} real{arriving} and {made.n_synthetic:,} synthetic rows a generation, "
        f"{made.n_initial:,} initial; risk after {made.generations} generations"
        f"{f' (mean of the last {made.every})' if made.every > 1 else ''}, relative to the first "
        "model\n",
        highlight=False,
    )
    table = Table(box=None, pad_edge=False)
    table.add_column("workflow", no_wrap=True)
    costs = made.ranking.costs.given
    numbers = (
        *("risk", "in the long run", "weight", "worth real rows"),
        *("real", "generated", "trained"),
        *["cost"] * costs,
    )
    for name in numbers:
        table.add_column(name, justify="right")
    if costs:
        table.add_column("")
    table.add_column("needs")
    for line in made.workflows:
        table.add_row(
            _short(line.workflow.text),
            f"{line.relative_risk:.4g}",
            _long_run(line),
            "" if line.weight is None else f"{line.weight:.4g}",
            f"{line.effective_rows:,.0f}",
            f"{line.real_rows:,}",
            f"{line.generated_rows:,}",
            f"{line.trained_rows:,}",
            *([f"{line.cost:,.6g}", "front" if line.efficient else ""] if costs else []),
            ", ".join(need.removesuffix(" data") for need in line.needs),
            style=None if line.possible else "dim",
        )
    _print_table(console, table)
    console.print(f"\nUse: {_short(made.recommended.workflow.text)}", style="bold", highlight=False)
    for sentence in made.advice:
        console.print(f"- {sentence}", highlight=False, markup=False)
    if made.verification is not None:
        console.print("\nWith the verifier", style="bold", highlight=False)
        for sentence in made.verification.advice:
            console.print(f"- {sentence}", highlight=False, markup=False)


def _print_result(table: "ResultTable") -> None:
    typer.echo(table.to_text(_console().width))


def _print_reproduction(reproduction: "Reproduction") -> None:
    console = _console()
    table = Table(box=None, pad_edge=False)
    numbers = ("expected", "got", "± se", "tolerance")
    for name in ("check", "", "expected", "by", "got", "± se", "tolerance", ""):
        table.add_column(name, justify="right" if name in numbers else "left")
    for check in reproduction.checks:
        table.add_row(
            check.name,
            _RELATIONS[check.relation],
            _number(check.expected),
            check.source,
            _number(check.got),
            "" if math.isnan(check.se) else f"{check.se:.2g}",
            f"{check.tolerance:.2g}" if check.tolerance else "",
            "pass" if check.passed else "FAIL",
            style=None if check.passed else "bold red",
        )
    _print_table(console, table)
    failed = sum(not check.passed for check in reproduction.checks)
    console.print(
        f"\n{len(reproduction.checks)} checks, {failed or 'none'} failed. A check passes within "
        "four standard errors and the tolerance.",
        highlight=False,
    )
    for note in reproduction.notes:
        console.print(f"- {note}", highlight=False, markup=False)


def _long_run(line: "RankedWorkflow") -> str:
    if line.collapses:
        return f"collapses, {line.long_run.pace}"
    return "unknown" if math.isnan(line.limit) else f"{line.limit:.4g}"


_RELATIONS = {"=": "", ">=": "≥", "<=": "≤"}


def _short(workflow: str) -> str:
    """Write a workflow with its weight to four digits."""
    name, colon, argument = workflow.rpartition(":")
    try:
        return f"{name}{colon}{float(argument):.4g}"
    except ValueError:
        return workflow


def _number(value: float, digits: int = 4) -> str:
    if math.isinf(value):
        return "infinite"
    return "none" if math.isnan(value) else f"{value:.{digits}g}"


def _save_plan_figure(made: "Plan", path: Path) -> None:
    import io

    import matplotlib.pyplot as plt

    from .files import write_atomically
    from .plots import plot_generations

    kinds = (".png", ".pdf", ".svg")
    if not path.parent.is_dir() or path.is_dir():
        raise ValueError(f"figure='{path}': name a file in a folder that exists")
    if path.suffix.lower() not in kinds:
        raise ValueError(f"figure='{path}': the name must end in {', '.join(kinds)}")
    with_front = made.ranking.costs.given
    picture, axes = plt.subplots(
        1,
        1 + with_front,
        figsize=(13.6 if with_front else 7.2, 4.2),
        layout="constrained",
        squeeze=False,
    )
    plot_generations(made.trace(), ax=axes[0, 0])
    axes[0, 0].set_ylabel("Relative risk")
    if with_front:
        made.ranking.plot(axes[0, 1])
    for ax in axes.flat:
        ax.spines[["top", "right"]].set_visible(False)
    picture.suptitle(
        f"{made.n_real:,} real and {made.n_synthetic:,} synthetic rows a generation",
        fontsize="medium",
    )
    buffer = io.BytesIO()
    picture.savefig(buffer, format=path.suffix.lower()[1:], dpi=150)
    plt.close("all")
    write_atomically(path, buffer.getvalue())
    _tell(f"Written to {path}")


def _print_json(value: dict[str, Any]) -> None:
    typer.echo(json.dumps(value, allow_nan=False))


def _console() -> Console:
    # Piped output keeps whole lines rather than wrap at eighty columns.
    # A workflow's text, such as subsample:100:augment, is no emoji.
    return Console(width=None if sys.stdout.isatty() else 1000, emoji=False)


def _print_table(console: Console, table: Table) -> None:
    with console.capture() as captured:
        console.print(table)
    typer.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))


def _tell(message: str) -> None:
    typer.echo(message, err=True)


def _refuse(message: str, status: int) -> int:
    line = " ".join(message.split()) or "failed without a message"
    typer.echo(f"heirloom: {line}", err=True)
    return status


if __name__ == "__main__":
    main()
