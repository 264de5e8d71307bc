from .advice import Plan as Plan
from .advice import plan as plan
from .auditing import Audit as Audit
from .auditing import Rate as Rate
from .auditing import audit as audit
from .comparison import ComparedWorkflow as ComparedWorkflow
from .comparison import Comparison as Comparison
from .comparison import compare as compare
from .ranking import Costs as Costs
from .ranking import RankedWorkflow as RankedWorkflow
from .ranking import Ranking as Ranking
from .ranking import rank as rank
from .relabelling import RelabelledComparison as RelabelledComparison
from .relabelling import RelabelledWorkflow as RelabelledWorkflow
from .row_weights import sample_weights as sample_weights
from .tuning import TunedWeight as TunedWeight
from .tuning import tune_weight as tune_weight
from .verification import VerifierPlan as VerifierPlan
from .weighing import WeighedTables as WeighedTables
from .weighing import weigh as weigh

__all__ = [
    "Audit",
    "ComparedWorkflow",
    "Comparison",
    "Costs",
    "Plan",
    "RankedWorkflow",
    "Ranking",
    "Rate",
    "RelabelledComparison",
    "RelabelledWorkflow",
    "TunedWeight",
    "VerifierPlan",
    "WeighedTables",
    "audit",
    "compare",
    "plan",
    "rank",
    "sample_weights",
    "tune_weight",
    "weigh",
]
