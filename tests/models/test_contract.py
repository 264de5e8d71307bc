"""Every model that heirloom offers keeps to the contract that it holds a user's model to."""

import inspect
import pickle
from typing import Any, NamedTuple

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression as LeastSquares
from sklearn.linear_model import LogisticRegression as Classifier

from heirloom import models
from heirloom.models import Model
from heirloom.testing import check_model
from heirloom.trace import Provenance

TABLE = np.column_stack([np.ones(40), np.random.default_rng(0).standard_normal((40, 2))])
RESPONSES = TABLE @ [0.2, 0.5, -0.4] + np.random.default_rng(1).standard_normal(40)
COEFFICIENTS = np.linalg.lstsq(TABLE, RESPONSES)[0]
LABELS = np.arange(40) % 3 == 0
CLASSES = [[0.2, 0.5, -0.4], [0.0, -0.5, 0.1], [0.0, 0.0, 0.0]]


class Example(NamedTuple):
    """A model, and how many rows it takes to fit half of them."""

    model: Model
    rows: int = 20


EXAMPLES: dict[type[Model], dict[str, Example]] = {
    models.Bernoulli: {"": Example(models.Bernoulli(0.4))},
    models.Categorical: {"": Example(models.Categorical([0.5, 0.3, 0.2, 0.0]))},
    models.EmpiricalCDF: {
        "density": Example(models.EmpiricalCDF("normal")),
        "column": Example(models.EmpiricalCDF([1.0, 1.0, 2.0, 5.0])),
    },
    models.Estimator: {
        "regressor": Example(
            models.Estimator(LeastSquares(), TABLE, RESPONSES, coefficients="coef_")
        ),
        "counts": Example(
            models.Estimator(LeastSquares(), TABLE, truth=np.full(40, 20.0), noise="poisson")
        ),
        "classifier": Example(models.Estimator(Classifier(), TABLE, LABELS), rows=80),
        "fixed design": Example(
            models.Estimator(LeastSquares(), TABLE, RESPONSES, resample=False), rows=40
        ),
    },
    models.Exponential: {"": Example(models.Exponential(2.0))},
    models.Gamma: {"": Example(models.Gamma(2.0, 3.0))},
    models.Gaussian: {
        "": Example(models.Gaussian([1.0, -1.0], [[2.0, 0.5], [0.5, 1.0]])),
        "number": Example(models.Gaussian(1.0, 4.0)),
    },
    models.GaussianMean: {
        "": Example(models.GaussianMean([1.0, -1.0], [[2.0, 0.5], [0.5, 1.0]])),
        "singular": Example(models.GaussianMean([0.0, 0.0], [[1.0, 1.0], [1.0, 1.0]])),
    },
    models.LinearRegression: {
        "": Example(models.LinearRegression([1.0, -2.0])),
        "noise": Example(models.LinearRegression([1.0, -2.0], estimate_noise=True)),
        "table": Example(models.LinearRegression(COEFFICIENTS, design=TABLE, responses=RESPONSES)),
        "fixed design": Example(
            models.LinearRegression(COEFFICIENTS, design=TABLE, resample=False), rows=40
        ),
        "fixed design, noise": Example(
            models.LinearRegression(
                COEFFICIENTS, design=TABLE, resample=False, estimate_noise=True, noise_scale=0.5
            ),
            rows=40,
        ),
    },
    models.Location: {
        f"{estimator} of {distribution}": Example(
            models.Location(distribution, estimator=estimator), rows=21
        )
        for distribution, estimator in (
            ("normal", "mean"),
            ("laplace", "median"),
            ("logistic", "trimmed"),
            ("student_t", "huber"),
        )
    },
    models.LogisticRegression: {
        "": Example(models.LogisticRegression([1.0, 0.5]), rows=80),
        "table": Example(
            models.LogisticRegression(COEFFICIENTS, design=TABLE, penalty=0.1), rows=40
        ),
    },
    models.MultinomialRegression: {
        "": Example(models.MultinomialRegression(CLASSES, design=TABLE), rows=60),
        "table": Example(
            models.MultinomialRegression(
                CLASSES, design=TABLE, responses=np.arange(40) % 3, penalty=0.1
            ),
            rows=40,
        ),
    },
    models.NegativeBinomial: {"": Example(models.NegativeBinomial(3.0, 2.0))},
    models.Poisson: {"": Example(models.Poisson(3.0))},
    models.PoissonRegression: {
        "": Example(models.PoissonRegression([0.5, 0.5]), rows=40),
        "table": Example(models.PoissonRegression(COEFFICIENTS, design=TABLE), rows=40),
    },
    models.RelabelledLogisticRegression: {
        "": Example(
            models.RelabelledLogisticRegression(
                COEFFICIENTS, TABLE, LABELS, test_design=TABLE, test_responses=LABELS, penalty=0.1
            ),
            rows=40,
        )
    },
    models.RidgeRegression: {
        "": Example(models.RidgeRegression([1.0, -2.0], penalty=0.1)),
        "fixed design": Example(
            models.RidgeRegression(COEFFICIENTS, penalty=0.1, design=TABLE, resample=False), rows=40
        ),
    },
    models.UniformMaximum: {"": Example(models.UniformMaximum(2.0))},
}
ALL = {
    f"{kind.__name__} {name}".strip(): example
    for kind, examples in EXAMPLES.items()
    for name, example in examples.items()
}

every_example = pytest.mark.parametrize("example", ALL.values(), ids=ALL)


def test_every_model_that_the_package_offers_has_an_example() -> None:
    offered = {
        value
        for name in models.__all__
        if inspect.isclass(value := getattr(models, name))
        and issubclass(value, Model)
        and not inspect.isabstract(value)
    }
    assert offered == set(EXAMPLES)


@every_example
def test_it_keeps_to_the_contract(example: Example) -> None:
    check_model(example.model, rows=example.rows)


@every_example
def test_a_trace_keeps_it_whole(example: Example) -> None:
    call = Provenance.of_call(None, {"model": example.model})
    again = Provenance.of_call(None, call.arguments())
    assert call.differences(again) == []


@every_example
def test_it_can_be_sent_to_another_process(example: Example) -> None:
    again: Any = pickle.loads(pickle.dumps(example.model))
    assert again.describe() == example.model.describe()
