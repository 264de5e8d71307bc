"""The command ``heirloom``: a file for each subcommand."""

from .application import app as app
from .entry import main as main

__all__ = ["app", "main"]
