"""The limiting risk of any workflow, relative to generation 0."""

import numpy as np
import numpy.typing as npt

from ..workflows import Sizes, Workflow, as_workflow
from ..workflows.sizes import SizeSchedule
from .recursion import variances


def relative_risk(
    workflow: Workflow | str,
    *,
    n_real: SizeSchedule,
    n_synthetic: SizeSchedule,
    generations: int,
    n_initial: int | None = None,
) -> npt.NDArray[np.float64]:
    r"""Limiting risk of every generation over that of generation 0.

    With :math:`h_t = \sqrt{n_0}(\hat\theta_t - \theta)/\sqrt V`, every workflow obeys
    :math:`h_t = \sum_d \mathrm{share}_t(d)\,(e_{t,d} + h_{\mathrm{parent}(d)})` for every regular
    asymptotically linear estimator, so that Var(h_t)/Var(h_0) is exact linear algebra, with no
    simulation (arXiv 2410.22812; arXiv 2502.18049 for fresh real data).

    Parameters
    ----------
    workflow
        A workflow or its text, such as ``"fresh:optimal"``.
    n_real
        Rows of fresh real data at each generation: a number, an array with an entry for each of
        the generations 1…T or 0…T, or a function of t.
    n_synthetic
        Rows of synthetic data at each generation: likewise.
    generations
        T, the last generation.
    n_initial
        n₀, rows of the initial real data. Default: `n_real` (its value at generation 0).

    Returns
    -------
    float64[generations + 1]
        Entry t is the relative risk of generation t; entry 0 is 1.

    Raises
    ------
    ValueError
        If sizes or weights are out of range, or a mixture uses rows that do not exist.

    Examples
    --------
    >>> relative_risk("discard", n_real=100, n_synthetic=100, generations=3)
    array([1., 2., 3., 4.])
    >>> relative_risk("fresh:optimal", n_real=100, n_synthetic=100, generations=50)[-1].round(6)
    np.float64(0.618034)
    """
    sizes = Sizes.of(
        n_real=n_real, n_synthetic=n_synthetic, generations=generations, n_initial=n_initial
    )
    lineage = as_workflow(workflow).lineage(sizes)
    absolute = variances(lineage)[lineage.generations]
    return absolute / absolute[0]


def risk_at_horizon(workflow: Workflow, sizes: Sizes, last: int = 1) -> float:
    """Relative risk at the last generation, or the mean over the last ones.

    By the workflow's own formula, which does for any number of generations, where there is one.

    Parameters
    ----------
    workflow
        The workflow.
    sizes
        Rows of every dataset.
    last
        How many last generations are averaged over. Default 1.

    Examples
    --------
    >>> from heirloom.workflows import Discard
    >>> risk_at_horizon(Discard(), Sizes.of(n_real=100, n_synthetic=50, generations=100_000))
    200001.0
    """
    risks = workflow.closed_form(sizes)
    if risks is None:
        risks = relative_risk(
            workflow,
            n_real=sizes.real,
            n_synthetic=sizes.synthetic,
            generations=sizes.generations,
        )
    return float(risks[-last:].mean())


def asymptotic_relative_efficiency(
    workflow: Workflow | str,
    *,
    n_real: SizeSchedule,
    n_synthetic: SizeSchedule,
    generations: int,
    n_initial: int | None = None,
) -> npt.NDArray[np.float64]:
    """Efficiency of every generation against generation 0: the inverse of the relative risk.

    Parameters
    ----------
    workflow, n_real, n_synthetic, generations, n_initial
        As for :func:`relative_risk`.

    Returns
    -------
    float64[generations + 1]
        Below 1 where the generation estimates worse than the first; entry 0 is 1.

    Raises
    ------
    ValueError
        As for :func:`relative_risk`.

    Examples
    --------
    >>> asymptotic_relative_efficiency("discard", n_real=10, n_synthetic=10, generations=3)
    array([1.        , 0.5       , 0.33333333, 0.25      ])
    """
    return 1 / relative_risk(
        workflow,
        n_real=n_real,
        n_synthetic=n_synthetic,
        generations=generations,
        n_initial=n_initial,
    )
