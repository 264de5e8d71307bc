"""Synthetic rows that have passed a verifier."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt
from jaxtyping import Bool, Float, Int

from .._base.nested import arrays_in, map_arrays
from .._base.random import Random
from ..models import AcceptedRows, DrawsAccepted, Model, Status
from ..models.base import Parameters, Rows
from ..verifiers import ResponseInterval, Selection, UntilFull, Verdict, Verifier
from ..verifiers.base import checked_candidates, checked_verdict
from .forms import Form
from .streams import Role, Streams

# How many more candidates than should suffice are drawn for the rows that are missing, and the
# fewest of them.
_RESERVE = 1.2
_FEWEST_CANDIDATES = 16
_LEAST_ACCEPTANCE = 1e-3

# Candidates of all replicates that are drawn in a batch after the first.
_CANDIDATES_AT_ONCE = 2**20

# Candidates that are tried between two pauses, where none may be accepted: less than a second.
_TRIALS_AT_ONCE = 4_000_000


class VerifiedRows(NamedTuple):
    """A synthetic dataset of each replicate after the verifier.

    Attributes
    ----------
    rows
        Of shape (R, rows, …).
    present
        Which of them are kept; None where all are.
    acceptance
        Accepted candidates over candidates, as far as candidates were looked at. Where the verdict
        on a row depends on that row alone, these end with the one that filled the dataset.
    unjudged
        Share of the candidates on which the verifier had no verdict.
    status
        ``SOLVED``, or why there is no dataset.
    """

    rows: Rows
    present: Bool[np.ndarray, "R rows"] | None
    acceptance: Float[np.ndarray, " R"]
    unjudged: Float[np.ndarray, " R"]
    status: Int[np.ndarray, " R"]


@dataclass(frozen=True)
class Verification:
    """How synthetic rows are verified in a simulation.

    Attributes
    ----------
    selection
        The verifier, and how many of the rows that it accepts are kept.
    by_law
        Whether accepted responses are drawn by their law, where the model knows it.
    """

    selection: Selection
    by_law: bool

    def rows(
        self,
        form: Form,
        streams: Streams,
        parameters: Parameters,
        rows: int,
        needed: Bool[np.ndarray, " R"],
        pause: Callable[[], None],
    ) -> VerifiedRows:
        """Sample a dataset from each replicate's model, and keep what the verifier accepts.

        Parameters
        ----------
        form, parameters
            What the rows are sampled from.
        streams
            Random numbers of the generation.
        rows
            How many are asked for.
        needed
            The replicates that have a model; the others get any rows.
        pause
            Called between batches: it ends the simulation if it should end.
        """
        if not isinstance(self.selection, UntilFull):
            return _what_passes(form, self.selection.verifier, streams, parameters, rows, pause)
        model: Model = form.model
        verifier, most = self.selection.verifier, int(float(self.selection.cap) * rows)
        if isinstance(verifier, ResponseInterval) and isinstance(model, DrawsAccepted):
            drawing: DrawsAccepted = model
            if drawing.draws_accepted:
                drawn = self._accepted(drawing, streams, parameters, rows, most, pause)
                return _of_accepted(drawn, most)
        filling = _Filling(form, verifier, streams, parameters, rows, most, needed, pause)
        return filling.until_full()

    def _accepted(
        self,
        model: DrawsAccepted,
        streams: Streams,
        parameters: Parameters,
        rows: int,
        most: int,
        pause: Callable[[], None],
    ) -> AcceptedRows:
        """Accepted rows of all replicates: of few at once, where trials may be many."""
        interval = cast(ResponseInterval, self.selection.verifier).interval
        replicates, first, parts = streams.replicates, 0, list[AcceptedRows]()
        size = replicates if self.by_law else max(_TRIALS_AT_ONCE // most, 1)
        while first < replicates:
            pause()
            chosen = np.arange(first, min(first + size, replicates))
            drawn = model.sample_accepted(
                streams.stream(Role.SYNTHETIC).of(chosen),
                map_arrays(lambda array, chosen=chosen: array[chosen], parameters),
                rows,
                interval,
                by_trial=not self.by_law,
                most=most,
            )
            parts.append(drawn)
            first += size
            # The next ones will hardly take many more trials than these.
            tries = np.minimum(drawn.tries.sum(axis=1), most).max()
            size = max(int(_TRIALS_AT_ONCE // tries), 1)
        return _joined(parts)


def _joined(parts: list[AcceptedRows]) -> AcceptedRows:
    """Rows of all replicates, of those that were drawn at once."""
    if len(parts) == 1:
        return parts[0]
    return AcceptedRows(
        map_arrays(_one_after_the_other, *[part.rows for part in parts]),
        np.concatenate([part.tries for part in parts]),
    )


def _one_after_the_other(*arrays: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Arrays of some replicates each as one; a design that all replicates share stays shared."""
    if all(array.strides[0] == 0 for array in arrays):
        return np.broadcast_to(arrays[0][0], (sum(map(len, arrays)), *arrays[0].shape[1:]))
    return np.concatenate(arrays)


