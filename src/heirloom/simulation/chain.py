"""The recursion itself: draw, verify, mix, fit, measure, generation after generation.

A *tile* is a number of replicates that are computed side by side, since every array has a leading
axis of replicates, and that fit into the processor's cache. In a tile every workflow is a *chain*
of fits. All chains of a tile take a step together, so that what they share is drawn once: the real
data, and the noise of the synthetic data.

Where models train on each other's output their fits take turns in one chain, so that here "fit"
is written for what is a generation where there is one model.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from .._base.nested import arrays_in, map_arrays
from ..models import Fit, Model, Status
from ..models.base import Parameters, finite, replicated
from ..workflows import Mixture
from ..workflows.dataset import Dataset as Name
from .answers import checked_metrics
from .forms import Dataset, Form, RowsForm, as_rows, first_failure
from .steps import ChainPlan, Group, MixtureStep, PoolStep, Step
from .streams import Role, Streams
from .verification import Verification, VerifiedRows

_SOLVED = int(Status.SOLVED)

# Metrics of the verifier, beside those of the model.
_OF_VERIFIER = ("acceptance", "unjudged")


class Chains(NamedTuple):
    """What the chains of a tile give.

    Attributes
    ----------
    metrics
        For each metric, an array of shape (chains, R, fits); nan where there is no answer.
    status
        int8[chains, R, fits]: the :class:`~heirloom.models.Status` of every fit. A fit has no
        answer if it failed, or if it uses data of a model that has none.
    """

    metrics: dict[str, npt.NDArray[np.floating]]
    status: npt.NDArray[np.int8]


def run_tile(
    form: Form,
    group: Group,
    streams: Streams,
    verification: Verification | None,
    pause: Callable[[float], None],
    dtype: np.dtype[Any],
    metrics: Collection[str] | None = None,
) -> Chains:
    """Run the replicates of a tile under the workflows of a group.

    Parameters
    ----------
    form
        What a dataset is.
    group
        The chains, and the sizes of their datasets.
    streams
        The tile's random numbers.
    verification
        What the synthetic data pass; None for nothing.
    pause
        Called after every fit with the number of its rows, and with 0 between batches of
        candidates: it reports progress, and raises an exception if the simulation should end.
    dtype
        Precision in which metrics are kept.
    metrics
        Which are kept; None (default) for all.
    """
    real: dict[Name, Dataset] = {}
    chains = [_Chain(plan, form, streams, verification, real) for plan in group.chains]
    shape = (len(chains), len(group.chains[0].steps), streams.replicates)
    record = _Record(shape, dtype, metrics)
    rows = [plan.rows_fitted(group.sizes) for plan in group.chains]
    for fit in range(len(group.chains[0].steps)):
        streams.begin(fit)
        if isinstance(form, RowsForm):
            form.forget()
        for number, chain in enumerate(chains):
            chain.step(fit, group, lambda: pause(0.0))
            record.keep(number, fit, chain)
            pause(float(rows[number][fit]))
        _forget(real, chains)
    return record.chains()


class _Chain:
    """One chain of fits, in all replicates of a tile."""

    def __init__(
        self,
        plan: ChainPlan,
        form: Form,
        streams: Streams,
        verification: Verification | None,
        real: dict[Name, Dataset],
    ) -> None:
        self.plan, self.form, self.streams, self.verification = plan, form, streams, verification
        self.model: Model = form.model
        self.truth = replicated(self.model.truth(), streams.replicates)
        self.parameters: Parameters = self.truth
        self.solved = np.zeros(streams.replicates, dtype=np.int8)
        self.status = self.solved
        self.verified: VerifiedRows | None = None
        self.real = real
        self.datasets: dict[Name, Dataset] = {}
        self.pool = form.pool()
        self.kept_until = plan.kept_until()
        self.kept_models: dict[int, tuple[Parameters, npt.NDArray[np.int8]]] = {}

    def step(self, fit: int, group: Group, pause: Callable[[], None]) -> None:
        """Draw the data of a fit, verify them, mix them, and fit."""
        step = self.plan.steps[fit]
        self.verified = None
        for name in step.born:
            rows = group.sizes.rows(name)
            is_real = name.origin == "real"
            new = self._real(name, rows) if is_real else self._synthetic(rows, pause)
            if isinstance(step, PoolStep):
                self.pool.join(new)
            else:
                self.datasets[name] = new
        kept = step.kept if isinstance(step, MixtureStep) else None
        if kept is None:
            self._fit(step)
        else:
            self.parameters, self.status = self.kept_models[kept]
            if self.kept_until[kept] == fit:
                del self.kept_models[kept]
        if fit in self.kept_until:
            self.kept_models[fit] = self.parameters, self.status
        if isinstance(step, MixtureStep):
            for name in step.forgotten:
                del self.datasets[name]

    def _real(self, name: Name, rows: int) -> Dataset:
        """Real data, which all chains share."""
        if name not in self.real:
            content = self.form.real(self.streams.stream(Role.REAL), rows)
            solved = np.zeros(self.streams.replicates, dtype=np.int8)
            self.real[name] = Dataset(content, rows, None, None, solved)
        return self.real[name]

    def _synthetic(self, rows: int, pause: Callable[[], None]) -> Dataset:
        """Synthetic data of the last model, as far as the verifier lets them pass."""
        if self.verification is None:
            random = self.streams.stream(Role.SYNTHETIC)
            content = self.form.synthetic(random, self.parameters, rows)
            return Dataset(content, rows, None, None, self.status)
        solved = self.status == _SOLVED
        verified = self.verification.rows(
            self.form, self.streams, self.parameters, rows, solved, pause
        )
        self.verified = verified
        present = verified.present
        kept = None if present is None else present.sum(axis=1)
        status = np.where(solved, verified.status, self.status)
        return Dataset(self.form.of_rows(verified.rows, present), rows, present, kept, status)

    def _fit(self, step: Step) -> None:
        """Fit the step's mixture; a replicate that has no answer keeps the reason."""
        if isinstance(step, PoolStep):
            pool = self.pool.dataset()
            inherited, fit = pool.status, self._fit_pool(step, pool)
            if pool.kept is not None:
                inherited = first_failure([inherited, _lacking(pool.kept == 0)])
        else:
            datasets = [self.datasets[name] for name in step.mixture.datasets]
            inherited, fit = self._fit_mixture(step, datasets)
        whole = finite(fit.parameters)
        if whole.all() and not (inherited.any() or fit.status.any()):
            self.status, self.parameters = self.solved, fit.parameters
            return
        own = np.where((fit.status == _SOLVED) & ~whole, int(Status.NOT_FINITE), fit.status)
        self.status = first_failure([inherited, own.astype(np.int8)])
        self.parameters = _usable(fit.parameters, self.status == _SOLVED, self.truth)

    def _fit_pool(self, step: PoolStep, pool: Dataset) -> Fit:
        if step.drawn is None:
            return self.form.fit([pool], np.ones((1, 1)), self.parameters)
        random = self.streams.stream(Role.SUBSAMPLE)
        return as_rows(self.form).fit_drawn_from_pool(
            pool, step.drawn, random, self.parameters, replacement=step.replacement
        )

    def _fit_mixture(
        self, step: MixtureStep, datasets: Sequence[Dataset]
    ) -> tuple[npt.NDArray[np.int8], Fit]:
        mixture = step.mixture
        inherited = first_failure([dataset.status for dataset in datasets])
        if step.drawn:
            return inherited, self._fit_drawn(as_rows(self.form), mixture, datasets)
        shares, lacking = _shares(mixture, datasets)
        return first_failure([inherited, lacking]), self.form.fit(datasets, shares, self.parameters)

    def _fit_drawn(self, form: RowsForm, mixture: Mixture, datasets: Sequence[Dataset]) -> Fit:
        random = self.streams.stream(Role.SUBSAMPLE)
        replacement = mixture.replacement
        if mixture.pooled:
            count = round(float(mixture.rows.sum()))
            pool = form.pooled(datasets)
            return form.fit_drawn_from_pool(
                pool, count, random, self.parameters, replacement=replacement
            )
        counts = [round(rows) for rows in mixture.rows.tolist()]
        return form.fit_drawn(
            datasets, mixture.shares, counts, random, self.parameters, replacement=replacement
        )


