"""How many of the rows that pass a verifier are kept."""

import abc
from typing import Any

import equinox as eqx

from .base import Verifier


class Selection(eqx.Module):
    """What a generation does with its verifier: fill up to m accepted rows, or keep what passes.

    Attributes
    ----------
    verifier
        Which rows are accepted.
    """

    verifier: eqx.AbstractVar[Verifier]

    @abc.abstractmethod
    def describe(self) -> dict[str, Any]:
        """Say what it is, in a form that JSON holds."""
