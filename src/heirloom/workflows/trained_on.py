"""What a workflow trains on, in words."""

from collections.abc import Sequence

from .base import Workflow
from .mixture import Mixture
from .sizes import Sizes

_WHOLE = 0.9995


def trained_on(workflow: Workflow, sizes: Sizes, generation: int | None = None) -> str:
    """Say what a workflow trains on at a generation, with the shares of the total weight.

    Parameters
    ----------
    workflow, sizes
        The workflow, and the rows of every dataset.
    generation
        From 1. Default: the last.

    Examples
    --------
    >>> from heirloom.workflows import Augment, FreshMix
    >>> sizes = Sizes.of(n_real=100, n_synthetic=100, generations=9)
    >>> trained_on(FreshMix(0.6), sizes)
    "60 % fresh real rows, 40 % the last model's synthetic rows"
    >>> trained_on(Augment(), sizes)
    '10 % the initial real rows, 90 % all synthetic rows so far'
    """
    last = sizes.generations if generation is None else generation
    if last == 0:
        return "the initial real rows"
    mixture = workflow.mixture(last, sizes)
    parts = [
        f"{_percent(share)}{name}"
        for origin in ("real", "synthetic")
        for name, share in [_origin_of(mixture, origin, last, sizes)]
        if share
    ]
    if mixture.subsamples(sizes):
        return f"{mixture.rows.sum():,.0f} rows drawn from {', '.join(parts)}"
    return ", ".join(parts)


def _percent(share: float) -> str:
    return "" if share > _WHOLE else f"{100 * share:.3g} % "


def _origin_of(mixture: Mixture, origin: str, last: int, sizes: Sizes) -> tuple[str, float]:
    parts = [(d.generation, share) for d, share, _ in mixture if d.origin == origin]
    born = sorted(generation for generation, _ in parts)
    names = _real_rows(born, last, sizes) if origin == "real" else _synthetic_rows(born, last)
    return names, sum(share for _, share in parts)


def _real_rows(born: Sequence[int], last: int, sizes: Sizes) -> str:
    if born == [0]:
        return "the initial real rows"
    if born == [last]:
        return "fresh real rows"
    if born == [t for t in range(last + 1) if sizes.real[t]]:
        return "all real rows so far"
    return _datasets("real", born)


def _synthetic_rows(born: Sequence[int], last: int) -> str:
    if born == [last]:
        return "the last model's synthetic rows"
    if born == list(range(1, last + 1)):
        return "all synthetic rows so far"
    return _datasets("synthetic", born)


def _datasets(origin: str, born: Sequence[int]) -> str:
    which = f"generation {born[0]}" if len(born) == 1 else f"{len(born)} generations"
    return f"{origin} rows of {which}" if born else ""


def keeps_rows(workflow: Workflow, sizes: Sizes) -> bool:
    """Whether rows of earlier generations must be kept for it.

    Examples
    --------
    >>> from heirloom.workflows import Augment, Discard
    >>> sizes = Sizes.of(n_real=100, n_synthetic=100, generations=9)
    >>> keeps_rows(Augment(), sizes), keeps_rows(Discard(), sizes)
    (True, False)
    """
    last = workflow.mixtures(sizes)[-1]
    return any(dataset.generation < sizes.generations for dataset in last.datasets)