class _Record:
    """Metrics and status of the chains of a tile, fit by fit.

    Parameters
    ----------
    shape
        Chains, fits, replicates.
    dtype
        Precision in which metrics are kept.
    kept
        Which metrics are kept; None for all.
    """

    def __init__(
        self, shape: tuple[int, int, int], dtype: np.dtype[Any], kept: Collection[str] | None
    ) -> None:
        self.shape, self.dtype, self.kept = shape, dtype, kept
        self.measured: set[str] = set()
        self.metrics: dict[str, npt.NDArray[np.floating]] = {}
        self.status = np.zeros(shape, dtype=np.int8)

    def keep(self, number: int, fit: int, chain: _Chain) -> None:
        """Measure a fit of the chain of that number."""
        solved = chain.status == _SOLVED
        self.status[number, fit] = chain.status
        with np.errstate(over="ignore", invalid="ignore"):
            measured = checked_metrics(
                chain.model,
                chain.model.metrics(chain.parameters),
                len(solved),
                _OF_VERIFIER if chain.verification is not None else (),
            )
            if fit and not measured.keys() <= self.measured:
                new = ", ".join(map(repr, measured.keys() - self.measured))
                raise ValueError(
                    f"{type(chain.model).__name__}.metrics returned {new} at generation {fit} and "
                    "not before; it must return the same metrics every time"
                )
            self.measured.update(measured)
            for name, values in measured.items():
                answered = values if solved.all() else np.where(solved, values, np.nan)
                self._put(name, number, fit, answered)
        if chain.verification is None:
            return
        # Of the data that the fit's model was sampled for: nan where it had no answer.
        before = self.status[number, fit - 1] == _SOLVED
        for name in _OF_VERIFIER:
            share = np.nan if chain.verified is None else getattr(chain.verified, name)
            self._put(name, number, fit, np.where(before, share, np.nan))

    def _put(self, name: str, number: int, fit: int, values: npt.NDArray[np.floating]) -> None:
        if self.kept is not None and name not in self.kept:
            return
        if name not in self.metrics:
            self.metrics[name] = np.full(self.shape, np.nan, dtype=self.dtype)
        self.metrics[name][number, fit] = values

    def chains(self) -> Chains:
        """What has been kept."""
        metrics = {name: np.swapaxes(values, 1, 2) for name, values in self.metrics.items()}
        return Chains(metrics, np.swapaxes(self.status, 1, 2))


