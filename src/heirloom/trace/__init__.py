"""The one result of theory, simulation and real runs: metrics, and the call that made them."""

from .along_axis import sweep as sweep
from .argument_form import ArgumentWriter as ArgumentWriter
from .content import sha256_of_table as sha256_of_table
from .dataset import QUANTILES as QUANTILES
from .dataset import weight_of as weight_of
from .installed import versions as versions
from .provenance import NotKept as NotKept
from .provenance import Provenance as Provenance
from .trace import Trace as Trace

__all__ = [
    "QUANTILES",
    "ArgumentWriter",
    "NotKept",
    "Provenance",
    "Trace",
    "sha256_of_table",
    "sweep",
    "versions",
]
