"""The verification experiments: heirloom against plain NumPy loops, and the exact theory.

The loop of arXiv 2510.16657: 8 coefficients, 100 real rows, 60 rounds of 100 accepted responses a
direction, a verifier of bias 1 and radius 0.2. The plain loop rejects by batch, until each row has
an accepted response, and fits with numpy.linalg.lstsq or scikit-learn. Each side runs in a process
of its own, one after the other, in the same run; a plain loop is one thread, and its time is scaled
to as many replicates as the other side had.

    python benchmarks/bench_verification.py [--replicates 200] [--loops 100]
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from timing import Stopwatch, in_own_process, peak_memory

ROWS, COLUMNS = 100, 8
ACCEPTED, ROUNDS = 100, 60
BIAS, RADIUS = 1.0, 0.2


@dataclass(frozen=True)
class Timing:
    """What one side took: seconds, processor seconds, peak MiB, and one number to compare."""

    wall: float
    processor: float
    first: float
    memory: float
    result: float


def simulated(replicates: int, draw: str) -> Timing:
    import heirloom as hl
    from heirloom.papers.verification.model import VerifiedDirections, real_rows

    model = VerifiedDirections(real_rows(ROWS), BIAS)

    def run(seed: int):
        return hl.simulate(
            model,
            "discard",
            n_real=ROWS,
            n_synthetic=COLUMNS * ACCEPTED,
            generations=ROUNDS,
            replicates=replicates,
            seed=seed,
            verifier=model.verifier(RADIUS),
            draw=draw,
        )

    with Stopwatch() as first:
        run(0)
    with Stopwatch() as watch:
        trace = run(1)
    result = float(trace.dataset["error_to_center"][0, -1])
    return Timing(watch.wall, watch.processor, first.wall, peak_memory(), result)


def exact() -> Timing:
    from heirloom.papers.verification.model import VerifiedDirections, real_rows
    from heirloom.theory.verification import verified_loop

    setting = VerifiedDirections(real_rows(ROWS), BIAS).setting(BIAS, RADIUS)
    with Stopwatch() as first:
        verified_loop(setting, n_accepted=ACCEPTED, rounds=ROUNDS)
    with Stopwatch() as watch:
        loop = verified_loop(setting, n_accepted=ACCEPTED, rounds=ROUNDS)
    result = float(loop.error_to_center[-1])
    return Timing(watch.wall, watch.processor, first.wall, peak_memory(), result)


def plain_loop(replicates: int, fitted_by: str) -> Timing:
    from sklearn.linear_model import LinearRegression
    from threadpoolctl import threadpool_limits

    def fit_with_numpy(rows: np.ndarray, response: np.ndarray) -> np.ndarray:
        return np.linalg.lstsq(rows, response, rcond=None)[0]

    def fit_with_scikit_learn(rows: np.ndarray, response: np.ndarray) -> np.ndarray:
        return LinearRegression(fit_intercept=False).fit(rows, response).coef_

    fits: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
        "lstsq": fit_with_numpy,
        "scikit-learn": fit_with_scikit_learn,
    }
    fit = fits[fitted_by]
    real = np.random.default_rng(12345).normal(size=(ROWS, COLUMNS))
    directions = np.linalg.svd(real, full_matrices=False)[2]
    center = BIAS * directions.sum(axis=0) / np.sqrt(COLUMNS)
    rows = np.tile(directions, (ACCEPTED, 1))
    at_center, reach = rows @ center, RADIUS + np.sqrt(2 / np.pi)
    random = np.random.default_rng(0)
    last = np.zeros(replicates)
    with threadpool_limits(1), Stopwatch() as watch:
        for replicate in range(replicates):
            theta = fit(real, random.standard_normal(ROWS))
            for _ in range(ROUNDS):
                predicted, response = rows @ theta, np.empty(len(rows))
                missing = np.arange(len(rows))
                while missing.size:
                    drawn = predicted[missing] + random.standard_normal(missing.size)
                    accepted = np.abs(drawn - at_center[missing]) <= reach
                    response[missing[accepted]] = drawn[accepted]
                    missing = missing[~accepted]
                theta = fit(rows, response)
            last[replicate] = np.sum((theta - center) ** 2)
    return Timing(watch.wall, watch.processor, 0.0, peak_memory(), float(last.mean()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replicates", type=int, default=200, help="of heirloom (default 200)")
    parser.add_argument("--loops", type=int, default=100, help="of the plain loops (default 100)")
    arguments = parser.parse_args()
    replicates, loops = arguments.replicates, arguments.loops
    ours = {
        "heirloom, accepted responses by law": in_own_process(simulated, replicates, "statistics"),
        "heirloom, by trial": in_own_process(simulated, replicates, "rows"),
        "heirloom, exact theory": in_own_process(exact),
    }
    plain = {
        f"plain loop, {name}": in_own_process(plain_loop, loops, name)
        for name in ("lstsq", "scikit-learn")
    }
    scale = replicates / loops
    ratios = "".join(f"{name.removeprefix('plain loop, ') + ' ×':>16}" for name in plain)
    print(f"{ROUNDS} rounds, {replicates} replicates")
    print(f"{'':38}{'cpu s':>9}{'wall s':>9}{'first s':>9}{'MiB':>6}{'error':>9}{ratios}")
    for name, timing in ours.items():
        ratios = "".join(
            f"{scale * loop.processor / timing.processor:>16.1f}" for loop in plain.values()
        )
        print(
            f"{name:38}{timing.processor:>9.3f}{timing.wall:>9.3f}{timing.first:>9.2f}"
            f"{timing.memory:>6.0f}{timing.result:>9.5f}{ratios}"
        )
    for name, timing in plain.items():
        print(
            f"{name:38}{scale * timing.processor:>9.3f}{scale * timing.wall:>9.3f}{'':>9}"
            f"{timing.memory:>6.0f}{timing.result:>9.5f}"
        )
    print("×: processor seconds of a plain loop over one's own, compiled (the first run compiles)")


if __name__ == "__main__":
    main()
