"""Real data of one kind against the output of the last model, generation by generation."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .long_run_law import LongRunLaw
from .recurrence import linear_recurrence
from .sizes import Sizes
from .usage import NEEDS, Usage

_Float = npt.NDArray[np.float64]
_Bool = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class TwoSources:
    """A loop in which each generation weighs one real dataset against ``synthetic[t]``.

    The error of a generation is all that it remembers, so that its variance obeys a recurrence of
    one number. Made by :meth:`TwoSources.of`.

    Attributes
    ----------
    weights
        float64[T + 1]: the share of the real data; entry 0 is 1.
    reused
        Whether the real data are ``real[0]`` at every generation, rather than ``real[t]``.
    trained
        bool[T + 1]: at which generations a model is trained; elsewhere the last one is kept.
    repeats
        Whether the weights repeat where sizes do.
    """

    weights: _Float
    reused: bool
    trained: _Bool
    repeats: bool

    @classmethod
    def of(
        cls,
        weights: _Float,
        sizes: Sizes,
        *,
        reused: bool = False,
        trained: _Bool | None = None,
        repeats: bool = True,
    ) -> "TwoSources | None":
        """Describe the loop; None where rows that it weighs do not exist.

        Parameters
        ----------
        weights, reused, repeats
            As the attributes. Default: fresh real data, and weights that repeat.
        sizes
            Rows of every dataset, and by default the generations at which a model is trained.
        trained
            As the attribute. Default: as `sizes` say.
        """
        at = sizes.training() if trained is None else trained
        there = sizes.initial if reused else sizes.real
        lacking = ((weights > 0) & (there == 0)) | ((weights < 1) & (sizes.synthetic == 0))
        return None if np.any(lacking[1:] & at[1:]) else cls(weights, reused, at, repeats)

    def risk(self, sizes: Sizes) -> _Float:
        """Give the relative risk of generations 0…T (arXiv 2502.18049).

        V_t = w²/n + (1 − w)² (V_{t−1} + 1/m) where real data are fresh. Where they are the initial
        ones, the error less theirs is (1 − w) times what it was and the noise of the rows sampled.
        """
        kept, added = self._recurrence(sizes)
        if self.reused:
            return 1 + sizes.initial * linear_recurrence(0.0, kept, added)
        return sizes.initial * linear_recurrence(1 / sizes.initial, kept, added)

    def long_run(self, sizes: Sizes) -> LongRunLaw | None:
        """Give the law of the long run where sizes repeat for ever; None unless weights do.

        The variance at the end of a cycle is a linear function of that at its start, whose fixed
        point the loop tends to; the limit is the highest value of the cycle.

        Parameters
        ----------
        sizes
            Of one cycle, as the weights are.
        """
        if not self.repeats:
            return None
        kept, added = self._recurrence(sizes)
        forgotten = _one_less_product(self.weights[1:][self.trained[1:]])
        per_cycle = float(linear_recurrence(0.0, kept, added)[-1])
        if forgotten == 0:
            if per_cycle == 0:  # no model is ever trained again
                return LongRunLaw(1.0)
            return LongRunLaw.of_growth(sizes.initial * per_cycle / sizes.generations)
        settled = linear_recurrence(per_cycle / forgotten, kept, added)[1:]
        return LongRunLaw(float(self.reused + sizes.initial * settled.max()))

    def usage(self, sizes: Sizes) -> Usage:
        """Count what is used up to the last generation."""
        real_rows = np.full(len(sizes.real), sizes.initial) if self.reused else sizes.real
        takes_real, takes_synthetic = self.weights > 0, self.weights < 1
        fitted = self.trained.copy()
        if self.reused:
            # A fit on real[0] alone after one on real[0] alone is that one.
            alone = ~takes_synthetic
            fitted[1:] &= ~(alone[1:] & alone[:-1])
        fitted[0] = False  # counted by itself
        of_real = round(real_rows[fitted & takes_real].sum(dtype=np.float64))
        of_synthetic = round(sizes.synthetic[fitted & takes_synthetic].sum(dtype=np.float64))
        need = NEEDS[1] if self.reused else NEEDS[0]
        return Usage(
            real=sizes.initial + (0 if self.reused else of_real),
            synthetic=of_synthetic,
            trained=sizes.initial + of_real + of_synthetic,
            fits=1 + int(fitted.sum()),
            needs=(need,) if np.any(fitted & takes_real) else (),
        )

    def _recurrence(self, sizes: Sizes) -> tuple[_Float, _Float]:
        w, trained = self.weights[1:], self.trained[1:]
        rest = (1 - w) ** 2
        added = np.where(w < 1, rest / np.maximum(sizes.synthetic[1:], 1), 0.0)
        if not self.reused:
            added = added + np.where(w > 0, w**2 / np.maximum(sizes.real[1:], 1), 0.0)
        return np.where(trained, rest, 1.0), np.where(trained, added, 0.0)


def _one_less_product(weights: _Float) -> float:
    """1 − Π (1 − w)², without cancellation where weights are small."""
    with np.errstate(divide="ignore"):
        return -math.expm1(float(np.sum(np.log1p(-weights * (2 - weights)))))
