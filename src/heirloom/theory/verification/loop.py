"""Many rounds of verified training, exactly."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .accepted_mean import AcceptedMean, MeanRule
from .initial_law import InitialLaw, initial_law
from .rounds import AcceptedSchedule, accepted_rows
from .setting import VerifiedRegression
from .truncated_normal import accepted_density, accepted_moments

_Float = npt.NDArray[np.float64]

# Chebyshev nodes: the functions that are interpolated are analytic to a distance of 2.5 or more
# from the real line, so that as many for each unit of length leave errors below rounding.
_LEAST_NODES = 24
_NODES_OF_LENGTH = 13
_MOST_NODES = 600
# Standard deviations that a response, or a state, strays at most.
_REACH = 9.0
# Nodes of the law of a mean of n, or of more, responses: the wider the law, the more. That of one
# response is not reduced.
_MEAN_NODES = ((32, 8), (8, 12), (1, 20))


@dataclass(frozen=True, eq=False)
class VerifiedLoop:
    """The exact course of verified training (arXiv 2510.16657): entries for the rounds 0…K.

    Attributes
    ----------
    mean
        float64[K + 1, p]: of θ̂_k − θ* in each direction.
    variance
        float64[K + 1, p]: of θ̂_k in each direction.
    error
        float64[K + 1]: E‖θ̂_k − θ*‖².
    error_to_center
        float64[K + 1]: E‖θ̂_k − θ_c‖².
    acceptance
        float64[K + 1]: accepted responses over the expected number drawn to make round k; entry 0
        is nan. It is 0 in round 1 where the model may be so far out that the expected number is
        infinite (a μ_j of 1 or less). A simulation's is the mean over replicates of such shares,
        which is a little more where models differ.
    """

    mean: npt.NDArray[np.float64]
    variance: npt.NDArray[np.float64]
    error: npt.NDArray[np.float64]
    error_to_center: npt.NDArray[np.float64]
    acceptance: npt.NDArray[np.float64]


def verified_loop(
    setting: VerifiedRegression, *, n_accepted: AcceptedSchedule, rounds: int
) -> VerifiedLoop:
    """Follow the law of the model through rounds of verified training, without simulation.

    In each round every direction has exactly n_k accepted responses, and the model's next distance
    from the verifier is their mean: a Markov chain on [−h, h], whose transition operator is applied
    to polynomials that interpolate at Chebyshev nodes.

    Parameters
    ----------
    setting
        The verifier and the real data.
    n_accepted
        Accepted responses a direction: a number, an array for the rounds 1…K or a function of k.
    rounds
        K, 0 or more.

    Returns
    -------
    VerifiedLoop
        To a relative accuracy of 1e-9 or better, for (r + σ_c)/σ up to 50.

    Raises
    ------
    ValueError
        If a number of rows or rounds is out of range, or r + σ_c = 0: nothing is ever accepted.

    Examples
    --------
    A biased verifier draws the model to its own centre:

    >>> setting = VerifiedRegression.of(0.5, 1.0, n_initial=50)
    >>> loop = verified_loop(setting, n_accepted=100, rounds=30)
    >>> loop.error[[0, 1, 2, 5, 30]].round(4)
    array([0.02  , 0.1316, 0.2134, 0.2522, 0.2532])
    """
    rows = accepted_rows(n_accepted, rounds)
    if setting.half_width == 0:
        raise ValueError("radius=0, slack=0: must not both be 0, or no response is ever accepted")
    if math.isinf(setting.half_width):
        return _random_walk(setting, rows)
    law = initial_law(setting)
    unknown = np.full((3, setting.dimension), np.nan)
    moments = [unknown, *_moments_of_rounds(setting, law, rows)]
    return _loop(setting, np.array(moments))


def long_run_error(setting: VerifiedRegression, n_accepted: int) -> float:
    """E‖θ̂_k − θ*‖² after many rounds of n accepted responses a direction.

    ‖θ_c − θ*‖² and the variance of the chain's stationary law, which is centred at the verifier
    (arXiv 2510.16657).

    Parameters
    ----------
    setting
        The verifier and the real data.
    n_accepted
        n, the same in each round; a whole number, 1 or more.

    Returns
    -------
    float
        Infinite where every response is accepted.

    Raises
    ------
    ValueError
        If n is out of range, or r + σ_c = 0: nothing is ever accepted.

    Examples
    --------
    >>> round(long_run_error(VerifiedRegression.of(0.0, 1.0, n_initial=50), 100), 5)
    0.00318
    """
    (n,) = accepted_rows(n_accepted, 1)
    if setting.half_width == 0:
        raise ValueError("radius=0, slack=0: must not both be 0, or no response is ever accepted")
    if math.isinf(setting.half_width):
        return math.inf
    grid = _Grid(setting.half_width)
    step = grid.step(int(n))
    # The stationary row: left unchanged by a step, and of mass 1.
    balance = step.T - np.eye(len(step))
    system = np.vstack([balance, np.ones(len(step))])
    target = np.append(np.zeros(len(step)), 1.0)
    stationary = np.linalg.lstsq(system, target, rcond=None)[0]
    squared = float(stationary @ grid.nodes**2)
    return setting.bias_norm**2 + setting.dimension * setting.noise_scale**2 * squared


class _Grid:
    """Chebyshev nodes of the states [−h, h], with their barycentric weights."""

    def __init__(self, half_width: float, finer: int = 1) -> None:
        wanted = math.ceil(_LEAST_NODES + _NODES_OF_LENGTH * half_width)
        n_nodes = finer * min(wanted, _MOST_NODES)
        self.half_width = half_width
        self.unit = np.cos(math.pi * np.arange(n_nodes) / (n_nodes - 1))
        self.nodes = half_width * self.unit
        self._barycentric = np.where(np.arange(n_nodes) % 2 == 0, 1.0, -1.0)
        self._barycentric[[0, -1]] /= 2
        self._means: dict[int, AcceptedMean] = {}

    def expectation(self, rule: MeanRule) -> _Float:
        """Rows that take values at the grid's nodes to their expectation under each rule."""
        at = np.clip(rule.nodes / self.half_width, -1.0, 1.0)
        apart = at[..., None] - self.unit
        exact = apart == 0
        with np.errstate(divide="ignore", invalid="ignore"):
            share = self._barycentric / apart
            interpolation = share / share.sum(axis=-1, keepdims=True)
        hit = exact.any(axis=-1)
        interpolation[hit] = exact[hit]
        return np.einsum("bq,bqm->bm", rule.weights, interpolation)

    def step(self, n: int, finer: int = 1) -> _Float:
        """Give the transition operator between the grid's nodes."""
        order = _mean_nodes(n, finer)
        if order not in self._means:
            self._means[order] = AcceptedMean(self.nodes, self.half_width, order)
        return self.expectation(_rule(self._means[order], n))


