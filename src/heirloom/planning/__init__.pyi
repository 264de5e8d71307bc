from .advice import Plan as Plan
from .advice import plan as plan
from .auditing import Audit as Audit
from .auditing import Rate as Rate
from .auditing import audit as audit
from .ranking import Costs as Costs
from .ranking import RankedWorkflow as RankedWorkflow
from .ranking import Ranking as Ranking
from .ranking import rank as rank
from .verification import VerifierPlan as VerifierPlan

__all__ = [
    "Audit",
    "Costs",
    "Plan",
    "RankedWorkflow",
    "Ranking",
    "Rate",
    "VerifierPlan",
    "audit",
    "plan",
    "rank",
]
