"""Which data train each generation: descriptions only."""

from .accumulate_all import AccumulateAll as AccumulateAll
from .anchor_mix import AnchorMix as AnchorMix
from .augment import Augment as Augment
from .augment_subsample import AugmentSubsample as AugmentSubsample
from .base import Workflow as Workflow
from .custom import Custom as Custom
from .dataset import Dataset as Dataset
from .dataset import real as real
from .dataset import synthetic as synthetic
from .discard import Discard as Discard
from .fresh_mix import FreshMix as FreshMix
from .mixture import Mixture as Mixture
from .parser import as_workflow as as_workflow
from .parser import parse as parse
from .real_only import RealOnly as RealOnly
from .sizes import Sizes as Sizes

__all__ = [
    "AccumulateAll",
    "AnchorMix",
    "Augment",
    "AugmentSubsample",
    "Custom",
    "Dataset",
    "Discard",
    "FreshMix",
    "Mixture",
    "RealOnly",
    "Sizes",
    "Workflow",
    "as_workflow",
    "parse",
    "real",
    "synthetic",
]
