"""Theory as a trace, to be drawn on the axes of a simulation."""

from collections.abc import Sequence

import numpy as np

from ..trace import Trace
from ..workflows import Sizes, Workflow, as_workflow
from ..workflows.sizes import SizeSchedule
from .recursion import covariances


def predict(
    workflows: Workflow | str | Sequence[Workflow | str],
    *,
    n_real: SizeSchedule,
    n_synthetic: SizeSchedule,
    generations: int,
    n_initial: int | None = None,
    variance: float = 1.0,
    curvature: float | None = None,
) -> Trace:
    """Predict the squared error of every generation.

    Parameters
    ----------
    workflows
        One or several workflows, or their texts.
    n_real, n_synthetic, generations, n_initial
        As for :func:`relative_risk`.
    variance
        Variance of the estimator per row, summed over coordinates: the trace of the inverse Fisher
        information for maximum likelihood, Σ p(1−p) for frequencies. Default 1.
    curvature
        None (default) for the limit of large samples. A number v₂ for the law that is exact at every
        sample size in families whose variance function is v₀ + v₁μ + v₂μ²: 0 for the normal mean, −1 for
        frequencies (MATH of arXiv 2502.18049 carried to finite samples).

    Returns
    -------
    Trace
        Metric ``error``, with dimensions workflow and generation.

    Raises
    ------
    ValueError
        As for :func:`relative_risk`.

    Examples
    --------
    Frequencies of a fair coin from n = 5 rows, at the best weight for n = m = 5:

    >>> trace = predict(
    ...     "fresh:0.59629", n_real=5, n_synthetic=5, generations=200, variance=0.5, curvature=-1.0
    ... )
    >>> float(trace.dataset["error"][0, -1]) / (0.5 * 0.59629 / 5)
    1.0000...
    """
    sizes = Sizes.of(
        n_real=n_real, n_synthetic=n_synthetic, generations=generations, n_initial=n_initial
    )
    listed = [workflows] if isinstance(workflows, (Workflow, str)) else list(workflows)
    resolved = [as_workflow(workflow) for workflow in listed]
    errors = np.stack(
        [
            variance * covariances(w.mixtures(sizes), sizes, curvature=curvature).variances
            for w in resolved
        ]
    )
    arguments = {
        "workflows": [workflow.text for workflow in resolved],
        "n_real": sizes.real.tolist(),
        "n_synthetic": sizes.synthetic.tolist(),
        "generations": generations,
        "variance": variance,
        "curvature": curvature,
    }
    return Trace.of(resolved, sizes, {"error": errors}, source="theory", arguments=arguments)