def _of_accepted(drawn: AcceptedRows, most: int) -> VerifiedRows:
    tries = drawn.tries.sum(axis=1)
    status = np.select(
        [drawn.tries[:, 0] > most, tries > most],
        [int(Status.NOTHING_ACCEPTED), int(Status.TOO_FEW_ACCEPTED)],
        int(Status.SOLVED),
    ).astype(np.int8)
    accepted = (np.cumsum(drawn.tries, axis=1) <= most).sum(axis=1)
    acceptance = accepted / np.where(status == Status.SOLVED, tries, most)
    # What is drawn where nothing is accepted may be no number; nothing is fitted on it.
    safe = map_arrays(_without_gaps, drawn.rows) if status.any() else drawn.rows
    return VerifiedRows(safe, None, acceptance, np.zeros(len(status)), status)


def _own(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A copy to write to; of a design that all replicates share, the design itself."""
    return array if array.strides[0] == 0 else np.copy(array)


def _without_gaps(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.where(np.isfinite(array), array, 0).astype(array.dtype)


def _what_passes(
    form: Form,
    verifier: Verifier,
    streams: Streams,
    parameters: Parameters,
    rows: int,
    pause: Callable[[], None],
) -> VerifiedRows:
    candidates = form.synthetic_rows(streams.stream(Role.SYNTHETIC), parameters, rows)
    everything = np.ones((streams.replicates, rows), dtype=bool)
    verdict = _judged(verifier, streams.stream(Role.VERDICT), candidates, everything, pause)
    return VerifiedRows(
        candidates,
        verdict.accepted,
        verdict.accepted.mean(axis=1),
        1 - verdict.judged.mean(axis=1),
        np.zeros(streams.replicates, dtype=np.int8),
    )


def _judged(
    verifier: Verifier,
    random: Random,
    rows: Rows,
    seen: Bool[np.ndarray, "R rows"],
    pause: Callable[[], None],
) -> Verdict:
    """Verdicts on the rows that are to be `seen`; the others are neither accepted nor judged."""
    accepted, judged = np.zeros(seen.shape, dtype=bool), np.zeros(seen.shape, dtype=bool)
    if verifier.by_row:
        together = map_arrays(lambda array: array[seen], rows)
        verdict = checked_verdict(verifier, together, int(seen.sum()), random.generator())
        accepted[seen], judged[seen] = verdict
        return Verdict(accepted, judged)
    counts = seen.sum(axis=1)
    for r in np.flatnonzero(counts).tolist():
        pause()
        dataset = map_arrays(lambda array, r=r: array[r, seen[r]], rows)
        verdict = checked_verdict(verifier, dataset, int(counts[r]), random.generator_of(r))
        accepted[r, seen[r]], judged[r, seen[r]] = verdict
    return Verdict(accepted, judged)


class _Filling:
    """Datasets that are filled with accepted rows, batch by batch."""

    def __init__(
        self,
        form: Form,
        verifier: Verifier,
        streams: Streams,
        parameters: Parameters,
        rows: int,
        most: int,
        needed: Bool[np.ndarray, " R"],
        pause: Callable[[], None],
    ) -> None:
        self.form, self.verifier, self.streams = form, verifier, streams
        self.pause = pause
        self.parameters, self.rows, self.most = parameters, rows, most
        replicates = streams.replicates
        self.open = needed.copy()  # replicates that go on drawing
        self.kept: Rows = None
        self.full = np.zeros((replicates, rows), dtype=bool)
        self.drawn, self.judged, self.accepted = np.zeros((3, replicates))

    def until_full(self) -> VerifiedRows:
        """Fill the datasets, and say how that ended."""
        batch = 0
        while batch == 0 or self.open.any():
            self._fill(batch)
            batch += 1
            self.pause()
        held = self.full.sum(axis=1)
        status = np.select(
            [held == 0, held < self.rows],
            [int(Status.NOTHING_ACCEPTED), int(Status.TOO_FEW_ACCEPTED)],
            int(Status.SOLVED),
        ).astype(np.int8)
        drawn = np.maximum(self.drawn, 1)
        unjudged = (self.drawn - self.judged) / drawn
        return VerifiedRows(self.kept, None, self.accepted / drawn, unjudged, status)

    def _fill(self, batch: int) -> None:
        size = self._candidates(batch)
        # The first candidates are the rows that there would be without a verifier.
        role = Role.SYNTHETIC if batch == 0 else Role.CANDIDATE
        random = self.streams.stream(role, batch)
        if batch == 0:
            chosen = np.arange(self.streams.replicates)
            candidates = self.form.synthetic_rows(random, self.parameters, size)
        else:
            chosen = np.flatnonzero(self.open)
            own = map_arrays(lambda array: array[chosen], self.parameters)
            candidates = self.form.synthetic_rows(random.of(chosen), own, size)
        if self.form.model.rows_in_place:
            self._put_in_place(batch, chosen, candidates)
        else:
            self._put_in_order(batch, chosen, candidates)
        self.open &= ~self.full.all(axis=1) & (self.drawn < self.most)

    def _candidates(self, batch: int) -> int:
        """How many candidates a batch has."""
        if self.form.model.rows_in_place:
            return self.rows
        if batch == 0:
            return checked_candidates(self.verifier, self.rows)
        missing = int((self.rows - self.full.sum(axis=1))[self.open].max())
        if self.verifier.candidates(missing) > missing:
            return checked_candidates(self.verifier, missing)
        share = self.accepted[self.open].sum() / max(self.drawn[self.open].sum(), 1)
        allowed = int((self.most - self.drawn[self.open]).max())
        enough = min(missing / max(share, _LEAST_ACCEPTANCE), allowed)
        most = max(_CANDIDATES_AT_ONCE // int(self.open.sum()), self.rows)
        return min(max(int(_RESERVE * enough), _FEWEST_CANDIDATES), most)

    def _put_in_place(self, batch: int, chosen: Int[np.ndarray, " C"], candidates: Rows) -> None:
        """Answer the rows that have no accepted response; rows of a fixed design keep theirs."""
        missing = ~self.full[chosen]
        allowed = (self.most - self.drawn[chosen])[:, None]
        seen = missing & (np.cumsum(missing, axis=1) <= allowed)
        verdict = self._verdict(batch, chosen, candidates, seen)
        self._count(chosen, verdict, seen)
        if self.kept is None:
            self.kept = map_arrays(_own, candidates)
        else:
            replicate, place = np.nonzero(verdict.accepted)
            for kept, new in zip(arrays_in(self.kept), arrays_in(candidates), strict=True):
                if kept.flags.writeable:
                    kept[chosen[replicate], place] = new[replicate, place]
        self.full[chosen] |= verdict.accepted

    def _put_in_order(self, batch: int, chosen: Int[np.ndarray, " C"], candidates: Rows) -> None:
        """Put accepted candidates one after the other into the places that are left."""
        size = len(next(arrays_in(candidates))[0])
        held = self.full[chosen].sum(axis=1)
        allowed = (self.most - self.drawn[chosen])[:, None]
        seen = np.broadcast_to(np.arange(size) < allowed, (len(chosen), size))
        verdict = self._verdict(batch, chosen, candidates, seen)
        place = held[:, None] + np.cumsum(verdict.accepted, axis=1) - 1
        if self.verifier.by_row:
            # Candidates after the one that fills the dataset were not needed.
            seen = seen & (place - verdict.accepted < self.rows - 1)
        taken = verdict.accepted & (place < self.rows)
        self._count(chosen, Verdict(verdict.accepted & seen, verdict.judged & seen), seen)
        if self.kept is None:
            shape = (self.streams.replicates, self.rows)
            self.kept = map_arrays(
                lambda a: np.zeros_like(a, shape=(*shape, *a.shape[2:])), candidates
            )
        replicate, number = np.nonzero(taken)
        at = place[taken]
        for kept, new in zip(arrays_in(self.kept), arrays_in(candidates), strict=True):
            kept[chosen[replicate], at] = new[replicate, number]
        self.full[chosen[replicate], at] = True

    def _verdict(
        self,
        batch: int,
        chosen: Int[np.ndarray, " C"],
        candidates: Rows,
        seen: Bool[np.ndarray, "C rows"],
    ) -> Verdict:
        random = self.streams.stream(Role.VERDICT, batch).of(chosen)
        return _judged(self.verifier, random, candidates, seen, self.pause)

    def _count(
        self, chosen: Int[np.ndarray, " C"], verdict: Verdict, seen: Bool[np.ndarray, "C rows"]
    ) -> None:
        self.drawn[chosen] += seen.sum(axis=1)
        self.judged[chosen] += verdict.judged.sum(axis=1)
        self.accepted[chosen] += verdict.accepted.sum(axis=1)
