"""How many of the rows that pass a verifier are kept."""

import abc
from typing import Any

from .base import Verifier


class Selection(abc.ABC):
    """What a generation does with its verifier: fill up to m accepted rows, or keep what passes.

    Attributes
    ----------
    verifier
        Which rows are accepted.
    """

    verifier: Verifier

    @abc.abstractmethod
    def describe(self) -> dict[str, Any]:
        """What it is, in a form that JSON holds."""
