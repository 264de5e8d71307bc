"""The one result of theory, simulation and real runs: metrics, and the call that made them."""

from .along_axis import sweep as sweep
from .content import sha256_of_table as sha256_of_table
from .installed import versions as versions
from .provenance import NotKept as NotKept
from .provenance import Provenance as Provenance
from .trace import QUANTILES as QUANTILES
from .trace import Trace as Trace
from .trace import weight_of as weight_of

__all__ = [
    "QUANTILES",
    "NotKept",
    "Provenance",
    "Trace",
    "sha256_of_table",
    "sweep",
    "versions",
]
