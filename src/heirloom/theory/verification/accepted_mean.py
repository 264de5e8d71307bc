"""The law of the mean of n accepted responses."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..._base.parameters import Whole
from .truncated_normal import accepted_density

_Float = npt.NDArray[np.float64]

# A residual below it is rounding: the measure has no more points.
_EXHAUSTED = 1e-150


class MeanRule(NamedTuple):
    """Gauss quadrature of the mean of n accepted responses.

    Attributes
    ----------
    nodes
        float64[..., Q]: relative to the verifier, in units of σ.
    weights
        float64[..., Q]: sum to 1.
    """

    nodes: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]


def accepted_mean_rule(
    distance: npt.ArrayLike, half_width: float, n_accepted: int, *, nodes: int = 16
) -> MeanRule:
    """Gauss quadrature of the mean of n responses y ~ N(distance, 1) truncated to [−h, h].

    The mean of n responses is the model's next distance from the verifier (arXiv 2510.16657, with
    a synthetic design of right singular vectors). The rule is exact for polynomials of degree
    2Q − 1 at every n: the density of one response is discretised, and convolved by binary powering.

    Parameters
    ----------
    distance
        d, of any shape.
    half_width
        h, 0 or more.
    n_accepted
        n, a whole number, 1 or more.
    nodes
        Q, 2 to 32. Default: 16.

    Returns
    -------
    MeanRule
        Q nodes for each distance.

    Raises
    ------
    ValueError
        If a number is out of range.

    Examples
    --------
    The variance of the mean of 100 responses is a hundredth of that of one, and its fourth moment
    nearly that of a normal:

    >>> rule = accepted_mean_rule(0.0, 1.0, 100)
    >>> (rule.weights * rule.nodes**2).sum() * 100
    np.float64(0.291125)
    >>> round((rule.weights * rule.nodes**4).sum() * 100**2 / 0.291125**2, 4)
    np.float64(2.9894)
    """
    d = np.asarray(distance, dtype=np.float64)
    Whole(2, 32).checked("nodes", nodes)
    rule = AcceptedMean(d.ravel(), half_width, nodes).rule(n_accepted)
    shape = (*d.shape, nodes)
    return MeanRule(rule.nodes.reshape(shape), rule.weights.reshape(shape))


class AcceptedMean:
    """Gauss quadrature of the mean of accepted responses, for one number of them after another.

    Parameters
    ----------
    distance
        float64[M].
    half_width
        h.
    nodes
        Q.

    Examples
    --------
    >>> means = AcceptedMean(np.array([0.0, 1.0]), 1.0, 8)
    >>> rule = means.rule(10)
    >>> (rule.weights * rule.nodes).sum(axis=-1).round(4)
    array([0.    , 0.2772])
    """

    def __init__(self, distance: npt.NDArray[np.float64], half_width: float, nodes: int) -> None:
        density = accepted_density(distance, half_width)
        shift = (density.weights * density.nodes).sum(axis=-1)
        deviations = density.nodes - shift[:, None]
        self._scale = np.sqrt((density.weights * deviations**2).sum(axis=-1))
        self._mean = density.origin + shift
        self._half_width = half_width
        # The sums are kept with mean 0 and variance 1: however small h, there is nothing small.
        scale = np.where(self._scale > 0, self._scale, 1.0)
        self._response = MeanRule(deviations / scale[:, None], density.weights)
        self._order = nodes
        self._powers: list[MeanRule] = []

    def response(self) -> MeanRule:
        """Give the quadrature of a single response, with all the 64 nodes of its density.

        Returns
        -------
        MeanRule
            64 nodes for each distance.
        """
        return self._mean_of(self._response, 1)

    def rule(self, n_accepted: int) -> MeanRule:
        """Give the quadrature of the mean of n responses.

        Parameters
        ----------
        n_accepted
            n, a whole number, 1 or more.

        Returns
        -------
        MeanRule
            Q nodes for each distance.

        Raises
        ------
        ValueError
            If n is none.
        """
        n = Whole(1).checked("n_accepted", n_accepted)
        total, so_far = None, 0
        for exponent in range(n.bit_length()):
            if n >> exponent & 1:
                power = self._power(exponent)
                total = power if total is None else _convolved(total, so_far, power, 2**exponent)
                so_far += 2**exponent
        return self._mean_of(self._power(0) if total is None else total, n)

    def _mean_of(self, standardised: MeanRule, n: int) -> MeanRule:
        z, weights = standardised
        nodes = self._mean[:, None] + (self._scale / math.sqrt(n))[:, None] * z
        return MeanRule(np.clip(nodes, -self._half_width, self._half_width), weights)

    def _power(self, exponent: int) -> MeanRule:
        if not self._powers:
            self._powers.append(_gauss_rule(*self._response, self._order))
        while len(self._powers) <= exponent:
            last = self._powers[-1]
            self._powers.append(_convolved(last, 1, last, 1))
        return self._powers[exponent]


def _convolved(first: MeanRule, n_first: int, second: MeanRule, n_second: int) -> MeanRule:
    """Standardised sum of two standardised sums of n_first and of n_second responses."""
    share = math.sqrt(n_first / (n_first + n_second))
    rest = math.sqrt(n_second / (n_first + n_second))
    batch, order = first.nodes.shape
    sums = share * first.nodes[:, :, None] + rest * second.nodes[:, None, :]
    weights = first.weights[:, :, None] * second.weights[:, None, :]
    return _gauss_rule(sums.reshape(batch, -1), weights.reshape(batch, -1), order)


def _gauss_rule(points: _Float, weights: _Float, order: int) -> MeanRule:
    """Gauss rule of discrete measures, of mass 1, by Lanczos with full reorthogonalisation."""
    batch, n_points = points.shape
    basis = np.zeros((batch, order, n_points))
    diagonal, beside = np.zeros((batch, order)), np.zeros((batch, order))
    vector = np.sqrt(weights)
    for k in range(order):
        basis[:, k] = vector
        image = points * vector
        diagonal[:, k] = np.einsum("bn,bn->b", vector, image)
        known = basis[:, : k + 1]
        for _ in range(2):  # once is not enough
            overlap = known @ image[:, :, None]
            image = image - (overlap.transpose(0, 2, 1) @ known)[:, 0]
        length = np.sqrt(np.einsum("bn,bn->b", image, image))
        beside[:, k] = np.where(length > _EXHAUSTED, length, 0.0)
        vector = image / np.where(beside[:, k] > 0, length, 1.0)[:, None]
        vector = np.where(beside[:, k, None] > 0, vector, 0.0)
    jacobi = np.zeros((batch, order, order))
    along = np.arange(order)
    jacobi[:, along, along] = diagonal
    jacobi[:, along[1:], along[:-1]] = beside[:, :-1]
    nodes, vectors = np.linalg.eigh(jacobi)
    mass = vectors[:, 0, :] ** 2
    return MeanRule(nodes, mass / mass.sum(axis=-1, keepdims=True))
