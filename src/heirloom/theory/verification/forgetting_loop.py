"""Verified data in a loop that forgets everything but its last output: exactly."""

import math

import numpy as np
import numpy.typing as npt

from ...laws import AcceptedResponsesLaw
from ...workflows import Lineage, synthetic
from .loop import verified_loop
from .setting import VerifiedRegression

_Float = npt.NDArray[np.float64]

# Of the product of their lengths: rows with a smaller inner product are orthogonal.
_ORTHOGONAL = 1e-12


def forgetting_loop_error(lineage: Lineage, law: AcceptedResponsesLaw) -> _Float | None:
    """Exact error of every fit, where each is fitted on the last output alone.

    Where the rows of the design are orthogonal directions, or repetitions of them, the estimates of
    the mean responses are independent Markov chains (:func:`verified_loop`).

    Parameters
    ----------
    lineage
        The fits.
    law
        The design, the truth and what the verifier accepts.

    Returns
    -------
    float64[fits]
        E‖θ̂ − θ*‖²; None where a fit uses other data, or directions are not orthogonal.

    Examples
    --------
    >>> from heirloom.workflows import Discard, Sizes
    >>> law = AcceptedResponsesLaw(np.eye(1), np.zeros(1), 1.0, np.array([-0.5]), np.array([1.5]))
    >>> sizes = Sizes.of(n_real=50, n_synthetic=100, generations=30)
    >>> forgetting_loop_error(Discard().lineage(sizes), law)[[0, 1, 30]].round(4)
    array([0.02  , 0.1316, 0.2532])
    """
    directions = _directions(law)
    if directions is None or not _forgets(lineage):
        return None
    sizes, rows = lineage.sizes, len(law.design)
    found = np.zeros(len(lineage))
    for (*row, low, high), repetitions in zip(*directions, strict=True):
        per_direction = int(repetitions)
        setting = _of_direction(
            law, np.array(row), low, high, sizes.initial // rows * per_direction
        )
        accepted = sizes.synthetic[1:] // rows * per_direction
        loop = verified_loop(setting, n_accepted=accepted, rounds=len(lineage) - 1)
        # The loop follows xᵀθ̂, which moves with the length of x.
        found += loop.error / float(np.dot(row, row))
    return found


def is_forgetting_loop(lineage: Lineage, law: AcceptedResponsesLaw) -> bool:
    """Whether :func:`forgetting_loop_error` has an answer."""
    return _directions(law) is not None and _forgets(lineage)


def _of_direction(
    law: AcceptedResponsesLaw, row: _Float, low: float, high: float, n_initial: int
) -> VerifiedRegression:
    centre = (low + high) / 2 if math.isfinite(low) else 0.0
    return VerifiedRegression.of(
        centre - float(row @ law.truth) if math.isfinite(low) else 0.0,
        high - centre,
        noise_scale=float(law.noise_scale),
        n_initial=n_initial,
    )


def _forgets(lineage: Lineage) -> bool:
    if lineage.pool is not None:
        return False
    return all(
        mixture.datasets == (synthetic(fit),) and not mixture.subsamples(lineage.sizes)
        for fit, mixture in enumerate(lineage.mixtures[1:], 1)
    )


def _directions(law: AcceptedResponsesLaw) -> tuple[_Float, npt.NDArray[np.intp]] | None:
    """Give the distinct rows with their intervals, and how often each comes; None if not apart."""
    keyed = np.column_stack([law.design, law.low, law.high])
    distinct, count = np.unique(keyed, axis=0, return_counts=True)
    rows = distinct[:, :-2]
    length = np.sqrt(np.einsum("np,np->n", rows, rows))
    inner = np.abs(rows @ rows.T) - np.diag(length**2)
    if not np.all(length > 0) or np.any(inner > _ORTHOGONAL * np.outer(length, length)):
        return None
    return distinct, np.asarray(count)
