from .row_weights import sample_weights as sample_weights
from .tuned_weight import TunedWeight as TunedWeight
from .tuning import tune_weight as tune_weight

__all__ = ["TunedWeight", "sample_weights", "tune_weight"]
