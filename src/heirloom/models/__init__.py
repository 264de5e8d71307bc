"""What is sampled and fitted: pure functions on arrays, one family a file."""

from .base import Fit as Fit
from .base import Model as Model
from .base import Status as Status
from .base import SufficientModel as SufficientModel
from .base import fitted as fitted
from .categorical import Categorical as Categorical
from .gaussian_mean import GaussianMean as GaussianMean
from .logistic_regression import LabelledRows as LabelledRows
from .logistic_regression import LogisticRegression as LogisticRegression

__all__ = [
    "Categorical",
    "Fit",
    "GaussianMean",
    "LabelledRows",
    "LogisticRegression",
    "Model",
    "Status",
    "SufficientModel",
    "fitted",
]
