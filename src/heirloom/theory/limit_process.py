"""The limit of large samples as a Gaussian process: its covariance, and paths of it."""

import numpy as np
import numpy.typing as npt

from .._base.parameters import Whole, numbers_in, shown
from ..workflows import Lineage, Sizes, Workflow, as_workflow
from ..workflows.sizes import SizeSchedule
from .fit_plans import plans_of
from .recursion import covariance_matrix
from .row_variance import RowLaw, RowVariance

_Float = npt.NDArray[np.float64]

_SYMMETRY_TOLERANCE = 1e-9


def limit_covariance(
    workflow: Workflow | str,
    *,
    n_real: SizeSchedule,
    n_synthetic: SizeSchedule,
    generations: int,
    n_initial: int | None = None,
    estimators: npt.ArrayLike | None = None,
    generator: int = 0,
) -> _Float:
    r"""Covariance of the limit process :math:`h_t = \sqrt{n_0}(\hat\theta_t - \theta)/\sqrt V`.

    The limit is a centred Gaussian process, so that this is the whole of its law
    (arXiv 2410.22812). Several estimators may be applied to the same mixtures, one of which makes
    the synthetic data: their errors are then a joint process,
    :math:`h^a_t = \sum_d \mathrm{share}_t(d)\,(e^a_{t,d} + h^g_{\mathrm{parent}(d)})` for each
    estimator a and the generating one g.

    Parameters
    ----------
    workflow, n_real, n_synthetic, generations, n_initial
        As for :func:`relative_risk`.
    estimators
        float64[q, q]: asymptotic covariance per row (that of the influence functions) of q
        estimators, such as [[1, 1], [1, π/2]] for mean and median of normal rows. Default: one
        estimator, of variance 1.
    generator
        Position of the estimator that makes the synthetic data. Default 0.

    Returns
    -------
    float64[generations + 1, generations + 1] or float64[generations + 1, q, generations + 1, q]
        Without `estimators` its diagonal is the relative risk.

    Raises
    ------
    ValueError
        As for :func:`relative_risk`; if `estimators` is no covariance matrix, or there is no such
        generator.

    Examples
    --------
    >>> limit_covariance("discard", n_real=100, n_synthetic=100, generations=2)
    array([[1., 1., 1.],
           [1., 2., 2.],
           [1., 2., 3.]])
    """
    sizes = Sizes.of(
        n_real=n_real, n_synthetic=n_synthetic, generations=generations, n_initial=n_initial
    )
    of_row, generator = _validate_estimators(estimators, generator)
    lineage = as_workflow(workflow).lineage(sizes)
    whole = sizes.initial * covariance_matrix(lineage, of_row, generator)
    found = whole[lineage.generations][:, :, lineage.generations]
    return found[:, 0, :, 0] if estimators is None else found


def joint_relative_risk(
    workflow: Workflow | str,
    estimators: npt.ArrayLike,
    *,
    n_real: SizeSchedule,
    n_synthetic: SizeSchedule,
    generations: int,
    n_initial: int | None = None,
    generator: int = 0,
) -> _Float:
    """Relative risk of several estimators on the same data, made by one of them.

    An estimator that does not make the data depends less on the generations before: its relative
    risk is below that of the one that does, which is the universal one.

    Parameters
    ----------
    workflow, n_real, n_synthetic, generations, n_initial
        As for :func:`relative_risk`.
    estimators, generator
        As for :func:`limit_covariance`.

    Returns
    -------
    float64[generations + 1, q]
        Risk of each estimator over its own at generation 0.

    Raises
    ------
    ValueError
        As for :func:`limit_covariance`.

    Examples
    --------
    The mean makes normal data of which the median is taken, too:

    >>> import numpy as np
    >>> mean_and_median = [[1, 1], [1, np.pi / 2]]
    >>> joint_relative_risk(
    ...     "discard", mean_and_median, n_real=100, n_synthetic=100, generations=2
    ... ).round(4)
    array([[1.    , 1.    ],
           [2.    , 1.6366],
           [3.    , 2.2732]])
    """
    _validate_estimators(estimators, generator, required=True)
    covariance = limit_covariance(
        workflow,
        n_real=n_real,
        n_synthetic=n_synthetic,
        generations=generations,
        n_initial=n_initial,
        estimators=estimators,
        generator=generator,
    )
    risk = np.einsum("tata->ta", covariance)
    return risk / risk[0]


