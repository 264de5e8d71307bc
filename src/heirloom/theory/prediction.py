"""Theory as a trace, to be drawn on the axes of a simulation."""

from collections.abc import Sequence

import numpy as np

from ..trace import Trace
from ..workflows import Sizes, Workflow, as_workflow
from ..workflows.sizes import SizeSchedule
from .recursion import variances


def predict(
    workflows: Workflow | str | Sequence[Workflow | str],
    *,
    n_real: SizeSchedule,
    n_synthetic: SizeSchedule,
    generations: int,
    n_initial: int | None = None,
    variance: float = 1.0,
    curvature: float | None = None,
    synthetic_variance: float | None = None,
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
        None (default) for the limit of large samples. A number v₂ for the law of the mean, exact at
        every sample size, in families whose variance function is v₀ + v₁μ + v₂μ²: 0 for the normal
        and the Poisson mean, −1 for frequencies and the empirical distribution function, 1 for the
        exponential mean, 1/shape for the gamma mean.
    synthetic_variance
        The same as `variance` for synthetic rows. Default: `variance`. They differ where the real
        rows do not follow the model.

    Returns
    -------
    Trace
        Metric ``error``, with dimensions workflow and generation.

    Raises
    ------
    ValueError
        As for :func:`relative_risk`; if no workflow is given or one is given twice; if `variance`
        or `curvature` is out of range.

    Examples
    --------
    Frequencies of a fair coin from n = 5 rows, at the best weight for n = m = 5:

    >>> trace = predict(
    ...     "fresh:0.59629", n_real=5, n_synthetic=5, generations=200, variance=0.5, curvature=-1.0
    ... )
    >>> float(trace.dataset["error"][0, -1]) / (0.5 * 0.59629 / 5)
    1.0000...
    """
    if not 0 <= variance < np.inf:
        raise ValueError(f"variance={variance!r}: must be 0 or more, and finite")
    if curvature is not None and not np.isfinite(curvature):
        raise ValueError(f"curvature={curvature!r}: must be a finite number, or None")
    if synthetic_variance is not None and not 0 <= synthetic_variance < np.inf:
        raise ValueError(
            f"synthetic_variance={synthetic_variance!r}: must be 0 or more, and finite"
        )
    if variance == 0 and synthetic_variance:
        raise ValueError("variance=0.0 with a synthetic_variance that is not 0: give both")
    ratio = synthetic_variance / variance if synthetic_variance is not None and variance else 1.0
    sizes = Sizes.of(
        n_real=n_real, n_synthetic=n_synthetic, generations=generations, n_initial=n_initial
    )
    listed = [workflows] if isinstance(workflows, (Workflow, str)) else list(workflows)
    if not listed:
        raise ValueError("workflows=[]: give at least one, such as 'fresh:optimal'")
    resolved = [as_workflow(workflow) for workflow in listed]
    risks = [
        variances(w.mixtures(sizes), sizes, curvature=curvature, synthetic_ratio=ratio)
        for w in resolved
    ]
    arguments = {
        "workflows": [workflow.text for workflow in resolved],
        "n_real": sizes.real.tolist(),
        "n_synthetic": sizes.synthetic.tolist(),
        "generations": generations,
        "variance": variance,
        "curvature": curvature,
        "synthetic_variance": synthetic_variance,
    }
    return Trace.of(
        resolved, sizes, {"error": variance * np.stack(risks)}, source="theory", arguments=arguments
    )
