"""The formulas that the papers give for single workflows, and the limits of many generations.

Nothing in heirloom computes a risk through these: :func:`relative_risk` does it for every workflow by one
recursion, and the tests hold that recursion to these formulas.
"""

from functools import singledispatch

import numpy as np
import numpy.typing as npt
from scipy.special import polygamma

from ..workflows import (
    AccumulateAll,
    AnchorMix,
    Augment,
    AugmentSubsample,
    Discard,
    FreshMix,
    RealOnly,
    Sizes,
    Workflow,
)
from ..workflows.weight import anchor_weights, fresh_weights, optimal_fresh_weight

_Float = npt.NDArray[np.float64]


@singledispatch
def closed_form_risk(workflow: Workflow, sizes: Sizes) -> _Float:
    """Relative risk of generations 0…T by the workflow's own formula (arXiv 2410.22812, 2502.18049).

    Parameters
    ----------
    workflow
        One of the named workflows, with a constant weight where it has one.
    sizes
        Rows of every dataset; for ``FreshMix``, ``AnchorMix`` and ``AugmentSubsample`` the same at
        every generation.

    Returns
    -------
    float64[generations + 1]

    Raises
    ------
    ValueError
        If no closed form is known.

    Examples
    --------
    >>> from heirloom.workflows import Discard, Sizes
    >>> closed_form_risk(Discard(), Sizes.of(n_real=10, n_synthetic=20, generations=2))
    array([1. , 1.5, 2. ])
    """
    raise ValueError(f"{workflow.text}: no closed form is known; relative_risk is exact for it")


@closed_form_risk.register
def _(workflow: Discard, sizes: Sizes) -> _Float:
    return 1 + np.append(0.0, np.cumsum(sizes.initial / sizes.synthetic[1:]))


@closed_form_risk.register
def _(workflow: Augment, sizes: Sizes) -> _Float:
    pool = sizes.initial + np.cumsum(sizes.synthetic)
    return 1 + sizes.initial * np.cumsum(sizes.synthetic / pool.astype(np.float64) ** 2)


@closed_form_risk.register
def _(workflow: AugmentSubsample, sizes: Sizes) -> _Float:
    if np.any(sizes.synthetic[1:] != sizes.initial):
        raise ValueError(f"{workflow.text}: the closed form needs n_synthetic = n_initial")
    harmonic = np.cumsum(1 / np.arange(1.0, sizes.generations + 2) ** 2)
    if not workflow.replacement:
        return 3 * harmonic - 2
    # Generation 0 sees every initial row once, which takes 1/4 from 2 H₂(t + 1) at every t ≥ 1; the full
    # 2 H₂(t + 1) is the law where generation 0 is fitted on a draw with replacement as well.
    return np.append(1.0, 2 * harmonic[1:] - 0.25)


@closed_form_risk.register
def _(workflow: FreshMix, sizes: Sizes) -> _Float:
    w = _constant(fresh_weights(workflow.weight, sizes), workflow)
    n, m = _constant_sizes(sizes, workflow)
    t = np.arange(sizes.generations + 1)
    if w == 0:
        return 1 + t * sizes.initial / m
    stationary = sizes.initial * (w**2 / n + (1 - w) ** 2 / m) / (w * (2 - w))
    return stationary + (1 - w) ** (2 * t) * (1 - stationary)


@closed_form_risk.register
def _(workflow: AnchorMix, sizes: Sizes) -> _Float:
    w = _constant(anchor_weights(workflow.weight, sizes), workflow)
    _, m = _constant_sizes(sizes, workflow)
    t = np.arange(sizes.generations + 1)
    if w == 0:
        return 1 + t * sizes.initial / m
    return 1 + sizes.initial * (1 - w) ** 2 * (1 - (1 - w) ** (2 * t)) / (m * w * (2 - w))


@closed_form_risk.register
def _(workflow: RealOnly, sizes: Sizes) -> _Float:
    rows = np.cumsum(sizes.real) if workflow.accumulate else sizes.real
    return sizes.initial / rows


