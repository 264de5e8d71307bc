"""What is sampled and fitted: pure functions on arrays, one family a file."""

from .._base.random import Random as Random
from .base import AcceptedRows as AcceptedRows
from .base import DrawsAccepted as DrawsAccepted
from .base import Fit as Fit
from .base import Model as Model
from .base import Status as Status
from .base import SufficientModel as SufficientModel
from .base import fitted as fitted
from .bernoulli import Bernoulli as Bernoulli
from .categorical import Categorical as Categorical
from .covariates import LabelledRows as LabelledRows
from .empirical_cdf import Atoms as Atoms
from .empirical_cdf import EmpiricalCDF as EmpiricalCDF
from .estimator import Estimator as Estimator
from .estimator import Predictions as Predictions
from .estimator import TableRows as TableRows
from .exponential import Exponential as Exponential
from .exponential_family import ExponentialFamily as ExponentialFamily
from .gamma import Gamma as Gamma
from .gaussian import Gaussian as Gaussian
from .gaussian import GaussianParameters as GaussianParameters
from .gaussian_mean import GaussianMean as GaussianMean
from .generalised_linear_model import GeneralisedLinearModel as GeneralisedLinearModel
from .linear_regression import LinearParameters as LinearParameters
from .linear_regression import LinearRegression as LinearRegression
from .linear_regression import LinearStatistic as LinearStatistic
from .location import Location as Location
from .logistic_regression import LogisticRegression as LogisticRegression
from .multinomial_regression import MultinomialRegression as MultinomialRegression
from .negative_binomial import NegativeBinomial as NegativeBinomial
from .newton import Family as Family
from .poisson import Poisson as Poisson
from .poisson_regression import PoissonRegression as PoissonRegression
from .relabelled_logistic_regression import LabelWeights as LabelWeights
from .relabelled_logistic_regression import (
    RelabelledLogisticRegression as RelabelledLogisticRegression,
)
from .relabelled_logistic_regression import RelabelledRows as RelabelledRows
from .ridge_regression import RidgeRegression as RidgeRegression
from .uniform_maximum import UniformMaximum as UniformMaximum
from .uniform_maximum import uniform_maximum_error as uniform_maximum_error

__all__ = [
    "AcceptedRows",
    "Atoms",
    "Bernoulli",
    "Categorical",
    "DrawsAccepted",
    "EmpiricalCDF",
    "Estimator",
    "Exponential",
    "ExponentialFamily",
    "Family",
    "Fit",
    "Gamma",
    "Gaussian",
    "GaussianMean",
    "GaussianParameters",
    "GeneralisedLinearModel",
    "LabelWeights",
    "LabelledRows",
    "LinearParameters",
    "LinearRegression",
    "LinearStatistic",
    "Location",
    "LogisticRegression",
    "Model",
    "MultinomialRegression",
    "NegativeBinomial",
    "Poisson",
    "PoissonRegression",
    "Predictions",
    "Random",
    "RelabelledLogisticRegression",
    "RelabelledRows",
    "RidgeRegression",
    "Status",
    "SufficientModel",
    "TableRows",
    "UniformMaximum",
    "fitted",
    "uniform_maximum_error",
]
