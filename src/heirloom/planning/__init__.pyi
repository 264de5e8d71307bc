from .advice import Plan as Plan
from .advice import RankedWorkflow as RankedWorkflow
from .advice import plan as plan
from .comparison import ComparedWorkflow as ComparedWorkflow
from .comparison import Comparison as Comparison
from .comparison import compare as compare

__all__ = ["ComparedWorkflow", "Comparison", "Plan", "RankedWorkflow", "compare", "plan"]
