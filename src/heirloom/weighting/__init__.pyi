from .row_weights import sample_weights as sample_weights
from .tuned_weight import TunedWeight as TunedWeight
from .tuning import tune_weight as tune_weight
from .weighing import WeighedTables as WeighedTables
from .weighing import weigh as weigh

__all__ = ["TunedWeight", "WeighedTables", "sample_weights", "tune_weight", "weigh"]
