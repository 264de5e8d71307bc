"""Measure what the docstring of ``heirloom.tune_weight`` states.

Run as ``python docs/measured/tune_weight.py``; it takes a few minutes on one core, and prints

- n · (squared error of the coefficients) by the rule that chose the weight;
- for some weights, the mean square of ``difference_se`` over the variance of the difference from
  the score at w*.
"""

import sys

import numpy as np
from sklearn.linear_model import LinearRegression

import heirloom as hl

REPETITIONS = 400
N_REAL, N_SYNTHETIC, COVARIATES = 200, 2000, 3
STEPS = np.linspace(0, 1, 11)
WEIGHTS = [*STEPS.tolist(), "optimal"]


def rows_of(rng, rows, coefficients, shift=0.0):
    """Draw covariates and targets of a linear model with an intercept."""
    X = rng.normal(size=(rows, COVARIATES))
    return X, coefficients[0] + shift + X @ coefficients[1:] + rng.normal(size=rows)


def coefficients_of(real, synthetic, weights):
    """Fit least squares to weighted real and synthetic rows."""
    X, y = (np.concatenate(pair) for pair in zip(real, synthetic, strict=True))
    fit = LinearRegression().fit(X, y, sample_weight=np.concatenate(weights))
    return np.array([fit.intercept_, *fit.coef_])


def repetition(shift, seed, n_real, n_synthetic):
    """Draw real rows, and synthetic rows of a generator that learned from as many others."""
    truth, rng = np.ones(1 + COVARIATES), np.random.default_rng([seed, round(10 * shift)])
    nothing = (np.zeros((0, COVARIATES)), np.zeros(0))
    learned_from = rows_of(rng, n_real, truth)
    generator = coefficients_of(learned_from, nothing, hl.sample_weights(n_real, 0))
    return rows_of(rng, n_real, truth), rows_of(rng, n_synthetic, generator, shift)


def errors_of_rules(shift):
    """Squared error of the coefficients times n, by rule and repetition."""
    errors = {rule: [] for rule in ("standard-error", "best", "at w*", "real only")}
    for seed in range(REPETITIONS):
        real, synthetic = repetition(shift, seed, N_REAL, N_SYNTHETIC)
        tuned = hl.tune_weight(
            LinearRegression(), real, synthetic, weights=WEIGHTS, repeats=2, seed=seed
        )
        chosen = (tuned.weight, tuned.best, tuned.optimal, 1.0)
        for rule, weight in zip(errors, chosen, strict=True):
            weights = hl.sample_weights(N_REAL, N_SYNTHETIC, weight)
            fit = coefficients_of(real, synthetic, weights)
            errors[rule].append(N_REAL * np.sum((fit - 1) ** 2))
    return errors


def estimate_over_variance(weight, n_real, n_synthetic):
    """Mean square of ``difference_se`` over the variance of what it is the error of."""
    differences, estimates = [], []
    for seed in range(REPETITIONS):
        real, synthetic = repetition(0.0, seed, n_real, n_synthetic)
        tuned = hl.tune_weight(
            LinearRegression(), real, synthetic, weights=[weight, "optimal"], seed=seed
        )
        # Of two weights one is the best, so that the other's line is on their difference.
        scores = tuned.scores.set_index("weight")
        differences.append(scores["score"][weight] - scores["score"][tuned.optimal])
        estimates.append(tuned.scores["difference_se"].max() ** 2)
    return np.mean(estimates) / np.var(differences, ddof=1)


def main():
    """Print both tables."""
    for name, shift in (("unbiased", 0.0), ("0.3 too high", 0.3), ("1 too high", 1.0)):
        cells = [
            f"{rule} {np.mean(of_rule):.2f} ± {np.std(of_rule, ddof=1) / REPETITIONS**0.5:.2f}"
            for rule, of_rule in errors_of_rules(shift).items()
        ]
        sys.stdout.write(f"{name}: {'  '.join(cells)}\n")
    for n_real, n_synthetic in ((200, 2000), (200, 200)):
        ratios = [
            f"{weight:g}: {estimate_over_variance(weight, n_real, n_synthetic):.2f}"
            for weight in (0.0, 0.1, 0.9, 1.0)
        ]
        sys.stdout.write(f"n = {n_real}, m = {n_synthetic}: {'  '.join(ratios)}\n")


if __name__ == "__main__":
    main()