@singledispatch
def long_run_risk(
    workflow: Workflow, *, n_real: int, n_synthetic: int, n_initial: int | None = None
) -> float:
    """Limit of the relative risk after infinitely many generations of constant sizes.

    Parameters
    ----------
    workflow
        One of the named workflows.
    n_real, n_synthetic
        Rows at each generation.
    n_initial
        n₀. Default: `n_real`.

    Returns
    -------
    float
        Infinite where the workflow collapses; nan where no formula is known (``Custom``, and weights
        that are given as an array or a function).

    Examples
    --------
    >>> from heirloom.workflows import Augment, Discard
    >>> long_run_risk(Discard(), n_real=100, n_synthetic=100)
    inf
    >>> round(long_run_risk(Augment(), n_real=100, n_synthetic=100), 6)  # π²/6
    1.644934
    """
    return float("nan")


@long_run_risk.register
def _(
    workflow: Discard, *, n_real: int, n_synthetic: int, n_initial: int | None = None
) -> float:
    return float("inf")


@long_run_risk.register
def _(
    workflow: Augment, *, n_real: int, n_synthetic: int, n_initial: int | None = None
) -> float:
    if n_synthetic == 0:
        return 1.0
    a = (n_initial or n_real) / n_synthetic
    return 1 + a * _trigamma(1 + a)


@long_run_risk.register
def _(
    workflow: AugmentSubsample, *, n_real: int, n_synthetic: int, n_initial: int | None = None
) -> float:
    if n_synthetic == 0:
        return 2.0 if workflow.replacement else 1.0
    # The error of the pool is a random walk with steps (m/N_t)(e_t + noise of the draw at t − 1), and a
    # model is the pool plus the noise of its own draw, which tends to variance 1.
    a = (n_initial or n_real) / n_synthetic
    if not workflow.replacement:
        return 1 + (1 + 2 * a) * _trigamma(1 + a)
    return 2 + (1 + a) * _trigamma(1 + a) - 1 / (1 + a) ** 2


@long_run_risk.register
def _(
    workflow: FreshMix, *, n_real: int, n_synthetic: int, n_initial: int | None = None
) -> float:
    if isinstance(workflow.weight, tuple) or callable(workflow.weight):
        return float("nan")
    sizes = Sizes.of(n_real=n_real, n_synthetic=n_synthetic, generations=1)
    scheduled = workflow.weight == "schedule"
    w = (
        optimal_fresh_weight(n_real, n_synthetic)
        if scheduled
        else float(fresh_weights(workflow.weight, sizes)[1])
    )
    if w == 0:
        return float("inf")
    of_synthetic = (1 - w) ** 2 / n_synthetic if w < 1 else 0.0
    return (n_initial or n_real) * (w**2 / n_real + of_synthetic) / (w * (2 - w))


@long_run_risk.register
def _(
    workflow: AnchorMix, *, n_real: int, n_synthetic: int, n_initial: int | None = None
) -> float:
    if isinstance(workflow.weight, tuple) or callable(workflow.weight):
        return float("nan")
    sizes = Sizes.of(
        n_real=n_real, n_synthetic=n_synthetic, generations=1, n_initial=n_initial or n_real
    )
    w = float(anchor_weights(workflow.weight, sizes)[1])
    if w == 0:
        return float("inf")
    return 1.0 if w == 1 else 1 + sizes.initial * (1 - w) ** 2 / (n_synthetic * w * (2 - w))


@long_run_risk.register
def _(
    workflow: AccumulateAll, *, n_real: int, n_synthetic: int, n_initial: int | None = None
) -> float:
    return 0.0


@long_run_risk.register
def _(
    workflow: RealOnly, *, n_real: int, n_synthetic: int, n_initial: int | None = None
) -> float:
    return 0.0 if workflow.accumulate else (n_initial or n_real) / n_real


def _trigamma(x: float) -> float:
    return float(polygamma(1, x))


def _constant(weights: _Float, workflow: Workflow) -> float:
    if np.any(weights[1:] != weights[-1]):
        raise ValueError(f"{workflow.text}: the closed form needs a constant weight")
    return float(weights[-1])


def _constant_sizes(sizes: Sizes, workflow: Workflow) -> tuple[int, int]:
    real, synthetic = sizes.real[1:], sizes.synthetic[1:]
    if len(real) and (np.any(real != real[0]) or np.any(synthetic != synthetic[0])):
        raise ValueError(f"{workflow.text}: the closed form needs constant sizes")
    return int(sizes.real[-1]), int(sizes.synthetic[-1])
