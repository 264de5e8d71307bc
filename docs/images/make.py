"""Make the picture at the head of the README: `python docs/images/make.py`.

Logistic regression, n = m = 1,000: on the left what the workflows do to its error, on the right
what the weight of fresh real data does; theory dashed.
"""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np

import heirloom as hl

WORKFLOWS = ["discard", "augment-subsample", "augment", "real", "fresh:optimal", "real:accumulate"]
WEIGHTS = [f"fresh:{weight:.2f}" for weight in np.arange(0.2, 0.96, 0.03)]
ROWS = {"n_real": 1000, "n_synthetic": 1000}


def main() -> None:
    """Simulate, predict and draw."""
    model = hl.models.LogisticRegression([1.0, 1.0])
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.3), layout="constrained")
    for workflows, generations, draw, ax in (
        (WORKFLOWS, 30, hl.plots.plot_generations, left),
        (WEIGHTS, 40, hl.plots.plot_weights, right),
    ):
        sizes = {**ROWS, "generations": generations}
        trace = hl.simulate(model, workflows, **sizes, replicates=1000, seed=0)
        theory = hl.theory.predict(workflows, **sizes, variance=model.row_variance())
        draw(trace, theory=theory, ax=ax)
        ax.spines[["top", "right"]].set_visible(False)
    left.set_title("Which data train the next generation", fontsize="medium")
    right.set_title("How to weight fresh real against synthetic data", fontsize="medium")
    figure.savefig(Path(__file__).with_name("workflows-and-weights.png"), dpi=130)


if __name__ == "__main__":
    main()
