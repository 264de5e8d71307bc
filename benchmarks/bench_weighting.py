"""The six problems of golden-ratio weighting at their published size: heirloom against plain loops.

Scenario 2 of arXiv 2502.18049 (figure 8): n = m = 100, p = 2, X of N(0, I), β = (1, 1), generations
0 … 199, weights 0.20, 0.22, …, 0.78, 2,000 replicates; Gaussian mean (with a known covariance) and
covariance, empirical distribution function, linear, logistic and Poisson regression. The error is
its mean over generations 150 … 199.

    python benchmarks/bench_weighting.py [--replicates 2000] [--loops 5] [--only cdf poisson]

Each part runs in a process of its own, one after the other, on the same machine in the same run.
What is compared is processor time, of all threads, per replicate-generation ("fit"): the data, the
fit on them and its error. heirloom uses every core, the loop one thread: wall seconds do not
compare. The loop runs on a sample of the chains, `--loops` for each weight (eight times as many
where it is NumPy alone, and fast), and its time is scaled; heirloom runs them all, once a first
call of one replicate has compiled the program ("first", in wall seconds). The total of the six
includes that call. Imports count on neither side.

The loops take one chain after the other, as the authors' scripts do, and waste nothing: no
generator is seeded and no estimator made twice, and the error is measured at the last fifty
generations only. They are NumPy, scikit-learn for logistic and Poisson regression, and for linear
regression NumPy's least squares on scaled rows, as in the authors' script; scikit-learn's
LinearRegression, whose fit takes thirty times as long, has a line of its own that counts in no
total.

The two do the same work in law, not in every respect:

- heirloom computes in float32, the loops in float64 (`--dtype float64` for both).
- heirloom draws the statistics of the mean, of the covariance and of linear regression by their
  law, where the loop draws rows (`--draw rows` for both). The other three draw rows anyway.
- heirloom's thirty weights share random numbers: the real rows of a replicate and the noise of its
  synthetic rows are drawn once for all thirty, while each chain of the loop draws its own. Much of
  the ratio comes from that (`--apart` for a call a weight: the regressions then take several times
  as long). A mean *over weights* is less precise for it than from as many chains of their own, and
  differences between weights, which the figure is about, are more precise.
- heirloom measures at every generation, several metrics and their quantiles over replicates; the
  loop one error at fifty generations.

That they do the same work shows in the second table: mean squared errors, over all weights and over
ten at a time, with z-scores. Standard errors come from 200 replicates of heirloom: of its mean over
weights, which counts replicates rather than chains, and of single chains for the loop, whose own
few chains, of a skewed law, would give none to rely on.
"""

import abc
import argparse
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from timing import Stopwatch, in_own_process, peak_memory

WEIGHTS = np.round(np.arange(0.20, 0.79, 0.02), 2)
ROWS = 100
GENERATIONS = 200
MEASURED = 150
BETA = np.ones(2)
IDENTITY = np.eye(2)
# Replicates from which heirloom's standard error is estimated.
SPREAD = 200

_Float = npt.NDArray[np.float64]


class Loop(abc.ABC):
    """One chain, in plain code: data, weighted fit and error of one problem.

    Attributes
    ----------
    by
        What it is written with.
    sample
        Chains a weight, for each that is asked for.

    Parameters
    ----------
    generator
        Source of random numbers.
    weight
        Of the real data.
    """

    by = "NumPy"
    sample = 8

    def __init__(self, generator: np.random.Generator, weight: float) -> None:
        self.generator = generator
        self.weight = weight
        self.row_weights = np.repeat([weight, 1 - weight], ROWS) / ROWS

    def real(self) -> Any:
        return self.generator.standard_normal((ROWS, 2))

    @abc.abstractmethod
    def synthetic(self, estimate: Any) -> Any: ...

    @abc.abstractmethod
    def first_fit(self, real: Any) -> Any: ...

    @abc.abstractmethod
    def fit(self, real: Any, synthetic: Any) -> Any: ...

    def error(self, estimate: Any) -> float:
        return np.sum((estimate - BETA) ** 2)

    def run(self) -> float:
        """Run the generations, and give the mean error of the last."""
        estimate = self.first_fit(self.real())
        error = 0.0
        for generation in range(1, GENERATIONS):
            estimate = self.fit(self.real(), self.synthetic(estimate))
            if generation >= MEASURED:
                error += self.error(estimate)
        return error / (GENERATIONS - MEASURED)


