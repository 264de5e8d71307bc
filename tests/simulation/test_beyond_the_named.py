"""Graphs, windows, subsamples and arrivals: simulation against exact theory."""

import numpy as np
import pytest

import heirloom as hl
from heirloom.workflows import Arrivals, Custom, Graph, real, synthetic

SIZES = {"n_real": Arrivals(100, 2), "n_synthetic": lambda t: 50 + 10 * t, "generations": 6}
PAIR = Graph(
    {"student": "discard", "teacher": "fresh:0.5"},
    sources={"student": "teacher", "teacher": "student"},
)
THREE = Graph(
    {"a": "augment", "b": "anchor:0.4", "c": "window:2"},
    sources={"a": {"b": 0.5, "c": 0.5}, "b": "a", "c": {"c": 0.3, "a": 0.7}},
    label="three",
    shared_real=True,
)
DRAWING = Graph(
    {"a": "augment-subsample", "b": "real:accumulate"}, sources={"a": "b", "b": "a"}, label="draw"
)
RESAMPLING = Graph(
    {"a": "augment-subsample:replacement", "b": "augment"},
    sources={"a": "b", "b": "a"},
    label="resample",
)


def remember_the_best(t):
    recent = [synthetic(s) for s in range(max(1, t - 1), t + 1)]
    return {real(0): 0.5} | {dataset: 0.5 / len(recent) for dataset in recent}


WORKFLOWS = [
    *PAIR.members,
    *THREE.members,
    *DRAWING.members,
    *RESAMPLING.members,
    "window:3",
    "subsample:50:accumulate-all",
    "subsample:150,replacement:window:2",
    "fresh:0.5",
    "real",
    Custom(remember_the_best),
]


@pytest.mark.parametrize("model", [hl.models.GaussianMean([0.0], 1.0)], ids=["mean"])
def test_simulation_agrees_with_theory(model) -> None:
    """By z-score, at every generation of every workflow, from 8,000 replicates."""
    simulated = hl.simulate(model, WORKFLOWS, **SIZES, replicates=8000, seed=5)
    predicted = hl.theory.predict(WORKFLOWS, **SIZES, model=model)
    z = (simulated.dataset["error"] - predicted.dataset["error"]) / simulated.dataset["error_se"]
    assert float(np.abs(z).max()) < 4
    assert bool(predicted.dataset["error_exact"].all())


def test_models_of_a_graph_are_of_one_chain() -> None:
    """Asked for alone or beside the others, a member is the same, to the last bit."""
    model = hl.models.Categorical([0.2, 0.8])
    both = hl.simulate(model, PAIR.members, **SIZES, replicates=50, seed=1)
    alone = hl.simulate(model, PAIR["teacher"], **SIZES, replicates=50, seed=1)
    np.testing.assert_array_equal(both.dataset["error"][1], alone.dataset["error"][0])


def test_a_whole_fit_beside_draws_uses_each_dataset_by_itself() -> None:
    """The covariance of several datasets is the mean of theirs, also where others draw rows."""
    model = hl.models.Gaussian([0.0], [[1.0]])
    member = DRAWING["b"]
    simulated = hl.simulate(model, member, **SIZES, replicates=4000, seed=2)
    predicted = hl.theory.predict("real:accumulate", **SIZES, model=model)
    z = (
        simulated.dataset["covariance_error"][0] - predicted.dataset["covariance_error"][0]
    ) / simulated.dataset["covariance_error_se"][0]
    assert float(np.abs(z).max()) < 4


def test_a_failure_of_one_model_reaches_those_that_read_it() -> None:
    """Frozen students fail with their teacher one generation later, and not before."""
    model = hl.models.Gaussian([0.0], [[1.0]])
    pair = Graph({"a": "real", "b": "discard"}, sources={"a": "b", "b": "a"})
    trace = hl.simulate(
        model,
        pair.members,
        n_real=[5, 1, 5, 5],
        n_synthetic=5,
        n_initial=5,
        generations=4,
        replicates=4,
        seed=0,
    )
    failed = trace.dataset["failed"].values
    np.testing.assert_array_equal(failed, [[0, 0, 1, 0, 0], [0, 0, 0, 1, 0]])
