import pickle

import numpy as np
import pytest

import heirloom as hl
from heirloom._base.random import Random
from heirloom.models import Location, Status

DISTRIBUTIONS = ["normal", "laplace", "logistic", "student_t"]


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_rows_are_about_the_location(distribution):
    model = Location(distribution)
    location = np.array([3.0, -1e4])
    rows = model.sample(Random((1, 2), 2, dtype=np.float32), location, 40_000)
    plain = model.sample_real(Random((1, 2), 2, dtype=np.float32), 40_000)
    # To the precision of the noise, wherever the location is.
    np.testing.assert_allclose(rows - location[:, None], plain, rtol=1e-6, atol=1e-11)
    assert np.all(np.abs(np.median(plain, axis=1)) < 4 * np.sqrt(4 / 40_000))


@pytest.mark.parametrize("estimator", ["mean", "median", "trimmed", "huber"])
def test_a_fit_finds_each_location(estimator):
    """2,000 rows: a standard error of 0.03 to 0.04."""
    model, location = Location("logistic", estimator=estimator), np.array([-3.0, 0.0, 40.0])
    rows = model.sample(Random((1, 2), 3), location, 2000)
    fit = model.fit(rows, np.broadcast_to(1 / 2000, rows.shape), np.zeros(3))
    assert fit.status.tolist() == [Status.SOLVED] * 3
    np.testing.assert_allclose(fit.parameters, location, atol=0.15)
    error = model.metrics(fit.parameters)["error"]
    np.testing.assert_array_equal(error, fit.parameters**2)
    assert model.truth().shape == ()


@pytest.mark.parametrize(
    "estimator", ["median", pytest.param("trimmed", marks=pytest.mark.slow), "huber"]
)
@pytest.mark.parametrize("distribution", ["laplace", "student_t"])
def test_augmented_risk_is_universal(distribution, estimator):
    """2,000 paths of n = m = 1000: a standard error of 3 % of H₂(t + 1) at generation 5.

    The estimators are off their limit by 2 % at most, but the median of Laplace rows by 1.6/√n at
    generation 0.
    """
    model = Location(distribution, estimator=estimator)
    arguments = {"n_real": 1000, "n_synthetic": 1000, "generations": 5}
    trace = hl.simulate(model, "augment", replicates=2000, seed=1, **arguments).dataset
    scale = 1000 / model.row_variance()
    risk, spread = scale * trace["error"][0].values, scale * trace["error_se"][0].values
    limit = np.cumsum(1 / np.arange(1, 7) ** 2)
    exact = hl.theory.predict("augment", model=model, **arguments).dataset["error"][0]
    np.testing.assert_allclose(exact, limit / scale)
    off = 0.05 if (distribution, estimator) == ("laplace", "median") else 0.02
    assert np.all(np.abs(risk - limit) < off * limit + 3.5 * spread)
    assert not np.any(trace["failed"])
    # And it is neither that of generation 0 nor that of discard, which are 1 and 6.
    assert 1.3 < risk[5] < 1.7


@pytest.mark.parametrize(
    ("distribution", "workflows"),
    [
        ("normal", ["fresh:0.4", "augment"]),
        ("laplace", ["discard"]),
        ("logistic", ["fresh:0.4"]),
    ],
)
def test_the_mean_is_exact_for_few_rows(distribution, workflows):
    """20,000 paths: a standard error of 1 %."""
    model = Location(distribution)
    arguments = {"n_real": 7, "n_synthetic": 5, "generations": 4}
    trace = hl.simulate(model, workflows, replicates=20_000, seed=2, **arguments).dataset
    exact = hl.theory.predict(workflows, model=model, **arguments)
    assert exact.exact["error"] == list(exact.workflows)
    z = (trace["error"] - exact.dataset["error"]) / trace["error_se"]
    assert float(np.abs(z).max()) < 4


@pytest.mark.parametrize(
    ("estimator", "workflow", "dtype"),
    [
        ("median", "fresh:golden", np.float64),
        pytest.param("trimmed", "fresh:golden", np.float64, marks=pytest.mark.slow),
        pytest.param("huber", "fresh:golden", np.float64, marks=pytest.mark.slow),
        ("trimmed", "augment-subsample", np.float32),
    ],
)
def test_other_workflows_and_double_precision_run(estimator, workflow, dtype):
    """2,000 paths: the estimators at 60 rows are within a fifth of the limit."""
    model = Location("logistic", estimator=estimator)
    arguments = {"n_real": 60, "n_synthetic": 60, "generations": 3}
    trace = hl.simulate(model, workflow, replicates=2000, seed=3, dtype=dtype, **arguments)
    limit = hl.theory.predict(workflow, model=model, **arguments).dataset["error"]
    assert not np.any(trace.dataset["failed"])
    np.testing.assert_allclose(trace.dataset["error"], limit, rtol=0.2)


@pytest.mark.parametrize("degrees", [1.0, 2.0])
def test_rows_without_a_variance_have_a_median_but_no_mean(degrees):
    for estimator in ("median", "trimmed", "huber"):
        model = Location("student_t", degrees=degrees, estimator=estimator)
        assert np.isfinite(model.row_variance())
    message = f"estimator='mean': Student's t of degrees={degrees} has no variance"
    with pytest.raises(ValueError, match=message):
        Location("student_t", degrees=degrees)


def test_a_model_can_be_sent_to_another_process():
    model = pickle.loads(pickle.dumps(Location("student_t", estimator="huber", degrees=5)))
    assert (
        model.row_variance() == Location("student_t", estimator="huber", degrees=5).row_variance()
    )
    assert model.describe()["degrees"] == 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"distribution": "uniform"}, "distribution='uniform': must be one of normal, laplace, "),
        ({"estimator": "mode"}, "estimator='mode': must be one of mean, median, trimmed, huber"),
        ({"trim": 0.5}, "trim=0.5: must be a number above 0 and below 0.5"),
        ({"trim": 0.0}, "trim=0.0: must be"),
        ({"tuning": 0.0}, "tuning=0.0: must be a finite number above 0"),
        ({"tuning": np.inf}, "tuning=inf: must be"),
        (
            {"distribution": "student_t", "degrees": 0.5},
            "degrees=0.5: must be a finite number",
        ),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message) as error:
        Location(**{"distribution": "normal"} | arguments)
    assert "\n" not in str(error.value)
