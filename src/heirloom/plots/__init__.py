"""Figures of traces: each takes a trace, or its xarray dataset, and Matplotlib's axes."""

from .front import plot_front as plot_front
from .generations import plot_generations as plot_generations
from .landscape import plot_landscape as plot_landscape
from .series import HasDataset as HasDataset
from .sweep import plot_sweep as plot_sweep
from .weights import fresh_weights_of as fresh_weights_of
from .weights import plot_weights as plot_weights

__all__ = [
    "HasDataset",
    "fresh_weights_of",
    "plot_front",
    "plot_generations",
    "plot_landscape",
    "plot_sweep",
    "plot_weights",
]
