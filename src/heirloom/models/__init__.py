"""What is sampled and fitted: pure functions on arrays, one family a file."""

from .base import Fit as Fit
from .base import Model as Model
from .base import Status as Status
from .base import SufficientModel as SufficientModel
from .base import fitted as fitted
from .categorical import Categorical as Categorical
from .covariates import LabelledRows as LabelledRows
from .empirical_cdf import Atoms as Atoms
from .empirical_cdf import EmpiricalCDF as EmpiricalCDF
from .gaussian import Gaussian as Gaussian
from .gaussian import GaussianParameters as GaussianParameters
from .gaussian_mean import GaussianMean as GaussianMean
from .generalised_linear_model import GeneralisedLinearModel as GeneralisedLinearModel
from .linear_regression import LinearParameters as LinearParameters
from .linear_regression import LinearRegression as LinearRegression
from .linear_regression import LinearStatistic as LinearStatistic
from .logistic_regression import LogisticRegression as LogisticRegression
from .poisson_regression import PoissonRegression as PoissonRegression

__all__ = [
    "Atoms",
    "Categorical",
    "EmpiricalCDF",
    "Fit",
    "Gaussian",
    "GaussianMean",
    "GaussianParameters",
    "GeneralisedLinearModel",
    "LabelledRows",
    "LinearParameters",
    "LinearRegression",
    "LinearStatistic",
    "LogisticRegression",
    "Model",
    "PoissonRegression",
    "Status",
    "SufficientModel",
    "fitted",
]