def _forget(real: dict[Name, Dataset], chains: Sequence[_Chain]) -> None:
    """Forget real data that no chain holds."""
    for name in [n for n in real if not any(n in chain.datasets for chain in chains)]:
        del real[name]


def _shares(
    mixture: Mixture, datasets: Sequence[Dataset]
) -> tuple[Float[np.ndarray, "datasets _"], npt.NDArray[np.int8]]:
    """Shares of the datasets of a mixture, and where rows are lacking.

    Where a verifier lets now more, now fewer rows pass, shares that follow the rows follow those
    that passed.
    """
    if all(dataset.kept is None for dataset in datasets):
        return mixture.shares[:, None], np.zeros(1, dtype=np.int8)
    counts = np.stack(np.broadcast_arrays(*[dataset.counts for dataset in datasets]))
    if not mixture.proportional:
        return mixture.shares[:, None], _lacking((counts == 0).any(axis=0))
    total = counts.sum(axis=0)
    return counts / np.maximum(total, 1), _lacking(total == 0)


def _lacking(nothing: npt.NDArray[np.bool_]) -> npt.NDArray[np.int8]:
    return np.where(nothing, int(Status.NOTHING_ACCEPTED), _SOLVED).astype(np.int8)


def _usable(parameters: Parameters, solved: npt.NDArray[np.bool_], truth: Parameters) -> Parameters:
    """Parameters to sample from: those of a replicate without an answer are replaced.

    What is sampled from them is used by no fit that counts. They are the truth, or, where that has
    another shape, as a distribution of one atom for each row has, those of a neighbour.
    """
    if solved.all():
        return parameters
    neighbour = int(np.argmax(solved))

    def replaced(array: npt.NDArray[Any], of_truth: npt.NDArray[Any]) -> npt.NDArray[Any]:
        mask = solved.reshape(-1, *(1,) * (array.ndim - 1))
        if array.shape == of_truth.shape:
            return np.where(mask, array, of_truth)
        return np.where(mask, array, array[neighbour])

    shapes = [a.shape for a in arrays_in(parameters)], [a.shape for a in arrays_in(truth)]
    if not solved.any() and shapes[0] != shapes[1]:
        return truth
    return map_arrays(replaced, parameters, truth)
