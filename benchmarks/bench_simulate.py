"""Logistic regression on fresh and synthetic data: heirloom against three loops of one's own.

The loops are those of plain_loops.py: scikit-learn and NumPy's Newton a chain at a time, and Newton
on arrays of many chains. Each part runs in a process of its own, one after the other, on the same
machine in the same run; loops are one thread. What is compared is processor time per fit: a fit,
the rows that it is fitted on, and its error. heirloom computes in single precision, draws what
thirty weights share once, and measures every generation; the loops measure the last.

    python benchmarks/bench_simulate.py [--scale 1.0] [--only one-weight]
"""

import argparse
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from timing import Stopwatch, in_own_process, peak_memory

_Float = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A simulation.

    Attributes
    ----------
    rows
        n = m.
    columns
        p.
    weights
        Of the real data.
    generations
        T.
    replicates
        Of heirloom.
    loops
        Replicates of each loop, by its name.
    """

    rows: int
    columns: int
    weights: tuple[float, ...]
    generations: int
    replicates: int
    loops: dict[str, int]

    @property
    def truth(self) -> _Float:
        return np.ones(self.columns)


THIRTY = tuple(np.round(np.arange(0.20, 0.79, 0.02), 2).tolist())
CASES = {
    "one-weight": Case(
        100, 2, (0.62,), 50, 8000, {"scikit-learn": 60, "NumPy Newton": 300, "batched NumPy": 500}
    ),
    "thirty-weights": Case(
        100, 2, THIRTY, 50, 1000, {"scikit-learn": 2, "NumPy Newton": 10, "batched NumPy": 50}
    ),
    "many-rows": Case(
        5000, 6, (0.5,), 20, 200, {"scikit-learn": 6, "NumPy Newton": 20, "batched NumPy": 20}
    ),
}


@dataclass(frozen=True)
class Timing:
    """What one part took.

    Attributes
    ----------
    fits
        Replicates × weights × generations, generation 0 included.
    wall, processor
        Seconds, with kernels compiled.
    first
        Wall seconds of the first call.
    memory
        Peak resident memory of the process, MiB.
    error, error_se
        Squared error at the last generation, the mean over weights and replicates; its standard
        error (for heirloom, whose weights share their replicates, the most that it can be).
    """

    fits: int
    wall: float
    processor: float
    first: float
    memory: float
    error: float
    error_se: float

    @property
    def microseconds(self) -> float:
        """Processor time per fit."""
        return 1e6 * self.processor / self.fits


def simulate_with_heirloom(case: Case, replicates: int) -> Timing:
    import heirloom as hl

    model = hl.models.LogisticRegression(case.truth)
    workflows = [hl.workflows.FreshMix(weight) for weight in case.weights]

    def run(seed: int, replicates: int) -> hl.Trace:
        return hl.simulate(
            model,
            workflows,
            n_real=case.rows,
            n_synthetic=case.rows,
            generations=case.generations,
            replicates=replicates,
            seed=seed,
        )

    with Stopwatch() as first:
        run(0, 1)
    with Stopwatch() as watch:
        trace = run(1, replicates)
    last = trace.dataset.isel(generation=-1)
    return Timing(
        replicates * len(case.weights) * (case.generations + 1),
        watch.wall,
        watch.processor,
        first.wall,
        peak_memory(),
        float(last["error"].mean()),
        float(last["error_se"].mean()),
    )


def run_loop(name: str, case: Case, replicates: int) -> Timing:
    from plain_loops import LOOPS

    watch, error = LOOPS[name](
        case.truth, case.rows, np.array(case.weights), case.generations, replicates
    )
    return Timing(
        error.size * (case.generations + 1),
        watch.wall,
        watch.processor,
        0.0,
        peak_memory(),
        float(error.mean()),
        float(np.sqrt(error.var(axis=1, ddof=1).mean() / error.size)),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0, help="of the replicates (default 1)")
    parser.add_argument("--only", nargs="*", choices=CASES, default=list(CASES))
    arguments = parser.parse_args()
    for name in arguments.only:
        case = CASES[name]

        def scaled(replicates: int) -> int:
            return max(2, round(arguments.scale * replicates))

        ours = in_own_process(simulate_with_heirloom, case, scaled(case.replicates))
        loops = {
            loop: in_own_process(run_loop, loop, case, scaled(replicates))
            for loop, replicates in case.loops.items()
        }
        print(
            f"{name}: n = m = {case.rows:,}, p = {case.columns}, {len(case.weights)} weights, "
            f"{case.generations} generations"
        )
        columns = ("fits", "wall s", "cpu s", "µs/fit", "ratio", "first s", "MiB")
        print(f"{'':16}" + "".join(f"{column:>10}" for column in columns) + "   error at the end")
        for part, timing in {"heirloom": ours, **loops}.items():
            ratio = timing.microseconds / ours.microseconds
            print(
                f"{part:16}{timing.fits:>10,}{timing.wall:>10.2f}{timing.processor:>10.2f}"
                f"{timing.microseconds:>10.2f}{ratio:>10.1f}{timing.first:>10.2f}"
                f"{timing.memory:>10.0f}   {timing.error:.5f} ± {timing.error_se:.5f}"
            )


if __name__ == "__main__":
    main()
