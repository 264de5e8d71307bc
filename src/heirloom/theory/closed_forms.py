"""The formulas that workflows give of themselves, and the limits of many generations.

:func:`relative_risk` follows every workflow by one recursion; the tests hold these formulas to it.
"""

import numpy as np
import numpy.typing as npt
from scipy.special import polygamma

from ..workflows import LongRunLaw, Sizes, Workflow, as_workflow
from ..workflows.schedule import ScheduleEndedError

_Float = npt.NDArray[np.float64]


def closed_form_risk(workflow: Workflow, sizes: Sizes) -> _Float:
    """Relative risk of generations 0…T by the workflow's own formula.

    The formulas are those of arXiv 2410.22812 and arXiv 2502.18049, for sizes and weights of any
    kind: a recurrence of one number, where the papers sum it up for constant sizes.

    Parameters
    ----------
    workflow
        One that says of itself that it trains on a pool, or on real data against its last output:
        most of those with a name.
    sizes
        Rows of every dataset.

    Returns
    -------
    float64[generations + 1]

    Raises
    ------
    ValueError
        If no closed form is known, or the workflow cannot be trained with these sizes.

    Examples
    --------
    >>> from heirloom.workflows import Discard, Sizes
    >>> closed_form_risk(Discard(), Sizes.of(n_real=10, n_synthetic=20, generations=2))
    array([1. , 1.5, 2. ])
    """
    found = workflow.closed_form(sizes)
    if found is None:
        workflow.lineage(sizes)  # refuses what cannot be trained on
        raise ValueError(f"{workflow.text}: no closed form is known; relative_risk is exact for it")
    return found


def long_run_risk(
    workflow: Workflow | str, *, n_real: int, n_synthetic: int, n_initial: int | None = None
) -> float:
    """Limit of the relative risk after infinitely many generations of constant sizes.

    Parameters
    ----------
    workflow
        A workflow, or its text.
    n_real, n_synthetic
        Rows at each generation.
    n_initial
        n₀. Default: `n_real`.

    Returns
    -------
    float
        Infinite where the workflow collapses; nan where no formula is known (``Custom``, and
        weights that are given as an array or a function).

    Raises
    ------
    ValueError
        If the workflow cannot be trained with these sizes.

    Examples
    --------
    >>> from heirloom.workflows import Augment, Discard
    >>> long_run_risk(Discard(), n_real=100, n_synthetic=100)
    inf
    >>> round(long_run_risk(Augment(), n_real=100, n_synthetic=100), 6)  # π²/6
    1.644934
    """
    workflow = as_workflow(workflow)
    sizes = Sizes.of(n_real=n_real, n_synthetic=n_synthetic, generations=1, n_initial=n_initial)
    try:
        law = workflow.long_run(sizes)
        workflow.lineage(sizes)  # refuses what cannot be trained on
    except ScheduleEndedError:
        return float("nan")
    return float("nan") if law is None else limit_of(law)


def limit_of(law: LongRunLaw) -> float:
    """Evaluate the limit that a workflow says that its risk has."""
    tail = law.factor * float(polygamma(1, law.argument)) if law.factor else 0.0
    return law.constant + tail
