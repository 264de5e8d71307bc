"""Many replicates of a model, generation after generation, under several workflows."""

from .replicates import simulate as simulate
from .replicates import simulate_paths as simulate_paths
from .replicates import trace_of_paths as trace_of_paths
from .summary import Paths as Paths

__all__ = ["Paths", "simulate", "simulate_paths", "trace_of_paths"]
