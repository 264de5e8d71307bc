"""Logistic regression under thirty weights: heirloom against the plain scikit-learn loop.

n = m = 100, p = 2, β = (1, 1), fifty generations, fresh:0.20 … fresh:0.78 on common random numbers.
Each part runs in a process of its own, one after the other, on the same machine in the same run;
the loop is one thread. What is compared is processor time per replicate-generation: one fit, the
rows that it is fitted on, and its error.

    python benchmarks/bench_simulate.py [--replicates 1000] [--loops 3]
"""

import argparse
from dataclasses import dataclass

import numpy as np
from timing import Stopwatch, in_own_process, peak_memory

WEIGHTS = np.round(np.arange(0.20, 0.79, 0.02), 2)
ROWS = 100
GENERATIONS = 50
TRUTH = np.array([1.0, 1.0])


@dataclass(frozen=True)
class Timing:
    """What one part took.

    Attributes
    ----------
    name
        The part.
    fits
        Replicate-generations: replicates × weights × generations.
    wall, processor
        Seconds, without compilation.
    first
        Wall seconds of the first call, with compilation; 0 for the loop, which has none.
    memory
        Peak resident memory of the process, MiB.
    error, error_se
        Squared error at the last generation, the mean over weights and replicates; its standard
        error (for heirloom, whose weights share their replicates, the most that it can be).
    """

    name: str
    fits: int
    wall: float
    processor: float
    first: float
    memory: float
    error: float
    error_se: float

    @property
    def microseconds(self) -> float:
        """Processor time per replicate-generation."""
        return 1e6 * self.processor / self.fits


def simulate_with_heirloom(replicates: int) -> Timing:
    import heirloom as hl

    model = hl.models.LogisticRegression(TRUTH)
    workflows = [hl.workflows.FreshMix(float(weight)) for weight in WEIGHTS]

    def run(seed: int):
        return hl.simulate(
            model,
            workflows,
            n_real=ROWS,
            n_synthetic=ROWS,
            generations=GENERATIONS,
            replicates=replicates,
            seed=seed,
        )

    with Stopwatch() as first:
        run(0)
    with Stopwatch() as watch:
        trace = run(1)
    return Timing(
        "heirloom",
        replicates * len(WEIGHTS) * GENERATIONS,
        watch.wall,
        watch.processor,
        first.wall,
        peak_memory(),
        float(trace.dataset["error"][:, -1].mean()),
        float(trace.dataset["error_se"][:, -1].mean()),
    )


def loop_with_scikit_learn(replicates: int) -> Timing:
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    generator = np.random.default_rng(1)
    error = np.zeros((len(WEIGHTS), replicates))

    def rows(coefficients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        design = generator.normal(size=(ROWS, len(TRUTH)))
        probability = 1 / (1 + np.exp(-design @ coefficients))
        return design, (generator.random(ROWS) < probability).astype(float)

    def fit(design: np.ndarray, label: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
        estimator = LogisticRegression(C=np.inf, fit_intercept=False)
        return estimator.fit(design, label, sample_weight=weight).coef_[0]

    with threadpool_limits(1), Stopwatch() as watch:
        for i, weight in enumerate(WEIGHTS):
            row_weights = np.repeat([weight, 1 - weight], ROWS)
            for replicate in range(replicates):
                coefficients = fit(*rows(TRUTH), None)
                for _ in range(GENERATIONS):
                    real, synthetic = rows(TRUTH), rows(coefficients)
                    design = np.concatenate([real[0], synthetic[0]])
                    label = np.concatenate([real[1], synthetic[1]])
                    coefficients = fit(design, label, row_weights)
                error[i, replicate] = np.sum((coefficients - TRUTH) ** 2)
    return Timing(
        "scikit-learn loop",
        replicates * len(WEIGHTS) * GENERATIONS,
        watch.wall,
        watch.processor,
        0.0,
        peak_memory(),
        float(error.mean()),
        float(np.sqrt(error.var(axis=1, ddof=1).mean() / error.size)),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replicates", type=int, default=1000, help="of heirloom (default 1000)")
    parser.add_argument("--loops", type=int, default=3, help="replicates of the loop (default 3)")
    arguments = parser.parse_args()
    ours = in_own_process(simulate_with_heirloom, arguments.replicates)
    loop = in_own_process(loop_with_scikit_learn, arguments.loops)
    print(f"{'':18}{'fits':>10}{'wall s':>9}{'cpu s':>9}{'µs/fit':>9}{'first s':>9}{'MiB':>7}")
    for timing in (ours, loop):
        print(
            f"{timing.name:18}{timing.fits:>10,}{timing.wall:>9.2f}{timing.processor:>9.2f}"
            f"{timing.microseconds:>9.2f}{timing.first:>9.2f}{timing.memory:>7.0f}"
        )
    print(f"ratio, per replicate-generation and core: {loop.microseconds / ours.microseconds:.0f}")
    print(
        "squared error at the last generation, mean over weights: "
        + ", ".join(f"{t.name} {t.error:.4f} ± {t.error_se:.4f}" for t in (ours, loop))
    )


if __name__ == "__main__":
    main()