def _moments_of_rounds(
    setting: VerifiedRegression, law: InitialLaw, rows: _Float, finer: int = 1
) -> list[_Float]:
    """E d, E d² and E 1/Z of the responses drawn for it, in each direction: rounds 1…K."""
    if not rows.size:
        return []
    # A tolerance that no response ever comes near is as good as a wider one, and has fewer nodes.
    strayed = _REACH * (1 + math.sqrt(float(np.sum(1 / rows))))
    half_width = min(setting.half_width, float(np.abs(law.distances).max()) + strayed)
    grid = _Grid(half_width, finer)
    probability = accepted_moments(grid.nodes, half_width).probability
    values = np.array([grid.nodes, grid.nodes**2, 1 / probability]).T
    of_direction, which = _distinct_directions(setting)
    states = _first_states(law.distances[of_direction], law.weights, int(rows[0]), grid, finer)
    drawn = _expected_draws(setting)[of_direction]
    steps: dict[float, _Float] = {}
    moments: list[_Float] = []
    for k, n in enumerate(rows):
        if k:
            if n not in steps:
                steps[n] = grid.step(int(n), finer)
            states = states @ steps[n]
        first, second, next_drawn = (states @ values).T
        moments.append(np.array([first, second, drawn])[:, which])
        drawn = next_drawn
    return moments


def _distinct_directions(
    setting: VerifiedRegression,
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    pairs = np.array([setting.bias, setting.singular_values])
    _, first, which = np.unique(pairs, axis=1, return_index=True, return_inverse=True)
    return np.asarray(first), np.asarray(which).reshape(-1)


def _first_states(distances: _Float, weights: _Float, n: int, grid: _Grid, finer: int) -> _Float:
    order = _mean_nodes(n, finer)
    states = np.empty((len(distances), len(grid.nodes)))
    for j, of_direction in enumerate(distances):
        rule = _rule(AcceptedMean(of_direction, grid.half_width, order), n)
        states[j] = weights @ grid.expectation(rule)
    return states


def _expected_draws(setting: VerifiedRegression) -> _Float:
    """E 1/Z at the distance that the real data leave, in each direction.

    1/Z grows as exp(d²/2): the nodes follow the integrand to where it is largest.
    """
    scale, center = setting.initial_scale, np.abs(setting.bias) / setting.noise_scale
    drawn = np.full(setting.dimension, np.inf)
    for j in np.flatnonzero(scale < 1):
        kept = 1 - scale[j] ** 2
        middle = scale[j] * max(center[j] - setting.half_width, 0.0) / kept
        reach = 4 + _REACH / math.sqrt(kept)
        low, high = -reach - middle, reach + middle
        z = np.linspace(low, high, 1 + math.ceil((high - low) / 0.1))
        log_drawn = -accepted_density(center[j] + scale[j] * z, setting.half_width).log_probability
        exponent = log_drawn - z**2 / 2
        top = exponent.max()
        log_mean = top + math.log(float(np.exp(exponent - top).sum()) * (z[1] - z[0]))
        log_mean -= math.log(2 * math.pi) / 2
        drawn[j] = math.exp(log_mean) if log_mean < 700 else np.inf
    return drawn


def _rule(means: AcceptedMean, n: int) -> MeanRule:
    return means.response() if n == 1 else means.rule(n)


def _mean_nodes(n: int, finer: int) -> int:
    order = next(order for least, order in _MEAN_NODES if n >= least)
    return min(finer * order, 48)


def _loop(setting: VerifiedRegression, moments: _Float) -> VerifiedLoop:
    first, second, drawn = np.moveaxis(moments, 1, 0)
    variance = setting.noise_scale**2 * np.maximum(second - first**2, 0.0)
    from_center = setting.noise_scale * first
    mean = from_center + setting.bias
    # The round that none precedes is known without quadrature.
    mean[0], variance[0] = 0.0, (setting.noise_scale * setting.initial_scale) ** 2
    return VerifiedLoop(
        mean,
        variance,
        (mean**2 + variance).sum(axis=1),
        ((mean - setting.bias) ** 2 + variance).sum(axis=1),
        setting.dimension / drawn.sum(axis=1),
    )


def _random_walk(setting: VerifiedRegression, rows: _Float) -> VerifiedLoop:
    added = np.concatenate([[0.0], np.cumsum(1 / rows)])
    variance = setting.noise_scale**2 * (setting.initial_scale**2 + added[:, None])
    error = variance.sum(axis=1)
    acceptance = np.where(np.arange(len(added)) > 0, 1.0, np.nan)
    return VerifiedLoop(
        np.zeros_like(variance), variance, error, error + setting.bias_norm**2, acceptance
    )