class MeanLoop(Loop):
    def synthetic(self, estimate: _Float) -> _Float:
        return estimate + self.generator.standard_normal((ROWS, 2))

    def first_fit(self, real: _Float) -> _Float:
        return real.mean(axis=0)

    def fit(self, real: _Float, synthetic: _Float) -> _Float:
        return self.weight * real.mean(axis=0) + (1 - self.weight) * synthetic.mean(axis=0)

    def error(self, estimate: _Float) -> float:
        return np.sum(estimate**2)


class CovarianceLoop(Loop):
    def synthetic(self, estimate: tuple[_Float, _Float]) -> _Float:
        # Three times faster than by singular values, which is the default.
        return self.generator.multivariate_normal(*estimate, ROWS, method="cholesky")

    def first_fit(self, real: _Float) -> tuple[_Float, _Float]:
        return real.mean(axis=0), np.cov(real, rowvar=False)

    def fit(self, real: _Float, synthetic: _Float) -> tuple[_Float, _Float]:
        w = self.weight
        mean = w * real.mean(axis=0) + (1 - w) * synthetic.mean(axis=0)
        return mean, w * np.cov(real, rowvar=False) + (1 - w) * np.cov(synthetic, rowvar=False)

    def error(self, estimate: tuple[_Float, _Float]) -> float:
        return np.sum((estimate[1] - IDENTITY) ** 2)


class CDFLoop(Loop):
    def __init__(self, generator: np.random.Generator, weight: float) -> None:
        from scipy.special import ndtr

        super().__init__(generator, weight)
        self.cdf = ndtr

    def real(self) -> _Float:
        return self.generator.standard_normal(ROWS)

    def synthetic(self, estimate: tuple[_Float, _Float]) -> _Float:
        points, masses = estimate
        return self.generator.choice(points, ROWS, p=masses)

    def first_fit(self, real: _Float) -> tuple[_Float, _Float]:
        return real, np.full(ROWS, 1 / ROWS)

    def fit(self, real: _Float, synthetic: _Float) -> tuple[_Float, _Float]:
        return np.concatenate([real, synthetic]), self.row_weights

    def error(self, estimate: tuple[_Float, _Float]) -> float:
        """∫(F̂ − F)² dF: between atoms F̂ is a constant h, and F a uniform u."""
        points, masses = estimate
        order = np.argsort(points)
        u = np.concatenate([[0.0], self.cdf(points[order]), [1.0]])
        h = np.concatenate([[0.0], np.cumsum(masses[order])])
        return np.sum((u[1:] - h) ** 3 - (u[:-1] - h) ** 3) / 3


class RegressionLoop(Loop):
    @abc.abstractmethod
    def response(self, predictor: _Float) -> _Float: ...

    @abc.abstractmethod
    def solve(self, design: _Float, response: _Float, weights: _Float | None) -> _Float: ...

    def real(self) -> tuple[_Float, _Float]:
        return self.synthetic(BETA)

    def synthetic(self, estimate: _Float) -> tuple[_Float, _Float]:
        design = self.generator.standard_normal((ROWS, 2))
        return design, self.response(design @ estimate)

    def first_fit(self, real: tuple[_Float, _Float]) -> _Float:
        return self.solve(*real, None)

    def fit(self, real: tuple[_Float, _Float], synthetic: tuple[_Float, _Float]) -> _Float:
        design = np.concatenate([real[0], synthetic[0]])
        return self.solve(design, np.concatenate([real[1], synthetic[1]]), self.row_weights)


