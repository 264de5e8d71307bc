"""One recursion for every workflow: the covariance of the generations, exactly.

One chain through the mathematics
---------------------------------
Take ``FreshMix(w)`` with n₀ initial real rows, and n fresh real and m synthetic rows at each
generation, for an estimator of variance 1 per row. Write h_t for the error of generation t.

*Generation 0* is the mean influence of n₀ real rows: h_0 = e_{real[0]}, and Var h_0 = 1/n₀.

*Birth.* ``synthetic[1]`` is sampled from the model of generation 0. Its rows behave as rows of the
truth that are shifted by h_0 (contiguity; arXiv 2410.22812). So the estimate from them alone has
the error z_{synthetic[1]} = e_{synthetic[1]} + h_0, with a noise e of its own, of variance 1/m.
Fresh real data inherit nothing: z_{real[1]} = e_{real[1]}.

*Fit.* A fit on a mixture is, to first order, the mixture of the estimates from its datasets:

    h_1 = w z_{real[1]} + (1 − w) z_{synthetic[1]},    Var h_1 = w²/n + (1 − w)² (1/n₀ + 1/m),

and so on for t = 2, 3, …: h_t = Σ_d share_t(d) z_d with z_d = e_d + h_{parent(d)}, and the same for
every workflow. What makes it more than the recurrence of one number is memory. Under ``Augment``
generation 2 mixes real[0], synthetic[1] and synthetic[2], and all three hold h_0: variances do not
add up. So the recursion keeps the covariance *matrix* of those z_d that a later fit still uses, and
that is its whole state:

*state*       Cov(z_d, z_d') for the datasets that have a slot (:mod:`.slot_plan`): two of them for
              FreshMix, t + 1 for a user's rule that never forgets;
*with_state*  Cov(h_t, z_d) for the last fit, since the next dataset to be born is centred at h_t:
              Cov(z_new, z_d) = Cov(h_t, z_d), and Var z_new = Var h_t + 1/m;
*found*       Var h_t, the answer.

Three things refine it, each in one place:

- *Rows that are drawn.* A fit on r of the N rows of a dataset has, beside z_d, the noise of the
  draw: of variance 1/r − 1/N, and independent of everything (:class:`.fit_plans.Subsample`). It
  enters h_t and, through h_t, what is born of it, but not z_d itself, which other fits draw from
  anew. Where a model is kept its rows are not drawn anew: the model itself has a slot.
- *Pools.* Where every row ever seen counts the same, the mixture of all z_d is all that matters:
  p_t = (N_{t−1} p_{t−1} + Σ_new n_d z_d)/N_t. One slot holds p_t, in place of t of them
  (:func:`.fit_plans.plans_of`), and ten thousand generations take a second.
- *Exact laws.* Where the variance of a row is v(μ) = v₀ + v₁μ + v₂μ², E v(μ̂) is
  v(μ) + v₂ Var μ̂. So e_d of a dataset born of a model of variance V has variance (1 + v₂V)/m in
  place of 1/m, and the recursion is exact at every sample size (:class:`.row_variance.RowLaw`).

Several models that train on each other's output need nothing new: their fits take turns in one
chain, and every dataset is born at the fit after its parent (:class:`heirloom.workflows.Lineage`).
Several estimators of one mixture share the noise of its datasets: a slot then holds q errors.
"""

import numpy as np
import numpy.typing as npt

from ..workflows import Lineage, Sizes
from .fit_plans import plans_of
from .row_variance import RowLaw, RowVariance

_Float = npt.NDArray[np.float64]


def variances(
    lineage: Lineage,
    *,
    curvature: float | None = None,
    synthetic_ratio: float = 1.0,
    sizes: Sizes | None = None,
) -> _Float:
    """Variance of the error of every fit, in units of the variance of one real row.

    Parameters
    ----------
    lineage
        The fits.
    curvature
        None for the limit of large samples, in which every row has variance 1. A number v₂ for the
        exact law of the mean in a family whose variance function is v₀ + v₁μ + v₂μ²: the rows of a
        synthetic dataset then have variance 1 + v₂ Var h_parent in units of v(μ).
    synthetic_ratio
        Variance of a synthetic row over that of a real row. 1 where real rows follow the model;
        where they do not, the estimator's variance from real rows (the sandwich) is another than
        from rows that the model made (the inverse information).
    sizes
        Rows by which the noise of datasets is counted. Default: those of the lineage.

    Returns
    -------
    float64[fits]
    """
    law = RowLaw(curvature, synthetic_ratio, sizes or lineage.sizes)
    return _follow(lineage, law, np.ones((1, 1)), 0, None)[:, 0, 0]


