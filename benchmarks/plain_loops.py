"""Logistic regression retrained generation after generation, as a user would write it.

Three ways, from the simplest to the most careful; none of them is heirloom's:

- ``scikit-learn``: a chain at a time, fitted by LogisticRegression without a penalty.
- ``NumPy Newton``: a chain at a time, fitted by Newton's method in a few lines of NumPy.
- ``batched NumPy``: Newton's method for many chains at once, on arrays with an axis of replicates.

Each generation has n fresh real rows and n synthetic rows (fresh:W), X of N(0, I).
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits
from timing import Stopwatch

_Float = npt.NDArray[np.float64]

# Newton's method ends when no coefficient moves by more: as precise as heirloom's single precision.
_TOLERANCE = 1e-4


def _labels(generator: np.random.Generator, predictor: _Float) -> _Float:
    return (generator.random(predictor.shape) < 1 / (1 + np.exp(-predictor))).astype(float)


def newton(design: _Float, label: _Float, weight: _Float, start: _Float) -> _Float:
    """Fit one dataset."""
    beta = start
    for _ in range(50):
        mean = 1 / (1 + np.exp(-design @ beta))
        gradient = (weight * (label - mean)) @ design
        information = (design * (weight * mean * (1 - mean))[:, None]).T @ design
        step = np.linalg.solve(information, gradient)
        beta = beta + step
        if np.abs(step).max() < _TOLERANCE:
            break
    return beta


def batched_newton(design: _Float, label: _Float, weight: _Float, start: _Float) -> _Float:
    """Fit a dataset of each replicate: (R, rows, p), (R, rows), (rows,) and (R, p)."""
    beta = start
    for _ in range(50):
        mean = 1 / (1 + np.exp(-np.einsum("rnp,rp->rn", design, beta)))
        gradient = np.einsum("rn,rnp->rp", weight * (label - mean), design)
        information = np.swapaxes(design * (weight * mean * (1 - mean))[:, :, None], 1, 2) @ design
        step = np.linalg.solve(information, gradient[:, :, None])[:, :, 0]
        beta = beta + step
        if np.abs(step).max() < _TOLERANCE:
            break
    return beta


def scikit_learn_fit(design: _Float, label: _Float, weight: _Float, start: _Float) -> _Float:
    """Fit one dataset."""
    from sklearn.linear_model import LogisticRegression

    estimator = LogisticRegression(C=np.inf, fit_intercept=False)
    # Weights of mean 1, as those of whole rows have.
    return estimator.fit(design, label, sample_weight=weight * len(weight)).coef_[0]


def _chain_at_a_time(fit: Callable[..., _Float]) -> Callable[..., tuple[Stopwatch, _Float]]:
    def run(
        truth: _Float, rows: int, weights: _Float, generations: int, replicates: int
    ) -> tuple[Stopwatch, _Float]:
        generator = np.random.default_rng(1)
        equal = np.full(rows, 1 / rows)
        error = np.zeros((len(weights), replicates))

        def data(beta: _Float) -> tuple[_Float, _Float]:
            design = generator.standard_normal((rows, len(truth)))
            return design, _labels(generator, design @ beta)

        fit(*data(truth), equal, truth)  # imports what it needs
        with threadpool_limits(1), Stopwatch() as watch:
            for i, w in enumerate(weights):
                of_rows = np.repeat([w, 1 - w], rows) / rows
                for replicate in range(replicates):
                    beta = fit(*data(truth), equal, truth)
                    for _ in range(generations):
                        real, synthetic = data(truth), data(beta)
                        design = np.concatenate([real[0], synthetic[0]])
                        label = np.concatenate([real[1], synthetic[1]])
                        beta = fit(design, label, of_rows, beta)
                    error[i, replicate] = np.sum((beta - truth) ** 2)
        return watch, error

    return run


def _many_chains_at_once(
    truth: _Float, rows: int, weights: _Float, generations: int, replicates: int
) -> tuple[Stopwatch, _Float]:
    generator = np.random.default_rng(1)
    equal = np.full(rows, 1 / rows)
    error = np.zeros((len(weights), replicates))

    def data(beta: _Float) -> tuple[_Float, _Float]:
        design = generator.standard_normal((replicates, rows, len(truth)))
        return design, _labels(generator, np.einsum("rnp,rp->rn", design, beta))

    at_truth = np.tile(truth, (replicates, 1))
    with threadpool_limits(1), Stopwatch() as watch:
        for i, w in enumerate(weights):
            of_rows = np.repeat([w, 1 - w], rows) / rows
            beta = batched_newton(*data(at_truth), equal, at_truth)
            for _ in range(generations):
                real, synthetic = data(at_truth), data(beta)
                design = np.concatenate([real[0], synthetic[0]], axis=1)
                label = np.concatenate([real[1], synthetic[1]], axis=1)
                beta = batched_newton(design, label, of_rows, beta)
            error[i] = np.sum((beta - truth) ** 2, axis=1)
    return watch, error


LOOPS: dict[str, Callable[..., tuple[Stopwatch, _Float]]] = {
    "scikit-learn": _chain_at_a_time(scikit_learn_fit),
    "NumPy Newton": _chain_at_a_time(newton),
    "batched NumPy": _many_chains_at_once,
}
"""Each takes the truth, rows, weights, generations and replicates, and gives its seconds and the
squared errors of the last generation, (weights, replicates)."""