class LinearLoop(RegressionLoop):
    def __init__(self, generator: np.random.Generator, weight: float) -> None:
        super().__init__(generator, weight)
        self.roots = np.sqrt(self.row_weights)

    def response(self, predictor: _Float) -> _Float:
        return predictor + self.generator.standard_normal(ROWS)

    def solve(self, design: _Float, response: _Float, weights: _Float | None) -> _Float:
        if weights is not None:
            design, response = design * self.roots[:, None], response * self.roots
        return np.linalg.lstsq(design, response, rcond=None)[0]


class ScikitLearnLoop(RegressionLoop):
    """Fit by an estimator of scikit-learn, whose weights have mean 1 as those of whole rows do."""

    by = "scikit-learn"
    sample = 1
    estimator: Any

    def __init__(self, generator: np.random.Generator, weight: float) -> None:
        super().__init__(generator, weight)
        self.row_weights = 2 * ROWS * self.row_weights

    def solve(self, design: _Float, response: _Float, weights: _Float | None) -> _Float:
        return self.estimator.fit(design, response, sample_weight=weights).coef_.ravel()


class LinearScikitLearnLoop(ScikitLearnLoop):
    def __init__(self, generator: np.random.Generator, weight: float) -> None:
        from sklearn.linear_model import LinearRegression

        super().__init__(generator, weight)
        self.estimator = LinearRegression(fit_intercept=False)

    def response(self, predictor: _Float) -> _Float:
        return predictor + self.generator.standard_normal(ROWS)


class LogisticLoop(ScikitLearnLoop):
    def __init__(self, generator: np.random.Generator, weight: float) -> None:
        from scipy.special import expit
        from sklearn.linear_model import LogisticRegression

        super().__init__(generator, weight)
        self.expit = expit
        self.estimator = LogisticRegression(C=np.inf, fit_intercept=False)

    def response(self, predictor: _Float) -> _Float:
        return (self.generator.random(ROWS) < self.expit(predictor)).astype(float)


class PoissonLoop(ScikitLearnLoop):
    def __init__(self, generator: np.random.Generator, weight: float) -> None:
        from sklearn.linear_model import PoissonRegressor

        super().__init__(generator, weight)
        self.estimator = PoissonRegressor(alpha=0, fit_intercept=False)

    def response(self, predictor: _Float) -> _Float:
        return self.generator.poisson(np.exp(predictor)).astype(float)


@dataclass(frozen=True)
class Problem:
    """A problem of the figure.

    Attributes
    ----------
    model
        Name of heirloom's model.
    arguments
        What it is made with.
    loops
        The loops that do the same; the first counts in the total.
    metric
        The error.
    """

    model: str
    arguments: tuple[Any, ...]
    loops: tuple[type[Loop], ...]
    metric: str = "error"


PROBLEMS = {
    "mean": Problem("GaussianMean", ([0.0, 0.0], IDENTITY), (MeanLoop,)),
    "covariance": Problem(
        "Gaussian", ([0.0, 0.0], IDENTITY), (CovarianceLoop,), "covariance_error"
    ),
    "cdf": Problem("EmpiricalCDF", (), (CDFLoop,)),
    "linear": Problem("LinearRegression", (BETA,), (LinearLoop, LinearScikitLearnLoop)),
    "logistic": Problem("LogisticRegression", (BETA,), (LogisticLoop,)),
    "poisson": Problem("PoissonRegression", (BETA,), (PoissonLoop,)),
}


