from . import datasets as datasets
from . import models as models
from . import plots as plots
from . import tables as tables
from . import testing as testing
from . import theory as theory
from . import verifiers as verifiers
from . import workflows as workflows
from .bibliography import citation as citation
from .planning import Audit as Audit
from .planning import Comparison as Comparison
from .planning import Plan as Plan
from .planning import Ranking as Ranking
from .planning import TunedWeight as TunedWeight
from .planning import audit as audit
from .planning import compare as compare
from .planning import plan as plan
from .planning import rank as rank
from .planning import sample_weights as sample_weights
from .planning import tune_weight as tune_weight
from .simulation import simulate as simulate
from .trace import Trace as Trace
from .version import __version__ as __version__

__all__ = [
    "Audit",
    "Comparison",
    "Plan",
    "Ranking",
    "Trace",
    "TunedWeight",
    "audit",
    "citation",
    "compare",
    "datasets",
    "models",
    "plan",
    "plots",
    "rank",
    "sample_weights",
    "simulate",
    "tables",
    "testing",
    "theory",
    "tune_weight",
    "verifiers",
    "workflows",
]