def covariance_matrix(
    lineage: Lineage, estimators: _Float | None = None, generator: int = 0
) -> _Float:
    """Covariance of the errors of all fits, in the limit of large samples.

    Parameters
    ----------
    lineage
        The fits.
    estimators
        float64[estimators, estimators]: covariance of the estimators' influence functions, where
        several are applied to every mixture. Default: one, of variance 1.
    generator
        Which of them makes the synthetic data.

    Returns
    -------
    float64[fits, estimators, fits, estimators]
    """
    of_row = np.ones((1, 1)) if estimators is None else estimators
    fits, q = len(lineage), len(of_row)
    matrix = np.zeros((fits * q, fits * q))
    _follow(lineage, RowLaw(None, 1.0, lineage.sizes), of_row, generator, matrix)
    return matrix.reshape(fits, q, fits, q)


def _follow(
    lineage: Lineage, law: RowLaw, of_row: _Float, generator: int, matrix: _Float | None
) -> _Float:
    """Follow h_t = Σ_d share_t(d) · (e_{t,d} + h_{parent(d)}) through the fits.

    Work and memory follow the number of datasets that the workflow remembers (one, for a pool),
    unless `matrix` is there to be filled. Every slot of the state holds an error for each of q
    estimators.

    Returns
    -------
    float64[fits, q, q]
    """
    q = len(of_row)
    n_slots, plans = plans_of(lineage)
    state = np.zeros((n_slots * q, n_slots * q))
    # The covariance of earlier fits with the state: of all, or without a matrix of the last alone.
    with_state = np.zeros(((1 if matrix is None else len(lineage)) * q, n_slots * q))
    found = np.zeros((len(lineage), q, q))
    row_variance = RowVariance(law, found[:, generator, generator])
    share = np.zeros((q, n_slots * q))
    each = np.arange(q)

    for t, plan in enumerate(plans):
        before, now = slice(0, t * q), slice(t * q, (t + 1) * q)
        if matrix is None:
            before, now = slice(0, q if t else 0), slice(0, q)
        parent = before.stop - q + generator
        for dataset, slot in plan.births:
            at = slot * q + each
            synthetic = dataset.parent is not None
            state[at] = with_state[parent] if synthetic else 0.0
            state[:, at] = state[at].T
            centre = float(found[t - 1, generator, generator]) if synthetic else 0.0
            noise = row_variance.of(dataset) / law.sizes.rows(dataset)
            state[np.ix_(at, at)] = centre + noise * of_row
            of_last = found[t - 1, :, generator] if matrix is None else matrix[before, parent]
            with_state[before, at[0] : at[-1] + 1] = of_last[:, None] if synthetic else 0.0
        for slot, portion in zip(plan.sources, plan.shares.tolist(), strict=True):
            share[each, slot * q + each] = portion
        mixed = share @ state
        of_mixture = mixed @ share.T
        of_draws = row_variance.added_by(plan.subsamples, float(of_mixture[generator, generator]))
        found[t] = of_mixture + of_draws * of_row
        earlier = with_state[before] @ share.T
        if matrix is not None:
            matrix[now, before], matrix[before, now], matrix[now, now] = (
                earlier.T,
                earlier,
                found[t],
            )
        for slot, variance in ((plan.pool, of_mixture), (plan.model, found[t])):
            if slot is not None:
                at = slot * q + each
                mixed[:, at] = variance
                state[at], state[:, at] = mixed, mixed.T
                with_state[before, at[0] : at[-1] + 1] = earlier
        with_state[now] = mixed
        share[:] = 0.0
    return found