@dataclass(frozen=True)
class Part:
    """What one part took and found.

    Attributes
    ----------
    by
        Who did it.
    fits
        Replicate-generations: replicates × weights × generations.
    watch
        Its seconds, without compilation.
    first
        Seconds of the first call, with compilation; 0 for a loop, which has none.
    memory
        Peak resident memory of the process, MiB.
    errors
        Mean error over all weights, and over the first, second and last ten.
    errors_se
        Their standard errors; None for a loop.
    chain_sd
        Likewise, the standard deviation of the error of a chain.
    failed
        Share of chains without an answer at the last generation.
    """

    by: str
    fits: int
    watch: Stopwatch
    first: Stopwatch
    memory: float
    errors: _Float
    errors_se: _Float | None = None
    chain_sd: _Float | None = None
    failed: float = 0.0

    @property
    def microseconds(self) -> float:
        """Processor time per fit."""
        return 1e6 * self.watch.processor / self.fits


def simulate_with_heirloom(
    name: str, replicates: int, draw: str, dtype: str, *, apart: bool
) -> Part:
    import heirloom as hl
    from heirloom.simulation import simulate_paths
    from heirloom.workflows import Sizes

    problem = PROBLEMS[name]
    model = getattr(hl.models, problem.model)(*problem.arguments)
    workflows = [hl.workflows.FreshMix(float(weight)) for weight in WEIGHTS]
    calls = [[workflow] for workflow in workflows] if apart else [workflows]
    sizes = {"n_real": ROWS, "n_synthetic": ROWS, "generations": GENERATIONS - 1}
    how = {"seed": 1, "draw": draw, "dtype": dtype}

    with Stopwatch() as first:
        hl.simulate(model, calls[0], **sizes, replicates=1, **how)
    with Stopwatch() as watch:
        traces = [hl.simulate(model, c, **sizes, replicates=replicates, **how) for c in calls]
    memory = peak_memory()
    means = np.concatenate([trace.dataset[problem.metric].values for trace in traces])
    errors = means[:, MEASURED:].mean(axis=1)
    # A trace has no standard error of a mean over generations; some replicates do.
    spread = min(replicates, SPREAD)
    paths = simulate_paths(model, workflows, Sizes.of(**sizes), replicates=spread, **how)
    chains = np.nanmean(paths.metrics[problem.metric][:, :, MEASURED:], axis=2)
    variances = np.nanvar(chains, axis=1, ddof=1)
    by_replicate = np.stack([np.nanmean(chains[group], axis=0) for group in groups()])
    return Part(
        "heirloom",
        replicates * len(WEIGHTS) * GENERATIONS,
        watch,
        first,
        memory,
        np.array([errors[group].mean() for group in groups()]),
        by_replicate.std(axis=1, ddof=1) / np.sqrt(replicates),
        np.sqrt([variances[group].mean() for group in groups()]),
        float(np.mean([trace.dataset["failed"][:, -1].mean() for trace in traces])),
    )


def run_loop(name: str, number: int, loops: int) -> Part:
    from threadpoolctl import threadpool_limits

    loop = PROBLEMS[name].loops[number]
    replicates = loop.sample * loops
    generator = np.random.default_rng(1)
    loop(generator, 0.5)  # imports what it needs
    with threadpool_limits(1), Stopwatch() as watch:
        errors = np.array(
            [
                [loop(generator, float(weight)).run() for _ in range(replicates)]
                for weight in WEIGHTS
            ]
        )
    return Part(
        loop.by,
        errors.size * GENERATIONS,
        watch,
        Stopwatch(),
        peak_memory(),
        np.array([errors[group].mean() for group in groups()]),
    )


def groups() -> list[slice]:
    """Give all weights, and ten at a time."""
    third = len(WEIGHTS) // 3
    return [slice(None), *(slice(third * i, third * (i + 1)) for i in range(3))]


def print_time(name: str, part: Part, ours: Part) -> None:
    compared = "" if part is ours else f"{part.microseconds / ours.microseconds:.1f}"
    first = f"{part.first.wall:.1f}" if part is ours else ""
    print(
        f"{name:12}{part.by:14}{part.fits:>11,}{part.watch.wall:>9.2f}{part.watch.processor:>9.2f}"
        f"{part.microseconds:>10.2f}{compared:>8}{first:>9}{part.memory:>7.0f}",
        flush=True,
    )