def sample_limit(
    workflow: Workflow | str,
    *,
    n_real: SizeSchedule,
    n_synthetic: SizeSchedule,
    generations: int,
    paths: int,
    seed: int,
    n_initial: int | None = None,
    estimators: npt.ArrayLike | None = None,
    generator: int = 0,
) -> _Float:
    """Draw paths of the limit process, exactly in law.

    For what :func:`limit_covariance` does not give at once, such as the chance that a path ever
    leaves a band. Paths follow the recursion itself, so that 10,000 generations need no matrix.

    Parameters
    ----------
    workflow, n_real, n_synthetic, generations, n_initial, estimators, generator
        As for :func:`limit_covariance`.
    paths
        How many, 1 or more.
    seed
        0 or more; the same seed gives the same paths.

    Returns
    -------
    float64[paths, generations + 1] or float64[paths, generations + 1, q]

    Raises
    ------
    ValueError
        As for :func:`limit_covariance`; if `paths` or `seed` is out of range.

    Examples
    --------
    >>> paths = sample_limit(
    ...     "augment", n_real=100, n_synthetic=100, generations=20, paths=10_000, seed=0
    ... )
    >>> paths.shape
    (10000, 21)
    >>> round(float(paths[:, -1].var()), 1)  # H₂(21) = 1.598
    1.6
    """
    paths, seed = Whole(1).checked("paths", paths), Whole(0).checked("seed", seed)
    sizes = Sizes.of(
        n_real=n_real, n_synthetic=n_synthetic, generations=generations, n_initial=n_initial
    )
    of_row, generator = _validate_estimators(estimators, generator)
    lineage = as_workflow(workflow).lineage(sizes)
    found = _paths(lineage, of_row, generator, paths, np.random.default_rng(seed))
    found *= np.sqrt(sizes.initial)
    return found[:, :, 0] if estimators is None else found


def _paths(
    lineage: Lineage, of_row: _Float, generator: int, paths: int, random: np.random.Generator
) -> _Float:
    n_slots, plans = plans_of(lineage)
    q = len(of_row)
    root = _root(of_row)
    state = np.zeros((n_slots, paths, q))
    last = np.zeros((paths, q))
    row_variance = RowVariance(RowLaw(None, 1.0, lineage.sizes), np.zeros(len(lineage)))
    reported = dict(zip(lineage.generations.tolist(), range(len(lineage)), strict=False))
    found = np.empty((paths, len(lineage.generations), q))

    def noise(variance: float) -> _Float:
        return np.sqrt(variance) * random.standard_normal((paths, q)) @ root

    for i, plan in enumerate(plans):
        for dataset, slot in plan.births:
            centre = 0.0 if dataset.parent is None else last[:, generator, None]
            variance = row_variance.of(dataset) / lineage.sizes.rows(dataset)
            state[slot] = centre + noise(variance)
        mixed = np.tensordot(plan.shares, state[list(plan.sources)], axes=1)
        last = mixed
        if plan.subsamples:
            last = mixed + noise(row_variance.added_by(plan.subsamples, 0.0))
        for slot, errors in ((plan.pool, mixed), (plan.model, last)):
            if slot is not None:
                state[slot] = errors
        if i in reported:
            found[:, reported[i]] = last
    return found


def _root(covariance: _Float) -> _Float:
    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.sqrt(np.maximum(values, 0))).T


def _validate_estimators(
    estimators: npt.ArrayLike | None, generator: int, *, required: bool = False
) -> tuple[_Float, int]:
    if estimators is None and not required:
        matrix = np.ones((1, 1))
    else:
        given = numbers_in(estimators)
        if given is None or given.ndim != 2 or not _is_covariance(given):
            raise ValueError(
                f"estimators={shown(estimators)}: must be a symmetric, positive semi-definite "
                "matrix with a positive diagonal: the asymptotic covariance of the estimators"
            )
        matrix = given
    if not isinstance(generator, int) or not 0 <= generator < len(matrix):
        raise ValueError(
            f"generator={shown(generator)}: must be the position of one of the {len(matrix)} "
            f"estimators, 0 to {len(matrix) - 1}"
        )
    return matrix, generator


def _is_covariance(matrix: _Float) -> bool:
    if matrix.shape[0] != matrix.shape[1] or not len(matrix) or not np.isfinite(matrix).all():
        return False
    tolerance = _SYMMETRY_TOLERANCE * np.abs(matrix).max()
    symmetric = np.abs(matrix - matrix.T).max() <= tolerance
    return bool(
        symmetric and np.diag(matrix).min() > 0 and np.linalg.eigvalsh(matrix).min() >= -tolerance
    )
