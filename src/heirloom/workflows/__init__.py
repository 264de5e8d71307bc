"""Which data train each generation: descriptions only."""

from .accumulate_all import AccumulateAll as AccumulateAll
from .anchor_mix import AnchorMix as AnchorMix
from .arrivals import Arrivals as Arrivals
from .at_arrivals import AtArrivals as AtArrivals
from .augment import Augment as Augment
from .augment_subsample import AugmentSubsample as AugmentSubsample
from .base import Workflow as Workflow
from .custom import Custom as Custom
from .dataset import Dataset as Dataset
from .dataset import real as real
from .dataset import synthetic as synthetic
from .discard import Discard as Discard
from .exponential_forgetting import ExponentialForgetting as ExponentialForgetting
from .fresh_mix import FreshMix as FreshMix
from .graph import Graph as Graph
from .graph import GraphMember as GraphMember
from .lineage import DataUse as DataUse
from .lineage import Lineage as Lineage
from .long_run_law import LongRunLaw as LongRunLaw
from .mixture import Mixture as Mixture
from .parser import as_workflow as as_workflow
from .parser import parse as parse
from .parser import syntaxes as syntaxes
from .pool import Pool as Pool
from .real_only import RealOnly as RealOnly
from .sizes import Sizes as Sizes
from .subsample import Subsample as Subsample
from .two_sources import TwoSources as TwoSources
from .usage import Usage as Usage
from .window import Window as Window

__all__ = [
    "AccumulateAll",
    "AnchorMix",
    "Arrivals",
    "AtArrivals",
    "Augment",
    "AugmentSubsample",
    "Custom",
    "DataUse",
    "Dataset",
    "Discard",
    "ExponentialForgetting",
    "FreshMix",
    "Graph",
    "GraphMember",
    "Lineage",
    "LongRunLaw",
    "Mixture",
    "Pool",
    "RealOnly",
    "Sizes",
    "Subsample",
    "TwoSources",
    "Usage",
    "Window",
    "Workflow",
    "as_workflow",
    "parse",
    "real",
    "syntaxes",
    "synthetic",
]