def print_total(timed: list[tuple[Part, Part]]) -> None:
    compilation = sum(ours.first.processor for ours, _ in timed)
    work = sum(ours.watch.processor for ours, _ in timed)
    loops = sum(loop.microseconds * ours.fits / 1e6 for ours, loop in timed)
    print(
        f"\nall of these, {timed[0][0].fits:,} fits each, processor time: heirloom "
        f"{work + compilation:.0f} s, of which first calls (compilation) {compilation:.0f} s; the "
        f"loops, scaled, {loops:,.0f} s ({loops / 3600:.1f} h)"
        f"\nratio with compilation {loops / (work + compilation):.0f}, without {loops / work:.0f}"
    )


def print_errors(name: str, ours: Part, loop: Part) -> None:
    chains = (
        loop.fits / (GENERATIONS * len(WEIGHTS)) * np.array([len(WEIGHTS[g]) for g in groups()])
    )
    loop_se = ours.chain_sd / np.sqrt(chains)
    z = (loop.errors - ours.errors) / np.hypot(loop_se, ours.errors_se)
    print(
        f"{name:12}{loop.by:14}"
        + "".join(
            f"{errors[0]:>12.3e} ± {se[0]:.1e}"
            for errors, se in ((ours.errors, ours.errors_se), (loop.errors, loop_se))
        )
        + f"{z[0]:>8.2f}"
        + "".join(f"{value:>11.2f}" for value in z[1:])
        + (f"   heirloom: {ours.failed:.2%} of chains failed" if ours.failed else "")
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replicates", type=int, default=2000, help="of heirloom (default 2000)")
    parser.add_argument("--loops", type=int, default=5, help="chains a weight (default 5)")
    parser.add_argument("--only", nargs="+", choices=PROBLEMS, default=list(PROBLEMS))
    parser.add_argument("--draw", choices=("statistics", "rows"), default="statistics")
    parser.add_argument(
        "--apart",
        action="store_true",
        help="a call of heirloom for each weight (use a multiple of 512 replicates, a tile)",
    )
    parser.add_argument("--dtype", choices=("float32", "float64"), default="float32")
    arguments = parser.parse_args()
    if arguments.replicates < 2 or arguments.loops < 1:
        parser.error("needs two replicates for a standard error, and one loop")
    print(
        f"{'problem':12}{'by':14}{'fits':>11}{'wall s':>9}{'cpu s':>9}{'µs/fit':>10}{'ratio':>8}"
        f"{'first s':>9}{'MiB':>7}"
    )
    measured: list[tuple[str, Part, list[Part]]] = []
    for name in arguments.only:
        ours = in_own_process(
            simulate_with_heirloom,
            name,
            arguments.replicates,
            arguments.draw,
            arguments.dtype,
            apart=arguments.apart,
        )
        print_time(name, ours, ours)
        loops = []
        for number in range(len(PROBLEMS[name].loops)):
            loops.append(in_own_process(run_loop, name, number, arguments.loops))
            print_time(name, loops[-1], ours)
        measured.append((name, ours, loops))
    print_total([(ours, loops[0]) for _, ours, loops in measured])
    print(
        f"\nmean squared error at generations {MEASURED} … {GENERATIONS - 1}\n"
        f"{'problem':12}{'loop':14}{'heirloom':>22}{'loop':>22}{'z':>8}"
        + "".join(f"  {WEIGHTS[g][0]:.2f}…{WEIGHTS[g][-1]:.2f}" for g in groups()[1:])
    )
    for name, ours, loops in measured:
        for loop in loops:
            print_errors(name, ours, loop)


if __name__ == "__main__":
    main()
