"""How the command starts and ends: exit status, and one line for what the user can mend."""

import _thread
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Timer, main_thread
from typing import Any, cast

import typer

from .application import app

_USAGE_ERROR = 2
_INTERRUPTED = 130


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


def _refuse(message: str, status: int) -> int:
    line = " ".join(message.split()) or "failed without a message"
    typer.echo(f"heirloom: {line}", err=True)
    return status


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
